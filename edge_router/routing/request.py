"""What a stretch of a text wants done with what it names: asked, forbidden, taken back, or under a
condition. By words alone; no router is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from edge_router.part import Stance
from edge_router.routing.phrases import match_any
from edge_router.routing.request_words import RequestWords
from edge_router.routing.words import Span

_FORBIDDING = ("prohibitions", "negations", "opposites", "inner_negations")
_STOP = re.compile(r"(?<![^ ])[.!?;] ")
_MARK = re.compile(r"(?<![^ ])[,;:.!?-] ")


class Request(NamedTuple):
    """A stretch of a line of words, read. Places count its characters."""

    stance: Stance
    """What it wants done."""
    meant: Span
    """Where it names that; the whole where it is asked."""
    condition: Span | None = None
    """Where its condition stands."""
    opening: int = 0
    """Where the words begin that forbid."""
    points_back: bool = False
    """What it forbids was named before: *don't*, *don't do it*."""


class Patterns(NamedTuple):
    """A language's phrases, ready to look for."""

    at: Mapping[str, re.Pattern[str]]
    """By the names of :class:`RequestWords`, and ``forbidding``: whatever may forbid."""
    before: Mapping[str, re.Pattern[str]]
    """Those of them that are looked for just before a place."""
    opening: re.Pattern[str]
    """The beginning of a request: fillers, a name that is called, fillers."""

    def does_begin(self, line: str, place: int) -> bool:
        """Whether a request may begin at ``place``: nothing but fillers before, or since a mark."""
        marks = [found.end() for found in _MARK.finditer(line, 0, place)]
        return any(self.opening.fullmatch(line, start, place) for start in (0, *marks[-1:]))

    def is_question(self, line: str) -> bool:
        """Whether the line begins like a question."""
        opened = self.opening.match(line)
        return self.at["questions"].match(line, opened.end() if opened else 0) is not None


@lru_cache(maxsize=8)
def compile_words(words: RequestWords) -> Patterns:
    """The patterns of a language."""
    phrases = {field.name: match_any(getattr(words, field.name)) for field in fields(words)}
    found = {name: getattr(words, name) for name in _FORBIDDING}
    found["forbidding"] = tuple(chain.from_iterable(found.values()))
    between = f"(?:{phrases['adverbs']})?"
    phrases |= {name: match_any(some, between=between) for name, some in found.items()}
    call = rf"{phrases['calls']}(?!{phrases['fillers']}|{phrases['forbidding']})[^ ]+ "
    return Patterns(
        {name: re.compile(found) for name, found in phrases.items()},
        {name: re.compile(rf"{phrases[name]}\Z") for name in ("subjects", "titles", "knowing")},
        re.compile(rf"(?:{phrases['fillers']})*(?:{call})?(?:{phrases['fillers']})*"),
    )


def read_request(line: str, patterns: Patterns) -> Request:
    """What ``line`` wants, a stretch of :class:`~edge_router.routing.phrases.Line`."""
    whole = (0, len(line))
    request = (
        _read_cancel(line, patterns)
        or _read_condition(line, patterns)
        or _read_negation(line, patterns)
        or Request(Stance.ASKED, whole)
    )
    is_named = not patterns.opening.fullmatch(line, *request.meant)
    return request if is_named else request._replace(meant=whole)


def find_forbidding(line: str, patterns: Patterns) -> list[int]:
    """Where words stand that begin what is forbidden or taken back, with nothing before them."""
    names = ("prohibitions", "opposites", "cancels")
    places = sorted({f.start() for name in names for f in patterns.at[name].finditer(line)})
    return [place for place in places if not _is_no_matter(line, place, patterns)]


def _read_cancel(line: str, patterns: Patterns) -> Request | None:
    for found in patterns.at["cancels"].finditer(line):
        place = found.start()
        does_begin = patterns.does_begin(line, place)
        if does_begin and _MARK.match(line, found.end()):
            return Request(Stance.WITHDRAWN, (0, len(line)))
        is_last = patterns.opening.fullmatch(line, found.end())
        is_clear = not patterns.is_question(line) and not _is_no_matter(line, place, patterns)
        if is_last and (does_begin or is_clear):
            return Request(Stance.WITHDRAWN, (0, len(line)))
    return None


def _read_condition(line: str, patterns: Patterns) -> Request | None:
    for found in patterns.at["conditions"].finditer(line):
        place = found.start()
        if patterns.at["polite"].match(line, place) or _is_content(line, place, patterns):
            continue
        if patterns.opening.fullmatch(line, 0, place):
            return _read_condition_first(line, found, patterns)
        if not patterns.before["knowing"].search(line, 0, place) and not patterns.is_question(line):
            return Request(Stance.CONDITIONAL, (0, place), (place, len(line)))
    return None


def _read_condition_first(line: str, found: re.Match[str], patterns: Patterns) -> Request | None:
    """``if it rains, close the windows``; a question may begin so, too. Where no word tells the end
    of the condition, it and what is meant are all the rest.
    """
    if patterns.at["askers"].search(line, found.end()):
        return None
    then = patterns.at["consequences"].search(line, found.end())
    if then is None:
        return Request(Stance.CONDITIONAL, (found.end(), len(line)), (found.start(), len(line)))
    if patterns.is_question(line[then.end() :]):
        return None
    return Request(Stance.CONDITIONAL, (then.end(), len(line)), (found.start(), then.start()))


def _read_negation(line: str, patterns: Patterns) -> Request | None:
    for found in patterns.at["forbidding"].finditer(line):
        place = found.start()
        if _is_no_matter(line, place, patterns):
            continue
        meant = _find_meant(line, place, patterns)
        if meant is not None:
            points_back = patterns.opening.fullmatch(line, *meant) or patterns.at[
                "pronouns"
            ].search(line, *meant)
            return Request(Stance.NEGATED, meant, opening=place, points_back=bool(points_back))
    return _read_negator(line, patterns)


def _read_negator(line: str, patterns: Patterns) -> Request | None:
    """A negation in words that nobody foresaw."""
    if patterns.is_question(line) or patterns.at["askers"].search(line):
        return None
    whole = (0, len(line))
    for found in patterns.at["negators"].finditer(line):
        place = found.start()
        is_told = patterns.before["subjects"].search(line, 0, place) is not None
        is_alone = patterns.opening.fullmatch(line, found.end()) is not None
        if not (is_told or is_alone or _is_no_matter(line, place, patterns)):
            return Request(Stance.NEGATED, whole, opening=place)
    return None


def _find_meant(line: str, place: int, patterns: Patterns) -> Span | None:
    """What the words at ``place`` forbid; ``None`` where they forbid nothing there."""
    prohibited = patterns.at["prohibitions"].match(line, place)
    if patterns.does_begin(line, place):
        names = patterns.at["negations"], patterns.at["opposites"]
        negated = names[0].match(line, place) or names[1].match(line, place)
        # *no* alone is an answer, and *don't* alone is not
        if negated and not patterns.opening.fullmatch(line, negated.end()):
            return negated.end(), len(line)
        if prohibited:
            return prohibited.end(), len(line)
    if patterns.before["subjects"].search(line, 0, place):
        return None
    if prohibited:
        return prohibited.end(), len(line)
    is_inner = patterns.at["inner_negations"].match(line, place) and not patterns.is_question(line)
    return (0, len(line)) if is_inner else None


def _is_no_matter(line: str, place: int, patterns: Patterns) -> bool:
    """Whether words that may forbid do not at ``place``."""
    is_harmless = patterns.at["harmless"].match(line, place) is not None
    return is_harmless or _is_content(line, place, patterns)


def _is_content(line: str, place: int, patterns: Patterns) -> bool:
    """Whether it is something to tell, or may be a title."""
    stops = [found.end() for found in _STOP.finditer(line, 0, place)]
    told = patterns.at["tellers"].search(line, stops[-1] if stops else 0, place)
    return told is not None or patterns.before["titles"].search(line, 0, place) is not None
