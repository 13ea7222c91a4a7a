"""``chat`` as a process: through a pipe, and before a terminal."""

import json
import os
import pty
import re
import select
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from edge_router.cli.main import main

TOOLS = '''
import time


def start_timer(minutes: int) -> str:
    """Starts a timer that rings after some minutes."""
    print("(the bell is wound)")
    return f"I ring in {minutes} minutes.\\nOr so.\\x1b[2J"


def wait() -> str:
    """Waits for a long time."""
    print("waiting now", flush=True)
    time.sleep(60)
    return "Waited."


LESSONS = {
    "start_timer": ["set a timer for five minutes", "start a timer"],
    "wait": ["wait a while", "please wait for me"],
}
'''


@pytest.fixture
def tools(tmp_path: Path) -> str:
    (tmp_path / "kitchen.py").write_text(TOOLS, "utf-8")
    return str(tmp_path / "kitchen.py")


def test_piped_lines_are_answered_plainly_until_they_end(run_cli, tools: str, tmp_path: Path):
    home = tmp_path / "home.jsonl"
    done = run_cli(
        *("chat", "--tools", tools, "--taught", str(home)),
        stdin=b"start a timer for six minutes\nmind the eggs\n:correct start_timer\n",
    )
    assert (done.returncode, done.stderr) == (0, b"")
    lines = done.stdout.decode().splitlines()
    assert lines[:3] == ["(the bell is wound)", "I ring in 6 minutes.", "Or so.\\x1b[2J"]
    assert lines[3].startswith("  start_timer ")
    assert lines[4] == '  minutes = 6 ("six minutes")'
    assert lines[5].startswith("  nothing was sent; with all 2 tools in a prompt about ")
    assert lines[-1] == "mind the eggs -> start_timer; decided now: start_timer"
    assert b"\x1b" not in done.stdout
    assert json.loads(home.read_text("utf-8"))["corrects"] is True
    again = run_cli(
        *("chat", "--tools", tools, "--taught", str(home)), stdin=b"mind the eggs\n10\n:quit\nhello"
    )
    assert b"What is the minutes?\n" in again.stdout
    assert b"I ring in 10 minutes." in again.stdout


def test_json_is_an_object_a_line_whatever_tools_print(run_cli, tools: str):
    lines = b"start a timer for six minutes\n:tools\n:nothing\n"
    done = run_cli("chat", "--json", "--tools", tools, stdin=lines)
    assert done.returncode == 0
    outcome, listed, problem = map(json.loads, done.stdout.splitlines())
    assert (outcome["status"], outcome["tool"]) == ("done", "start_timer")
    assert len(listed["said"]) == 2
    assert problem["kind"] == "InputError"
    assert done.stderr == b"(the bell is wound)\n"


def test_a_pipe_needs_no_package_of_the_extra(tools: str):
    code = (
        "import sys\nfor name in ('rich', 'prompt_toolkit'): sys.modules[name] = None\n"
        f"from edge_router.cli.main import main\nsys.exit(main(['chat', '--tools', {tools!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=b"start a timer for 6 minutes\n", capture_output=True
    )
    assert b"I ring in 6 minutes." in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "--tools"),
        (["--tools", "no-such.py"], "no-such.py"),
        (["--redact"], "belong to a --remote; give its URL"),
        (["--language", "xx"], "'xx'"),
        (["--model", "m"], "belong to a --remote; give its URL"),
        (["--api-key-env", "KEY"], "belong to a --remote; give its URL"),
        (["--remote", "http://127.0.0.1:9/v1"], "give its name with --model"),
        (["--remote", "http://example.org/v1", "--model", "m"], "http"),
    ],
)
def test_wrong_usage_is_one_line(tools: str, capsys, arguments: list[str], problem: str):
    given = arguments if not arguments or "--tools" in arguments else ["--tools", tools, *arguments]
    assert main(["chat", *given]) == 2
    captured = capsys.readouterr()
    assert problem in captured.err
    assert captured.err.count("\n") == 1


def test_numbers_are_read_in_the_language_named(run_cli, tools: str):
    said = b"start a timer for sechs minuten\n"
    english = run_cli("chat", "--tools", tools, stdin=said)
    german = run_cli("chat", "--tools", tools, "--language", "de", stdin=said)
    assert b"What is the minutes?" in english.stdout
    assert b"I ring in 6 minutes." in german.stdout


@pytest.fixture
def model() -> Iterator[tuple[str, list[str]]]:
    """The address of a model that repeats what it is told, and the bodies that it was sent."""
    bodies = []

    class Parrot(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            message = json.loads(bodies[-1])["messages"][-1] | {"role": "assistant"}
            answer = {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Parrot) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1", bodies
        server.shutdown()


@pytest.mark.parametrize(("options", "is_sent"), [([], True), (["--redact"], False)])
def test_redacted_personal_data_stays_here_and_returns_in_the_answer(
    run_cli, tools: str, model, options: list[str], is_sent: bool
):
    pytest.importorskip("httpx2", reason="needs the extra [llm]")
    url, bodies = model
    arguments = ["chat", "--tools", tools, "--remote", url, "--model", "parrot", *options]
    done = run_cli(*arguments, stdin=b"whose mail is ann@example.org\n")
    assert b"whose mail is ann@example.org" in done.stdout
    assert len(bodies) == 1
    assert ("ann@example.org" in bodies[0]) is is_sent


def test_the_help_says_that_the_file_is_run(capsys):
    with pytest.raises(SystemExit):
        main(["chat", "--help"])
    assert "this runs the code in that file" in " ".join(capsys.readouterr().out.split())


class Seat:
    """Someone before a terminal."""

    def __init__(self, *arguments: str, code: str = "") -> None:
        self.screen = b""
        self._ours, theirs = pty.openpty()
        command = ["-c", code] if code else ["-m", "edge_router", "chat", *arguments]
        # no answer to *where is the cursor*: a real terminal gives one, this seat does not
        env = {**os.environ, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
        env.pop("NO_COLOR", None)
        self.process = subprocess.Popen(
            [sys.executable, *command],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=env,
            preexec_fn=lambda: (os.setsid(), os.close(os.open(os.ttyname(theirs), os.O_RDWR))),
        )
        os.close(theirs)

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def wait_for(self, pattern: str, timeout_s: float = 60.0) -> str:
        """What the screen shows up to ``pattern``; what comes later is kept for the next."""
        ends = time.monotonic() + timeout_s
        while (found := re.search(pattern.encode(), self.screen, re.DOTALL)) is None:
            assert time.monotonic() < ends, f"no {pattern!r} in {self.screen!r}"
            if select.select([self._ours], [], [], 0.2)[0]:
                try:
                    self.screen += os.read(self._ours, 65_536)
                except OSError:  # the other side is closed
                    assert re.search(pattern.encode(), self.screen, re.DOTALL), self.screen
        shown, self.screen = self.screen[: found.end()], self.screen[found.end() :]
        return shown.decode()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)


@pytest.fixture
def sit() -> Iterator[Callable[..., Seat]]:
    pytest.importorskip("prompt_toolkit", reason="the extra [chat] is not installed")
    pytest.importorskip("rich", reason="the extra [chat] is not installed")
    seats: list[Seat] = []

    def sit(*arguments: str, code: str = "") -> Seat:
        seats.append(Seat(*arguments, code=code))
        return seats[-1]

    yield sit
    for seat in seats:
        seat.close()


PROMPT = r"> ?\x08"  # prompt_toolkit writes it, and goes back


def test_a_terminal_shows_answers_dims_notes_and_outlives_ctrl_c(sit, tools: str, tmp_path: Path):
    history = tmp_path / "history"
    seat = sit("--tools", tools, "--history", str(history))
    assert "2 tools; :help lists what else can be typed" in seat.wait_for(PROMPT)
    seat.type("start a timer for six minutes\r")
    assert "\x1b[2J" not in seat.wait_for(r"Or so\.")
    # what is told beside the answer is dim
    seat.wait_for(r"\x1b\[2m  start_timer \d+\.\d %, decided in \d+ us")
    seat.wait_for(PROMPT)
    seat.type("please wait for me\r")
    seat.wait_for("waiting now")
    seat.type("\x03")
    seat.wait_for(r"\(abandoned\)", timeout_s=20)
    seat.wait_for(PROMPT)
    seat.type("start a timer\r")
    seat.wait_for(r"What is the minutes\?.*\? ?\x08")
    seat.type("\x03")  # at the prompt it drops the question
    seat.wait_for(PROMPT)
    seat.type(":why\r")
    seat.wait_for(r"the threshold is \d+\.\d %")
    seat.wait_for(PROMPT)
    seat.type("\x04")
    assert seat.process.wait(20) == 0
    assert "+start a timer for six minutes\n" in history.read_text("utf-8")
    assert stat.S_IMODE(history.stat().st_mode) == 0o600


def test_a_terminal_without_the_packages_says_what_to_install(sit, tools: str):
    code = (
        "import sys\nfor name in ('rich', 'prompt_toolkit'): sys.modules[name] = None\n"
        f"from edge_router.cli.main import main\nsys.exit(main(['chat', '--tools', {tools!r}]))"
    )
    seat = sit(code=code)
    seat.wait_for(r'pip install "edge-router\[chat\]"')
    assert seat.process.wait(20) == 2


def test_lines_that_are_typed_are_kept_nowhere_unless_asked_for(sit, tools: str, tmp_path: Path):
    before = set(tmp_path.iterdir())
    seat = sit("--tools", tools)
    seat.wait_for(PROMPT)
    seat.type("start a timer for six minutes\r")
    seat.wait_for(r"Or so\.")
    seat.wait_for(PROMPT)
    seat.type("\x04")
    assert seat.process.wait(20) == 0
    assert set(tmp_path.iterdir()) == before


def test_an_interrupt_ends_a_pipe_with_130(tools: str):
    process = subprocess.Popen(
        [sys.executable, "-m", "edge_router", "chat", "--tools", tools],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b":help\n")
    process.stdin.flush()
    assert process.stdout.readline().startswith(b":why")
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=20)
    assert (process.returncode, error) == (130, b"")
