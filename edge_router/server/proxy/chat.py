"""One chat request: judged, then answered here, or passed on with the reason why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter_ns

from edge_router.remote.token_count import count_tokens
from edge_router.router import Router
from edge_router.server.proxy.body import (
    LOCAL,
    WHO,
    WHY,
    Headers,
    HttpError,
    Receive,
    Send,
    send_answer,
)
from edge_router.server.proxy.chat_answer import write_answer, write_stream
from edge_router.server.proxy.chat_request import ChatRequest, Why, read_chat
from edge_router.server.proxy.judgement import Judgement, Rules, judge
from edge_router.server.proxy.record import Record, Watch
from edge_router.server.proxy.request_tools import RequestTools, ToolSets
from edge_router.server.proxy.tool_cut import MAY_CUT, cut_tools
from edge_router.server.proxy.upstream import Asked, BrokenOffError, Upstream

CLIENT_LEFT = 499
"""The status of a record whose client did not wait; nginx's number."""
_CUT = b"x-edge-router-tools"


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
        warn: Callable[[str], None],
    ) -> None:
        """Without ``upstream`` only what the router is sure of is answered. Where it ``is_cutting``
        requests go upstream with the router's shortlist of their tools. Each of ``watches`` learns
        of every request; ``warn`` is told of a mistake of our own, never with a text in it.
        """
        self._tools = ToolSets(router)
        self._upstream = upstream
        self._rules = rules
        self._is_cutting = is_cutting
        self._watches = watches
        self._warn = warn

    async def answer(self, asked: Asked, receive: Receive, send: Send) -> None:
        """Sends the answer. Raises HttpError where there is none, ClientGoneError and
        BrokenOffError.
        """
        began_ns = perf_counter_ns()
        request = read_chat(asked.body)
        tools, judgement = await self._judge(request)
        status = CLIENT_LEFT
        try:
            if request is not None and judgement.call is not None:
                await _answer_here(request, judgement, send)
                status = 200
            else:
                status = await self._pass_on(asked, receive, send, request, tools, judgement.why)
        except HttpError as error:
            status = error.status
            raise
        except BrokenOffError:
            status = 502
            raise
        finally:
            who = "local" if judgement.call else "upstream" if self._upstream else "nobody"
            self._tell(request, tools, judgement, who, status, perf_counter_ns() - began_ns)

    async def _judge(self, request: ChatRequest | None) -> tuple[RequestTools | None, Judgement]:
        if request is None:
            return None, Judgement(Why.NOT_UNDERSTOOD)
        why = request.obstacle
        if why is not None and not (self._is_cutting and why in MAY_CUT):
            return None, Judgement(why)
        try:
            tools = await self._tools.find(request.tools)
            if why is not None or tools is None:
                return tools, Judgement(why or Why.TOOLS_UNFIT)
            return tools, judge(request, tools, self._rules)
        except Exception as error:  # noqa: BLE001 - the edge: the model upstream may still answer
            self._warn(f"a mistake of edge-router's own ({type(error).__name__}); please report it")
            return None, Judgement(Why.NOT_UNDERSTOOD)

    async def _pass_on(
        self,
        asked: Asked,
        receive: Receive,
        send: Send,
        request: ChatRequest | None,
        tools: RequestTools | None,
        why: Why,
    ) -> int:
        if self._upstream is None:
            raise refuse(request, why)
        headers: Headers = []
        if self._is_cutting and request is not None and tools is not None:
            cut = cut_tools(request, why, tools)
            if cut is not None:
                body, kept = cut
                asked = replace(asked, body=body)
                headers = [(_CUT, b"%d/%d" % (kept, len(request.tools)))]
        return await self._upstream.relay(asked, receive, send, why=why, more_headers=headers)

    def _tell(
        self,
        request: ChatRequest | None,
        tools: RequestTools | None,
        judgement: Judgement,
        who: str,
        status: int,
        took_ns: int,
    ) -> None:
        call, saved = judgement.call, 0
        if call and request and tools:
            saved = tools.tokens + count_tokens(request.text)
        record = Record(
            who=who,
            why=judgement.why,
            text=request.text if request else "",
            offered=len(request.tools) if request else 0,
            decision=judgement.decision,
            tool=call.tool if call else None,
            arguments=call.arguments if call else None,
            latency_us=took_ns // 1000,
            status=status,
            tokens_saved=saved,
        )
        for watch in self._watches:
            watch(record)


def refuse(request: ChatRequest | None, why: Why) -> HttpError:
    """What a request is told that cannot be answered here, where there is no upstream."""
    if request is None:
        return HttpError(
            400, "this is no chat request; send model and messages", code="invalid_request", why=why
        )
    return HttpError(
        422,
        f"edge-router cannot answer this by itself ({why}), and no language model stands behind "
        "it; start it with --upstream URL",
        code="not_answered_here",
        why=why,
    )


async def _answer_here(request: ChatRequest, judgement: Judgement, send: Send) -> None:
    assert judgement.call is not None
    headers = [(WHO, LOCAL), (WHY, judgement.why.encode())]
    if request.is_streamed:
        body, kind = write_stream(request, judgement.call), b"text/event-stream; charset=utf-8"
        await send_answer(send, 200, body, headers, kind=kind)
    else:
        await send_answer(send, 200, write_answer(request, judgement.call), headers)
