"""A language's file, its patterns, and how a line of tokens is read."""

import json
import re
from datetime import datetime
from fractions import Fraction
from importlib import resources

import pytest

from edge_router.errors import DataError
from edge_router.tools.arguments import recognize
from edge_router.tools.grammar import language as language_module
from edge_router.tools.grammar.compound import split_thousands
from edge_router.tools.grammar.language import load_language, make_language
from edge_router.tools.grammar.meaning import Length, add_months
from edge_router.tools.grammar.pattern import make_layer
from edge_router.tools.grammar.stem import cut_ending
from edge_router.tools.grammar.units import UNITS, convert

FOLDER = resources.files("edge_router.tools.grammar")
NAMES = sorted(file.name[:-5] for file in FOLDER.iterdir() if file.name.endswith(".json"))
MARKS = {"day": "dt", "month": "m", "of": "o", "dot": ".", "year": "y"}


def fits(pattern, line):
    """What a pattern finds in a line of marks."""
    return [match[0] for _, _, match in make_layer([pattern], MARKS.__getitem__).find(line)]


@pytest.mark.parametrize(
    ("pattern", "line", "found"),
    [
        ("day month", "dmy", ["dm"]),
        ("day of? month", "dom tm", ["dom", "tm"]),
        ("day (of|dot)* month year?", "d..omy", ["d..omy"]),
        ("(day|year) month", "ym tm", ["ym", "tm"]),
        ("[of] day", "od d", ["d"]),
        ("[!of] day", "od d", ["d"]),
        ("day [month]", "dm d", ["d"]),
        ("day [!month]", "dm d", ["d"]),
        ("day [$]", "d d", ["d"]),
        ("[^] day", "dd", ["d"]),
        ("day [month|$]", "dm dy d", ["d", "d"]),
        ("[^|of] day", "d od yd", ["d", "d"]),
        ("[!^] day", "dd", ["d"]),
        ("day [of month]", "dom doy", ["d"]),
        ("[month of] day", "mod yod", ["d"]),
        ("day month", "xyz", []),
    ],
)
def test_a_pattern_fits_tokens_and_what_stands_around_them(pattern, line, found):
    assert fits(pattern, line) == found


def test_the_first_part_of_a_name_counts():
    layer = make_layer(["from:day of till:day"], MARKS.__getitem__)
    ((_, pattern, _),) = layer.find("dod")
    assert sorted(pattern.parts.values()) == [("from", "day"), ("of", "of"), ("till", "day")]


@pytest.mark.parametrize(
    "pattern", ["day week", "day (month", "day )", "day [week]", "day {2}", "*"]
)
def test_a_wrong_pattern_is_an_error_that_names_it(pattern):
    with pytest.raises(DataError, match=re.escape(repr(pattern))):
        make_layer([pattern], MARKS.__getitem__)


@pytest.mark.parametrize("name", NAMES)
def test_every_word_of_a_language_stands_in_a_class_that_is_used(name):
    file = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    texts = [text for layer in file["patterns"].values() for text in layer]
    used = set(re.findall(r"\w+", " ".join([*texts, *file["macros"].values()])))
    code = "".join(f.read_text("utf-8") for f in FOLDER.iterdir() if f.name.endswith(".py"))
    assert [c for c in file["words"] if c not in used and f'"{c}"' not in code] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_unit_of_a_language_is_known(name):
    words = load_language(name).words.values()
    units = {entry.values["unit"] for entry in words if "unit" in entry.values}
    assert units <= UNITS.keys()


@pytest.mark.parametrize("name", NAMES)
def test_languages_have_the_same_lists_and_layers(name):
    english, other = load_language("en"), load_language(name)
    assert other.lists.keys() == english.lists.keys()
    assert other.layers.keys() == english.layers.keys()


def test_a_language_is_its_file(monkeypatch):
    file = json.loads((FOLDER / "en.json").read_text("utf-8"))
    file["words"]["relday"]["1"] += "|morrow"
    file["patterns"]["date"].append("day_word dayth")
    tuned = make_language(file)
    monkeypatch.setattr(language_module, "load_language", lambda name: tuned)
    monkeypatch.setattr("edge_router.tools.grammar.recognizer.load_language", lambda name: tuned)
    (found,) = recognize("on the morrow", now=datetime(2026, 3, 4))
    assert (found.text, found.value) == ("morrow", "2026-03-05")


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("zweitausend", 2000),
        ("zehntausendfünfhundert", 10500),
        ("einhunderttausend", 100_000),
        ("tausend", None),
        ("tausendschön", None),
        ("haus", None),
    ],
)
def test_thousands_written_together_are_split(word, value):
    german = load_language("de")
    assert split_thousands(word, german.settings["joined"], german.words) == value


@pytest.mark.parametrize(
    ("parts", "iso"),
    [
        (((2, "h"), (30, "m")), "PT2H30M"),
        (((0, "s"),), "PT0S"),
        (((1, "Y"), (2, "M"), (3, "D")), "P1Y2M3D"),
        (((2, "W"),), "P2W"),
        (((90, "m"),), "PT90M"),
    ],
)
def test_a_length_is_written_as_iso_8601(parts, iso):
    assert Length(parts).to_iso() == iso


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-05-15", -5, "2025-12-15"),
    ],
)
def test_a_month_later_is_the_same_day_or_the_months_last(start, months, end):
    assert add_months(datetime.fromisoformat(start), months) == datetime.fromisoformat(end)


def test_units_are_converted_exactly():
    assert convert(180, "cm", "m") == Fraction(9, 5)
    assert convert(1, "mi", "m") == Fraction("1609.344")
    assert convert(1, "kg", "m") is None
    assert convert(1, "parsec", "m") is None


@pytest.mark.parametrize(
    ("word", "stem"),
    [("minutes", "minut"), ("Accelerated", "accelerat"), ("bus", "bus"), ("class", "clas")],
)
def test_an_ending_is_cut_where_four_letters_stay(word, stem):
    assert cut_ending(word, ("es", "ed", "s")) == stem
