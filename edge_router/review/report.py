"""Why something is shown, in words."""

from __future__ import annotations

from edge_router.review.item import Item, Why

NO_TOOL = "no tool"


def explain(item: Item) -> str:
    """One line."""
    if item.why is Why.CLUSTER:
        where = "nearer to one another than to any tool"
        return f"{item.size} texts without a tool lie {where}: is one missing?"
    heard, now = item.heard[0], _tell_decision(item)
    if item.why is Why.LANGUAGE_MODEL:
        return f"the language model chose {heard.model_tool}; the router: {now}"
    if item.why is Why.CHANGED:
        return f"recorded was {heard.decided or NO_TOOL}; the router now: {now}"
    return f"the router is not sure: {now}"


def _tell_decision(item: Item) -> str:
    sure = f"{item.best or NO_TOOL} {100 * item.confidence:.1f} %"
    if item.best is None:
        return sure
    does = "it decides" if item.decided is not None else "it would decide"
    return f"{sure}, {does} from {100 * item.threshold:.1f} %"
