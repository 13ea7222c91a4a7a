"""Why a tool did not answer, in lines for a terminal."""

from __future__ import annotations

from edge_router.cli.explanation_numbers import name_answer, tell_decision
from edge_router.cli.explanation_text import (
    describe_neighbors,
    describe_origin,
    describe_scope,
    describe_words,
    has_colors,
    shade_words,
)
from edge_router.cli.output import printable
from edge_router.explanation import Explanation


def describe_why_not(explanation: Explanation, tool: str, advice: list[str]) -> list[str]:
    """What stood before ``tool``, by words; its nearest examples, and the ``advice``."""
    colors = has_colors()
    own = [neighbor for neighbor in explanation.neighbors if neighbor.tool == tool]
    return [
        shade_words(explanation, has_colors=colors),
        "",
        printable(_tell_why(explanation, tool)),
        *(["the text was taught word for word, which decides"] if explanation.is_verbatim else ()),
        f"{'decision':<12} {printable(tell_decision(explanation))}",
        *describe_scope(explanation),
        "",
        *describe_words(explanation, has_colors=colors),
        "",
        *(describe_neighbors(tuple(own)) if own else ["nearest      no example of it is known"]),
        *describe_origin(explanation),
        *_tell_advice(tool, advice),
    ]


def _tell_why(explanation: Explanation, tool: str) -> str:
    decision, best, rival = explanation.decision, explanation.best, explanation.rival
    if best is None:
        return f"{tool} did not answer: there was nothing to score, {decision.reason.value}"
    if decision.tool == tool:
        return f"{tool} does answer this text"
    if best.tool == tool:
        return (
            f"{tool} came first, but is not sure enough: {100 * best.confidence:.1f} %, "
            f"and {decision.reason.value}"
        )
    if explanation.rank is None or rival is None:
        return f"{tool} was not compared: its examples are far from this text"
    return (
        f"{tool} came {explanation.rank}. with {100 * rival.confidence:.1f} %, "
        f"behind {name_answer(best.tool)} with {100 * best.confidence:.1f} %"
    )


def _tell_advice(tool: str, advice: list[str]) -> list[str]:
    if not advice:
        return []
    if advice[0].startswith("{"):
        how = "add this line to the examples and train again, since the bundle cannot be taught:"
    else:
        how = "teach this text to it, or a text like it:"
    return ["", printable(f"if {tool} should answer: {how}"), *[f"  {line}" for line in advice]]
