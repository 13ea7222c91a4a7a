"""A router whose logits stand as they were given, so that a gradient can be told by hand."""

from collections.abc import Sequence

import pytest
import torch


class GivenRouter(torch.nn.Module):
    """The same logits for every text."""

    def __init__(self, logits: dict[str, float]) -> None:
        super().__init__()
        self.names = tuple(sorted(logits))
        self.logits = torch.nn.Parameter(torch.tensor([logits[name] for name in self.names]))

    def forward(self, texts: Sequence[str], dropout: float = 0.0) -> torch.Tensor:
        return self.logits.expand(len(texts), -1)

    def rank(self, texts: Sequence[str]) -> torch.Tensor:
        return self.logits.detach().expand(len(texts), -1)


class Says(torch.nn.Module):
    """A module that gives every text the same learnable number."""

    def __init__(self, number: float) -> None:
        super().__init__()
        self.number = torch.nn.Parameter(torch.tensor(number))

    def forward(self, inputs: Sequence[str]) -> torch.Tensor:
        return self.number.expand(len(inputs))


@pytest.fixture
def given_router():
    return GivenRouter


@pytest.fixture
def says():
    return Says
