"""Plain JSON by POST: what is asked and what is answered are objects."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, NoReturn

from edge_router.errors import InputError
from edge_router.router import Router
from edge_router.server.proxy.body import HttpError

if TYPE_CHECKING:  # SQLite is loaded for those alone who want it
    from edge_router.server.proxy.recorder import Recorder

Post = Callable[[Any], Awaitable[dict[str, Any]]]
"""From what was sent (``None``: no JSON) to the answer; raises HttpError."""


def read_fields(asked: Any, allowed: set[str], said: str) -> dict[str, Any]:
    """What was sent, as an object without further fields; raises HttpError, which ``said`` what to
    send instead.
    """
    if not isinstance(asked, dict) or asked.keys() - allowed:
        refuse(said)
    return asked


def refuse(said: str) -> NoReturn:
    """Raises the HttpError of what cannot be meant."""
    raise HttpError(400, said, code="invalid_request")


def make_route(router: Router, recorder: Recorder | None) -> Post:
    """POST /route: a decision as ``--json`` prints it, and its id where it is recorded."""

    async def route(asked: Any) -> dict[str, Any]:
        text, options = _read_question(asked)
        began_ns = perf_counter_ns()
        try:
            decision = router.route(text, **options)
        except InputError as error:
            refuse(str(error))
        if recorder is None:
            return decision.to_dict()
        routing_us = (perf_counter_ns() - began_ns) // 1000
        return {**decision.to_dict(), "record": recorder.record_route(text, decision, routing_us)}

    return route


def _read_question(asked: Any) -> tuple[Any, dict[str, Any]]:
    """The text to route and the options; raises HttpError."""
    fields = read_fields(
        asked,
        {"text", "threshold", "top"},
        'send {"text": "..."}, and threshold and top where you want others',
    )
    options = {key: fields[key] for key in ("threshold", "top") if fields.get(key) is not None}
    if isinstance(options.get("threshold"), bool):
        refuse("threshold is a number from 0 to 1")
    top = options.get("top")
    if isinstance(top, float) and top.is_integer():  # JSON has one kind of numbers
        options["top"] = int(top)
    return fields.get("text"), options
