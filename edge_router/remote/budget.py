"""What a remote may spend in a day, and what it has spent."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import isfinite
from typing import NamedTuple

from edge_router.errors import RemoteBudgetError, RemoteSettingError

_DAY_S = 86_400
# A reported figure this many times off our own estimate is taken for a fault of the server's;
# the estimate is off by far less, on any language (docs/remote.md).
_ABSURD_FACTOR = 8
# What a chat template may add to a small prompt: measured up to 150 tokens for one tool.
_TEMPLATE_TOKENS = 1_000


class Usage(NamedTuple):
    """Tokens of one request."""

    tokens_in: int
    """Of the prompt."""
    tokens_out: int
    """Of the answer."""

    def plus(self, other: Usage) -> Usage:
        """The tokens of both."""
        return Usage(self.tokens_in + other.tokens_in, self.tokens_out + other.tokens_out)

    def minus(self, other: Usage) -> Usage:
        """Without the tokens of ``other``."""
        return Usage(self.tokens_in - other.tokens_in, self.tokens_out - other.tokens_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The most that one day (UTC) may cost; no limit where ``None``."""

    tokens_per_day: int | None = None
    """Tokens, of prompts and answers together."""
    money_per_day: float | None = None
    """Money, in the currency of the two prices."""
    price_per_million_in: float = 0.0
    """The price of a million tokens of prompts."""
    price_per_million_out: float = 0.0
    """The price of a million tokens of answers."""

    def __post_init__(self) -> None:
        """Raises RemoteSettingError for a limit that could never hold."""
        prices = (self.price_per_million_in, self.price_per_million_out)
        limits = (self.tokens_per_day, self.money_per_day, *prices)
        if any(n is not None and not (isfinite(n) and n >= 0) for n in limits):
            raise RemoteSettingError("a budget's limits and prices are numbers from 0; correct it")
        if self.money_per_day is not None and not any(prices):
            raise RemoteSettingError(
                "money_per_day needs price_per_million_in and price_per_million_out; give them"
            )

    def price(self, usage: Usage) -> float:
        """Money for ``usage``."""
        in_millionths = (
            usage.tokens_in * self.price_per_million_in
            + usage.tokens_out * self.price_per_million_out
        )
        return in_millionths / 1_000_000


@dataclass(frozen=True, slots=True)
class Spent:
    """What one day has cost so far."""

    day: int
    """Days since 1970, UTC."""
    usage: Usage
    """Tokens."""
    money: float
    """By the budget's prices."""


@dataclass(slots=True)
class Bill:
    """What one request has used, its failed tries included."""

    usage: Usage = field(default_factory=lambda: Usage(0, 0))
    """Tokens."""

    def add(self, usage: Usage) -> None:
        """Counts one try."""
        self.usage = self.usage.plus(usage)


class Ledger:
    """Counts a day's tokens against a :class:`Budget`; thread-safe, kept in memory.

    What a request may cost is set aside before it is sent, so that many at once cannot spend the
    same rest.
    """

    def __init__(
        self, budget: Budget, *, wall_s: Callable[[], float], before: Spent | None = None
    ) -> None:
        """``wall_s`` gives seconds since 1970; ``before`` is what a former process spent."""
        self._budget = budget
        self._wall_s = wall_s
        self._lock = threading.Lock()
        self._day = before.day if before else 0
        self._spent = before.usage if before else Usage(0, 0)
        self._reserved = Usage(0, 0)

    @contextmanager
    def reserve(self, most: Usage) -> Iterator[Bill]:
        """Sets ``most`` aside until the request has ended, and counts what is on its bill then;
        raises RemoteBudgetError where the day's rest does not cover it.
        """
        with self._lock:
            self._turn_page()
            self._check(most)
            self._reserved = self._reserved.plus(most)
        bill = Bill()
        try:
            yield bill
        finally:
            with self._lock:
                self._turn_page()
                self._reserved = self._reserved.minus(most)
                self._spent = self._spent.plus(bill.usage)

    def spent(self) -> Spent:
        """Today's costs."""
        with self._lock:
            self._turn_page()
            return Spent(self._day, self._spent, self._budget.price(self._spent))

    def _check(self, most: Usage) -> None:
        budget, wanted = self._budget, self._spent.plus(self._reserved).plus(most)
        if budget.tokens_per_day is not None and sum(wanted) > budget.tokens_per_day:
            raise _exhausted(f"{budget.tokens_per_day} tokens", sum(self._spent), sum(most))
        if budget.money_per_day is not None and budget.price(wanted) > budget.money_per_day:
            spent, price = budget.price(self._spent), budget.price(most)
            raise _exhausted(f"{budget.money_per_day:g} of money", spent, price)

    def _turn_page(self) -> None:
        """Begins a new count on any other day, an earlier one too: a clock that ran ahead once
        must not close the budget until then.
        """
        day = int(self._wall_s() // _DAY_S)
        if day != self._day:
            self._day, self._spent = day, Usage(0, 0)


def count_usage(reported: object, estimate: Usage, *, most_out: int) -> Usage:
    """The tokens to count: what the server ``reported`` (the ``usage`` object of its answer),
    each figure replaced by our ``estimate`` where it is absent or absurd. ``most_out`` is the
    limit the answer had, which hidden reasoning may use up.
    """
    figures = reported if isinstance(reported, dict) else {}
    return Usage(
        _choose_figure(figures.get("prompt_tokens"), estimate.tokens_in, most=0),
        _choose_figure(figures.get("completion_tokens"), estimate.tokens_out, most=most_out),
    )


def _choose_figure(reported: object, estimate: int, *, most: int) -> int:
    if type(reported) is not int:
        return estimate
    ceiling = max(most, _ABSURD_FACTOR * estimate + _TEMPLATE_TOKENS)
    return reported if estimate // _ABSURD_FACTOR <= reported <= ceiling else estimate


def _exhausted(limit: str, spent: float, wanted: float) -> RemoteBudgetError:
    return RemoteBudgetError(
        f"the day's budget of {limit} has {spent:g} spent, and this request may take {wanted:g} "
        "more; wait for the next day (UTC), or raise the budget"
    )
