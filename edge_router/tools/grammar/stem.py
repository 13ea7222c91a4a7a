"""Words without their endings."""

from __future__ import annotations

_MIN_STEM = 4


def cut_ending(word: str, endings: tuple[str, ...]) -> str:
    """The lower-cased word without the first ending that it has; what is left has four letters.

    *accelerated* and *acceleration* are both *acceler* where ``ated`` and ``ation`` are endings.
    """
    word = word.lower()
    if not word.endswith(endings):
        return word
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= _MIN_STEM:
            return word[: -len(ending)]
    return word
