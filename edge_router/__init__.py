"""Which tool answers this text, decided on the device.

::

    text
      routing/tokenizer     ids
      routing/engine        integer logits      (int8 ONNX, the same bits on every CPU)
      routing/calibration   probabilities
      routing/policy        Decision            <- Router ends here: pure
      tools/arguments       typed arguments
      tools/runner          the tool runs
    Outcome                                     <- Dispatcher ends here: effects

A :class:`Router` is loaded from one ``.router`` file (``bundle/``). Bundles are made by the
training side, ``edge-router train``, which this package never imports.
"""

TYPE_CHECKING = False  # what typing.TYPE_CHECKING says, without importing typing
if TYPE_CHECKING:
    from edge_router.decision import Candidate, Decision, Reason
    from edge_router.dispatcher import Dispatcher, Outcome
    from edge_router.errors import (
        BundleError,
        DataError,
        EdgeRouterError,
        InputError,
        MissingExtraError,
    )
    from edge_router.explanation import Explanation
    from edge_router.journal import Journal
    from edge_router.part import Part, Stance
    from edge_router.router import Router
    from edge_router.tool import Tool

__version__ = "0.1.0"

__all__ = [
    "BundleError",
    "Candidate",
    "DataError",
    "Decision",
    "Dispatcher",
    "EdgeRouterError",
    "Explanation",
    "InputError",
    "Journal",
    "MissingExtraError",
    "Outcome",
    "Part",
    "Reason",
    "Router",
    "Stance",
    "Tool",
]

# Lightest first: `edge-router --help`, and a program that only names an error, wait for no numpy
# and no onnxruntime.
_HOMES = (
    "edge_router.errors",
    "edge_router.decision",
    "edge_router.tool",
    "edge_router.explanation",
    "edge_router.part",
    "edge_router.router",
    "edge_router.dispatcher",
    "edge_router.journal",  # last: what decides needs no SQLite
)


def __getattr__(name: str) -> object:
    """A public name, imported when it is first asked for."""
    if name in __all__:
        from importlib import import_module

        for home in map(import_module, _HOMES):
            if hasattr(home, name):
                value: object = getattr(home, name)
                globals()[name] = value  # from now on it is found without this function
                return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
