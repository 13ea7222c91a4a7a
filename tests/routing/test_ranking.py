from edge_router.decision import TAUGHT, Candidate
from edge_router.routing.ranking import VERBATIM, join, put_first


def taught(tool: str | None, confidence: float) -> Candidate:
    return Candidate(tool, confidence, TAUGHT)


def test_what_is_left_by_the_taught_is_shared_among_the_trained():
    found = join(
        [taught("tea", 0.5), taught(None, 0.25)],
        [Candidate("lamp", 0.75), Candidate("door", 0.25)],
        0.5,
    )
    assert found == (taught("tea", 0.5), Candidate("lamp", 0.375), Candidate("door", 0.125))


def test_a_tool_that_is_trained_and_taught_gets_both_shares():
    found = join([taught("tea", 0.5), taught("milk", 0.25)], [Candidate("tea", 1.0)], 0.25)
    assert found == (taught("tea", 0.75), taught("milk", 0.25))


def test_no_tool_of_the_trained_stays_no_tool():
    assert join([taught("tea", 0.25)], [Candidate(None, 1.0)], 0.75) == (
        Candidate(None, 0.75),
        taught("tea", 0.25),
    )


def test_what_was_taught_word_for_word_is_first():
    found = put_first("tea", [taught("milk", 0.75), taught("tea", 0.25)])
    assert [c.tool for c in found] == ["tea", "milk"]
    assert found[0].confidence == VERBATIM + 0.25 / 128
    assert found[1].confidence == 0.75 / 128


def test_a_tool_below_the_best_candidates_or_no_tool_can_be_put_first():
    assert put_first("tea", [taught("milk", 1.0)])[0] == taught("tea", VERBATIM)
    assert put_first(None, [Candidate("lamp", 1.0)])[0] == taught(None, VERBATIM)
