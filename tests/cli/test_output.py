"""What strangers write can be shown: no terminal obeys it, no JSON breaks on it."""

import json

import pytest

from edge_router.cli.output import one_line, percent, print_json, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("dim the lights", "dim the lights"),
        ("café, שלום, 明かり、\U0001f43b", "café, שלום, 明かり、\U0001f43b"),
        ("non\u00a0breaking, wide\u3000space", "non\u00a0breaking, wide\u3000space"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x9b31mred", r"\x9b31mred"),  # C1: a terminal reads it as ESC [
        ("bell\x07 delete\x7f nul\0", r"bell\x07 delete\x7f nul\x00"),
        ("two\nlines\r\n", r"two\nlines\r\n"),
        ("abc\u202ecba\u202c", r"abc\u202ecba\u202c"),
        ("\u2066isolated\u2069", r"\u2066isolated\u2069"),
        ("line\u2028separator", r"line\u2028separator"),
        ("half \ud83d pair", r"half \ud83d pair"),
        ("zero\u200bwidth", r"zero\u200bwidth"),
        ("tag\U000e0041", r"tag\U000e0041"),
    ],
)
def test_control_characters_and_changes_of_direction_stand_as_escapes(text, shown):
    assert printable(text) == shown
    assert one_line(text) == shown


def test_only_the_beginning_of_a_text_stands_on_a_line():
    assert one_line("x" * 100) == "x" * 60
    assert one_line("abc\n", most=4) == r"abc\n"


@pytest.mark.parametrize(
    "text", ["plain", "café", "\x1b\x9b\x7f", "\u202e\u2028", "\ud83d", "\U000e0041", 'a"\\b']
)
def test_json_says_the_same_and_shows_nothing_that_a_terminal_obeys(text, capsys):
    print_json({"text": text})
    line = capsys.readouterr().out.removesuffix("\n")
    assert line.isprintable()
    assert json.loads(line) == {"text": text}


def test_json_keeps_letters_readable(capsys):
    print_json({"text": "café 明\u3000"})
    assert capsys.readouterr().out == '{"text": "café 明\u3000"}\n'


def test_json_refuses_what_json_has_no_word_for():
    with pytest.raises(ValueError, match="Out of range float"):
        print_json({"share": float("nan")})


def test_a_share_for_people():
    assert [percent(s) for s in (None, 0.0, 0.12345, 1.0)] == ["-", "0.00 %", "12.35 %", "100.00 %"]
