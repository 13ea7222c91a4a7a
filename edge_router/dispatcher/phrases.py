"""What a dispatcher says and understands besides the tools' own words; English, and replaceable."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from edge_router.errors import InputError
from edge_router.tools.template import say

_GAPS = {"name": "", "choices": "", "problem": "", "tool": "", "arguments": ""}
_MOST_SHOWN = 6  # nobody listens to a longer list
_PUNCTUATION = re.compile(r"[^\w' ]+")


def _set(replies: str) -> frozenset[str]:
    return frozenset(replies.split("|"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """Sentences with gaps, and sets of replies in small letters without punctuation."""

    yes: frozenset[str] = _set(
        "y|yes|yes please|yeah|yep|yup|sure|ok|okay|do it|yes do it|please do|go ahead|"
        "yes go ahead|confirm|confirmed|right|that's right|of course"
    )
    """Replies that confirm, as a whole: what says more is no plain yes."""
    no: frozenset[str] = _set(
        "n|no|nope|nah|don't|do not|not now|wait|wrong|cancel|stop|never mind|nevermind"
    )
    """Replies that refuse, as a whole or as their beginning."""
    way_out: frozenset[str] = _set(
        "never mind|nevermind|cancel|cancel that|stop|forget it|forget that|forget about it|abort|"
        "quit|leave it|no never mind"
    )
    """Replies that end any question, as a whole."""
    ask: str = "What is the {name}?"
    """For a missing argument."""
    ask_choice: str = "Which {name}: {choices}?"
    """For one with a few possible values, or words with several meanings."""
    correct: str = "The {problem}."
    """Before such a question, where the value that was given is not possible."""
    confirm: str = "{tool} ({arguments}): shall I?"
    """Before a tool that must be confirmed; ``confirm_plain`` where it has no arguments."""
    confirm_plain: str = "{tool}: shall I?"
    """See ``confirm``."""
    confirm_again: str = "Please say yes or no."
    """After a reply that is neither, with the question behind it."""
    left_out: str = "I did only that; please ask again for {choices}."
    """After what a tool said, where a remote model called others besides."""
    done: str = "Done."
    """For a tool that returns nothing."""
    cancelled: str = "All right, I will leave it."
    """After a no or a way out."""
    given_up: str = "I did not understand that. Please start again."
    """After too many replies that did not help."""
    abstained: str = "I am not sure what you mean."
    """Where no tool is clear enough."""
    abstained_between: str = "I am not sure what you mean. Is it {choices}?"
    """The same, where some tools come near."""
    nothing_said: str = "I did not hear anything."
    """For an empty text."""
    no_program: str = "Nothing here can do that ({tool})."
    """For a tool that the dispatcher was not given."""
    between: str = " or "
    """Between the last two of several choices."""
    beside: str = " and "
    """Between the last two of several things."""

    def __post_init__(self) -> None:
        """Raises InputError for a sentence with a gap that is not filled."""
        for each in fields(self):
            sentence = getattr(self, each.name)
            try:
                if isinstance(sentence, str):
                    sentence.format(**_GAPS)
            except (LookupError, ValueError, AttributeError) as error:
                raise InputError(
                    f"the phrase {each.name!r} has a gap that is not filled ({error}); use those "
                    "of the English one"
                ) from error

    def is_yes(self, reply: str) -> bool:
        """Whether a reply confirms, and says nothing else."""
        return _normalize(reply) in self.yes

    def is_no(self, reply: str) -> bool:
        """Whether a reply begins with a refusal."""
        said = _normalize(reply)
        return any(said == word or said.startswith(f"{word} ") for word in self.no)

    def is_way_out(self, reply: str) -> bool:
        """Whether a reply ends the question."""
        return _normalize(reply) in self.way_out

    def list(self, choices: list[str]) -> str:
        """``a, b or c``."""
        return _join(choices, self.between)

    def only_that(self, said: str, left_out: Sequence[str]) -> str:
        """What a tool ``said``, and that others were not run."""
        if not left_out:
            return said
        names = _join(left_out[:_MOST_SHOWN], self.beside)
        return f"{said} {self.left_out.format(choices=names)}"

    def question(self, name: str, schema: Any, problem: str | None = None) -> str:
        """What to ask for a parameter: its schema's ``x-question``, or a sentence with its name."""
        schema = schema if isinstance(schema, dict) else {}
        asked = schema.get("x-question")
        if not isinstance(asked, str):
            asked = self._ask(spell(name), schema.get("enum"))
        return asked if problem is None else f"{self.correct.format(problem=problem)} {asked}"

    def confirmation(self, tool: str, values: dict[str, Any]) -> str:
        """Whether to run a tool with these arguments."""
        if not values:
            return self.confirm_plain.format(tool=tool)
        said = ", ".join(f"{spell(name)}: {say(value)}" for name, value in values.items())
        return self.confirm.format(tool=tool, arguments=said)

    def _ask(self, name: str, choices: Any) -> str:
        shown = [str(choice) for choice in choices or () if choice is not None]
        if not 2 <= len(shown) <= _MOST_SHOWN:
            return self.ask.format(name=name)
        return self.ask_choice.format(name=name, choices=self.list(shown))


def _join(names: Sequence[str], last_joint: str) -> str:
    *first, last = names
    return f"{', '.join(first)}{last_joint}{last}" if first else last


def spell(name: str) -> str:
    """A parameter's name as words: ``start_time`` and ``startTime`` are *start time*."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ").strip().lower()


def _normalize(reply: str) -> str:
    return " ".join(_PUNCTUATION.sub(" ", reply.replace("’", "'").casefold()).split())
