"""How many tokens a text has, about: every server's tokenizer is another, and none is at hand.

Against the tokenizer of a real model with 49,152 tokens (SmolLM2) the estimate is a few per cent
off for English and for JSON; for other languages it may be two fifths too low.
``tests/remote/test_token_count.py`` holds it to that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

# What a chat template puts around a message: its role, and marks for its beginning and end.
_TOKENS_AROUND_MESSAGE = 4
_LETTERS_OF_A_TOKEN = 8  # a vocabulary has most English words up to this length whole
_BYTES_OF_A_TOKEN = 2  # in other alphabets; from 1 (Thai) to 4 (Cyrillic, in a large vocabulary)
_PIECE = re.compile(
    r"(?P<word>[A-Za-z]+)|(?P<letters>[^\W\d_A-Za-z]+)"
    r"|\d|\s*\n\s*|[ \t]{2,}|[^\w\s]{1,3}|_"
)


def count_tokens(text: str) -> int:
    """An estimate of the tokens of ``text``."""
    return sum(_count_piece(piece) for piece in _PIECE.finditer(text))


def count_request(
    messages: Iterable[Mapping[str, str]], tools: Iterable[Mapping[str, Any]] = ()
) -> int:
    """An estimate of the prompt that a server makes of chat ``messages`` and ``tools``."""
    spoken = sum(count_tokens(m["content"]) + _TOKENS_AROUND_MESSAGE for m in messages)
    return spoken + sum(count_tokens(json.dumps(tool, ensure_ascii=False)) for tool in tools)


def _count_piece(piece: re.Match[str]) -> int:
    if piece["word"]:
        return -(-len(piece["word"]) // _LETTERS_OF_A_TOKEN)
    if piece["letters"]:
        size_bytes = len(piece["letters"].encode("utf-8", "replace"))
        return -(-size_bytes // _BYTES_OF_A_TOKEN)
    return 1
