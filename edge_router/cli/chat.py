"""Talk with an assistant: what was decided, found, sent and saved stands below each answer.

A terminal needs the extra ``chat``; lines from a pipe need nothing.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from edge_router.chat.commands import COMMANDS, MARK, NONE
from edge_router.chat.conversation import Conversation
from edge_router.chat.session import Screen, converse
from edge_router.chat.tool_file import read_tool_file
from edge_router.cli.exit_codes import DONE
from edge_router.cli.journal import add_exploring, add_recording, explore, open_journal
from edge_router.cli.screens import JsonScreen, PlainScreen
from edge_router.cli.teaching import add_taught, load_bundle
from edge_router.cli.terminal import Terminal
from edge_router.cli.texts import STDIN, read_texts
from edge_router.errors import InputError
from edge_router.remote import Redactor, Remote

if TYPE_CHECKING:
    from edge_router.journal import Journal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument(
        "bundle",
        nargs="?",
        help="a .router file (default: the router in the package); tools that it does not know "
        "are taught by their docstrings",
    )
    parser.add_argument(
        "--tools",
        type=Path,
        required=True,
        metavar="FILE",
        help="a Python file: its list TOOLS, or else its public functions, are the tools, and its "
        "LESSONS texts for them; this runs the code in that file",
    )
    add_taught(parser)
    parser.add_argument(
        "--remote",
        metavar="URL",
        help="a language model's API that speaks OpenAI's chat completions: it is asked where no "
        "tool is clear, and for the words of tools that say so (default: nothing is sent)",
    )
    parser.add_argument("--model", metavar="NAME", help="the model's name, as --remote knows it")
    parser.add_argument(
        "--api-key-env", metavar="VAR", help="the environment variable that holds the key"
    )
    add_recording(parser)
    add_exploring(parser)
    parser.add_argument(
        "--redact",
        action="store_true",
        help="take mail addresses, telephone numbers, cards, IBANs and the like out of what "
        "--remote is sent, and put them back into its answers",
    )
    parser.add_argument("--language", default="en", help="of numbers and times in texts (en)")
    parser.add_argument(
        "--history",
        type=Path,
        metavar="FILE",
        help="keep the lines that you type, for the next time (default: they are kept nowhere)",
    )


def run(options: argparse.Namespace) -> int:
    """Talks until the input ends."""
    with ExitStack() as stack:
        out = sys.stdout
        if options.json:  # what tools print is no JSON
            stack.enter_context(redirect_stdout(sys.stderr))
        remote = _make_remote(options)
        if remote is not None:
            stack.enter_context(remote)
        conversation = _begin(options, remote, stack.enter_context(open_journal(options)))
        screen = _make_screen(conversation, options, out)
        if screen.is_interactive:
            screen.show([f"{len(conversation.tools)} tools; :help lists what else can be typed"])
        converse(conversation, screen)
    return DONE


def _begin(
    options: argparse.Namespace, remote: Remote | None, journal: Journal | None
) -> Conversation:
    tool_file = read_tool_file(options.tools)
    router = tool_file.teach(load_bundle(options.bundle))
    if options.taught is not None and options.taught.exists():  # the first correction makes it
        router = router.load_taught(options.taught, vectors=options.vectors)
    router.route("warm up")  # the first run of a session allocates; it is nobody's answer
    return Conversation(
        explore(router, options, journal),
        tools=tool_file.tools,
        remote=remote,
        taught_file=options.taught,
        language=options.language,
        journal=journal,
    )


def _make_remote(options: argparse.Namespace) -> Remote | None:
    if options.remote is None:
        if options.model or options.api_key_env or options.redact:
            raise InputError(
                "--model, --api-key-env and --redact belong to a --remote; give its URL"
            )
        return None
    if options.model is None:
        raise InputError("which model of the --remote? give its name with --model")
    return Remote(
        base_url=options.remote,
        model=options.model,
        api_key_env=options.api_key_env,
        redactor=Redactor() if options.redact else None,
    )


def _make_screen(conversation: Conversation, options: argparse.Namespace, out: TextIO) -> Screen:
    is_terminal = sys.stdin is not None and sys.stdin.isatty() and out.isatty()
    if is_terminal and not options.json:
        return Terminal(history=options.history, list_words=lambda: _list_words(conversation))
    lines = read_texts([STDIN], max_chars=conversation.router.bundle.manifest.max_chars)
    return JsonScreen(lines, out) if options.json else PlainScreen(lines)


def _list_words(conversation: Conversation) -> list[str]:
    """What Tab completes."""
    names = sorted({tool.name for tool in conversation.tools})
    corrections = [f"{MARK}correct {name}" for name in [*names, NONE]]
    return [*(f"{MARK}{name}" for name in COMMANDS), *corrections]
