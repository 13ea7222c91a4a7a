"""Stretches of one text, each read and routed once, and how much speaks for a cut between two."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from edge_router.decision import Decision
from edge_router.part import Stance
from edge_router.routing.cut_score import NEVER, Sides, find_answer, score_cut
from edge_router.routing.cuts import Cut
from edge_router.routing.phrases import Line
from edge_router.routing.request import Request, compile_words, read_request
from edge_router.routing.request_words import RequestWords
from edge_router.routing.words import Span

CERTAIN = 1000
"""The score of a cut beside words that forbid or take back, where the joint is most telling: above
what any other cut gets.
"""
MOST_BEGINNINGS = 12
"""Words of a condition at whose ends it is tried to end, where no word tells."""


class Stretches:
    """The stretches of one text. Places count the characters of its line."""

    def __init__(
        self, text: str, line: Line, route: Callable[[str], Decision], words: RequestWords
    ) -> None:
        """``line`` is that of ``text``, and ``route`` decides."""
        self._text, self._line, self._route = text, line, route
        self._patterns = compile_words(words)
        self.read = cache(self._read)
        """What a stretch wants, from its first place to the one after its last."""
        self.decide = cache(self._decide)
        """What is decided for what it names."""

    def find_span(self, start: int, end: int) -> Span:
        """Where a stretch stands in the text; the last one ends where the text does."""
        spans = self._line.spans
        if not spans:
            return 0, len(self._text)
        first, after = self._line.find_word(start), self._line.find_word(end)
        is_last = after == len(spans)
        return spans[first][0], len(self._text.rstrip()) if is_last else spans[after - 1][1]

    def score(self, start: int, cut: Cut, end: int) -> int:
        """How much speaks for a cut between the stretches from ``start`` and to ``end``; only what
        is above 0 does.
        """
        if self._is_empty(start, cut.left) or self._is_empty(cut.right, end):
            return NEVER
        left, right = self.read(start, cut.left), self.read(cut.right, end)
        is_left_decided = find_answer(self.decide(start, cut.left)) is not None
        is_right_decided = find_answer(self.decide(cut.right, end)) is not None
        if right.stance is Stance.WITHDRAWN:
            return CERTAIN - cut.joint if is_left_decided else NEVER
        if left.stance is Stance.WITHDRAWN:
            return CERTAIN - cut.joint if cut.joint and is_right_decided else NEVER
        if right.stance is Stance.NEGATED and self._does_begin(right, cut.right, end):
            # *but not the hall* needs no tool to be told apart
            is_clear = is_left_decided and (cut.joint or is_right_decided)
            return CERTAIN - cut.joint if is_clear else NEVER
        return score_cut(self.compare(start, cut, end)) if cut.joint else NEVER

    def compare(self, start: int, cut: Cut, end: int) -> Sides:
        """The two stretches beside a cut."""
        left, right = (start, cut.left), (cut.right, end)
        return Sides(
            left=self.decide(*left),
            right=self.decide(*right),
            whole=self.decide(start, end),
            left_words=self._count(*left),
            right_words=self._count(*right),
            left_depends=self._depends(*left),
            right_depends=self._depends(*right),
            joint=cut.joint,
        )

    def _read(self, start: int, end: int) -> Request:
        request = read_request(self._line.line[start:end], self._patterns)
        (meant, last), condition = request.meant, request.condition
        if condition is None or condition[1] <= meant or condition[0] >= last:
            return request
        # *if it rains close the windows*: what is meant begins where it is decided most surely
        words = self._line.offsets[self._line.find_word(start + meant) :][1:MOST_BEGINNINGS]
        joint = self._patterns.at["joints"].search(self._line.line, start + meant, end)
        places = [place for place in words if place < (joint.start() if joint else end)]
        if not places:
            return request
        ranked = {place: self._route_stretch(place, end) for place in places}
        best = max(places, key=lambda p: (bool(find_answer(ranked[p])), ranked[p].confidence))
        best -= start
        return request._replace(meant=(best, last), condition=(condition[0], best))

    def _decide(self, start: int, end: int) -> Decision:
        first, after = self.read(start, end).meant
        return self._route_stretch(start + first, start + after)

    def _route_stretch(self, start: int, end: int) -> Decision:
        first, after = self.find_span(start, end)
        return self._route(self._text[first:after])

    def _does_begin(self, request: Request, start: int, end: int) -> bool:
        """Whether the words that forbid stand at the beginning."""
        line = self._line.line[start:end]
        return self._patterns.opening.fullmatch(line, 0, request.opening) is not None

    def _is_empty(self, start: int, end: int) -> bool:
        """Whether there are only fillers: *hey*, *thanks*."""
        return self._patterns.opening.fullmatch(self._line.line, start, end) is not None

    def _count(self, start: int, end: int) -> int:
        return self._line.find_word(end) - self._line.find_word(start)

    def _depends(self, start: int, end: int) -> bool:
        return self._patterns.at["dependents"].match(self._line.line, start, end) is not None
