"""Documents that people write, JSON or YAML, read strictly: no key stands twice, no number is
endless, nothing is executed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from edge_router.errors import DataError, MissingExtraError
from edge_router.examples.text_file import parse_json, read_text

MAX_JSON_BYTES = 32 << 20
MAX_YAML_BYTES = 4 << 20
"""Less than of JSON: YAML is read some hundred times slower, this much in about a minute."""


def read_document(path: Path) -> Any:
    """The value that a ``.json`` file, or else a YAML file, holds; raises DataError with file and
    line.
    """
    if path.suffix.lower() != ".json":
        return _parse_yaml(read_text(path, max_bytes=MAX_YAML_BYTES), str(path))
    text = read_text(path, max_bytes=MAX_JSON_BYTES)
    try:
        return parse_json(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        raise DataError(
            f"is not JSON ({error}); correct it there", file=str(path), line=line
        ) from error


def _parse_yaml(text: str, file: str) -> Any:
    try:
        import yaml
    except ImportError as error:
        raise MissingExtraError("export", "yaml") from error
    try:
        return yaml.load(text, _strict_loader())  # noqa: S506 - a SafeLoader
    except (
        yaml.YAMLError,
        ValueError,
        RecursionError,
    ) as error:  # an impossible date is a ValueError
        mark = getattr(error, "problem_mark", None)
        problem = " ".join(str(error).split())
        raise DataError(
            f"is not YAML ({problem}); correct it there", file=file, line=mark and mark.line + 1
        ) from error


def _strict_loader() -> type:
    """YAML's safe loader, which besides refuses a key that stands twice and merge keys."""
    import yaml

    class StrictLoader(yaml.SafeLoader):
        def flatten_mapping(self, node: yaml.MappingNode) -> None:
            for key, _ in node.value:
                if key.tag == "tag:yaml.org,2002:merge":  # merges of merges multiply without end
                    problem = "merge keys (<<) are not read here; write the keys out"
                    raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)

        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
            seen: set[str] = set()
            for key, _ in node.value:
                if isinstance(key, yaml.ScalarNode):
                    if key.value in seen:
                        problem = f"the key {key.value!r} stands twice"
                        raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
                    seen.add(key.value)
            return super().construct_mapping(node, deep)

    return StrictLoader
