"""Questions with their right answers, and nothing of which tool finds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_router.errors import DataError


@dataclass(frozen=True)
class Questions:
    """Texts that a program is asked."""

    texts: tuple[str, ...]
    """What the routers read."""
    inputs: tuple[Any, ...]
    """What the tools get for each; the text itself where nothing else was given."""
    answers: tuple[Any, ...] = ()
    """The right answer of each; empty where they are not known."""

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, rows: NDArray[np.int64]) -> Questions:
        """Those of these numbers, in their order."""
        return Questions(
            tuple([self.texts[row] for row in rows]),
            tuple([self.inputs[row] for row in rows]),
            tuple([self.answers[row] for row in rows]) if self.answers else (),
        )

    def rewrite(self, texts: Sequence[str]) -> Questions:
        """The same with other texts; inputs that were the texts change with them."""
        pairs = zip(self.texts, self.inputs, texts, strict=True)
        inputs = [new if given is old else given for old, given, new in pairs]
        return Questions(tuple(texts), tuple(inputs), self.answers)


def make_questions(
    texts: Sequence[str], inputs: Sequence[Any] | None = None, answers: Sequence[Any] | None = None
) -> Questions:
    """Checked questions; raises DataError where a text is none or the lengths differ."""
    if isinstance(texts, str) or not all(isinstance(text, str) for text in texts):
        raise DataError("the questions are not a list of texts; give one str for each question")
    for what, values in (("inputs", inputs), ("answers", answers)):
        if values is not None and len(values) != len(texts):
            raise DataError(
                f"there are {len(texts)} questions and {len(values)} {what}; give one for each"
            )
    return Questions(
        tuple(texts),
        tuple(texts if inputs is None else inputs),
        () if answers is None else tuple(answers),
    )
