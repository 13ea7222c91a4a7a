"""Whatever is done to a bundle's bytes, reading ends in the same bundle or in a BundleError."""

import random
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_router.bundle import pack_bundle, read_bundle
from edge_router.bundle.onnx_check import check_onnx
from edge_router.bundle.stored_zip import unpack_members
from edge_router.errors import BundleError

ODD_BYTES = [
    b"",
    b"\0",
    b"\xff" * 4,
    b"\x7f\xff\xff\xff",
    b"PK\x03\x04",
    b"PK\x01\x02",
    b"PK\x05\x06",
    b"\x80" * 10,
]
ODD_JSON = b'{ } [ ] " \\ , : NaN 1e999 -0 999999999999999999999999999999 null true \\ud800'.split()
FUZZ = settings(max_examples=200, deadline=None, database=None)


def mutate(data: bytes, random_: random.Random, odd: list[bytes]) -> bytes:
    """One flip, cut, copy, swap or odd insertion."""
    at, size = random_.randrange(len(data)), random_.randrange(1, 64)
    kind = random_.randrange(6)
    if kind == 0:
        return data[:at] + bytes([data[at] ^ 1 << random_.randrange(8)]) + data[at + 1 :]
    if kind == 1:
        return data[:at]
    if kind == 2:
        return data[:at] + data[at + size :]
    if kind == 3:
        return data[:at] + data[at : at + size] + data[at:]
    if kind == 4:
        return data[:at] + random_.randbytes(size) + data[at + size :]
    return data[:at] + random_.choice(odd) + data[at + random_.randrange(8) :]


def outcome(data: bytes) -> str:
    """'refused' with a message that says what to do; or 'read', and then packing the parts gives
    ``data`` again.
    """
    try:
        b = read_bundle(data)
    except BundleError as error:
        message = str(error)
    else:
        assert (
            pack_bundle(
                manifest=b.manifest, model=b.model, tokenizer=b.tokenizer, goldens=b.goldens
            )
            == data
        )
        return "read"
    assert message.endswith(("edge-router train", "upgrade edge-router"))
    assert len(message) < 500
    return "refused"


@pytest.mark.timeout(60)
def test_every_flipped_bit_is_found(packed: bytes):
    for at in range(len(packed)):
        flipped = packed[:at] + bytes([packed[at] ^ 1 << at % 8]) + packed[at + 1 :]
        assert outcome(flipped) == "refused", at


def test_every_truncation_is_found(packed: bytes):
    for size in range(len(packed)):
        assert outcome(packed[:size]) == "refused"


@pytest.mark.timeout(60)
def test_seeded_mutations_never_pass(packed: bytes):
    for seed in range(3000):
        random_ = random.Random(seed)
        data = packed
        for _ in range(random_.randrange(1, 4)):
            data = mutate(data or b"\0", random_, ODD_BYTES)
        assert data == packed or outcome(data) == "refused", seed


@pytest.mark.timeout(60)
@pytest.mark.parametrize("member", ["manifest__json", "golden__json"])
def test_forged_json_is_refused_or_read_as_it_stands(
    packed: bytes, forge: Callable[..., bytes], member: str
):
    original = unpack_members(packed)[member.replace("__", ".")]
    for seed in range(2000):
        outcome(forge(**{member: mutate(original, random.Random(seed), ODD_JSON)}))


@pytest.mark.timeout(60)
def test_a_forged_graph_is_refused_or_plain(model: bytes):
    for seed in range(5000):
        forged = mutate(model, random.Random(seed), ODD_BYTES)
        with suppress(
            BundleError
        ):  # most are refused; a changed weight or name is another plain graph
            check_onnx(forged)


@FUZZ
@given(st.binary(max_size=300))
def test_any_bytes_are_refused(data: bytes):
    assert outcome(data) == "refused"
    assert outcome(b"PK\x03\x04" + data) == "refused"


@FUZZ
@given(st.binary(max_size=300))
def test_any_bytes_as_a_graph_are_refused(data: bytes):
    with pytest.raises(BundleError):
        check_onnx(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)


@FUZZ
@given(st.text(), st.dictionaries(st.text(max_size=8), JSON, max_size=5))
def test_what_can_be_packed_can_be_read(packed: bytes, text: str, metrics: dict):
    b = read_bundle(packed)
    golden = b.goldens[0].__class__(text, (1,), {"logits": "d" * 64}, metrics)
    try:
        data = pack_bundle(
            manifest=b.manifest, model=b.model, tokenizer=b.tokenizer, goldens=[golden]
        )
    except BundleError:
        return  # NaN, infinity and lone surrogates are not JSON
    assert outcome(data) == "read" or any(len(str(n)) > 20 for n in _integers(metrics))


def _integers(value: object) -> list[int]:
    if isinstance(value, dict):
        return [n for part in value.values() for n in _integers(part)]
    if isinstance(value, list):
        return [n for part in value for n in _integers(part)]
    return [value] if isinstance(value, int) else []
