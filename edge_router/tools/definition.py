"""What a tool's definition must be, wherever it comes from: what is accepted here, a bundle's
manifest holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from reprlib import repr as show
from typing import Any

from edge_router.errors import DataError
from edge_router.examples.text_file import is_unicode
from edge_router.tool import MAX_DESCRIPTION_CHARS, NAME_RULE, RISKS, Tool, is_name

# What a manifest holds at most: better refused here than after the training.
MAX_DEPTH = 24
MAX_VALUES = 10_000


def define_tool(name: Any, description: Any, parameters: Any, *, file: str) -> Tool:
    """A tool of checked parts; ``None`` stands for no description. Raises DataError naming ``file``
    and the tool.
    """
    if not is_name(name):
        raise DataError(f"has a tool without a proper name: {show(name)}; {NAME_RULE}", file=file)
    where = f"{file} ({name})"
    description = "" if description is None else description
    if (
        not isinstance(description, str)
        or len(description) > MAX_DESCRIPTION_CHARS
        or not is_unicode(description)
    ):
        raise DataError(
            f"needs a text of at most {MAX_DESCRIPTION_CHARS} characters as description", file=where
        )
    if parameters is not None and not (isinstance(parameters, dict) and is_plain_json(parameters)):
        raise DataError(
            "needs a JSON Schema object as parameters, not too deep or large; in YAML quote dates, "
            "and keys that are numbers, yes, no, on or off",
            file=where,
        )
    return Tool(name, description, parameters)


def check_standing(risk: Any, domain: Any, *, file: str, line: int | None = None) -> None:
    """Raises DataError where a tool's risk or domain is none."""
    if risk not in RISKS:
        raise DataError(
            f"has the risk {show(risk)}; write {', '.join(RISKS)}", file=file, line=line
        )
    if domain != "" and not is_name(domain):
        raise DataError(f"has the domain {show(domain)}; {NAME_RULE}", file=file, line=line)


def check_names(tools: Iterable[Tool], file: str) -> None:
    """Raises DataError where two tools have one name."""
    seen: set[str] = set()
    for tool in tools:
        if tool.name in seen:
            raise DataError(f"names the tool {tool.name!r} twice; rename or merge them", file=file)
        seen.add(tool.name)


def is_plain_json(value: Any) -> bool:
    """JSON of bounded depth and size; YAML can also make dates, keys that are numbers, values that
    hold themselves.
    """
    left, count = [(value, 0)], 0
    while left:
        item, depth = left.pop()
        count += 1
        if depth > MAX_DEPTH or count > MAX_VALUES:
            return False
        if isinstance(item, dict):
            left += [(part, depth + 1) for pair in item.items() for part in pair]
            if not all(isinstance(key, str) for key in item):
                return False
        elif isinstance(item, list):
            left += [(part, depth + 1) for part in item]
        elif not _is_plain_value(item):
            return False
    return True


def _is_plain_value(value: Any) -> bool:
    if isinstance(value, str):
        return is_unicode(value)
    if isinstance(value, float):
        return isfinite(value)
    return (
        value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) < 10**19)
    )
