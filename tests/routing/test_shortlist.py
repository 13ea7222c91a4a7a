import numpy as np
import pytest

from edge_router.routing import shortlist
from edge_router.routing.shortlist import NEAR, Shortlist


def make_rows(count: int, width: int = 100) -> np.ndarray:
    return np.random.default_rng(0).integers(-300, 300, (count, width)).astype(np.float32)


def test_the_rows_whose_signs_agree_most_are_near():
    rows = make_rows(3000)
    direction = make_rows(1)[0] + 1
    agreement = ((rows > 0) == (direction > 0)).sum(axis=1)
    near = np.flatnonzero(Shortlist(rows).are_near(direction))
    least = np.sort(agreement)[-NEAR]
    assert near.tolist() == np.flatnonzero(agreement >= least).tolist()


def test_a_row_is_nearest_to_itself():
    rows = make_rows(2000)
    assert all(Shortlist(rows).are_near(rows[i])[i] for i in range(0, 2000, 97))


def test_fewer_rows_than_a_shortlist_are_all_near():
    assert Shortlist(make_rows(5)).are_near(make_rows(1)[0]).all()


@pytest.mark.skipif(not hasattr(np, "bitwise_count"), reason="numpy 1.26 has one way only")
def test_bits_are_counted_alike_with_and_without_numpy_2(monkeypatch):
    words = np.random.default_rng(0).integers(0, 2**63, 500).astype(np.uint64)
    expected = [int(word).bit_count() for word in words]
    assert shortlist._count_bits(words).tolist() == expected
    monkeypatch.delattr(np, "bitwise_count")
    assert shortlist._count_bits(words).tolist() == expected
