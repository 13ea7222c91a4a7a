"""A conversation with an assistant, a line at a time, wherever the lines come from.

::

    tool_file      a Python file whose functions are the tools
    conversation   texts and replies to outcomes; corrections, and taking them back
    report         what is told about a turn beside its answer
    commands       ``:why`` and the like
    session        from a screen's lines to what it shows

The screens themselves, terminal and pipe, are the command line's.
"""
