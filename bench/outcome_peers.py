"""What else learns from a log of outcomes, each behind the same names.

Their settings were chosen on BANKING77: by a tenth of its training texts, whose labels were looked
at for that alone, with and without turned rewards. There Vowpal Wabbit was best with ``ips``, a
rate of 0.1 and one pass (``dm``, ``dr``, other rates, more passes and its ``cb_adf`` with crossed
features stayed below), coba with ``dm``, the logistic regression with ``C = 10``; and weights of 20
at most hurt none of them and helped two.
"""

from __future__ import annotations

import importlib
import random
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Protocol

from edge_router.examples import LoggedOutcome

MAX_WEIGHT = 20.0
"""Of a row: what was less probable than 1 in 20 counts as if it had been as probable."""


class Learner(Protocol):
    """Learns which tool to take from what came of others' choices."""

    name: str
    """What the tables call it."""

    def fit(self, log: Sequence[LoggedOutcome]) -> None:
        """Learns from all rows."""
        ...

    def predict(self, text: str) -> str:
        """The tool that it would take."""
        ...


class LearnerMissingError(Exception):
    """A learner whose packages are not installed."""


class WeightedRegression:
    """TF-IDF of words and pairs of them, logistic regression on the rewarded rows, each weighted by
    its inverse propensity.
    """

    name = "logistic regression, inverse propensity"

    def __init__(self) -> None:
        """Unfitted."""
        text = importlib.import_module("sklearn.feature_extraction.text")
        linear_model = importlib.import_module("sklearn.linear_model")
        self._words = text.TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        self._model = linear_model.LogisticRegression(C=10, max_iter=300)

    def fit(self, log: Sequence[LoggedOutcome]) -> None:
        """Learns from all rows; nothing of those that were not rewarded."""
        good = [o for o in log if o.reward > 0]
        weights = [1 / _clip(o) for o in good]
        values = self._words.fit_transform([o.text for o in good])
        self._model.fit(values, [o.tool for o in good], sample_weight=weights)

    def predict(self, text: str) -> str:
        """The likeliest tool."""
        return str(self._model.predict(self._words.transform([text]))[0])


class VowpalWabbit:
    """``--cb``: a regressor for every tool on words and pairs of them, so that each word is crossed
    with each tool.
    """

    name = "vowpalwabbit --cb"

    def __init__(self) -> None:
        """Unfitted."""
        self._module = importlib.import_module("vowpalwabbit")
        self._tools: list[str | None] = []
        self._model: Any = None

    def fit(self, log: Sequence[LoggedOutcome]) -> None:
        """One pass over all rows, shuffled."""
        self._tools = sorted({o.tool for o in log}, key=str)
        options = "--cb_type ips -l 0.1 --ngram w2 -b 24 --random_seed 1 --quiet"
        self._model = self._module.Workspace(f"--cb {len(self._tools)} {options}")
        places = {tool: number for number, tool in enumerate(self._tools, 1)}
        for o in _shuffle(log):
            label = f"{places[o.tool]}:{-o.reward}:{_clip(o)}"
            self._model.learn(f"{label} |w {_split(o.text)}")

    def predict(self, text: str) -> str:
        """The tool with the best expected reward."""
        return str(self._tools[int(self._model.predict(f"|w {_split(text)}")) - 1])


class CobaOffPolicy:
    """coba's learner for logs: Vowpal Wabbit's ``cb_adf`` with words crossed with tools."""

    name = "coba VowpalOffPolicyLearner"

    def __init__(self) -> None:
        """Unfitted."""
        learners = importlib.import_module("coba.learners")
        importlib.import_module("vowpalwabbit")
        self._learner = learners.VowpalOffPolicyLearner(features=["a", "xa"], b=24, cb_type="dm")
        self._tools: list[str] = []

    def fit(self, log: Sequence[LoggedOutcome]) -> None:
        """One pass over all rows, shuffled, as coba feeds its learners."""
        self._tools = sorted({str(o.tool) for o in log})
        for o in _shuffle(log):
            # all tools with each row: the learner tells them apart by what is not taken, too
            self._learner.learn(
                _count(o.text), str(o.tool), o.reward, _clip(o), actions=self._tools
            )

    def predict(self, text: str) -> str:
        """The tool with the best expected reward."""
        return str(self._learner.predict(_count(text), self._tools)[0])


LEARNERS: dict[str, Callable[[], Learner]] = {
    "regression": WeightedRegression,
    "vowpalwabbit": VowpalWabbit,
    "coba": CobaOffPolicy,
}
"""By the names that the command takes."""


def make_learner(name: str) -> Learner:
    """A fresh learner; raises LearnerMissingError where a package of it is missing."""
    try:
        return LEARNERS[name]()
    except ImportError as error:
        raise LearnerMissingError(f"not installed ({error.name or error})") from error


def _shuffle(log: Sequence[LoggedOutcome]) -> list[LoggedOutcome]:
    rows = list(log)
    random.Random(0).shuffle(rows)
    return rows


def _clip(outcome: LoggedOutcome) -> float:
    """The propensity, not below what :data:`MAX_WEIGHT` allows."""
    return max(float(outcome.propensity or 1), 1 / MAX_WEIGHT)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _split(text: str) -> str:
    return " ".join(_words(text))


def _count(text: str) -> dict[str, int]:
    """Words and pairs of neighbours."""
    words = _words(text)
    return dict.fromkeys([*words, *[f"{a}_{b}" for a, b in pairwise(words)]], 1)
