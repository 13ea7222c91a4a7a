"""Where a text may be parted: at connectives, at marks, and before words that forbid."""

from __future__ import annotations

import enum
import re
from functools import lru_cache
from typing import NamedTuple

from edge_router.routing.phrases import Line, match_any
from edge_router.routing.request import compile_words, find_forbidding
from edge_router.routing.request_words import RequestWords

MOST_CUTS = 8
"""Places that are tried: at most 45 stretches of a text are routed."""


class Joint(enum.IntEnum):
    """What stands between two stretches, the most telling first."""

    NOTHING = 0
    """Nothing but what the second begins with: *don't*, *never mind*."""
    SEQUENCE = 1
    """*and then*, *also*."""
    STOP = 2
    """A full stop, a semicolon, a line's end."""
    CONTRAST = 3
    """*but*."""
    COMMA = 4
    """A comma, with *and* or without."""
    AND = 5
    """*and*."""


class Cut(NamedTuple):
    """A place where a text may be parted. Places count the characters of the line."""

    left: int
    """Where the stretch before it ends."""
    right: int
    """Where the stretch after it begins."""
    joint: Joint
    """What stands between."""


def find_cuts(line: Line, words: RequestWords) -> list[Cut]:
    """At most :data:`MOST_CUTS` places, in order; where there are more, the most telling."""
    text = line.line
    found = [_make_cut(match) for match in _compile(words).finditer(text) if match[0]]
    known = {cut.right for cut in found}
    places = find_forbidding(text, compile_words(words))
    found += [Cut(place, place, Joint.NOTHING) for place in places if place not in known]
    inside = [cut for cut in found if cut.left > 0 and cut.right < len(text)]
    return sorted(sorted(inside, key=lambda cut: (cut.joint, cut.left))[:MOST_CUTS])


def _make_cut(match: re.Match[str]) -> Cut:
    marks = match["marks"]
    if match["sequence"]:
        joint = Joint.SEQUENCE
    elif marks.strip(", "):
        joint = Joint.STOP
    elif match["contrast"]:
        joint = Joint.CONTRAST
    else:
        joint = Joint.COMMA if marks else Joint.AND
    return Cut(match.start(), match.end(), joint)


@lru_cache(maxsize=8)
def _compile(words: RequestWords) -> re.Pattern[str]:
    kinds = {"sequence": words.sequences, "contrast": words.contrasts, "joint": words.joints}
    named = "|".join(f"(?P<{name}>{match_any(phrases)})" for name, phrases in kinds.items())
    return re.compile(rf"(?<![^ ])(?P<marks>(?:[,;.!?] )*)(?:{named})?(?:, )?")
