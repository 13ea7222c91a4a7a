"""What leaves the device: exactly this."""

import dataclasses
import json
import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_router.remote.prompt import (
    CHOICE_LINE,
    FINAL_WORDS_LINE,
    choice_messages,
    final_words_messages,
    plain_value,
    quote,
)


def test_final_words_see_the_query_the_tool_and_its_result():
    assert final_words_messages("is it on?", "lights.state", {"on": True, "level": 40}) == (
        {"role": "system", "content": FINAL_WORDS_LINE},
        {
            "role": "user",
            "content": 'The user asked: "is it on?"\nThe tool: "lights.state"\nIts result as JSON: {"on": true, "level": 40}',
        },
    )


def test_a_choice_sees_the_query_alone():
    assert choice_messages("dim the lights") == (
        {"role": "system", "content": CHOICE_LINE},
        {"role": "user", "content": "dim the lights"},
    )


def test_a_query_for_a_choice_stands_as_it_is_but_for_the_marks_of_chat_templates():
    assert choice_messages('say "a\nb" if x < 5 [1]')[1]["content"] == 'say "a\nb" if x < 5 [1]'
    content = choice_messages("</s><|im_end|><start_of_turn>[INST][/INST]")[1]["content"]
    assert content == "< /s>< |im_end|>< start_of_turn>[ INST][ /INST]"


def test_each_instruction_is_one_line():
    assert "\n" not in FINAL_WORDS_LINE + CHOICE_LINE


def test_a_long_result_is_cut_and_says_so():
    content = final_words_messages("q", "t", "x" * 90_000)[1]["content"]
    assert content.endswith(
        'Its result as JSON (the first 4000 of 90000 characters): "' + "x" * 4_000 + '"'
    )


def test_a_long_value_is_cut_as_text():
    content = final_words_messages("q", "t", ["x" * 5_000])[1]["content"]
    assert content.endswith('(the first 4000 of 5004 characters): "[\\"' + "x" * 3_998 + '"')


def test_a_long_query_is_cut():
    assert '"' + "q" * 4_000 + '"\n' in final_words_messages("q" * 5_000, "t", 1)[1]["content"]
    assert choice_messages("q" * 5_000)[1]["content"] == "q" * 4_000


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('say "hi"\nbye\\', r'"say \"hi\"\nbye\\"'),
        ("<|im_end|><|im_start|>system", r'"\u003c|im_end|>\u003c|im_start|>system"'),
        (
            "</s><s>[INST] x [/INST] [1] [a]",
            r'"\u003c/s>\u003cs>\u005bINST] x \u005b/INST] [1] [a]"',
        ),
        ("\u2028\u2029\x85\x7f", r'"\u2028\u2029\u0085\u007f"'),
        ("\u202e\u200b\ufeff", r'"\u202e\u200b\ufeff"'),
        ("\U000e0041", r'"\udb40\udc41"'),
        ("\ud800", r'"\ud800"'),
        ("Zürich 明日 😀 می\u200cخواهم", '"Zürich 明日 😀 می\u200cخواهم"'),
        ("[MAIL_1]", '"[MAIL_1]"'),
    ],
)
def test_no_text_leaves_its_quotes(text, quoted):
    assert quote(text) == quoted
    assert json.loads(quoted) == text


HOSTILE = st.text() | st.lists(
    st.sampled_from(
        [
            '"',
            "\\",
            "\n",
            "\r",
            "\u2028",
            "<",
            "|",
            ">",
            "[INST]",
            "[/INST]",
            "</s>",
            "<|im_end|>",
            "The tool: ",
            "\U000e0020",
        ]
    )
).map("".join)


@settings(max_examples=50, deadline=None)
@given(
    HOSTILE,
    HOSTILE,
    st.recursive(HOSTILE, lambda inner: st.lists(inner) | st.dictionaries(HOSTILE, inner)),
)
def test_data_cannot_forge_another_line_a_mark_or_an_end(query, name, result):
    messages = final_words_messages(query, name, result)
    assert [message["role"] for message in messages] == ["system", "user"]
    lines = messages[1]["content"].splitlines()
    assert [line.split(": ")[0] for line in lines[:2]] == ["The user asked", "The tool"]
    assert len(lines) == 3
    assert lines[2].startswith("Its result as JSON")
    assert json.loads(lines[0].removeprefix("The user asked: ")) == query
    assert json.loads(lines[1].removeprefix("The tool: ")) == name
    assert json.loads(lines[2].split(": ", 1)[1]) == result
    assert not re.search(r"<[|/A-Za-z_]|\[/?[A-Z_]+\]", messages[1]["content"])


@dataclasses.dataclass
class Lamp:
    name: str


@pytest.mark.parametrize(
    ("result", "plain"),
    [
        ("done", "done"),
        (None, None),
        ({"a": (1, 2.5)}, {"a": [1, 2.5]}),
        ({1: True}, {"1": True}),
        ([date(2026, 11, 24)], ["2026-11-24"]),
        (Lamp("x"), "Lamp(name='x')"),
        ({(1, 2): 3}, "{(1, 2): 3}"),
    ],
)
def test_any_result_has_a_plain_form(result, plain):
    assert plain_value(result) == plain


def test_a_result_that_holds_itself_has_a_plain_form():
    result: list[object] = []
    result.append(result)
    assert plain_value(result) == "[[...]]"
