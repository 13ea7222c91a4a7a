"""Typing errors as fingers make them: letters exchanged, left out, doubled or hit beside."""

from __future__ import annotations

import random

SHORTEST = 4
"""Letters a word needs before an error is made in it: shorter ones turn into other words."""
SHARE = 0.15
"""Of these words, those with an error."""
_NEIGHBOURS = {
    letter: (row[max(0, i - 1) : i] + row[i + 1 : i + 2])
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for i, letter in enumerate(row)
}


def mistype(text: str, source: random.Random) -> str:
    """``text`` with an error in some of its longer words, in one of them at least; as it is where
    it has none.
    """
    words = text.split()
    places = [i for i, word in enumerate(words) if len(word) >= SHORTEST]
    if not places:
        return text
    for i in {i for i in places if source.random() < SHARE} or {source.choice(places)}:
        words[i] = _mistype_word(words[i], source)
    return " ".join(words)


def _mistype_word(word: str, source: random.Random) -> str:
    i = source.randrange(len(word) - 1)
    kind = source.randrange(4)
    if kind == 0:
        return word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    if kind == 1:
        return word[:i] + word[i + 1 :]
    if kind == 2:
        return word[: i + 1] + word[i:]
    return word[:i] + source.choice(_NEIGHBOURS.get(word[i].lower(), word[i])) + word[i + 1 :]
