"""Three tools, taught in three lines: ``python examples/first.py``."""

from edge_router import Router

router = Router.base()  # in the package; it knows no tool yet
router = router.teach("coffee.start", ["make me a coffee", "espresso please"])
router = router.teach("lights.dim", ["turn the lights down a bit", "it's too bright in here"])
router = router.teach("weather", ["will it rain", "do I need a coat"], description="The weather")

for text in ("could I get an espresso", "dim the kitchen lights", "who won the war"):
    decision = router.route(text)
    print(f"{decision.tool or '(no tool)':<14}{decision.confidence:6.1%}  {text}")
