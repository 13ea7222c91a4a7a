"""What of a text is to be done: a router that names a tool does not read *don't*."""

from __future__ import annotations

from edge_router.decision import Decision
from edge_router.dispatcher.parts import Routes
from edge_router.part import Stance
from edge_router.routing.split import may_forbid


def prepare(router: Routes) -> None:
    """Makes ready what :func:`find_asked` looks for, which takes tens of milliseconds once: before
    the first text, not while somebody waits for its answer.
    """
    if hasattr(router, "split"):
        may_forbid("")


def find_asked(router: Routes, text: str) -> tuple[Decision, str]:
    """The decision for what ``text`` asks for, and the stretch of it that does, after as many
    spaces as characters stand before it, so that what is found there keeps its place.

    Where it forbids something, takes it back or sets a condition, the one part that does not is
    what is asked; with none or several of them, nothing runs.
    """
    decision = router.route(text)
    split = getattr(router, "split", None)  # whoever only routes is taken at its word
    if split is None or not (decision.tool or decision.proposed) or not may_forbid(text):
        return decision, text
    parts = split(text)
    asked = [part for part in parts if part.stance is Stance.ASKED]
    if len(asked) == len(parts):
        return decision, text
    if len(asked) == 1:
        return asked[0].decision, " " * asked[0].start + asked[0].text
    return next(part.decision for part in parts if part.stance is not Stance.ASKED), text
