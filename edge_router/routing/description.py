"""What a tool's name, description and parameters say of it: a direction, and words."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_router.routing.embedding import to_direction
from edge_router.routing.reader import Reader
from edge_router.tool import Tool

NAME_SHARE = 0.3
"""What a tool's name counts beside its description, which begins with its name."""

_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NO_WORD = re.compile(r"[\W_]+")


def describe(tool: Tool, reader: Reader) -> NDArray[np.float32] | None:
    """The direction of a tool's description and name; ``None`` where they hold no token."""
    words = to_words(tool.name)
    name = reader.direction(words)
    if not tool.description:
        return name
    whole = reader.direction(f"{words}: {tool.description}")
    if whole is None or name is None:
        return whole
    return to_direction(np.rint(whole + NAME_SHARE * name).astype(np.int32))


def list_stems(tool: Tool, reader: Reader) -> list[int]:
    """The stems of all that is said of a tool. Its examples have no part in it: they share words
    such as *me* and *please* with everything.
    """
    said = [to_words(tool.name), tool.description, *_parameters(tool.parameters)]
    return reader.stems("\n".join(said))


def to_words(name: str) -> str:
    """The words of a name: those of ``lights.dim``, ``lights_dim`` and ``lightsDim`` are ``lights
    dim``.
    """
    return _NO_WORD.sub(" ", _CAPITAL.sub(" ", name)).strip() or name


def _parameters(schema: dict[str, Any] | None) -> list[str]:
    """Names and descriptions of the parameters in a JSON Schema."""
    properties = (schema or {}).get("properties")
    if not isinstance(properties, dict):
        return []
    words = []
    for name, value in properties.items():
        words.append(to_words(str(name)))
        if isinstance(value, dict) and isinstance(value.get("description"), str):
            words.append(value["description"])
    return words
