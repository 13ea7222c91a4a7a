"""``edge-router train``: the steps in their order, from files of examples to a ``.router`` file and
its report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge_router.evaluate import Evaluation, evaluate
from edge_router.router import Router
from edge_router.routing.engine import EMBEDDING, LOGITS
from edge_router.routing.known_words import KnownWords
from edge_router_export.check_parity import Integers, check_parity
from edge_router_export.describe import describe
from edge_router_export.export_onnx import export_student
from edge_router_export.fit_decision import fit_decision
from edge_router_export.fit_reference import fit_reference
from edge_router_export.judge import evaluate_judged, judge_answers, judge_held_out
from edge_router_export.judge_outcomes import Worth
from edge_router_export.keep_embedding import keep_embedding, keep_projection
from edge_router_export.load_data import Data, Files, load_data
from edge_router_export.pack import load_tokenizer, pack
from edge_router_export.pick_goldens import pick_goldens
from edge_router_export.quantize import quantize_student
from edge_router_export.recipe import TrainRecipe, read_recipe
from edge_router_export.rehearse import rehearse
from edge_router_export.report import write_report
from edge_router_export.steps import Progress, Steps
from edge_router_export.train_student import Trained, load_base, train_student


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
    """What is worth a look: in the examples, and in what the router promises."""


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
    takes_weak: bool = False,
    outcomes: Sequence[Path] = (),
    takes_labels: bool = False,
    work_dir: Path | None = None,
) -> TrainResult:
    """Trains a router and writes ``output`` with a report folder beside it; a second call goes on
    where one stopped. Of logged ``outcomes`` without a propensity, those with a good reward are
    examples if it ``takes_labels``; else such are refused.

    Raises DataError or RecipeError before any work where the input must be corrected, ParityError
    where the exported graph is not the trained one.
    """
    chosen = read_recipe(TrainRecipe, recipe, overrides)
    files = Files(
        examples=tuple(examples),
        tools=tools,
        valid=tuple(valid),
        test=tuple(test),
        takes_weak=takes_weak,
        outcomes=tuple(outcomes),
        takes_labels=takes_labels,
    )
    data = load_data(files, chosen)
    rehearse(data, chosen, output)
    output.parent.mkdir(parents=True, exist_ok=True)
    steps = Steps(work_dir or output.with_name(f"{output.name}.work"), progress)
    return make_bundle(train_student(data, chosen, steps), data, chosen, steps, output)


def make_bundle(
    trained: Trained,
    data: Data,
    recipe: TrainRecipe,
    steps: Steps,
    output: Path,
    *,
    learnt: Mapping[str, Any] | None = None,
) -> TrainResult:
    """All that follows the learning, from ``trained`` to ``output`` and its report; what else is
    ``learnt`` of the learning stands among the metrics.
    """
    integers = quantize_student(trained.student)
    base = load_base(recipe)
    projection = keep_projection(base)
    model = export_student(integers, projection)

    judged = judge_held_out(data, trained, recipe, steps)
    tokenizer = load_tokenizer(trained.tokenizer, recipe.max_tokens)
    ids = [tokenizer.encode(example.text).ids for example in judged.examples]
    wanted: dict[str, Integers] = {LOGITS: integers.logits}
    if projection:
        wanted[EMBEDDING] = lambda ids: projection.embed(integers.encoder.pool(ids))
    parity_texts = check_parity(wanted, model, ids, max_tokens=recipe.max_tokens)

    fitted = fit_decision(judged, data, recipe)
    promise = fitted.promise
    found = evaluate_judged(judged, fitted.table, promise.threshold, fitted.scope, fitted.rewards)
    reference = fit_reference(judged, found, ids, KnownWords(tokenizer.vocabulary))
    held_out = judge_answers(judged, found)

    metrics = {
        "parity_texts": parity_texts,
        "macs_12_tokens": trained.student.encoder.shape.macs(12, len(data.labels)),
        "outcomes" if judged.log else "held_out": held_out.to_dict(),
        "promise": promise.to_dict(),
        **(learnt or {}),
    }
    embedding = keep_embedding(base, data, model, recipe)
    manifest = describe(
        output.stem,
        data,
        recipe,
        fitted,
        embedding=embedding,
        metrics=metrics,
        reference=reference,
    )
    goldens = pick_goldens(judged.examples, kind=recipe.goldens, seed=recipe.seed)
    digest = pack(
        output, manifest=manifest, model=model, tokenizer=trained.tokenizer, texts=goldens
    )
    warnings = (*promise.warnings, *data.warnings)
    return _report(output, digest, data, held_out, warnings)


def _report(
    output: Path, digest: str, data: Data, held_out: Evaluation | Worth, warnings: tuple[str, ...]
) -> TrainResult:
    router = Router.load(output)
    test = evaluate(router, data.test) if data.test else None
    report = write_report(
        output.with_name(f"{output.stem}-report"),
        bundle=router.bundle,
        train=data.known,
        valid=held_out,
        test=test,
        warnings=warnings,
    )
    metrics = {**router.bundle.manifest.metrics, **({"test": test.to_dict()} if test else {})}
    return TrainResult(output, digest, report, metrics, warnings)
