"""One try at a request: what came of it, what it cost, and whether another may fare better."""

from __future__ import annotations

import json
from collections.abc import Callable

from edge_router.errors import (
    RemoteError,
    RemoteMalformedError,
    RemoteRefusedError,
    RemoteUnreachableError,
)
from edge_router.remote.address import ApiKey
from edge_router.remote.budget import Usage, count_usage
from edge_router.remote.completion import (
    Completion,
    CompletionStream,
    parse_json,
    read_completion,
)
from edge_router.remote.retry import RETRIED_STATUSES
from edge_router.remote.token_count import count_tokens
from edge_router.remote.wire import Fault, Reply, Wire

Tell = Callable[[str], None]
"""Takes the words of a streamed answer as they come."""

_MAX_DETAIL_CHARS = 300
_UNREACHED = {Fault.OFFLINE, Fault.TIMED_OUT, Fault.CUT_OFF}


class Attempt:
    """One try; streamed where there is someone to tell."""

    def __init__(self, tell: Tell | None) -> None:
        """Nothing sent yet."""
        self._tell = tell
        self._stream = CompletionStream()
        self._completion: Completion | None = None
        self._malformed = ""
        self._detail = ""
        self.reply = Reply()
        """What came back, as far as it came; without the body, once that is read."""

    async def run(self, wire: Wire, body: bytes, *, timeout_s: float) -> None:
        """Sends ``body`` and reads what comes back; raises only what says that nothing was
        sent.
        """
        sink = self._take if self._tell else None
        await wire.send(body, self.reply, timeout_s=timeout_s, sink=sink)
        if self.reply.status != 200:
            self._detail = _read_detail(self.reply.body, wire.key)
        elif self.reply.fault is None and not self._malformed:
            try:
                self._completion = self._read_body()
            except RemoteMalformedError as error:
                self._malformed = str(error)
        # A traceback may be shown with its variables, and some servers repeat the key.
        self.reply.body = b""

    @property
    def was_reached(self) -> bool:
        """Whether a server that works was there, whatever it said."""
        status = self.reply.status
        return self.reply.fault not in _UNREACHED and status is not None and status < 500

    @property
    def may_be_repeated(self) -> bool:
        """Whether the same request may fare better: a server's passing weakness, or a connection
        that broke before anything was told. Who cannot be reached is not tried again at once, and
        after a time-out no time is left.
        """
        if self._stream.text:
            return False
        return self.reply.status in RETRIED_STATUSES or self.reply.fault is Fault.CUT_OFF

    def count(self, most: Usage) -> Usage:
        """The tokens this try cost: what the server reports, or our estimate; none where it never
        got to work. ``most`` holds the estimate of the prompt and the limit of the answer.
        """
        if self._was_turned_away:
            return Usage(0, 0)
        if self._completion is None:
            return Usage(most.tokens_in, count_tokens(self._stream.text))
        estimate = Usage(most.tokens_in, count_tokens(self._completion.written))
        return count_usage(self._completion.usage, estimate, most_out=most.tokens_out)

    def read(self, key: ApiKey, *, retry_after_s: float | None) -> Completion:
        """The answer; raises the RemoteError that says why there is none. ``retry_after_s`` goes
        into the error: how long the server wants to be left alone.
        """
        if self._completion is not None:
            return self._completion
        if self._malformed:
            raise RemoteMalformedError(self._malformed)
        raise _explain(self.reply, self._detail, key, retry_after_s)

    @property
    def _was_turned_away(self) -> bool:
        if self.reply.status is None:
            return self.reply.fault in (Fault.OFFLINE, Fault.CUT_OFF)
        return self.reply.status != 200

    def _take(self, piece: bytes) -> bool:
        try:
            for words in self._stream.feed(piece):
                if self._tell:
                    self._tell(words)
        except RemoteMalformedError as error:
            # the error itself leads to the frames that send, and so to the key
            self._malformed = str(error)
        return self._stream.is_done or bool(self._malformed)

    def _read_body(self) -> Completion | None:
        if not self._tell:
            return read_completion(self.reply.body)
        completion = self._stream.finish()
        if completion is None:
            self.reply.fault = Fault.CUT_OFF
        return completion


def _explain(reply: Reply, detail: str, key: ApiKey, retry_after_s: float | None) -> RemoteError:
    if reply.status is not None and reply.status != 200:
        said = f"the language model's server answered {reply.status}{detail}"
        if reply.status >= 500:
            return RemoteUnreachableError(f"{said}: a fault of its own; try again later")
        if reply.status < 300:
            return RemoteMalformedError(
                f"{said}, which holds no answer; see that base_url is right"
            )
        next_step = _name_next_step(reply.status, key)
        return RemoteRefusedError(
            f"{said}; {next_step}", status=reply.status, retry_after_s=retry_after_s
        )
    problem = f"the language model's server {(reply.fault or Fault.CUT_OFF).value}"
    if reply.fault in _UNREACHED:
        return RemoteUnreachableError(
            f"{problem}; see that it runs, that base_url is its address, and that the network is up"
        )
    return RemoteMalformedError(f"{problem}; see that base_url is the address of an API")


def _name_next_step(status: int, key: ApiKey) -> str:
    if status < 400:
        return "redirects are not followed: give the final address as base_url"
    if status in (401, 403):
        where = f"the environment variable {key.variable}" if key.variable else "api_key_env"
        return f"see that {where} gives a valid key"
    if status == 429:
        return "these are too many requests: wait, or ask the server's owner for more"
    if status == 404:
        return "see that base_url and model are right"
    return "correct what it says, or see that model and options suit this server"


def _read_detail(body: bytes, key: ApiKey) -> str:
    """What a server says about its refusal, bounded, in brackets; the key, which some repeat, is
    taken out.
    """
    try:
        said = parse_json(body)
    except RemoteMalformedError:
        return ""
    for name in ("error", "detail", "message"):
        if isinstance(said, dict) and said.get(name):
            said = said[name]
    text = said if isinstance(said, str) else json.dumps(said)
    text = " ".join(key.hide(text).split())
    shown = "".join(char if char.isprintable() else "?" for char in text[:_MAX_DETAIL_CHARS])
    return f" ({shown})" if shown else ""
