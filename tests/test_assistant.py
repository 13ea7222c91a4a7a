"""The example assistant holds what the README says of it, and its test texts are not among its
training texts.
"""

import re
from collections import Counter
from pathlib import Path

import pytest

from edge_router.examples import read_examples

pytest.importorskip("yaml", reason="tools.yaml needs the extra export")

from edge_router.tools.file import read_tools

HERE = Path(__file__).parents[1] / "examples" / "assistant"
TRAIN = read_examples(HERE / "examples.jsonl")
TEST = read_examples(HERE / "test.jsonl")
TOOLS, _ = read_tools(HERE / "tools.yaml")
# Words that may be put in or left out without saying anything else.
FILLERS = {
    "a",
    "an",
    "the",
    "please",
    "can",
    "could",
    "you",
    "my",
    "me",
    "to",
    "for",
    "of",
    "in",
    "on",
    "at",
    "just",
}


def content(text: str) -> tuple[str, ...]:
    """The words that matter, in any order: equal for texts that differ only trivially."""
    words = sorted(re.findall(r"\w+", text.casefold()))
    return tuple([word for word in words if word not in FILLERS]) or tuple(words)


def test_has_at_least_twelve_tools_with_descriptions_and_json_schemas() -> None:
    assert len(TOOLS) >= 12
    assert all(tool.description for tool in TOOLS)
    assert {tool.parameters["type"] for tool in TOOLS if tool.parameters is not None} == {"object"}


def test_every_tool_has_at_least_25_training_and_6_test_examples() -> None:
    names = {tool.name for tool in TOOLS}
    for rows, least in ((TRAIN, 25), (TEST, 6)):
        counts = Counter(row.tool for row in rows if row.tool is not None)
        assert counts.keys() == names
        assert min(counts.values()) >= least


def test_has_texts_that_fit_no_tool() -> None:
    assert sum(row.tool is None for row in TRAIN) >= 60
    assert sum(row.tool is None for row in TEST) >= 24


def test_no_text_stands_twice() -> None:
    for rows in (TRAIN, TEST):
        counts = Counter(" ".join(row.text.casefold().split()) for row in rows)
        assert [text for text, count in counts.items() if count > 1] == []


def test_no_test_text_is_a_training_text_with_trivial_changes() -> None:
    known = {content(row.text): row.text for row in TRAIN}
    assert [
        (row.text, known[content(row.text)]) for row in TEST if content(row.text) in known
    ] == []


def test_wording_varies_in_length_and_case() -> None:
    for tool in TOOLS:
        texts = [row.text for row in TRAIN if row.tool == tool.name]
        words = [len(text.split()) for text in texts]
        assert min(words) <= 4
        assert max(words) >= 7
        assert len({text.split()[0].casefold() for text in texts}) >= 8
