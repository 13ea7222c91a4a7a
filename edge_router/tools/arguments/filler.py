"""Fills a tool's parameters from a text: candidates for each, then the best ones together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from edge_router.tools.arguments.argument import Ambiguity, Argument, Filled, Source
from edge_router.tools.arguments.assignment import LEAST_REQUIRED, choose
from edge_router.tools.arguments.choices import find_booleans, find_choices, find_examples
from edge_router.tools.arguments.lists import find_lists
from edge_router.tools.arguments.names import find_names
from edge_router.tools.arguments.numbers import find_numbers
from edge_router.tools.arguments.objects import find_objects
from edge_router.tools.arguments.parameter import Parameter, read_parameters
from edge_router.tools.arguments.passage import Candidate, Passage, read_passage
from edge_router.tools.arguments.pieces import Piece, list_pieces
from edge_router.tools.arguments.times import find_times
from edge_router.tools.gazetteer import Gazetteer
from edge_router.tools.grammar.language import load_language

_MAX_TEXT_CHARS = 2_000
_SURE_SCORE, _KNOWN_SCORE = 4.0, 3.9
"""What a word of an enum, and a known name as it is spelled, scores."""


def fill(
    parameters: Mapping[str, Any] | None,
    text: str,
    *,
    now: datetime,
    language: str = "en",
    gazetteers: Mapping[str, Gazetteer] | None = None,
) -> Filled:
    """The arguments that ``text`` gives for a JSON Schema of type object.

    ``now`` is the user's own time, which *tomorrow* is told from; ``gazetteers`` has known names by
    parameter. Raises DataError for a language without a file.
    """
    return Filler(parameters, language=language, gazetteers=gazetteers).fill(text, now=now)


class Filler:
    """A tool's parameters, read once for many texts; it keeps nothing of a text, and threads may
    share it.
    """

    def __init__(
        self,
        parameters: Mapping[str, Any] | None,
        *,
        language: str = "en",
        gazetteers: Mapping[str, Gazetteer] | None = None,
    ) -> None:
        """As for :func:`fill`."""
        self._language = load_language(language)
        self._parameters = read_parameters(parameters, self._language)
        self._gazetteers = _find_gazetteers(self._parameters, gazetteers or {})
        self._has_open = any(map(_is_open, self._parameters))
        # of several, each gets a part of the words; known names are found wherever they stand
        open_ones = [p for p in self._parameters if _is_open(p) and p.name not in self._gazetteers]
        self._is_alone = sum(p.is_required for p in open_ones) == 1

    def fill(self, text: str, *, now: datetime) -> Filled:
        """The arguments that the first 2,000 characters of ``text`` give."""
        if not self._parameters:  # reading the text would cost more than routing it
            return Filled(())
        text = text[:_MAX_TEXT_CHARS]
        passage = read_passage(text, now.replace(tzinfo=None), self._language)
        pieces = list_pieces(passage) if self._has_open else []
        candidates = {
            p.name: list(self._find_candidates(p, passage, pieces)) for p in self._parameters
        }
        return _tell(self._parameters, choose(self._parameters, candidates), text)

    def _find_candidates(
        self, parameter: Parameter, passage: Passage, pieces: list[Piece]
    ) -> Iterator[Candidate]:
        gazetteer = self._gazetteers.get(parameter.name)
        if gazetteer is not None:
            for match in gazetteer.find(passage.text):
                # Longer names win over the words of choices inside of them.
                score = _KNOWN_SCORE * match.likeness + (match.end - match.start) / 50
                score += passage.rate_range(parameter, match.start)
                yield Candidate(match.value, match.start, match.end, Source.GAZETTEER, score)
        elif parameter.type in ("integer", "number"):
            yield from find_numbers(parameter, passage)
            yield from find_choices(parameter, passage)
        elif parameter.choices:
            yield from find_choices(parameter, passage)
        elif parameter.type == "boolean":
            yield from find_booleans(parameter, passage)
        elif parameter.format:
            yield from find_times(parameter, passage)
        elif parameter.type == "array":
            yield from find_lists(parameter, passage, pieces)
        elif parameter.type == "string":
            yield from find_examples(parameter, passage)
            yield from find_names(parameter, passage, pieces)
            yield from find_objects(parameter, passage, is_alone=self._is_alone)


def _find_gazetteers(
    parameters: list[Parameter], known: Mapping[str, Gazetteer]
) -> dict[str, Gazetteer]:
    """The known names of each parameter: those under its own name or, where its schema has one,
    under ``x-names``; ``x-names: null`` stands for any words, whatever is known.
    """
    wanted = {p.name: p.schema.get("x-names", p.name) for p in parameters}
    return {
        name: known[key] for name, key in wanted.items() if isinstance(key, str) and key in known
    }


def _is_open(parameter: Parameter) -> bool:
    """Whether any words may fill the parameter."""
    return parameter.type in ("string", "array") and not parameter.choices and not parameter.format


def _tell(asked: list[Parameter], chosen: Mapping[str, Candidate], text: str) -> Filled:
    arguments: list[Argument] = []
    ambiguous: list[Ambiguity] = []
    missing: list[str] = []
    for parameter in asked:
        candidate = chosen.get(parameter.name)
        if candidate is None:
            if "default" in parameter.schema:
                arguments.append(_make_default(parameter))
            elif parameter.is_required:
                missing.append(parameter.name)
            continue
        argument = _make_argument(parameter, candidate, text)
        if candidate.others:
            ambiguous.append(_make_ambiguity(argument, candidate))
        else:
            arguments.append(argument)
    return Filled(tuple(arguments), tuple(missing), tuple(ambiguous))


def _make_argument(parameter: Parameter, candidate: Candidate, text: str) -> Argument:
    confidence = min(max(candidate.score - LEAST_REQUIRED, 0.5) / (_SURE_SCORE + 1), 1.0)
    return Argument(
        parameter.name,
        candidate.value,
        text[candidate.start : candidate.end],
        candidate.start,
        candidate.end,
        confidence,
        candidate.source,
        candidate.typed,
    )


def _make_default(parameter: Parameter) -> Argument:
    default = parameter.schema["default"]
    return Argument(parameter.name, default, "", 0, 0, 1.0, Source.DEFAULT)


def _make_ambiguity(first: Argument, candidate: Candidate) -> Ambiguity:
    kind = type(candidate.typed)
    others = (
        replace(first, value=value, typed=kind.fromisoformat(value)) for value in candidate.others
    )
    return Ambiguity(first.name, (first, *others))
