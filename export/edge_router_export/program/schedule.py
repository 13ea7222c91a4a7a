"""How a program is fitted: passes, rates, and how its choices harden."""

from __future__ import annotations

from dataclasses import dataclass

from edge_router.errors import RecipeError

LOSSES, PREDICTIONS = MIXES = ("losses", "predictions")
"""What is mixed of the torch modules: their losses by their shares, or what they say."""


@dataclass(frozen=True)
class Mood:
    """How a program chooses at one moment of its training."""

    temperature: float
    """Divides the logits: above 1, the shares are more alike than the router means them."""
    spread: float
    """What the entropy of the shares is worth, in units of the loss."""
    explore: float
    """The share of draws that heed no router."""
    thrift: float
    """How much more seldom than by its share the dearest tool is drawn, as a multiple."""
    is_hard: bool
    """Forward, the best tool has all the weight (straight-through)."""
    mix: str = LOSSES
    """One of :data:`MIXES`."""
    dropout: float = 0.0
    """Share of tokens blanked."""


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How a program learns."""

    epochs: int = 20
    """Passes over the questions."""
    updates: int = 600
    """Updates that are made at least: over few questions there are more passes."""
    batch: int = 32
    """Questions per update."""
    rate: float = 1e-3
    """Peak learning rate of the routers."""
    tool_rate: float = 1e-2
    """Peak learning rate of the tools that are torch modules."""
    temperature: float = 3.0
    """At the start; it falls to 1, by the same factor each update."""
    spread: float = 0.3
    """What it is worth, at the start and in units of the loss, that the shares are spread over the
    tools; it falls to 0. With less, a program may settle on the one tool that is right most often.
    """
    explore: float = 0.1
    """Share of the draws of sampled tools, at the start, that heed no router; it falls to 0."""
    thrift: float = 10.0
    """The dearest function is drawn 1 + ``thrift`` times more seldom than its share says, others by
    their cost; the fewer draws weigh the more, and more by chance.
    """
    hard_share: float = 0.25
    """The share of the updates, at the end, in which choices are hard forward and soft backward."""
    cost_weight: float = 1.0
    """What one unit of a tool's cost weighs beside the loss."""
    failed_loss: float = 1.0
    """The loss where a tool raised ToolError."""
    mix: str = LOSSES
    """What is mixed of torch modules: ``losses``, or ``predictions``, which must be tensors of one
    shape.
    """
    token_dropout: float = 0.1
    """Share of tokens blanked in training."""
    held_out_share: float = 0.2
    """Share of the questions that nothing is learnt from: threshold and probabilities go by them.
    """
    seed: int = 1
    """Of every random choice."""

    def __post_init__(self) -> None:
        """Raises RecipeError for a value that is out of its range."""
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise RecipeError(f"{name} is {value}; give a value from {low} to {high}")
        if self.mix not in MIXES:
            raise RecipeError(f"mix is {self.mix!r}; give {' or '.join(map(repr, MIXES))}")

    def mood(self, done: int, updates: int) -> Mood:
        """After ``done`` of ``updates`` updates."""
        soft = max(1, round(updates * (1 - self.hard_share)))
        gone = min(1.0, done / soft)
        return Mood(
            temperature=self.temperature ** (1 - gone),
            spread=self.spread * (1 - gone),
            explore=self.explore * (1 - gone),
            thrift=self.thrift,
            is_hard=done >= soft,
            mix=self.mix,
            dropout=self.token_dropout,
        )


_MANY = 2**31 - 1
_RANGES: dict[str, tuple[float, float]] = {
    "epochs": (1, _MANY),
    "updates": (0, _MANY),
    "batch": (2, _MANY),  # the baseline of a question is made of the others of its batch
    "rate": (1e-9, 1.0),
    "tool_rate": (0.0, 10.0),
    "temperature": (1.0, 1000.0),
    "spread": (0.0, 1e9),
    "explore": (0.0, 1.0),
    "thrift": (0.0, 1e6),
    "hard_share": (0.0, 1.0),
    "cost_weight": (0.0, 1e9),
    "failed_loss": (0.0, 1e9),
    "token_dropout": (0.0, 0.9),
    "held_out_share": (0.01, 0.9),
    "seed": (0, 2**32 - 1),
}
