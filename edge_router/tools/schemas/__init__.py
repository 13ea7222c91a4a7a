"""Tools from what describes them elsewhere: Python functions, OpenAI's and MCP's lists, OpenAPI.

Parsing only: nothing is fetched, nothing is executed. ``formats`` recognises a document and reads
it; ``function`` reads a Python function.
"""

from edge_router.tools.schemas.formats import read_schemas, read_schemas_file
from edge_router.tools.schemas.function import FunctionTool, read_function
from edge_router.tools.schemas.openapi import Operation, read_openapi

__all__ = [
    "FunctionTool",
    "Operation",
    "read_function",
    "read_openapi",
    "read_schemas",
    "read_schemas_file",
]
