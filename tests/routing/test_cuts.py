"""Where a text may be parted, and how much speaks for it."""

import pytest

from edge_router.decision import TAUGHT, Candidate, Decision, Reason
from edge_router.routing.cut_score import NEVER, Sides, count_octaves, list_features, score_cut
from edge_router.routing.cuts import MOST_CUTS, Joint, find_cuts
from edge_router.routing.english import ENGLISH
from edge_router.routing.phrases import read_line


def find(text: str) -> list[tuple[str, Joint, str]]:
    line = read_line(text)
    found = find_cuts(line, ENGLISH)
    return [(line.line[: c.left].strip(), c.joint, line.line[c.right :].strip()) for c in found]


@pytest.mark.parametrize(
    ("text", "joint"),
    [
        ("one and two", Joint.AND),
        ("one, two", Joint.COMMA),
        ("one, and two", Joint.COMMA),
        ("one. two", Joint.STOP),
        ("one\ntwo", Joint.STOP),
        ("one; and two", Joint.STOP),
        ("one then two", Joint.SEQUENCE),
        ("one, and after that, two", Joint.SEQUENCE),
        ("one! Also, two", Joint.SEQUENCE),
        ("one but two", Joint.CONTRAST),
    ],
)
def test_a_cut_lies_at_a_connective(text, joint):
    assert find(text) == [("one", joint, "two")]


def test_a_cut_lies_before_words_that_forbid():
    assert find("one don't two") == [("one", Joint.NOTHING, "dont two")]
    assert find("one never mind") == [("one", Joint.NOTHING, "never mind")]


@pytest.mark.parametrize("text", ["", "one", "and one", "one and", "at 7.30", "play don't stop me"])
def test_there_is_no_cut(text):
    assert find(text) == []


def test_of_many_cuts_the_most_telling_are_tried_in_order():
    found = find("a and b, c then d and e and f, g and h and i and j; k")
    joints = [joint for _, joint, _ in found]
    assert len(joints) == MOST_CUTS
    assert joints.count(Joint.SEQUENCE) == joints.count(Joint.STOP) == 1
    assert joints.count(Joint.COMMA) == 2
    assert [len(left) for left, _, _ in found] == sorted(len(left) for left, _, _ in found)


@pytest.mark.parametrize(
    ("confidence", "octaves"),
    [(0.5, 0), (0.81, 2), (0.1, -4), (0.0, -13), (1.0, 13), (0.9999, 13), (0.75, 1)],
)
def test_odds_are_counted_in_octaves(confidence, octaves):
    assert count_octaves(confidence) == octaves


def decide(tool: str | None, confidence: float, source: str = "trained") -> Decision:
    reason = Reason.CONFIDENT if tool else Reason.LOW_CONFIDENCE
    return Decision(tool, confidence, reason, (Candidate(tool, confidence, source),), 0.5)


def make_sides(left: Decision, right: Decision, whole: Decision, joint=Joint.AND) -> Sides:
    return Sides(left, right, whole, 4, 3, left_depends=False, right_depends=False, joint=joint)


def test_features_are_whole_numbers_in_the_order_of_their_names():
    sides = make_sides(decide("a", 0.81), decide("b", 0.9), decide("b", 0.5), Joint.SEQUENCE)
    assert list_features(sides) == [2, 3, 0, 0, 0, 1, 4, 3, 0, 0, 1, 0, 0, 0, 0]


def test_two_sure_requests_are_two_where_the_whole_is_unsure():
    left, right = decide("a", 0.99), decide("b", 0.99)
    assert score_cut(make_sides(left, right, decide("a", 0.5))) > 0
    assert score_cut(make_sides(left, right, decide("a", 0.9999))) <= 0


def test_what_is_not_decided_is_no_request():
    left, whole = decide("a", 0.99), decide("a", 0.5)
    assert score_cut(make_sides(left, decide(None, 0.99), whole, Joint.SEQUENCE)) == NEVER


def test_a_proposed_tool_is_decided():
    proposed = Decision(
        None, 0.99, Reason.NEEDS_CONFIRMATION, (Candidate("b", 0.99),), 0.5, proposed="b"
    )
    assert score_cut(make_sides(decide("a", 0.99), proposed, decide("a", 0.5))) > 0


def test_a_text_taught_word_for_word_for_a_third_tool_is_not_parted():
    left, right = decide("a", 0.9999), decide("b", 0.9999)
    scene = decide("scene", 0.993, TAUGHT)
    assert score_cut(make_sides(left, right, scene, Joint.SEQUENCE)) == NEVER
