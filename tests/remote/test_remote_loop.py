"""The thread behind a remote: it starts late, ends early, and holds nothing up."""

import os
import subprocess
import sys
import textwrap
import time

import pytest
from fake_server import say

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
            print(time.monotonic() - started < 2)
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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_may_use_the_remote_of_its_parent(server):
    server.play(say("It is on."))
    code = f"""
        import os, warnings
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of forks in general
        from edge_router.remote import Remote
        with Remote(base_url={server.url!r}, model="m") as remote:
            remote.final_words("q", "t", 1)
            child = os.fork()
            text = remote.final_words("q", "t", 1).text
            if not child:
                os._exit(0 if text == "It is on." else 1)
            print(os.waitpid(child, 0)[1], text)
        """
    assert run_python(code) == "0 It is on.\n"


def test_a_keyboard_interrupt_ends_the_request(server):
    server.play(lambda connection: time.sleep(5))
    code = f"""
        import os, signal, threading, time
        from edge_router.remote import Remote
        with Remote(base_url={server.url!r}, model="m") as remote:
            threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
            started = time.monotonic()
            try:
                remote.final_words("q", "t", 1)
            except KeyboardInterrupt:
                print(time.monotonic() - started < 3)
        """
    assert run_python(code) == "True\n"
