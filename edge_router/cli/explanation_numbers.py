"""How an explanation's whole numbers are told to people, in the terminal and on a page alike."""

from __future__ import annotations

from edge_router.explanation import Explanation, Unit
from edge_router.routing.contrast import CONFIDENCE_STEPS

LEVELS = 4
"""Shades of a word, beside none."""


def name_answer(tool: str | None) -> str:
    """An answer's name; *no tool fits* is one."""
    return "(no tool)" if tool is None else tool


def tell_amount(explanation: Explanation, steps: float) -> str:
    """``+1.2``, in what :func:`tell_unit` names."""
    if explanation.unit == Unit.CONFIDENCE:
        return f"{100 * steps / CONFIDENCE_STEPS:+.1f}"
    if explanation.rival is not None and explanation.halving:
        return f"{steps / explanation.halving:+.1f}"
    return f"{steps:+.0f}"


def tell_unit(explanation: Explanation) -> str:
    """What the numbers count."""
    if explanation.best is None:
        return "nothing was scored"
    best = name_answer(explanation.best.tool)
    if explanation.rival is None:
        return f"steps of the score of {best}, the only answer"
    pair = f"{best} before {name_answer(explanation.rival.tool)}"
    if explanation.unit == Unit.CONFIDENCE:
        return f"points of confidence, {pair}"
    if explanation.halving:
        return f"doublings of the odds, {pair}"
    return f"steps of the logits, {pair}"


def tell_decision(explanation: Explanation) -> str:
    """The decision in a line."""
    decision, best = explanation.decision, explanation.best
    limit = f"it decides from {100 * decision.threshold:.1f} %"
    if best is None:
        return f"(no tool): {decision.reason.value}"
    sure = f"{100 * decision.confidence:.1f} %"
    if decision.tool is not None:
        return f"{decision.tool}, {sure} sure; {limit}"
    return f"(no tool): {decision.reason.value}, {name_answer(best.tool)} {sure}; {limit}"


def tell_scope(explanation: Explanation) -> str | None:
    """How usual the text is, in a line; ``None`` where the bundle cannot tell."""
    scope = explanation.decision.scope
    if scope is None:
        return None
    return f"{scope:.3f}: {100 * scope:.1f} % of held-out texts with a tool are no more usual"


def tell_rival(explanation: Explanation) -> str:
    """The rival in a line."""
    rival, rank = explanation.rival, explanation.rank
    if rival is None:
        return "none: there is no other answer"
    place = f"place {rank}" if rank else "not among the tools compared with this text"
    return f"{name_answer(rival.tool)}, {100 * rival.confidence:.1f} %, {place}"


def tell_flip(explanation: Explanation) -> str:
    """The flip in a line."""
    flip = explanation.flip
    if flip is None:
        return "no deletion was found that changes which tool answers"
    words = " ".join([explanation.words[number].text for number in flip.words])
    few = "" if flip.is_smallest else " (perhaps fewer would do)"
    decision = flip.decision
    sure = f"{100 * decision.confidence:.1f} %"
    then = decision.tool or f"(no tool), {decision.reason.value}"
    return f"without {words!r}{few}: {then}, {sure}"


def tell_fit(explanation: Explanation) -> str | None:
    """How the taught tools were fitted, in a line."""
    fit = explanation.fit
    if fit is None:
        return None
    how = f"fitted in {fit.rounds} rounds" if fit.rounds else "each the mean of its examples"
    few = "; a text is compared with a shortlist" if fit.is_shortlisted else ""
    return f"{fit.tools} tools by {fit.examples} texts and anchors, {how}{few}"


def find_levels(explanation: Explanation) -> list[int]:
    """For each word a shade from -4 to 4: against the best answer to for it, 0 for next to
    nothing.
    """
    most = max([abs(word.steps) for word in explanation.words], default=0)
    if not most:
        return [0] * len(explanation.words)
    levels = [round(LEVELS * abs(word.steps) / most) for word in explanation.words]
    return [
        level if word.steps > 0 else -level
        for word, level in zip(explanation.words, levels, strict=True)
    ]
