"""Made-up questions with numbers as answers, and six tools of which one is meant for each.

The wordings of the test questions are others than those of the training questions. Which tool a
question was made for is known here, to measure by; a program never sees it.
"""

from __future__ import annotations

import operator
import random
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
WORDS += ["eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"]
WORDS += ["eighteen", "nineteen", "twenty"]
"""Numbers as they may be written."""
_THINGS = """
lantern kettle blanket saddle compass barrel ladder anvil bucket hammock whistle lute candle rope
shovel helmet goblet mirror quill chest drum apron sickle basket spindle flask hourglass trowel
cradle banner
"""
PRICES = {thing: 3.0 + 7 * number for number, thing in enumerate(_THINGS.split())}
"""The table that is looked up in."""
UNITS = {
    ("kilometres", "metres"): 1000.0,
    ("hours", "minutes"): 60.0,
    ("feet", "inches"): 12.0,
    ("weeks", "days"): 7.0,
    ("pounds", "ounces"): 16.0,
    ("dozens", "pieces"): 12.0,
}
"""What one of the first is in the second."""
_SPELT = """
strawberry banana pebble pepper coffee hammer balloon tunnel cabbage mississippi parallel committee
bookkeeper cinnamon tomorrow address raccoon umbrella
"""
SPELT = _SPELT.split()
"""Words whose letters are counted; no other word of a question is among them."""
PEOPLE = ["Ada Fenwick", "Bram Oduya", "Cleo Marsh", "Dario Venn", "Esme Tolland", "Finn Abara"]
PEOPLE += ["Greta Holm", "Hugo Sarr", "Ines Calder", "Jonas Pike", "Kaya Brandt", "Leo Quill"]
DEEDS = ["climbed the Grey Horn", "sailed to Port Ellery", "founded the Tin Theatre"]
DEEDS += ["painted the Salt Gate", "crossed the Ember Desert", "opened the night library"]
"""What only the large model knows of, with a year for each of the people."""

TRAIN_WORDINGS = {
    "add": [
        "what is {a} plus {b}",
        "add {a} and {b}",
        "{a} + {b}",
        "the sum of {a} and {b} please",
        "I have {a} marbles and find {b} more, how many are there",
        "put {a} and {b} together",
        "total of {a} and {b}",
        "how much is {a} and {b} added up",
    ],
    "multiply": [
        "what is {a} times {b}",
        "multiply {a} by {b}",
        "{a} * {b}",
        "the product of {a} and {b} please",
        "{a} boxes with {b} eggs each, how many eggs",
        "how much is {a} multiplied by {b}",
        "{a} rows of {b} seats make how many seats",
        "work out {a} x {b}",
    ],
    "prices": [
        "what does a {thing} cost",
        "how much is the {thing}",
        "price of a {thing}",
        "what do I pay for one {thing}",
        "I want to buy a {thing}, how much",
        "is the {thing} expensive, what is it",
        "tell me the price for the {thing} in your shop",
        "how many coins for a {thing}",
    ],
    "letters": [
        "how many letters {letter} are in {word}",
        "count the letter {letter} in {word}",
        "how often does {letter} occur in {word}",
        "number of {letter} in the word {word}",
        "how many times is {letter} written in {word}",
        "{word} has how many {letter}",
        "count every {letter} of {word}",
        "in {word}, how many {letter} do you see",
    ],
    "convert": [
        "how many {small} are {a} {large}",
        "convert {a} {large} to {small}",
        "{a} {large} in {small}",
        "what are {a} {large} in {small}",
        "turn {a} {large} into {small}",
        "express {a} {large} as {small}",
        "{a} {large} is how many {small}",
        "give me {a} {large} in {small} please",
    ],
    "llm": [
        "in which year was it that {person} {deed}",
        "when did it happen that {person} {deed}",
        "{person} {deed}, which year was that",
        "tell me the year in which {person} {deed}",
        "what year was it when {person} {deed}",
        "do you know when {person} {deed}",
        "the date please: {person} {deed}",
        "since when is it known that {person} {deed}",
    ],
}
TEST_WORDINGS = {
    "add": [
        "if you add {b} to {a}, what do you get",
        "{a} and {b} more makes how many",
        "compute the sum {a} plus {b}",
        "what do {a} and {b} come to together",
    ],
    "multiply": [
        "what do you get when {a} is multiplied with {b}",
        "compute the product {a} times {b}",
        "how many are {b} bags with {a} apples each",
        "{a} times {b} equals what",
    ],
    "prices": [
        "how many coins must I pay to get a {thing}",
        "could you tell me what the {thing} costs",
        "for how much do you sell a {thing}",
        "the {thing}, what is its price",
    ],
    "letters": [
        "tell me how many {letter} the word {word} contains",
        "how many of the letters of {word} are {letter}",
        "count how often {letter} is in {word}",
        "if you spell {word}, how many letters {letter} are there",
    ],
    "convert": [
        "please convert {a} {large} into {small}",
        "{a} {large} are how many {small}",
        "how many {small} do I get from {a} {large}",
        "what is {a} {large} expressed in {small}",
    ],
    "llm": [
        "which year did it happen: {person} {deed}",
        "can you tell me when it was that {person} {deed}",
        "what is the year that {person} {deed}",
        "I forgot when {person} {deed}",
    ],
}


@dataclass(frozen=True)
class MadeUp:
    """One question."""

    text: str
    """As a user writes it."""
    answer: float
    """The right one."""
    tool: str
    """What it was made for; to measure by, never to learn from."""


def make_up(wordings: dict[str, list[str]], *, each: int, seed: int) -> list[MadeUp]:
    """``each`` different questions of every tool, in a random order."""
    source = random.Random(f"{seed} {wordings}")
    found: dict[str, MadeUp] = {}
    for tool, templates in wordings.items():
        wanted = len(found) + each
        while len(found) < wanted:
            fill, answer = _FILLINGS[tool](source)
            text = source.choice(templates).format(**fill)
            found.setdefault(text, MadeUp(text, answer, tool))
    questions = list(found.values())
    source.shuffle(questions)
    return questions


def year_of(person: str, deed: str) -> float:
    """A made-up year, the same wherever it is asked."""
    return float(1500 + int(sha256(f"{person} {deed}".encode()).hexdigest(), 16) % 500)


def _write(number: int, source: random.Random) -> str:
    return WORDS[number] if number < len(WORDS) and source.random() < 0.5 else str(number)


def _fill_numbers(
    source: random.Random, combine: Callable[[int, int], int], most: int
) -> tuple[dict[str, str], float]:
    a, b = source.randint(2, most), source.randint(2, most)
    return {"a": _write(a, source), "b": _write(b, source)}, float(combine(a, b))


def _fill_price(source: random.Random) -> tuple[dict[str, str], float]:
    thing = source.choice(sorted(PRICES))
    return {"thing": thing}, PRICES[thing]


def _fill_letters(source: random.Random) -> tuple[dict[str, str], float]:
    word = source.choice(SPELT)
    letter = source.choice(word)
    return {"word": word, "letter": letter}, float(word.count(letter))


def _fill_units(source: random.Random) -> tuple[dict[str, str], float]:
    (large, small), factor = source.choice(sorted(UNITS.items()))
    count = source.randint(2, 60)
    return {"a": _write(count, source), "large": large, "small": small}, count * factor


def _fill_deed(source: random.Random) -> tuple[dict[str, str], float]:
    person, deed = source.choice(PEOPLE), source.choice(DEEDS)
    return {"person": person, "deed": deed}, year_of(person, deed)


_FILLINGS: dict[str, Callable[[random.Random], tuple[dict[str, str], float]]] = {
    "add": lambda source: _fill_numbers(source, operator.add, 60),
    "multiply": lambda source: _fill_numbers(source, operator.mul, 20),
    "prices": _fill_price,
    "letters": _fill_letters,
    "convert": _fill_units,
    "llm": _fill_deed,
}
