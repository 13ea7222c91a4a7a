"""POST /dispatch: texts that tools of this device's own answer, beside the event loop."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from contextlib import suppress
from functools import partial
from secrets import token_urlsafe
from typing import Any, Protocol

from edge_router.dispatcher import Outcome
from edge_router.server.proxy.body import HttpError
from edge_router.server.proxy.chat_request import MAX_TEXT_CHARS
from edge_router.server.proxy.posts import read_fields, refuse
from edge_router.tools.lane import Job, Lane

MAX_QUESTIONS = 256
"""So many questions wait for their replies; that which was asked first goes first."""
ANSWERED_WITHIN_S = 600.0
"""A reply that comes later is to no question."""
_SEND = (
    'send {"text": "..."}; in reply to a question {"text": "yes", "question": "..."} with the one '
    "that the answer had"
)


class Dispatches(Protocol):
    """What of a :class:`~edge_router.dispatcher.Dispatcher` is used."""

    def dispatch(self, text: str) -> Outcome:
        """What a text leads to."""

    def resume(self, outcome: Outcome, reply: str) -> Outcome:
        """Goes on from a question."""


class Assistant:
    """Dispatches a few texts at once, in threads of its own: a tool that hangs holds up neither the
    event loop nor the process's end.
    """

    def __init__(self, dispatcher: Dispatches) -> None:
        """No question waits yet."""
        self._dispatcher = dispatcher
        self._lane = Lane("dispatch")
        self._questions: OrderedDict[str, tuple[float, Outcome]] = OrderedDict()

    async def answer(self, asked: Any) -> dict[str, Any]:
        """The outcome as JSON; ``question`` is what a reply must name. A client that leaves does
        not undo what it asked for.
        """
        fields = read_fields(asked, {"text", "question"}, _SEND)
        text, question = fields.get("text"), fields.get("question")
        if not isinstance(text, str) or not (question is None or isinstance(question, str)):
            refuse(_SEND)
        if len(text) > MAX_TEXT_CHARS:
            refuse(f"the text is longer than {MAX_TEXT_CHARS:,} characters; send less")
        if question is None:
            work = partial(self._dispatcher.dispatch, text)
        else:
            work = partial(self._dispatcher.resume, self._take(question), text)
        outcome = await self._run(work)
        return {**outcome.to_dict(), "question": self._keep(outcome)}

    async def _run(self, work: partial[Outcome]) -> Outcome:
        done, loop = asyncio.Event(), asyncio.get_running_loop()

        def tell() -> None:
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(done.set)

        job = Job(work, tell)
        if not self._lane.submit(job):
            said = "too many texts are being dispatched; try again later"
            raise HttpError(503, said, code="dispatch_busy")
        await done.wait()
        if job.error is not None:
            raise job.error
        outcome: Outcome = job.value
        return outcome

    def _take(self, question: str) -> Outcome:
        """The outcome that asked, once: a second reply must not run a tool again."""
        asked_at_s, outcome = self._questions.pop(question, (0.0, None))
        if outcome is None or time.monotonic() - asked_at_s > ANSWERED_WITHIN_S:
            said = "no such question waits for a reply; send the text alone, and be asked again"
            raise HttpError(404, said, code="no_question")
        return outcome

    def _keep(self, outcome: Outcome) -> str | None:
        if not outcome.is_question:
            return None
        question = token_urlsafe(12)  # not to be guessed: a reply may run a tool
        self._questions[question] = time.monotonic(), outcome
        if len(self._questions) > MAX_QUESTIONS:
            self._questions.popitem(last=False)
        return question


async def refuse_dispatch(_: Any) -> dict[str, Any]:
    """The answer of a proxy without tools of its own."""
    said = "there are no tools to run here; start edge-router serve with --tools FILE"
    raise HttpError(409, said, code="no_tools")
