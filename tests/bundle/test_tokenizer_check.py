import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_router.bundle.tokenizer_check import MAX_WORDS, check_tokenizer, write_tokenizer
from edge_router.errors import BundleError

WORDS = [
    "[PAD]",
    "[UNK]",
    "lights",
    "dim",
    "##s",
    "?",
    '"',
    "\\",
    '##"',
    "##\\",
    ",",
    "##,",
    "é",
    "中",
    "\U0001f600",
]
PLAIN = (
    '{"version":"1.0","truncation":null,"padding":null,"added_tokens":[],'
    '"normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":true,"lowercase":true},'
    '"pre_tokenizer":{"type":"BertPreTokenizer"},"post_processor":null,"decoder":null,'
    '"model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":40,'
    '"vocab":{"[PAD]":0,"[UNK]":1,"lights":2,"dim":3,"##s":4}}}'
)


def refused(data: str | bytes, match: str = "") -> None:
    with pytest.raises(
        BundleError, match=rf"tokenizer\.json is not .*{match}.*edge-router train$"
    ) as caught:
        check_tokenizer(data if isinstance(data, bytes) else data.encode())
    assert len(str(caught.value)) < 300


def changed(path: str, value: Any) -> str:
    """The plain file with another value at a dotted path, added where there was none."""
    whole = json.loads(PLAIN)
    *parents, key = path.split(".")
    inner = whole
    for parent in parents:
        inner = inner[parent]
    inner[key] = value
    text = json.dumps(whole, separators=(",", ":"), ensure_ascii=False)
    assert text != PLAIN
    return text


def test_the_bytes_are_these():
    assert write_tokenizer(["[PAD]", "[UNK]", "lights", "dim", "##s"]) == PLAIN.encode()
    check_tokenizer(PLAIN.encode())


def test_the_bytes_are_those_of_the_tokenizers_package():
    tokenizers = pytest.importorskip("tokenizers")
    data = write_tokenizer(WORDS)
    assert tokenizers.Tokenizer.from_str(data.decode()).to_str().encode() == data


@pytest.mark.export
def test_the_vocabulary_step_writes_what_is_accepted():
    pytest.importorskip("torch")
    from edge_router_export.vocabulary import dump_tokenizer, train_tokenizer

    texts = [
        'Dim the lights, "please"!',
        "café \\ naïve",
        "中文 \U0001f600 # ## [PAD]",
        "a\x01b\tc\u200bd\x7fe",
        "x" * 41,
        "y" * 40,
    ]
    for size in (0, 60, 500):
        tokenizer = train_tokenizer(texts * 3, size)
        check_tokenizer(dump_tokenizer(tokenizer))
        assert tokenizer.to_str().encode() == dump_tokenizer(tokenizer)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("version", "2.0"),
        (
            "truncation",
            {"max_length": 1, "strategy": "LongestFirst", "stride": 0, "direction": "Right"},
        ),
        (
            "padding",
            {
                "strategy": {"Fixed": 2**40},
                "direction": "Right",
                "pad_id": 0,
                "pad_type_id": 0,
                "pad_token": "[PAD]",
            },
        ),
        (
            "added_tokens",
            [
                {
                    "id": 5,
                    "content": "a",
                    "single_word": False,
                    "lstrip": False,
                    "rstrip": False,
                    "normalized": False,
                    "special": True,
                }
            ],
        ),
        ("normalizer", None),
        (
            "normalizer",
            {
                "type": "Sequence",
                "normalizers": [
                    {"type": "Replace", "pattern": {"String": "a"}, "content": "a" * 1000}
                ]
                * 4,
            },
        ),
        ("normalizer.type", "Lowercase"),
        ("normalizer.clean_text", False),
        ("normalizer.handle_chinese_chars", False),
        ("normalizer.strip_accents", None),
        ("normalizer.lowercase", False),
        ("pre_tokenizer", None),
        (
            "pre_tokenizer",
            {
                "type": "Split",
                "pattern": {"Regex": "(a+)+$"},
                "behavior": "Isolated",
                "invert": False,
            },
        ),
        ("post_processor", {"type": "BertProcessing", "sep": ["[PAD]", 0], "cls": ["[PAD]", 0]}),
        ("decoder", {"type": "WordPiece", "prefix": "##", "cleanup": True}),
        (
            "model",
            {
                "type": "BPE",
                "dropout": 0.5,
                "unk_token": "[UNK]",
                "vocab": {"[PAD]": 0, "[UNK]": 1},
                "merges": [],
            },
        ),
        ("model.type", "WordLevel"),
        ("model.unk_token", "nowhere"),
        ("model.continuing_subword_prefix", ""),
        ("model.max_input_chars_per_word", 2**60),
        ("model.dropout", 0.5),
        ("extra", 1),
    ],
)
def test_every_other_part_is_refused(path: str, value: Any):
    refused(changed(path, value), "other parts")


@pytest.mark.parametrize(
    "vocabulary",
    [
        '{"[PAD]":0,"[UNK]":1,"a":3}',
        '{"[PAD]":0,"[UNK]":1,"a":1}',
        '{"[PAD]":1,"[UNK]":0}',
        '{"[PAD]":0,"[UNK]":1,"a":-2}',
        '{"[PAD]":0,"[UNK]":1,"a":2.0}',
        '{"[PAD]":0,"[UNK]":1,"a":02}',
        '{"[PAD]":0,"[UNK]":1,"a":2e0}',
        '{"[PAD]":0,"[UNK]":1,"a":null}',
        '{"[PAD]":0,"[UNK]":1,"a":{"b":2}}',
        '{"[PAD]":0,"[UNK]":1,"a":' + "9" * 10_000 + "}",
        '{"[PAD]":0,"[UNK]":1,"a":18446744073709551616}',
        '{"[PAD]":0,"[UNK]":1,"a"2}',
        '{"[PAD]":0,"[UNK]":1,"a":2,}',
        '{"[PAD]":0,"[UNK]":1"a":2}',
        '{"[PAD]":0,"[UNK]":1,:2,"a","b":3}',
        '{,"[PAD]":0,"[UNK]":1}',
        '{"[PAD]":0,"[UNK]":1,"a}',
        '{"[PAD]":0,"[UNK]":1}}}{{"a":2}',
        '{"[UNK]":1,"[PAD]":0}',
        '["[PAD]","[UNK]"]',
        "{}",
        "[" * 100_000,
    ],
)
def test_words_that_are_not_numbered_one_after_another_are_refused(vocabulary: str):
    head, _, _ = PLAIN.partition('{"[PAD]"')
    refused(head + vocabulary + "}}", "other parts|not numbered")


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ([], "not numbered"),
        (["[PAD]"], "begin with"),
        (["[UNK]", "[PAD]"], "begin with"),
        (["a", "[PAD]", "[UNK]"], "begin with"),
        (["[PAD]", "[UNK]", ""], "no or more than 40"),
        (["[PAD]", "[UNK]", "##"], "no or more than 40"),
        (["[PAD]", "[UNK]", "x" * 41], "no or more than 40"),
        (["[PAD]", "[UNK]", "##" + "x" * 41], "no or more than 40"),
        (["[PAD]", "[UNK]", "a b"], "white space"),
        (["[PAD]", "[UNK]", "a\n"], "a character that is written"),
        (["[PAD]", "[UNK]", "\x00"], "a character that is written"),
        (["[PAD]", "[UNK]", "\x7f"], "control characters"),
        (["[PAD]", "[UNK]", "\ud800"], "codec"),
        (["[PAD]", "[UNK]", *map(str, range(MAX_WORDS - 1))], "more than 100000"),
        (["[PAD]", "[UNK]", *map(str, range(5 * MAX_WORDS))], "more than 100000"),
    ],
)
def test_words_that_are_no_vocabulary_are_not_written(words: list[str], problem: str):
    with pytest.raises(BundleError, match=problem):
        write_tokenizer(words)


def test_the_longest_words_and_the_largest_vocabulary_pass():
    write_tokenizer(
        ["[PAD]", "[UNK]", "x" * 40, "##" + "x" * 40, "é" * 40, '"' * 40, "##" + "\\" * 40]
    )
    write_tokenizer(["[PAD]", "[UNK]", *map(str, range(MAX_WORDS - 2))])


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace('"dim":3', '"lights":3'),
        lambda text: text.replace('"dim"', r'"\u0064im"'),
        lambda text: text.replace('"dim"', r'"d\/im"'),
        lambda text: text.replace('"dim"', r'"\ud83d"'),
        lambda text: text.replace('"dim"', '"d\nim"'),
        lambda text: text.replace('"dim":3', '"dim": 3'),
        lambda text: text.replace('"version":"1.0",', '"version":"1.0","version":"1.0",'),
        lambda text: text.replace('"truncation":null,', ""),
        lambda text: text.replace("null", "NULL"),
        lambda text: json.dumps(json.loads(text)),
        lambda text: json.dumps(json.loads(text), indent=2),
        lambda text: json.dumps(json.loads(text), separators=(",", ":"), sort_keys=True),
        lambda text: "\ufeff" + text,
        lambda text: text + "\n",
        lambda text: text + text,
        lambda text: text[:-1],
        lambda text: "",
        lambda text: "null",
    ],
)
def test_the_same_words_written_otherwise_are_refused(edit: Callable[[str], str]):
    refused(edit(PLAIN))


def test_other_encodings_are_refused():
    for encoding in ("utf-16", "utf-32", "utf-8-sig"):
        refused(PLAIN.encode(encoding))
    refused(PLAIN.replace("dim", "é").encode("latin-1"))
    refused(b"\xff" * 1000)


@pytest.mark.timeout(10)
def test_eight_megabytes_of_anything_are_refused_at_once():
    head = PLAIN[: PLAIN.index('"[PAD]"')]
    for filling in ("[", "{", '"', '\\"', '"a":0,', '"a",', "\\", "0", "é", '{"a":'):
        refused(head + filling * (8 * 2**20 // len(filling)) + "}}}")


ENTRY = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Zs"]), min_size=1, max_size=9
)


@given(st.sets(ENTRY.filter(lambda word: word not in ("##", "[PAD]", "[UNK]"))))
def test_any_words_are_written_so_that_a_json_parser_reads_them_back(words: set[str]):
    vocabulary = ["[PAD]", "[UNK]", *sorted(words)]
    data = write_tokenizer(vocabulary)
    assert json.loads(data)["model"]["vocab"] == {word: i for i, word in enumerate(vocabulary)}


@given(st.data())
def test_what_is_accepted_is_what_is_written_of_its_words(data: st.DataObject):
    at = data.draw(st.integers(0, len(PLAIN) - 1))
    size = data.draw(st.integers(0, 9))
    edited = (
        PLAIN[:at]
        + data.draw(st.text(st.sampled_from('[]{}":,\\0123as '), max_size=6))
        + PLAIN[at + size :]
    )
    try:
        check_tokenizer(edited.encode())
    except BundleError:
        return
    assert write_tokenizer(list(json.loads(edited)["model"]["vocab"])) == edited.encode()
