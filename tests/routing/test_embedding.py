import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge_router.routing.embedding import COSINE, UNIT, to_direction, to_rows


def test_a_direction_has_the_length_2048_in_whole_steps():
    found = to_direction(np.array([3, -4], np.int32))
    assert found.tolist() == [1229.0, -1638.0]  # 0.6 and 0.8 of 2048
    assert found.dtype == np.float32


def test_zeros_stay_zeros():
    assert to_direction(np.zeros(3, np.int32)).tolist() == [0.0, 0.0, 0.0]


def test_the_largest_integers_have_a_direction():
    widest = np.full(4096, 2**31 - 1, np.int32)
    assert to_direction(widest).tolist() == [32.0] * 4096
    assert to_direction(-widest).tolist() == [-32.0] * 4096


@given(st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=64))
def test_directions_lie_within_half_a_step_of_the_exact_ones(values: list[int]):
    length = math.sqrt(sum(v * v for v in values))
    found = to_direction(np.array(values, np.int64).astype(np.int32))
    for value, step in zip(values, found.tolist(), strict=True):
        assert abs(step - (value * UNIT / length if length else 0.0)) <= 0.51


def test_rows_get_the_length_asked_for():
    rows = to_rows(np.array([[3.0, 4.0], [0.0, 0.0]]), 10.0)
    assert rows.tolist() == [[6.0, 8.0], [0.0, 0.0]]


def test_a_cosine_of_one_is_the_product_of_two_directions():
    direction = to_direction(np.array([5, 0], np.int32))
    assert direction @ direction == COSINE == 2**22
