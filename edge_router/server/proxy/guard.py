"""Who may ask: whoever has the token or, without one, programs on this device and no web page."""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
from urllib.parse import urlsplit

from edge_router.server.proxy.body import HttpError, Scope, find_header


class Guard:
    """Looks at a request's headers before anything else does."""

    def __init__(self, token: str | None) -> None:
        """``token`` opens the proxy; ``None``: whoever reaches it may ask."""
        self._token = None if token is None else token.encode()

    @property
    def has_token(self) -> bool:
        """Whether ``Authorization`` is for this proxy."""
        return self._token is not None

    def check(self, scope: Scope) -> None:
        """Raises HttpError for a request that is not allowed."""
        host = find_header(scope, b"host")
        origin = find_header(scope, b"origin")
        if origin is not None and _netloc(origin) != host:
            raise HttpError(
                403, "web pages of other sites may not ask; ask from a program", code="origin"
            )
        if self._token is not None:
            if not hmac.compare_digest(_read_token(scope), self._token):
                said = "the token is missing or wrong; send it as the API key"
                raise HttpError(401, said, code="invalid_api_key")
        elif host is not None and not _is_this_device(host):
            # a page may have its own name's address changed to this device's
            said = "without a token only 127.0.0.1 and localhost are answered; use --token-env"
            raise HttpError(403, said, code="host")


def _read_token(scope: Scope) -> bytes:
    """The token of ``Bearer TOKEN``, or the password of ``Basic``, which browsers ask for."""
    kind, _, value = (find_header(scope, b"authorization") or b"").partition(b" ")
    if kind.lower() == b"bearer":
        return value.strip()
    if kind.lower() == b"basic":
        try:
            return base64.b64decode(value.strip(), validate=True).partition(b":")[2]
        except binascii.Error:
            return b""
    return b""


def _netloc(origin: bytes) -> bytes:
    return origin.partition(b"://")[2]


def _is_this_device(host: bytes) -> bool:
    try:
        name = urlsplit(f"//{host.decode('ascii')}").hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
