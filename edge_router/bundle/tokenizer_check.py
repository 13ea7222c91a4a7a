"""``tokenizer.json`` from a stranger: only the one form that our own vocabulary step writes.

The `tokenizers` package reads far more than a router needs: normalizers that make gigabytes of a
word, regular expressions without end, models that answer by chance, numbers at which it aborts the
process. None of that can be bounded from outside, so none of it is accepted: but for the list of
its words, every byte of the file is known.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from edge_router.bundle.refusal import refuse

PADDING, UNKNOWN, PREFIX = "[PAD]", "[UNK]", "##"
MAX_WORDS = 100_000
MAX_WORD_CHARS = 40
"""Of a word or, after its ``##``, of a piece; a text's longer words are unknown as a whole."""

_HEAD = (
    '{"version":"1.0","truncation":null,"padding":null,"added_tokens":[],'
    '"normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,'
    '"strip_accents":true,"lowercase":true},"pre_tokenizer":{"type":"BertPreTokenizer"},'
    '"post_processor":null,"decoder":null,"model":{"type":"WordPiece","unk_token":"[UNK]",'
    '"continuing_subword_prefix":"##","max_input_chars_per_word":40,"vocab":{'
)
_TAIL = "}}}"
_CONTROL = re.compile(r"[\x00-\x20\x7f]")


def write_tokenizer(words: Sequence[str]) -> bytes:
    """``tokenizer.json`` for ``words``, whose ids are their places; the bytes are those that the
    `tokenizers` package writes.

    Raises BundleError unless they are a vocabulary: ``[PAD]``, ``[UNK]``, then words and pieces.
    """
    vocabulary = {word: i for i, word in enumerate(words)}
    written = json.dumps(vocabulary, ensure_ascii=False, separators=(",", ":"))[1:-1]
    # a lone surrogate is for the check to refuse
    data = (_HEAD + written + _TAIL).encode("utf-8", "surrogatepass")
    check_tokenizer(data)
    return data


def check_tokenizer(data: bytes) -> None:
    """Raises BundleError unless ``data`` is what :func:`write_tokenizer` makes of some words."""
    try:
        words = _read_words(data.decode("utf-8"))
        _check_words(words)
    except ValueError as error:
        raise refuse(f"tokenizer.json is not the one of a bundle: it has {error}") from error


def _read_words(text: str) -> list[str]:
    """The words, with one odd character for each of the two that JSON writes as two.

    No JSON parser is asked. Between the quotes stand words, and what stands between the words is
    known to the last character, so that nothing is left to interpret, at a third of the time.
    """
    if not text.startswith(_HEAD) or not text.endswith(_TAIL):
        raise ValueError("other parts than a list of whole words and pieces of words")
    vocabulary = text[len(_HEAD) : -len(_TAIL)]
    if _CONTROL.search(vocabulary):
        raise ValueError("control characters or white space in its vocabulary")
    if vocabulary.count('"') > 4 * MAX_WORDS:
        raise ValueError(f"more than {MAX_WORDS} words")
    parts = vocabulary.replace(r"\\", "\0").replace(r"\"", "\1").split('"')
    words, between = parts[1::2], parts[2::2]
    # joined by the one character that neither holds, so that each is compared
    if parts[0] or '"'.join(between) != ":" + ',":'.join(map(str, range(len(words)))):
        raise ValueError("a vocabulary whose words are not numbered from 0, one after another")
    return words


def _check_words(words: list[str]) -> None:
    different = set(words)
    if words[:2] != [PADDING, UNKNOWN]:
        raise ValueError(f"a vocabulary that does not begin with {PADDING} and {UNKNOWN}")
    if len(words) > MAX_WORDS or len(different) != len(words):
        raise ValueError(f"a word twice in its vocabulary, or more than {MAX_WORDS} words")
    long = [word for word in words if len(word) > MAX_WORD_CHARS]
    if {"", PREFIX} & different or any(len(w.removeprefix(PREFIX)) > MAX_WORD_CHARS for w in long):
        raise ValueError(f"a word of no or more than {MAX_WORD_CHARS} characters")
    if "\\" in "".join(words):
        raise ValueError("a character that is written as JSON would not write it")
