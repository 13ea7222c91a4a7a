"""Which texts go to the second candidate, and which never do."""

import math
from dataclasses import replace

import pytest

from edge_router.decision import Candidate, Decision, Reason
from edge_router.errors import InputError
from edge_router.routing.exploration import Exploration, find_second, make_exploration
from edge_router.routing.policy import Policy

KEY = bytes(range(32))
DRAWN, NOT_DRAWN = [5, 6, 7], [5, 6, 8]
FIFTH = Exploration(200_000, KEY)
POLICY = Policy(0.5, risks={"door.unlock": "confirm"}, domains={"fan.on": "air"})


def decide(*candidates: tuple[str | None, float], policy: Policy = POLICY) -> Decision:
    ranked = tuple([Candidate(*candidate) for candidate in candidates])
    return policy.decide(ranked, is_truncated=False)


SURE = decide(("lights.on", 0.75), ("fan.on", 0.25))


def test_these_texts_are_drawn_on_every_cpu_and_for_ever():
    drawn = [number for number in range(40) if FIFTH.draws([101, number, 102])]
    assert drawn == [2, 3, 6, 11, 12, 16, 20, 26]
    assert [number for number in range(20) if FIFTH.draws([5, 6, number])] == [2, 7, 10, 19]


def test_a_drawn_text_goes_to_the_second_candidate_with_its_propensity():
    assert FIFTH.revise(SURE, DRAWN, POLICY) == replace(
        SURE, tool="fan.on", reason=Reason.EXPLORED, domain="air", propensity=0.2
    )


def test_any_other_keeps_its_decision_and_says_that_it_could_have_been_drawn():
    assert FIFTH.revise(SURE, NOT_DRAWN, POLICY) == replace(SURE, propensity=0.8)


@pytest.mark.parametrize(
    "decision",
    [
        decide(("door.unlock", 0.75), ("fan.on", 0.25), policy=replace(POLICY, unasked=0.7)),
        decide(("door.unlock", 0.75), ("fan.on", 0.25)),
        decide(("lights.on", 0.75), ("door.unlock", 0.25)),
        decide(("lights.on", 0.75), (None, 0.2), ("fan.on", 0.05)),
        decide(("lights.on", 0.99), ("fan.on", 0.0156)),
        decide(("lights.on", 1.0)),
        decide(("lights.on", 0.49), ("fan.on", 0.48)),
        decide((None, 0.75), ("fan.on", 0.25)),
        Policy(0.5).abstain(Reason.EMPTY_INPUT, is_truncated=False),
    ],
    ids=[
        "the best may not run unasked, but is sure enough to",
        "the best must be confirmed",
        "the second must be confirmed",
        "no tool is second",
        "the second is nonsense",
        "there is no second",
        "below the threshold",
        "out of scope",
        "empty",
    ],
)
def test_these_decisions_are_never_revised(decision: Decision):
    assert find_second(decision, POLICY.risks) is None
    assert FIFTH.revise(decision, DRAWN, POLICY) == decision
    assert decision.propensity == 1.0


def test_a_second_from_one_in_64_on_may_be_taken():
    assert find_second(decide(("lights.on", 0.984375), ("fan.on", 0.015625)), {}) == "fan.on"


@pytest.mark.parametrize("per_million", [1_000, 20_000, 200_000])
def test_the_share_of_texts_drawn_is_the_one_asked_for(per_million: int):
    explore, texts = Exploration(per_million, KEY), 100_000
    share = per_million / 1e6
    drawn = sum(explore.draws([number >> 8, number & 255]) for number in range(texts))
    # 4 standard deviations of a binomial
    assert abs(drawn - texts * share) < 4 * math.sqrt(texts * share * (1 - share))


def test_another_device_draws_other_texts():
    other = Exploration(200_000, bytes(32))
    both = sum(FIFTH.draws([n]) and other.draws([n]) for n in range(10_000))
    assert 300 < both < 500  # 400 by chance


def test_a_larger_share_draws_what_a_smaller_one_does_and_more():
    small = Exploration(20_000, KEY)
    assert all(FIFTH.draws([n]) for n in range(10_000) if small.draws([n]))


def test_two_candidates_are_ranked_however_few_are_asked_for():
    assert [FIFTH.widen(top) for top in (None, 1, 2, 9)] == [None, 2, 2, 9]


def test_a_share_is_kept_as_whole_texts_of_a_million():
    assert make_exploration(0.02, KEY, None) == Exploration(20_000, KEY)
    assert make_exploration(0.1 + 0.1, KEY, None) == FIFTH
    assert make_exploration(0, None, None) is None


@pytest.mark.parametrize("share", [-0.1, 0.21, 1, math.nan, "0.02", None, True, 1e-9])
def test_a_share_that_cannot_be_is_refused(share: object):
    with pytest.raises(InputError, match="give 0"):
        make_exploration(share, KEY, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", [None, "secret of this device", b"fifteen bytes..", bytes(65)])
def test_a_key_that_is_no_secret_is_refused(key: object):
    with pytest.raises(InputError, match="16 to 64 bytes"):
        make_exploration(0.02, key, None)  # type: ignore[arg-type]


def test_a_key_is_shown_to_nobody():
    assert "key" not in repr(FIFTH)
