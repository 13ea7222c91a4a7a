"""Hostile ``tokenizer.json`` files, each named after what it does.

Each is the plain one with one thing changed. A comment says what it did to a runtime that let it
through; where none stands, the least harm is ids that no honest bundle gives.
"""

import json
from typing import Any

WORDS = ("[PAD]", "[UNK]", "turn", "the", "light", "off", "##s", "?")
VOCABULARY = {word: i for i, word in enumerate(WORDS)}
PLAIN = (
    '{"version":"1.0","truncation":null,"padding":null,"added_tokens":[],'
    '"normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,'
    '"strip_accents":true,"lowercase":true},"pre_tokenizer":{"type":"BertPreTokenizer"},'
    '"post_processor":null,"decoder":null,"model":{"type":"WordPiece","unk_token":"[UNK]",'
    '"continuing_subword_prefix":"##","max_input_chars_per_word":40,"vocab":'
    '{"[PAD]":0,"[UNK]":1,"turn":2,"the":3,"light":4,"off":5,"##s":6,"?":7}}}'
)
REPLACE = {"type": "Replace", "pattern": {"String": "a"}, "content": "a" * 60}
PADDING = {"direction": "Right", "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"}
TRUNCATION = {"max_length": 2, "strategy": "LongestFirst", "stride": 2, "direction": "Right"}
ADDED = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
BPE = {
    "type": "BPE",
    "dropout": 0.5,
    "unk_token": "[UNK]",
    "vocab": {"[PAD]": 0, "[UNK]": 1, "a": 2, "b": 3, "ab": 4},
    "merges": ["a b"],
}


def change(path: str, value: Any) -> str:
    """The plain file with another value at a dotted path, or one more."""
    whole = json.loads(PLAIN)
    *parents, key = path.split(".")
    inner = whole
    for parent in parents:
        inner = inner[parent]
    inner[key] = value
    return json.dumps(whole, separators=(",", ":"), ensure_ascii=False)


def change_words(**changed: Any) -> str:
    return change("model.vocab", VOCABULARY | changed)


def make_tokenizers() -> dict[str, str]:
    """Name to text."""
    return _make_parts() | _make_words() | _make_spellings()


def make_big_tokenizers() -> dict[str, str]:
    """Those that are too big to keep; 8 MiB is what a bundle's may have."""
    head = PLAIN[: PLAIN.index('"[PAD]"')]
    fillings = {
        "brackets": "[",
        "objects": '{"a":',
        "quotes": '"',
        "escaped_quotes": '\\"',
        "commas": ",",
        "words": '"a":0,',
        "digits": "9",
    }
    return {
        f"eight_megabytes_of_{name}": head + filling * (8_388_000 // len(filling)) + "}}}"
        for name, filling in fillings.items()
    } | {"many_words": change("model.vocab", {f"{i:x}": i for i in range(500_000)})}


def _make_parts() -> dict[str, str]:
    """With parts that ours does not have."""

    def normalizer(kind: str, **settings: Any) -> str:
        return change("normalizer", {"type": kind, **settings})

    def splitter(kind: str, **settings: Any) -> str:
        return change("pre_tokenizer", {"type": kind, **settings})

    return {
        # 20 characters become 260 million: 10 GB and most of a minute for one text
        "replace_that_explodes": normalizer("Sequence", normalizers=[REPLACE] * 4),
        "pattern_that_anyone_may_write": splitter(
            "Split", pattern={"Regex": "(a|aa)+$"}, behavior="Isolated", invert=False
        ),
        # PanicException, which is no Exception and passes every handler
        "charsmap_that_panics_at_load": normalizer("Precompiled", precompiled_charsmap="AAAA"),
        "charsmap_that_panics_at_a_text": normalizer(
            "Precompiled", precompiled_charsmap="BAAAAP////8="
        ),
        "chunks_of_no_characters": splitter("FixedLength", length=0),
        "stride_of_the_whole_length": change("truncation", TRUNCATION),
        "padding_to_a_multiple": change(
            "padding", PADDING | {"strategy": "BatchLongest", "pad_to_multiple_of": 2**62}
        ),
        # the process is aborted
        "charsmap_that_aborts": normalizer("Precompiled", precompiled_charsmap="/////w=="),
        "padding_to_terabytes": change("padding", PADDING | {"strategy": {"Fixed": 2**44}}),
        # another answer each time
        "dropout": change("model", BPE),
        # no text has tokens
        "truncation_to_nothing": change("truncation", TRUNCATION | {"max_length": 0, "stride": 0}),
        # an error at the first unknown word, long after load
        "unigram_without_unknown": change(
            "model", {"type": "Unigram", "unk_id": None, "vocab": [["x", -1.0]]}
        ),
        # a text may name ids
        "added_special_tokens": change(
            "added_tokens", [ADDED | {"special": True, "id": 0, "content": "[PAD]"}]
        ),
        "added_token_of_a_letter": change(
            "added_tokens", [ADDED | {"special": False, "id": 8, "content": "a"}]
        ),
        "post_processor": change(
            "post_processor",
            {"type": "BertProcessing", "sep": ["[PAD]", 0], "cls": ["[PAD]", 2**32 - 1]},
        ),
        "decoder": change("decoder", {"type": "WordPiece", "prefix": "##", "cleanup": True}),
        # the short way and the Rust tokenizer disagree
        "case_that_counts": change("normalizer.lowercase", False),
        "accents_that_count": change("normalizer.strip_accents", False),
        "control_characters_that_count": change("normalizer.clean_text", False),
        "no_normalizer": change("normalizer", None),
        "words_at_white_space": splitter("WhitespaceSplit"),
        "a_key_more": change("model.dropout", 0.5),
    }


def _make_words() -> dict[str, str]:
    """With vocabularies that ours does not have."""
    return {
        # an error at the first unknown word, long after load
        "unknown_that_is_no_word": change("model.unk_token", "nowhere"),
        # whatever is said means the light
        "unknown_that_is_a_word": change("model.unk_token", "light"),
        # looking for the pieces of a word is quadratic in its length: 40 characters bound it
        "words_without_end": change("model.max_input_chars_per_word", 2**62),
        "no_prefix": change("model.continuing_subword_prefix", ""),
        # a row that the table does not have, found at the first text with that word
        "id_beyond_the_table": change_words(light=4_294_967_295),
        "id_of_two_words": change_words(off=4),
        "ids_with_a_gap": change_words(off=8),
        "id_of_ten_thousand_digits": change_words(off=5).replace(":5,", f":{'7' * 10_000},"),
        "padding_and_unknown_exchanged": change_words(**{"[PAD]": 1, "[UNK]": 0}),
        # an uncaught ValueError
        "no_words": change("model.vocab", {}),
        # the short way would know it, the Rust tokenizer does not look
        "word_of_41_characters": change_words(**{"x" * 41: 8}),
        "empty_word": change_words(**{"": 8}),
        "word_with_a_space": change_words(**{"turn off": 8}),
        "word_that_clears_the_screen": change_words(**{"\x1b[2J": 8}),
    }


def _make_spellings() -> dict[str, str]:
    """The plain one, spelled so that two parsers may read two things."""
    again = change("model.unk_token", "light").partition('"model":')[2]
    return {
        "word_twice": PLAIN.replace('"off":5', '"light":5'),
        "word_twice_by_an_escape": PLAIN.replace('"off":5', r'"\u006cight":5'),
        "model_twice": f'{PLAIN[:-1]},"model":{again}',
        "half_a_character": PLAIN.replace("off", r"\ud800"),
        "escaped_slash": PLAIN.replace("off", r"o\/f"),
        "number_with_a_zero": PLAIN.replace(":5", ":05"),
        "number_that_is_none": PLAIN.replace(":5", ":NaN"),
        "comma_at_the_end": PLAIN.replace(":7}", ":7,}"),
        "indented": json.dumps(json.loads(PLAIN), indent=2),
        "byte_order_mark": "\ufeff" + PLAIN,
        "second_file_behind": PLAIN + PLAIN,
        "nested_a_thousand_times": PLAIN.replace(":7}", ":" + "[" * 1000 + "]" * 1000 + "}"),
    }
