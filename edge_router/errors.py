"""Every error edge-router raises on purpose, as one tree.

::

    EdgeRouterError
    ├── BundleError        a .router file is damaged, hostile or of an unknown format
    ├── InputError         a text that cannot be routed (not a str)
    ├── DataError          an examples or tools file to correct (file and line are named)
    ├── RecipeError        a recipe with an unknown key or an impossible value
    ├── ParityError        the exported model is not bit for bit the trained one
    ├── MissingExtraError  a command that needs an extra which is not installed
    ├── ToolError          a tool tells its user why it could not do what was asked
    └── RemoteError        a language model's server that gave no usable answer
        ├── RemoteSettingError      an address, key or limit that cannot work: nothing was sent
        ├── RemoteUnreachableError  nothing came in time: offline, cut off, failing, or resting
        ├── RemoteRefusedError      the server said no: the key, the model, or too many requests
        ├── RemoteBudgetError       the day's tokens or money are spent: nothing was sent
        └── RemoteMalformedError    an answer that is not one: no JSON, no words, no such tool

Every message ends with what to do next. Text that cannot be decided is not an error: it is a
:class:`~edge_router.decision.Decision` with a reason.
"""

from __future__ import annotations


class EdgeRouterError(Exception):
    """The root: catch this to catch everything edge-router raises on purpose."""


class BundleError(EdgeRouterError):
    """A bundle that must not be used; nothing was loaded from it."""


class InputError(EdgeRouterError):
    """An input to ``route`` that is not a text."""


class DataError(EdgeRouterError):
    """A file of examples or tools that must be corrected before training or evaluation."""

    def __init__(self, message: str, *, file: str | None = None, line: int | None = None) -> None:
        """``file`` and ``line`` (from 1) say where; they are put before the message."""
        where = "" if file is None else f"{file}: " if line is None else f"{file}:{line}: "
        super().__init__(where + message)
        self.file = file
        self.line = line


class RecipeError(EdgeRouterError):
    """A recipe with an unknown key, a wrong type or an impossible value."""


class ParityError(EdgeRouterError):
    """The exported graph and the trained student disagree on an integer: there is no bundle."""


class MissingExtraError(EdgeRouterError):
    """A command needs packages of an extra that is not installed."""

    def __init__(self, extra: str, package: str) -> None:
        """``extra`` is the extra's name, ``package`` the import that failed."""
        super().__init__(
            f"this needs the package {package!r}, which is not installed; "
            f'install it with: pip install "edge-router[{extra}]"'
        )
        self.extra = extra
        self.package = package


class ToolError(EdgeRouterError):
    """Raised by a tool: its message is shown to the user, as no other exception's is."""


class RemoteError(EdgeRouterError):
    """A language model's server that gave no usable answer; no message or cause holds the key."""


class RemoteSettingError(RemoteError):
    """A remote that cannot work as it is configured; nothing was sent."""


class RemoteUnreachableError(RemoteError):
    """Nothing complete came in time: offline, timed out, cut off, a server's fault (5xx), or a
    server that failed so often that it is not asked for a while.
    """


class RemoteRefusedError(RemoteError):
    """The server answered, and refused."""

    def __init__(self, message: str, *, status: int, retry_after_s: float | None = None) -> None:
        """``status`` is HTTP's; ``retry_after_s`` is what the server asked for, in seconds."""
        super().__init__(message)
        self.status = status
        self.retry_after_s = retry_after_s


class RemoteBudgetError(RemoteError):
    """The day's budget of tokens or money does not cover the request; nothing was sent."""


class RemoteMalformedError(RemoteError):
    """The server's answer cannot be used: too large, no JSON, no words, or a call that fits no
    tool.
    """
