"""The student of some examples: texts are made and labelled, the base encoder is fetched, and the
training runs, or is read where it was done before.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer as RustTokenizer

from edge_router.bundle import Bundle, read_bundle
from edge_router.examples import normalize
from edge_router_export.batches import IdTable
from edge_router_export.corpus import read_corpus
from edge_router_export.distill import RECIPE_KEYS, UNLABELLED, Lessons, distill
from edge_router_export.export_onnx import import_projection
from edge_router_export.learn_from_outcomes import make_feedback
from edge_router_export.load_data import Data
from edge_router_export.recipe import NONE, TrainRecipe
from edge_router_export.restore import STATISTICS_TEXTS, find_base, make_encoder
from edge_router_export.start_head import start_at_means, start_at_random
from edge_router_export.stay_near import ask_prior, start_at_prior
from edge_router_export.steps import Arrays, Steps, code_fingerprint
from edge_router_export.student import Encoder, Student, StudentShape
from edge_router_export.synthesize import synthesize
from edge_router_export.train_teacher import Task, label_texts
from edge_router_export.vocabulary import dump_tokenizer, train_tokenizer


@dataclass(frozen=True)
class Trained:
    """A student with the tokenizer that it reads by."""

    tokenizer: bytes
    """``tokenizer.json``."""
    student: Student
    """In evaluation mode."""


def train_student(data: Data, recipe: TrainRecipe, steps: Steps) -> Trained:
    """The student of ``data.train``, from the folder of steps where nothing changed."""
    base, texts = load_base(recipe), _Texts.gather(data, recipe)
    teacher_logits = None
    if recipe.teachers:
        teacher_logits = label_texts(
            [texts.taught + texts.made, texts.found], texts.task, recipe, steps
        )
    tokenizer = make_tokenizer(base, data, recipe)
    lessons = texts.make_lessons(tokenizer, teacher_logits, data, recipe)
    encoder = _make_encoder(base, tokenizer, lessons.ids, recipe)
    student = Student(encoder, len(data.labels))

    def learn(checkpoint: Path) -> Arrays:
        _start_head(student, lessons, base, recipe)
        if base is not None and recipe.prior != NONE:
            start_at_prior(student, base, data.labels)
        distill(student, lessons, recipe, checkpoint, steps.progress)
        return {name: value.numpy() for name, value in student.state_dict().items()}

    inputs = {
        "recipe": {key: getattr(recipe, key) for key in RECIPE_KEYS},
        # its model, not its file: what it says of teaching, say, trains nothing
        "base": sha256(base.model).hexdigest()
        if base
        else [recipe.embedding_width, recipe.width, recipe.layers],
        "tokenizer": sha256(tokenizer).hexdigest(),
        "lessons": lessons.fingerprint(),
        "answers": len(data.labels),
        "code": code_fingerprint(
            "distill",
            "batches",
            "student",
            "quantize",
            "restore",
            "start_head",
            "pool_texts",
            *(["learn_from_outcomes"] if lessons.feedback else []),
            *(["stay_near"] if lessons.prior else []),
        ),
        "torch": torch.__version__,
    }
    state = steps.run("student", inputs, learn)
    student.load_state_dict({name: torch.from_numpy(value) for name, value in state.items()})
    return Trained(tokenizer, student.eval())


@dataclass(frozen=True)
class _Texts:
    """All that a student reads, in the order of its lessons: labelled texts, logged ones, and those
    that only a teacher judges.
    """

    task: Task
    """The labelled and the logged texts, with what is known of them."""
    made: list[str]
    """Made up out of the examples."""
    found: list[str]
    """Drawn from the recipe's corpus."""

    @property
    def taught(self) -> list[str]:
        """The texts of the task."""
        return list(self.task.texts)

    @property
    def every(self) -> list[str]:
        """All of them."""
        return self.taught + self.made + self.found

    @staticmethod
    def gather(data: Data, recipe: TrainRecipe) -> _Texts:
        """From the examples, the log and the corpus."""
        logged = data.logged.train if data.logged else ()
        texts = [example.text for example in data.train] + [outcome.text for outcome in logged]
        labels = [data.labels[e.tool] for e in data.train] + [UNLABELLED] * len(logged)
        feedback = None
        if data.logged:
            worths = data.logged.worths(logged)
            feedback = make_feedback(logged, worths, data.labels, recipe, before=len(data.train))
        task = Task(texts, labels, len(data.labels), feedback)
        return _Texts(task, _make_texts(data, recipe), _find_texts(data, recipe))

    def make_lessons(
        self,
        tokenizer: bytes,
        teacher_logits: NDArray[np.float16] | None,
        data: Data,
        recipe: TrainRecipe,
    ) -> Lessons:
        """What the student learns from them."""
        texts = self.every
        further = len(texts) - len(self.task.texts)
        base = load_base(recipe) if recipe.prior != NONE else None
        return Lessons(
            IdTable(_tokenize(tokenizer, texts, recipe.max_tokens)),
            np.array([*self.task.labels] + [UNLABELLED] * further),
            teacher_logits,
            self.task.feedback.lengthen(further) if self.task.feedback else None,
            ask_prior(base, texts, data.labels) if base else None,
        )


def load_base(recipe: TrainRecipe) -> Bundle | None:
    """The bundle that the student starts from, if there is one: the prior before the base."""
    base = recipe.base if recipe.prior == NONE else recipe.prior
    return None if base == NONE else read_bundle(find_base(base))


def make_tokenizer(base: Bundle | None, data: Data, recipe: TrainRecipe) -> bytes:
    """The base's tokenizer, or one of the training texts' words."""
    if base is not None:
        return base.tokenizer
    texts = [example.text for example in data.known]
    return dump_tokenizer(train_tokenizer(texts, recipe.vocabulary))


def make_fresh_encoder(tokenizer: bytes, recipe: TrainRecipe) -> Encoder:
    """A random encoder of the recipe's sizes."""
    torch.manual_seed(recipe.seed)
    size = RustTokenizer.from_str(tokenizer.decode()).get_vocab_size()
    return Encoder(StudentShape(size, recipe.embedding_width, recipe.width, recipe.layers))


def _make_texts(data: Data, recipe: TrainRecipe) -> list[str]:
    """Texts made from the training examples, for the teacher to label."""
    made = synthesize(data.known, round(recipe.synthetic * len(data.known)), recipe.seed)
    return _without_held_back(made, data)


def _find_texts(data: Data, recipe: TrainRecipe) -> list[str]:
    """Unlabelled texts drawn from the recipe's corpus, for the teacher to label."""
    if recipe.unlabelled == NONE or not recipe.unlabelled_texts:
        return []
    corpus, _ = read_corpus([Path(recipe.unlabelled)])
    count = min(recipe.unlabelled_texts, len(corpus))
    return _without_held_back(random.Random(recipe.seed).sample(corpus, count), data)


def _without_held_back(texts: Sequence[str], data: Data) -> list[str]:
    """The texts that are no held-out and no test text: a teacher's word on one would be learnt."""
    held_back = {normalize(example.text) for example in (*data.valid, *data.test)}
    if data.logged:
        held_back |= {normalize(outcome.text) for outcome in data.logged.held_out}
    return [text for text in texts if normalize(text) not in held_back]


def _tokenize(tokenizer: bytes, texts: Sequence[str], max_tokens: int) -> list[list[int]]:
    rust = RustTokenizer.from_str(tokenizer.decode())
    rust.enable_truncation(max_tokens)
    return [encoding.ids for encoding in rust.encode_batch(list(texts))]


def _make_encoder(
    base: Bundle | None, tokenizer: bytes, ids: IdTable, recipe: TrainRecipe
) -> Encoder:
    """The encoder that training starts from."""
    if base is None:
        return make_fresh_encoder(tokenizer, recipe)
    rows = np.random.default_rng(recipe.seed).permutation(len(ids))[:STATISTICS_TEXTS]
    return make_encoder(base.model, ids, rows)


def _start_head(
    student: Student, lessons: Lessons, base: Bundle | None, recipe: TrainRecipe
) -> None:
    """At the means of the examples where the base knows what texts mean, else at random."""
    projection = import_projection(base.model) if base else None
    if projection is None:
        start_at_random(student, recipe.seed)
        return
    rows, answers = lessons.list_known()
    start_at_means(student, lessons.ids.take(rows), answers, projection)
