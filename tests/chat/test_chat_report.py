"""What is told about a turn beside its answer."""

from edge_router import Decision, Outcome, Reason
from edge_router.chat.report import describe_turn
from edge_router.decision import Candidate
from edge_router.dispatcher import Status, Timings


def test_a_tool_that_was_taken_to_explore_is_told_with_the_best():
    candidates = (Candidate("lamp", 0.75), Candidate("fan", 0.25))
    decision = Decision("fan", 0.75, Reason.EXPLORED, candidates, 0.5, propensity=0.02)
    outcome = Outcome(
        text="Done.",
        status=Status.DONE,
        query="it is warm",
        decision=decision,
        timings=Timings(routing_us=90, total_us=120),
    )
    assert describe_turn(outcome, ())[0] == (
        "fan, to explore; best: lamp 75.0 %, decided in 90 us, 120 us in all"
    )
