"""Every figure of ``bench``, on a clock and a router that do as they are told."""

import json
from types import SimpleNamespace

import pytest

from edge_router.cli import bench
from edge_router.cli.main import main


class ScriptedRouter:
    """Needs a microsecond more with each route that counts, after a warm-up of a second each."""

    def __init__(self) -> None:
        self.now_ns = 0
        self.routed: list[str] = []
        goldens = [SimpleNamespace(text="one"), SimpleNamespace(text="two")]
        manifest = SimpleNamespace(max_chars=10)
        self.bundle = SimpleNamespace(goldens=goldens, manifest=manifest)

    def route(self, text: str) -> None:
        self.routed.append(text)
        count = len(self.routed) - bench._WARM_UP
        self.now_ns += 1_000_000_000 if count <= 0 else 1000 * count

    def load(self, _: str) -> "ScriptedRouter":
        self.now_ns += 7_500_000
        return self

    def perf_counter_ns(self) -> int:
        return self.now_ns


@pytest.fixture
def router(monkeypatch):
    made = ScriptedRouter()
    monkeypatch.setattr(bench, "Router", made)
    monkeypatch.setattr(bench, "time", made)
    return made


def test_percentiles_are_interpolated_between_routes(router, capsys):
    assert main(["bench", "B", "--routes", "1000", "--json"]) == 0
    # 1, 2, ..., 1000 us: the share q of the way from first to last is 1 + 999 q
    assert json.loads(capsys.readouterr().out) == {
        "routes": 1000,
        "texts": 2,
        "load_ms": 7.5,
        "p50_us": 500.5,
        "p99_us": pytest.approx(990.01),
        "p99_9_us": pytest.approx(999.001),
    }


def test_one_route_is_its_own_percentile(router, capsys):
    assert main(["bench", "B", "a text", "--routes", "1"]) == 0
    assert capsys.readouterr().out == (
        "1 routes over 1 texts: p50 1.0 us, p99 1.0 us, p99.9 1.0 us; load 8 ms\n"
    )


def test_the_texts_are_routed_in_turn_after_a_warm_up(router, capsys):
    assert main(["bench", "B", "--routes", "3"]) == 0
    assert len(router.routed) == bench._WARM_UP + 3
    assert router.routed[-3:] == ["one", "two", "one"]


def test_arguments_take_the_place_of_the_goldens(router, capsys):
    assert main(["bench", "B", "--routes", "5", "a", "b", "c"]) == 0
    assert router.routed[-5:] == ["a", "b", "c", "a", "b"]
    assert capsys.readouterr().out.startswith("5 routes over 3 texts")


def test_no_texts_are_an_error(router, capsys):
    router.bundle.goldens.clear()
    assert main(["bench", "B"]) == 2
    assert "nothing to time; give texts, or - and lines on stdin" in capsys.readouterr().err


def test_stdin_is_read_as_far_as_there_are_routes(run_cli, tiny, tmp_path):
    done = run_cli("bench", tiny, "-", "--routes", "3", "--json", stdin=b"dim\nmake coffee\n")
    row = json.loads(done.stdout)
    assert (done.returncode, row["texts"], row["routes"]) == (0, 2, 3)
    done = run_cli("bench", tiny, "-", "--routes", "3", "--json", stdin=b"dim\n" * 100_000)
    assert json.loads(done.stdout)["texts"] == 3


def test_a_stdin_without_a_line_is_not_the_goldens(run_cli, tiny):
    done = run_cli("bench", tiny, "-", stdin=b"")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"nothing to time" in done.stderr
