"""A proxy that is killed again and again while it is asked: what a client that tries again gets."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Sequence
from typing import Any

from bench.http_load import Connection, ServedProxy, make_post
from bench.stamp import note

_CLIENTS = 4
_GIVEN_UP_S = 60.0
"""A request without an answer for so long is lost."""


def kill_often(
    upstream: str, requests: Sequence[tuple[dict[str, Any], Any]], *, kills: int, seed: int
) -> dict[str, Any]:
    """What becomes of ``requests``, each with the call that answers it (``None``: it goes
    upstream), while the proxy is killed with SIGKILL ``kills`` times, and started anew.
    """
    draw, first = random.Random(seed), ServedProxy(upstream)
    clients = _Clients(first.port, requests)
    clients.start()
    proxy = first
    for _ in range(kills):
        time.sleep(draw.uniform(0.05, 0.5))
        proxy.kill()
        proxy = ServedProxy(upstream, port=first.port)
    time.sleep(0.5)
    clients.stop()
    proxy.kill()
    found = {"kills": kills, "requests": clients.answered, "tried_again": clients.tried_again}
    found |= {"wrong": clients.wrong, "lost": clients.lost}
    note(f"proxy: {json.dumps(found)}")
    return found


class _Clients:
    """They ask without a pause, and ask again where a connection breaks."""

    def __init__(self, port: int, requests: Sequence[tuple[dict[str, Any], Any]]) -> None:
        self._port = port
        self._requests = [(make_post(port, request), call) for request, call in requests]
        self._is_over = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._ask_all, args=(n,)) for n in range(_CLIENTS)]
        self.answered = self.tried_again = self.wrong = self.lost = 0

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def _ask_all(self, number: int) -> None:
        kept: list[Connection] = []
        while not self._is_over.is_set():
            post, call = self._requests[number % len(self._requests)]
            number += _CLIENTS
            began_s = time.monotonic()
            body = self._try(kept, post)
            while body is None and time.monotonic() - began_s < _GIVEN_UP_S:
                self._count("tried_again")
                time.sleep(0.02)
                body = self._try(kept, post)
            self._count("lost" if body is None else "answered")
            if body is not None and read_call(body) != call:
                self._count("wrong")
        for connection in kept:
            connection.close()

    def _try(self, kept: list[Connection], post: bytes) -> bytes | None:
        """The answer's body over the connection that is ``kept``, or a new one; ``None`` where it
        broke.
        """
        try:
            if not kept:
                kept.append(Connection(self._port))
            return kept[0].ask(post)[1]
        except OSError:
            while kept:
                kept.pop().close()
            return None

    def _count(self, what: str) -> None:
        with self._lock:
            setattr(self, what, getattr(self, what) + 1)


def read_call(body: bytes) -> Any:
    """The tool and the arguments that an answer calls; ``None`` for words; the answer itself where
    it is neither.
    """
    try:
        message = json.loads(body)["choices"][0]["message"]
        if message["content"] == "hello":
            return None
        function = message["tool_calls"][0]["function"]
        return function["name"], json.loads(function["arguments"])
    except (ValueError, LookupError, TypeError):
        return body
