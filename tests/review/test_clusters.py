import time

import numpy as np
import pytest

from edge_router import Router
from edge_router.review.clusters import LINK, find_clusters
from edge_router.routing.embedding import UNIT, to_direction


def place(*degrees: float) -> np.ndarray:
    """Directions in the plane."""
    turns = np.radians(degrees)
    return np.rint(UNIT * np.stack([np.cos(turns), np.sin(turns)], axis=1)).astype(np.float32)


NOTHING = np.zeros((0, 0), np.float32)


def test_the_text_in_the_middle_takes_its_companions_the_largest_group_first():
    # 60 degrees are a cosine of 0.5: three at 0, 45 and 103, four around 250
    assert LINK == 0.5
    assert find_clusters(place(0, 250, 45, 240, 103, 255, 260), NOTHING) == [
        [1, 5, 3, 6],
        [2, 0, 4],
    ]


def test_fewer_than_three_are_no_cluster():
    assert find_clusters(place(0, 10, 180), NOTHING) == []
    assert find_clusters(place(0, 10, 180), NOTHING, fewest=2) == [[0, 1]]
    assert find_clusters(NOTHING, NOTHING) == []


def test_texts_lie_together_where_they_are_nearer_to_one_another_than_to_a_tool():
    # the one at 15 is nearer to the tool at 17 than to any text; the one at 10 than to that at 0
    assert [sorted(group) for group in find_clusters(place(0, 5, 10, 15), place(17))] == [[0, 1, 2]]
    assert find_clusters(place(0, 5, 10, 15), place(12)) == []


def test_a_text_is_in_one_cluster_alone():
    found = find_clusters(place(*range(0, 180, 4)), NOTHING)
    rows = [row for group in found for row in group]
    assert len(found) == 2
    assert len(rows) == len(set(rows))


def test_a_few_thousand_texts_take_about_a_second():
    rows = np.random.default_rng(1).standard_normal((3000, 384))
    rows = np.rint(UNIT * rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    start = time.perf_counter()
    assert find_clusters(rows, rows[:0]) == []
    assert time.perf_counter() - start < 20  # on a busy machine; a second on a quiet one


@pytest.mark.parametrize("missing", ["weather", "parcel"])
def test_texts_for_a_tool_that_is_missing_are_found_among_others(missing: str):
    router = Router.base()
    texts = {
        "weather": ["will it rain tomorrow", "does it rain today", "is it going to rain tonight"],
        "parcel": ["where is my parcel", "has my parcel arrived", "track my parcel"],
    }
    heard = ["tell me a joke", texts[missing][0], "why is the sky blue", *texts[missing][1:]]
    rows = np.array([to_direction(router.embed(text)) for text in heard])
    known = np.array([to_direction(router.embed("dim the lights"))])
    [group] = find_clusters(rows, known)
    assert sorted(group) == [1, 3, 4]
