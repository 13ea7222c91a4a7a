"""Recognises what a document that describes tools is, and reads it."""

from __future__ import annotations

from pathlib import Path
from reprlib import repr as show
from typing import Any

from edge_router.errors import DataError
from edge_router.tool import Tool
from edge_router.tools.definition import check_names
from edge_router.tools.document import read_document
from edge_router.tools.schemas.entry import is_entry, read_entry
from edge_router.tools.schemas.openapi import read_openapi

MAX_TOOLS = 20_000


def read_schemas(document: Any, *, file: str = "the document") -> list[Tool]:
    """The tools that a parsed JSON or YAML document describes.

    It may be a list of function schemas (OpenAI's nested or flat form, MCP's, Anthropic's, a bare
    one), one of them alone, a whole request with ``tools``, MCP's answer to ``tools/list``, or an
    OpenAPI 3 document. Nothing is fetched. Raises DataError naming ``file``.
    """
    tools = _read(document, file)
    check_names(tools, file)
    return tools


def read_schemas_file(path: str | Path) -> list[Tool]:
    """The tools that a JSON or YAML file describes; see :func:`read_schemas`."""
    return read_schemas(read_document(Path(path)), file=str(path))


def _read(document: Any, file: str) -> list[Tool]:
    if isinstance(document, dict):
        if "openapi" in document or "swagger" in document:
            return [operation.tool for operation in read_openapi(document, file=file)]
        document = _listed(document, file)
    if not isinstance(document, list) or not document:
        raise DataError(
            "describes no tools; give a list of function schemas, a request with 'tools', MCP's "
            f"tools/list, or an OpenAPI document, not {show(document)}",
            file=file,
        )
    if len(document) > MAX_TOOLS:
        raise DataError(f"has more than {MAX_TOOLS} tools; split it", file=file)
    return [read_entry(entry, file=file) for entry in document]


def _listed(document: dict[str, Any], file: str) -> Any:
    """The list of tools in an object: a request, a result, or one tool alone."""
    if isinstance(document.get("result"), dict):  # JSON-RPC's envelope
        document = document["result"]
    if document.get("nextCursor"):
        raise DataError("is one page of several (nextCursor); join their tools first", file=file)
    for key in ("tools", "functions"):
        if key in document:
            return document[key]
    return [document] if is_entry(document) else document
