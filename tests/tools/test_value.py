import dataclasses
import enum
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest

from edge_router.tools.value import to_json


class Mode(enum.Enum):
    OFF = "off"


@dataclasses.dataclass
class Room:
    name: str
    mode: Mode


def test_writes_what_python_has_in_the_words_of_json():
    value = {
        "rooms": (Room("den", Mode.OFF),),
        "when": datetime(2026, 3, 31, 18, 30),
        "day": date(2026, 3, 31),
        "at": time(18, 30),
        "for": timedelta(minutes=5),
        "share": Decimal("0.5"),
        "set": {3},
        Mode.OFF: None,
    }
    assert to_json(value) == {
        "rooms": [{"name": "den", "mode": "off"}],
        "when": "2026-03-31T18:30:00",
        "day": "2026-03-31",
        "at": "18:30:00",
        "for": "PT5M",
        "share": 0.5,
        "set": [3],
        "off": None,
    }


@pytest.mark.parametrize("value", [object(), b"x", float("nan"), {1: 2}, timedelta(-1), Room])
def test_refuses_what_json_has_no_word_for(value: object):
    with pytest.raises(TypeError, match="JSON has no"):
        to_json(value)


def test_refuses_what_holds_itself():
    loop: list[object] = []
    loop.append(loop)
    with pytest.raises(TypeError, match="holds itself"):
        to_json(loop)
