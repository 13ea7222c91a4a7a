"""Types of arguments that more than one command takes: what each may be, and what to write."""

from __future__ import annotations

import os
from argparse import ArgumentTypeError
from math import isfinite, nan
from pathlib import Path

MOST = 10_000_000
"""Of whatever is counted: beyond lies a slip of the finger, or memory's end."""


def share(text: str) -> float:
    """A share from 0 to 1, written ``0.9`` or ``90%``."""
    is_percent = text.endswith("%")
    try:
        value = float(text.removesuffix("%")) / (100 if is_percent else 1)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no share; write 0.9 or 90%") from None
    if 0 <= value <= 1:  # false for nan, too
        return value
    hint = f"{text}% or {value / 100:g}" if 2 <= value <= 100 and not is_percent else "0.9 or 90%"
    raise ArgumentTypeError(f"{text!r} is not from 0 to 1; write {hint}")


def number(text: str) -> float:
    """A finite number."""
    try:
        value = float(text)
    except ValueError:
        value = nan
    if not isfinite(value):
        raise ArgumentTypeError(f"{text!r} is no number; write 0.01")
    return value


def amount(text: str) -> float:
    """A finite number from 0 on."""
    value = number(text)
    if value < 0:
        raise ArgumentTypeError(f"{text!r} is below 0; write 0.01")
    return value


def count(text: str) -> int:
    """A whole number from 1 to :data:`MOST`."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST))):
        raise ArgumentTypeError(f"{text!r} is no whole number from 1 to {MOST}; write 5")
    if not 1 <= int(text) <= MOST:
        raise ArgumentTypeError(f"{text!r} is not from 1 to {MOST}; write 5")
    return int(text)


def port(text: str) -> int:
    """The number of a port; 0 lets the system choose a free one."""
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65_535):
        raise ArgumentTypeError(f"{text!r} is no port from 0 to 65535; write 10300")
    return int(text)


def threads(text: str) -> int:
    """A :func:`count` of threads, no more than the machine has CPUs."""
    value, most = count(text), os.cpu_count() or 1
    if value > most:
        raise ArgumentTypeError(f"{value} is more than the {most} CPUs here; write {most} or less")
    return value


def output_path(text: str) -> Path:
    """The path of a file to write; whether it may be written is looked at when the command runs."""
    if not text or text.endswith("/"):
        raise ArgumentTypeError(f"{text!r} names no file; write the path of the .router file")
    return Path(text)
