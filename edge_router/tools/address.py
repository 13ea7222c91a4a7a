"""Which addresses tools may be called at: encrypted ones, or this device's own."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from edge_router.errors import DataError


def check_address(address: str) -> str:
    """``address``, where it is ``https``, or ``http`` on this device; raises DataError for any
    other, and for one that holds a password.
    """
    if "@" in address.partition("?")[0]:
        raise DataError("has a password in the address of a server; give it as a header instead")
    try:
        parts = urlsplit(address)
        scheme, host = parts.scheme, parts.hostname
        parts.port  # noqa: B018 - raises ValueError for an impossible one
    except ValueError:
        scheme, host = "", None
    is_safe = scheme == "https" or (scheme == "http" and _is_loopback(host))
    if not host or not is_safe:
        raise DataError(
            f"cannot use the address {address[:200]!r}; give one with https://, or http:// on this "
            "device"
        )
    return address


def _is_loopback(host: str | None) -> bool:
    if host is None or host == "localhost":
        return host is not None
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
