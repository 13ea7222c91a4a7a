"""Texts on stdin: the same answers as for arguments, and no line too long."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from edge_router import InputError
from edge_router.cli.texts import check_texts, read_texts


@pytest.fixture
def read_stdin(monkeypatch):
    def read(data: bytes, max_chars: int) -> list[str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        return list(read_texts(["-"], max_chars=max_chars))

    return read


def test_arguments_are_the_texts():
    assert list(read_texts(["one", "two"], max_chars=2)) == ["one", "two"]
    assert list(read_texts([], max_chars=2)) == []


def test_a_dash_among_other_texts_is_refused():
    for texts in (["-", "more"], ["more", "-"], ["-", "-"]):
        with pytest.raises(InputError, match=r"^- reads texts from stdin .* give - alone"):
            check_texts(texts)
    check_texts(["-"])
    check_texts(["more", "--"])
    check_texts([])


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (b"", []),
        (b"one", ["one"]),
        (b"one\n", ["one"]),
        (b"one\n\ntwo\r\n", ["one", "", "two"]),
        (b"\n\n", ["", ""]),
        (b"a\rb\n", ["a\rb"]),
        (
            "a\u2028b\x0bc\x85\n".encode(),
            ["a\u2028b\x0bc\x85"],
        ),  # these end a str's line, not this one
        (b"\xff\xfe\n", ["\ufffd\ufffd"]),
        (b"\xe2\x82", ["\ufffd"]),
    ],
)
def test_a_text_is_what_stands_before_a_line_feed(data, texts, read_stdin):
    assert read_stdin(data, 512) == texts


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_long_line_is_cut_after_one_character_more_than_is_read(end, read_stdin):
    # with max_chars = 4 a line of more than 18 bytes is read in pieces
    assert read_stdin(b"abcd" + end, 4) == ["abcd"]
    assert read_stdin(b"x" * 15 + end, 4) == ["x" * 15]
    assert read_stdin(b"x" * 18 + end, 4) == ["xxxxx"]
    assert read_stdin(b"abcdefghijklmnopqrstuvwxyz" + end + b"\nnext", 4)[0] == "abcde"
    assert read_stdin(b"x" * 300_000 + b"\nnext" + end, 4) == ["xxxxx", "next"]


def test_characters_of_four_bytes_are_kept_whole_at_the_cut(read_stdin):
    bear = "\U0001f43b"
    assert read_stdin((bear * 4 + "\n").encode(), 4) == [bear * 4]
    assert read_stdin((bear * 70_000 + "\nnext").encode(), 4) == [bear * 5, "next"]
    assert read_stdin(bear.encode() * 4 + b"\xf0\x9f" * 20_000, 5) == [bear * 4 + "\ufffd\ufffd"]


def test_white_space_before_a_long_line_is_not_counted(read_stdin):
    assert read_stdin(b" " * 200_000 + b"abc\nnext", 4) == ["abc", "next"]
    assert read_stdin(b"\t" * 200_000 + b"abcdefg\r\nnext", 4) == ["abcde", "next"]
    assert read_stdin(b" " * 200_000 + b"\nnext", 4) == ["", "next"]
    assert read_stdin(b" " * 65_552 + b"abcd\r\n", 4) == ["abcd"]
    # the first piece ends after \r, which is the line's end only before \n
    assert read_stdin(b" " * 13 + b"abcd\r\nnext", 4) == ["abcd", "next"]
    assert read_stdin(b" " * 13 + b"abcd\rx\nnext", 4) == ["abcd\r", "next"]


@pytest.mark.parametrize("length", [1, 511, 512, 513, 514, 2049, 2050, 2051, 70_000])
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
@pytest.mark.parametrize("start", ["", " ", " " * 3000])
def test_a_line_gets_the_decision_of_its_text(start, length, end, tiny_router, read_stdin):
    # tiny.router reads 512 characters; the words say when the text was cut at another place
    words = "dim the lights " * 5000
    text = start + words[: length - 1] + "s"
    [line] = read_stdin((text + end).encode(), tiny_router.bundle.manifest.max_chars)
    assert tiny_router.route(line) == tiny_router.route(text)
    assert tiny_router.route("x" * length).is_truncated == (length > 512)


@pytest.mark.skipif(
    not Path("/proc/self/status").is_file(), reason="memory is read where Linux tells it"
)
def test_a_line_of_300_megabytes_needs_no_more_memory_than_a_short_one(tiny):
    program = (
        "import sys; from edge_router.cli.main import main; code = main(sys.argv[1:]); "
        "print(*[x for x in open('/proc/self/status') if 'VmHWM' in x]); sys.exit(code)"
    )
    command = [sys.executable, "-c", program, "route", tiny, "-"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(b"dim the lights ")
    for _ in range(300):
        process.stdin.write(b"x" * 10**6)
    out, _ = process.communicate(b"\nmake coffee\n", timeout=120)
    _, coffee, peak, _ = out.decode().splitlines()
    assert coffee.startswith("coffee.start")
    assert int(peak.split()[1]) < 250_000
