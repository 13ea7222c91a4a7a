"""What a look would notice, as it is told, and as it happens."""

import pytest

from edge_router.journal.power import SHARES, find_noticed, find_power
from edge_router.journal.samples import find_fisher

LEVEL = 0.0022 / 20


@pytest.mark.parametrize("share", [0.02, 0.04, 0.06])
def test_doublings_are_noticed_as_often_as_is_told(share: float):
    np = pytest.importorskip("numpy")
    random = np.random.default_rng(4)
    now = random.binomial(1000, 2 * share, 1500).tolist()
    before = random.binomial(3000, share, 1500).tolist()
    seen = [
        find_fisher(one, 1000, other, 3000) <= LEVEL for one, other in zip(now, before, strict=True)
    ]
    assert np.mean(seen) == pytest.approx(find_noticed(share, 1000, 3000, LEVEL), abs=0.04)


def test_more_is_noticed_from_larger_shares_and_more_texts():
    few, many = find_power(300, 3000, LEVEL), find_power(20_000, 60_000, LEVEL)
    assert [power.share for power in few] == list(SHARES)
    noticed = [power.noticed for power in few]
    assert noticed == sorted(noticed)
    assert noticed[0] < 0.01 < 0.9 < noticed[-1]
    assert all(power.noticed > 0.99 for power in many)


def test_nothing_is_noticed_where_any_count_could_be_chance():
    assert find_noticed(0.2, 5, 5, 1e-6) == pytest.approx(0.0, abs=1e-9)
