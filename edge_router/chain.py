"""A router as the tool of another: routing in steps, and the whole as one program to look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Protocol

from edge_router.decision import Decision
from edge_router.errors import InputError

if TYPE_CHECKING:
    from edge_router.bundle import Bundle
    from edge_router.tool import Tool


class Routes(Protocol):
    """What a chain needs of a router."""

    bundle: Bundle
    """What was loaded."""
    tools: tuple[Tool, ...]
    """What it chooses from."""

    @property
    def threshold(self) -> float:
        """The confidence from which it decides."""
        ...

    def route(self, text: str) -> Decision:
        """The decision for one text."""
        ...


@dataclass(frozen=True, slots=True)
class Trail:
    """The answer of a chain to one text."""

    decisions: tuple[Decision, ...]
    """What each router said, the first one's first; only the last may abstain."""

    @property
    def decision(self) -> Decision:
        """What the last router said: its tool is the one to run."""
        return self.decisions[-1]

    @property
    def path(self) -> tuple[str, ...]:
        """The tools by name, ``("media", "music.play")``; a last router that abstains adds none."""
        return tuple([d.tool for d in self.decisions if d.tool is not None])

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, in a fixed order of keys."""
        return {
            "tool": self.decision.tool,
            "path": list(self.path),
            "decisions": [decision.to_dict() for decision in self.decisions],
        }


@dataclass(frozen=True, slots=True)
class Chain:
    """A router, and others that answer for some of its tools. ``str`` is the program::

    home 1, threshold 0.8000, sha256 1a2b3c4d
      lights.dim
      media -> media 1, threshold 0.6067, sha256 5e6f7a8b
        music.play
        volume.set
    """

    router: Routes
    """Decides first."""
    branches: Mapping[str, Routes | Chain]
    """By the name of one of its tools, who decides then; a chain makes more than two steps."""

    def __post_init__(self) -> None:
        """Raises InputError where a branch is for no tool of the router, or is no router."""
        names = [tool.name for tool in self.router.tools]
        for tool, branch in self.branches.items():
            if tool not in names:
                near = [f"did you mean {name!r}? " for name in get_close_matches(tool, names, n=1)]
                raise InputError(f"there is no tool {tool!r}; {''.join(near)}see Router.tools")
            if not hasattr(branch, "route"):
                raise InputError(
                    f"{tool!r} leads to {type(branch).__name__}; give a Router or a Chain"
                )
        object.__setattr__(self, "branches", dict(self.branches))

    def route(self, text: str) -> Trail:
        """The decisions for one text, step by step; the same bits on every CPU. Raises InputError
        where ``text`` is not a str.
        """
        decision = self.router.route(text)
        branch = self.branches.get(decision.tool) if decision.tool is not None else None
        if branch is None:
            return Trail((decision,))
        found = branch.route(text)
        rest = found.decisions if isinstance(found, Trail) else (found,)
        return Trail((decision, *rest))

    def to_dict(self) -> dict[str, Any]:
        """The program as plain values for JSON, in a fixed order of keys."""
        return _to_dict(self)

    def __str__(self) -> str:
        return "\n".join(_list_lines(self, depth=0))


def _to_dict(program: Routes | Chain) -> dict[str, Any]:
    router, branches = _open(program)
    manifest = router.bundle.manifest
    return {
        "name": manifest.name,
        "version": manifest.version,
        "sha256": router.bundle.sha256,
        "taught_tools": _count_taught(router),
        "threshold": router.threshold,
        "tools": [
            {"name": name, "router": _to_dict(branches[name]) if name in branches else None}
            for name in _list_names(router.tools)
        ],
    }


def _list_lines(program: Routes | Chain, *, depth: int) -> Iterator[str]:
    router, branches = _open(program)
    manifest, taught = router.bundle.manifest, _count_taught(router)
    more = f", {taught} taught" if taught else ""
    yield (
        f"{manifest.name} {manifest.version}{more}, threshold {router.threshold:.4f}, "
        f"sha256 {router.bundle.sha256[:8]}"
    )
    for name in _list_names(router.tools):
        begin = f"{'  ' * (depth + 1)}{name}"
        if name in branches:
            first, *rest = _list_lines(branches[name], depth=depth + 1)
            yield f"{begin} -> {first}"
            yield from rest
        else:
            yield begin


def _open(program: Routes | Chain) -> tuple[Routes, Mapping[str, Routes | Chain]]:
    if isinstance(program, Chain):
        return program.router, program.branches
    return program, {}


def _count_taught(router: Routes) -> int:
    choice = router.bundle.manifest.parts.choice
    return len(router.tools) - (len(choice.tools) if choice else 0)


def _list_names(tools: Sequence[Tool]) -> list[str]:
    return [tool.name for tool in tools]
