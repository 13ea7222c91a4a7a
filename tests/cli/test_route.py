"""``route`` with a threshold and a number of candidates of the caller's own."""

import json
import time

import pytest

from edge_router.cli.main import main


def read_rows(capsys: pytest.CaptureFixture[str]) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    ("threshold", "tool", "code"),
    [("0.49", "lights.dim", 0), ("49%", "lights.dim", 0), ("0.5", None, 3), ("1", None, 3)],
)
def test_a_threshold_takes_the_place_of_the_bundles(threshold, tool, code, tiny, capsys):
    assert main(["route", tiny, "lights coffee", "--threshold", threshold, "--json"]) == code
    [row] = read_rows(capsys)
    assert row["tool"] == tool
    assert row["threshold"] == (0.49 if threshold == "49%" else float(threshold))


def test_without_one_the_bundles_threshold_decides(tiny, capsys):
    assert main(["route", tiny, "lights coffee", "--json"]) == 3
    assert read_rows(capsys)[0]["threshold"] == 0.8


@pytest.mark.parametrize(
    ("threshold", "hint"),
    [("80", "write 80% or 0.8"), ("1.5", "write 0.9 or 90%"), ("x", "0.9")],
)
def test_a_threshold_that_is_no_share_is_refused(threshold, hint, tiny, capsys):
    assert main(["route", tiny, "dim", "--threshold", threshold]) == 2
    assert hint in capsys.readouterr().err


def test_as_many_candidates_are_shown_as_asked_for(tiny, capsys):
    for top, tools in (
        ("1", ["lights.dim"]),
        ("2", ["lights.dim", "coffee.start"]),
        ("100", ["lights.dim", "coffee.start", None]),
    ):
        assert main(["route", tiny, "lights coffee", "--top", top, "--json"]) == 3
        assert [c["tool"] for c in read_rows(capsys)[0]["candidates"]] == tools
    assert main(["route", tiny, "dim", "--top", "0"]) == 2
    assert "write 5" in capsys.readouterr().err


def test_candidates_asked_for_are_shown_for_a_decided_text_too(tiny, capsys):
    assert main(["route", tiny, "dim the lights"]) == 0
    assert capsys.readouterr().out.count("\n") == 1
    assert main(["route", tiny, "dim the lights", "--top", "2"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("lights.dim ")
    assert second.strip() == "best: lights.dim 99.9 %, coffee.start 0.0 %"
    assert main(["route", tiny, "lights coffee", "--top", "1"]) == 3
    assert capsys.readouterr().out.splitlines()[1].strip() == "best: lights.dim 50.0 %"


def test_a_router_without_tools_abstains(capsys, request):
    base = request.config.rootpath / "edge_router" / "base.router"
    assert main(["route", str(base), "dim the lights", "--json"]) == 3
    [row] = read_rows(capsys)
    assert (row["tool"], row["reason"], row["candidates"]) == (None, "no_tools", [])


def test_the_time_is_that_of_routing_alone_in_microseconds(tiny, capsys, monkeypatch):
    clock = [0]

    def slow_print(*_: object, **__: object) -> None:
        clock[0] += 10**9

    routed = []

    class Router:
        bundle = type("", (), {"manifest": type("", (), {"max_chars": 9})})

        @classmethod
        def load(cls, _: str) -> "Router":
            clock[0] += 10**9
            return cls()

        def route(self, text: str, **_: object) -> object:
            routed.append(text)
            clock[0] += 10**9 if text == "warm up" else 25_000
            return type("", (), {"tool": "a", "to_dict": dict})

    rows = []
    monkeypatch.setattr("edge_router.cli.teaching.Router", Router)
    monkeypatch.setattr(
        "edge_router.cli.route.print_json", lambda row: (slow_print(), rows.append(row))
    )
    monkeypatch.setattr(time, "perf_counter_ns", lambda: clock[0])
    assert main(["route", tiny, "one", "two", "--json"]) == 0
    assert [row["latency_us"] for row in rows] == [25.0, 25.0]
    assert routed == ["warm up", "one", "two"]


def test_texts_on_stdin_end_with_0_whatever_was_decided(tiny, run_cli):
    for lines in (b"the weather\n", b"the weather", b"dim\nthe weather\n", b""):
        assert run_cli("route", tiny, "-", stdin=lines).returncode == 0


def test_a_text_is_cut_at_the_limit_and_the_row_says_so(tiny, run_cli):
    for length, is_truncated in ((512, False), (513, True), (5000, True)):
        text = b"x" * length
        for done in (
            run_cli("route", tiny, text, "--json"),
            run_cli("route", tiny, "-", "--json", stdin=text),
        ):
            assert json.loads(done.stdout)["is_truncated"] is is_truncated


def test_a_text_is_parted_where_that_is_asked_for(assistant_path, capsys):
    text = "turn off the lights and play some jazz, but don't lock the door"
    assert main(["route", str(assistant_path), "--split", text]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["lights.switch", "music.play", "(no"]
    assert lines[2].split()[4] == "negated"
    assert lines[2].endswith("us  don't lock the door")
    assert main(["route", str(assistant_path), "--split", "--json", text]) == 0
    [row] = read_rows(capsys)
    assert row["text"] == text
    assert [part["stance"] for part in row["parts"]] == ["asked", "asked", "negated"]
    assert [part["meant"]["tool"] for part in row["parts"]][2] == "door.lock"


def test_a_text_that_only_forbids_ends_as_one_without_a_tool(assistant_path, capsys):
    assert main(["route", str(assistant_path), "--split", "don't lock the door"]) == 3
    assert main(["route", str(assistant_path), "--split", "lock the door"]) == 0
    assert main(["route", str(assistant_path), "--split", "--top", "2", "lock the door"]) == 2
    assert "leave --top out" in capsys.readouterr().err


def test_a_threshold_holds_for_parts(tiny, capsys):
    arguments = ["route", tiny, "--split", "--json", "dim the lights", "--threshold", "1"]
    assert main(arguments) == 3
    assert read_rows(capsys)[0]["parts"][0]["decision"]["threshold"] == 1.0
