"""Writes mixed.router: the tiny router with an embedding, so that it can be taught as well. Needs
the extra export; run it by hand.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
from make_tiny_router import WORDS, make_manifest, make_student

from edge_router.bundle import Embedding, PolicyNumbers, Teaching, write_bundle
from edge_router.bundle.parts import Anchor
from edge_router.bundle.tokenizer_check import write_tokenizer
from edge_router.routing.embedding import COSINE
from edge_router_export.export_onnx import export_student
from edge_router_export.quantize import IntegerProjection

PROJECTION = IntegerProjection(63 * np.eye(8, dtype=np.int8), np.zeros(8, np.int32))
TEACHING = Teaching(
    halving=COSINE // 8,
    rest=(COSINE // 2,),
    policy=PolicyNumbers(0.6, 0.1),
    anchors=(Anchor("dim the lights", "lights.dim"), Anchor("make coffee", "coffee.start")),
)

if __name__ == "__main__":
    manifest = make_manifest()
    parts = replace(manifest.parts, embedding=Embedding(8, TEACHING))
    write_bundle(
        Path(__file__).with_name("mixed.router"),
        manifest=replace(manifest, name="mixed", parts=parts),
        model=export_student(make_student(), PROJECTION),
        tokenizer=write_tokenizer(list(WORDS)),
        goldens=(),
    )
