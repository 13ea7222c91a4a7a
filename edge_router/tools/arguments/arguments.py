"""The arguments of many tools: each schema is read once, known names may change at any time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from edge_router.tools.arguments.argument import Filled
from edge_router.tools.arguments.filler import Filler
from edge_router.tools.gazetteer import Gazetteer

MAX_SCHEMAS = 20_000


class Arguments:
    """Finds arguments in texts, as :func:`fill` does; threads may share it."""

    def __init__(
        self, *, language: str = "en", gazetteers: Mapping[str, Gazetteer] | None = None
    ) -> None:
        """``gazetteers`` has known names by parameter: rooms, contacts, songs. Raises DataError for
        a language without a file.
        """
        self._language = language
        self.replace(gazetteers or {})
        Filler(None, language=language)  # an unknown language is said now, not at a user's text

    def replace(self, gazetteers: Mapping[str, Gazetteer]) -> None:
        """Takes other known names from now on."""
        # one assignment: a thread reads the old names with the old fillers, or the new with the new
        self._known: tuple[Mapping[str, Gazetteer], dict[int, tuple[Any, Filler]]] = (
            dict(gazetteers),
            {},
        )

    def __call__(self, parameters: Mapping[str, Any] | None, text: str, *, now: datetime) -> Filled:
        """The arguments that ``text`` gives for the JSON Schema ``parameters``, which must not
        change afterwards; ``now`` is what *tomorrow* is told from.
        """
        gazetteers, fillers = self._known
        # by identity, and holding the schema, so that its id is no other's
        held = fillers.get(id(parameters))
        if held is None or held[0] is not parameters:
            if len(fillers) >= MAX_SCHEMAS:
                fillers.clear()  # more than a registry has: schemas that were made for one call
            made = Filler(parameters, language=self._language, gazetteers=gazetteers)
            held = fillers[id(parameters)] = (parameters, made)
        return held[1].fill(text, now=now)
