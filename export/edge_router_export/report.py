"""``report.md`` and its figures: what a router was made from, how good it is, and where it errs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import bootstrap

from edge_router.bundle import Bundle
from edge_router.evaluate import Evaluation, Prediction
from edge_router.examples import Example
from edge_router_export.judge_outcomes import Worth

RESAMPLES = 2000
SHOWN_WARNINGS = 20
"""More than these are not read; the command line prints them all."""


def write_report(
    folder: Path,
    *,
    bundle: Bundle,
    train: Sequence[Example],
    valid: Evaluation | Worth,
    test: Evaluation | None,
    warnings: Sequence[str] = (),
) -> Path:
    """Writes ``report.md`` with PNG figures into ``folder``; the same bytes for the same router and
    texts. Figures and tables by tool need texts whose tool is known.

    ``warnings`` stand on top: who reads one line of a report must read these.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shown = test if isinstance(valid, Worth) else test or valid
    parts = [
        f"# {bundle.manifest.name}",
        *[f"> **Warning:** {warning}" for warning in warnings[:SHOWN_WARNINGS]],
        _verdict(bundle, shown, valid, "test" if test else "held-out"),
        *(_write_evaluation(folder, bundle, shown, valid, test) if shown else []),
        "## Made from",
        _data_table(train),
        _block("Training", bundle.manifest.training),
        _block("Cost and parity", bundle.manifest.metrics),
        _block("Versions", bundle.manifest.created_with),
    ]
    path = folder / "report.md"
    path.write_text("\n\n".join(parts) + "\n", "utf-8")
    return path


def _write_evaluation(
    folder: Path,
    bundle: Bundle,
    shown: Evaluation,
    valid: Evaluation | Worth,
    test: Evaluation | None,
) -> list[str]:
    """The figures, drawn, and the sections on texts whose tool is known."""
    what = "test" if test else "held-out"
    threshold = bundle.manifest.parts.choice.policy.threshold
    _draw(folder / "reliability.png", lambda axes: _draw_reliability(axes, shown.in_scope))
    _draw(folder / "risk_coverage.png", lambda axes: _draw_risk_coverage(axes, shown, threshold))
    known = {"held-out": valid, "test": test}
    return [
        _figures(what),
        "## Accuracy",
        _accuracy_table({k: e for k, e in known.items() if isinstance(e, Evaluation)}),
        f"## Most confused, {what} texts",
        _confusion_table(shown),
        f"## Per tool, {what} texts, weakest first",
        _tool_table(shown),
    ]


def accuracy_interval(evaluation: Evaluation) -> tuple[float, float]:
    """95 % percentile bootstrap interval of the in-scope accuracy, seeded."""
    right = np.array([p.is_right for p in evaluation.in_scope], float)
    if len(right) < 2 or right.min() == right.max():
        return float(right.mean()), float(right.mean())
    found = bootstrap(
        (right,), np.mean, n_resamples=RESAMPLES, method="percentile", rng=np.random.default_rng(0)
    )
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


def _verdict(bundle: Bundle, shown: Evaluation | None, valid: Evaluation | Worth, what: str) -> str:
    choice = bundle.manifest.parts.choice
    policy = choice.policy
    lines = (
        [f"- {valid.sentence[0].upper()}{valid.sentence[1:]}."] if isinstance(valid, Worth) else []
    )
    if shown:
        lines += [
            f"- **{shown.accuracy:.2%}** of {len(shown.in_scope)} {what} texts have the right "
            "tool as best candidate.",
            f"- At the threshold {policy.threshold:.3f} **{shown.answered_share:.1%}** are "
            f"answered, and **{shown.precision:.2%}** of the answers are right.",
        ]
    lines += [
        *_promise(bundle),
        f"- {len(choice.tools)} tools, {bundle.size_bytes / 1e6:.2f} MB, "
        f"{bundle.manifest.metrics.get('macs_12_tokens', 0) / 1e6:.2f} million "
        "multiply-accumulates for 12 tokens.",
        f"- Bundle sha256 `{bundle.sha256}`.",
    ]
    return "\n".join(lines)


def _promise(bundle: Bundle) -> list[str]:
    sentence = bundle.manifest.metrics.get("promise", {}).get("sentence")
    return [f"- Promised by the threshold: {sentence}."] if sentence else []


def _figures(what: str) -> str:
    return (
        f"![Reliability, {what} texts](reliability.png) ![Risk and coverage, {what} "
        "texts](risk_coverage.png)"
    )


def _accuracy_table(evaluations: dict[str, Evaluation]) -> str:
    rows = []
    for name, e in evaluations.items():
        low, high = accuracy_interval(e)
        rejected = "-" if e.rejected_share is None else f"{e.rejected_share:.1%}"
        auroc = "-" if e.auroc is None else f"{e.auroc:.3f}"
        rows.append(
            [
                name,
                len(e.predictions),
                f"{e.accuracy:.2%}",
                f"{low:.2%} to {high:.2%}",
                f"{e.answered_share:.1%}",
                f"{e.precision:.2%}",
                f"{e.ece:.4f}",
                rejected,
                auroc,
            ]
        )
    head = [
        "texts",
        "number",
        "accuracy",
        "95 % interval",
        "answered",
        "precision of answers",
        "ECE",
        "out of scope rejected",
        "AUROC",
    ]
    return _table(head, rows)


def _confusion_table(shown: Evaluation) -> str:
    rows = [
        [_name(c.expected), _name(c.got), c.count, "; ".join(c.texts)] for c in shown.confusions()
    ]
    return _table(["right", "given", "texts", "examples"], rows) if rows else "None."


def _tool_table(shown: Evaluation) -> str:
    scores = sorted(shown.tool_scores(), key=lambda s: (s.recall + s.precision, s.tool))
    return _table(
        ["tool", "texts", "precision", "recall"],
        [[s.tool, s.support, f"{s.precision:.1%}", f"{s.recall:.1%}"] for s in scores],
    )


def _data_table(train: Sequence[Example]) -> str:
    counts = Counter(example.tool for example in train)
    lengths = [len(example.text.split()) for example in train]
    tools = [n for tool, n in counts.items() if tool is not None]
    rows = [
        ["training examples", len(train)],
        ["tools", len(tools)],
        ["examples per tool, fewest to most", f"{min(tools)} to {max(tools)}"],
        ["out-of-scope examples", counts[None]],
        ["words per text, median and longest", f"{int(np.median(lengths))} and {max(lengths)}"],
    ]
    return _table(["", ""], rows)


def _block(title: str, values: Any) -> str:
    listed = json.dumps(values, indent=1, sort_keys=True, ensure_ascii=False)
    return f"### {title}\n\n```json\n{listed}\n```"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    def line(cells: Sequence[object]) -> str:
        return (
            "| "
            + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells)
            + " |"
        )

    return "\n".join([line(head), "|" + "---|" * len(head), *[line(row) for row in rows]])


def _name(tool: str | None) -> str:
    return "*no tool*" if tool is None else tool


def _draw(path: Path, draw: Callable[[Any], None]) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 4.0), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    draw(figure.add_subplot())
    figure.savefig(
        path, metadata={"Software": None}
    )  # no version in the file: equal input, equal bytes


def _draw_reliability(axes: Any, predictions: Sequence[Prediction]) -> None:
    sure = np.array([p.confidence for p in predictions])
    right = np.array([p.is_right for p in predictions], float)
    place = np.clip(np.ceil(sure * 15).astype(int) - 1, 0, 14)
    bins = [b for b in range(15) if (place == b).any()]
    accuracy = [right[place == b].mean() for b in bins]
    axes.plot([0, 1], [0, 1], color="0.6", linewidth=1, linestyle="--", label="perfect")
    axes.bar(
        [(b + 0.5) / 15 for b in bins],
        accuracy,
        width=1 / 15,
        color="#4477aa",
        edgecolor="white",
        label="observed",
    )
    axes.plot([sure[place == b].mean() for b in bins], accuracy, "o", color="#223355", markersize=4)
    for b, height in zip(bins, accuracy, strict=True):
        axes.annotate(
            str((place == b).sum()),
            ((b + 0.5) / 15, min(height + 0.01, 1.0)),
            ha="center",
            fontsize=6,
        )
    axes.set(
        xlabel="confidence",
        ylabel="share right",
        xlim=(0, 1),
        ylim=(0, 1.06),
        title="Reliability (numbers: texts)",
    )
    axes.legend(loc="upper left", fontsize=8, frameon=False)


def _draw_risk_coverage(axes: Any, shown: Evaluation, threshold: float) -> None:
    tools = [p for p in shown.predictions if p.best is not None]
    ranked = sorted(tools, key=lambda p: -p.confidence)
    wrong = np.cumsum([not p.is_right for p in ranked])
    coverage = np.arange(1, len(ranked) + 1) / max(1, len(shown.predictions))
    axes.plot(coverage, wrong / np.arange(1, len(ranked) + 1), color="#4477aa")
    chosen = sum(p.confidence >= threshold for p in ranked)
    if chosen:
        axes.plot(
            coverage[chosen - 1],
            wrong[chosen - 1] / chosen,
            "o",
            color="#cc3311",
            label=f"threshold {threshold:.3f}",
        )
        axes.legend(fontsize=8, frameon=False)
    axes.set(
        xlabel="share of texts answered",
        ylabel="share of answers wrong",
        xlim=(0, 1),
        title="Risk and coverage",
    )
    axes.set_ylim(bottom=0)
