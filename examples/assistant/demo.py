"""Trains a small assistant on the examples beside this file, teaches it two tools more, and lets it
do a few things, offline: ``python examples/assistant/demo.py``.
"""

import sys
from pathlib import Path

from edge_router import Dispatcher, Outcome, Router
from edge_router.cli.progress import make_progress
from edge_router_export.train import train

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from home import LESSONS, TOOLS  # noqa: E402 - beside this file, whatever the working directory

BUNDLE = Path("build/assistant/assistant.router")
# None of these is a training example; the last one fits no tool of this assistant.
TEXTS = (
    "turn the kitchen lights down to 30 percent",
    "wake me tomorrow at six",
    "the eggs need six minutes, time it",
    "do I need a coat",
    "put oat milk on the shopping list",
    "what is 17 times 23",
    "convert 5 miles please",
    "who painted the mona lisa",
)
DIALOGUE = ("set a timer", "for a quarter of an hour"), ("lock the back door", "yes")


def main() -> None:
    """Trains (skipped where nothing changed), loads the bundle as a device would, dispatches."""
    BUNDLE.parent.mkdir(parents=True, exist_ok=True)
    result = train(
        [HERE / "examples.jsonl"],
        tools=HERE / "tools.yaml",
        test=[HERE / "test.jsonl"],
        output=BUNDLE,
        recipe="tiny",
        progress=make_progress(is_shown=True),
    )
    test, size = result.metrics["test"], result.bundle_path.stat().st_size
    print(f"\n{result.bundle_path}: {size / 1e6:.1f} MB; report: {result.report_path}")
    print(f"of the texts in test.jsonl: best candidate right {test['accuracy']:.1%}", end=", ")
    print(f"answered {test['answered_share']:.1%}, answers right {test['precision']:.1%}\n")

    router = Router.load(result.bundle_path)
    for name, texts in LESSONS.items():
        router = router.teach(name, texts)
    dispatcher = Dispatcher(router, tools=TOOLS)
    dispatcher.dispatch("the first run of a session allocates; it is nobody's answer")
    for text in TEXTS:
        show(dispatcher.dispatch(text), text)
    for text, reply in DIALOGUE:
        question = dispatcher.dispatch(text)
        show(question, text)
        show(dispatcher.resume(question, reply), reply)
    print("\nTalk to it yourself (extra chat), from the root of the repository:")
    print(f"edge-router chat {result.bundle_path} --tools examples/assistant/home.py")


def show(outcome: Outcome, text: str) -> None:
    """Prints what was said, what was decided, how sure that is, and how long it took."""
    decision, took = outcome.decision, outcome.timings
    print(f"> {text}\n  {outcome.text}")
    sure = f"{outcome.tool or '(no tool)'} {decision.confidence:.0%}"
    print(f"  [{sure}, routed in {took.routing_us} us, {took.total_us} us in all]")


if __name__ == "__main__":
    main()
