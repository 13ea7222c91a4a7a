"""Shares with bootstrap intervals (Efron and Tibshirani, 1993; percentile method, fixed seed)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.stats import bootstrap

RESAMPLES = 2000
LEVEL = 0.95


def interval_of_share(is_right: Sequence[bool]) -> list[float]:
    """Bounds of the share of true values."""
    data = np.asarray(is_right, np.float64)
    return _bounds(
        bootstrap((data,), np.mean, n_resamples=RESAMPLES, batch=100, **_SETTINGS, rng=0)
    )


def interval_of_pairs(statistic: Callable[..., float], *columns: Sequence[Any]) -> list[float]:
    """Bounds of a statistic over columns of plain values that are resampled together."""
    arrays = tuple(np.asarray(column) for column in columns)

    def of_rows(*rows: Any) -> float:
        return statistic(*[row.tolist() for row in rows])

    return _bounds(
        bootstrap(
            arrays,
            of_rows,
            n_resamples=RESAMPLES,
            paired=True,
            vectorized=False,
            **_SETTINGS,
            rng=0,
        )
    )


def interval_of_samples(statistic: Callable[..., float], *samples: Sequence[float]) -> list[float]:
    """Bounds of a statistic over samples that are resampled apart."""
    arrays = tuple(np.asarray(sample, np.float64) for sample in samples)
    return _bounds(
        bootstrap(arrays, statistic, n_resamples=RESAMPLES, vectorized=False, **_SETTINGS, rng=0)
    )


_SETTINGS: dict[str, Any] = {"confidence_level": LEVEL, "method": "percentile"}


def _bounds(result: Any) -> list[float]:
    low, high = result.confidence_interval
    return [float(low), float(high)]
