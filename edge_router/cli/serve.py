"""Stand between programs and a language model: what the router is sure of is answered here."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_router import __version__
from edge_router.chat.tool_file import ToolFile, read_tool_file
from edge_router.cli.arguments import count, port, share
from edge_router.cli.exit_codes import DONE
from edge_router.cli.journal import add_recording, open_journal
from edge_router.cli.output import print_json, printable
from edge_router.cli.teaching import add_taught, load_router
from edge_router.dispatcher import Dispatcher
from edge_router.errors import InputError
from edge_router.remote import Remote
from edge_router.router import Router
from edge_router.server.proxy import service
from edge_router.server.proxy.app import App
from edge_router.server.proxy.assistant import Assistant, refuse_dispatch
from edge_router.server.proxy.chat import Chat
from edge_router.server.proxy.feedback import make_feedback
from edge_router.server.proxy.guard import Guard
from edge_router.server.proxy.judgement import Rules
from edge_router.server.proxy.live import Live
from edge_router.server.proxy.metrics import Metrics
from edge_router.server.proxy.posts import Post, make_route
from edge_router.server.proxy.upstream import READ_S, Upstream
from edge_router.server.proxy.views import make_views

if TYPE_CHECKING:  # SQLite is loaded for those alone who want it
    from edge_router.journal import Journal
    from edge_router.server.proxy.recorder import Recorder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument(
        "bundle", nargs="?", help="a .router file (default: the router in the package)"
    )
    add_taught(parser)
    parser.add_argument(
        "--upstream",
        metavar="URL",
        help="the API of a language model, such as http://127.0.0.1:8000/v1: it gets what is not "
        "answered here",
    )
    parser.add_argument(
        "--upstream-key-env",
        metavar="VAR",
        help="the environment variable that holds its key (default: the client's own key goes on)",
    )
    parser.add_argument(
        "--allow-plain-http",
        action="store_true",
        help="texts and key may go to another machine unencrypted",
    )
    parser.add_argument(
        "--upstream-timeout",
        type=count,
        default=int(READ_S),
        metavar="SECONDS",
        help=f"so long it may be silent ({READ_S:.0f})",
    )
    parser.add_argument(
        "--cut-tools",
        action="store_true",
        help="requests go upstream with the router's shortlist of their tools",
    )
    parser.add_argument(
        "--threshold",
        type=share,
        metavar="SHARE",
        help="the confidence to answer from (the router's own)",
    )
    parser.add_argument(
        "--free-words",
        action="store_true",
        help="take other words of a text as arguments, too; without it, arguments from here are "
        "numbers, times, listed choices and quotes, and the rest goes upstream",
    )
    _add_access(parser)
    add_recording(parser)
    _add_own_tools(parser)


def run(options: argparse.Namespace) -> int:
    """Serves until it is told to stop."""
    if not options.host:
        raise InputError("--host is empty; give an address, such as 127.0.0.1")
    guard, upstream = Guard(_read_token(options.token_env)), _make_upstream(options)
    own_tools = None if options.tools is None else read_tool_file(options.tools)
    router = load_router(options.bundle, options)
    router.split("warm up")  # the first run of a session allocates; it is nobody's answer
    own_router = router if own_tools is None else own_tools.teach(router)
    with open_journal(options) as journal, _make_remote(options) as remote:
        parts = _Parts(router, own_router, own_tools, upstream, remote, journal)
        app = _make_app(options, guard, parts)
        with service.listen(options.host, options.port, has_token=guard.has_token) as listener:
            _announce(options, listener.getsockname(), len(own_router.tools))
            service.run(app, listener, upstream)
    return DONE


@dataclass(frozen=True, slots=True)
class _Parts:
    """What answers."""

    router: Router
    """Decides on chat requests, whose tools are their own."""
    own_router: Router
    """Knows the tools that are run here, too."""
    own_tools: ToolFile | None
    """What ``/dispatch`` runs."""
    upstream: Upstream | None
    """Gets what the router is not sure of."""
    remote: Remote | None
    """What ``/dispatch`` asks where no tool is clear."""
    journal: Journal | None
    """What all of it is recorded in."""


def _make_app(options: argparse.Namespace, guard: Guard, parts: _Parts) -> App:
    live, metrics = Live(shows_texts=options.show_texts), Metrics()
    recorder = _make_recorder(parts)
    views = make_views(
        parts.own_router,
        live=live,
        metrics=metrics,
        version=__version__,
        has_upstream=parts.upstream is not None,
    )
    chat = Chat(
        parts.router,
        parts.upstream,
        rules=Rules(threshold=options.threshold, takes_free_words=options.free_words),
        is_cutting=options.cut_tools,
        watches=[live.watch, metrics.watch],
        recorder=recorder,
        warn=_warn,
    )
    posts = {
        "/route": make_route(parts.own_router, recorder),
        "/dispatch": _make_dispatch(parts),
        "/feedback": make_feedback(parts.journal),
    }
    return App(
        chat=chat, guard=guard, upstream=parts.upstream, views=views, posts=posts, warn=_warn
    )


def _make_recorder(parts: _Parts) -> Recorder | None:
    if parts.journal is None:
        return None
    from edge_router.server.proxy.recorder import Recorder

    return Recorder(parts.journal, parts.router)


def _make_dispatch(parts: _Parts) -> Post:
    if parts.own_tools is None:
        return refuse_dispatch
    dispatcher = Dispatcher(
        parts.own_router,
        tools=parts.own_tools.tools,
        remote=parts.remote,
        journal=parts.journal,
    )
    return Assistant(dispatcher).answer


def _make_upstream(options: argparse.Namespace) -> Upstream | None:
    if options.upstream:
        return Upstream(
            options.upstream,
            key_variable=options.upstream_key_env,
            allow_plain_http=options.allow_plain_http,
            read_s=options.upstream_timeout,
        )
    if options.upstream_key_env:
        raise InputError("--upstream-key-env is the key of --upstream; give both")
    return None


def _make_remote(options: argparse.Namespace) -> AbstractContextManager[Remote | None]:
    """The upstream's model for ``/dispatch``, where that was asked for."""
    if options.model is None:
        return nullcontext()
    if not (options.upstream and options.tools):
        raise InputError("--model is asked at --upstream, about --tools; give both, too")
    return Remote(
        base_url=options.upstream,
        model=options.model,
        api_key_env=options.upstream_key_env,
        allow_plain_http=options.allow_plain_http,
    )


def _announce(options: argparse.Namespace, address: Any, n_tools: int) -> None:
    """Says where it listens, once it does."""
    host, number = address[:2]
    if options.json:
        print_json({"host": host, "port": number, "tools": n_tools})
    else:
        shown = f"[{host}]" if ":" in host else host
        print(f"http://{shown}:{number}/v1", flush=True)


def _add_own_tools(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--tools",
        type=Path,
        metavar="FILE",
        help="a Python file whose functions are tools: POST /dispatch runs them; this runs the "
        "code in that file",
    )
    parser.add_argument(
        "--model",
        metavar="NAME",
        help="the model of --upstream that is asked where no tool of --tools is clear, and for the "
        "words of those that say so (default: nothing that is dispatched is sent)",
    )


def _add_access(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (127.0.0.1)")
    parser.add_argument("--port", type=port, default=8080, help="(8080)")
    parser.add_argument(
        "--token-env",
        metavar="VAR",
        help="the environment variable that holds the token which clients send as their API key; "
        "needed for a --host that others reach",
    )
    parser.add_argument(
        "--show-texts",
        action="store_true",
        help="the page at / shows texts and arguments, too; they are in memory only",
    )


def _read_token(variable: str | None) -> str | None:
    if variable is None:
        return None
    token = os.environ.get(variable, "").strip()
    if not token:
        raise InputError(f"the environment variable {variable} holds no token; set it")
    return token


def _warn(said: str) -> None:
    print(f"edge-router: {printable(said)}", file=sys.stderr, flush=True)
