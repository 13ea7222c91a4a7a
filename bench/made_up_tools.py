"""Six tools for the made-up questions: three torch modules and three functions, one paid for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256

import torch
from torch import Tensor, nn

from bench.made_up_questions import PRICES, SPELT, UNITS, WORDS
from edge_router.errors import ToolError

COSTS = {"convert": 0.02, "llm": 1.0}
"""Of one call, in made-up money; the other tools are free."""
LLM_RIGHT = 0.95
"""The share of its answers that are right."""
_NUMBER = re.compile(rf"\b(?:\d+|{'|'.join(WORDS)})\b")


class Add(nn.Module):
    """A weighted sum of a text's first two numbers; what the weights are must be learnt."""

    def __init__(self) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.tensor([0.9, 1.1]))

    def forward(self, texts: Sequence[str]) -> Tensor:
        """[texts]."""
        return read_numbers(texts) @ self.weights


class Multiply(nn.Module):
    """A multiple of the product of a text's first two numbers; of which one must be learnt."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(0.8))

    def forward(self, texts: Sequence[str]) -> Tensor:
        """[texts]."""
        return self.scale * read_numbers(texts).prod(1)


class LookUp(nn.Module):
    """Attention over the table of prices, blurred until its sharpness is learnt."""

    def __init__(self) -> None:
        super().__init__()
        self.sharpness = nn.Parameter(torch.tensor(2.0))
        self.register_buffer("prices", torch.tensor(list(PRICES.values())))

    def forward(self, texts: Sequence[str]) -> Tensor:
        """[texts]."""
        matches = torch.tensor([[float(thing in text) for thing in PRICES] for text in texts])
        return (self.sharpness * matches).softmax(1) @ self.prices


class Llm:
    """A stand-in for a large model: it knows every answer, and is right in 95 of 100 cases, the
    same ones each time.
    """

    def __init__(self, answers: Mapping[str, float]) -> None:
        """``answers`` by text: what it would know."""
        self._answers = dict(answers)

    def __call__(self, text: str) -> float:
        """The right answer, or another."""
        answer = self._answers[text]
        luck = int(sha256(text.encode()).hexdigest(), 16) % 10_000 / 10_000
        return answer if luck < LLM_RIGHT else answer + 3.0


def count_letters(text: str) -> float:
    """How often the letter that a text names is in the word that it names; ToolError where it names
    none.
    """
    words = re.findall(r"[a-z]+", text)
    letters = [word for word in words if len(word) == 1]
    spelt = [word for word in words if word in SPELT]
    if not (letters and spelt):
        raise ToolError("there is no letter to count; name a letter and a word")
    return float(spelt[0].count(letters[0]))


def convert(text: str) -> float:
    """The number of a text in the smaller of its two units; ToolError where they are unknown."""
    for (large, small), factor in UNITS.items():
        if large in text and small in text and (found := _NUMBER.search(text)):
            return _read_number(found[0]) * factor
    raise ToolError("there are no two units that are known; name them in the plural")


def read_numbers(texts: Sequence[str]) -> Tensor:
    """The first two numbers of each text, 0 for a missing one [texts, 2]."""
    rows = [[*map(_read_number, _NUMBER.findall(text)), 0.0, 0.0][:2] for text in texts]
    return torch.tensor(rows)


def make_tools(answers: Mapping[str, float]) -> dict[str, object]:
    """All six, fresh; ``answers`` are what the large model knows."""
    return {
        "add": Add(),
        "multiply": Multiply(),
        "prices": LookUp(),
        "letters": count_letters,
        "convert": convert,
        "llm": Llm(answers),
    }


def measure_loss(got: Tensor | float, answer: float) -> Tensor | float:
    """From 0 for the right answer towards 1, a half where it is a tenth off, with a slope
    everywhere.
    """
    distance = abs(got - answer)
    return distance / (distance + 0.1 * (1 + abs(answer)))


def is_right(got: Tensor | float | None, answer: float) -> bool:
    """Whether it is the right number once rounded."""
    return got is not None and abs(float(got) - answer) < 0.5


def _read_number(word: str) -> float:
    return float(word) if word.isdigit() else float(WORDS.index(word))
