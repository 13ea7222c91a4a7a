"""A tool: what a decision names, and what may be one; one noun for files, bundles, schemas and
programs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MAX_NAME_CHARS = 200
MAX_DESCRIPTION_CHARS = 20_000
NAME_RULE = (
    f"give a name of 1 to {MAX_NAME_CHARS} characters, without white space around it or control "
    "characters"
)
FREE, CONFIRM, NEVER_ALONE = RISKS = ("free", "confirm", "never_alone")
"""What a tool may do unasked: run; run only where the router is surer than usual; never run."""
_UNFIT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Tool:
    """What can answer a text."""

    name: str
    """What a decision names."""
    description: str = ""
    """What it does, in a sentence."""
    parameters: dict[str, Any] | None = None
    """JSON Schema of its arguments, kept as given."""
    risk: str = FREE
    """One of :data:`RISKS`: whether a decision for it must be confirmed first."""
    domain: str = ""
    """What it belongs to with others, such as *banking*; empty: nothing."""


def is_name(value: object) -> bool:
    """Whether ``value`` may name a tool, a parameter or a bundle; :data:`NAME_RULE` says it in
    words.
    """
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_NAME_CHARS:
        return False
    return value == value.strip() and not _UNFIT_IN_NAMES.search(value)


def list_risks(tools: Iterable[Tool]) -> dict[str, str]:
    """The risk of each tool that is not free; of a tool that stands twice, the greater one."""
    ordered = sorted(tools, key=lambda tool: RISKS.index(tool.risk))
    return {tool.name: tool.risk for tool in ordered if tool.risk != FREE}


def list_domains(tools: Iterable[Tool]) -> dict[str, str]:
    """The domain of each tool that has one."""
    return {tool.name: tool.domain for tool in tools if tool.domain}
