import random

import pytest
from hypothesis import given
from hypothesis.strategies import integers, text

from edge_router.tools.distance import measure_distance, within_distance
from edge_router.tools.gazetteer import Gazetteer, Match

HOUSE = Gazetteer(
    ["Kitchen", "Living Room", "Bedroom Lamp", "Ceiling Fan", ("Mum", 7), "TV", "Gästezimmer"]
)


def find(text, gazetteer=HOUSE):
    return [(match.name, text[match.start : match.end]) for match in gazetteer.find(text)]


def test_a_name_is_found_with_its_place_and_value():
    assert HOUSE.find("please call mum now") == (Match("Mum", 7, 12, 15, 1.0),)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("turn off the lights in the kitchen", [("Kitchen", "kitchen")]),
        ("kithcen lights", [("Kitchen", "kithcen")]),
        ("the livng room and the kitchen", [("Living Room", "livng room"), ("Kitchen", "kitchen")]),
        ("livingroom lights", [("Living Room", "livingroom")]),
        ("the bed room lamp", [("Bedroom Lamp", "bed room lamp")]),
        ("BEDROM LAMP", [("Bedroom Lamp", "BEDROM LAMP")]),
        ("ceiling-fan on", [("Ceiling Fan", "ceiling-fan")]),
        ("im gastezimmer", [("Gästezimmer", "gastezimmer")]),
        ("tv on", [("TV", "tv")]),
        ("a to on", []),
        ("the chicken is ready", []),
        ("sending a letter", []),
        ("", []),
        ("😀 \ud800 \x00", []),
    ],
)
def test_misspelled_names_are_found_and_other_words_are_not(text, found):
    assert find(text) == found


def test_the_longer_name_wins_over_a_shorter_one_inside():
    rooms = Gazetteer(["Room", "Living Room", "Living"])
    assert find("the living room", rooms) == [("Living Room", "living room")]
    assert find("the livin room", rooms) == [("Living Room", "livin room")]


def test_a_name_as_it_is_spelled_wins_over_one_that_is_near():
    names = Gazetteer(["Anna", "Anne", "Hanna"])
    assert find("call anne", names) == [("Anne", "anne")]


def test_likeness_falls_with_each_edit():
    (match,) = HOUSE.find("kithcen")
    assert match.likeness == 1 - 1 / 7


def test_an_empty_gazetteer_finds_nothing():
    assert Gazetteer([]).find("anything") == ()
    assert Gazetteer(["", "!?"]).find("anything !?") == ()
    assert len(Gazetteer(["a", "b"])) == 2


def test_the_same_names_give_the_same_answer_whatever_their_number():
    letters = random.Random(5)
    syllables = [a + b for a in "bdfgklmnprst" for b in ("a", "e", "i", "or", "an")]
    others = ["".join(letters.choices(syllables, k=4)).title() for _ in range(20_000)]
    large = Gazetteer([*others, "Living Room", "Bedroom Lamp"])
    text = "dim the bedrom lamp in the livng room"
    assert find(text, large)[-2:] == [
        ("Bedroom Lamp", "bedrom lamp"),
        ("Living Room", "livng room"),
    ]
    assert large.find(text) == Gazetteer([*others, "Living Room", "Bedroom Lamp"]).find(text)


def test_misspelled_names_are_found_among_thousands():
    letters = random.Random(7)
    words = [
        "".join(letters.choices("abcdefghijklmnoprstuvwz", k=letters.randint(4, 9)))
        for _ in range(3000)
    ]
    names = sorted({f"{letters.choice(words)} {letters.choice(words)}" for _ in range(5000)})
    gazetteer = Gazetteer(names)
    right = 0
    for name in letters.sample(names, 100):
        cut = letters.randrange(1, len(name) - 1)
        text = f"please call {name[:cut]}{name[cut + 1 :]} today"
        right += name in [match.name for match in gazetteer.find(text)]
    assert right >= 95


def test_a_long_text_is_read_to_its_bound():
    assert HOUSE.find("kitchen " * 100_000)[-1].end <= 2_000
    assert HOUSE.find("x" * 1_000_000) == ()


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [
        ("kitchen", "kitchen", 0),
        ("kitchen", "kithcen", 1),
        ("kitchen", "kichen", 1),
        ("kitchen", "kittchen", 1),
        ("kitchen", "mitchen", 1),
        ("ab", "ba", 1),
        ("abc", "cba", 2),
        ("kitchen", "chicken", 4),
        ("", "abc", 3),
        ("abc", "", 3),
        ("kitchen", "bathroom", 4),
    ],
)
def test_the_distance_counts_edits_and_stops_beyond_the_limit(a, b, distance):
    assert measure_distance(a, b, 3) == min(distance, 4)
    assert within_distance(a, b, 3) == (distance <= 3)


def full_distance(a, b):
    table = [[max(i, j) for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            costs = [
                table[i - 1][j] + 1,
                table[i][j - 1] + 1,
                table[i - 1][j - 1] + (a[i - 1] != b[j - 1]),
            ]
            if i > 1 and j > 1 and (a[i - 2], a[i - 1]) == (b[j - 1], b[j - 2]):
                costs.append(table[i - 2][j - 2] + 1)
            table[i][j] = min(costs)
    return table[-1][-1]


@given(text(alphabet="abc", max_size=8), text(alphabet="abc", max_size=8), integers(0, 4))
def test_the_distance_is_that_of_the_whole_table(a, b, limit):
    assert measure_distance(a, b, limit) == min(full_distance(a, b), limit + 1)
