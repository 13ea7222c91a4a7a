"""A home assistant whose tools are an MCP server's: ``python examples/home_mcp.py COMMAND...``.

``pip install "edge-router[mcp]" mcp-server-time`` and then, for instance::

    python examples/home_mcp.py python -m mcp_server_time

The server's own descriptions teach the router; a line of examples a tool makes it surer. The tools
run where the server runs, and no language model is asked.
"""

import sys

from edge_router import Dispatcher, Router
from edge_router.tools.mcp_server import McpServer

EXAMPLES = {
    "get_current_time": ["what time is it in Tokyo", "the time in New York, please"],
    "convert_time": ["when it is four in London, what time is it in Sydney"],
}

command = sys.argv[1:] or ["python", "-m", "mcp_server_time"]
with McpServer(command) as server:
    tools = server.tools()
    names = {tool.name for tool in tools}
    lessons = {name: texts for name, texts in EXAMPLES.items() if name in names}
    router = Router.base().teach_tools(tools, examples=lessons)
    dispatcher = Dispatcher(router, tools=tools)
    print("I can:", ", ".join(sorted(names)))
    while text := input("> ").strip():
        outcome = dispatcher.dispatch(text)
        while outcome.is_question:
            outcome = dispatcher.resume(outcome, input(f"{outcome.text} "))
        print(outcome.text)
