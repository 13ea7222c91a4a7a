"""Which texts are worth a second look, and in which order."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from edge_router.decision import Reason
from edge_router.examples import normalize
from edge_router.review.clusters import find_clusters
from edge_router.review.heard import Heard
from edge_router.review.item import Item, Why
from edge_router.router import Router
from edge_router.routing.embedding import to_direction
from edge_router.taught import Taught

NEAR = 0.2
"""Of the threshold: a tool whose confidence is further from it is no doubt."""
TOP = 5
"""Candidates to choose from."""
CLUSTERED = 3000
"""Texts without a tool, the newest: among more no clusters are looked for."""
SHOWN_OF_CLUSTER = 8
"""Texts that one answer may be for: so many can be read before it is given."""
_SAYS_NOTHING = (Reason.EMPTY_INPUT, Reason.NO_TOOLS, Reason.NEGATED, Reason.CONDITIONAL)
"""Reasons that no other answer would change."""


def select_items(
    heard: Sequence[Heard], router: Router, *, taught: Taught, most: int
) -> list[Item]:
    """What of ``heard`` (the newest first) to look at, at most ``most`` items, each text in one.

    Three kinds in turn: the largest cluster; the text on which the language model disagrees, or
    else the router of today, that was heard most often; the text whose likeliest tool is nearest
    to the threshold. Texts that ``taught`` speaks of were answered before.
    """
    known = {normalize(example.text) for example in taught.examples}
    looks = [_look(each, router) for each in heard if normalize(each.text) not in known]
    disputed = [look for look in looks if _find_dispute(look)]
    others = [look for look in looks if not _find_dispute(look)]
    clusters = list(_find_clusters(others, router))
    clustered = {id(look) for _, members in clusters for look in members}
    unsure = [look for look in others if _is_unsure(look) and id(look) not in clustered]
    in_turn = zip_longest(
        [_make_cluster(size, members) for size, members in clusters],
        [_make_item(_find_dispute(look), look) for look in sorted(disputed, key=_rank_dispute)],
        [_make_item(Why.UNSURE, look) for look in sorted(unsure, key=attrgetter("doubt"))],
    )
    return list(islice(filter(None, chain.from_iterable(in_turn)), most))


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """A text as the router of today sees it, or as it was recorded where that one cannot know."""

    heard: Heard
    decided: str | None
    best: str | None
    confidence: float
    threshold: float
    reason: str
    tools: tuple[str, ...]
    doubt: float
    """How far the likeliest tool is from the threshold; infinite where there is none."""
    is_routed: bool


def _look(heard: Heard, router: Router) -> _Look:
    entry = heard.record.entry
    known = {tool.name for tool in router.tools}
    if not known or not {heard.decided, entry.candidate} - {None} <= known:
        # decided by another router, whose tools were taught elsewhere: what it said counts
        has_tool = entry.candidate is not None
        return _Look(
            heard=heard,
            decided=heard.decided,
            best=entry.candidate,
            confidence=entry.confidence,
            threshold=entry.threshold,
            reason=entry.reason,
            tools=(entry.candidate,) if entry.candidate is not None else (),
            doubt=abs(entry.confidence - entry.threshold) if has_tool else math.inf,
            is_routed=False,
        )
    now = router.route(heard.text, top=TOP)
    ranked = [candidate for candidate in now.candidates if candidate.tool is not None]
    return _Look(
        heard=heard,
        decided=now.tool or now.proposed,
        best=now.candidates[0].tool if now.candidates else None,
        confidence=now.confidence,
        threshold=now.threshold,
        reason=now.reason,
        tools=tuple([candidate.tool for candidate in ranked if candidate.tool is not None]),
        doubt=abs(ranked[0].confidence - now.threshold) if ranked else math.inf,
        is_routed=True,
    )


def _find_dispute(look: _Look) -> Why | None:
    """Who says otherwise than the router of today; ``None``: nobody."""
    if look.heard.model_tool is not None:
        return None if look.heard.model_tool == look.decided else Why.LANGUAGE_MODEL
    is_other = look.is_routed and look.decided != look.heard.decided
    return Why.CHANGED if is_other and look.reason not in _SAYS_NOTHING else None


def _rank_dispute(look: _Look) -> tuple[bool, bool, int]:
    """The language model's before the others; where it names no candidate of the best before where
    it only is surer; then by how often it was heard. The newest of equal ones stays first.
    """
    model = look.heard.model_tool
    return model is None, model == look.best, -look.heard.times


def _is_unsure(look: _Look) -> bool:
    return look.doubt <= NEAR and look.reason not in _SAYS_NOTHING


def _find_clusters(looks: Sequence[_Look], router: Router) -> Iterator[tuple[int, list[_Look]]]:
    """The size of each cluster, and the texts of it that are shown."""
    if router.bundle.manifest.parts.embedding is None:
        return
    alone = [x for x in looks if x.decided is None and x.reason != Reason.EMPTY_INPUT][:CLUSTERED]
    texts = _embed([look.heard.text for look in alone], router)
    for rows in find_clusters(texts, _embed(_list_known(router), router)):
        yield len(rows), [alone[row] for row in rows[:SHOWN_OF_CLUSTER]]


def _list_known(router: Router) -> list[str]:
    """What is known of tools: texts, the trained ones' anchors, and descriptions."""
    part = router.bundle.manifest.parts.embedding
    anchors = part.teaching.anchors if part and part.teaching else ()
    return [
        *[example.text for example in router.taught.examples if example.tool is not None],
        *[anchor.text for anchor in anchors],
        *[tool.description for tool in router.tools if tool.description.strip()],
    ]


def _embed(texts: Sequence[str], router: Router) -> NDArray[np.float32]:
    """Directions [texts, width]."""
    rows = [to_direction(router.embed(text)) for text in texts]
    return np.array(rows, np.float32) if rows else np.zeros((0, 0), np.float32)


def _make_cluster(size: int, looks: Sequence[_Look]) -> Item:
    first = looks[0]
    return Item(
        why=Why.CLUSTER,
        heard=tuple([look.heard for look in looks]),
        size=size,
        decided=None,
        best=first.best,
        confidence=first.confidence,
        threshold=first.threshold,
        proposal=None,
        choices=first.tools[:TOP],
        each=tuple([_make_item(Why.UNSURE, look) for look in looks]),
    )


def _make_item(why: Why | None, look: _Look) -> Item:
    assert why is not None
    model, recorded = look.heard.model_tool, look.heard.decided
    proposal = model if why is Why.LANGUAGE_MODEL else look.decided or look.best
    choices = dict.fromkeys([*look.tools[:TOP], *filter(None, (model, recorded))])
    return Item(
        why=why,
        heard=(look.heard,),
        decided=look.decided,
        best=look.best,
        confidence=look.confidence,
        threshold=look.threshold,
        proposal=proposal,
        choices=tuple(choices),
    )
