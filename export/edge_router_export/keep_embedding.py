"""What lets tools be taught beside the trained ones: the base's projection, kept, and texts that
stand for the trained tools.

The projection is the base's own, though the encoder was trained on: measured on CLINC150 with ten
of its tools left out of the training, it tells these apart better than one that is fitted anew to
the training texts, or one that is trained along.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edge_router.bundle import Anchor, Bundle, Embedding
from edge_router.examples import Example
from edge_router.routing.embedding import COSINE, UNIT, to_direction
from edge_router.routing.engine import EMBEDDING, LOGITS, Engine
from edge_router_export.export_onnx import import_projection
from edge_router_export.load_data import Data, group_by_tool
from edge_router_export.pack import load_tokenizer
from edge_router_export.pick_anchors import pick_anchors
from edge_router_export.quantize import IntegerProjection
from edge_router_export.recipe import EACH, TrainRecipe

MARGIN = COSINE // 20
"""What closeness to an anchor weighs more than closeness to a taught tool. With this, ten tools of
CLINC150 that are taught by ten examples each take 5 of 1,000 texts from the 140 trained ones.
"""
TEXTS = 200
"""Of each tool's training examples, those that anchors are picked from at most."""


def keep_projection(base: Bundle | None) -> IntegerProjection | None:
    """Pooled values to the base's space; ``None`` without a base that can be taught."""
    part = base.manifest.parts.embedding if base else None
    return import_projection(base.model) if base and part and part.teaching else None


def keep_embedding(
    base: Bundle | None, data: Data, model: bytes, recipe: TrainRecipe
) -> Embedding | None:
    """The part ``embedding`` of a router whose trained ``model`` keeps its base's projection;
    ``None`` where there is none to keep.

    A router that shall hold none of its training texts (``goldens = "made"``) holds no anchors:
    taught tools take more texts from the trained ones of such a router.
    """
    part = base.manifest.parts.embedding if base else None
    if base is None or part is None or part.teaching is None:
        return None
    if recipe.objective == EACH:  # taught tools have probabilities, of which one alone is right
        return replace(part, teaching=None)
    anchors: tuple[Anchor, ...] = ()
    if recipe.goldens == "examples":
        tokenizer = load_tokenizer(base.tokenizer, recipe.max_tokens)
        engine = Engine(model, outputs=[LOGITS, EMBEDDING], max_tokens=recipe.max_tokens)
        read = [(e, ids) for e in _sample(data, recipe) if (ids := tokenizer.encode(e.text).ids)]
        directions = [to_direction(engine.run(ids, EMBEDDING)) for _, ids in read]
        rows = np.array(directions, np.float64) / UNIT
        anchors = pick_anchors([example for example, _ in read], rows, recipe.seed)
    return replace(part, teaching=replace(part.teaching, margin=MARGIN, anchors=anchors))


def _sample(data: Data, recipe: TrainRecipe) -> list[Example]:
    """Some training examples of each tool."""
    groups = group_by_tool(data.known, recipe.seed)
    return [e for tool in sorted(filter(None, groups)) for e in groups[tool][:TEXTS]]
