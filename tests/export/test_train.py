import json
from pathlib import Path

import pytest

from edge_router import DataError, Router
from edge_router.errors import ParityError
from edge_router.verify import verify
from edge_router_export.quantize import IntegerStudent
from edge_router_export.train import train

FEW = {
    "base": "none",
    "vocabulary": "400",
    "embedding_width": "16",
    "width": "16",
    "epochs": "6",
    "updates": "1",
    "folds": "2",
}
LONG = {**FEW, "epochs": "60"}
COLOURS = ["red", "green", "blue", "yellow", "black", "white", "brown", "pink", "grey", "orange"]


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    rows = [{"text": f"paint it {c} please", "tool": "paint"} for c in COLOURS]
    rows += [{"text": f"eat the {c} soup", "tool": "eat"} for c in COLOURS]
    rows += [{"text": f"who is {c}", "tool": None} for c in COLOURS]
    path = tmp_path / "examples.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_examples_become_a_router_that_decides(examples: Path, tmp_path: Path, quiet):
    test = tmp_path / "test.jsonl"
    test.write_text('{"text": "paint it purple please", "tool": "paint"}\n', "utf-8")
    made = train(
        [examples],
        output=tmp_path / "a.router",
        recipe="tiny",
        overrides=LONG,
        test=[test],
        progress=quiet,
    )
    router = Router.load(made.bundle_path)
    assert [tool.name for tool in router.tools] == ["eat", "paint"]
    assert router.route("paint it purple please").candidates[0].tool == "paint"
    assert router.route("who is mauve").candidates[0].tool is None
    assert verify(router) == ()
    assert made.report_path.read_text("utf-8").startswith("# a\n")
    assert router.bundle.manifest.metrics["parity_texts"] == 30
    reference = router.bundle.manifest.parts.reference
    assert reference is not None
    assert (reference.texts, reference.is_cross_validated) == (30, True)
    assert sum(reference.best) == sum(reference.confidence.counts) == 30
    assert (made.metrics["test"]["texts"], made.metrics["test"]["accuracy"]) == (1, 1.0)
    assert "test" not in router.bundle.manifest.metrics


def test_few_examples_give_a_router_that_answers_and_says_what_it_cannot_promise(
    examples: Path, tmp_path: Path, quiet
):
    made = train(
        [examples], output=tmp_path / "a.router", recipe="tiny", overrides=LONG, progress=quiet
    )
    router = Router.load(made.bundle_path)
    assert router.route("paint it purple please").tool == "paint"
    promise = made.metrics["promise"]
    assert (promise["wanted"], promise["is_cross_validated"]) == (0.02, True)
    assert promise["max_error"] == router.bundle.manifest.parts.choice.policy.max_error == 0.3
    assert promise["more_texts"] > 0
    assert "support a promise of at most 30 % wrong answers, not of 2 %" in made.warnings[0]
    report = made.report_path.read_text("utf-8")
    assert made.warnings[0] in report
    assert f"- Promised by the threshold: {promise['sentence']}." in report


def test_the_same_recipe_seed_and_data_give_the_same_bytes(examples: Path, tmp_path: Path, quiet):
    first = train(
        [examples],
        output=tmp_path / "one" / "a.router",
        recipe="tiny",
        overrides=FEW,
        progress=quiet,
    )
    again = train(
        [examples],
        output=tmp_path / "two" / "a.router",
        recipe="tiny",
        overrides=FEW,
        progress=quiet,
    )
    assert first.sha256 == again.sha256


def test_a_stopped_training_goes_on_where_it_stood_to_the_same_bytes(
    examples: Path, tmp_path: Path, quiet, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("edge_router_export.steps.SAVED_UPDATES", 2)
    whole = train(
        [examples],
        output=tmp_path / "one" / "a.router",
        recipe="tiny",
        overrides=FEW,
        progress=quiet,
    )

    class StopError(Exception):
        pass

    def stop(step: str, done: int, total: int) -> None:
        if step.startswith("student learns") and done == 5:
            raise StopError

    output = tmp_path / "two" / "a.router"
    with pytest.raises(StopError):
        train([examples], output=output, recipe="tiny", overrides=FEW, progress=stop)
    assert not output.exists()
    assert list(output.parent.glob("a.router.work/*.partial"))
    done_again: list[int] = []

    def watch(step: str, done: int, total: int) -> None:
        if "student learns" in step:
            done_again.append(done)

    resumed = train([examples], output=output, recipe="tiny", overrides=FEW, progress=watch)
    assert done_again == [5, 6, *range(1, 7), *range(1, 7)]  # after the fourth; then the two folds
    assert resumed.sha256 == whole.sha256
    assert not list(output.parent.glob("a.router.work/*.partial"))


class Watch:
    """A progress that remembers which steps did any work."""

    def __init__(self) -> None:
        self.steps: set[str] = set()

    def __call__(self, step: str, done: int, total: int) -> None:
        self.steps.add(step.partition(" (")[0].rpartition(": ")[2])  # of each fold the same steps


def test_what_a_step_does_not_use_does_not_make_it_again(
    examples: Path, tmp_path: Path, quiet, tiny_teacher: Path
):
    def train_again(**overrides: str) -> set[str]:
        watch = Watch()
        train(
            [examples],
            output=tmp_path / "a.router",
            recipe="tiny",
            overrides={
                **FEW,
                "teachers": str(tiny_teacher),
                "teacher_epochs": "1",
                "teacher_updates": "1",
                **overrides,
            },
            progress=watch,
        )
        return watch.steps

    everything = {"teacher learns", "teacher reads", "student learns"}
    assert train_again() == everything
    assert train_again() == set()
    assert train_again(max_error="0.4", goldens="made", valid_share="0.5") == set()
    assert train_again(rate="0.003") == {"student learns"}
    assert train_again(synthetic="1.0") == {"teacher reads", "student learns"}
    assert train_again(teacher_rate="0.001") == everything
    # a folder is known by what is in it
    (tiny_teacher / "notes.txt").write_text("another model\n", "utf-8")
    assert "teacher learns" in train_again()
    (tiny_teacher / "notes.txt").unlink()
    assert train_again() == set()


def test_nothing_is_trained_while_the_examples_have_problems(examples: Path, tmp_path: Path, quiet):
    examples.write_text(
        examples.read_text("utf-8") + '{"text": "PAINT it red  please", "tool": "eat"}\n', "utf-8"
    )
    with pytest.raises(DataError, match=r"examples\.jsonl:31: .*keep one"):
        train(
            [examples], output=tmp_path / "a.router", recipe="tiny", overrides=FEW, progress=quiet
        )
    assert not (tmp_path / "a.router.work").exists()


def test_a_held_out_text_among_the_test_texts_is_refused(examples: Path, tmp_path: Path, quiet):
    held = tmp_path / "held.jsonl"
    held.write_text('{"text": "paint it teal", "tool": "paint"}\n', "utf-8")
    with pytest.raises(DataError, match=r"held\.jsonl:1: .*also a test text"):
        train(
            [examples],
            output=tmp_path / "a.router",
            recipe="tiny",
            valid=[held],
            test=[held],
            progress=quiet,
        )


def test_what_no_bundle_can_hold_is_said_before_any_training(examples: Path, tmp_path: Path, quiet):
    with pytest.raises(DataError, match="cannot be the file of a router"):
        train(
            [examples],
            output=tmp_path / "a\x07.router",
            recipe="tiny",
            overrides=FEW,
            progress=quiet,
        )
    assert [path.name for path in tmp_path.iterdir()] == ["examples.jsonl"]


def test_where_the_graph_differs_by_one_integer_there_is_no_bundle(
    examples: Path, tmp_path: Path, quiet, monkeypatch: pytest.MonkeyPatch
):
    logits = IntegerStudent.logits

    def differ(student: IntegerStudent, ids: list[int]):
        found = logits(student, ids)
        found[0] += len(ids) == 4  # for some of the texts only
        return found

    monkeypatch.setattr(IntegerStudent, "logits", differ)
    output = tmp_path / "a.router"
    with pytest.raises(ParityError, match="no bundle was written"):
        train([examples], output=output, recipe="tiny", overrides=FEW, progress=quiet)
    assert not output.exists()
