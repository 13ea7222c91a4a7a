import numpy as np

from edge_router.routing.domains import Domains

DOMAINS = Domains({"a": "home", "b": "home", "c": "work"}, ["a", "b", "c", "free", None])


def surest(weights: list[int], threshold: float) -> str | None:
    return DOMAINS.surest(np.array(weights, np.int64), threshold)


def test_the_tools_of_a_domain_are_sure_together():
    assert surest([40, 40, 10, 5, 5], 0.8) == "home"
    assert surest([40, 39, 11, 5, 5], 0.8) is None
    assert surest([0, 10, 90, 0, 0], 0.8) == "work"


def test_what_has_no_domain_counts_for_none():
    assert surest([0, 0, 0, 90, 10], 0.5) is None
    assert surest([10, 10, 0, 0, 80], 0.3) is None
