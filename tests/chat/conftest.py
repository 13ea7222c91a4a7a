"""An assistant of three tools."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chat_fakes import FakeScreen

from edge_router import Router
from edge_router.chat.conversation import Conversation
from edge_router.chat.session import converse
from edge_router.tools import tool

LESSONS = {
    "timer": ["set a timer for five minutes", "time the eggs", "start a timer"],
    "lamp": ["turn the lamp on", "switch the light off", "lamp on please"],
    "door": ["lock the door", "open the door please", "unlock the front door"],
}


@tool(name="timer")
def start_timer(minutes: int) -> str:
    """Starts a timer."""
    return f"{minutes} minutes from now."


@tool(name="lamp")
def switch_lamp() -> str:
    """Switches the lamp."""
    return "Switched."


@tool(name="door", needs_confirmation=True)
def lock_door() -> str:
    """Locks the door."""
    return "Locked."


TOOLS = [start_timer, switch_lamp, lock_door]


@pytest.fixture(scope="session")
def router() -> Router:
    return Router.base().teach_tools([each.tool for each in TOOLS], examples=LESSONS)


@pytest.fixture
def talk(router: Router, tmp_path: Path) -> Callable[..., FakeScreen]:
    """What a screen was shown after these lines; corrections go to ``home.jsonl``."""

    def talk(
        *lines: str | BaseException, is_interactive: bool = True, **settings: Any
    ) -> FakeScreen:
        chosen = {"tools": TOOLS, "taught_file": tmp_path / "home.jsonl", **settings}
        conversation = Conversation(chosen.pop("router", router), **chosen)
        screen = FakeScreen(lines, is_interactive=is_interactive)
        converse(conversation, screen)
        return screen

    return talk
