"""From a text to its parts: where a connective stands between two requests, the router itself says
whether they are two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from edge_router.decision import Decision, Reason
from edge_router.part import Part, Stance
from edge_router.routing.cut_score import find_answer
from edge_router.routing.cuts import Cut, Joint, find_cuts
from edge_router.routing.english import ENGLISH
from edge_router.routing.phrases import read_line
from edge_router.routing.request import compile_words
from edge_router.routing.request_words import RequestWords
from edge_router.routing.stretches import Stretches
from edge_router.routing.words import Span

_REASONS = {
    Stance.CONDITIONAL: Reason.CONDITIONAL,
    Stance.NEGATED: Reason.NEGATED,
    Stance.WITHDRAWN: Reason.NEGATED,
}

_NOT_ASKED = ("forbidding", "cancels", "conditions")


class Piece(NamedTuple):
    """A stretch that asks for one thing. Places count the characters of the text."""

    span: Span
    """Where it stands."""
    joint: Joint
    """What stands before it."""
    stance: Stance
    """What it wants done."""
    condition: Span | None
    """Where its condition stands."""
    meant: Decision
    """For what it names."""
    points_back: bool = False
    """It forbids what was named before."""


def split(
    text: str, route: Callable[[str], Decision], words: RequestWords = ENGLISH
) -> tuple[Part, ...]:
    """The parts of ``text`` in its order, one or more, each with what ``route`` says of it."""
    decision = route(text)  # refuses what is no text
    line = read_line(text)
    stretches = Stretches(text, line, route, words)
    chosen = choose_stretches(stretches, find_cuts(line, words), len(line.line))
    pieces = spread_stances([_make_piece(stretches, *stretch) for stretch in chosen])
    if len(pieces) == 1 and pieces[0].stance is Stance.ASKED:
        pieces = [pieces[0]._replace(meant=decision)]
    return tuple([_make_part(text, piece) for piece in pieces])


def may_forbid(text: str, words: RequestWords = ENGLISH) -> bool:
    """Whether ``text`` holds a word that may forbid, take back or set a condition: most texts hold
    none, and need not be split to know that all of them is asked.
    """
    line, patterns = read_line(text).line, compile_words(words)
    return any(patterns.at[name].search(line) for name in _NOT_ASKED)


def choose_stretches(
    stretches: Stretches, cuts: Sequence[Cut], length: int
) -> list[tuple[int, int, Joint]]:
    """The stretches, each with what stands before it, that the scores of the cuts between
    neighbours speak for most; every cut must be spoken for.
    """
    starts, ends = [0, *[cut.right for cut in cuts]], [*[cut.left for cut in cuts], length]
    # by first and last piece between cuts: the best sum so far, and where the stretch before begins
    found: dict[tuple[int, int], tuple[int, int]] = {(0, j): (0, -1) for j in range(len(ends))}
    for i in range(1, len(starts)):
        before = [h for h in range(i) if (h, i - 1) in found]
        for j in range(i, len(ends)):
            scores = [(stretches.score(starts[h], cuts[i - 1], ends[j]), h) for h in before]
            sums = [(found[h, i - 1][0] + score, h) for score, h in scores if score > 0]
            if sums:
                found[i, j] = max(sums)
    j = len(ends) - 1
    i = max((i for i in range(len(starts)) if (i, j) in found), key=lambda i: found[i, j][0])
    chosen = []
    while i >= 0:
        chosen.append((starts[i], ends[j], cuts[i - 1].joint if i else Joint.STOP))
        i, j = found[i, j][1], i - 1
    return chosen[::-1]


def spread_stances(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with what a neighbour says of them, too.

    *never mind* takes back all before it, *don't do it* what it may mean. *don't*, and a condition
    at the end, go over an *and* without a comma; a condition at the beginning as far as the
    sentence.
    """
    found = list(pieces)
    for n, piece in enumerate(found):
        if piece.stance is Stance.WITHDRAWN:
            found[:n] = [p._replace(stance=Stance.WITHDRAWN) for p in found[:n]]
        elif piece.stance is Stance.NEGATED:
            if piece.points_back:
                found[:n] = [_take_back(p, piece.meant) for p in found[:n]]
            _spread(found, range(n + 1, len(found)), piece, {Joint.AND})
        elif piece.condition and piece.condition[0] > piece.span[0]:
            _spread(found, range(n - 1, -1, -1), piece, {Joint.AND})
        elif piece.condition:
            wide = {Joint.AND, Joint.COMMA, Joint.SEQUENCE}
            _spread(found, range(n + 1, len(found)), piece, wide)
    return found


def _spread(found: list[Piece], places: range, piece: Piece, joints: set[Joint]) -> None:
    """Gives the stance of ``piece`` to its neighbours at ``places`` while only ``joints`` lie
    between.
    """
    for n in places:
        joint = found[n if places.step > 0 else n + 1].joint
        if joint not in joints or found[n].stance is not Stance.ASKED:
            return
        found[n] = found[n]._replace(stance=piece.stance, condition=piece.condition)


def _take_back(piece: Piece, forbidden: Decision) -> Piece:
    """The piece, taken back where it may be what is forbidden."""
    is_same = find_answer(forbidden) in (None, find_answer(piece.meant))
    is_asked = piece.stance is Stance.ASKED
    return piece._replace(stance=Stance.WITHDRAWN) if is_asked and is_same else piece


def _make_piece(stretches: Stretches, start: int, end: int, joint: Joint) -> Piece:
    request, condition = stretches.read(start, end), None
    if request.condition:
        first, after = request.condition
        condition = stretches.find_span(start + first, start + after)
    span = stretches.find_span(start, end)
    decision = stretches.decide(start, end)
    return Piece(span, joint, request.stance, condition, decision, request.points_back)


def _make_part(text: str, piece: Piece) -> Part:
    start, end = piece.span
    first, after = piece.condition or (0, 0)
    decision = piece.meant
    if piece.stance is not Stance.ASKED:
        decision = replace(decision, tool=None, proposed=None, reason=_REASONS[piece.stance])
    return Part(start, end, text[start:end], piece.stance, text[first:after], decision, piece.meant)
