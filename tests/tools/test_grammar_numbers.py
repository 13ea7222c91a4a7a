"""Numbers and measures, in English."""

from datetime import datetime

import pytest

from edge_router.tools.arguments import Kind, recognize

NOW = datetime(2026, 3, 4, 15, 0)  # a Wednesday

MEASURES = (Kind.PERCENT, Kind.TEMPERATURE, Kind.CURRENCY, Kind.QUANTITY)


def read(text, *kinds):
    found = [r for r in recognize(text, now=NOW) if r.kind in kinds]
    assert all(text[r.start : r.end] == r.text for r in found)
    return found


NUMBERS = [
    ("one", "one", 1),
    ("two hundred and five", "two hundred and five", 205),
    ("twelve hundred", "twelve hundred", 1200),
    (
        "three thousand four hundred and fifty six",
        "three thousand four hundred and fifty six",
        3456,
    ),
    ("1,234", "1,234", 1234),
    ("1,234.5", "1,234.5", 1234.5),
    ("12,345,678.9", "12,345,678.9", 12345678.9),
    ("3.14", "3.14", 3.14),
    ("-5", "-5", -5),
    ("minus five", "minus five", -5),
    ("negative ten", "negative ten", -10),
    ("0.5", "0.5", 0.5),
    (".5", ".5", 0.5),
    ("one half", "one half", 0.5),
    ("a half", "a half", 0.5),
    ("a third", "a third", 0.3333333333333333),
    ("two thirds", "two thirds", 0.6666666666666666),
    ("3/4", "3/4", 0.75),
    ("1 1/2", "1 1/2", 1.5),
    ("one and three quarters", "one and three quarters", 1.75),
    ("twenty five", "twenty five", 25),
    ("twenty-five", "twenty-five", 25),
    ("two point five", "two point five", 2.5),
    ("three point one four one five nine", "three point one four one five nine", 3.14159),
    ("zero point five", "zero point five", 0.5),
    ("a hundred", "a hundred", 100),
    ("a million", "a million", 1000000),
    ("2.5 million", "2.5 million", 2500000),
    ("5k", "5k", 5000),
    ("10 K", "10 K", 10000),
    ("ten thousand", "ten thousand", 10000),
    ("1e6", "1e6", 1000000),
    ("2^10", "2^10", 1024),
    ("one of them", "one", 1),
    ("number one", "one", 1),
    ("room 101", "101", 101),
    ("iphone 12", "12", 12),
    ("version 2.0", "2.0", 2),
    ("a dozen eggs", "a dozen", 12),
    ("two dozen", "two dozen", 24),
    ("half a dozen", "half a dozen", 6),
    ("a thousand and one", "a thousand and one", 1001),
    ("one million two hundred thousand", "one million two hundred thousand", 1200000),
    ("three and a half", "three and a half", 3.5),
    ("covid-19", "19", 19),
    ("$5", "5", 5),
    ("#5", "5", 5),
    ("5%", "5", 5),
    ("forty-two", "forty-two", 42),
    ("half a million", "half a million", 500000),
    ("three quarters of a million", "three quarters of a million", 750000),
    ("-4/5", "-4/5", -0.8),
    ("1.5x10^3", "1.5x10^3", 1500),
    ("one over three", "one over three", 1 / 3),
    ("one hundred and three and two thirds", "one hundred and three and two thirds", 103 + 2 / 3),
    ("three lakh crore", "three lakh crore", 3000000000000),
    ("0.1 million", "0.1 million", 100000),
]


@pytest.mark.parametrize(("text", "words", "value"), NUMBERS)
def test_a_number(text, words, value):
    (found,) = read(text, Kind.INTEGER, Kind.NUMBER)
    assert (found.text, found.value, type(found.value)) == (words, value, type(value))


SEVERAL = [
    ("5 - 3", [5, 3]), ("five or six", [5, 6]), ("one two three", [1, 2, 3]), ("two and two", [2, 2]),
    ("twenty twenty", [20, 20]), ("between five and ten", [5, 10]), ("nineteen eighty four", [19, 84]),
    ("22,24,26,31.", [22, 24, 26, 31]), ("1, 234, 567", [1, 234, 567]), ("half", []), ("which one", []),
    ("h2o", []), ("b12", []), ("mp3", []), ("3x4", []), ("the one", []), ("twentyfive", []), ("x^2", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "values"), SEVERAL)
def test_each_of_several_numbers_and_none_where_there_is_none(text, values):
    assert [r.value for r in read(text, Kind.INTEGER, Kind.NUMBER)] == values


ORDINALS = [
    ("first", "first", 1),
    ("21st", "21st", 21),
    ("twenty first", "twenty first", 21),
    ("third floor", "third", 3),
    ("2nd", "2nd", 2),
    ("the two hundredth", "two hundredth", 200),
    ("one hundred twenty-fifth", "one hundred twenty-fifth", 125),
    ("friday the twenty second", "twenty second", 22),
]


@pytest.mark.parametrize(("text", "words", "value"), ORDINALS)
def test_an_ordinal(text, words, value):
    assert [(r.text, r.value) for r in read(text, Kind.ORDINAL)] == [(words, value)]


AMOUNTS = [
    ("22 degrees", "22 degrees", 22, "degree"),
    ("72 degrees fahrenheit", "72 degrees fahrenheit", 72, "F"),
    ("set it to 21.5 c", "21.5 c", 21.5, "C"),
    ("20c", "20c", 20, "C"),
    ("-5 degrees celsius", "-5 degrees celsius", -5, "C"),
    ("$5", "$5", 5, "dollar"),
    ("5 dollars", "5 dollars", 5, "dollar"),
    ("five bucks", "five bucks", 5, "dollar"),
    ("$1,200.50", "$1,200.50", 1200.5, "dollar"),
    ("20 euros", "20 euros", 20, "EUR"),
    ("€20", "€20", 20, "EUR"),
    ("20€", "20€", 20, "EUR"),
    ("5 dollars and 30 cents", "5 dollars and 30 cents", 5.3, "dollar"),
    ("fifty cents", "fifty cents", 50, "cent"),
    ("£5", "£5", 5, "pound"),
    ("100 yen", "100 yen", 100, "JPY"),
    ("USD 200", "USD 200", 200, "USD"),
    ("200 usd", "200 usd", 200, "USD"),
    ("1.5 million dollars", "1.5 million dollars", 1500000, "dollar"),
    ("5%", "5%", 5, "%"),
    ("50 percent", "50 percent", 50, "%"),
    ("half a percent", "half a percent", 0.5, "%"),
    ("twenty five per cent", "twenty five per cent", 25, "%"),
    ("5 km", "5 km", 5, "km"),
    ("5km", "5km", 5, "km"),
    ("10 miles", "10 miles", 10, "mi"),
    ("three feet", "three feet", 3, "ft"),
    ("6 ft 2 in", "6 ft 2 in", 6.166666666666667, "ft"),
    ("200 grams", "200 grams", 200, "g"),
    ("2 cups of flour", "2 cups", 2, "cup"),
    ("1.5 liters", "1.5 liters", 1.5, "l"),
    ("100 mph", "100 mph", 100, "mi/h"),
    ("60 km/h", "60 km/h", 60, "km/h"),
    ("60 miles per hour", "60 miles per hour", 60, "mi/h"),
    ("10 megabytes", "10 megabytes", 10, "mb"),
    ("5 inches", "5 inches", 5, "in"),
    ("5 in", "5 in", 5, "in"),
    ("10 square meters", "10 square meters", 10, "m2"),
    ("10 m2", "10 m2", 10, "m2"),
    ("10 sq ft", "10 sq ft", 10, "ft2"),
    ("2 tablespoons", "2 tablespoons", 2, "tbsp"),
    ("45 degrees", "45 degrees", 45, "degree"),
    ("rotate 45 degrees", "45 degrees", 45, "deg"),
    ("5 g", "5 g", 5, "g"),
    ("10 lbs", "10 lbs", 10, "lb"),
    ("ten pounds", "ten pounds", 10, "lb"),
    ("half a pound", "half a pound", 0.5, "lb"),
    ("half mile", "half mile", 0.5, "mi"),
    ("9.8 m/s", "9.8 m/s", 9.8, "m/s"),
    ("100µF", "100µF", 100, "µf"),
    ("50 volts", "50 volts", 50, "v"),
    ("1000 watts", "1000 watts", 1000, "w"),
    ("60 miles an hour", "60 miles an hour", 60, "mi/h"),
    ("400 dollars per hour", "400 dollars", 400, "dollar"),
    ("12 m 2 dm", "12 m 2 dm", 12.2, "m"),
    ("$30 usd", "$30 usd", 30, "USD"),
]


@pytest.mark.parametrize(("text", "words", "value", "unit"), AMOUNTS)
def test_a_number_with_its_unit(text, words, value, unit):
    (found,) = read(text, *MEASURES)
    assert (found.text, found.value, found.unit) == (words, value, unit)


@pytest.mark.parametrize(
    "text", ["SCP-173m", "24703L202", "m2", "turn 5", "I'm a man", "5th", "10 in a row"]
)
def test_what_only_looks_like_a_measure_is_none(text):
    assert read(text, *MEASURES) == []


def test_the_kind_says_what_a_measure_is():
    kinds = [r.kind for text in ("5%", "5 °C", "$5", "5 km") for r in read(text, *MEASURES)]
    assert kinds == [Kind.PERCENT, Kind.TEMPERATURE, Kind.CURRENCY, Kind.QUANTITY]


def test_a_number_longer_than_any_argument_is_none():
    assert recognize("9" * 1_000_000, now=NOW) == ()
    assert [r.value for r in recognize("9" * 40, now=NOW)] == [int("9" * 40)]


HOSTILE = {
    "emoji": "😀 " * 50_000,
    "right to left": "مرحبا ١٢٣ " * 10_000,
    "lone surrogates": "\ud800 5 \udc00" * 10_000,
    "control characters": "\x00\n\t 5" * 20_000,
    "quotes": "'\"" * 50_000,
    "number words": "one hundred and " * 7_000,
    "halves": "half a " * 14_000,
    "colons": "1:" * 50_000,
    "slashes": "1/2/" * 25_000,
    "commas": "1," * 50_000,
    "dots": "1." * 50_000,
    "brackets": "[" * 100_000,
    "a letter that grows when lower-cased": "İ 5 " * 25_000,
    "division by zero": "1/0 and one over zero and 0^-1",
    "far years": "in 99999999 years, 9999 years ago, 99999999999999999999 centuries from now",
    "no such days": "february 30th 2026, 31/04/2026, 25:61, 0/0/00, fifth friday of february 2026",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_read_without_an_error(name):
    text = HOSTILE[name]
    for found in recognize(text, now=NOW):
        assert text[found.start : found.end] == found.text
        assert found.end <= 10_000


def test_an_unknown_language_is_an_error_that_names_the_known_ones():
    from edge_router.errors import DataError

    with pytest.raises(DataError, match=r"there is no grammar for 'xx'; take one of: .*en"):
        recognize("five", now=NOW, language="xx")
