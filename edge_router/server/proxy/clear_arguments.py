"""Whether arguments that were found are those that the text means, as far as words tell: an answer
from here is not asked about again.
"""

from __future__ import annotations

import re

from edge_router.tools.arguments import Argument, Filled, Source

LEAST_CONFIDENCE = 0.6
"""Of an argument: below, it is words that were left over (a city called *weather*). Chosen on the
half of BFCL's simple and multiple calls that the grammar was developed on: with what follows, 9 of
10 calls had all arguments as BFCL has them, instead of 2 of 3.
"""
_NUMBER = re.compile(r"\d+")
# A name, as English writes them: a capital inside of a sentence.
_NAME = re.compile(r"(?<=[\w,;:)'\"] )[('\"]?(?!I\b)[A-Z]\w+")


def are_clear(filled: Filled, text: str, *, takes_free_words: bool) -> bool:
    """Whether every argument stands clearly in the text, and no number or name in it is left over.

    Without ``takes_free_words``, an argument that may be any words is never clear unless it is
    quoted or known.
    """
    arguments = filled.arguments
    if filled.ambiguous or any(found.confidence < LEAST_CONFIDENCE for found in arguments):
        return False
    if not takes_free_words and any(found.source is Source.REST for found in arguments):
        return False
    return not _leaves_over(arguments, text)


def _leaves_over(arguments: tuple[Argument, ...], text: str) -> bool:
    """Whether a number or a name is in no argument: the call would leave out what it says."""
    said = [match.span() for pattern in (_NUMBER, _NAME) for match in pattern.finditer(text)]
    return not all(
        any(found.start < end and start < found.end for found in arguments) for start, end in said
    )
