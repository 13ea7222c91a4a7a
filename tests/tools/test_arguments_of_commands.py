"""A required text without quotes or a name: what is left where the command is taken away."""

from datetime import datetime

import pytest

from edge_router.tools.arguments import fill

NOW = datetime(2026, 3, 4, 15, 0)


def one(name: str, text: str, *others: str, language: str = "en") -> str | None:
    names = (name, *others)
    schema = {
        "type": "object",
        "properties": {each: {"type": "string"} for each in names},
        "required": list(names),
    }
    return fill(schema, text, now=NOW, language=language).to_dict().get(name)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("text", "remind me to buy milk", "buy milk"),
        ("item", "add oat milk to the list", "oat milk"),
        ("item", "add apples and pears to the list", "apples and pears"),
        ("item", "could you put a bottle of wine on my weekly shopping list please", "bottle of wine"),
        ("item", "put two onions in the basket", "two onions"),
        ("item", "we need more coffee", "coffee"),
        ("item", "I have to buy bread", "bread"),
        ("item", "shopping list: olive oil", "olive oil"),
        ("query", "play some jazz", "jazz"),
        ("query", "play the new album by Nina Simone", "new album by Nina Simone"),
        ("query", "search for cheap flights to Rome", "cheap flights to Rome"),
        ("query", "google how to boil an egg", "how to boil an egg"),
        ("word", "how do you spell necessary", "necessary"),
        ("message", "announce dinner is ready", "dinner is ready"),
        ("message", "tell everyone dinner is ready", "dinner is ready"),
        ("body", "take a note the car needs oil", "the car needs oil"),
        ("body", "write down the door code is blue", "the door code is blue"),
        ("note", "remember that I parked on level three", "I parked on level three"),
        ("task", "new todo pay the rent tomorrow at six", "pay the rent"),
    ],
)  # fmt: skip
def test_what_a_command_is_about_is_the_value(name, text, value):
    assert one(name, text) == value


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("query", 'play "Some Jazz" loudly', "Some Jazz"),
        ("city", "what is the weather like in New York", "New York"),
        ("contact", "call Anna Smith about the flat", "Anna Smith"),
    ],
)
def test_quotes_and_names_stay_what_they_were(name, text, value):
    assert one(name, text) == value


def test_a_place_at_the_end_is_cut_only_where_it_is_a_list():
    assert one("item", "order a desk lamp for the office") == "desk lamp for the office"
    assert one("item", "remove milk from the shopping list") == "milk"
    assert one("item", "add the list") == "list"


def test_several_texts_share_the_words():
    assert one("item", "add take out the trash to my chores list", "name") == "take out the trash"
    assert (
        one("text", "translate good morning into Italian", "language")
        != "good morning into Italian"
    )


@pytest.mark.parametrize(
    "text", ["", "add", "please", ":", "add:", "put on my list", "to the list"]
)
def test_a_command_about_nothing_gives_nothing_outside_of_its_words(text):
    value = one("item", text)
    assert value is None or value in text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("setze Hafermilch auf die Einkaufsliste", "Hafermilch"),
        ("schreib bitte Brot und Butter auf den Einkaufszettel", "Brot und Butter"),
    ],
)
def test_the_words_of_commands_are_the_languages_own(text, value):
    assert one("artikel", text, language="de") == value
