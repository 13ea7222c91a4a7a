"""Arguments that more than one command takes."""

from argparse import ArgumentTypeError
from pathlib import Path

import pytest

from edge_router.cli.arguments import count, output_path, share, threads


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0.0), ("1", 1.0), ("0.9", 0.9), ("90%", 0.9), ("100%", 1.0), ("0%", 0.0), ("1e-1", 0.1)],
)
def test_a_share_is_a_number_up_to_1_or_a_percentage(text, value):
    assert share(text) == value


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("90", "write 90% or 0.9"),
        ("98.5", "write 98.5% or 0.985"),
        ("101", "write 0.9 or 90%"),
        ("101%", "write 0.9 or 90%"),
        ("-0.1", "write 0.9 or 90%"),
        ("nan", "write 0.9 or 90%"),
        ("inf", "write 0.9 or 90%"),
        ("", "write 0.9 or 90%"),
        ("%", "write 0.9 or 90%"),
        ("most", "write 0.9 or 90%"),
        ("90%%", "write 0.9 or 90%"),
    ],
)
def test_what_is_no_share_is_refused_with_how_to_write_it(text, hint):
    with pytest.raises(ArgumentTypeError) as refused:
        share(text)
    assert str(refused.value).startswith(repr(text))
    assert str(refused.value).endswith(hint)


def test_a_count_is_a_whole_number_from_1():
    assert [count(text) for text in ("1", "007", "10000000")] == [1, 7, 10_000_000]


@pytest.mark.parametrize(
    "text", ["0", "-1", "1.5", "", "ten", "1_000", "١", "10000001", "9" * 5000]
)
def test_what_is_no_count_is_refused(text):
    with pytest.raises(ArgumentTypeError, match=r"10000000; write 5$"):
        count(text)


def test_no_more_threads_than_cpus(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    assert [threads("1"), threads("4")] == [1, 4]
    with pytest.raises(
        ArgumentTypeError, match=r"^5 is more than the 4 CPUs here; write 4 or less$"
    ):
        threads("5")
    with pytest.raises(ArgumentTypeError, match="no whole number"):
        threads("many")


def test_an_output_names_a_file():
    assert output_path("a/home.router") == Path("a/home.router")
    for text in ("", "folder/"):
        with pytest.raises(ArgumentTypeError, match="names no file"):
            output_path(text)
