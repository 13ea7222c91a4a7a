"""The names of a house, by parameter: what its lamps and rooms are called."""

from __future__ import annotations

from pathlib import Path

from edge_router.errors import DataError
from edge_router.tool import is_name
from edge_router.tools.document import read_document
from edge_router.tools.gazetteer import Gazetteer

MAX_NAMES = 100_000
MAX_NAME_CHARS = 200


def read_names(path: str | Path) -> dict[str, Gazetteer]:
    """The names in a YAML or JSON file, ``area: [kitchen, hall]`` for each parameter; raises
    DataError naming the file.
    """
    whole = read_document(Path(path))
    if not isinstance(whole, dict):
        raise DataError(
            "must have a list of names by parameter, such as area: [kitchen, hall]", file=str(path)
        )
    names = {}
    for parameter, listed in whole.items():
        if not is_name(parameter):
            raise DataError(
                f"names the parameter {parameter!r}, which can be none; quote words like yes, no, "
                "on and off",
                file=str(path),
            )
        if not isinstance(listed, list) or len(listed) > MAX_NAMES or not all(map(_is_fit, listed)):
            raise DataError(
                f"needs a list of up to {MAX_NAMES} names of 1 to {MAX_NAME_CHARS} characters "
                f"under {parameter!r}; quote those that look like numbers or yes and no",
                file=str(path),
            )
        names[parameter] = Gazetteer(listed)
    return names


def _is_fit(name: object) -> bool:
    return isinstance(name, str) and 0 < len(name.strip()) <= MAX_NAME_CHARS
