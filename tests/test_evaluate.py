import math

import pytest

from edge_router import Candidate, Decision, Reason
from edge_router.evaluate import (
    Confusion,
    ToolScore,
    area_under_roc,
    evaluate,
    expected_calibration_error,
)
from edge_router.examples import Example


class ScriptedRouter:
    """Answers each text as it was told to."""

    def __init__(self, answers: dict[str, tuple[str | None, float, bool]]) -> None:
        self.answers = answers

    def route(self, text: str) -> Decision:
        if text not in self.answers:
            return Decision(None, 0.0, Reason.EMPTY_INPUT, (), 0.5)
        best, confidence, is_answered = self.answers[text]
        reason = Reason.CONFIDENT if is_answered else Reason.LOW_CONFIDENCE
        return Decision(
            best if is_answered else None, confidence, reason, (Candidate(best, confidence),), 0.5
        )


def example(text: str, tool: str | None) -> Example:
    return Example(text, tool, (), "test.jsonl", 1)


EXAMPLES = [
    example("one", "a"),
    example("two", "a"),
    example("three", "a"),
    example("four", "b"),
    example("five", "b"),
    example("weather", None),
    example("joke", None),
]
ROUTER = ScriptedRouter(
    {
        "one": ("a", 0.9, True),
        "two": ("b", 0.8, True),
        "three": ("a", 0.4, False),
        "four": ("b", 1.0, True),
        "five": (None, 0.6, False),
        "weather": (None, 0.7, False),
        "joke": ("a", 0.85, True),
    }
)


def test_counts_what_was_right_answered_and_rejected():
    assert (
        evaluate(ROUTER, EXAMPLES).to_dict()
        == {
            "texts": 7,
            "in_scope_texts": 5,
            "accuracy": 0.6,  # one, three, four
            "answered_share": 0.6,  # one, two, four
            "precision": 0.5,  # one and four of one, two, four, joke
            "rejected_share": 0.5,  # weather
            "auroc": 0.7,  # for a tool: .9 .8 .4 1 .4 in scope, .3 .85 outside; seven of ten pairs in order
            "scope_auroc": None,
            "ece": pytest.approx((0.1 + 0.8 + 0.6 + 0.0 + 0.6) / 5),
        }
    )


def test_scores_each_tool_over_the_best_candidates_whether_answered_or_not():
    assert evaluate(ROUTER, EXAMPLES).tool_scores() == [
        ToolScore("a", 3, 2 / 3, 2 / 3),
        ToolScore("b", 2, 1 / 2, 1 / 2),
    ]


def test_a_tool_that_never_was_right_scores_zero_instead_of_dividing_by_zero():
    router = ScriptedRouter({"x": ("b", 0.9, True)})
    assert evaluate(router, [example("x", "a")]).tool_scores() == [
        ToolScore("a", 1, 0.0, 0.0),
        ToolScore("b", 0, 0.0, 0.0),
    ]


def test_ranks_confusions_by_count_and_shows_three_texts():
    router = ScriptedRouter(dict.fromkeys("pqrs", ("b", 0.9, True)) | {"t": (None, 0.9, False)})
    examples = [example("t", "a"), *(example(t, "a") for t in "pqrs")]
    assert evaluate(router, examples).confusions() == [
        Confusion("a", "b", 4, ("p", "q", "r")),
        Confusion("a", None, 1, ("t",)),
    ]
    assert len(evaluate(router, examples).confusions(1)) == 1


def test_confusions_of_equal_count_stand_in_the_order_of_their_names():
    router = ScriptedRouter({"p": ("c", 0.9, True), "q": ("b", 0.9, True), "r": (None, 0.9, False)})
    examples = [example("p", "a"), example("q", "a"), example("r", "a"), example("q", None)]
    assert [(c.expected, c.got) for c in evaluate(router, examples).confusions()] == [
        ("a", "b"),
        ("a", "c"),
        ("a", None),
        (None, "b"),
    ]


def test_an_out_of_scope_text_is_rejected_by_low_confidence_too():
    router = ScriptedRouter({"x": ("a", 0.3, False), "y": ("a", 0.9, True)})
    found = evaluate(router, [example("x", None), example("x", None), example("y", None)])
    assert found.rejected_share == pytest.approx(2 / 3)


def test_the_calibration_error_has_fifteen_bins():
    # .62 and .68 share a bin of ten, and none of fifteen: (.38 + .68) / 2, not (.68 - .38) / 2
    router = ScriptedRouter({"p": ("a", 0.62, True), "q": ("a", 0.68, True)})
    found = evaluate(router, [example("p", "a"), example("q", "b")])
    assert found.ece == pytest.approx(0.53)


def test_equal_confidences_in_and_out_of_scope_rank_by_chance():
    router = ScriptedRouter({"p": ("a", 0.7, True), "q": ("a", 0.7, True)})
    examples = [example("p", "a"), example("q", None)]
    assert evaluate(router, examples).auroc == 0.5
    assert evaluate(router, [*examples, example("p", "a"), example("q", None)]).auroc == 0.5


def test_keeps_every_prediction_in_the_order_of_the_examples():
    predictions = evaluate(ROUTER, EXAMPLES).predictions
    assert [p.example.text for p in predictions] == [
        "one",
        "two",
        "three",
        "four",
        "five",
        "weather",
        "joke",
    ]
    assert [p.tool for p in predictions] == ["a", "b", None, "b", None, None, "a"]
    assert [p.best for p in predictions] == ["a", "b", "a", "b", None, None, "a"]


def test_empty_input_counts_as_an_answer_that_was_not_given():
    found = evaluate(ScriptedRouter({}), [example("   ", "a")])
    assert (found.accuracy, found.answered_share, found.precision) == (0.0, 0.0, 0.0)


def test_without_out_of_scope_texts_there_is_no_rejection_to_measure():
    found = evaluate(ROUTER, EXAMPLES[:5])
    assert found.rejected_share is None
    assert found.auroc is None


def test_no_examples_at_all_give_zeros():
    found = evaluate(ROUTER, [])
    assert (found.accuracy, found.answered_share, found.precision, found.ece) == (
        0.0,
        0.0,
        0.0,
        0.0,
    )
    assert found.tool_scores() == []
    assert found.confusions() == []


def test_calibration_error_of_a_perfect_forecast_is_zero():
    assert expected_calibration_error([1.0, 1.0, 0.5, 0.5], [True, True, True, False]) == 0.0


def test_calibration_error_is_the_mean_gap_weighted_by_the_texts_of_each_bin():
    # bin (0.9, 1]: mean 0.95, three of four right: gap 0.2; bin (0, 0.1]: mean 0.1, right: gap 0.9
    confidences, is_right = [0.95, 0.95, 0.95, 0.95, 0.1], [True, True, True, False, True]
    assert expected_calibration_error(confidences, is_right, bins=10) == pytest.approx(
        (4 * 0.2 + 0.9) / 5
    )


@pytest.mark.parametrize(
    ("confidence", "right", "error"), [(0.0, False, 0.0), (0.0, True, 1.0), (1.0, False, 1.0)]
)
def test_calibration_error_counts_the_ends_of_the_range(confidence, right, error):
    assert expected_calibration_error([confidence], [right]) == error


def test_a_confidence_on_an_edge_belongs_to_the_bin_below():
    # 0.5 and 0.4 share the bin (0, 0.5], where their gaps cancel; in bins of their own they would
    # not
    assert expected_calibration_error([0.5, 0.5], [True, False], bins=2) == 0.0
    assert expected_calibration_error([0.5, 0.4], [True, False], bins=2) == pytest.approx(0.05)


def test_area_under_roc_counts_pairs_and_halves_ties():
    assert area_under_roc([0.9, 0.8], [0.1, 0.2]) == 1.0
    assert area_under_roc([0.1], [0.9]) == 0.0
    assert area_under_roc([0.5, 0.5], [0.5]) == 0.5
    assert area_under_roc([0.9, 0.4, 0.3], [0.3, 0.5]) == 3.5 / 6


def test_an_out_of_scope_text_held_for_no_tool_with_certainty_ranks_lowest():
    router = ScriptedRouter({"sure": (None, 1.0, False), "unsure": ("a", 0.01, False)})
    assert evaluate(router, [example("unsure", "a"), example("sure", None)]).auroc == 1.0


def test_every_figure_is_a_finite_number_or_none():
    for examples in ([], EXAMPLES[:1], EXAMPLES[5:], EXAMPLES):
        for value in evaluate(ROUTER, examples).to_dict().values():
            assert value is None or math.isfinite(value)
