"""The part ``reference``: counted, written, read again, and refused where its sums are wrong."""

import dataclasses
import json
from typing import Any

import pytest

from edge_router.bundle import Histogram, Manifest, Reference
from edge_router.bundle.manifest import parse_manifest
from edge_router.bundle.reference import STEPS, UNKNOWN_EDGES, count_shares, find_edges
from edge_router.errors import BundleError

REFERENCE = Reference(
    texts=10,
    best=(6, 3, 1),  # two tools, and that none fits
    abstained=2,
    confidence=Histogram((STEPS // 2,), (4, 6)),
    unknown=Histogram(UNKNOWN_EDGES, (7, 0, 1, 0, 1)),
)


def write(manifest: Manifest, **changed: Any) -> bytes:
    """A manifest with the part, some of its fields changed."""
    parts = dataclasses.replace(manifest.parts, reference=REFERENCE)
    whole = json.loads(dataclasses.replace(manifest, parts=parts).to_bytes())
    whole["parts"]["reference"] |= changed
    return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def test_what_is_written_is_read_again(manifest: Manifest):
    assert parse_manifest(write(manifest)).parts.reference == REFERENCE
    assert parse_manifest(write(manifest)).to_bytes() == write(manifest)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"best": [6, 4]}, "one count an answer"),
        ({"best": [6, 3, 2]}, "counts of all its texts"),
        ({"best": [6.0, 3, 1]}, "whole numbers from 0 to 10"),
        ({"best": [11, -1, 0]}, "whole numbers from 0 to 10"),
        ({"texts": 0, "best": [0, 0, 0]}, "a whole number from 1"),
        ({"abstained": 11}, "a whole number from 0 to 10"),
        ({"confidence": {"edges": [1], "counts": [4, 5]}}, "a histogram of all its texts"),
        ({"confidence": {"edges": [2, 1], "counts": [4, 5, 1]}}, "edges must be rising"),
        ({"confidence": {"edges": [2, 2], "counts": [4, 5, 1]}}, "edges must be rising"),
        ({"confidence": {"edges": [STEPS + 1], "counts": [4, 6]}}, "whole numbers from 0 to"),
        ({"confidence": {"edges": [1], "counts": [4, 5, 1]}}, "one more than the edges"),
        ({"confidence": {"edges": [1], "counts": [4, 6], "x": 1}}, "has the key 'x'"),
        ({"unknown": {"edges": [1], "counts": [9, 9]}}, "no more than its texts"),
        ({"is_cross_validated": 1}, "true or false"),
        ({"more": 1}, "has the key 'more'"),
    ],
)
def test_what_is_no_reference_is_refused(manifest: Manifest, changed: dict, said: str):
    with pytest.raises(BundleError, match=said):
        parse_manifest(write(manifest, **changed))


def test_a_reference_needs_the_tools_that_it_counts(manifest: Manifest):
    whole = json.loads(write(manifest))
    whole["parts"] = {
        "embedding": {"width": 8, "teaching": None},
        "reference": whole["parts"]["reference"],
    }
    data = json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(BundleError, match="reference needs the part choice"):
        parse_manifest(data)


def test_edges_part_shares_into_bins_of_equal_share():
    shares = [number / 100 for number in range(100)]
    edges = find_edges(shares, bins=4)
    assert edges == (STEPS // 4, STEPS // 2, 3 * STEPS // 4)
    assert count_shares(shares, edges).counts == (25, 25, 25, 25)


def test_equal_shares_make_fewer_bins_and_none_is_empty():
    assert find_edges([1.0] * 50) == ()
    assert find_edges([]) == ()
    shares = [0.5] * 5 + [1.0] * 95
    assert count_shares(shares, find_edges(shares)).counts == (5, 95)


def test_a_share_at_an_edge_is_in_the_bin_that_begins_there():
    assert count_shares([0.0, 0.25, 0.2499, 1.0], (STEPS // 4,)).counts == (2, 2)
    assert count_shares([0.0, 1 / 9, 1 / 8, 0.25, 0.5, 1.0], UNKNOWN_EDGES).counts == (
        1,
        1,
        1,
        1,
        2,
    )
