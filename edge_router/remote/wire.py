"""One request over the network; the only module that knows httpx2.

It never raises what the network raised: such an exception holds the request, and with it the key.
What happened comes back as a value.
"""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

from edge_router.errors import MissingExtraError
from edge_router.remote.address import ApiKey

CONNECT_S = 2.0
# An answer of 4,000 tokens is 20 KB, streamed with a wrapper a token 1 MB.
MAX_BODY_BYTES = 4_000_000
_HEADERS = {
    "Content-Type": "application/json",
    "Accept": "application/json, text/event-stream",
    # a few bytes of a compressed body can be gigabytes
    "Accept-Encoding": "identity",
    "User-Agent": "edge-router",
}

Sink = Callable[[bytes], bool]
"""Takes a piece of a body as it comes; True ends the reading."""


class Fault(enum.Enum):
    """Why there is no whole reply."""

    OFFLINE = "cannot be reached"
    TIMED_OUT = "did not answer in time"
    CUT_OFF = "broke the connection off"
    TOO_LARGE = f"sent more than {MAX_BODY_BYTES // 1_000_000} MB"
    COMPRESSED = "sent a compressed body, which was not asked for"


@dataclass(slots=True)
class Reply:
    """What came back, whole or not; filled in as it comes."""

    status: int | None = None
    """HTTP's status; ``None`` where none came."""
    retry_after: str | None = None
    """The header of that name, as sent."""
    body: bytes = field(default=b"", repr=False)
    """The body, or as much of it as came; empty where a sink took it."""
    size_bytes: int = 0
    """How much of the body came, in whatever way it was taken."""
    fault: Fault | None = None
    """Why it is not whole."""


class Wire:
    """A client of one address. In another event loop, as after a fork, it connects anew: two
    processes must not speak over one connection.
    """

    def __init__(self, url: str, key: ApiKey) -> None:
        """``url`` takes the requests; the client is made by the first of them."""
        self._url = url
        self.key = key
        """What opens the server."""
        self._client: Any = None  # an httpx2.AsyncClient: httpx2 is known inside functions only
        self._loop: asyncio.AbstractEventLoop | None = None

    async def send(
        self, body: bytes, reply: Reply, *, timeout_s: float, sink: Sink | None = None
    ) -> None:
        """Posts ``body`` (JSON) and notes in ``reply`` what comes back within ``timeout_s``; of a
        reply that is well (200), ``sink`` takes the body. Raises only MissingExtraError and
        RemoteSettingError, and those before anything is sent.
        """
        client = self._connect()
        headers = {**_HEADERS, **self.key.header()}
        try:
            async with asyncio.timeout(timeout_s):
                stream = client.stream(
                    "POST",
                    self._url,
                    content=body,
                    headers=headers,
                    timeout=_make_timeout(timeout_s),
                )
                async with stream as response:
                    await _read(response, reply, sink)
        except TimeoutError:
            reply.fault = Fault.TIMED_OUT
        except Exception as error:  # noqa: BLE001 - whatever it is, it holds the request
            reply.fault = _name_fault(error)

    async def close(self) -> None:
        """Closes what is open."""
        if self._client is not None and self._loop is asyncio.get_running_loop():
            await self._client.aclose()

    def _connect(self) -> Any:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._client, self._loop = _make_client(), loop
        return self._client


def _make_client() -> Any:
    try:
        import httpx2
    except ImportError as error:
        raise MissingExtraError("llm", "httpx2") from error
    return httpx2.AsyncClient(
        # no proxy and no .netrc from the environment: the key goes to base_url only
        trust_env=False,
        # but the system's certificates, or those of SSL_CERT_FILE
        verify=httpx2.create_ssl_context(trust_env=True),
        follow_redirects=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    )


async def _read(response: Any, reply: Reply, sink: Sink | None) -> None:
    reply.status = response.status_code
    reply.retry_after = response.headers.get("retry-after")
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        reply.fault = Fault.COMPRESSED
        return
    pieces: list[bytes] = []
    take = sink if sink is not None and reply.status == 200 else _collect(pieces)
    async for piece in response.aiter_raw():
        reply.size_bytes += len(piece)
        if reply.size_bytes > MAX_BODY_BYTES:
            reply.fault = Fault.TOO_LARGE
            break
        if take(piece):
            break
    reply.body = b"".join(pieces)


def _collect(pieces: list[bytes]) -> Sink:
    def take(piece: bytes) -> bool:
        pieces.append(piece)
        return False

    return take


def _make_timeout(timeout_s: float) -> Any:
    import httpx2

    return httpx2.Timeout(timeout_s, connect=min(CONNECT_S, timeout_s))


def _name_fault(error: Exception) -> Fault:
    import httpx2

    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        return Fault.OFFLINE
    if isinstance(error, httpx2.TimeoutException):
        return Fault.TIMED_OUT
    return Fault.CUT_OFF
