"""The fields of a function, a dataclass or a TypedDict: their annotations, which are required, and
what the docstring says of each.
"""

from __future__ import annotations

import dataclasses
import typing
from typing import Any

from edge_router.errors import DataError
from edge_router.tools.schemas.docstring import parse_docstring


@dataclasses.dataclass(frozen=True, slots=True)
class Fields:
    """What is named in a record, in its order."""

    hints: dict[str, Any]
    """Annotation of each field."""
    required: tuple[str, ...]
    """Those that have no default."""
    sentences: dict[str, str]
    """What the docstring says of a field, where it does."""


def read_fields(kind: Any, where: str) -> Fields | None:
    """The fields of a dataclass or TypedDict; ``None`` for anything else."""
    if not isinstance(kind, type):
        return None
    if dataclasses.is_dataclass(kind):
        fields = [field for field in dataclasses.fields(kind) if field.init]
        hints = read_hints(kind, where)
        required = tuple(field.name for field in fields if _has_no_default(field))
        hints = {field.name: hints[field.name] for field in fields}
    elif typing.is_typeddict(kind):
        hints = read_hints(kind, where)
        required = tuple(name for name, hint in hints.items() if _is_required(kind, name, hint))
    else:
        return None
    return Fields(hints, required, parse_docstring(kind.__doc__).arguments)


def read_hints(described: Any, where: str) -> dict[str, Any]:
    """The annotations of a function or class, written ones evaluated; raises DataError where a name
    in them is unknown.
    """
    try:
        return typing.get_type_hints(described, include_extras=True)
    except (NameError, TypeError, SyntaxError, AttributeError) as error:
        raise DataError(
            f"has an annotation that cannot be read ({error}); import what it names", file=where
        ) from error


def _has_no_default(field: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing


def _is_required(kind: Any, name: str, hint: Any) -> bool:
    """Told by the hint first: under postponed annotations ``__required_keys__`` misses it."""
    origin = typing.get_origin(hint)
    if origin in (typing.Required, typing.NotRequired):
        return origin is typing.Required
    return name in kind.__required_keys__
