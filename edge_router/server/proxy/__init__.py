"""A drop-in for programs that speak OpenAI's protocol: what the router is sure of is answered here,
all else goes to the language model behind it as it came.

::

    chat_request    what a request asks, as far as every part of it is understood
    request_tools   a request's own tools, taught once and kept by their hash
    judgement       whether the answer is certain here: tool and clear_arguments, or why not
    chat_answer     a call of a tool as clients expect it, whole or streamed
    systemone       the same three steps for a choice among options, with probabilities
    body, guard     a stranger's bytes within bounds; who may ask at all
    upstream        the language model's server, passed through without a buffer (tool_cut)
    chat            one request, from its bytes to its answer
    record          what was decided, for metrics, the page (live, views) and whoever else watches
    recorder        the same for a journal, with what was heard of the language model's answer
    posts           plain JSON: a text to route, feedback, a text for an assistant's tools
    app, service    the paths, and the process that listens
"""
