"""Where a bundle may be written: at a free path, or in place of another bundle."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from edge_router.errors import BundleError

_LOCAL_FILE_HEADER = b"PK\x03\x04"
_NAME_STARTS = 30
"""Bytes of a zip's local file header before the member's name."""
_FIRST_MEMBERS = (b"golden.json", b"manifest.json")
"""What a bundle of any format may begin with: its members are sorted by name."""


def check_output(path: str | os.PathLike[str]) -> Path:
    """The file that a bundle written to ``path`` makes or replaces: of a link, what it points to.

    Raises BundleError where that is no bundle, is no regular file, or cannot be written. To be
    called before a long training, too: its end is a bad time to learn that ``-o`` was wrong.
    """
    if not os.fspath(path):
        raise BundleError("the output path is empty; name the .router file to write")
    try:
        target = Path(os.path.realpath(path))
        problem = _find_problem_of_file(path, target) or _find_problem_of_folder(target.parent)
    except (OSError, ValueError) as error:  # a path with a zero byte in it is a ValueError
        problem = f"cannot be written ({describe_failure(error)})"
    if problem:
        raise BundleError(f"{os.fspath(path)} {problem}; choose another path for the bundle")
    return target


def write_whole(target: Path, data: bytes) -> None:
    """Writes ``data`` so that ``target`` is, whatever happens, either what it was or all of it;
    makes the folders that it lies in.

    Raises BundleError where it cannot be written.
    """
    # not named after the target, whose own name may be as long as a name can be
    temporary = target.with_name(f".{secrets.token_hex(8)}.router.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            if target.exists():
                os.fchmod(file.fileno(), stat.S_IMODE(target.stat().st_mode))
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except (OSError, ValueError) as error:
        is_full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
        advice = "free space on that disk and try again" if is_full else "choose another path"
        raise BundleError(
            f"{target} cannot be written ({describe_failure(error)}); {advice}"
        ) from error
    finally:
        with suppress(OSError, ValueError):  # already in its place, or never made
            temporary.unlink()


def describe_failure(error: OSError | ValueError) -> str:
    """What the system said, without the path, which the message names already."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _find_problem_of_file(path: str | os.PathLike[str], target: Path) -> str | None:
    try:
        # of the path as given: that of /dev/stdout leads where realpath cannot follow
        found = os.stat(path)
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(found.st_mode):
        return "is a directory"
    if not stat.S_ISREG(found.st_mode):
        return "is a device, a pipe or a socket"
    if not os.access(target, os.W_OK):
        return "is write-protected"
    if found.st_size and not _starts_like_a_bundle(target):
        return "is a file, but no .router bundle, and is not replaced"
    return None


def _starts_like_a_bundle(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(_NAME_STARTS + max(map(len, _FIRST_MEMBERS)))
    return head.startswith(_LOCAL_FILE_HEADER) and head[_NAME_STARTS:].startswith(_FIRST_MEMBERS)


def _find_problem_of_folder(folder: Path) -> str | None:
    """What stands against writing in ``folder``, or where it is missing, against making it."""
    while not folder.exists():
        folder = folder.parent
    if not folder.is_dir():
        return f"lies below {folder}, which is no directory"
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"lies in {folder}, where nothing may be written"
    return None
