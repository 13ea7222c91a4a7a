"""From a text to what it brings about, with every effect in one place.

::

    text
      router            Decision
      tools/arguments   Dialogue: typed arguments; asks for what is missing (``resume``)
      tools/runner      the tool runs
      advice            words of a remote model, or the tool's own
    Outcome

``effects`` lets the same steps serve callers with and without an event loop.
"""

from edge_router.dispatcher.dispatcher import Dispatcher
from edge_router.dispatcher.outcome import Outcome, Pending, Status, Timings
from edge_router.dispatcher.phrases import Phrases
from edge_router.dispatcher.stream import AsyncOutcomeStream, OutcomeStream

__all__ = [
    "AsyncOutcomeStream",
    "Dispatcher",
    "Outcome",
    "OutcomeStream",
    "Pending",
    "Phrases",
    "Status",
    "Timings",
]
