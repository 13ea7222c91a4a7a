"""What was decided on this device and what came of it, in one SQLite file; off until it is asked
for.

::

    Journal.record   the hot path: puts an entry into a queue
      writer         batches of entries, retention, what a full disk does
      database       opens the file, or says what is wrong with it
      migrations     a small function for each version of its tables
    records, stats   read it again
    drift            whether its texts are what they were: two ``texts``, compared as ``samples``;
                     imported by whoever asks, since it reads bundles
    feedback         what people say of a decision, and the examples that follow from it
    outcomes         the same as rewards, for learning from what was taken
"""

from edge_router.journal.entry import Entry, Feedback, Record
from edge_router.journal.feedback import Corrections, give_feedback, read_corrections
from edge_router.journal.journal import Journal
from edge_router.journal.outcomes import Outcomes, Rewards, read_logged_outcomes
from edge_router.journal.records import read_records
from edge_router.journal.stats import Latency, Stats, ToolStats, summarize

__all__ = [
    "Corrections",
    "Entry",
    "Feedback",
    "Journal",
    "Latency",
    "Outcomes",
    "Record",
    "Rewards",
    "Stats",
    "ToolStats",
    "give_feedback",
    "read_corrections",
    "read_logged_outcomes",
    "read_records",
    "summarize",
]
