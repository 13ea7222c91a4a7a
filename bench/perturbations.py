"""What happens to a text between a person's head and a router: each a small pure function
``perturb(text, rng) -> str`` that changes one thing and leaves the rest.
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable
from functools import partial

from bench.spoken import write_spoken

Perturb = Callable[[str, random.Random], str]
"""The same text for the same state of the generator."""

FILLERS = ("um", "uh", "like", "you know")
FRAMES = ("could you please {} thanks", "hi there could you {} please", "please {} thank you")
HEARD_ALIKE = (
    ("to", "too", "two"),
    ("for", "four"),
    ("there", "their", "they're"),
    ("your", "you're"),
    ("its", "it's"),
    ("whose", "who's"),
    ("by", "buy", "bye"),
    ("right", "write"),
    ("know", "no"),
    ("new", "knew"),
    ("hear", "here"),
    ("our", "hour"),
    ("one", "won"),
    ("eight", "ate"),
    ("weather", "whether"),
    ("week", "weak"),
    ("mail", "male"),
    ("meet", "meat"),
    ("son", "sun"),
    ("sale", "sail"),
    ("see", "sea"),
    ("be", "bee"),
    ("wait", "weight"),
    ("fare", "fair"),
    ("plane", "plain"),
    ("road", "rode"),
    ("which", "witch"),
    ("would", "wood"),
    ("some", "sum"),
    ("through", "threw"),
    ("waste", "waist"),
    ("flour", "flower"),
    ("bread", "bred"),
    ("cent", "sent"),
    ("check", "cheque"),
)
"""Words that a speech recogniser takes for each other."""
MISHEARD = 0.25
"""Of the words that sound like others, those that are taken for another."""
_NEIGHBOURS = {
    letter: row[max(0, place - 1) : place] + row[place + 1 : place + 2]
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for place, letter in enumerate(row)
}
_WORD = re.compile(r"[^\W\d_]{2,}")
"""Letters in a row, two at least: what can be mistyped."""
_MARK = re.compile(rf"[{re.escape(string.punctuation)}\u2018\u2019\u201c\u201d]")


def mistype(text: str, rng: random.Random, *, share: float) -> str:
    """An error in each word with probability ``share``: a letter hit beside, left out, or exchanged
    with the next.
    """

    def change(match: re.Match[str]) -> str:
        if rng.random() >= share:
            return match[0]
        return rng.choice((hit_beside, leave_out, exchange))(match[0], rng)

    return _WORD.sub(change, text)


def hit_beside(word: str, rng: random.Random) -> str:
    """One letter is its neighbour on the keyboard; a word without such a letter stays."""
    places = [i for i, letter in enumerate(word) if letter.lower() in _NEIGHBOURS]
    if not places:
        return word
    place = rng.choice(places)
    hit = rng.choice(_NEIGHBOURS[word[place].lower()])
    return word[:place] + (hit.upper() if word[place].isupper() else hit) + word[place + 1 :]


def leave_out(word: str, rng: random.Random) -> str:
    """One letter is missing."""
    place = rng.randrange(len(word))
    return word[:place] + word[place + 1 :]


def exchange(word: str, rng: random.Random) -> str:
    """Two letters that follow each other and differ, the other way round."""
    places = [i for i in range(len(word) - 1) if word[i] != word[i + 1]]
    if not places:
        return word
    place = rng.choice(places)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def lower(text: str, _: random.Random) -> str:
    """No capital."""
    return text.lower()


def upper(text: str, _: random.Random) -> str:
    """Nothing but capitals."""
    return text.upper()


def mix_case(text: str, rng: random.Random) -> str:
    """Each letter large or small by chance."""
    return "".join(rng.choice((letter.lower(), letter.upper())) for letter in text)


def drop_marks(text: str, _: random.Random) -> str:
    """No punctuation mark, apostrophes included: *whats*; one between two words leaves a space."""
    apart = re.sub(r"(?<=\w)[^\w\s'\u2019](?=\w)", " ", text)
    return " ".join(_MARK.sub("", apart).split())


def double_marks(text: str, _: random.Random) -> str:
    """Every punctuation mark twice."""
    return _MARK.sub(lambda mark: mark[0] * 2, text)


def end_with_marks(text: str, rng: random.Random) -> str:
    """Marks at the end that say nothing."""
    return text + rng.choice((".", "!", "?", "...", "!!", "??", "?!"))


def mishear(text: str, rng: random.Random) -> str:
    """As a speech recogniser writes it, some words taken for others that sound alike."""
    words = write_spoken(text).split()
    return " ".join(
        rng.choice(_SOUND_ALIKE[word]) if word in _SOUND_ALIKE and rng.random() < MISHEARD else word
        for word in words
    )


def fill_in(text: str, rng: random.Random) -> str:
    """One or two words that say nothing, each before a word."""
    words = text.split()
    for _ in range(rng.choice((1, 2))):
        words.insert(rng.randrange(max(1, len(words))), rng.choice(FILLERS))
    return " ".join(words)


def be_polite(text: str, rng: random.Random) -> str:
    """Words of courtesy around it."""
    return rng.choice(FRAMES).format(text)


def join_words(text: str, rng: random.Random) -> str:
    """Two words that follow each other become one; a single word stays."""
    words = text.split(" ")
    if len(words) < 2:
        return text
    place = rng.randrange(len(words) - 1)
    words[place : place + 2] = [words[place] + words[place + 1]]
    return " ".join(words)


def perturb_texts(name: str, texts: list[str], *, seed: int = 0) -> list[str]:
    """Every text perturbed, each by a generator of its own, so that a text becomes the same
    whatever stands beside it.
    """
    perturb = PERTURBATIONS[name]
    return [perturb(text, random.Random(f"{seed} {name} {text}")) for text in texts]


_SOUND_ALIKE = {
    word: tuple(other for other in alike if other != word)
    for alike in HEARD_ALIKE
    for word in alike
}

PERTURBATIONS: dict[str, Perturb] = {
    "typos in 5 % of words": partial(mistype, share=0.05),
    "typos in 10 % of words": partial(mistype, share=0.1),
    "typos in 20 % of words": partial(mistype, share=0.2),
    "lower case": lower,
    "upper case": upper,
    "random case": mix_case,
    "no punctuation": drop_marks,
    "doubled punctuation": double_marks,
    "trailing punctuation": end_with_marks,
    "as heard by a speech recogniser": mishear,
    "fillers": fill_in,
    "a polite frame": be_polite,
    "two words joined": join_words,
}
"""All of them, by what the tables call them."""
