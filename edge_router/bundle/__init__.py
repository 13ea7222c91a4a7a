"""The ``.router`` file: everything a router needs, in one hashed file that is read in memory and
never unpacked.

The format (version 1)::

    a zip archive whose members are stored (not compressed), in this order, dated 1980-01-01:
        golden.json      texts with what the bundle's maker computed for them, stage by stage
        manifest.json    its parts (what it can do), limits, sha256 and size of the other members
        model.onnx       int8 graph, standard operators only, no external data
        tokenizer.json   for the `tokenizers` package

JSON is canonical: UTF-8, keys sorted, no spaces. Equal contents give equal bytes, so a bundle's
sha256 is its name; a file whose bytes are not exactly those that its contents give is refused. No
pickle; no path in it is followed.
"""

from edge_router.bundle.archive import Bundle, pack_bundle, read_bundle, write_bundle
from edge_router.bundle.destination import check_output
from edge_router.bundle.doubt import ScopeNumbers, ShortlistNumbers
from edge_router.bundle.goldens import Golden
from edge_router.bundle.manifest import Manifest
from edge_router.bundle.parts import (
    Anchor,
    CalibrationTable,
    Choice,
    Embedding,
    Parts,
    Teaching,
)
from edge_router.bundle.reference import Histogram, Reference
from edge_router.bundle.thresholds import PolicyNumbers

__all__ = [
    "Anchor",
    "Bundle",
    "CalibrationTable",
    "Choice",
    "Embedding",
    "Golden",
    "Histogram",
    "Manifest",
    "Parts",
    "PolicyNumbers",
    "Reference",
    "ScopeNumbers",
    "ShortlistNumbers",
    "Teaching",
    "check_output",
    "pack_bundle",
    "read_bundle",
    "write_bundle",
]
