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


def decide(risk: str, confidence: float) -> Decision:
    policy = Policy(0.8, 0.95, {"door.unlock": risk}, {"door.unlock": "house"})
    return policy.decide((Candidate("door.unlock", confidence),), is_truncated=False)


def test_a_tool_that_may_not_run_unasked_is_proposed_and_never_the_tool():
    for risk, confidence in (("confirm", 0.8), ("confirm", 0.94), ("never_alone", 1.0)):
        decision = decide(risk, confidence)
        assert (decision.tool, decision.proposed) == (None, "door.unlock")
        assert (decision.reason, decision.domain) == (Reason.NEEDS_CONFIRMATION, "house")


def test_a_tool_to_confirm_runs_where_the_router_is_surer():
    decision = decide("confirm", 0.95)
    assert (decision.tool, decision.proposed) == ("door.unlock", None)
    assert (decision.reason, decision.domain) == (Reason.CONFIDENT, "house")


def test_below_the_threshold_nothing_is_proposed():
    decision = decide("never_alone", 0.79)
    assert (decision.tool, decision.proposed) == (None, None)
    assert decision.reason is Reason.LOW_CONFIDENCE


def test_a_text_that_is_too_unusual_gets_no_tool():
    candidates = (Candidate("lights.off", 0.99),)
    decision = POLICY.decide(candidates, is_truncated=False, scope=0.01, is_in_scope=False)
    assert (decision.tool, decision.reason) == (None, Reason.OUT_OF_SCOPE)
    assert (decision.scope, decision.candidates) == (0.01, candidates)
