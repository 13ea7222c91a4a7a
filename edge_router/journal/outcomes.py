"""A journal's records as logged outcomes: what was taken, how probable that was, how good it was.

What was taken is the router's own decision. Where it abstained that is ``None``, whatever a remote
model made of it, and the reward is that of the answer which came of abstaining, at the model's
cost.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from edge_router.examples import LoggedOutcome
from edge_router.journal.database import reading
from edge_router.journal.entry import Entry, Record
from edge_router.journal.records import iterate_records

_RIGHT, _WRONG = 1.0, 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewards:
    """What counts as a reward, and what as a cost."""

    price: float = 0.0
    """Of a million tokens, sent to a remote model or received; the costs are in its unit."""
    is_failure_wrong: bool = False
    """A tool that failed was the wrong one, where nobody said otherwise."""
    takes_weak: bool = False
    """The tool that a remote model chose, and that ran, was the right one, where nobody said
    otherwise; such a row is marked as weak.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """What a journal says of the tools that were taken."""

    rows: tuple[LoggedOutcome, ...]
    """Oldest first."""
    without_reward: int
    """Records of which nobody said whether they were right."""
    without_text: int
    """Of which the journal kept the hash alone."""
    without_propensity: int
    """Of an edge-router that did not record it."""


def read_logged_outcomes(
    path: str | os.PathLike[str], *, rewards: Rewards | None = None, since: float = 0
) -> Outcomes:
    """The outcomes in the journal ``path`` from ``since`` on (seconds since 1970), a row a record.
    Raises DataError for a file that cannot be read.
    """
    rules = rewards or Rewards()
    rows: list[LoggedOutcome] = []
    without_reward = without_text = without_propensity = 0
    with reading(Path(path)) as database:
        for record in iterate_records(database, since):
            reward, entry = _find_reward(record, rules), record.entry
            if reward is None and not _is_weak(entry, rules):
                without_reward += 1
            elif entry.text is None or not entry.text.strip():
                without_text += 1
            elif entry.propensity is None:
                without_propensity += 1
            else:
                rows.append(_make_outcome(entry, entry.text, reward, rules))
    return Outcomes(
        rows=tuple(rows),
        without_reward=without_reward,
        without_text=without_text,
        without_propensity=without_propensity,
    )


def _find_reward(record: Record, rules: Rewards) -> float | None:
    """What somebody said, or what a failure says where that counts; ``None``: nothing."""
    if record.feedback is not None:
        return _RIGHT if record.feedback.is_right else _WRONG
    is_failure = rules.is_failure_wrong and record.entry.status == "failed"
    return _WRONG if is_failure else None


def _is_weak(entry: Entry, rules: Rewards) -> bool:
    """Whether a remote model chose the tool, which ran, and that is to count."""
    is_chosen = entry.taken is None and entry.tool is not None and entry.status == "done"
    return rules.takes_weak and is_chosen


def _make_outcome(entry: Entry, text: str, reward: float | None, rules: Rewards) -> LoggedOutcome:
    if reward is None:
        # had the router taken this tool, nobody would have been asked: the tokens cost nothing here
        return LoggedOutcome(
            text=text, tool=entry.tool, propensity=entry.propensity, reward=_RIGHT, is_weak=True
        )
    tokens = (entry.tokens_in or entry.estimated_tokens_in) + entry.tokens_out
    return LoggedOutcome(
        text=text,
        tool=entry.taken,
        propensity=entry.propensity,
        reward=reward,
        cost=tokens * rules.price / 1e6,
    )
