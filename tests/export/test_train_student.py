from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from edge_router.bundle import read_bundle, write_bundle
from edge_router.examples import Example, LoggedOutcome
from edge_router.tool import Tool
from edge_router_export import train_student as module
from edge_router_export.distill import UNLABELLED, Lessons
from edge_router_export.load_data import Data
from edge_router_export.load_outcomes import Logged
from edge_router_export.pack import load_tokenizer
from edge_router_export.recipe import TrainRecipe, read_recipe
from edge_router_export.restore import find_base
from edge_router_export.steps import Steps
from edge_router_export.synthesize import synthesize
from edge_router_export.train_student import train_student

FEW = {"base": "none", "vocabulary": "300", "embedding_width": "8", "width": "8", "updates": "0"}
TEACHER = {**FEW, "teachers": "someone", "synthetic": "2.0"}


def rows(tool: str | None, *texts: str) -> list[Example]:
    return [Example(text, tool, (), "a.jsonl", 1) for text in texts]


TRAIN = (
    *rows("tea", "Make me a Strong cup of Tea", "boil some water for the pot", "is there tea left"),
    *rows("light", "switch on the lamp in the hall", "dim the bedroom lights a little"),
    *rows(None, "who won the match yesterday evening"),
)


def make_data(valid: list[Example] = (), test: list[Example] = ()) -> Data:
    return Data(TRAIN, tuple(valid), tuple(test), (Tool("light"), Tool("tea")), True, (), {})


def make_recipe(**overrides: str) -> TrainRecipe:
    return read_recipe(TrainRecipe, "tiny", overrides)


@pytest.fixture
def taught(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What the teachers were asked and what the student was given; nothing is trained. A teacher's
    logits for a text are three times its length.
    """
    seen = SimpleNamespace(groups=None, task=None, lessons=None, start=None)

    def label_texts(groups, task, recipe, steps):
        seen.groups, seen.task = groups, task
        texts = [text for group in groups for text in group]
        return np.array([[len(text)] * task.answers for text in texts], np.float16)

    def distill(student, lessons: Lessons, recipe, checkpoint, progress) -> None:
        seen.lessons = lessons
        seen.start = student(lessons.ids.batch(np.arange(len(lessons.ids)))).detach().numpy()

    monkeypatch.setattr(module, "label_texts", label_texts)
    monkeypatch.setattr(module, "distill", distill)
    return seen


def run(tmp_path: Path, quiet, data: Data, **overrides: str):
    return train_student(data, make_recipe(**overrides), Steps(tmp_path, quiet))


def test_every_lesson_has_its_own_texts_ids_label_and_teacher(taught, tmp_path, quiet):
    corpus = tmp_path / "corpus.txt"
    corpus.write_text("a walk by the sea\nthe moon is far away\nbread and butter\n", "utf-8")
    more = {"unlabelled": f'"{corpus}"', "unlabelled_texts": "2"}
    trained = run(tmp_path, quiet, make_data(), **TEACHER, **more)
    labelled, found = taught.groups
    assert labelled[:6] == [example.text for example in TRAIN]
    assert len(labelled) > 12
    assert len(found) == 2
    assert set(found) < set(corpus.read_text("utf-8").splitlines())
    texts, lessons = [*labelled, *found], taught.lessons
    tokenizer = load_tokenizer(trained.tokenizer, 64)
    for text, ids, length, logits in zip(
        texts, lessons.ids.ids, lessons.ids.lengths, lessons.teacher_logits, strict=True
    ):
        assert ids[:length].tolist() == tokenizer.encode(text).ids
        assert logits.tolist() == [len(text)] * 3
    assert lessons.labels.tolist() == [1, 1, 1, 0, 0, 2] + [UNLABELLED] * (len(texts) - 6)
    assert (list(taught.task.texts), list(taught.task.labels)) == (labelled[:6], [1, 1, 1, 0, 0, 2])
    assert taught.task.answers == 3


def test_a_teacher_is_asked_nothing_about_held_out_and_test_texts(taught, tmp_path, quiet):
    made = synthesize(TRAIN, 12, seed=1)
    corpus = tmp_path / "corpus.txt"
    corpus.write_text("A walk by the Sea\nthe moon is far away\n", "utf-8")
    more = {"unlabelled": f'"{corpus}"', "unlabelled_texts": "2"}
    # a text is the same in capitals and with more white space
    capital = next(text for text in made if text != text.lower())
    valid = rows("tea", capital.lower(), made[1].upper())
    test = rows("tea", f" {made[2]} ", "a walk by the  sea")
    run(tmp_path, quiet, make_data(valid, test), **TEACHER, **more)
    assert taught.groups[0][6:] == [t for t in made if t not in (capital, made[1], made[2])]
    assert taught.groups[1] == ["the moon is far away"]
    assert len(taught.lessons.labels) == len(taught.groups[0]) + 1


def test_without_a_teacher_the_student_has_the_labels_alone(taught, tmp_path, quiet):
    run(tmp_path, quiet, make_data(), **FEW)
    assert taught.groups is None
    assert taught.lessons.teacher_logits is None
    assert taught.lessons.labels.tolist() == [1, 1, 1, 0, 0, 2]


def test_the_student_reads_no_further_than_the_router_will(taught, tmp_path, quiet):
    run(tmp_path, quiet, make_data(), **FEW, max_tokens="3")
    assert taught.lessons.ids.lengths.tolist() == [3, 3, 3, 3, 3, 3]


def test_a_student_on_a_base_has_its_tokenizer_and_its_sizes(taught, tmp_path, quiet):
    trained = run(tmp_path, quiet, make_data())
    base = module.load_base(make_recipe())
    assert trained.tokenizer == base.tokenizer
    assert trained.student.encoder.shape.width == 256
    assert trained.student.head.shape == (3, 1024)
    # and, before it has learnt anything, what the base knows
    assert taught.start.argmax(1).tolist() == taught.lessons.labels.tolist()
    assert np.ptp(taught.start, axis=1).min() > 1


def test_a_fresh_student_has_the_recipes_sizes(taught, tmp_path, quiet):
    shape = run(tmp_path, quiet, make_data(), **FEW, layers="3").student.encoder.shape
    assert (shape.embedding_width, shape.width, shape.layers) == (8, 8, 3)
    assert shape.vocabulary <= 300
    assert 0 < np.abs(taught.start).max() < 1  # next to nothing: all is to be learnt


def test_equal_inputs_give_equal_students_and_another_seed_another(tmp_path, quiet):
    def head(folder: str, seed: str) -> list[float]:
        trained = run(tmp_path / folder, quiet, make_data(), **{**FEW, "epochs": "1"}, seed=seed)
        assert not trained.student.training
        return trained.student.head.flatten().tolist()

    assert head("one", "1") == head("two", "1") != head("three", "2")


def test_a_base_of_the_same_model_trains_nothing_again(taught, tmp_path, quiet):
    bundle = read_bundle(find_base("base"))
    other = tmp_path / "other.router"
    write_bundle(
        other,
        manifest=replace(bundle.manifest, notes={"said": "later"}),
        model=bundle.model,
        tokenizer=bundle.tokenizer,
        goldens=bundle.goldens,
    )
    run(tmp_path, quiet, make_data(), updates="0")
    assert taught.lessons is not None
    taught.lessons = None
    run(tmp_path, quiet, make_data(), updates="0", base=f'"{other}"')
    assert taught.lessons is None


def test_logged_texts_stand_behind_the_labelled_ones_with_what_came_of_them(
    taught, tmp_path, quiet
):
    logged = [
        LoggedOutcome(text="brew tea", tool="tea", propensity=0.25, reward=1.0),
        LoggedOutcome(text="lamp off", tool="tea", propensity=0.5, reward=0.0, is_weak=True),
    ]
    liked = Example("brew tea", "tea", (), "log.jsonl", 1)
    drawn = synthesize([*TRAIN, liked], 14, seed=1)[0]
    held = LoggedOutcome(text=drawn, tool="tea", propensity=0.5, reward=1.0)
    log = Logged(tuple(logged), (held,), 0.0, 1.0)
    data = replace(make_data(), logged=log, liked=(liked,))
    train_student(data, make_recipe(**TEACHER), Steps(tmp_path, quiet))
    lessons, count = taught.lessons, len(taught.lessons.ids)
    assert lessons.labels.tolist() == [1, 1, 1, 0, 0, 2] + [UNLABELLED] * (count - 6)
    feedback = lessons.feedback
    assert feedback.taken.tolist() == [-1] * 6 + [1, 1] + [-1] * (count - 8)
    assert feedback.worth[6:8].tolist() == [1.0, 0.0]
    assert feedback.propensity[6:8].tolist() == [0.25, 0.5]
    assert feedback.weight.tolist() == pytest.approx([0] * 6 + [1, 0.3] + [0] * (count - 8))
    assert taught.task.texts[6:] == ["brew tea", "lamp off"]
    assert taught.task.feedback.taken.tolist() == [-1] * 6 + [1, 1]
    made = [text for group in taught.groups for text in group][8:]
    assert made
    assert drawn not in made
    rows, answers = lessons.list_known()
    assert (rows.tolist(), answers.tolist()) == ([*range(7)], [1, 1, 1, 0, 0, 2, 1])
