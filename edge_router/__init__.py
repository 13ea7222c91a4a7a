"""Which tool answers this text, decided on the device.

::

    text
      routing/tokenizer     ids
      routing/engine        integer logits      (int8 ONNX, the same bits on every CPU)
      routing/calibration   probabilities
      routing/policy        Decision            <- Router ends here: pure

A :class:`Router` is loaded from one ``.router`` file (``bundle/``). Bundles are made by the
training side, ``edge-router train``, which this package never imports.
"""

from edge_router.decision import Candidate, Decision, Reason
from edge_router.errors import (
    BundleError,
    DataError,
    EdgeRouterError,
    InputError,
    MissingExtraError,
)
from edge_router.router import Router

__version__ = "0.1.0"

__all__ = [
    "BundleError",
    "Candidate",
    "DataError",
    "Decision",
    "EdgeRouterError",
    "InputError",
    "MissingExtraError",
    "Reason",
    "Router",
]
