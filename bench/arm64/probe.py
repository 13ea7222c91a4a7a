"""What runs inside a guest, with edge_router and the standard library only.

``probe.py decide|count|explore BUNDLE TEXTS``.

``TEXTS`` is a JSON list. ``decide`` prints goldens and decisions as JSON; ``count`` asks the plugin
for the instruction total around every call. For ``explore`` it is an object with what a device
knows, too; the decisions of an exploring router are printed, and how often one was another later.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from typing import Any

from edge_router import EdgeRouterError, Router, Tool
from edge_router.verify import verify

WARM_UP = 50
LESSONS = {
    "alarm": ["wake me up at six", "set an alarm for tomorrow morning"],
    "bank": ["how much money is in my account", "what is my balance", "pay my electricity bill"],
    "weather": ["will it rain today"],
}


def main(command: str, bundle: str, texts_file: str) -> None:
    """Runs one of the commands over the texts."""
    router = Router.load(bundle)
    with open(texts_file, encoding="utf-8") as file:
        texts = json.load(file)
    if command == "explore":
        print(json.dumps(explore(router, texts)))
        return
    if command == "count":
        count(router, texts)
        return
    goldens = [{"text": m.text, "what": m.what} for m in verify(router)]
    decider = router if router.tools else teach(router)
    decisions = [describe(decider, text) for text in texts]
    print(
        json.dumps(
            {
                "goldens": goldens,
                "goldens_checked": len(router.bundle.goldens),
                "counted": "text to Decision" if router.tools else "text to embedding",
                "decisions": decisions,
            }
        )
    )


def describe(router: Router, text: str) -> list[Any]:
    """The whole decision, its floats as their shortest digits that give back every bit, and the
    hash of each of the model's outputs; or the error's class.
    """
    try:
        decision = router.route(text)
        integers = router.integers(text)
    except EdgeRouterError as error:
        return [type(error).__name__]
    hashes = {
        name: hashlib.sha256(values.astype("<i4").tobytes()).hexdigest()
        for name, values in integers.items()
    }
    return [json.dumps(decision.to_dict()), hashes]


def explore(router: Router, device: dict[str, Any]) -> dict[str, Any]:
    """The decisions for the ``device``'s texts of a router that was taught its ``lessons`` and
    explores its ``share`` by its ``key``; each text is routed ``repeats`` times.
    """
    lessons = [Tool(name, risk=risk) for name, risk in device["risks"].items()]
    router = router.teach_tools(lessons, examples=device["lessons"])
    router = router.explore(device["share"], key=bytes.fromhex(device["key"]))
    first = [router.route(text) for text in device["texts"]]
    others = 0
    for _ in range(device["repeats"] - 1):
        for text, decision in zip(device["texts"], first, strict=True):
            others += router.route(text) != decision
    return {"decisions": [json.dumps(decision.to_dict()) for decision in first], "others": others}


def teach(router: Router) -> Router:
    """A router without tools of its own, taught some: the fit must give the same bits, too."""
    for tool, texts in LESSONS.items():
        router = router.teach(tool, texts, description=f"About the {tool}")
    return router


def count(router: Router, texts: list[str]) -> None:
    """Warms up, asks twice in a row (what asking itself costs), then asks after every call: of
    ``route``, or of ``embed`` where the bundle has no tools.
    """
    call = router.route if router.tools else router.embed
    for text in texts[:WARM_UP]:
        call(text)
    ask = os.getppid
    ask()
    ask()
    for text in texts:
        call(text)
        ask()


if __name__ == "__main__":
    main(*sys.argv[1:4])
