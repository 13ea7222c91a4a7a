import numpy as np

from bench.__main__ import main
from bench.commands import judge
from bench.commands.judge import Remembered, check_judge, log_outcomes
from edge_router.decision import Candidate, Decision, Reason
from edge_router.examples import Example

TOOLS = "abcdef"
EXAMPLES = [Example(str(number), TOOLS[number % 6], (), "x", 1) for number in range(600)]


def remember(*, wrong_in: int) -> Remembered:
    """A router that takes the next tool in place of the right one in some texts."""
    decisions = {}
    for number, example in enumerate(EXAMPLES):
        first = (number + (number % wrong_in == 0)) % 6
        order = [TOOLS[(first - step) % 6] for step in range(6)]
        candidates = tuple(Candidate(tool, 0.5 if tool == order[0] else 0.1) for tool in order)
        decisions[example.text] = Decision(order[0], 0.5, Reason.CONFIDENT, candidates, 0.0)
    return Remembered(decisions)


def test_the_propensities_of_a_log_are_how_often_each_tool_is_taken():
    old, source = remember(wrong_in=10), np.random.default_rng(1)
    logged = log_outcomes(old, EXAMPLES * 10, explore=0.5, source=source)
    best = [o for o in logged if o.tool == old.decisions[o.text].tool]
    assert {o.propensity for o in best} == {0.6}
    assert {o.propensity for o in logged} == {0.1, 0.6}
    assert abs(len(best) / len(logged) - 0.6) < 0.02
    assert {(o.tool == TOOLS[int(o.text) % 6]) for o in logged if o.reward} == {True}


def test_a_better_router_is_told_from_a_worse_one():
    old, new = remember(wrong_in=5), remember(wrong_in=20)
    found = check_judge(old, new, EXAMPLES, rows=2000, resamplings=20, explore=0.5)
    assert (found["true_old"], found["true_new"]) == (0.8, 0.95)
    assert found["verdicts"] == {"better": 20, "worse": 0, "not told": 0}
    assert all(count >= 17 for count in found["held"].values())


def test_each_bundle_is_judged_against_the_one_before_it_on_its_set(
    monkeypatch, write_sets, assistant, assistant_path
):
    written: dict = {}
    monkeypatch.setattr(judge, "write_result", lambda name, rows, bundles: written.update(rows))
    tools = [tool.name for tool in assistant.tools]
    write_sets({"toys/test": [("dim the lights", tools[0]), ("make coffee", tools[1])]})
    bundles = [f"--bundle=toys/{label}={assistant_path}" for label in ("first", "second", "third")]
    assert main(["judge", *bundles, "--resamplings=2", "--rows", "50"]) == 0
    pairs = [(row["old"], row["new"]) for row in written["rows"]]
    assert pairs == [("first", "second"), ("second", "third")]
