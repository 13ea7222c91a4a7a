from edge_router.decision import Candidate, Decision, Reason
from edge_router.routing.policy import Policy

POLICY = Policy(0.8)


def test_decides_from_the_threshold_on():
    candidates = (Candidate("lights.off", 0.8), Candidate("lights.dim", 0.2))
    assert POLICY.decide(candidates, is_truncated=False) == Decision(
        "lights.off", 0.8, Reason.CONFIDENT, candidates, 0.8, False
    )


def test_abstains_below_the_threshold_and_keeps_the_raw_answer():
    decision = POLICY.decide((Candidate("lights.off", 0.79),), is_truncated=True)
    assert (decision.tool, decision.confidence, decision.reason) == (
        None,
        0.79,
        Reason.LOW_CONFIDENCE,
    )
    assert decision.candidates[0].tool == "lights.off"
    assert decision.is_truncated


def test_abstains_where_no_tool_is_the_best_answer():
    decision = POLICY.decide(
        (Candidate(None, 0.99), Candidate("lights.off", 0.01)), is_truncated=False
    )
    assert (decision.tool, decision.reason) == (None, Reason.OUT_OF_SCOPE)


def test_nothing_to_decide_on_is_a_decision_with_a_reason():
    assert POLICY.abstain(Reason.EMPTY_INPUT, is_truncated=True) == Decision(
        None, 0.0, Reason.EMPTY_INPUT, (), 0.8, True
    )
