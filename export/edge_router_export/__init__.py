"""The training side of edge-router; ``pip install "edge-router[export]"``. The steps in their
order, one file each:

======================  ========================================================================
load_data               examples and tools from files, split into training, held-out and test
validate                every problem in the examples, with file and line
rehearse                what no bundle can hold is said before the training
synthesize              more texts from the examples alone
train_teacher           encoders fine-tuned on the examples say what they think of every text
start_head              the student starts from what the base knows
distill                 the small student learns from labels and teachers, already as integers
quantize                the student's integers, and what they compute, exactly
export_onnx             the integers as a short ONNX graph
judge                   what the student makes of texts that it was not trained on
check_parity            onnxruntime returns the same integers for every held-out text, or no bundle
fit_calibration         probabilities, threshold and what it promises, from held-out texts
pick_goldens            the texts that every device is checked with
pack                    the ``.router`` file with its goldens
report                  what was made of what, and how good it is
======================  ========================================================================

``train`` runs them; ``pretrain`` makes the base encoder that students start from; ``program``
learns without labels, from the final answers of the tools behind a router.
"""

from __future__ import annotations

import os

from edge_router.errors import MissingExtraError

# torch's threads wait for each other by spinning. Where another program wants the core, that takes
# the time which the others would need to get there: on two cores with one of them busy, a training
# becomes tens of times slower (`python -m bench busy`). OpenMP reads this when torch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

_PACKAGES = ("torch", "onnx", "transformers", "scipy", "matplotlib")


def require_extra() -> None:
    """Raises MissingExtraError where a package of the extra ``export`` is not installed."""
    from importlib.util import find_spec

    for package in _PACKAGES:
        if find_spec(package) is None:
            raise MissingExtraError("export", package)
