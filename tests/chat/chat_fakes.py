"""A screen that keeps what it is shown, and a model that answers as it is told."""

from collections.abc import Iterable
from typing import Any

from edge_router import Outcome
from edge_router.remote import Answer, Choice


class FakeScreen:
    """Plays lines, exceptions among them; ``told`` has what was shown, in pairs."""

    def __init__(self, lines: Iterable[str | BaseException], *, is_interactive: bool) -> None:
        self.is_interactive = is_interactive
        self.lines = iter(lines)
        self.told: list[tuple[str, Any]] = []
        self.prompts: list[bool] = []

    def read(self, *, is_reply: bool) -> str | None:
        self.prompts.append(is_reply)
        line = next(self.lines, None)
        if isinstance(line, BaseException):
            raise line
        return line

    def say(self, words: str) -> None:
        self.told.append(("answer", words))

    def end_turn(self, outcome: Outcome, notes: Iterable[str]) -> None:
        self.told.append(("notes", list(notes)))

    def show(self, lines: Iterable[str]) -> None:
        self.told.append(("shown", list(lines)))

    def complain(self, error: Exception) -> None:
        self.told.append(("problem", str(error)))

    def of(self, kind: str) -> list[Any]:
        return [what for this, what in self.told if this == kind]


SENT = ({"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hm?\nYes."})
CHOSEN = Choice("lamp", {}, "", (), 90, 9, SENT, ("lamp",), False, 1.0, 88, 188)


class Model:
    """A remote that answers as it is told."""

    def __init__(self, *, choice: Choice | Exception) -> None:
        self.choice = choice

    def choose(self, query, tools, shortlist):
        if isinstance(self.choice, Exception):
            raise self.choice
        return self.choice

    def stream_final_words(self, query, tool_name, result, *, tools):
        answer = Answer("It is so.", 60, 5, SENT, 1.0, False, 58, 1_058)

        class Words:
            def __enter__(self):
                return self

            def __exit__(self, *_):
                return None

            def __iter__(self):
                yield "It "
                yield "is so."

            @property
            def answer(self):
                return answer

        return Words()
