"""The whole packing with a model that has learnt nothing, so that what no bundle can hold is said
before the training and not after it.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from edge_router.bundle import CalibrationTable
from edge_router.errors import BundleError, DataError
from edge_router.tool import NAME_RULE, is_name
from edge_router_export.describe import describe
from edge_router_export.export_onnx import export_student, import_encoder
from edge_router_export.fit_decision import Fitted
from edge_router_export.fit_threshold import NEVER, Promise
from edge_router_export.keep_embedding import keep_embedding, keep_projection
from edge_router_export.load_data import Data
from edge_router_export.pack import pack
from edge_router_export.pick_goldens import pick_goldens
from edge_router_export.quantize import IntegerStudent, quantize_encoder
from edge_router_export.recipe import TrainRecipe
from edge_router_export.train_student import load_base, make_fresh_encoder, make_tokenizer


def rehearse(data: Data, recipe: TrainRecipe, output: Path) -> None:
    """Packs an untrained router of these tools and sizes and loads it; raises DataError where that
    fails: too many tools, descriptions that are too long, a model that is too large.
    """
    if not is_name(output.stem) or output.is_dir():
        raise DataError(f"cannot be the file of a router; {NAME_RULE}", file=str(output))
    base = load_base(recipe)
    tokenizer = make_tokenizer(base, data, recipe)
    encoder = (
        import_encoder(base.model)
        if base
        else quantize_encoder(make_fresh_encoder(tokenizer, recipe))
    )
    pooled_width = 2 * sum(len(layer.bias) for layer in encoder.convolutions)
    head = np.zeros((pooled_width, len(data.labels)), np.int8)
    untrained = Fitted(CalibrationTable(0, (1,)), Promise(NEVER, 1.0, recipe.max_error, 0, 0, None))
    projection = keep_projection(base)
    model = export_student(IntegerStudent(encoder, head, 1.0), projection)
    with TemporaryDirectory() as folder:
        try:
            pack(
                Path(folder) / output.name,
                manifest=describe(
                    output.stem,
                    data,
                    recipe,
                    untrained,
                    embedding=keep_embedding(base, data, model, recipe),
                    metrics={},
                ),
                model=model,
                tokenizer=tokenizer,
                texts=pick_goldens(data.known, kind=recipe.goldens, seed=recipe.seed),
            )
        except BundleError as error:
            reason = str(error).rpartition(";")[0] or str(error)
            raise DataError(
                f"no bundle can hold what would be trained ({reason}); nothing was trained: "
                "give fewer tools, shorter descriptions or a smaller recipe"
            ) from error
