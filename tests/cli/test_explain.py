"""What ``explain`` and ``why-not`` show."""

import json
import os
import shlex
import subprocess
import sys
from dataclasses import replace

import pytest

from edge_router import Router
from edge_router.cli.explanation_page import make_page
from edge_router.cli.explanation_text import describe, has_colors
from edge_router.cli.main import main
from edge_router.cli.why_not_text import describe_why_not

MIXED = "mixed.router"


@pytest.fixture
def home(tmp_path, capsys) -> str:
    path = str(tmp_path / "home.jsonl")
    main(["teach", path, "coffee.start", "make me a coffee", "espresso please"])
    main(["teach", path, "lights.dim", "turn the lights down a bit", "it's too bright in here"])
    capsys.readouterr()
    return path


@pytest.fixture
def mixed(request) -> str:
    return str(request.config.rootpath / "tests" / "data" / MIXED)


def test_explain_shows_the_words_the_sum_the_flip_and_the_bundle(tiny, capsys):
    assert main(["explain", tiny, "lights coffee dim"]) == 0
    assert capsys.readouterr().out == (
        "lights coffee dim\n"
        "\n"
        "decision     (no tool): low_confidence, lights.dim 76.0 %; it decides from 80.0 %\n"
        "runner-up    coffee.start, 23.9 %, place 2\n"
        "\n"
        "  lights                      +10.5  #################\n"
        "  coffee                      -14.9  ------------------------\n"
        "  dim                          +6.1  ##########\n"
        "  in all                       +1.7  doublings of the odds, lights.dim before coffee.start\n"
        "\n"
        "flip         without 'lights': coffee.start, 92.7 %\n"
        f"bundle       tiny 1, sha256 {Router.load(tiny).bundle.sha256}\n"
    )


def test_how_usual_the_text_is_is_shown_where_the_bundle_can_tell(tiny_router):
    explanation = tiny_router.explain("lights coffee dim", against="coffee.start")
    usual = replace(explanation, decision=replace(explanation.decision, scope=0.0314))
    row = "scope        0.031: 3.1 % of held-out texts with a tool are no more usual"
    assert describe(usual, has_colors=False)[3] == row
    assert describe_why_not(usual, "coffee.start", [])[4] == row
    assert "<dt>scope</dt><dd>0.031: 3.1 % of held-out texts" in make_page(usual)
    for shown in (
        "\n".join(describe(explanation, has_colors=False)),
        "\n".join(describe_why_not(explanation, "coffee.start", [])),
        make_page(explanation),
    ):
        assert "held-out" not in shown


def test_explain_shows_the_nearest_examples_and_how_they_were_fitted(home, capsys):
    assert main(["explain", "--taught", home, "could I get an espresso"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "nearest      0.75  coffee.start: espresso please (taught)" in lines
    assert "taught       2 tools by 4 texts and anchors, fitted in 16 rounds" in lines
    assert [line.split()[:3] for line in lines if "empty text" in line] == [
        ["(the", "empty", "text)"]
    ]


def test_explain_as_json_is_the_explanation(home, tiny, capsys):
    assert main(["explain", tiny, "make coffee", "dim", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    router = Router.load(tiny)
    assert rows == [router.explain("make coffee").to_dict(), router.explain("dim").to_dict()]


def test_explain_reads_stdin_a_text_a_line(tiny, run_cli):
    done = run_cli("explain", tiny, "-", "--json", stdin=b"dim\n\nthe \xff weather\n")
    assert [json.loads(line)["text"] for line in done.stdout.splitlines()] == [
        "dim",
        "",
        "the \ufffd weather",
    ]
    assert done.returncode == 0


@pytest.mark.parametrize(
    "text", ["", " ", "\U0001f600", "lights", "coffee " * 20_000, "dim\x1b[31m\nlights\u202e"]
)
def test_any_text_is_shown_without_an_escape_sequence(text, tiny, home, capsys):
    for arguments in (["explain", tiny, text], ["explain", "--taught", home, text]):
        assert main(arguments) == 0
        out = capsys.readouterr().out
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert all(len(line) < 2500 for line in out.splitlines())


def test_a_router_that_knows_no_tool_says_so(capsys):
    assert main(["explain", "dim the lights"]) == 0
    assert "decision     (no tool): no_tools\n" in capsys.readouterr().out


def test_colours_are_for_terminals_where_nobody_asked_for_none(monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert has_colors()
    monkeypatch.setenv("NO_COLOR", "1")
    assert not has_colors()
    monkeypatch.setenv("NO_COLOR", "")
    monkeypatch.setenv("TERM", "dumb")
    assert not has_colors()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stdout.isatty", lambda: False)
    assert not has_colors()


def test_in_colour_a_word_is_shaded_by_what_it_adds(tiny_router):
    lines = describe(tiny_router.explain("lights coffee dim"), has_colors=True)
    assert lines[0] == (
        "\x1b[30;48;5;75mlights\x1b[0m \x1b[30;48;5;202mcoffee\x1b[0m \x1b[30;48;5;117mdim\x1b[0m"
    )
    plain = describe(tiny_router.explain("lights coffee dim"), has_colors=False)
    assert [line for line in plain if "\x1b" in line] == []


def test_a_page_is_written_for_one_text_alone(tiny, tmp_path, capsys):
    page = str(tmp_path / "why.html")
    assert main(["explain", tiny, "dim", "coffee", "--html", page]) == 2
    assert main(["explain", tiny, "-", "--html", page]) == 2
    assert "give that text alone" in capsys.readouterr().err


def test_why_not_says_the_rank_the_words_and_what_to_do(home, capsys):
    assert main(["why-not", "--taught", home, "could I get an espresso", "lights.dim"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2] == "lights.dim came 3. with 0.0 %, behind coffee.start with 99.9 %"
    assert next(line for line in lines if "doublings" in line).endswith(
        "coffee.start before lights.dim"
    )
    assert [line for line in lines if "(taught)" in line] == [
        "nearest      0.17  lights.dim: it's too bright in here (taught)",
        "             0.06  lights.dim: turn the lights down a bit (taught)",
    ]
    assert lines[-3:] == [
        "if lights.dim should answer: teach this text to it, or a text like it:",
        f"  edge-router correct {home} 'could I get an espresso' lights.dim",
        f"  edge-router route --taught {home} 'could I get an espresso'",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "it's an espresso",
        "-espresso, now",
        'a "b" $c `d` \\e',
        "caf\u00e9\tnow\nand here",
        "x\u202ey\x1b[0m",
    ],
)
def test_the_advice_does_what_it_says(text, home, mixed, tmp_path):
    """The commands are run as they stand, by a shell."""
    script = tmp_path / "edge-router"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m edge_router "$@"\n')
    script.chmod(0o755)
    for bundle in ([], [mixed]):
        arguments = ["why-not", "--json", "--taught", home, "--", *bundle, text, "lights.dim"]
        done = subprocess.run([script, *arguments], capture_output=True, check=True)
        row = json.loads(done.stdout)
        assert (row["tool"], row["answers"]) == ("lights.dim", False)
        done = subprocess.run(
            ["bash", "-ec", "\n".join(row["advice"])],
            env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"},
            capture_output=True,
            check=True,
        )
        assert done.stdout.splitlines()[-1].startswith(b"lights.dim ")
        main(["correct", home, "--no-tool", "--", text])


def test_what_cannot_be_taught_is_trained(tiny, capsys):
    assert main(["why-not", tiny, "the weather", "coffee.start"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert json.loads(last) == {"text": "the weather", "tool": "coffee.start"}


@pytest.mark.parametrize(
    ("text", "tool", "said"),
    [
        ("dim the lights", "lights.dim", "lights.dim does answer this text"),
        (
            "lights coffee",
            "lights.dim",
            "lights.dim came first, but is not sure enough: 50.0 %, and low_confidence",
        ),
        (
            "lights coffee",
            "coffee.start",
            "coffee.start came 2. with 50.0 %, behind lights.dim with 50.0 %",
        ),
        ("weather", "lights.dim", "lights.dim came 2. with 0.0 %, behind (no tool) with 100.0 %"),
        ("", "lights.dim", "lights.dim did not answer: there was nothing to score, empty_input"),
    ],
)
def test_why_not_says_what_stood_before_the_tool(text, tool, said, tiny, capsys):
    assert main(["why-not", tiny, text, tool]) == 0
    assert capsys.readouterr().out.splitlines()[2] == said


def test_why_not_names_a_tool_that_is_near_the_one_it_does_not_know(tiny, capsys):
    assert main(["why-not", tiny, "dim", "lights.din"]) == 2
    assert "did you mean 'lights.dim'?" in capsys.readouterr().err
    assert main(["why-not", tiny, "dim"]) == 2
    assert "one text and one tool" in capsys.readouterr().err
    assert main(["why-not", "dim", "lights.dim"]) == 2
    assert "teach one" in capsys.readouterr().err


def test_the_why_of_a_correction_is_that_it_was_taught_word_for_word(home, capsys):
    main(["correct", home, "espresso please", "lights.dim"])
    assert main(["why-not", "--taught", home, "espresso please", "coffee.start"]) == 0
    assert "the text was taught word for word, which decides\n" in capsys.readouterr().out
