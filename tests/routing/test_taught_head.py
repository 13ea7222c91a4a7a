import hashlib
import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_router.routing.embedding import COSINE, UNIT, to_rows
from edge_router.routing.taught_head import (
    LONGEST,
    Head,
    fit_head,
    halvings,
    make_offsets,
    weigh_halvings,
)


def make_examples(tools: int, each: int, *, width: int = 16, noise: int = 600, seed: int = 0):
    """Directions around a random one for each tool, and their owners."""
    source = np.random.default_rng(seed)  # whole numbers, since normal ones may differ by CPU
    centres = source.integers(-1000, 1001, (tools, width))
    owners = np.repeat(np.arange(tools), each)
    around = centres[owners] + source.integers(-noise, noise + 1, (len(owners), width))
    return to_rows(around.astype(np.float64), UNIT).astype(np.float32), owners


def bits(head: Head) -> str:
    return hashlib.sha256(head.rows.tobytes() + head.offsets.tobytes()).hexdigest()


def test_one_tool_is_the_mean_of_its_examples():
    directions = np.array([[2048, 0], [0, 2048]], np.float32)
    head = fit_head(directions, np.array([0, 0]), 1)
    assert head.rows.tolist() == [[1448.0, 1448.0]]


def test_the_fit_keeps_an_example_that_the_means_alone_would_give_away(monkeypatch):
    degrees = np.array([0, 5, 10, 50, 60, 65, 70])  # the fourth is nearer to the mean of the last
    turned = np.radians(degrees)
    circle = np.stack([np.cos(turned), np.sin(turned)], axis=1)
    directions, owners = np.rint(circle * UNIT).astype(np.float32), np.array([0] * 4 + [1] * 3)

    def found() -> list[int]:
        head = fit_head(directions, owners, 2)
        return [int((head.rows @ row).argmax()) for row in directions]

    assert found() == [0, 0, 0, 0, 1, 1, 1]
    monkeypatch.setattr("edge_router.routing.taught_head.ROUNDS", 0)
    assert found() == [0, 0, 0, 1, 1, 1, 1]


def test_the_bits_are_these_on_every_cpu():
    directions, owners = make_examples(7, 5)
    rivals = np.full(len(owners), COSINE // 2)
    assert bits(fit_head(directions, owners, 7)) == (
        "1c51fe87cb13c630b8f948bf1ffcdce0ae6b5275337917f5ab31c5ae94396234"
    )
    owners[::5] = -1
    assert bits(fit_head(directions, owners, 7, rivals)) == (
        "becb4ce596b58ec90780a3dc02c0b305334cf95ef73beb1179cd892afa3f71d8"
    )


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False))
def test_no_order_of_examples_or_tools_changes_a_bit(source):
    directions, owners = make_examples(6, 4)
    head = fit_head(directions, owners, 6)
    order = list(range(len(owners)))
    source.shuffle(order)
    names = list(range(6))
    source.shuffle(names)
    renamed = np.array(names)[owners[order]]
    other = fit_head(directions[order], renamed, 6)
    assert np.array_equal(other.rows[names], head.rows)
    assert np.array_equal(other.offsets[names], head.offsets)


def test_a_tool_of_few_examples_gets_more_beside_its_product():
    offsets = make_offsets(np.array([1.0, 2.0, 10.0, 1000.0]))
    best = math.sqrt(0.3)
    expected = [best - 0.3 * math.sqrt(n / (1 + (n - 1) * 0.3)) for n in (1, 2, 10, 1000)]
    assert offsets.tolist() == [round(value * COSINE) for value in expected]


def test_a_tool_of_many_examples_takes_no_texts_from_one_of_few():
    directions, owners = make_examples(6, 30)
    is_kept = (owners % 2 == 0) | (np.arange(len(owners)) % 30 < 2)
    head = fit_head(directions[is_kept], owners[is_kept], 6)
    asked, right = directions[~is_kept], owners[~is_kept]
    found = [head.logits(row).argmax() for row in asked]
    assert np.mean(found == right) > 0.8


def test_what_fits_no_tool_pushes_their_rows_away():
    directions, owners = make_examples(3, 6)
    stranger = to_rows(directions[:1] + directions[6:7], UNIT).astype(np.float32)
    head = fit_head(directions, owners, 3)
    pushed = fit_head(
        np.concatenate([directions, stranger]),
        np.append(owners, -1),
        3,
        np.full(len(owners) + 1, COSINE // 2),
    )
    assert pushed.logits(stranger[0]).max() < head.logits(stranger[0]).max()


def test_every_product_is_exact_in_float32():
    source = np.random.default_rng(3)
    directions = to_rows(source.integers(-900, 900, (400, 48)).astype(float), UNIT)
    directions = directions.astype(np.float32)
    head = fit_head(directions, np.arange(400) % 200, 200)
    assert np.linalg.norm(head.rows, axis=1).max() <= LONGEST + 4
    for row in directions[:20]:
        exact = head.rows.astype(np.int64) @ row.astype(np.int64)
        assert np.array_equal(head.rows @ row, exact)


def test_thousands_of_tools_keep_their_means(monkeypatch):
    directions, owners = make_examples(50, 2)
    monkeypatch.setattr("edge_router.routing.taught_head.WORK", 1000.0)
    few = fit_head(directions, owners, 50)
    monkeypatch.setattr("edge_router.routing.taught_head.ROUNDS", 0)
    assert np.array_equal(few.rows, fit_head(directions, owners, 50).rows)


def test_no_tools_are_no_rows():
    head = fit_head(np.zeros((1, 4), np.float32), np.array([-1]), 0)
    assert head.logits(np.zeros(4, np.float32)).shape == (0,)


def test_the_table_of_halvings_is_the_exact_one_rounded_down():
    table = halvings()
    assert (table[0], table[64], table[30 * 64], table[-1]) == (2**30, 2**29, 1, 0)
    for k in (1, 2, 31, 63, 65, 1000):
        # floor(x) <= 2**(30 - k/64) < floor(x) + 1, in whole numbers: both sides to the 64th power
        value = int(table[k])
        assert value**64 <= 2 ** (30 * 64 - k) < (value + 1) ** 64


@pytest.mark.parametrize("halving", [1, 63, 64, 100, 217_000, 2**26])
def test_weights_halve_where_they_were_told_to(halving: int):
    shift, weights = weigh_halvings(halving)
    assert weights[0] == 2**30
    assert weights[-1] == 0
    assert list(weights) == sorted(weights, reverse=True)
    if halving >= 64:
        assert abs(weights[halving >> shift] / 2**29 - 1) < 0.02


def test_thousands_of_tools_take_no_matrix_of_tools_by_examples():
    count = 6000
    directions = np.random.default_rng(1).integers(-500, 500, (count, 384)).astype(np.float32)
    tracemalloc.start()
    head = fit_head(directions, np.arange(count), count)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert head.rows.shape == (count, 384)
    assert peak_bytes < count * count * 4
