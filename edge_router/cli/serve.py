"""Stand between programs and a language model: what the router is sure of is answered here."""

from __future__ import annotations

import argparse
import os
import sys

from edge_router import __version__
from edge_router.cli.arguments import count, port, share
from edge_router.cli.exit_codes import DONE
from edge_router.cli.output import print_json, printable
from edge_router.cli.teaching import add_taught, load_router
from edge_router.errors import InputError
from edge_router.router import Router
from edge_router.server.proxy import service
from edge_router.server.proxy.app import App
from edge_router.server.proxy.chat import Chat
from edge_router.server.proxy.guard import Guard
from edge_router.server.proxy.judgement import Rules
from edge_router.server.proxy.live import Live
from edge_router.server.proxy.metrics import Metrics
from edge_router.server.proxy.upstream import READ_S, Upstream
from edge_router.server.proxy.views import make_views


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


def run(options: argparse.Namespace) -> int:
    """Serves until it is told to stop."""
    if not options.host:
        raise InputError("--host is empty; give an address, such as 127.0.0.1")
    guard, upstream = Guard(_read_token(options.token_env)), _make_upstream(options)
    router = load_router(options.bundle, options)
    router.split("warm up")  # the first run of a session allocates; it is nobody's answer
    app = _make_app(options, router, guard, upstream)
    with service.listen(options.host, options.port, has_token=guard.has_token) as listener:
        host, number = listener.getsockname()[:2]
        if options.json:
            print_json({"host": host, "port": number, "tools": len(router.tools)})
        else:
            shown = f"[{host}]" if ":" in host else host
            print(f"http://{shown}:{number}/v1", flush=True)
        service.run(app, listener, upstream)
    return DONE


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


def _make_app(
    options: argparse.Namespace, router: Router, guard: Guard, upstream: Upstream | None
) -> App:
    live, metrics = Live(shows_texts=options.show_texts), Metrics()
    views = make_views(
        router,
        live=live,
        metrics=metrics,
        version=__version__,
        has_upstream=upstream is not None,
    )
    chat = Chat(
        router,
        upstream,
        rules=Rules(threshold=options.threshold, takes_free_words=options.free_words),
        is_cutting=options.cut_tools,
        watches=[live.watch, metrics.watch],
        warn=_warn,
    )
    return App(router, chat=chat, guard=guard, upstream=upstream, views=views, warn=_warn)


def _read_token(variable: str | None) -> str | None:
    if variable is None:
        return None
    token = os.environ.get(variable, "").strip()
    if not token:
        raise InputError(f"the environment variable {variable} holds no token; set it")
    return token


def _warn(said: str) -> None:
    print(f"edge-router: {printable(said)}", file=sys.stderr, flush=True)
