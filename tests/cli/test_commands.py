"""What each command of the runtime prints, on a router whose answers are known."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from edge_router import Router
from edge_router.bundle import Golden, write_bundle
from edge_router.cli.main import main

WITHOUT_EXTRA = """
import sys
sys.modules["edge_router_export"] = None
from edge_router.cli.main import main
sys.exit(main(["train", "examples.jsonl", "-o", "x.router"]))
"""


def read_json_lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_route_prints_tool_confidence_reason_and_time(tiny, capsys):
    assert main(["route", tiny, "dim the lights"]) == 0
    line = capsys.readouterr().out
    assert line.split()[:4] == ["lights.dim", "99.9", "%", "confident"]
    assert line.endswith(" us  dim the lights\n")


def test_route_shows_what_the_model_thought_where_it_abstains(tiny, capsys):
    assert main(["route", tiny, "lights coffee"]) == 3
    first, second = capsys.readouterr().out.splitlines()
    assert first.split()[:5] == ["(no", "tool)", "50.0", "%", "low_confidence"]
    assert second.strip() == "best: lights.dim 50.0 %, coffee.start 50.0 %, no tool 0.0 %"


@pytest.mark.parametrize(
    ("text", "tool", "reason", "code"),
    [
        ("make coffee please", "coffee.start", "confident", 0),
        ("lights coffee", None, "low_confidence", 3),
        ("the weather", None, "out_of_scope", 3),
        ("", None, "empty_input", 3),
    ],
)
def test_route_of_one_text_says_in_its_exit_code_whether_it_decided(
    text, tool, reason, code, tiny, capsys
):
    assert main(["route", tiny, text, "--json"]) == code
    [row] = read_json_lines(capsys)
    assert (row["tool"], row["reason"]) == (tool, reason)


def test_route_as_json_is_the_decision_with_its_text_and_time(tiny, capsys):
    assert main(["route", tiny, "make coffee", "--json"]) == 0
    [row] = read_json_lines(capsys)
    assert row.pop("text") == "make coffee"
    assert row.pop("latency_us") > 0
    assert row == Router.load(tiny).route("make coffee").to_dict()


def test_route_of_several_texts_answers_each_and_exits_with_0(tiny, capsys):
    assert main(["route", tiny, "dim", "the weather", "--json"]) == 0
    assert [row["tool"] for row in read_json_lines(capsys)] == ["lights.dim", None]


def test_route_reads_stdin_a_text_a_line_whatever_the_bytes(tiny, run_cli):
    done = run_cli("route", tiny, "-", "--json", stdin=b"dim\r\n\xff\xfe\n\nmake coffee")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["text"] for row in rows] == ["dim", "��", "", "make coffee"]
    assert [row["tool"] for row in rows] == ["lights.dim", None, None, "coffee.start"]
    assert done.returncode == 0


@pytest.mark.timeout(60)
@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_route_answers_a_line_before_the_next_one_comes(flags, tiny):
    process = subprocess.Popen(
        [sys.executable, "-m", "edge_router", "route", tiny, "-", *flags],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    for text, start in ((b"dim\n", b"lights.dim"), (b"coffee\n", b"coffee.start")):
        process.stdin.write(text)
        process.stdin.flush()
        assert start in process.stdout.readline()
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_route_lets_no_escape_sequence_reach_the_terminal(tiny, capsys):
    main(["route", tiny, "dim\x1b[31m\nlights\u202e"])
    out = capsys.readouterr().out
    assert out.endswith("  dim\\x1b[31m\\nlights\\u202e\n")


@pytest.fixture
def examples(tmp_path: Path) -> str:
    rows = [
        ("dim the lights", "lights.dim"),
        ("make coffee", "lights.dim"),
        ("coffee", "coffee.start"),
        ("weather", None),
    ]
    path = tmp_path / "test.jsonl"
    path.write_text(
        "".join(json.dumps({"text": text, "tool": tool}) + "\n" for text, tool in rows), "utf-8"
    )
    return str(path)


def test_eval_prints_the_figures_and_what_was_confused(tiny, examples, capsys):
    assert main(["eval", tiny, examples]) == 0
    # confidences in one bin: .99939 right, .99965 wrong, .99994 right; (2.99898 - 2) / 3
    assert capsys.readouterr().out == (
        "texts                  4 (3 with a tool)\n"
        "accuracy               66.67 %   best candidate, abstained or not\n"
        "answered               100.00 %   at the threshold 0.800\n"
        "precision of answers   66.67 %\n"
        "calibration error      0.3330\n"
        "out of scope rejected  100.00 %\n"
        "   1 x lights.dim -> coffee.start: make coffee\n"
    )


def test_eval_gives_no_share_of_no_texts(tiny, write_examples, tmp_path, capsys):
    assert main(["eval", tiny, write_examples("coffee.start")]) == 0
    assert "out of scope rejected  -\n" in capsys.readouterr().out
    path = tmp_path / "outside.jsonl"
    path.write_text('{"text": "the weather", "tool": null}\n', "utf-8")
    assert main(["eval", tiny, str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "texts                  1 (0 with a tool)"
    assert [line.split()[-1] for line in (lines[3], lines[5])] == ["-", "%"]
    assert [line[23:26] for line in lines[1:4]] == ["-  ", "-  ", "-"]


def test_eval_as_json_has_every_tool(tiny, examples, capsys):
    assert main(["eval", tiny, examples, "--json"]) == 0
    [row] = read_json_lines(capsys)
    assert row["accuracy"] == 2 / 3
    assert row["tools"] == [
        {"tool": "coffee.start", "support": 1, "precision": 0.5, "recall": 1.0},
        {"tool": "lights.dim", "support": 2, "precision": 1.0, "recall": 0.5},
    ]


@pytest.mark.parametrize(
    ("least", "code"),
    [("0.66", 0), (repr(2 / 3), 0), ("0.67", 1), ("66%", 0), ("67%", 1), ("67", 2)],
)
def test_eval_fails_below_the_accuracy_asked_for(least, code, tiny, examples):
    assert main(["eval", tiny, examples, "--min-accuracy", least]) == code


def test_eval_of_nothing_is_bad_input_and_not_a_success(tiny, tmp_path, capsys):
    (tmp_path / "empty.jsonl").touch()
    assert main(["eval", tiny, str(tmp_path / "empty.jsonl")]) == 2
    assert "nothing to measure" in capsys.readouterr().err


def test_eval_names_file_and_line(tiny, tmp_path, capsys):
    path = tmp_path / "test.jsonl"
    path.write_text('{"text": "dim", "tool": "lights.dim"}\n{"text": "dim"}\n', "utf-8")
    assert main(["eval", tiny, str(path)]) == 2
    assert f"{path}:2: " in capsys.readouterr().err


@pytest.fixture
def write_examples(tmp_path):
    def write(*tools: str | None) -> str:
        path = tmp_path / "test.jsonl"
        rows = [{"text": "make coffee", "tool": tool} for tool in tools]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        return str(path)

    return write


def test_eval_refuses_tools_that_the_router_does_not_have(tiny, write_examples, capsys):
    path = write_examples("coffee.start", None, "coffee.strat", "fly", "coffee.strat")
    assert main(["eval", tiny, path]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        f"edge-router: the router has no tool 'coffee.strat' ({path}:3, did you mean "
        f"'coffee.start'?), 'fly' ({path}:4); correct them there, or leave such examples out with "
        "--ignore-unknown\n"
    )


def test_eval_names_the_first_five_unknown_tools(tiny, write_examples, capsys):
    assert main(["eval", tiny, write_examples("q1", "q2", "q3", "q4", "q5")]) == 2
    assert "'q5' (" in capsys.readouterr().err
    assert main(["eval", tiny, write_examples("q1", "q2", "q3", "q4", "q5", "q6", "q7")]) == 2
    error = capsys.readouterr().err
    assert "'q6'" not in error
    assert "), and 2 more; correct them" in error


def test_eval_can_leave_unknown_tools_out_and_says_how_many_texts(tiny, write_examples, capsys):
    path = write_examples("coffee.start", None, "fly", "fly")
    assert main(["eval", tiny, path, "--ignore-unknown", "--json"]) == 0
    [row] = read_json_lines(capsys)
    assert (row["texts"], row["accuracy"], row["ignored_texts"]) == (2, 1.0, 2)
    assert main(["eval", tiny, path, "--ignore-unknown"]) == 0
    assert "left out               2 of tools that the router" in capsys.readouterr().out
    assert main(["eval", tiny, write_examples("fly"), "--ignore-unknown"]) == 2
    assert "nothing to measure" in capsys.readouterr().err


def test_eval_shows_no_tool_or_text_that_a_terminal_obeys(tiny, tmp_path, capsys):
    path = tmp_path / "test.jsonl"
    rows = [("make coffee \x9b\u202e", "lights.dim"), ("dim", "\u202emid")]
    path.write_text("".join(json.dumps({"text": x, "tool": y}) + "\n" for x, y in rows), "utf-8")
    assert main(["eval", tiny, str(path)]) == 2
    assert r"has no tool '\u202emid' (" in capsys.readouterr().err
    assert main(["eval", tiny, str(path), "--ignore-unknown"]) == 0
    assert r"-> coffee.start: make coffee \x9b\u202e" in capsys.readouterr().out


def test_verify_counts_the_goldens_that_hold_here(tiny, capsys):
    assert main(["verify", tiny]) == 0
    assert capsys.readouterr().out == "14 of 14 goldens are the same here, bit for bit\n"


def test_verify_fails_where_this_device_computes_something_else(tiny, tmp_path, capsys):
    bundle = Router.load(tiny).bundle
    other = Golden("dim", (3,), bundle.goldens[0].outputs_sha256, {"tool": None})
    path = tmp_path / "other.router"
    parts = {"manifest": bundle.manifest, "model": bundle.model, "tokenizer": bundle.tokenizer}
    write_bundle(path, **parts, goldens=[*bundle.goldens, other])
    assert main(["verify", str(path), "--json"]) == 1
    [row] = read_json_lines(capsys)
    assert (row["goldens"], [(m["text"], m["what"]) for m in row["mismatches"]]) == (
        15,
        [("dim", "logits")],
    )
    assert main(["verify", str(path)]) == 1
    assert capsys.readouterr().out.endswith("14 of 15 goldens are the same here, bit for bit\n")


def test_bench_times_the_goldens_or_what_it_is_given(tiny, capsys):
    assert main(["bench", tiny, "--routes", "20", "--json"]) == 0
    [row] = read_json_lines(capsys)
    assert row["routes"] == 20
    assert 0 < row["p50_us"] <= row["p99_us"] <= row["p99_9_us"]
    assert main(["bench", tiny, "dim", "--routes", "5"]) == 0
    assert capsys.readouterr().out.startswith("5 routes over 1 texts: p50 ")


def test_train_without_its_extra_says_how_to_install_it(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_EXTRA],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert 'pip install "edge-router[export]"' in done.stderr


@pytest.mark.parametrize("command", ["train", "pretrain"])
def test_an_output_that_would_replace_something_else_is_refused_before_any_work(
    command, tmp_path, capsys
):
    notes = tmp_path / "notes.txt"
    notes.write_text("my notes")
    for output, problem in (
        (str(notes), "no .router bundle, and is not replaced"),
        (str(tmp_path), "is a directory"),
        ("/dev/null", "is a device, a pipe or a socket"),
        ("", "argument -o/--output: '' names no file"),
    ):
        # neither the examples nor the recipe exist: nobody has looked for them
        arguments = [command, "none.jsonl", "--recipe", "none", "-o", output]
        assert main(arguments) == 2
        assert problem in capsys.readouterr().err
        assert main([*arguments, "--json"]) == 2
        assert problem in json.loads(capsys.readouterr().out)["error"]
    assert notes.read_text() == "my notes"
