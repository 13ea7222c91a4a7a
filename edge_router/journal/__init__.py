"""What was decided on this device and what came of it, in one SQLite file; off until it is asked
for.

::

    Journal.record   the hot path: puts an entry into a queue
      writer         batches of entries, retention, what a full disk does
      database       opens the file, or says what is wrong with it
      migrations     a small function for each version of its tables
    records, stats, timeline   read it again
    drift            whether its texts are what they were: two ``texts``, compared as ``samples``;
                     imported by whoever asks, since it reads bundles
    feedback         what people say of a decision, and the examples that follow from it
    outcomes         the same as rewards, for learning from what was taken
"""

from edge_router.journal.entry import Entry, Feedback, Record
from edge_router.journal.feedback import (
    Corrections,
    give_feedback,
    give_feedbacks,
    read_corrections,
    read_weak_labels,
)
from edge_router.journal.journal import Journal
from edge_router.journal.outcomes import Outcomes, Rewards, read_logged_outcomes
from edge_router.journal.records import read_judged_hashes, read_records
from edge_router.journal.stats import Latency, Stats, ToolStats, summarize
from edge_router.journal.timeline import Bucket, Timeline, read_timeline

__all__ = [
    "Bucket",
    "Corrections",
    "Entry",
    "Feedback",
    "Journal",
    "Latency",
    "Outcomes",
    "Record",
    "Rewards",
    "Stats",
    "Timeline",
    "ToolStats",
    "give_feedback",
    "give_feedbacks",
    "read_corrections",
    "read_judged_hashes",
    "read_logged_outcomes",
    "read_records",
    "read_timeline",
    "read_weak_labels",
    "summarize",
]
