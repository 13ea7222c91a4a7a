from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from edge_router.tools.arguments import Argument, Filler, Source, fill
from edge_router.tools.gazetteer import Gazetteer

NOW = datetime(2026, 3, 4, 15, 0)  # a Wednesday


def schema(*required, **properties):
    return {"type": "object", "properties": properties, "required": list(required)}


def values(parameters, text, **options):
    return fill(parameters, text, now=NOW, **options).to_dict()


def one(parameter, text, name="x", **options):
    """The value of a tool's only parameter, which is required."""
    return values(schema(name, **{name: parameter}), text, **options).get(name)


def test_a_number_and_a_choice_fill_a_schema():
    lamp = schema("level", "color", level={"type": "integer"}, color={"enum": ["red", "blue"]})
    filled = fill(lamp, "make it blue at 30", now=NOW)
    assert [replace(a, confidence=0) for a in filled.arguments] == [
        Argument("level", 30, "30", 16, 18, 0, Source.NUMBER),
        Argument("color", "blue", "blue", 8, 12, 0, Source.ENUM),
    ]
    assert (filled.missing, filled.ambiguous) == ((), ())


def test_a_required_parameter_that_the_text_does_not_name_is_missing():
    assert fill(schema("level", level={"type": "integer"}), "brighter", now=NOW).missing == (
        "level",
    )


def test_an_optional_parameter_is_left_out_without_a_word_that_speaks_of_it():
    level = schema(level={"type": "integer", "description": "Brightness in percent"})
    assert values(level, "play the 3 songs") == {}
    assert values(level, "set the level to 3") == {"level": 3}
    assert values(level, "go to 3 percent") == {"level": 3}


def test_a_default_is_told_as_one():
    (argument,) = fill(schema(x={"type": "integer", "default": 5}), "go", now=NOW).arguments
    assert (argument.value, argument.text, argument.source) == (5, "", Source.DEFAULT)
    assert values(schema("x", x={"type": "integer", "default": 5}), "go 7") == {"x": 7}


TIMER = schema(
    hours={"type": "integer", "description": "Number of hours"},
    minutes={"type": "integer", "description": "Number of minutes"},
    seconds={"type": "integer", "description": "Number of seconds"},
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("set a timer for 5 minutes", {"minutes": 5}),
        ("1 hour 15 minutes and 30 second timer", {"hours": 1, "minutes": 15, "seconds": 30}),
        ("a timer for an hour and a half", {"hours": 1, "minutes": 30}),
        ("5 and a half minutes", {"minutes": 5, "seconds": 30}),
        ("start a timer", {}),
    ],
)
def test_a_length_of_time_is_split_where_parameters_take_its_parts(text, expected):
    assert values(TIMER, text) == expected


@pytest.mark.parametrize(
    ("parameter", "text", "expected"),
    [
        ({"type": "integer", "description": "In minutes"}, "for an hour and a half", 90),
        ({"type": "integer", "description": "In seconds"}, "for two minutes", 120),
        ({"type": "integer", "description": "In hours"}, "for 90 minutes", None),
        ({"type": "number", "description": "In hours"}, "for 90 minutes", 1.5),
        ({"type": "number", "description": "In centimetres"}, "it is 1.8 m tall", 180),
        ({"type": "integer", "description": "In kilograms"}, "weighs 85 kg", 85),
        ({"type": "number", "description": "In farad"}, "a capacitor of 100µF", 0.0001),
        ({"type": "number", "description": "The rate"}, "at 5%", 0.05),
        ({"type": "number", "description": "The rate as a percentage"}, "at 5%", 5),
        ({"type": "integer"}, "at 50%", 50),
        ({"type": "integer", "maximum": 10}, "set 30", None),
        ({"type": "integer", "minimum": 5, "maximum": 10}, "of 3 set 7", 7),
        ({"type": "integer"}, "set 3.5", None),
        ({"type": "number"}, "set three and a half", 3.5),
        ({"type": "integer"}, "two of them, make 7 and", 7),
        ({"type": "integer"}, "the third one", 3),
        ({"type": ["integer", "null"]}, "make it -4", -4),
        ({"type": "integer"}, "tomorrow at 7 pm", None),
    ],
)
def test_a_number_is_told_in_the_parameters_unit(parameter, text, expected):
    assert one(parameter, text) == expected


@pytest.mark.parametrize(
    ("names", "text", "expected"),
    [
        (("base", "height"), "a base of 10 and a height of 5", (10, 5)),
        (("base", "height"), "a height of 5 and a base of 10", (10, 5)),
        (("number1", "number2"), "the divisor of 36 and 24", (36, 24)),
        (("from_year", "to_year"), "cases between 2012 and 2015", (2012, 2015)),
        (("to_year", "from_year"), "cases from 2012 to 2015", (2015, 2012)),
        (("bedrooms", "bathrooms"), "with 3 bedrooms, 2 bathrooms", (3, 2)),
        (("bathrooms", "bedrooms"), "with 3 bedrooms, 2 bathrooms", (2, 3)),
        (("x", "y"), "the sides are 4 and 5", (4, 5)),
        (("initial_value", "final_value"), "final value 3000, initial value 2000", (2000, 3000)),
    ],
)
def test_words_near_a_number_tell_which_parameter_it_is(names, text, expected):
    numbers = {name: {"type": "integer"} for name in names}
    assert values(schema(*names, **numbers), text) == dict(zip(names, expected, strict=True))


def test_units_tell_numbers_apart():
    car = schema(
        "distance",
        "duration",
        duration={"type": "integer", "description": "Typically in hours"},
        distance={"type": "integer", "description": "Typically in kilometers"},
    )
    assert values(car, "it drove 50 kilometers in 2 hours") == {"duration": 2, "distance": 50}


ROOM = {"enum": ["living_room", "kitchen"], "x-synonyms": {"living_room": ["lounge", "parlour"]}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the living room lights", "living_room"),
        ("in the Lounge", "living_room"),
        ("lights in the kitchens", "kitchen"),
        ("lights in the kithcen", "kitchen"),
        ("lights in the chicken", None),
        ("lights", None),
    ],
)
def test_a_choice_is_known_by_its_words_its_synonyms_and_near_misses(text, expected):
    assert one(ROOM, text) == expected


def test_choices_may_be_numbers_and_several():
    assert one({"type": "integer", "enum": [1, 3]}, "mode 3") == 3
    assert one({"type": "integer", "enum": [1, 3]}, "mode 2") is None
    assert one({"type": "array", "items": {"enum": ["a.m.", "news"]}}, "the news") == ["news"]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("detailed", "a detailed forecast", True),
        ("include_humidity", "with the humidity", True),
        ("include_humidity", "without the humidity", False),
        ("enabled", "turn it on", True),
        ("enabled", "turn it off", False),
        ("detailed", "the forecast", None),
    ],
)
def test_yes_and_no(name, text, expected):
    assert one({"type": "boolean"}, text, name) == expected


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("date", "on march 9", "2026-03-09"),
        ("date", "tomorrow at 7 pm", "2026-03-05"),
        ("date", "at 7 pm", None),
        ("time", "at 7 pm tomorrow", "19:00:00"),
        ("time", "tomorrow", None),
        ("date-time", "tomorrow at 7 pm", "2026-03-05T19:00:00"),
        ("date-time", "at 7 pm", "2026-03-04T19:00:00"),
        ("date-time", "at 7 am", "2026-03-05T07:00:00"),
        ("date-time", "on friday a party at 7 pm", "2026-03-06T19:00:00"),
        ("date-time", "tomorrow", None),
        ("duration", "for two and a half hours", "PT2H30M"),
        ("duration", "in ten minutes", "PT10M"),
    ],
)
def test_times_are_told_in_the_parameters_format(form, text, expected):
    assert one({"type": "string", "format": form}, text) == expected


def test_the_python_value_stands_beside_iso_8601():
    timer = schema("x", x={"type": "string", "format": "duration"})
    (argument,) = fill(timer, "for two hours", now=NOW).arguments
    assert (argument.value, argument.typed) == ("PT2H", timedelta(hours=2))
    alarm = schema("x", x={"type": "string", "format": "time"})
    (argument,) = fill(alarm, "at 19:30", now=NOW).arguments
    assert argument.typed == time(19, 30)


def test_a_description_may_say_how_a_day_is_written():
    assert one({"type": "string", "description": "Format DD-MM-YYYY"}, "on march 9") == "09-03-2026"
    assert one({"type": "string", "description": "as yyyy/mm/dd"}, "on march 9") == "2026/03/09"
    assert one({"type": "string", "description": "The day"}, "on march 9", "date") == "2026-03-09"


def test_the_beginning_and_the_end_of_a_range_of_days():
    stay = schema(
        "start_date",
        "end_date",
        end_date={"type": "string", "format": "date"},
        start_date={"type": "string", "format": "date"},
    )
    assert values(stay, "a room from march 9 to march 12") == {
        "end_date": "2026-03-12",
        "start_date": "2026-03-09",
    }


@pytest.mark.parametrize(
    ("form", "text", "readings"),
    [
        ("time", "at six", ["06:00:00", "18:00:00"]),
        ("date", "next friday", ["2026-03-13", "2026-03-06"]),
        ("date", "on 3/5/2026", ["2026-03-05", "2026-05-03"]),
        ("date-time", "at six", ["2026-03-04T18:00:00", "2026-03-05T06:00:00"]),
        ("date-time", "tomorrow at six", ["2026-03-05T06:00:00", "2026-03-05T18:00:00"]),
    ],
)
def test_what_is_ambiguous_is_said_and_not_guessed(form, text, readings):
    filled = fill(schema("x", x={"type": "string", "format": form}), text, now=NOW)
    (ambiguity,) = filled.ambiguous
    assert (filled.arguments, filled.missing) == ((), ())
    assert [reading.value for reading in ambiguity.readings] == readings
    assert [reading.typed.isoformat() for reading in ambiguity.readings] == readings


@pytest.mark.parametrize(
    ("form", "text", "value"),
    [
        ("time", "at six in the evening", "18:00:00"),
        ("date-time", "today at six", "2026-03-04T18:00:00"),
        ("date-time", "tomorrow morning at six", "2026-03-05T06:00:00"),
        ("date", "friday next week", "2026-03-13"),
    ],
)
def test_context_settles_what_would_be_ambiguous(form, text, value):
    assert one({"type": "string", "format": form}, text) == value


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("title", "play 'Ticket to Ride' now", "Ticket to Ride"),
        ("title", 'play "Ticket to Ride" now', "Ticket to Ride"),
        ("text", "translate 'It's fine' please", "It's fine"),
        ("city", "What is the weather in San Francisco today?", "San Francisco"),
        ("city", "weather in paris", "paris"),
        ("gene", "Look up the human gene BRCA1.", "BRCA1"),
        ("path", "open the file C:/data/cars.csv", "C:/data/cars.csv"),
        ("patient_id", "the patient with id 546382", "546382"),
        ("artist", "the statue David by Michelangelo", "Michelangelo"),
        ("museum", "the hours of the Metropolitan Museum of Art", "Metropolitan Museum of Art"),
        ("item", "add apples to the list", "apples"),
        ("message", "tell Anna that dinner is ready", "dinner is ready"),
        ("task", "remind me to call my mother tomorrow at seven", "call my mother"),
    ],
)
def test_a_string_is_what_the_text_has_for_it(name, text, expected):
    assert one({"type": "string"}, text, name) == expected


def test_prepositions_tell_strings_apart():
    trip = schema(
        "origin", "destination", destination={"type": "string"}, origin={"type": "string"}
    )
    expected = {"destination": "Los Angeles", "origin": "New York"}
    assert values(trip, "directions from New York to Los Angeles") == expected
    assert values(trip, "to Los Angeles from New York") == expected
    work = schema("title", "artist", title={"type": "string"}, artist={"type": "string"})
    assert values(work, "the sculpture 'The Thinker' by Rodin") == {
        "title": "The Thinker",
        "artist": "Rodin",
    }


def test_a_value_that_the_description_names_is_preferred():
    unit = {"type": "string", "description": "Either 'celsius' or 'fahrenheit'"}
    assert one(unit, "the temperature in fahrenheit in Paris") == "fahrenheit"


@pytest.mark.parametrize(
    ("items", "text", "expected"),
    [
        ("integer", "the mean of [12, 15, 18]", [12, 15, 18]),
        ("number", "the mean of (1.5, -2)", [1.5, -2]),
        ("integer", "the mean of 3, 5 and 7", [3, 5, 7]),
        ("string", "variables 'Age', 'Income' and 'Education'", ["Age", "Income", "Education"]),
        ("string", "prices of Microsoft and Google", ["Microsoft", "Google"]),
        ("string", "buy tomatoes and lettuce", ["tomatoes", "lettuce"]),
    ],
)
def test_lists(items, text, expected):
    assert one({"type": "array", "items": {"type": items}}, text) == expected


def test_a_gazetteer_fills_its_parameter_and_no_other():
    light = schema("room", "level", room={"type": "string"}, level={"type": "integer"})
    rooms = {"room": Gazetteer([("Living Room", "room.1"), ("Room 5", "room.2")])}
    filled = fill(light, "dim the livng room to 30", now=NOW, gazetteers=rooms)
    assert filled.to_dict() == {"room": "room.1", "level": 30}
    assert (filled.arguments[0].text, filled.arguments[0].source) == (
        "livng room",
        Source.GAZETTEER,
    )
    assert values(light, "dim room 5 to 30", gazetteers=rooms) == {"room": "room.2", "level": 30}
    assert fill(light, "dim the attic to 30", now=NOW, gazetteers=rooms).missing == ("room",)


def test_no_two_parameters_use_the_same_words():
    trip = schema("a", "b", a={"type": "integer"}, b={"type": "integer"})
    filled = fill(trip, "take 5", now=NOW)
    assert (filled.to_dict(), filled.missing) == ({"a": 5}, ("b",))


def test_the_unit_of_a_number_may_fill_another_parameter():
    money = schema(
        "amount", "currency", amount={"type": "number"}, currency={"enum": ["euros", "dollars"]}
    )
    assert values(money, "send 150 euros") == {"amount": 150, "currency": "euros"}


def test_a_filler_reads_its_schema_once_for_many_texts():
    filler = Filler(schema("n", n={"type": "integer"}))
    assert [filler.fill(t, now=NOW).to_dict() for t in ("5", "six", "7")] == [
        {"n": 5},
        {"n": 6},
        {"n": 7},
    ]


@pytest.mark.parametrize(
    "parameters",
    [
        None,
        {},
        {"properties": None},
        {"properties": {"x": None}},
        {"properties": {"x": True}},
        {"properties": {"x": {"type": {"a": 1}}}},
        {"properties": {"x": {"type": []}}},
        {"properties": {"x": {"enum": [None, True, [1], {"a": 1}, 3.5]}}},
        {"properties": {"x": {"type": "string", "description": 5}}},
        {"properties": {"x": {"type": "array"}}},
        {"properties": {"x": {"type": "array", "items": True}}},
        {"properties": {"x": {"type": "integer", "minimum": "low"}}},
        {"properties": {"x": {"type": "object", "properties": {}}}},
        {"properties": {"": {"type": "integer"}}, "required": ["other"]},
    ],
)
def test_an_unusual_schema_is_no_error(parameters):
    fill(parameters, "set 'this' to 3.5 at 5 pm on friday, [1, 2] and 7 km", now=NOW)


EVERYTHING = schema(
    "a", "b", "c", "d", "e", "f",
    a={"type": "string"}, b={"type": "integer"}, c={"type": "array", "items": {"type": "string"}},
    d={"type": "string", "format": "date-time"}, e={"type": "boolean"}, f={"enum": ["red", "blue"]},
)  # fmt: skip
HOSTILE = [
    "", " ", "😀" * 50_000, "مرحبا ١٢٣ " * 10_000, "\ud800 5 \udc00" * 10_000, "\x00\n\t" * 30_000,
    "'" * 100_000, '"a' * 50_000, "[" * 100_000, "(1," * 30_000, "1/2/" * 25_000, "New York and " * 8_000,
    "to " * 33_000, "5 years " * 12_000, "at 5 " * 20_000, "İstanbul 5 " * 9_000, "9" * 1_000_000,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_is_no_error(text):
    filled = fill(EVERYTHING, text, now=NOW)
    for argument in filled.arguments:
        assert text[argument.start : argument.end] == argument.text
        assert argument.end <= 2_000


def test_known_names_may_stand_under_another_name_or_be_any_words():
    known = {"area": Gazetteer(["kitchen"]), "name": Gazetteer(["desk lamp"])}
    timer = schema(
        room={"type": "string", "x-names": "area"}, name={"type": "string", "x-names": None}
    )
    text = "a timer called pasta in the kitchn"
    assert values(timer, text, gazetteers=known) == {"room": "kitchen", "name": "pasta"}
