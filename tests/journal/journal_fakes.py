"""Entries that are written in one line."""

from typing import Any

from edge_router.journal import Entry


def make_entry(text: str = "dim the lights", decided: str | None = "dim", **fields: Any) -> Entry:
    """A tool that ran on the device, unless ``fields`` say otherwise."""
    known = {
        "confidence": 0.9,
        "reason": "confident" if decided else "low_confidence",
        "threshold": 0.5,
        "candidate": decided or "dim",
        "status": "done" if decided else "abstained",
        "tool": decided,
        "routing_us": 100,
        "tool_us": 20 if decided else 0,
        "total_us": 150,
    }
    return Entry(text=text, decided=decided, **known | fields)
