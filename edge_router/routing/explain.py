"""From a text to the explanation of its decision: at most about 1,700 texts are read for it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache

from edge_router.decision import TAUGHT, Candidate, Decision
from edge_router.errors import InputError
from edge_router.explanation import Explanation, Flip, Neighbor, Unit, Word
from edge_router.routing.attribution import Shares, share_out
from edge_router.routing.contrast import Contrast, Grounds, make_contrast
from edge_router.routing.deletion import find_deletion
from edge_router.routing.embedding import to_direction
from edge_router.routing.engine import EMBEDDING
from edge_router.routing.neighbors import find_neighbors
from edge_router.routing.words import Span, find_read, group_words, keep_words, split_words

MOST_PARTS = 32
"""A text of more words is explained by so many runs of neighbouring words."""


def explain(text: str, grounds: Grounds, *, against: str | None = None) -> Explanation:
    """Why ``text`` got its decision; ``against`` is the tool to compare the best answer with, in
    place of the runner-up. Raises InputError where it is none of the tools, and for a bundle with
    rewards.
    """
    if against is not None and all(tool.name != against for tool in grounds.tools):
        raise InputError(f"there is no tool {against!r}; name one of Router.tools")
    manifest = grounds.bundle.manifest
    if manifest.parts.rewards:
        raise InputError(
            "this bundle weighs rewards against costs, which words cannot share; its candidates "
            "say what each answer is worth"
        )
    decision, ranked = grounds.route(text), grounds.rank(text)
    best = ranked[0] if ranked else None
    rival, rank = _find_rival(ranked, against)
    contrast = Contrast(Unit.NOTHING, 0, lambda _: 0)
    if best is not None:
        contrast = make_contrast(grounds, best, rival)
    start, end = find_read(text, max_chars=manifest.max_chars, tokens=grounds.tokens)
    read = text[start:end]
    spans = group_words(split_words(read), MOST_PARTS)
    score = cache(lambda kept: contrast.score(keep_words(read, spans, kept)))
    shares = share_out(len(spans), score, seed=hash_text(read))
    return Explanation(
        text=text,
        decision=decision,
        best=best,
        rival=rival,
        rank=rank,
        unit=contrast.unit,
        halving=contrast.halving,
        words=_make_words(text, [(start + a, start + b) for a, b in spans], shares),
        orders=shares.orders,
        rest=score(0),
        difference=score((1 << len(spans)) - 1),
        flip=_find_flip(read, spans, shares, decision, grounds.route) if ranked else None,
        neighbors=_find_neighbors(text, grounds, [c.tool for c in (best, rival) if c]),
        is_verbatim=grounds.taught is not None and grounds.taught.is_verbatim(grounds.tokens(text)),
        fit=grounds.taught.fit if grounds.taught else None,
        bundle=manifest.name,
        version=manifest.version,
        sha256=grounds.bundle.sha256,
    )


def hash_text(text: str) -> bytes:
    """sha256 of any str, lone surrogates included."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _find_rival(
    ranked: Sequence[Candidate], against: str | None
) -> tuple[Candidate | None, int | None]:
    """The answer that the best is compared with, and its rank; the runner-up of the best itself.

    Every trained tool is ranked: one that is not is taught, and was left out by a shortlist.
    """
    if against is not None and ranked and ranked[0].tool != against:
        for number, candidate in enumerate(ranked, 1):
            if candidate.tool == against:
                return candidate, number
        return Candidate(against, 0.0, TAUGHT), None
    return (ranked[1], 2) if len(ranked) > 1 else (None, None)


def _make_words(text: str, spans: Sequence[Span], shares: Shares) -> tuple[Word, ...]:
    return tuple(
        [
            Word(start, end, text[start:end], steps, steps / shares.orders)
            for (start, end), steps in zip(spans, shares.steps, strict=True)
        ]
    )


def _find_flip(
    text: str,
    spans: Sequence[Span],
    shares: Shares,
    decision: Decision,
    route: Callable[[str], Decision],
) -> Flip | None:
    def delete(words: tuple[int, ...]) -> str:
        deleted = sum(1 << word for word in words)
        return keep_words(text, spans, (1 << len(spans)) - 1 - deleted)

    found = find_deletion(shares.steps, lambda words: route(delete(words)).tool != decision.tool)
    if found is None:
        return None
    left = delete(found.words)
    return Flip(found.words, " ".join(left.split()), route(left), found.is_smallest)


def _find_neighbors(
    text: str, grounds: Grounds, answers: Sequence[str | None]
) -> tuple[Neighbor, ...]:
    part, ids = grounds.bundle.manifest.parts.embedding, grounds.tokens(text)
    if part is None or part.teaching is None or not ids:
        return ()
    return find_neighbors(
        to_direction(grounds.run(ids, EMBEDDING)),
        taught=[(example.text, example.tool) for example in grounds.examples],
        anchors=[(anchor.text, anchor.tool) for anchor in part.teaching.anchors],
        reader=grounds.reader,
        answers=answers,
    )
