"""``edge-router train``: the steps in their order, from files of examples to a ``.router`` file and
its report.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer as RustTokenizer

import edge_router
from edge_router.bundle import CalibrationTable, PolicyNumbers, read_bundle
from edge_router.decision import Candidate
from edge_router.errors import DataError
from edge_router.evaluate import Evaluation, Prediction, evaluate
from edge_router.examples import Example, read_examples
from edge_router.router import Router
from edge_router.routing.calibration import Calibration
from edge_router.routing.policy import Policy
from edge_router.routing.tokenizer import Tokenizer
from edge_router.tool import Tool
from edge_router.tools.file import read_tools
from edge_router_export.batches import IdTable
from edge_router_export.check_parity import check_parity
from edge_router_export.corpus import read_corpus
from edge_router_export.distill import UNLABELLED, Lessons, distill
from edge_router_export.export_onnx import export_student, import_encoder
from edge_router_export.fit_calibration import fit_table, fit_threshold
from edge_router_export.pack import MAX_CHARS_PER_TOKEN, make_manifest, pack
from edge_router_export.quantize import IntegerStudent, quantize_student, restore_encoder
from edge_router_export.recipe import NONE, TrainRecipe, read_recipe, without_paths
from edge_router_export.report import write_report
from edge_router_export.steps import Arrays, Steps, code_fingerprint, fingerprint
from edge_router_export.student import Encoder, Student, StudentShape
from edge_router_export.synthesize import synthesize
from edge_router_export.teacher import Progress
from edge_router_export.train_teacher import label_texts
from edge_router_export.validate import normalize, validate
from edge_router_export.vocabulary import train_tokenizer

ENOUGH_TO_HOLD_OUT = 3000
"""From so many examples on a share of them is held out; below, cross-validation makes every one
count twice.
"""


@dataclass(frozen=True)
class TrainResult:
    """What a training made."""

    bundle_path: Path
    """The ``.router`` file."""
    sha256: str
    """Its identity."""
    report_path: Path
    """``report.md``."""
    metrics: dict[str, Any]
    """Figures on the held-out texts, and on the test texts where they were given."""
    warnings: tuple[str, ...]
    """What validation found worth a look."""


@dataclass(frozen=True)
class _Data:
    """The examples, split."""

    train: tuple[Example, ...]
    valid: tuple[Example, ...]
    """Held-out examples; empty where the parts of a cross-validation take their place."""
    test: tuple[Example, ...]
    tools: tuple[Tool, ...]
    has_no_tool: bool
    warnings: tuple[str, ...]
    files: dict[str, str]

    @property
    def labels(self) -> dict[str | None, int]:
        """Tool to answer; *no tool*, where the data has it, is the last."""
        names: list[str | None] = [tool.name for tool in self.tools]
        return {name: i for i, name in enumerate([*names, None] if self.has_no_tool else names)}


@dataclass(frozen=True)
class _HeldOut:
    """Texts that the model which judged them had not been trained on."""

    examples: tuple[Example, ...]
    logits: NDArray[np.int32]
    """[texts, answers], the shipped arithmetic's integers."""


def train(
    examples: Sequence[Path],
    *,
    output: Path,
    progress: Progress,
    tools: Path | None = None,
    recipe: str | Path = "small",
    overrides: Mapping[str, str] | None = None,
    valid: Sequence[Path] = (),
    test: Sequence[Path] = (),
    work_dir: Path | None = None,
) -> TrainResult:
    """Trains a router and writes ``output`` with a report folder beside it; a second call goes on
    where one stopped.

    Raises DataError or RecipeError before any work where the input must be corrected, ParityError
    where the exported graph is not the trained one.
    """
    plan = read_recipe(TrainRecipe, recipe, overrides)
    data = _load(examples, tools, valid, test, plan)
    output.parent.mkdir(parents=True, exist_ok=True)
    steps = Steps(work_dir or output.with_name(f"{output.name}.work"))
    folds = [_judge(part, plan, steps, progress) for part in _parts(data, plan)]
    tokenizer_json, student = _train_student(data, plan, steps, progress)
    integers = quantize_student(student)
    model = export_student(integers)
    tokenizer = _load_tokenizer(tokenizer_json, plan)
    held_out = _join(folds) if folds else _judge_with(integers, tokenizer, data.valid)
    ids = (tokenizer.encode(example.text).ids for example in held_out.examples)
    described = {
        "parity_texts": check_parity(integers, model, ids, max_tokens=plan.max_tokens),
        "macs_12_tokens": student.encoder.shape.macs(12, len(data.labels)),
    }
    table = fit_table(held_out.logits, np.array([data.labels[e.tool] for e in held_out.examples]))
    policy = PolicyNumbers(_fit_policy(held_out, data, table, plan), plan.target_precision)
    found = _evaluate_held_out(held_out, data, table, policy)
    manifest = make_manifest(
        name=output.stem,
        tools=data.tools,
        has_no_tool=data.has_no_tool,
        max_tokens=plan.max_tokens,
        calibration=table,
        policy=policy,
        training={
            "recipe": without_paths(plan),
            "files_sha256": data.files,
            "examples": len(data.train),
        },
        metrics={**described, "held_out": found.to_dict()},
        reference={"confidence_mean": float(np.mean([p.confidence for p in found.predictions]))},
    )
    texts = [example.text for example in held_out.examples]
    digest = pack(output, manifest=manifest, model=model, tokenizer=tokenizer_json, texts=texts)
    return _report(output, digest, data, found)


def _load(
    examples: Sequence[Path],
    tools: Path | None,
    valid: Sequence[Path],
    test: Sequence[Path],
    plan: TrainRecipe,
) -> _Data:
    given = [example for path in examples for example in read_examples(path)]
    specs: list[Tool] = []
    if tools is not None:
        specs, more = read_tools(tools)
        given += more
    held_out = [example for path in valid for example in read_examples(path)]
    tested = [example for path in test for example in read_examples(path)]
    findings = validate(given, specs, held_back=[*held_out, *tested])
    findings.raise_errors()
    kept = findings.examples
    tested_texts = {normalize(example.text) for example in tested}
    if shared := [e for e in held_out if normalize(e.text) in tested_texts]:
        first = shared[0]
        raise DataError(
            "the held-out text is also a test text; remove it here",
            file=first.file,
            line=first.line,
        )
    if not held_out and len(kept) >= ENOUGH_TO_HOLD_OUT:
        kept, held_out = _split(kept, plan.valid_share, plan.seed)
    described = {spec.name: spec for spec in specs}
    names = sorted({e.tool for e in kept if e.tool is not None})
    has_no_tool = any(example.tool is None for example in kept)
    held_out = [e for e in held_out if e.tool in names or (e.tool is None and has_no_tool)]
    entries = [
        Tool(n, described[n].description, described[n].parameters) if n in described else Tool(n)
        for n in names
    ]
    files = [*examples, *([tools] if tools else []), *valid, *test]
    hashes = {path.name: sha256(path.read_bytes()).hexdigest() for path in files}
    return _Data(
        tuple(kept),
        tuple(held_out),
        tuple(tested),
        tuple(entries),
        has_no_tool,
        findings.warnings,
        hashes,
    )


def _split(
    examples: Sequence[Example], share: float, seed: int
) -> tuple[list[Example], list[Example]]:
    """Training and held-out examples, of every tool its ``share``, but never its last two "
    "examples.
    """
    by_tool: dict[str | None, list[Example]] = {}
    for example in examples:
        by_tool.setdefault(example.tool, []).append(example)
    held: set[int] = set()
    for tool in sorted(by_tool, key=str):
        group = by_tool[tool][:]
        random.Random(f"{seed} {tool}").shuffle(group)
        held |= {id(e) for e in group[: min(round(len(group) * share), len(group) - 2)]}
    return [e for e in examples if id(e) not in held], [e for e in examples if id(e) in held]


def _parts(data: _Data, plan: TrainRecipe) -> list[_Data]:
    """The data once per fold, each with its part of the examples held out; none where examples are
    held out already.
    """
    if data.valid:
        return []
    by_tool: dict[str | None, list[Example]] = {}
    for example in data.train:
        by_tool.setdefault(example.tool, []).append(example)
    fold_of: dict[int, int] = {}
    for tool in sorted(by_tool, key=str):
        random.Random(f"{plan.seed} {tool}").shuffle(by_tool[tool])
        fold_of |= {id(example): i % plan.folds for i, example in enumerate(by_tool[tool])}
    return [
        replace(
            data,
            train=tuple([e for e in data.train if fold_of[id(e)] != fold]),
            valid=tuple([e for e in data.train if fold_of[id(e)] == fold]),
        )
        for fold in range(plan.folds)
    ]


def _judge(data: _Data, plan: TrainRecipe, steps: Steps, progress: Progress) -> _HeldOut:
    """Trains on ``data.train`` and judges ``data.valid``."""
    tokenizer_json, student = _train_student(data, plan, steps, progress)
    return _judge_with(quantize_student(student), _load_tokenizer(tokenizer_json, plan), data.valid)


def _judge_with(
    integers: IntegerStudent, tokenizer: Tokenizer, examples: Sequence[Example]
) -> _HeldOut:
    known = [(e, ids) for e in examples if (ids := tokenizer.encode(e.text).ids)]
    return _HeldOut(
        tuple([e for e, _ in known]), np.stack([integers.logits(ids) for _, ids in known])
    )


def _join(parts: Sequence[_HeldOut]) -> _HeldOut:
    examples = tuple([example for part in parts for example in part.examples])
    return _HeldOut(examples, np.concatenate([part.logits for part in parts]))


def _load_tokenizer(tokenizer_json: bytes, plan: TrainRecipe) -> Tokenizer:
    return Tokenizer(
        tokenizer_json, max_tokens=plan.max_tokens, max_chars=plan.max_tokens * MAX_CHARS_PER_TOKEN
    )


def _fit_policy(
    held_out: _HeldOut, data: _Data, table: CalibrationTable, plan: TrainRecipe
) -> float:
    """The threshold, from the texts whose best answer is a tool."""
    everything = _evaluate_held_out(
        held_out, data, table, PolicyNumbers(0.0, plan.target_precision)
    )
    tools = [p for p in everything.predictions if p.best is not None]
    return fit_threshold(
        [p.confidence for p in tools],
        [p.is_right for p in tools],
        target_precision=plan.target_precision,
    )


def _evaluate_held_out(
    held_out: _HeldOut, data: _Data, table: CalibrationTable, policy: PolicyNumbers
) -> Evaluation:
    """What the runtime's calibration and policy make of the held-out integers."""
    calibration, names = Calibration(shift=table.shift, weights=table.weights), list(data.labels)
    decides = Policy(policy.threshold)
    predictions = []
    for example, logits in zip(held_out.examples, held_out.logits, strict=True):
        ranking = calibration.rank(logits)
        ranked = [
            Candidate(names[i], p)
            for i, p in zip(ranking.labels, ranking.probabilities, strict=True)
        ]
        decision = decides.decide(tuple(ranked), is_truncated=False)
        predictions.append(Prediction(example, ranked[0].tool, decision.confidence, decision.tool))
    return Evaluation(tuple(predictions))


def _train_student(
    data: _Data, plan: TrainRecipe, steps: Steps, progress: Progress
) -> tuple[bytes, Student]:
    """The tokenizer's JSON and the trained student, from the cache where nothing changed."""
    base = None if plan.base == NONE else read_bundle(_base_path(plan.base))
    labels = data.labels
    texts = [example.text for example in data.train]
    synthetic, unlabelled = _extra_texts(data, plan)
    extra = synthetic + unlabelled
    teacher_logits = None
    if plan.teachers:
        pairs = [(example.text, labels[example.tool]) for example in data.train]
        teacher_logits = label_texts(
            pairs, [texts + synthetic, unlabelled], len(labels), plan, steps, progress
        )
    tokenizer_json = (
        base.tokenizer if base else train_tokenizer(texts, plan.vocabulary).to_str().encode()
    )
    ids = IdTable(_tokenize(tokenizer_json, texts + extra, plan.max_tokens))
    answers = [labels[example.tool] for example in data.train] + [UNLABELLED] * len(extra)
    lessons = Lessons(ids, np.array(answers), teacher_logits)
    student = Student(
        _make_encoder(base.model if base else None, tokenizer_json, ids, plan), len(labels)
    )

    def learn(checkpoint: Path) -> Arrays:
        distill(student, lessons, plan, checkpoint, progress)
        return {name: value.numpy() for name, value in student.state_dict().items()}

    inputs = {
        "recipe": asdict(plan),
        "base": base.sha256 if base else NONE,
        "examples": fingerprint([[e.text, e.tool] for e in data.train]),
        "extra": fingerprint(extra),
        "code": code_fingerprint("distill", "batches", "student", "quantize"),
        "torch": torch.__version__,
    }
    state = steps.run("student", inputs, learn)
    student.load_state_dict({name: torch.from_numpy(value) for name, value in state.items()})
    return tokenizer_json, student.eval()


def _extra_texts(data: _Data, plan: TrainRecipe) -> tuple[list[str], list[str]]:
    """Made-up and unlabelled texts for the teacher to label; none of them is a held-out or test
    text.
    """
    held_back = {normalize(example.text) for example in (*data.valid, *data.test)}
    made = synthesize(data.train, round(plan.synthetic * len(data.train)), plan.seed)
    found: list[str] = []
    if plan.unlabelled != NONE and plan.unlabelled_texts:
        corpus, _ = read_corpus([Path(plan.unlabelled)])
        found = random.Random(plan.seed).sample(corpus, min(plan.unlabelled_texts, len(corpus)))
    return [t for t in made if normalize(t) not in held_back], [
        t for t in found if normalize(t) not in held_back
    ]


def _base_path(base: str) -> Path:
    return Path(edge_router.__file__).with_name("base.router") if base == "base" else Path(base)


def _tokenize(tokenizer_json: bytes, texts: Sequence[str], max_tokens: int) -> list[list[int]]:
    rust = RustTokenizer.from_str(tokenizer_json.decode())
    rust.enable_truncation(max_tokens)
    return [encoding.ids for encoding in rust.encode_batch(list(texts))]


def _make_encoder(
    base: bytes | None, tokenizer_json: bytes, ids: IdTable, plan: TrainRecipe
) -> Encoder:
    """The encoder that training starts from: the base's, or a fresh one of the recipe's sizes."""
    torch.manual_seed(plan.seed)
    if base is None:
        size = RustTokenizer.from_str(tokenizer_json.decode()).get_vocab_size()
        return Encoder(StudentShape(size, plan.embedding_width, plan.width, plan.layers))
    integers = import_encoder(base)
    shape = StudentShape(
        *integers.table.shape, len(integers.convolutions[0].bias), len(integers.convolutions)
    )
    encoder = Encoder(shape)
    rows = np.random.default_rng(plan.seed).permutation(len(ids))[:4096]
    restore_encoder(
        integers, encoder, [ids.batch(rows[i : i + 256]) for i in range(0, len(rows), 256)]
    )
    return encoder


def _report(output: Path, digest: str, data: _Data, held_out: Evaluation) -> TrainResult:
    router = Router.load(output)
    test: Evaluation | None = evaluate(router, data.test) if data.test else None
    report = write_report(
        output.with_name(f"{output.stem}-report"),
        bundle=router.bundle,
        train=data.train,
        valid=held_out,
        test=test,
    )
    metrics = {**router.bundle.manifest.metrics, **({"test": test.to_dict()} if test else {})}
    return TrainResult(output, digest, report, metrics, data.warnings)
