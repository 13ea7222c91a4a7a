"""Records and a router that are written in one line."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from edge_router import Candidate, Decision, Reason, Tool
from edge_router.examples import normalize
from edge_router.journal import Entry, Record
from edge_router.taught import Taught


def make_record(number: int, text: str | None, decided: str | None = None, **fields: Any) -> Record:
    """The record ``1-number`` of a text that was only routed; abstained from unless ``decided``."""
    known = {
        "confidence": 0.9 if decided else 0.1,
        "reason": "confident" if decided else "low_confidence",
        "threshold": 0.5,
        "candidate": decided or "dim",
        "tool": decided,
    }
    entry = Entry(text=text, decided=decided, **known | fields)
    return Record(f"1-{number}", 1e9 + number, f"hash of {normalize(text or '')}", entry)


@dataclass
class FakeRouter:
    """Decides as its table says: a text to its candidates; from 0.5 on."""

    answers: dict[str, list[tuple[str | None, float]]] = field(default_factory=dict)
    names: tuple[str, ...] = ("dim", "tea", "ring")
    taught: Taught = field(default_factory=Taught)
    asked: list[str] = field(default_factory=list)
    bundle: Any = field(
        default_factory=lambda: SimpleNamespace(
            manifest=SimpleNamespace(parts=SimpleNamespace(embedding=None))
        )
    )

    @property
    def tools(self) -> tuple[Tool, ...]:
        return tuple(Tool(name) for name in self.names)

    def route(self, text: str, *, top: int | None = None) -> Decision:
        self.asked.append(text)
        candidates = tuple(Candidate(*pair) for pair in self.answers[text])[:top]
        tool, confidence = candidates[0][:2]
        is_sure = tool is not None and confidence >= 0.5
        reason = Reason.CONFIDENT if is_sure else Reason.LOW_CONFIDENCE
        return Decision(tool if is_sure else None, confidence, reason, candidates, 0.5)
