from pathlib import Path

import pytest

from edge_router.bundle import read_bundle
from edge_router.evaluate import Evaluation, Prediction
from edge_router.examples import Example
from edge_router_export.report import accuracy_interval, write_report


def predict(tool: str | None, best: str | None, confidence: float, text: str = "x") -> Prediction:
    decided = best if confidence >= 0.5 else None
    return Prediction(Example(text, tool, (), "a.jsonl", 1), best, confidence, decided)


def test_the_interval_is_that_of_a_binomial_share():
    found = Evaluation(tuple([predict("tea", "tea" if i < 80 else "pot", 0.9) for i in range(100)]))
    low, high = accuracy_interval(found)
    # the 2.5 and 97.5 % quantiles of a binomial with n = 100 and p = 0.8, over n
    assert (low, high) == pytest.approx((0.72, 0.88), abs=0.011)


def test_where_all_or_one_are_right_the_interval_is_a_point():
    assert accuracy_interval(Evaluation((predict("tea", "tea", 1.0),))) == (1.0, 1.0)
    assert accuracy_interval(Evaluation((predict("tea", "tea", 1.0),) * 9)) == (1.0, 1.0)


HELD_OUT = Evaluation((predict("tea", "tea", 0.9), predict("light", "tea", 0.4, "held out")))
TEST = Evaluation(
    (
        predict("tea", "tea", 0.9),
        predict("tea", "light", 0.8, "a | pipe"),
        predict("tea", "light", 0.7, "two"),
        predict("light", "light", 0.6),
        predict("light", None, 0.6, "none"),
        predict(None, None, 0.9),
    )
)
TRAIN = [Example("one two three", "tea", (), "a", 1), Example("x", "light", (), "a", 2)]


def report(
    folder: Path, tiny: Path, test: Evaluation | None, warnings: tuple[str, ...] = ()
) -> str:
    path = write_report(
        folder, bundle=read_bundle(tiny), train=TRAIN, valid=HELD_OUT, test=test, warnings=warnings
    )
    return path.read_text("utf-8")


@pytest.fixture
def tiny() -> Path:
    return Path(__file__).parents[1] / "data" / "tiny.router"


def test_a_report_shows_the_test_texts_where_there_are_any(tmp_path: Path, tiny: Path):
    text = report(tmp_path, tiny, TEST)
    assert "**40.00%** of 5 test texts have the right tool as best candidate" in text
    assert "| held-out | 2 | 50.00% |" in text
    assert "| test | 6 | 40.00% |" in text
    assert "| tea | light | 2 | a \\| pipe; two |" in text
    # weakest first: tea has recall 1/3 and precision 1, light recall 1/2 and precision 1/3
    assert text.index("| light | 2 | 33.3% | 50.0% |") < text.index("| tea | 3 | 100.0% | 33.3% |")
    assert {path.name for path in tmp_path.iterdir()} == {
        "report.md",
        "reliability.png",
        "risk_coverage.png",
    }


def test_without_test_texts_it_shows_the_held_out_ones(tmp_path: Path, tiny: Path):
    text = report(tmp_path, tiny, None)
    assert "**50.00%** of 2 held-out texts" in text
    assert "| light | tea | 1 | held out |" in text
    assert "| test |" not in text


def test_warnings_stand_before_all_figures(tmp_path: Path, tiny: Path):
    text = report(tmp_path, tiny, None, ("it answers nothing", *["more"] * 30))
    assert text.index("> **Warning:** it answers nothing") < text.index("**50.00%**")
    assert text.count("> **Warning:** more") == 19
