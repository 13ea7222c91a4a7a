"""What held-out texts look like to the router, for ``edge-router drift`` to compare with.

The texts are those that ``judge`` had judged. Where these are all examples in turn, judged by
models that were trained on the others, the part says so: the router itself, trained on all, is
somewhat surer than they were, and a device's texts may differ a little from the start. With
``base = "none"`` the vocabulary was learnt from these very texts, so that they have fewer unknown
words than others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from edge_router.bundle import Reference
from edge_router.bundle.reference import UNKNOWN_EDGES, count_shares, find_edges
from edge_router.evaluate import Evaluation
from edge_router.routing.known_words import KnownWords
from edge_router_export.judge import Judged


def fit_reference(
    judged: Judged, found: Evaluation, ids: Sequence[Sequence[int]], words: KnownWords
) -> Reference:
    """The part ``reference`` from what was ``found`` of the judged texts at the threshold that is
    shipped, and from their token ``ids``.
    """
    predictions = found.predictions
    best = Counter(prediction.best for prediction in predictions)
    confidences = [prediction.confidence for prediction in predictions]
    shares = [words.unknown_share(text) for text in ids]
    return Reference(
        texts=len(predictions),
        best=tuple([best[name] for name in judged.names]),
        abstained=sum(prediction.tool is None for prediction in predictions),
        confidence=count_shares(confidences, find_edges(confidences)),
        unknown=count_shares([s for s in shares if s is not None], UNKNOWN_EDGES),
        is_cross_validated=judged.is_cross_validated,
    )
