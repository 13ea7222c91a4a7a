"""What a decision leads to: tools from files, programs and descriptions, and how one is run.

::

    file  document                 tools and their examples, from YAML and JSON
    schemas/                       tools from functions, OpenAI's and MCP's lists, OpenAPI
    definition                     what a tool may be
    validation                     whether a value is what a schema asks for (assertions, pattern)
    registry  template             what a program hands to a dispatcher, and its sentences
    runner  lane                   one tool runs, in threads of its own
    mcp_server  openapi_service    tools that run elsewhere (background, address, http_request)
"""

from edge_router.tools.registry import LLM, RESULT, RunnableTool, make_registry, tool

__all__ = ["LLM", "RESULT", "RunnableTool", "make_registry", "tool"]
