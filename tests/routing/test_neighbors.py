"""The nearest examples, of all and of two answers."""

import numpy as np
import pytest

from edge_router.routing.neighbors import find_neighbors


class Reader:
    """Reads a text as its two numbers."""

    def direction(self, text: str):
        return np.array(text.split(), np.float32) if text else None


def find(taught, anchors=(), answers=()):
    return find_neighbors(
        np.array([2048, 0], np.float32),
        taught=taught,
        anchors=anchors,
        reader=Reader(),
        answers=answers,
    )


def test_the_nearest_come_first_with_their_cosine():
    found = find([("3 4", "a"), ("5 0", "b"), ("-1 0", None)], anchors=[("0 7", "c")])
    assert [(n.text, n.tool, n.source) for n in found] == [
        ("5 0", "b", "taught"),
        ("3 4", "a", "taught"),
        ("0 7", "c", "trained"),
        ("-1 0", None, "taught"),
    ]
    assert [n.cosine for n in found] == pytest.approx([1.0, 0.6, 0.0, -1.0])


def test_those_of_the_two_answers_are_shown_however_far():
    taught = [(f"9 {i}", "near") for i in range(8)] + [(f"-{i} 5", "far") for i in range(1, 6)]
    found = find(taught, answers=["near", "far"])
    assert [n.tool for n in found] == ["near"] * 5 + ["far"] * 3
    assert [n.text for n in found if n.tool == "far"] == ["-1 5", "-2 5", "-3 5"]


def test_an_anchor_that_was_taught_to_another_tool_is_one_example():
    found = find([("1 1", "b")], anchors=[("1 1", "a")])
    assert [(n.tool, n.source) for n in found] == [("b", "taught")]


def test_no_example_that_can_be_read_is_no_neighbour():
    assert find([]) == ()
    assert find([("", "a")]) == ()
    assert find([("0 0", "a")])[0].cosine == 0.0
