"""An offline kitchen timer that understands a sentence: ``python examples/kitchen_timer.py``.

Type what you want, an empty line ends it. Nothing is trained, nothing leaves the device.
"""

from datetime import timedelta
from threading import Timer

from edge_router import Dispatcher, Router
from edge_router.tools import tool
from edge_router.tools.arguments import Arguments
from edge_router.tools.gazetteer import Gazetteer

DISHES = Gazetteer(["pasta", "rice", "eggs", "tea", "potatoes", "cake", "bread", "soup"])
running: dict[str, Timer] = {}


@tool(name="timer.start", timeout_s=None)
def start(duration: timedelta, dish: str = "timer") -> str:
    """Starts a timer for a dish."""
    stop(dish)
    running[dish] = Timer(duration.total_seconds(), print, [f"\a{dish}: done!"])
    running[dish].daemon = True
    running[dish].start()
    return f"{dish}: {duration}"


@tool(name="timer.stop", timeout_s=None)
def stop(dish: str = "timer") -> str:
    """Stops the timer of a dish."""
    if timer := running.pop(dish, None):
        timer.cancel()
        return f"{dish}: stopped"
    return f"There is no timer for {dish}."


router = Router.base().teach(
    "timer.start",
    ["ten minutes for the pasta", "set a timer for half an hour", "the eggs need six minutes"],
)
router = router.teach("timer.stop", ["stop the timer", "forget about the pasta", "cancel the eggs"])
dispatcher = Dispatcher(
    router, tools=[start, stop], arguments=Arguments(gazetteers={"dish": DISHES})
)

while text := input("> ").strip():
    outcome = dispatcher.dispatch(text)
    while outcome.is_question:
        outcome = dispatcher.resume(outcome, input(f"{outcome.text} "))
    print(outcome.text)
