"""Trains a small assistant on the examples beside this file and asks it a few things: ``python
examples/assistant/demo.py``.
"""

import time
from pathlib import Path

from edge_router import Decision, Router
from edge_router.cli.output import make_progress
from edge_router_export.train import train

HERE = Path(__file__).parent
BUNDLE = Path("build/assistant/assistant.router")
# None of these is a training example; the last two fit no tool of this assistant.
TEXTS = (
    "turn the kitchen lights down a bit",
    "wake me tomorrow at six",
    "the eggs need six minutes, time it",
    "do I need a coat",
    "we have run out of coffee",
    "text Marco that I'm at the station",
    "lock evrything",
    "who painted the mona lisa",
    "order sushi for two",
)


def main() -> None:
    """Trains (skipped where nothing changed), loads the bundle as a device would, routes."""
    BUNDLE.parent.mkdir(parents=True, exist_ok=True)
    result = train(
        [HERE / "examples.jsonl"],
        tools=HERE / "tools.yaml",
        test=[HERE / "test.jsonl"],
        output=BUNDLE,
        recipe="tiny",
        progress=make_progress(is_shown=True),
    )
    test = result.metrics["test"]
    print(
        f"\n{result.bundle_path}: {result.bundle_path.stat().st_size / 1e6:.1f} MB; report: "
        f"{result.report_path}"
    )
    print(
        f"of the texts in test.jsonl: best candidate right {test['accuracy']:.1%}, answered "
        f"{test['answered_share']:.1%}"
    )
    print(
        f"out of scope, rejected {test['rejected_share']:.1%}; answers right "
        f"{test['precision']:.1%}\n"
    )
    router = Router.load(result.bundle_path)
    router.route("the first run of a session allocates; it is nobody's answer")
    for text in TEXTS:
        show(router, text)


def show(router: Router, text: str) -> None:
    """Routes one text and prints what was decided, how sure that is, and how long it took."""
    start = time.perf_counter_ns()
    decision: Decision = router.route(text)
    latency_us = (time.perf_counter_ns() - start) / 1000
    told = (
        f"{decision.tool or '(no tool)':<18}{decision.confidence:7.1%}{latency_us:7.0f} us  {text}"
    )
    print(told if decision.tool else f"{told}  [{decision.reason.value}]")


if __name__ == "__main__":
    main()
