import numpy as np
import pytest

from edge_router.bundle import Anchor
from edge_router.examples import Example
from edge_router_export import pick_anchors as module
from edge_router_export.pick_anchors import pick_anchors

CORNERS = {"north": (0, 1), "east": (1, 0), "south": (0, -1)}


def make_examples(*tools: str | None) -> tuple[list[Example], np.ndarray]:
    """Four texts of each tool in every corner, which spread a little around it."""
    examples, rows = [], []
    for tool in tools:
        for corner, place in CORNERS.items():
            for number in range(4):
                examples.append(Example(f"{tool} {corner} {number}", tool, (), "a.jsonl", 1))
                row = np.array(place) + 0.02 * number * np.array(place)[::-1]
                rows.append(row / np.linalg.norm(row))
    return examples, np.array(rows)


def test_anchors_stand_in_every_corner_of_a_tools_texts():
    examples, rows = make_examples("b", "a", None)
    found = pick_anchors(examples, rows, seed=1)
    assert [a.tool for a in found] == ["a"] * 3 + ["b"] * 3
    for tool in ("a", "b"):
        texts = [a.text for a in found if a.tool == tool]
        assert {text.split()[1] for text in texts} == set(CORNERS)


def test_a_tool_of_one_text_has_it_as_its_anchor():
    examples = [Example("only", "a", (), "a.jsonl", 1)]
    assert pick_anchors(examples, np.array([[1.0, 0.0]]), seed=1) == (Anchor("only", "a"),)


@pytest.mark.parametrize(("most", "each"), [(6, 3), (4, 2), (1, 1)])
def test_many_tools_get_fewer_anchors_each(monkeypatch, most: int, each: int):
    monkeypatch.setattr(module, "MOST", most)
    examples, rows = make_examples("a", "b")
    assert len(pick_anchors(examples, rows, seed=1)) == 2 * each
