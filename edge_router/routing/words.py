"""The words of a text as spans of it, and what is left of the text without some of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from itertools import groupby, pairwise

Span = tuple[int, int]
"""Place of the first character and the place after the last."""

_JOINTS = frozenset("'\u2019-_.:")  # inside don't, e-mail, a_b, 7.5 and 3:30


def split_words(text: str) -> list[Span]:
    """Runs of characters between white space and marks, and runs of marks: ``don't!`` is two."""
    kinds = [_kind(character) for character in text]
    whole = kinds.copy()
    for i in range(1, len(text) - 1):
        if text[i] in _JOINTS and kinds[i - 1] == kinds[i + 1] == "word":
            whole[i] = "word"
    spans = []
    for kind, run in groupby(range(len(text)), lambda i: whole[i]):
        places = list(run)
        if kind != "space":
            spans.append((places[0], places[-1] + 1))
    return spans


def group_words(spans: Sequence[Span], most: int) -> list[Span]:
    """``spans``, put together evenly to runs of neighbours where there are more than ``most``."""
    count = min(len(spans), most)
    edges = [len(spans) * i // count for i in range(count + 1)] if count else []
    return [(spans[first][0], spans[after - 1][1]) for first, after in pairwise(edges)]


def keep_words(text: str, spans: Sequence[Span], kept: int) -> str:
    """``text`` with a space for each span whose bit in ``kept`` is 0."""
    pieces, place = [], 0
    for number, (start, end) in enumerate(spans):
        if not kept >> number & 1:
            pieces += [text[place:start], " "]
            place = end
    return "".join([*pieces, text[place:]])


def find_read(text: str, *, max_chars: int, tokens: Callable[[str], Sequence[int]]) -> Span:
    """The part of ``text`` that a model reads, which has the same ``tokens`` as the whole.

    Words after the last token are no part of it: without an earlier word they would be read.
    """
    start = len(text) - len(text.lstrip()) if len(text) > max_chars else 0
    end = min(len(text), start + max_chars)
    spans, whole = split_words(text[start:end]), list(tokens(text))
    low, high = 0, len(spans)
    while low < high:  # the fewest words that give all tokens
        middle = (low + high) // 2
        if len(tokens(text[start : start + spans[middle - 1][1]] if middle else "")) < len(whole):
            low = middle + 1
        else:
            high = middle
    return start, start + spans[low - 1][1] if low else start


def _kind(character: str) -> str:
    if character.isspace():
        return "space"
    return "mark" if unicodedata.category(character)[0] in "PS" else "word"
