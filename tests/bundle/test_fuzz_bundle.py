"""Whatever is done to a bundle's bytes, reading ends in the same bundle or in a BundleError."""

import random
from collections.abc import Callable

import numpy as np
import pytest
from attacks.forge import FLOAT, INT8, INT32, UINT8, tensor
from attacks.forge import forge as forge_model
from attacks.tokenizers import PLAIN
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from edge_router import Router
from edge_router.bundle import pack_bundle, read_bundle
from edge_router.bundle.onnx_check import check_onnx
from edge_router.bundle.stored_zip import unpack_members
from edge_router.bundle.tokenizer_check import check_tokenizer
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


def run(router: Router) -> None:
    """One token, as many as are read, and the highest id: well-formed logits, twice the same."""
    for text in ("turn", "?", "turn " * 16, "? " * 16, "the light é lights zz", "a" * 9000):
        logits = router.logits(text)
        assert (logits.shape, logits.dtype) == ((3,), np.int32)
        assert np.abs(logits.astype(np.int64)).max() <= 4 * 255 * 63
        decision = router.route(text)
        assert 0.0 < decision.confidence <= 1.0
        assert decision == router.route(text)


def test_a_forged_graph_is_refused_or_runs(model: bytes, forge: Callable[..., bytes]):
    accepted = 0
    for seed in range(3000):
        forged = mutate(model, random.Random(seed), ODD_BYTES)
        try:
            check_onnx(forged, max_tokens=16)
        except BundleError:
            continue
        run(Router.load(forge(model__onnx=forged)))
        accepted += 1
    assert accepted > 20


def test_a_forged_tokenizer_is_refused_or_runs(forge: Callable[..., bytes]):
    accepted = 0
    for seed in range(3000):
        forged = mutate(PLAIN.encode(), random.Random(seed), ODD_JSON)
        try:
            check_tokenizer(forged)
        except BundleError:
            continue
        run(Router.load(forge(tokenizer__json=forged)))
        accepted += 1
    assert accepted > 20


def compute(ids: list[int], numbers: dict[str, np.ndarray]) -> list[int]:
    """The logits of the tiny graph, in integers that cannot overflow but for one IEEE multiply."""

    def rescale(sums: np.ndarray, scale: np.ndarray) -> np.ndarray:
        return np.clip(np.rint(sums.astype(np.float32) * scale), 0, 255).astype(np.int64)

    values = numbers["table"][ids].astype(np.int64) - 128
    padded = np.pad(values, ((1, 1), (0, 0)))
    windows = np.stack([padded[:-2], padded[1:-1], padded[2:]], 2)
    weight = numbers["weight0"].astype(np.int64)
    sums = np.einsum("nit,oit->no", windows, weight) + numbers["bias0"]
    layer = rescale(sums, numbers["rescale0"])
    share = max(1, round(255 / len(ids)))
    mean = rescale(layer.sum(0) * share, np.float32(1.0 / 255.0))
    pooled = np.concatenate([layer.max(0), mean])
    return (pooled @ numbers["head"].astype(np.int64)).tolist()


SAID = {1: "zz", 2: "turn", 3: "the", 4: "light", 5: "off", 7: "?"}
SEVEN_BITS = st.integers(-63, 63)
NUMBERS = st.fixed_dictionaries(
    {
        "table": arrays(np.uint8, (8, 2)),
        "weight0": arrays(np.int8, (2, 2, 3), elements=SEVEN_BITS),
        "bias0": arrays(np.int32, 2, elements=st.integers(1 - 2**23, 2**23 - 1)),
        "rescale0": arrays(np.float32, 2, elements=st.floats(2.0**-24, 512.0, width=32)),
        "head": arrays(np.int8, (4, 3), elements=SEVEN_BITS),
    }
)
TYPES = {"table": UINT8, "weight0": INT8, "bias0": INT32, "rescale0": FLOAT, "head": INT8}


@FUZZ
@given(NUMBERS, st.lists(st.sampled_from(sorted(SAID)), min_size=1, max_size=16))
def test_any_accepted_numbers_give_the_logits_that_integers_give(
    forge: Callable[..., bytes], numbers: dict[str, np.ndarray], ids: list[int]
):
    constants = {
        name: tensor(name, TYPES[name], list(array.shape), array.tobytes())
        for name, array in numbers.items()
    }
    router = Router.load(forge(model__onnx=forge_model(constants=constants)))
    text = " ".join(SAID[i] for i in ids)
    assert router.tokens(text) == ids
    assert router.logits(text).tolist() == compute(ids, numbers)


@FUZZ
@given(st.binary(max_size=300))
def test_any_bytes_are_refused(data: bytes):
    assert outcome(data) == "refused"
    assert outcome(b"PK\x03\x04" + data) == "refused"


@FUZZ
@given(st.binary(max_size=300))
def test_any_bytes_as_a_graph_are_refused(data: bytes):
    with pytest.raises(BundleError):
        check_onnx(data, max_tokens=16)


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
