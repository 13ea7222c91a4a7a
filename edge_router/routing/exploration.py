"""The second candidate now and then, so that a log tells what it is good for: by a keyed hash of
the text, no dice.

What always takes the best tool learns nothing of the others. Here a small share of texts gets the
second one, and each decision says with which probability it is what it is: what
``off_policy.py`` divides by.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from edge_router.bundle import Choice
from edge_router.decision import Decision, Reason
from edge_router.errors import InputError
from edge_router.routing.policy import Policy
from edge_router.tool import FREE

MOST_SHARE = 0.2
"""Of texts that may go to the second candidate: beyond, users pay more than a log can be worth."""
LEAST_CONFIDENCE = 1 / 64
"""Of a second candidate: below, it is nonsense rather than a rival. Above what a text that was
taught word for word leaves to all others, so that no correction is ever put to the test.
"""
LEAST_KEY_BYTES, MOST_KEY_BYTES = 16, 64
_MILLION = 1_000_000
_HASH_BITS = 64
_PURPOSE = b"edge-explore"  # the same key, used for something else, gives another hash


@dataclass(frozen=True, slots=True)
class Exploration:
    """Which texts of this device go to the second candidate."""

    per_million: int
    """So many of a million texts, 1 to 200,000."""
    key: bytes = field(repr=False)
    """The device's own: another one draws other texts."""
    usual_top: int | None = None
    """Candidates to rank where a call names no number; ``None``: the bundle's."""

    def widen(self, top: int | None) -> int | None:
        """The candidates to rank where ``top`` are asked for: two at least, since what is shown
        must not change what is decided.
        """
        return self.usual_top if top is None else max(top, 2)

    def revise(self, decision: Decision, ids: Sequence[int], policy: Policy) -> Decision:
        """The ``policy``'s ``decision`` for the text of these token ``ids``, or the one for its
        second candidate; with its exact propensity.

        Only a confident decision is revised, and only between two tools that are free to run.
        """
        second = find_second(decision, policy.risks)
        if second is None:
            return decision
        if not self.draws(ids):
            return replace(decision, propensity=(_MILLION - self.per_million) / _MILLION)
        return replace(
            decision,
            tool=second,
            reason=Reason.EXPLORED,
            domain=policy.domains.get(second),
            propensity=self.per_million / _MILLION,
        )

    def draws(self, ids: Sequence[int]) -> bool:
        """Whether the text of these token ids is one of those that may go to the second candidate.

        Of the ids, not of the text: what reads the same is answered the same, and what folds case
        differs between versions of Unicode.
        """
        read = b"".join([number.to_bytes(4, "little") for number in ids])
        hashed = hashlib.blake2b(
            read, digest_size=_HASH_BITS // 8, key=self.key, person=_PURPOSE
        ).digest()
        # whole numbers: the share of hashes below, without a rounding
        return int.from_bytes(hashed, "little") * _MILLION < self.per_million << _HASH_BITS


def find_second(decision: Decision, risks: Mapping[str, str]) -> str | None:
    """The tool that may take the place of the decided one; ``None``: none may."""
    if decision.reason is not Reason.CONFIDENT or len(decision.candidates) < 2:
        return None
    second = decision.candidates[1]
    if second.tool is None or second.confidence < LEAST_CONFIDENCE:
        return None
    is_free = all(risks.get(tool or "", FREE) == FREE for tool in (decision.tool, second.tool))
    return second.tool if is_free else None


def make_exploration(share: float, key: bytes | None, choice: Choice | None) -> Exploration | None:
    """For a bundle with this ``choice``, if any; ``None`` for a share of 0. Raises InputError for a
    share or a key that cannot be.
    """
    is_number = isinstance(share, int | float) and not isinstance(share, bool)
    if not is_number or not 0 <= share <= MOST_SHARE:  # false for nan, too
        raise InputError(f"explore takes a share from 0 to {MOST_SHARE}, not {share!r}; give 0.02")
    if share == 0:
        return None
    per_million = round(share * _MILLION)
    if per_million == 0:
        raise InputError(f"{share!r} is less than one text in a million; give 0 to explore nothing")
    if not isinstance(key, bytes) or not LEAST_KEY_BYTES <= len(key) <= MOST_KEY_BYTES:
        raise InputError(
            f"exploring needs a secret of this device, {LEAST_KEY_BYTES} to {MOST_KEY_BYTES} "
            "bytes that stay the same; give key=Journal(FILE).exploration_key, or keep "
            "secrets.token_bytes(32)"
        )
    return Exploration(per_million, key, 2 if choice and choice.top == 1 else None)
