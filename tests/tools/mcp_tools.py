"""An MCP server for the tests, on its standard streams or, with a port, over HTTP."""

import os
import sys

from mcp.server import MCPServer
from mcp.types import ImageContent, ToolAnnotations

server = MCPServer("demo", log_level="CRITICAL")


@server.tool(annotations=ToolAnnotations(read_only_hint=True))
def add(a: int, b: int = 1) -> int:
    """Adds two numbers."""
    return a + b


@server.tool()
def describe(city: str) -> dict[str, str]:
    """Describes a city."""
    return {"city": city, "size": "large"}


@server.tool(structured_output=False)
def greet(name: str) -> str:
    """Greets."""
    return f"Hello {name}."


@server.tool(structured_output=False)
def draw() -> ImageContent:
    """Draws."""
    return ImageContent(type="image", data="AA==", mime_type="image/png")


@server.tool()
def fail() -> str:
    """Fails."""
    raise ValueError("inner words")


@server.tool()
async def wait(seconds: float) -> str:
    """Waits."""
    import anyio

    await anyio.sleep(seconds)
    return "waited"


@server.tool()
def die() -> str:
    """Ends the server."""
    os._exit(3)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        server.run("streamable-http", host="127.0.0.1", port=int(sys.argv[1]))
    else:
        server.run("stdio")
