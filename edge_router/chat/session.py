"""From a screen's lines to what it shows, until the last."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from typing import Protocol

from edge_router.chat.commands import COMMANDS, MARK, QUIT, split_command
from edge_router.chat.conversation import Conversation
from edge_router.chat.report import describe_turn
from edge_router.dispatcher import Outcome
from edge_router.errors import EdgeRouterError, MissingExtraError


class Screen(Protocol):
    """Where lines come from and go to; it makes what strangers wrote harmless."""

    is_interactive: bool
    """Whether someone sits before it: Ctrl-C clears the line instead of ending the program."""

    def read(self, *, is_reply: bool) -> str | None:
        """The next line, which is a reply where a question was asked; ``None`` after the last."""

    def say(self, words: str) -> None:
        """Some words of an answer, as they come."""

    def end_turn(self, outcome: Outcome, notes: Iterable[str]) -> None:
        """The answer is complete; what is told about it beside."""

    def show(self, lines: Iterable[str]) -> None:
        """What a command says."""

    def complain(self, error: EdgeRouterError) -> None:
        """What cannot be done, and what to do."""


def converse(conversation: Conversation, screen: Screen) -> None:
    """Answers line by line until there is none, or ``:quit``."""
    while True:
        try:
            line = screen.read(is_reply=conversation.is_asking)
        except KeyboardInterrupt:
            if not screen.is_interactive:
                raise
            conversation.drop_question()
            continue
        if line is None:
            return
        if line.strip() and not _take(line.strip(), conversation, screen):
            return


def _take(line: str, conversation: Conversation, screen: Screen) -> bool:
    """Whether to go on after a line."""
    try:
        if not line.startswith(MARK):
            _answer(line, conversation, screen)
            return True
        name, words = split_command(line)
        if name == QUIT:
            return False
        screen.show(COMMANDS[name].run(conversation, words))
    except KeyboardInterrupt:
        if not screen.is_interactive:
            raise
        screen.show(["", "(abandoned)"])  # below what the turn has said
    except MissingExtraError:
        raise  # only the one who installs can help
    except EdgeRouterError as error:
        screen.complain(error)
    return True


def _answer(text: str, conversation: Conversation, screen: Screen) -> None:
    with closing(conversation.hear(text)) as words:
        for word in words:
            screen.say(word)
    outcome = conversation.outcome
    assert outcome is not None
    screen.end_turn(outcome, describe_turn(outcome, conversation.tools))
