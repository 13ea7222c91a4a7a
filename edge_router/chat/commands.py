"""What can be said to the conversation itself, with a colon before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

from edge_router.chat.conversation import Conversation
from edge_router.chat.report import explain
from edge_router.errors import InputError

MARK = ":"
QUIT = "quit"
NONE = "none"
"""In the place of a tool's name: no tool."""


@dataclass(frozen=True, slots=True)
class Command:
    """One of them."""

    summary: str
    """What it does, for ``:help``."""
    run: Callable[[Conversation, str], list[str]]
    """Does it, with the words after its name; the lines to show."""
    argument: str = ""
    """What is to be written after its name."""


def split_command(line: str) -> tuple[str, str]:
    """The name and the words after it; raises InputError for an unknown name, and where words are
    missing or too many.
    """
    name, _, words = line.removeprefix(MARK).strip().partition(" ")
    words = words.strip()
    command = COMMANDS.get(name)
    if command is None:
        near = [f"did you mean :{found}? " for found in get_close_matches(name, COMMANDS, n=1)]
        raise InputError(f"there is no command :{name}; {''.join(near)}:help lists them")
    if bool(command.argument) != bool(words):
        raise InputError(f"write :{name}{command.argument and ' ' + command.argument}")
    return name, words


def _why(conversation: Conversation, _: str) -> list[str]:
    decision = conversation.decide()
    assert conversation.text is not None
    return explain(conversation.text, decision, conversation.outcome)


def _correct(conversation: Conversation, tool: str) -> list[str]:
    made = conversation.correct(None if tool == NONE else tool)
    decision = conversation.router.route(made.text)
    now = decision.tool or "no tool"
    return [f"{made.text} -> {made.tool or 'no tool'}; decided now: {now}"]


def _undo(conversation: Conversation, _: str) -> list[str]:
    taken = conversation.undo()
    return [f"taken back: {taken.text} -> {taken.tool or 'no tool'}"]


def _tools(conversation: Conversation, _: str) -> list[str]:
    return [
        f"{tool.name:<24} {(tool.description.splitlines() or [''])[0]}".rstrip()
        for tool in sorted(conversation.tools, key=lambda tool: tool.name)
    ]


def _help(_conversation: Conversation, _: str) -> list[str]:
    return [
        f"{f'{MARK}{name} {command.argument}':<24} {command.summary}"
        for name, command in COMMANDS.items()
    ]


COMMANDS = {
    "why": Command("why the last text was decided as it was, and what was sent", _why),
    "correct": Command(
        f"the last text belongs to TOOL; to no tool where that is {NONE}", _correct, "TOOL"
    ),
    "undo": Command("take the last correction back", _undo),
    "tools": Command("what can be done", _tools),
    "help": Command("this list", _help),
    QUIT: Command("end; so does Ctrl-D", lambda _conversation, _words: []),
}
"""The commands by their names."""
