"""What came of a tool that was taken for a text: all that is known where nobody labels."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from edge_router.errors import DataError
from edge_router.examples.rows import without_torn_line
from edge_router.examples.text_file import (
    check_keys,
    check_text,
    decode_text,
    parse_lines,
    read_bytes,
)
from edge_router.tool import NAME_RULE, is_name

MAX_AMOUNT = 1e9
"""Of a reward or a cost: what is larger is a mistake, and would drown all others."""
_KEYS = {"text", "tool", "propensity", "reward", "cost", "weak"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedOutcome:
    """One text, the tool that was taken for it, and what came of that."""

    text: str
    """The text as a user wrote it."""
    tool: str | None
    """The tool that was taken; ``None``: none was."""
    propensity: float | None
    """The probability with which this tool was taken for this text, above 0 and up to 1; ``None``
    where nobody knows it.
    """
    reward: float
    """How good it was; 1 for right and 0 for wrong, or any other scale on which more is better."""
    cost: float = 0.0
    """What it cost, in a unit of the log's own, 0 or more."""
    is_weak: bool = False
    """The reward is not a user's word but a guess, as where another model chose the tool."""
    file: str = ""
    """Where it stands."""
    line: int = 0
    """Line in that file, from 1."""

    def to_dict(self) -> dict[str, Any]:
        """The row of a file, in a fixed order of keys."""
        return {
            "text": self.text,
            "tool": self.tool,
            "propensity": self.propensity,
            "reward": self.reward,
            "cost": self.cost,
            "weak": self.is_weak,
        }


def read_outcomes(path: str | Path) -> list[LoggedOutcome]:
    """The rows of a ``.jsonl`` file of logged outcomes: one object a line with the keys text, tool
    (null: none was taken), propensity, reward, and where wanted cost and weak.

    A row without a propensity, or with null, is read as such: whether it can be used is for its
    reader to say. A last line that was cut off in writing is left out. Raises DataError with file
    and line.
    """
    file = str(path)
    text = decode_text(without_torn_line(read_bytes(Path(path))), file)
    return [_make_outcome(row, file, line) for line, row in parse_lines(text, file)]


def dump_outcomes(outcomes: Iterable[LoggedOutcome]) -> str:
    """The text of a file that :func:`read_outcomes` reads."""
    return "".join(json.dumps(o.to_dict(), ensure_ascii=False) + "\n" for o in outcomes)


def _make_outcome(row: Any, file: str, line: int) -> LoggedOutcome:
    if not isinstance(row, dict):
        problem = (
            'must be an object like {"text": ..., "tool": ..., "propensity": ..., "reward": 1}'
        )
        raise DataError(problem, file=file, line=line)
    check_keys(row, _KEYS, file, line)
    text, tool = row.get("text"), row.get("tool")
    if not isinstance(text, str):
        raise DataError("needs a 'text' that is a string", file=file, line=line)
    check_text(text, file, line)
    if "tool" not in row or not (tool is None or is_name(tool)):
        problem = f"needs as 'tool' what was taken, or null for none; {NAME_RULE}"
        raise DataError(problem, file=file, line=line)
    is_weak = row.get("weak", False)
    if type(is_weak) is not bool:
        raise DataError("has a 'weak' that is neither true nor false", file=file, line=line)
    return LoggedOutcome(
        text=text,
        tool=tool,
        propensity=_read_propensity(row.get("propensity"), file, line),
        reward=_read_amount(row.get("reward"), "reward", -MAX_AMOUNT, file, line),
        cost=_read_amount(row.get("cost", 0), "cost", 0.0, file, line),
        is_weak=is_weak,
        file=file,
        line=line,
    )


def _read_propensity(value: Any, file: str, line: int) -> float | None:
    if value is None:
        return None
    if type(value) not in (int, float) or not 0 < value <= 1:
        problem = (
            f"has the propensity {value!r}; give the probability with which this tool was taken "
            "for this text, above 0 and up to 1, or null where it is not known"
        )
        raise DataError(problem, file=file, line=line)
    return float(value)


def _read_amount(value: Any, key: str, least: float, file: str, line: int) -> float:
    is_number = type(value) in (int, float) and isfinite(value)
    if not is_number or not least <= value <= MAX_AMOUNT:
        problem = f"needs a number from {least:g} to {MAX_AMOUNT:g} as {key!r}, not {value!r}"
        raise DataError(problem, file=file, line=line)
    return float(value)
