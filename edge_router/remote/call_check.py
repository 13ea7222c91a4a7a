"""Whether a model's arguments fit a tool's JSON Schema, as ``tools/validation`` judges them."""

from __future__ import annotations

from typing import Any

from edge_router.errors import DataError
from edge_router.tools.definition import is_plain_json
from edge_router.tools.schemas.inline import Inliner
from edge_router.tools.validation import compile_schema

_MAX_SHOWN_CHARS = 50


def find_missing(arguments: dict[str, Any], parameters: dict[str, Any] | None) -> tuple[str, ...]:
    """The required parameters that a model left out: the user can be asked for them."""
    required = (parameters or {}).get("required")
    if not isinstance(required, list):
        return ()
    return tuple(name for name in required if isinstance(name, str) and name not in arguments)


def find_misfit(arguments: dict[str, Any], parameters: dict[str, Any] | None) -> str | None:
    """Where ``arguments`` break the schema, apart from what :func:`find_missing` finds; ``None``
    where they fit.

    A rule that cannot be checked is a misfit, not a silent consent. No value is shown: it may be
    the user's.
    """
    if not is_plain_json(arguments):
        return "they are too deep or large"
    whole = parameters or {}
    missing = find_missing(arguments, whole)
    if missing:
        whole = {**whole, "required": [n for n in whole["required"] if n not in missing]}
    try:
        check = compile_schema(
            Inliner(whole).inline(whole, file="the tool's schema"), file="the tool's schema"
        )
    except DataError as error:
        return ascii(str(error))[1:-1][: 6 * _MAX_SHOWN_CHARS]
    problem = check(arguments)
    if problem is None:
        return None
    # a name may be made up by the model, in whatever characters
    return f"see {problem.path[:_MAX_SHOWN_CHARS]!a}" if problem.path else "as a whole"
