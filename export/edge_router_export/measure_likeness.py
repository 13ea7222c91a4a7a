"""How close texts are to the examples that stand for a trained router's tools."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_router.routing import scope
from edge_router.routing.engine import EMBEDDING, LOGITS, Engine
from edge_router.routing.reader import Reader
from edge_router.routing.scope import read_anchors
from edge_router_export.export_onnx import export_student
from edge_router_export.keep_embedding import keep_embedding, keep_projection
from edge_router_export.load_data import Data
from edge_router_export.pack import load_tokenizer
from edge_router_export.quantize import IntegerStudent
from edge_router_export.recipe import TrainRecipe
from edge_router_export.train_student import load_base


def measure_likeness(
    data: Data, student: IntegerStudent, recipe: TrainRecipe, texts: Sequence[list[int]]
) -> NDArray[np.int64]:
    """How close each text, by its ids, is to the training texts of its best tool, as the router of
    this ``student`` will compute it; zeros where it has no anchors.
    """
    base = load_base(recipe)
    projection = keep_projection(base)
    if base is None or projection is None:
        return np.zeros(len(texts), np.int64)
    model = export_student(student, projection)
    part = keep_embedding(base, data, model, recipe)
    engine = Engine(model, outputs=[LOGITS, EMBEDDING], max_tokens=recipe.max_tokens)
    reader = Reader(
        load_tokenizer(base.tokenizer, recipe.max_tokens), lambda ids: engine.run(ids, EMBEDDING)
    )
    listed = part.teaching.anchors if part and part.teaching else ()
    anchors = read_anchors(listed, [tool.name for tool in data.tools], reader)
    outputs = [engine.run_all(ids, [LOGITS, EMBEDDING]) for ids in texts]
    return np.array([scope.measure_likeness(anchors, *found) for found in outputs], np.int64)
