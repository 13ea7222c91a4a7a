"""Tools that were taught on the device, ready to rank: by what their examples and descriptions
mean and, where there are descriptions, by their words.
"""

from __future__ import annotations

from collections.abc import Container, Sequence

import numpy as np
from numpy.typing import NDArray

from edge_router.bundle import Teaching
from edge_router.bundle.parts import DEFAULT_TOP
from edge_router.decision import TAUGHT, Candidate
from edge_router.examples import Example
from edge_router.explanation import TaughtFit
from edge_router.routing.calibration import Calibration
from edge_router.routing.description import describe, list_stems
from edge_router.routing.embedding import COSINE, to_direction
from edge_router.routing.engine import EMBEDDING, LOGITS, Engine
from edge_router.routing.lexicon import Lexicon
from edge_router.routing.ranking import join, put_first
from edge_router.routing.reader import Reader
from edge_router.routing.shortlist import Shortlist
from edge_router.routing.taught_head import Head, fit_head, weigh_halvings
from edge_router.tool import Tool

LEXICON_STEPS = COSINE // 2
"""What it is worth, beside a cosine of 1, that a description says every word of a text."""
MANY = 1500
"""From so many tools on, a text is compared with a shortlist of them."""
SAID = 100
"""Tools on the shortlist because of the words of their descriptions."""

Examples = Sequence[tuple[str, str | None]]
"""Texts with the name of one of the tools, or ``None`` for a text that fits none of them."""


class TaughtTools:
    """All that is needed to rank the taught tools for one text; keeps nothing between calls."""

    def __init__(
        self,
        tools: Sequence[Tool],
        examples: Examples,
        *,
        reader: Reader,
        teaching: Teaching,
        trained: Container[str] = (),
    ) -> None:
        """Reads and fits; neither the order of the ``tools`` nor that of the ``examples`` changes
        what a text gets. ``trained`` are the names that the bundle knows, too.
        """
        self._has_trained = any(tool.name in trained for tool in tools)
        names = {tool.name for tool in tools}
        self._labels: tuple[str | None, ...] = (*[tool.name for tool in tools], None)
        self._rest = rest_logit(teaching.rest, max(len(tools), 1))
        self._margin = teaching.margin
        anchors = [reader.direction(a.text) for a in teaching.anchors if a.tool not in names]
        self._anchors = np.array([a for a in anchors if a is not None], np.float32)
        self._head = self._fit(tools, examples, reader)
        self._shortlist = Shortlist(self._head.rows) if len(tools) >= MANY else None
        self._stems = None
        if any(tool.description or tool.parameters for tool in tools):
            self._stems = reader.vocabulary_stems
            self._lexicon = Lexicon([list_stems(tool, reader) for tool in tools])
        shift, weights = weigh_halvings(teaching.halving)
        self._calibration = Calibration(
            shift=shift, weights=weights, labels=self._labels, top=DEFAULT_TOP, source=TAUGHT
        )
        self._verbatim = _by_tokens(examples, reader)

    def rank(
        self,
        ids: Sequence[int],
        embedding: NDArray[np.int32],
        *,
        top: int | None = None,
        trained: tuple[Candidate, ...] | None = None,
    ) -> tuple[Candidate, ...]:
        """The best ``top`` answers to a text of these token ids and this embedding, best first.

        What is left for *none of the taught tools* goes to the ``trained`` candidates, in their
        shares, or where there are none to ``None``.
        """
        top = DEFAULT_TOP if top is None else top
        places, logits = self.logits(ids, embedding)
        labels = self._labels if places is None else _Chosen(self._labels, places)
        found = self._calibration.rank(logits, top, labels)
        if trained is not None:
            found = join(found, trained, self._calibration.share(logits, len(logits) - 1))[:top]
        key = tuple(ids)
        if key in self._verbatim:
            found = put_first(self._verbatim[key], found)[:top]
        return found

    def rank_beside(
        self, trained: Calibration | None, engine: Engine, ids: list[int], top: int | None
    ) -> tuple[Candidate, ...]:
        """The same for a text that the ``engine`` reads, beside the ``trained`` tools if there are
        any.
        """
        if trained is None:
            return self.rank(ids, engine.run(ids, EMBEDDING), top=top)
        logits, embedding = engine.run_all(ids, [LOGITS, EMBEDDING])
        # a tool that is both trained and taught may be below the best of its own ranking
        ranked = trained.rank(logits, len(logits) if self._has_trained else top)
        return self.rank(ids, embedding, top=top, trained=ranked)

    def logits(
        self, ids: Sequence[int], embedding: NDArray[np.int32]
    ) -> tuple[NDArray[np.intp] | None, NDArray[np.int32]]:
        """The numbers of the tools that were looked at, ``None`` for all, and their integers, last
        that of *none of them*; :data:`COSINE` steps are a cosine of 1.
        """
        direction = to_direction(embedding)
        said = None
        if self._stems is not None:
            said = self._lexicon.score(self._stems.of(ids), LEXICON_STEPS)
        places = None
        if self._shortlist is not None:
            is_near = self._shortlist.are_near(direction)
            places = np.flatnonzero(is_near if said is None else is_near | _say_most(said))
        meant = self._head.logits(direction, places)
        found = np.empty(len(meant) + 1, np.int32)
        found[:-1] = meant
        if said is not None:
            found[:-1] += (said if places is None else said[places]).astype(np.int32)
        found[-1] = self._rest_logit(direction, self._margin)
        return places, found

    def score(
        self,
        ids: Sequence[int],
        embedding: NDArray[np.int32] | None,
        tools: Sequence[str | None],
    ) -> list[int]:
        """The integers of some ``tools``, on a shortlist or not, and of ``None``, *none of them*;
        ``embedding`` is ``None`` for the empty text.
        """
        width = self._head.rows.shape[1]
        direction = np.zeros(width, np.float32) if embedding is None else to_direction(embedding)
        places = [self._labels.index(tool) for tool in tools if tool is not None]
        logits = self._head.logits(direction, np.array(places, np.intp)).astype(np.float64)
        if self._stems is not None:
            logits += self._lexicon.score(self._stems.of(ids), LEXICON_STEPS)[places]
        found = iter(logits.tolist())
        rest = self._rest_logit(direction, self._margin)
        return [rest if tool is None else int(next(found)) for tool in tools]

    def is_verbatim(self, ids: Sequence[int]) -> bool:
        """Whether a text of these token ids was taught word for word."""
        return tuple(ids) in self._verbatim

    def __contains__(self, tool: str | None) -> bool:
        """Whether it ranks ``tool``; ``None`` it does."""
        return tool in self._labels

    def _rest_logit(self, direction: NDArray[np.float32], margin: int = 0) -> int:
        """What *none of them* gets, before the fit without the ``margin``: a row that was fitted to
        keep it would undo it.
        """
        if not len(self._anchors):
            return self._rest
        return max(self._rest, int((self._anchors @ direction).max()) + margin)

    def _fit(self, tools: Sequence[Tool], examples: Examples, reader: Reader) -> Head:
        places = {tool.name: number for number, tool in enumerate(tools)}
        taught = {tool for _, tool in examples}
        read = [(reader.direction(text), -1 if n is None else places[n]) for text, n in examples]
        read += [
            (describe(tool, reader), number)
            for number, tool in enumerate(tools)
            if tool.description or tool.name not in taught
        ]
        known = [(direction, owner) for direction, owner in read if direction is not None]
        known += [(anchor, -1) for anchor in self._anchors]
        directions = np.array([direction for direction, _ in known], np.float32)
        owners = np.array([owner for _, owner in known], np.int64)
        rivals = None
        if (owners < 0).any():
            rivals = np.array([self._rest_logit(direction) for direction in directions], np.int64)
        head = fit_head(directions, owners, len(tools), rivals)
        self.fit = TaughtFit(len(tools), len(known), head.rounds, len(tools) >= MANY)
        return head


class _Chosen:
    """The labels of a shortlist, looked up where they are asked for."""

    def __init__(self, labels: Sequence[str | None], places: NDArray[np.intp]) -> None:
        self._labels, self._places = labels, places

    def __getitem__(self, number: int) -> str | None:
        is_tool = number < len(self._places)
        return self._labels[int(self._places[number]) if is_tool else -1]


def make_taught_tools(
    tools: Sequence[Tool],
    examples: Sequence[Example],
    reader: Reader,
    teaching: Teaching,
    *,
    trained: Container[str],
) -> TaughtTools | None:
    """For what was taught; ``None`` where that is nothing."""
    if not (tools or examples):
        return None
    texts = [(example.text, example.tool) for example in examples]
    return TaughtTools(tools, texts, reader=reader, teaching=teaching, trained=trained)


def rest_logit(rest: Sequence[int], tools: int) -> int:
    """The logit of *none of them* among so many taught ``tools``, one or more: on the lines through
    ``rest``, which stands for 1, 2, 4, 8, ... tools.
    """
    octave = tools.bit_length() - 1
    if octave + 1 >= len(rest):
        return rest[-1]
    rise = rest[octave + 1] - rest[octave]
    return rest[octave] + (rise * (tools - (1 << octave)) >> octave)


def _say_most(said: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which descriptions say most, if they say anything: at most :data:`SAID`, but all of the best
    step.
    """
    best = float(said.max())
    if not best:
        return np.zeros(len(said), np.bool_)
    # by counting in 256 steps, which takes a third of what sorting does
    steps = (said * (255.0 / best)).astype(np.uint8)
    reached = np.cumsum(np.bincount(steps, minlength=256)[::-1])
    least = 255 - int(np.searchsorted(reached, SAID, side="right"))
    found: NDArray[np.bool_] = steps > min(max(least, 0), 254)
    return found


def _by_tokens(examples: Examples, reader: Reader) -> dict[tuple[int, ...], str | None]:
    """The tool of each text, by its tokens; not where texts of two tools read the same."""
    found: dict[tuple[int, ...], set[str | None]] = {}
    for text, tool in examples:
        found.setdefault(reader.tokens(text), set()).add(tool)
    return {ids: tools.pop() for ids, tools in found.items() if len(tools) == 1}
