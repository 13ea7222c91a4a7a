"""Writes tiny.router: two tools, twelve words, weights by hand, goldens computed. Needs the extra
export; run it by hand.

Committed as it is: a bundle of the first format that every later runtime must read and answer with
the same bits.
"""

from pathlib import Path

import numpy as np

from edge_router.bundle import (
    CalibrationTable,
    Choice,
    Manifest,
    Parts,
    PolicyNumbers,
    pack_bundle,
    write_bundle,
)
from edge_router.bundle.tokenizer_check import write_tokenizer
from edge_router.router import Router
from edge_router.routing.calibration import make_table
from edge_router.tool import Tool
from edge_router.verify import make_golden
from edge_router_export.export_onnx import export_student
from edge_router_export.quantize import IntegerConvolution, IntegerEncoder, IntegerStudent

ZERO = 128
WORDS = {  # what a word says for: lights, coffee, neither
    "[PAD]": (0, 0, 0),
    "[UNK]": (0, 0, 40),
    "lights": (90, 0, 0),
    "dim": (60, 0, 0),
    "coffee": (0, 90, 0),
    "make": (0, 30, 0),
    "weather": (0, 0, 90),
    "the": (0, 0, 0),
    "please": (0, 0, 0),
    "##s": (0, 0, 0),
    "?": (0, 0, 20),
    "cafe": (0, 80, 0),
}
GOLDENS = (
    "dim the lights",
    "Dim the LIGHTS, please?",
    "make coffee please",
    "coffees",
    "Café!",
    "the [PAD] lights",
    "lights coffee",
    "the weather",
    "something else",
    "",
    " \t ",
    "\U0001f600",
    "שלום",
    "dim " * 40,
)


def make_student() -> IntegerStudent:
    """One layer that hands its three channels on and has a fourth that fires where *dim* stands
    before *lights*.
    """
    weight = np.zeros((4, 3, 3), np.int8)
    weight[[0, 1, 2], [0, 1, 2], 1] = 1
    weight[3, 0] = [1, 1, 0]
    bias = np.array([0, 0, 0, -100], np.int32)
    layer = IntegerConvolution(weight, bias, np.ones(4, np.float32))
    head = np.array([[2, 0, 0], [0, 2, 0], [0, 0, 2], [1, 0, 0]] * 2, np.int8)
    table = (np.array(list(WORDS.values())) + ZERO).astype(np.uint8)
    return IntegerStudent(IntegerEncoder(table, (layer,)), head, 1.0)


def make_manifest() -> Manifest:
    """Everything but the members."""
    return Manifest(
        name="tiny",
        version="1",
        max_tokens=16,
        max_chars=512,
        parts=Parts(
            Choice(
                tools=(
                    Tool("lights.dim", "Dims a lamp.", {"type": "object"}),
                    Tool("coffee.start", "Makes coffee."),
                ),
                answers_no_tool=True,
                calibration=CalibrationTable(*make_table(24.0, resolution=4)),
                policy=PolicyNumbers(0.8, 0.02),
            )
        ),
        created_with={"edge-router": "0.1.0"},
        training={"recipe": "by hand", "files_sha256": {}},
        metrics={"held_out": {"accuracy": 1.0}},
    )


if __name__ == "__main__":
    parts = {
        "manifest": make_manifest(),
        "model": export_student(make_student()),
        "tokenizer": write_tokenizer(list(WORDS)),
    }
    router = Router.load(pack_bundle(**parts, goldens=()))
    goldens = [make_golden(router, text) for text in GOLDENS]
    print(write_bundle(Path(__file__).with_name("tiny.router"), **parts, goldens=goldens))
