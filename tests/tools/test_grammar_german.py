"""German: what English tests show of the grammar, a file of words and patterns gives another
language.
"""

from datetime import datetime

import pytest

from edge_router.tools.arguments import Kind, fill, recognize

NOW = datetime(2026, 3, 4, 15, 0)  # a Wednesday


def read(text, *kinds):
    found = [r for r in recognize(text, now=NOW, language="de") if r.kind in kinds]
    return [(r.text, " or ".join([str(r.value), *r.others])) for r in found]


TIMES = [
    ("um 7 Uhr", "7 Uhr", "07:00:00 or 19:00:00"),
    ("halb acht", "halb acht", "07:30:00 or 19:30:00"),
    ("viertel nach 8", "viertel nach 8", "08:15:00 or 20:15:00"),
    ("viertel vor 8", "viertel vor 8", "07:45:00 or 19:45:00"),
    ("viertel acht", "viertel acht", "07:15:00 or 19:15:00"),
    ("dreiviertel acht", "dreiviertel acht", "07:45:00 or 19:45:00"),
    ("fünf nach halb acht", "fünf nach halb acht", "07:35:00 or 19:35:00"),
    ("zehn vor drei", "zehn vor drei", "02:50:00 or 14:50:00"),
    ("um 19:30 Uhr", "19:30 Uhr", "19:30:00"),
    ("7:30 Uhr", "7:30 Uhr", "07:30:00"),
    ("8 Uhr abends", "8 Uhr abends", "20:00:00"),
    ("acht Uhr morgens", "acht Uhr morgens", "08:00:00"),
    ("mitternacht", "mitternacht", "00:00:00"),
]


@pytest.mark.parametrize(("text", "words", "value"), TIMES)
def test_a_time_of_day(text, words, value):
    assert read(text, Kind.TIME) == [(words, value)]


DAYS = [
    ("heute Abend", "heute Abend", "2026-03-04"),
    ("übermorgen", "übermorgen", "2026-03-06"),
    ("am Montag", "Montag", "2026-03-09"),
    ("nächsten Freitag", "nächsten Freitag", "2026-03-13 or 2026-03-06"),
    ("kommenden Sonntag", "kommenden Sonntag", "2026-03-08"),
    ("letzten Dienstag", "letzten Dienstag", "2026-02-24 or 2026-03-03"),
    ("am 3. Mai", "3. Mai", "2026-05-03"),
    ("am 3.5.", "3.5.", "2026-05-03"),
    ("am 3.5.2027", "3.5.2027", "2027-05-03"),
    ("der erste Mai", "erste Mai", "2026-05-01"),
    ("am ersten Januar", "ersten Januar", "2027-01-01"),
    ("Montag, den 9. März", "Montag, den 9. März", "2026-03-09"),
    ("in zwei Wochen", "in zwei Wochen", "2026-03-18"),
    ("vor drei Tagen", "vor drei Tagen", "2026-03-01"),
    ("heute mittag", "heute mittag", "2026-03-04"),
    ("vor einem Jahr", "vor einem Jahr", "2025-03-04"),
    ("letzten Freitag des Monats", "letzten Freitag des Monats", "2026-03-27"),
    ("Ende des Monats", "Ende des Monats", "2026-03-31"),
    ("nächste Woche Mittwoch", "nächste Woche Mittwoch", "2026-03-11"),
    ("Silvester", "Silvester", "2026-12-31"),
    ("Weihnachten", "Weihnachten", "2026-12-24"),
]


@pytest.mark.parametrize(("text", "words", "value"), DAYS)
def test_a_day(text, words, value):
    assert read(text, Kind.DATE) == [(words, value)]


MOMENTS = [
    ("morgen um 8", "morgen um 8", "2026-03-05T08:00:00 or 2026-03-05T20:00:00"),
    ("morgen früh um 8", "morgen früh um 8", "2026-03-05T08:00:00"),
    ("heute abend um 8", "heute abend um 8", "2026-03-04T20:00:00"),
    ("in einer halben Stunde", "in einer halben Stunde", "2026-03-04T15:30:00"),
    (
        "am Freitag um halb drei",
        "Freitag um halb drei",
        "2026-03-06T02:30:00 or 2026-03-06T14:30:00",
    ),
    ("Freitag Nachmittag um 3", "Freitag Nachmittag um 3", "2026-03-06T15:00:00"),
    ("in 5 Stunden", "in 5 Stunden", "2026-03-04T20:00:00"),
]


@pytest.mark.parametrize(("text", "words", "value"), MOMENTS)
def test_a_time_on_a_day(text, words, value):
    assert read(text, Kind.DATETIME) == [(words, value)]


LENGTHS = [
    ("eineinhalb Stunden", "eineinhalb Stunden", "PT1H30M"),
    ("zweieinhalb Stunden", "zweieinhalb Stunden", "PT2H30M"),
    ("anderthalb Stunden", "anderthalb Stunden", "PT1H30M"),
    ("eine Viertelstunde", "eine Viertelstunde", "PT15M"),
    ("zwei Stunden und 10 Minuten", "zwei Stunden und 10 Minuten", "PT2H10M"),
    ("halbe Stunde", "halbe Stunde", "PT30M"),
    ("für 5 Minuten", "5 Minuten", "PT5M"),
]


@pytest.mark.parametrize(("text", "words", "value"), LENGTHS)
def test_a_length_of_time(text, words, value):
    assert read(text, Kind.DURATION) == [(words, value)]


NUMBERS = [
    ("einundzwanzig", "einundzwanzig", 21),
    ("zweihundertfünf", "zweihundertfünf", 205),
    ("dreitausend", "dreitausend", 3000),
    ("zehntausendfünfhundert", "zehntausendfünfhundert", 10500),
    ("zwei Millionen", "zwei Millionen", 2000000),
    ("eine Million", "eine Million", 1000000),
    ("1.234.567", "1.234.567", 1234567),
    ("1.234,5", "1.234,5", 1234.5),
    ("3,14", "3,14", 3.14),
    ("ein halbes Pfund", "ein halbes", 0.5),
    ("dreieinhalb", "dreieinhalb", 3.5),
    ("zwei Drittel", "zwei Drittel", 0.6666666666666666),
    ("drei Viertel", "drei Viertel", 0.75),
    ("minus fünf", "minus fünf", -5),
    ("ein Dutzend", "ein Dutzend", 12),
    ("20 Grad", "20", 20),
    ("20 Grad Celsius", "20", 20),
    ("20 Euro", "20", 20),
    ("20 €", "20", 20),
    ("50 Prozent", "50", 50),
    ("5 km", "5", 5),
    ("zehn Kilometer", "zehn", 10),
    ("80 km/h", "80", 80),
    ("zwei Liter Milch", "zwei", 2),
]


@pytest.mark.parametrize(("text", "words", "value"), NUMBERS)
def test_a_number(text, words, value):
    assert read(text, Kind.INTEGER, Kind.NUMBER) == [(words, str(value))]


AMOUNTS = [
    ("ein halbes Pfund", "ein halbes Pfund", 0.5, "lb"),
    ("20 Grad", "20 Grad", 20, "degree"),
    ("20 Grad Celsius", "20 Grad Celsius", 20, "C"),
    ("20 Euro", "20 Euro", 20, "EUR"),
    ("20 €", "20 €", 20, "EUR"),
    ("5 Euro und 30 Cent", "5 Euro und 30 Cent", 5.3, "EUR"),
    ("50 Prozent", "50 Prozent", 50, "%"),
    ("5 km", "5 km", 5, "km"),
    ("zehn Kilometer", "zehn Kilometer", 10, "km"),
    ("80 km/h", "80 km/h", 80, "km/h"),
    ("zwei Liter Milch", "zwei Liter", 2, "l"),
]


@pytest.mark.parametrize(("text", "words", "value", "unit"), AMOUNTS)
def test_a_number_with_its_unit(text, words, value, unit):
    found = recognize(text, now=NOW, language="de")
    assert (words, value, unit) in [(r.text, r.value, r.unit) for r in found]


NO_TIME = ["jeden Montag", "im Mai", "der Mai ist gekommen", "so wie ich", "mi casa", "am besten"]


@pytest.mark.parametrize("text", NO_TIME)
def test_what_only_looks_like_a_time_is_none(text):
    assert read(text, Kind.TIME, Kind.DATE, Kind.DATETIME) == []


def test_arguments_are_filled_in_german():
    wecker = {
        "properties": {
            "zeit": {"type": "string", "format": "date-time"},
            "raum": {"enum": ["küche", "bad"]},
            "minuten": {"type": "integer", "description": "Dauer in Minuten"},
        },
        "required": ["zeit", "raum"],
    }
    text = "Wecker in der Küche morgen früh um halb acht, anderthalb Stunden lang"
    assert fill(wecker, text, now=NOW, language="de").to_dict() == {
        "zeit": "2026-03-05T07:30:00",
        "raum": "küche",
        "minuten": 90,
    }
