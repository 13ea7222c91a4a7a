"""The thread behind a remote: it starts late, ends early, and holds nothing up."""

import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator

import pytest
from fake_server import say

from edge_router.remote import Remote

pytest.importorskip("httpx2", reason="the extra [llm] is not installed")


def run_python(code: str) -> str:
    """Standard output of a fresh interpreter; fails on any warning or noise."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_making_a_remote_starts_nothing_and_loads_nothing():
    code = """
        import sys, threading
        from edge_router.remote import Remote
        Remote(base_url="https://example.org/v1", model="m", api_key_env="NOT_SET")
        print(threading.active_count(), "httpx2" in sys.modules)
        """
    assert run_python(code) == "1 False\n"


def test_without_the_extra_it_says_what_to_install():
    code = """
        import sys
        sys.modules["httpx2"] = None
        from edge_router.errors import MissingExtraError
        from edge_router.remote import Remote
        try:
            Remote(base_url="http://127.0.0.1:1/v1", model="m").final_words("q", "t", 1)
        except MissingExtraError as error:
            print(error)
        """
    assert 'pip install "edge-router[llm]"' in run_python(code)


def test_a_look_up_that_hangs_holds_up_neither_the_request_nor_the_end_of_the_program():
    code = """
        import socket, time
        from edge_router.errors import RemoteUnreachableError
        from edge_router.remote import Remote
        socket.getaddrinfo = lambda *a, **k: time.sleep(35)
        started = time.monotonic()
        remote = Remote(base_url="https://llm.invalid/v1", model="m", timeout_s=0.5)
        try:
            remote.final_words("q", "t", 1)
        except RemoteUnreachableError:
            print(time.monotonic() - started < 5)
        """
    started = time.monotonic()
    assert run_python(code) == "True\n"
    assert time.monotonic() - started < 20


def test_a_name_that_cannot_be_found_is_unreachable():
    code = """
        import socket
        from edge_router.errors import RemoteUnreachableError
        from edge_router.remote import Remote
        def fail(*a, **k): raise socket.gaierror(-3, "Temporary failure in name resolution")
        socket.getaddrinfo = fail
        try:
            Remote(base_url="https://llm.invalid/v1", model="m").final_words("q", "t", 1)
        except RemoteUnreachableError as error:
            print("cannot be reached" in str(error))
        """
    assert run_python(code) == "True\n"


def test_a_remote_that_was_never_closed_leaves_no_noise(server):
    server.play(say("It is on."))
    code = f"""
        from edge_router.remote import Remote
        remotes = [Remote(base_url={server.url!r}, model="m") for _ in range(3)]
        print([remote.final_words("q", "t", 1).text for remote in remotes])
        del remotes[0]
        """
    assert run_python(code) == "['It is on.', 'It is on.', 'It is on.']\n"


def test_a_remote_that_is_forgotten_ends_its_thread(server):
    server.play(say("It is on."))
    code = f"""
        import gc, threading
        from edge_router.remote import Remote
        Remote(base_url={server.url!r}, model="m").final_words("q", "t", 1)
        gc.collect()
        print(threading.active_count())
        """
    assert run_python(code) == "1\n"


KEEPING_SERVER = """
import json, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Keeping(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        said = {"choices": [{"message": {"content": str(self.client_address[1])}}]}
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Keeping)
server.daemon_threads = True
print(server.server_port, flush=True)
server.serve_forever()
"""


@pytest.fixture
def keeping_url() -> Iterator[str]:
    """A server that keeps its connections and says from which port of ours each request came."""
    process = subprocess.Popen([sys.executable, "-c", KEEPING_SERVER], stdout=subprocess.PIPE)
    assert process.stdout is not None
    yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
    process.kill()
    process.stdout.close()
    process.wait(20)


def test_a_connection_is_used_again(keeping_url):
    with Remote(base_url=keeping_url, model="m") as remote:
        assert len({remote.final_words("q", "t", 1).text for _ in range(5)}) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_connects_anew_with_the_remote_of_its_parent(keeping_url):
    code = f"""
        import os, warnings
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of forks in general
        from edge_router.remote import Remote
        with Remote(base_url={keeping_url!r}, model="m") as remote:
            port = remote.final_words("q", "t", 1).text
            child = os.fork()
            if not child:
                other = remote.final_words("q", "t", 1).text
                os._exit(0 if other.isdigit() and other != port else 1)
            print(os.waitpid(child, 0)[1], remote.final_words("q", "t", 1).text == port)
        """
    assert run_python(code) == "0 True\n"


def test_a_keyboard_interrupt_ends_the_request(server):
    server.play(lambda connection: time.sleep(9))
    code = f"""
        import os, signal, threading, time
        from edge_router.remote import Remote
        signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in background jobs
        with Remote(base_url={server.url!r}, model="m") as remote:
            threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
            started = time.monotonic()
            try:
                remote.final_words("q", "t", 1)
            except KeyboardInterrupt:
                while not remote.spent().usage.tokens_in:  # counted when the request has ended
                    time.sleep(0.01)
                print(time.monotonic() - started < 6)
        """
    assert run_python(code) == "True\n"
