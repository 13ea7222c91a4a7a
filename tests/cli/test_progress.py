"""How far a training is: lines in a log, one bar in a terminal."""

import io
import re
import sys

import pytest

from edge_router.cli.progress import make_progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch):
    seconds = [100.0]
    monkeypatch.setattr("edge_router.cli.progress.time.perf_counter", lambda: seconds[0])
    return seconds


@pytest.fixture
def open_terminal(monkeypatch):
    def open_it() -> Terminal:  # in the test itself: pytest sets stderr anew before it
        shown = Terminal()
        monkeypatch.setattr(sys, "stderr", shown)
        return shown

    return open_it


def test_a_log_has_one_line_for_each_step_that_has_ended(clock, capsys):
    progress = make_progress(is_shown=True)
    for step in ("teacher learns", "fold 1 of 2: student learns", "fold 2 of 2: student learns"):
        for done in range(1, 4):
            clock[0] += 2
            progress(step, done, 3)
    assert capsys.readouterr().err.splitlines() == [
        "teacher learns: 3 in 4 s",
        "fold 1 of 2: student learns: 3 in 4 s",
        "fold 2 of 2: student learns: 3 in 4 s",
    ]


def test_a_line_says_how_long_the_step_took_and_its_last_detail(clock, capsys):
    progress = make_progress(is_shown=True)
    progress("student learns (loss 2.000)", 1, 3)
    clock[0] += 10
    progress("student learns (loss 1.000)", 2, 3)
    assert capsys.readouterr().err == ""
    clock[0] += 10
    progress("student learns (loss 0.500)", 3, 3)
    assert capsys.readouterr() == ("", "student learns: 3 (loss 0.500) in 20 s\n")


def test_a_step_that_stopped_early_says_where(clock, capsys):
    progress = make_progress(is_shown=True)
    progress("teacher learns", 40, 90)
    progress("student learns", 1, 1)
    assert capsys.readouterr().err == "teacher learns: 40 done in 0 s\nstudent learns: 1 in 0 s\n"


def test_a_step_of_nothing_and_a_step_twice_are_steps(clock, capsys):
    progress = make_progress(is_shown=True)
    progress("reads", 0, 0)
    progress("reads", 1, 1)
    assert capsys.readouterr().err == "reads: 0 in 0 s\nreads: 1 in 0 s\n"


def test_a_name_obeys_no_terminal(clock, capsys):
    make_progress(is_shown=True)("reads \x1b[31m\u202e", 1, 1)
    assert capsys.readouterr().err == "reads \\x1b[31m\\u202e: 1 in 0 s\n"


def read_screen(terminal: Terminal) -> list[str]:
    """What is left to see: a carriage return begins the line anew."""
    lines = terminal.getvalue().split("\n")
    return [re.sub(r".*\r", "", line).rstrip() for line in lines]


def test_a_step_that_is_over_at_once_draws_no_bar(open_terminal, clock):
    terminal = open_terminal()
    progress = make_progress(is_shown=True)
    for done in (1, 2, 3):
        progress("student learns", done, 3)
    assert terminal.getvalue().replace("\r", "").strip() == "student learns: 3 in 0 s"


def test_a_terminal_shows_one_bar_at_a_time_that_leaves_one_line(
    open_terminal, every_update, clock
):
    terminal = open_terminal()
    progress = make_progress(is_shown=True)
    for step in ("fold 1 of 2: student learns", "fold 2 of 2: student learns"):
        for done in (1, 2, 3):
            progress(f"{step} (loss 0.5)", done, 3)
    assert "fold 2 of 2: student learns:  67%|" in terminal.getvalue()
    assert read_screen(terminal) == [
        "fold 1 of 2: student learns: 3 (loss 0.5) in 0 s",
        "fold 2 of 2: student learns: 3 (loss 0.5) in 0 s",
        "",
    ]
    assert "\x1b[A" not in terminal.getvalue()  # a bar below another would move the cursor up


def test_a_bar_names_its_step_and_shows_what_is_left(open_terminal, every_update):
    terminal = open_terminal()
    progress = make_progress(is_shown=True)
    progress("teacher learns", 50, 100)
    progress("teacher learns", 51, 100)
    text = terminal.getvalue()
    assert "teacher learns:  49%|" in text  # a training that goes on does not begin at 0
    assert "51/100" in text
    progress("student learns (loss 0.250)", 1, 2)
    assert "loss 0.250" in terminal.getvalue()
    progress("student learns (loss 0.125)", 2, 2)
    assert read_screen(terminal)[0].startswith("teacher learns: 51 done in ")


@pytest.fixture
def every_update(monkeypatch):
    """Bars are drawn at every update."""
    import tqdm

    monkeypatch.setattr(tqdm.tqdm, "__init__", _without_delays(tqdm.tqdm.__init__))


def _without_delays(init):
    def start(self, *arguments, **settings):
        init(self, *arguments, **{**settings, "delay": 0, "mininterval": 0, "ncols": 100})

    return start


def test_a_training_that_prints_json_shows_no_progress(capsys):
    make_progress(is_shown=False)("student learns", 1, 1)
    assert capsys.readouterr() == ("", "")
