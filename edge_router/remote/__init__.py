"""A language model elsewhere, for the words after a tool and for what the router cannot decide.

::

    question    a query, a tool's result or a menu of tools; redacted, bounded, counted
    model       orders and answers
    line        the budget, the breaker, retries
    attempt     one try: what came of it
    wire        httpx2, in the thread of ``loop``

Nothing here runs unless a :class:`Remote` is made and asked.
"""

from edge_router.remote.answer import Answer, Choice
from edge_router.remote.budget import Budget, Spent, Usage
from edge_router.remote.client import Remote
from edge_router.remote.clock import Clock
from edge_router.remote.completion import Call
from edge_router.remote.redact import Redaction, Redactor
from edge_router.remote.stream import AnswerStream, AsyncAnswerStream

__all__ = [
    "Answer",
    "AnswerStream",
    "AsyncAnswerStream",
    "Budget",
    "Call",
    "Choice",
    "Clock",
    "Redaction",
    "Redactor",
    "Remote",
    "Spent",
    "Usage",
]
