"""The language model's server behind the proxy: requests go to it as they came, answers come back
as they are sent, without a buffer between.

An exception of the network holds the request and with it the key: none leaves this module.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from edge_router.errors import MissingExtraError
from edge_router.remote.address import ApiKey, check_address
from edge_router.server.proxy.body import (
    UPSTREAM,
    WHO,
    WHY,
    ClientGoneError,
    Headers,
    HttpError,
    Receive,
    Send,
)

CONNECT_S = 5.0
READ_S = 300.0
"""So long the server may be silent: a model that thinks says nothing."""
_MAX_CONNECTIONS = 1000
# They concern one connection (RFC 9110, 7.6.1), not what is said over it.
_OF_CONNECTION = {
    b"connection",
    b"keep-alive",
    b"proxy-authenticate",
    b"proxy-authorization",
    b"proxy-connection",
    b"te",
    b"trailer",
    b"transfer-encoding",
    b"upgrade",
}
_OURS = {*_OF_CONNECTION, b"date"}
"""Left out of an answer's headers: our own server writes these."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to be passed on."""

    method: str
    """HTTP's method."""
    path: str
    """What is appended to the server's address, query and all."""
    headers: Headers = field(repr=False)
    """The client's."""
    body: bytes = field(repr=False)
    """As it came."""
    is_token_ours: bool
    """The client's ``Authorization`` opens this proxy, and is nobody else's business."""


class Upstream:
    """One server, by the address that its API's paths are appended to."""

    def __init__(
        self, url: str, *, key_variable: str | None, allow_plain_http: bool, read_s: float = READ_S
    ) -> None:
        """Raises RemoteSettingError for an address or a key that cannot work, and
        MissingExtraError.
        """
        url = check_address(
            url,
            allow_plain_http=allow_plain_http,
            name="--upstream",
            key_name="--upstream-key-env",
            consent="--allow-plain-http",
        )
        self._url = url
        self._host = urlsplit(url).netloc.encode()
        self._key = ApiKey(key_variable, "--upstream-key-env")
        self._key.header()  # a key that is missing is said now, not to the first client
        self._timeouts = {"connect": CONNECT_S, "read": read_s, "write": 60.0, "pool": CONNECT_S}
        self._transport = _make_transport()

    async def relay(
        self, asked: Asked, receive: Receive, send: Send, *, why: str, more_headers: Headers
    ) -> int:
        """Passes a request on and its answer back; the answer's status. Raises HttpError where
        none came, and ClientGoneError where the client left before its end.
        """
        answer = asyncio.ensure_future(self._pass(asked, send, why, more_headers))
        gone = asyncio.ensure_future(_wait_until_gone(receive))
        try:
            await asyncio.wait({answer, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise ClientGoneError
            return answer.result()
        finally:
            answer.cancel()
            gone.cancel()
            await asyncio.gather(answer, gone, return_exceptions=True)

    async def close(self) -> None:
        """Closes what is open."""
        await self._transport.aclose()

    async def _pass(self, asked: Asked, send: Send, why: str, more_headers: Headers) -> int:
        import httpx2

        request = httpx2.Request(
            asked.method,
            self._url + asked.path,
            headers=self._head(asked),
            content=asked.body,
            extensions={"timeout": self._timeouts},
        )
        has_begun = False
        try:
            response = await self._transport.handle_async_request(request)
            try:
                headers = [
                    (name.lower(), value)
                    for name, value in response.headers.raw
                    if name.lower() not in _OURS
                ]
                headers += [(WHO, UPSTREAM), (WHY, why.encode()), *more_headers]
                status: int = response.status_code
                has_begun = True
                await send({"type": "http.response.start", "status": status, "headers": headers})
                async for piece in response.stream:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            finally:
                await response.aclose()
        except ClientGoneError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it holds the request
            problem = _explain(error)
        else:
            await send({"type": "http.response.body", "body": b""})
            return status
        # raised here, so that neither cause nor context holds the request
        raise BrokenOffError if has_begun else problem

    def _head(self, asked: Asked) -> Headers:
        """The client's headers but for what is ours: the key, the host, the connection."""
        left_out = {*_OF_CONNECTION, b"host", b"content-length", b"expect"}
        if self._key.variable is not None or asked.is_token_ours:
            left_out.add(b"authorization")
        kept = [(name, value) for name, value in asked.headers if name not in left_out]
        ours = [(name.encode(), value.encode()) for name, value in self._key.header().items()]
        return [(b"Host", self._host), *kept, *ours]


class BrokenOffError(Exception):
    """The server ended in the middle of an answer: so the connection to the client ends, too."""


async def _wait_until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _explain(error: Exception) -> HttpError:
    import httpx2

    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        said = "the upstream server cannot be reached; see that it runs and --upstream is right"
        return HttpError(502, said, code="upstream_unreachable")
    if isinstance(error, httpx2.PoolTimeout):
        return HttpError(
            503, "too many requests wait for the upstream server; try later", code="upstream_busy"
        )
    if isinstance(error, httpx2.TimeoutException):
        said = "the upstream server did not answer in time; try again, or ask for less"
        return HttpError(504, said, code="upstream_timeout")
    said = "the upstream server broke off or sent no HTTP; try again, see that --upstream is right"
    return HttpError(502, said, code="upstream_failed")


def _make_transport() -> Any:
    try:
        import httpx2
    except ImportError as error:
        raise MissingExtraError("serve", "httpx2") from error
    return httpx2.AsyncHTTPTransport(
        # the system's certificates, or those of SSL_CERT_FILE; no proxy from the environment
        verify=httpx2.create_ssl_context(trust_env=True),
        limits=httpx2.Limits(max_connections=_MAX_CONNECTIONS, max_keepalive_connections=32),
    )
