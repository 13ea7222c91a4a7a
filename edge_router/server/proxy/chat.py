"""One request, of a chat or for a typed decision: judged, then answered here, or passed on with the
reason why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter_ns
from typing import TYPE_CHECKING

from edge_router.remote.token_count import count_tokens
from edge_router.router import Router
from edge_router.server.proxy.body import (
    LOCAL,
    RECORD,
    WHO,
    WHY,
    Headers,
    HttpError,
    Receive,
    Send,
    send_answer,
)
from edge_router.server.proxy.chat_answer import write_call
from edge_router.server.proxy.chat_request import ChatRequest, Why, read_chat
from edge_router.server.proxy.heard import Heard
from edge_router.server.proxy.judgement import Call, Judgement, Rules, judge
from edge_router.server.proxy.record import CLIENT_LEFT, Record, Watch
from edge_router.server.proxy.request_tools import RequestTools, ToolSets
from edge_router.server.proxy.systemone import judge_choice, read_choice, write_choice
from edge_router.server.proxy.tool_cut import MAY_CUT, cut_tools
from edge_router.server.proxy.upstream import Asked, BrokenOffError, Upstream

if TYPE_CHECKING:  # SQLite is loaded for those alone who want it
    from edge_router.server.proxy.recorder import Recorder

_CUT = b"x-edge-router-tools"
_NOT_UNDERSTOOD = Judgement(Why.NOT_UNDERSTOOD)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a path's requests and answers are."""

    read: Callable[[bytes], ChatRequest | None]
    """The request in a body; ``None`` for what is none."""
    judge: Callable[[ChatRequest, RequestTools, Rules], Judgement]
    """What the router makes of it."""
    write: Callable[[ChatRequest, RequestTools, Judgement], bytes]
    """The answer from here."""
    needs: str
    """What such a request holds, in words."""


class Chat:
    """Answers chat requests; keeps nothing of them but their tools."""

    def __init__(
        self,
        router: Router,
        upstream: Upstream | None,
        *,
        rules: Rules,
        is_cutting: bool,
        watches: Sequence[Watch],
        recorder: Recorder | None,
        warn: Callable[[str], None],
    ) -> None:
        """Without ``upstream`` only what the router is sure of is answered. Where it ``is_cutting``
        requests go upstream with the router's shortlist of their tools. Each of ``watches`` learns
        of every request, the ``recorder`` of those that the router is asked about; ``warn`` is told
        of a mistake of our own, never with a text in it.
        """
        self._tools = ToolSets(router)
        self._upstream = upstream
        self._rules = rules
        self._is_cutting = is_cutting
        self._watches = watches
        self._recorder = recorder
        self._warn = warn

    async def answer(self, asked: Asked, receive: Receive, send: Send, *, dialect: Dialect) -> None:
        """Sends the answer. Raises HttpError where there is none, ClientGoneError and
        BrokenOffError.
        """
        began_ns = perf_counter_ns()
        case = await self._judge(asked.body, dialect)
        status, heard = CLIENT_LEFT, None
        try:
            if case.call is not None:
                await _answer_here(case, send, self._keep(case, 200, began_ns))
                status = 200
            else:
                if self._recorder is not None and case.judgement.decision is not None:
                    heard = Heard()
                    send = heard.listen(send)
                status = await self._pass_on(case, asked, receive, send)
        except HttpError as error:
            status, heard = error.status, None
            raise
        except BrokenOffError:
            status = 502
            raise
        finally:
            if case.call is None:
                self._keep(case, status, began_ns, heard)
            record = self._describe(case, status, began_ns)
            for watch in self._watches:
                watch(record)

    def _keep(
        self, case: _Case, status: int, began_ns: int, heard: Heard | None = None
    ) -> str | None:
        """The id in the journal: of an answer from here, known before it is sent."""
        if self._recorder is None:
            return None
        return self._recorder.record(self._describe(case, status, began_ns), heard)

    async def _judge(self, body: bytes, dialect: Dialect) -> _Case:
        case = _Case(dialect, dialect.read(body))
        request = case.request
        if request is None:
            return case
        why = request.obstacle
        if why is not None and not (self._is_cutting and why in MAY_CUT):
            return replace(case, judgement=Judgement(why))
        try:
            tools = await self._tools.find(request.tools)
            if why is not None or tools is None:
                return replace(case, tools=tools, judgement=Judgement(why or Why.TOOLS_UNFIT))
            began_ns = perf_counter_ns()
            judgement = dialect.judge(request, tools, self._rules)
            took_us = (perf_counter_ns() - began_ns) // 1000
            return replace(case, tools=tools, judgement=judgement, routing_us=took_us)
        except Exception as error:  # noqa: BLE001 - the edge: the model upstream may still answer
            self._warn(f"a mistake of edge-router's own ({type(error).__name__}); please report it")
            return case

    async def _pass_on(self, case: _Case, asked: Asked, receive: Receive, send: Send) -> int:
        request, tools, why = case.request, case.tools, case.judgement.why
        if self._upstream is None:
            raise _refuse(request, why, case.dialect)
        headers: Headers = []
        if self._is_cutting and request is not None and tools is not None:
            cut = cut_tools(request, why, tools)
            if cut is not None:
                body, kept = cut
                asked = replace(asked, body=body)
                headers = [(_CUT, b"%d/%d" % (kept, len(request.tools)))]
        return await self._upstream.relay(asked, receive, send, why=why, more_headers=headers)

    def _describe(self, case: _Case, status: int, began_ns: int) -> Record:
        request, tools, call, saved = case.request, case.tools, case.call, 0
        if call and request and tools:
            saved = tools.tokens + count_tokens(request.text)
        return Record(
            who="local" if call else "upstream" if self._upstream else "nobody",
            why=case.judgement.why,
            text=request.text if request else "",
            offered=len(request.tools) if request else 0,
            decision=case.judgement.decision,
            tool=call.tool if call else None,
            arguments=call.arguments if call else None,
            known_as=tools.known_as if tools else {},
            routing_us=case.routing_us,
            latency_us=(perf_counter_ns() - began_ns) // 1000,
            status=status,
            tool_tokens=tools.tokens if tools else 0,
            tokens_saved=saved,
        )


@dataclass(frozen=True, slots=True)
class _Case:
    """A request under way."""

    dialect: Dialect
    """How it is asked and answered."""
    request: ChatRequest | None
    """What it asks, where it can be read."""
    tools: RequestTools | None = None
    """Its tools, where they were needed and are fit."""
    judgement: Judgement = _NOT_UNDERSTOOD
    """What the router makes of it."""
    routing_us: int = 0
    """What that took."""

    @property
    def call(self) -> Call | None:
        """The answer from here."""
        return self.judgement.call


CHAT = Dialect(
    read=read_chat,
    judge=judge,
    write=lambda request, _, judgement: write_call(request, judgement),
    needs="model and messages",
)
"""Chat completions."""
SYSTEM_ONE = Dialect(
    read=read_choice, judge=judge_choice, write=write_choice, needs="state and questions"
)
"""Typed decisions."""


def _refuse(request: ChatRequest | None, why: Why, dialect: Dialect) -> HttpError:
    """What a request is told that cannot be answered here, where there is no upstream."""
    headers = [(WHY, why.encode())]
    if request is None:
        said = f"this is no request that can be read here; send {dialect.needs}"
        return HttpError(400, said, code="invalid_request", more_headers=headers)
    return HttpError(
        422,
        f"edge-router cannot answer this by itself ({why}), and no language model stands behind "
        "it; start it with --upstream URL",
        code="not_answered_here",
        more_headers=headers,
    )


async def _answer_here(case: _Case, send: Send, record: str | None) -> None:
    request, tools = case.request, case.tools
    assert request is not None
    assert tools is not None
    headers = [(WHO, LOCAL), (WHY, case.judgement.why.encode())]
    if record is not None:
        headers.append((RECORD, record.encode()))
    kind = b"text/event-stream; charset=utf-8" if request.is_streamed else b"application/json"
    body = case.dialect.write(request, tools, case.judgement)
    await send_answer(send, 200, body, headers, kind=kind)
