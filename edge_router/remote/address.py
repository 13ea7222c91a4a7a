"""Where a remote is and what opens it: an address without secrets, and the name of the environment
variable that holds the key.
"""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from edge_router.errors import RemoteSettingError

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,99}")
_KEY = re.compile(r"[\x21-\x7e]{1,4096}")


def check_address(
    base_url: str,
    *,
    allow_plain_http: bool,
    name: str = "base_url",
    key_name: str = "api_key_env",
    consent: str = "allow_plain_http=True",
) -> str:
    """``base_url`` without a slash at its end; raises RemoteSettingError, without quoting it, for
    one that holds credentials or would send the key in the clear. ``name``, ``key_name`` and
    ``consent`` are what the user calls the address, the key's variable and the consent.
    """
    try:
        parts = urlsplit(base_url)
        host, has_password = parts.hostname, "@" in parts.netloc
        parts.port  # noqa: B018 - raises ValueError for an impossible one
    except ValueError:
        host, has_password = None, False
    if not host or parts.scheme not in ("http", "https") or not _KEY.fullmatch(base_url):
        raise RemoteSettingError(
            f'{name} must be an address like "https://HOST/v1"; correct it there'
        )
    if has_password or parts.query or parts.fragment:
        raise RemoteSettingError(
            f"{name} must hold no user, password, query or fragment; put the key into an "
            f"environment variable and name it with {key_name}"
        )
    if parts.scheme == "http" and not (allow_plain_http or _is_loopback(host)):
        raise RemoteSettingError(
            f"{name} would send texts and the key to {host} unencrypted; use https, or say "
            f"{consent}"
        )
    return base_url.rstrip("/")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that stays in the environment: it is read for each request and kept nowhere."""

    variable: str | None
    """The environment variable that holds it; ``None`` for a server that wants no key."""
    name: str = "api_key_env"
    """What the user calls the setting that names the variable."""

    def __post_init__(self) -> None:
        """Raises RemoteSettingError, without quoting it, for what may be the key itself."""
        if self.variable is not None and not _VARIABLE.fullmatch(self.variable):
            raise RemoteSettingError(
                f"{self.name} is the name of an environment variable, in capitals, and not the key"
            )

    def header(self) -> dict[str, str]:
        """The header that shows the key; raises RemoteSettingError where there is none to show."""
        if self.variable is None:
            return {}
        key = self._read()
        if not key:
            raise RemoteSettingError(
                f"the environment variable {self.variable} holds no key; set it"
            )
        if not _KEY.fullmatch(key):
            del key  # a traceback may be shown with its variables
            raise RemoteSettingError(
                f"the environment variable {self.variable} holds white space or characters that "
                "no key has; set it again"
            )
        return {"Authorization": f"Bearer {key}"}

    def hide(self, text: str) -> str:
        """``text`` without the key, for what a server says when it refuses."""
        key = self._read()
        return text.replace(key, "***") if key else text

    def _read(self) -> str:
        return os.environ.get(self.variable, "").strip() if self.variable else ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
