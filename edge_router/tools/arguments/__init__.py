"""Typed arguments for a tool, found in a text by its JSON Schema, without training; no clock is
read, no word is guessed.
"""

from edge_router.tools.arguments.argument import Ambiguity, Argument, Filled, Source
from edge_router.tools.arguments.arguments import Arguments
from edge_router.tools.arguments.filler import Filler, fill
from edge_router.tools.grammar.reading import Kind, Recognized
from edge_router.tools.grammar.recognizer import recognize

__all__ = [
    "Ambiguity",
    "Argument",
    "Arguments",
    "Filled",
    "Filler",
    "Kind",
    "Recognized",
    "Source",
    "fill",
    "recognize",
]
