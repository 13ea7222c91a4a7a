"""Server-sent events: the same events however the bytes are cut."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from edge_router.remote.events import EventReader


def read_whole(*pieces: bytes) -> list[bytes]:
    reader = EventReader()
    return [event for piece in pieces for event in reader.feed(piece)]


def test_an_event_is_its_data_up_to_a_blank_line():
    assert read_whole(b"data: one\n\ndata:two\n\n") == [b"one", b"two"]


def test_lines_of_data_are_joined():
    assert read_whole(b"data: a\ndata: b\n\n") == [b"a\nb"]


def test_comments_and_other_fields_are_no_data():
    assert read_whole(b": ping\nid: 7\nevent: x\nretry: 10\n\ndata: a\n\n") == [b"a"]


def test_every_line_end_of_the_standard():
    assert read_whole(b"data: a\r\n\r\ndata: b\r\rdata: c\n\n") == [b"a", b"b", b"c"]


def test_a_carriage_return_at_the_end_of_a_piece_may_be_half_of_a_line_end():
    assert read_whole(b"data: a\r", b"\n", b"data: b\r", b"\n\r", b"\n") == [b"a\nb"]


def test_a_byte_order_mark_is_dropped_once():
    assert read_whole(b"\xef", b"\xbb\xbfdata: a\n\n") == [b"a"]
    assert read_whole(b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\n") == []


def test_half_an_event_is_none():
    assert read_whole(b"data: a\n\ndata: hal") == [b"a"]


def test_only_one_space_after_the_colon_is_dropped():
    assert read_whole(b"data:  a \n\n") == [b" a "]


PIECES = st.lists(
    st.sampled_from(
        [
            b"data: a",
            b"data:b",
            b"data",
            b": c",
            b"id: 1",
            b"\xef\xbb\xbf",
            b"\n",
            b"\r",
            b"\r\n",
            "ü".encode(),
        ]
    )
).map(b"".join)


@settings(deadline=None)
@given(PIECES, st.lists(st.integers(0, 200)))
def test_cutting_the_stream_changes_nothing(whole: bytes, cuts: list[int]):
    places = sorted({0, len(whole), *(cut % (len(whole) + 1) for cut in cuts)})
    pieces = [whole[a:b] for a, b in itertools.pairwise(places)]
    assert read_whole(*pieces) == read_whole(whole)


def test_one_endless_line_in_small_pieces_costs_no_more_than_its_length():
    reader = EventReader()
    for _ in range(40_000):
        assert reader.feed(b"x" * 100) == []
    assert reader.feed(b"\ndata: a\n\n") == [b"a"]
