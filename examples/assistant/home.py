"""The assistant's tools, working: what they know stays in this process. ``TOOLS`` has them all."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Literal

from edge_router.tools import tool

WEATHER = json.loads(Path(__file__).with_name("weather.json").read_text("utf-8"))
timers: list[datetime] = []
alarms: list[datetime] = []
shopping: list[str] = []
notes: list[str] = []
lights: dict[str, int] = {}


@tool(name="timer.start", timeout_s=None)
def start_timer(duration: timedelta) -> str:
    """Counts down a span of time."""
    timers.append(datetime.now() + duration)
    return f"The timer rings at {timers[-1]:%H:%M:%S}."


@tool(name="alarm.set", timeout_s=None)
def set_alarm(at: time) -> str:
    """Sets an alarm that rings at a time of day."""
    now = datetime.now()
    ring = datetime.combine(now.date(), at)
    alarms.append(ring if ring > now else ring + timedelta(days=1))
    return f"The alarm rings at {at:%H:%M}, {len(alarms)} set in all."


@tool(name="shopping.add", timeout_s=None)
def add_to_list(items: list[str]) -> str:
    """Puts things on the shopping list."""
    shopping.extend(items)
    return f"On the list: {', '.join(shopping)}."


@tool(name="note.take", timeout_s=None)
def take_note(body: str) -> str:
    """Writes a note down."""
    notes.append(body)
    return f"Note {len(notes)}: {body}"


@tool(name="lights.switch", timeout_s=None)
def switch_lights(state: Literal["on", "off"], room: str = "house") -> str:
    """Switches a lamp or the lights of a room on or off."""
    lights[room] = 100 if state == "on" else 0
    return f"The lights in the {room} are {state}."


@tool(name="lights.dim", timeout_s=None)
def dim_lights(brightness_percent: int = 40, room: str = "house") -> str:
    """Sets how bright a lamp or the lights of a room are."""
    lights[room] = brightness_percent
    return f"The lights in the {room} are at {brightness_percent} %."


@tool(name="weather.forecast", timeout_s=None)
def tell_weather(day: date | None = None) -> str:
    """Tells the weather, from a file beside this one."""
    told = WEATHER[(day or date.today()).weekday()]
    return f"{told['sky']}, {told['low']} to {told['high']} degrees."


@tool(name="door.lock", needs_confirmation=True, timeout_s=None)
def lock_door(state: Literal["locked", "unlocked"] = "locked", door: str = "front door") -> str:
    """Locks or opens a door; asks before it does."""
    return f"The {door} is {state}."


@tool(name="convert", timeout_s=None)
def convert(amount: float, unit: Literal["miles", "kilometres", "pounds", "kilograms"]) -> str:
    """Converts miles, kilometres, pounds and kilograms into the other system."""
    factor, other = {
        "miles": (1.609344, "kilometres"),
        "kilometres": (1 / 1.609344, "miles"),
        "pounds": (0.45359237, "kilograms"),
        "kilograms": (1 / 0.45359237, "pounds"),
    }[unit]
    return f"{amount:g} {unit} are {amount * factor:.2f} {other}."


@tool(name="calculate", timeout_s=None)
def calculate(
    first: float, second: float, sign: Literal["plus", "minus", "times", "divided by"]
) -> str:
    """Adds, subtracts, multiplies and divides two numbers."""
    if sign == "divided by" and not second:
        return "Nothing can be divided by zero."
    sums = {
        "plus": lambda: first + second,
        "minus": lambda: first - second,
        "times": lambda: first * second,
        "divided by": lambda: first / second,
    }
    return f"{first:g} {sign} {second:g} is {sums[sign]():g}."


TOOLS = [
    start_timer,
    set_alarm,
    add_to_list,
    take_note,
    switch_lights,
    dim_lights,
    tell_weather,
    lock_door,
    convert,
    calculate,
]
LESSONS = {
    "convert": ["convert 26 miles", "80 kilograms in pounds please", "10 miles to kilometres"],
    "calculate": ["what is 12 times 7", "forty divided by eight", "work out 100 minus 36"],
}
"""Texts for the tools that the assistant is not trained for: these are taught."""
