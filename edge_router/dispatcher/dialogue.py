"""A tool's arguments as they become known: from the query, from replies, from a remote model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from functools import lru_cache
from typing import Any

from edge_router.dispatcher.parts import Fills
from edge_router.dispatcher.phrases import Phrases
from edge_router.tools.arguments import Argument, Filled, Source
from edge_router.tools.registry import RunnableTool
from edge_router.tools.template import Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """What is known of a tool's arguments, and what to ask next."""

    runnable: RunnableTool
    """The tool."""
    arguments: tuple[Argument, ...] = ()
    """What is known, in the schema's order."""
    readings: Mapping[str, tuple[Argument, ...]] = field(default_factory=dict)
    """What the words for a parameter may mean, where they mean several things."""
    problem: str | None = None
    """What was wrong with the value of ``invalid``."""
    invalid: str | None = None
    """The parameter whose value is not possible, or was not in the reply."""

    @property
    def values(self) -> dict[str, Any]:
        """The arguments as the tool takes them."""
        return {argument.name: argument.value for argument in self.arguments}

    @property
    def awaited(self) -> str | None:
        """The parameter to ask for next; ``None``: none."""
        if self.invalid is not None:
            return self.invalid
        open_ones = self.readings.keys() - self.values.keys()
        open_ones.update(self._missing())
        listed = [name for name in self._properties if name in open_ones]
        return next(iter([*listed, *sorted(open_ones)]), None)

    def read(self, text: str, *, fill: Fills, now: datetime) -> Dialogue:
        """With what ``text`` says of the parameters."""
        return self._with(fill(self.runnable.tool.parameters, text, now=now))

    def read_reply(self, reply: str, *, to: str, fill: Fills, now: datetime) -> Dialogue:
        """With what the reply to a question for the parameter ``to`` says of it and of what is
        missing besides.

        Where nothing is found in it, the reply may be the rest of words that were not clear (*six*,
        then *in the evening*), or be the value as it is, of a parameter that may be any text.
        """
        schema = _asked_schema(self.runnable, frozenset({to, *self._missing()}))
        heard = self._with(fill(schema, reply, now=now))
        if to in heard.values:
            return heard
        answer: list[Argument] = []
        if unclear := self.readings.get(to):
            completed = self._with(fill(schema, f"{unclear[0].text} {reply}", now=now))
            # its place is in no text that the user wrote
            answer = [replace(a, start=0, end=0) for a in completed.arguments if a.name == to]
        elif reply.strip() and self._may_be_any_text(to):
            answer = [self._whole(reply, to)]
        return heard.take(answer) if answer else replace(heard, invalid=to)

    def take(self, arguments: Iterable[Argument]) -> Dialogue:
        """With further arguments; a later one takes the place of an earlier one."""
        found = {a.name: a for a in [*self.arguments, *arguments]}
        order = {name: number for number, name in enumerate(self._properties)}
        known = sorted(found.values(), key=lambda a: order.get(a.name, len(order)))
        return replace(self, arguments=tuple(known))

    def check(self) -> Dialogue:
        """Without an argument that the schema does not allow, and with what is wrong with it;
        unchanged while one is still to be asked for.
        """
        problem = None if self.awaited is not None else self.runnable.check(self.values)
        if problem is None:
            return self
        name = problem.path.split(".")[0].split("[")[0]
        if name not in self._properties:
            return self  # nothing to ask for: the runner refuses it, and says why
        kept = tuple(argument for argument in self.arguments if argument.name != name)
        return replace(self, arguments=kept, problem=str(problem), invalid=name)

    def question(self, phrases: Phrases) -> str:
        """What to ask for the awaited parameter."""
        name = self.awaited
        assert name is not None
        meanings = [_shown(argument) for argument in self.readings.get(name, ())]
        schema = self.schema(name)
        if meanings and isinstance(schema, dict):
            schema = {**schema, "enum": meanings}
        return phrases.question(name, schema, self.problem)

    def schema(self, name: str) -> Any:
        """A parameter's JSON Schema."""
        return self._properties.get(name)

    def spoken(self) -> dict[str, Any]:
        """The arguments as a sentence says them: times and dates in the user's own words."""
        return {
            a.name: Spoken(a.text, a.typed) if a.text and a.typed is not None else a.value
            for a in self.arguments
        }

    def _whole(self, reply: str, name: str) -> Argument:
        start, words = len(reply) - len(reply.lstrip()), reply.strip()
        end = start + len(words)
        return Argument(name, words, words, start, end, 1.0, Source.REPLY)

    def _may_be_any_text(self, name: str) -> bool:
        """Whether nothing says what the words must be."""
        schema = self.schema(name)
        if not isinstance(schema, dict) or schema.get("type") != "string":
            return False
        return not schema.keys() & {"enum", "const", "format", "pattern"}

    def _missing(self) -> list[str]:
        known = self.values
        return [name for name in self._parameters.get("required") or () if name not in known]

    @property
    def _parameters(self) -> dict[str, Any]:
        return self.runnable.tool.parameters or {}

    @property
    def _properties(self) -> dict[str, Any]:
        properties = self._parameters.get("properties")
        return properties if isinstance(properties, dict) else {}

    def _with(self, filled: Filled) -> Dialogue:
        readings = {unclear.name: unclear.readings for unclear in filled.ambiguous}
        known = replace(self, readings={**self.readings, **readings})
        return known.take(filled.arguments)


def remote_arguments(values: dict[str, Any]) -> list[Argument]:
    """What a remote model chose, as arguments."""
    return [Argument(name, value, "", 0, 0, 1.0, Source.REMOTE) for name, value in values.items()]


@lru_cache(maxsize=256)  # a schema's identity is what it was read under before
def _asked_schema(runnable: RunnableTool, names: frozenset[str]) -> dict[str, Any]:
    """A tool's schema of what was asked for alone, without defaults: a reply that says nothing is
    no answer.
    """
    parameters = runnable.tool.parameters or {}
    properties = {
        name: {k: v for k, v in part.items() if k != "default"} if isinstance(part, dict) else part
        for name, part in parameters.get("properties", {}).items()
        if name in names
    }
    return {**parameters, "properties": properties, "required": sorted(names)}


def _shown(argument: Argument) -> str:
    """A reading as a question shows it: times without seconds that nobody said."""
    typed = argument.typed
    if isinstance(typed, datetime):
        return typed.isoformat(" ", "minutes")
    if isinstance(typed, time):
        return typed.isoformat("minutes")
    return str(argument.value)
