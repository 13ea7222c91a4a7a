"""A language model behind an OpenAI-compatible API: final words for a tool's result, and a tool
where the router abstains. Nothing leaves the device unless one is made and asked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any, Self

from edge_router.errors import RemoteSettingError
from edge_router.remote.address import ApiKey, check_address
from edge_router.remote.answer import Answer, Choice
from edge_router.remote.breaker import Breaker
from edge_router.remote.budget import Budget, Ledger, Spent
from edge_router.remote.clock import Clock
from edge_router.remote.line import Line
from edge_router.remote.loop import LoopThread
from edge_router.remote.model import Model
from edge_router.remote.question import Report, make_report, make_request
from edge_router.remote.redact import Redactor
from edge_router.remote.stream import AnswerStream, AsyncAnswerStream
from edge_router.remote.wire import Wire
from edge_router.tool import Tool

_OWN_FIELDS = {"messages", "model", "stream", "stream_options", "tools"}


@dataclass(slots=True, kw_only=True, eq=False)
class Remote:
    """A language model's server. Safe to share between threads and event loops; close it
    (``close()``, ``with``) to end its connections.

    Each method raises a :class:`~edge_router.errors.RemoteError` within ``timeout_s``, or
    MissingExtraError where httpx2 is not installed.
    """

    base_url: str
    """The API's address, such as ``https://HOST/v1``; without credentials. ``http`` is for this
    device only, or for ``allow_plain_http``.
    """
    model: str
    """The model's name, as the server knows it."""
    api_key_env: str | None = None
    """The environment variable that holds the key, read for each request."""
    timeout_s: float = 20.0
    """The bound of each call: retries, pauses and the last word of a stream included."""
    retries: int = 2
    """How often a request that failed in passing is sent again."""
    budget: Budget = field(default_factory=Budget)
    """What a day may cost."""
    redactor: Redactor | None = field(default=None, repr=False)
    """Takes personal data out of the texts, and puts it back into the answers."""
    max_answer_tokens: int = 300
    """The most that one answer may have."""
    allow_plain_http: bool = False
    """Texts and the key may cross a network unencrypted."""
    answer_limit_field: str = "max_tokens"
    """What the API calls ``max_answer_tokens``; some want ``max_completion_tokens``."""
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """Fields that are added to every request, such as ``temperature``."""
    failures_to_rest: int = 3
    """So many calls in a row that reach no server, and it is not asked for ``rest_s``."""
    rest_s: float = 30.0
    """Seconds for which an unreachable server is left alone."""
    spent_before: Spent | None = None
    """What a former process has spent of today's budget: its :meth:`spent`."""
    clock: Clock = field(default_factory=Clock)
    """Where the time comes from."""
    _model: Model = field(init=False, repr=False)
    _loop: LoopThread = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Raises RemoteSettingError for settings that cannot work."""
        self.base_url = check_address(self.base_url, allow_plain_http=self.allow_plain_http)
        self._check_limits()
        self._check_options()
        wire = Wire(f"{self.base_url}/chat/completions", ApiKey(self.api_key_env))
        self._loop = LoopThread(wire.close)
        self._model = Model(
            line=self._make_line(wire),
            name=self.model,
            timeout_s=self.timeout_s,
            max_answer_tokens=self.max_answer_tokens,
            answer_limit_field=self.answer_limit_field,
            options=dict(self.options),
        )

    def final_words(
        self, query: str, tool_name: str, result: Any, *, tools: Sequence[Tool] = ()
    ) -> Answer:
        """The result of the tool, told to the user. ``tools`` are all that the assistant has: they
        are not sent, but counted, for what a prompt with all of them would have cost.
        """
        return self._loop.run(self._model.tell(self._report(query, tool_name, result, tools)))

    async def final_words_async(
        self, query: str, tool_name: str, result: Any, *, tools: Sequence[Tool] = ()
    ) -> Answer:
        """:meth:`final_words` for a caller with an event loop."""
        report = self._report(query, tool_name, result, tools)
        return await self._loop.wait(self._model.tell(report))

    def stream_final_words(
        self, query: str, tool_name: str, result: Any, *, tools: Sequence[Tool] = ()
    ) -> AnswerStream:
        """:meth:`final_words`, word by word."""
        report = self._report(query, tool_name, result, tools)
        return AnswerStream(self._loop, lambda listen: self._model.tell(report, listen))

    def stream_final_words_async(
        self, query: str, tool_name: str, result: Any, *, tools: Sequence[Tool] = ()
    ) -> AsyncAnswerStream:
        """:meth:`stream_final_words` for a caller with an event loop."""
        report = self._report(query, tool_name, result, tools)
        return AsyncAnswerStream(self._loop, lambda listen: self._model.tell(report, listen))

    def choose(self, query: str, tools: Sequence[Tool], shortlist: Sequence[str]) -> Choice:
        """The tool that the model would call, or none. It sees the best 8 of the ``shortlist``
        (names, best first) and may ask for all ``tools``.
        """
        request = make_request(query, tools, shortlist, redactor=self.redactor)
        return self._loop.run(self._model.choose(request))

    async def choose_async(
        self, query: str, tools: Sequence[Tool], shortlist: Sequence[str]
    ) -> Choice:
        """:meth:`choose` for a caller with an event loop."""
        request = make_request(query, tools, shortlist, redactor=self.redactor)
        return await self._loop.wait(self._model.choose(request))

    def spent(self) -> Spent:
        """What today's calls have cost so far."""
        return self._model.line.ledger.spent()

    def close(self) -> None:
        """Ends what is under way, and the connections."""
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _report(self, query: str, tool_name: str, result: Any, tools: Sequence[Tool]) -> Report:
        return make_report(query, tool_name, result, tools=tools, redactor=self.redactor)

    def _make_line(self, wire: Wire) -> Line:
        breaker = Breaker(
            failures=self.failures_to_rest, rest_s=self.rest_s, monotonic_s=self.clock.monotonic_s
        )
        return Line(
            wire=wire,
            breaker=breaker,
            ledger=Ledger(self.budget, wall_s=self.clock.wall_s, before=self.spent_before),
            clock=self.clock,
            retries=self.retries,
        )

    def _check_limits(self) -> None:
        least: list[tuple[str, float, float]] = [
            ("timeout_s", self.timeout_s, 0.001),
            ("retries", self.retries, 0),
            ("max_answer_tokens", self.max_answer_tokens, 1),
            ("failures_to_rest", self.failures_to_rest, 1),
            ("rest_s", self.rest_s, 0),
        ]
        for name, value, minimum in least:
            if not minimum <= value < inf:
                raise RemoteSettingError(f"{name} is {value}; give a number from {minimum}")

    def _check_options(self) -> None:
        if not self.model.strip():
            raise RemoteSettingError("model is empty; give the name that the server knows")
        for name in self.options:
            if name in _OWN_FIELDS or name == self.answer_limit_field:
                raise RemoteSettingError(f"options holds {name!r}, which is set here; take it out")
        try:
            json.dumps(dict(self.options), allow_nan=False)
        except (TypeError, ValueError):
            raise RemoteSettingError("options must be plain JSON; correct them") from None
