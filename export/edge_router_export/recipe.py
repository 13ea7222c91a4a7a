"""Recipes: flat TOML files, every key known, any key overridable."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib import resources
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

from edge_router.bundle.manifest import MAX_TOKENS
from edge_router.bundle.onnx_check import MAX_LAYERS, MAX_WIDTH
from edge_router.bundle.tokenizer_check import MAX_WORDS
from edge_router.errors import RecipeError

NONE = "none"
"""What a recipe says for *no teacher*, *no base* or *no corpus*, since TOML has no null."""
EACH = "each"
"""The objective of a router that expects a reward of each tool, whatever the others' are."""
CHOICES = {
    "goldens": ("examples", "made"),
    "objective": ("dr", "likelihood", "ips", "snips", EACH),
}
"""Keys that take one of a few words."""
SHARES = {"token_dropout", "mistyped", "valid_share", "max_error", "coverage", "taught_max_error"}
"""Keys below 1."""
ANY_SIGN = {"good_reward"}
"""Keys that may be negative."""
MAY_BE_ZERO = {
    "synthetic",
    "unlabelled_texts",
    "token_dropout",
    "mistyped",
    "label_weight",
    "flipped",
    "weak_weight",
    "cost_weight",
    "prior_weight",
    "seed",
    "teacher_updates",
    "updates",
}
"""Keys for which 0 means *none*."""
MOST = {
    "max_tokens": MAX_TOKENS,
    "vocabulary": MAX_WORDS,
    "embedding_width": MAX_WIDTH,
    "width": MAX_WIDTH,
    "layers": MAX_LAYERS,
    "seed": 2**32 - 1,
    "flipped": 0.45,
}
"""What a bundle may have, and what every generator of random numbers takes."""
MOST_OF_ANY = 2**31 - 1


@dataclass(frozen=True, kw_only=True)
class TrainRecipe:
    """How ``edge-router train`` makes a router."""

    base: str
    """Encoder that the student starts from: ``base`` (the one in the package), a ``.router`` file,
    or ``none``.
    """
    teachers: tuple[str, ...] = ()
    """Encoders to fine-tune and average: folders or hub names; empty trains on the labels alone."""
    teacher_epochs: int = 5
    """Passes over the examples when a teacher is fine-tuned."""
    teacher_updates: int = 60
    """Updates that a teacher takes at least: over few examples it makes more passes."""
    teacher_rate: float = 1e-4
    """Peak learning rate of a teacher; encoders of 768 and more channels take 0.4 of it."""
    teacher_batch: int = 32
    """Texts per update of a teacher."""
    synthetic: float = 0.0
    """Extra teacher-labelled texts made from the examples, as a multiple of their number."""
    unlabelled: str = NONE
    """A file of unlabelled texts, one a line, for the teacher to label; or ``none``."""
    unlabelled_texts: int = 0
    """How many of them to use, drawn at random."""
    epochs: int
    """Passes of the student over all its texts."""
    updates: int = 80
    """Updates that the student takes at least: over few texts it makes more passes."""
    rate: float = 2e-3
    """Peak learning rate of the student."""
    batch: int = 128
    """Texts per update of the student."""
    temperature: float = 2.0
    """Softens teacher and student in the distillation loss (Hinton et al., 2015, arXiv:1503.02531).
    """
    label_weight: float = 0.2
    """Weight of the labels' cross-entropy beside the distillation loss."""
    token_dropout: float = 0.1
    """Share of tokens blanked in training."""
    embedding_width: int = 128
    """Columns of the embedding table; taken from the base where there is one."""
    width: int = 256
    """Channels of the convolutions; taken from the base where there is one."""
    layers: int = 2
    """Convolutions; taken from the base where there is one."""
    vocabulary: int = 8000
    """Entries of the tokenizer; taken from the base where there is one."""
    max_tokens: int = 64
    """Tokens of a text that the router reads."""
    valid_share: float = 0.1
    """Share of the examples held out for calibration where no held-out file is given and there are
    enough of them.
    """
    folds: int = 5
    """Models trained on all but a part of the examples each, to calibrate on the parts, where there
    are fewer than 3,000; no more than the commonest tool has examples.
    """
    max_error: float = 0.02
    """Share of wrong answers among those given, at most, which the threshold must promise by the
    held-out texts; where they are too few for that, it is chosen for more, with a warning.
    """
    coverage: float = 0.99
    """Share of texts whose right tool is on the shortlist, as the held-out texts promise; with too
    few of them, 99 for this share, there are no shortlists.
    """
    objective: str = "dr"
    """What is learnt from logged outcomes: ``dr``, ``likelihood``, ``ips`` or ``snips`` where one
    tool is right, ``each`` where each may be worth its cost; see ``learn_from_outcomes``.
    """
    flipped: float = 0.02
    """Share of the logged rewards that may say the opposite. It need not be the true one: measured
    on BANKING77 with a tenth turned, 0.02 learnt as much as 0.1 by ``likelihood``, and more by
    ``dr``, whose start a large one slows down.
    """
    max_weight: float = 20.0
    """What a logged outcome weighs at most, 1 divided by its propensity, for ``ips``, ``snips``,
    ``dr``, and the curves of ``each``.
    """
    weak_weight: float = 0.3
    """What an outcome counts that is a guess (``weak``), beside 1 for a user's word."""
    good_reward: float = 0.5
    """Reward from which the tool that was taken counts as right."""
    cost_weight: float = 0.0
    """What a logged cost of 1 takes off the reward that is learnt from; by ``each``, what it takes
    off in a decision for which nobody says otherwise.
    """
    prior: str = NONE
    """A trained router to start from and to stay near: a ``.router`` file, or ``none``. It takes
    the place of the base.
    """
    prior_weight: float = 0.1
    """Weight of the divergence from what the prior says, beside the other losses."""
    goldens: str = "examples"
    """Texts that the bundle carries to be verified by: ``examples`` of yours, of every tool one
    before of any two; or ``made`` up of the base's words, so that none of yours is in it.
    """
    seed: int = 1
    """Of every random choice."""


@dataclass(frozen=True, kw_only=True)
class PretrainRecipe:
    """How the base encoder is made."""

    teacher: str
    """The sentence encoder whose geometry is learnt: a folder or a hub name."""
    base: str = NONE
    """An encoder to keep as it is, so that only the projection is fitted: ``base`` (the one in the
    package) or a ``.router`` file; ``none`` learns one.
    """
    projection_texts: int = 100_000
    """Texts of the corpus that the projection into the teacher's space is fitted on, at most."""
    tool_sets: tuple[str, ...] = ()
    """Files of examples or of tools, each a set of tools that belong together: how sure to be of
    tools that are taught is fitted on parts of them; without any, it is as in the package's base.
    """
    taught_max_error: float = 0.07
    """Share of wrong answers among those given, at most, of a router that was taught some of these
    tools.
    """
    vocabulary: int
    """Entries of the tokenizer."""
    embedding_width: int
    """Columns of the embedding table."""
    width: int
    """Channels of the convolutions."""
    layers: int
    """Convolutions."""
    epochs: int
    """Passes over the corpus."""
    rate: float
    """Peak learning rate."""
    batch: int
    """Texts per update; the relational loss compares all of them."""
    token_dropout: float = 0.0
    """Share of tokens blanked in training."""
    mistyped: float = 0.0
    """Mistyped copies to learn from beside the corpus, as a share of it."""
    max_tokens: int = 48
    """Tokens of a text that are read."""
    seed: int = 1
    """Of every random choice."""


R = TypeVar("R", TrainRecipe, PretrainRecipe)


def read_recipe(kind: type[R], source: str | Path, overrides: Mapping[str, str] | None = None) -> R:
    """A recipe by name (``tiny``, ``small``, ``full``, ``pretrain``) or file, with ``overrides`` as
    ``key=value`` text.

    Raises RecipeError for an unknown key, a wrong type or an impossible value.
    """
    values = _read_toml(source)
    for key, text in (overrides or {}).items():
        values[key] = _parse_value(text)
    known = {f.name: f for f in fields(kind)}
    if unknown := sorted(values.keys() - known.keys()):
        raise RecipeError(
            f"unknown key {unknown[0]!r} in recipe {str(source)!r}; known keys: "
            f"{', '.join(sorted(known))}"
        )
    typed = {key: _convert(key, value, str(known[key].type)) for key, value in values.items()}
    try:
        recipe = kind(**typed)
    except TypeError as error:
        raise RecipeError(
            f"recipe {str(source)!r} lacks a key ({error}); see the recipes in the package"
        ) from error
    _check_ranges(recipe)
    return recipe


def recipe_names() -> list[str]:
    """The recipes in the package."""
    return sorted(
        f.name.removesuffix(".toml") for f in _folder().iterdir() if f.name.endswith(".toml")
    )


def _folder() -> Any:
    return resources.files("edge_router_export") / "recipes"


def _read_toml(source: str | Path) -> dict[str, Any]:
    named = _folder() / f"{source}.toml"
    try:
        text = named.read_text("utf-8") if named.is_file() else Path(source).read_text("utf-8")
        return tomllib.loads(text)
    except OSError as error:
        raise RecipeError(
            f"no recipe {str(source)!r}; give a TOML file or one of {', '.join(recipe_names())}"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeError(
            f"recipe {str(source)!r} is not TOML ({error}); correct it at that place"
        ) from error


def _parse_value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text  # a bare word is a string


def _convert(key: str, value: Any, kind: str) -> Any:
    if kind == "tuple[str, ...]":
        listed = [value] if isinstance(value, str) else value
        if isinstance(listed, list) and all(isinstance(v, str) for v in listed):
            return tuple(v for v in listed if v != NONE)
    elif kind == "float" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    elif (kind == "int" and type(value) is int) or (kind == "str" and isinstance(value, str)):
        return value
    raise RecipeError(f"recipe key {key!r} is {value!r}; it must be of type {kind}")


def without_paths(recipe: TrainRecipe | PretrainRecipe) -> dict[str, Any]:
    """The recipe as plain values for a manifest, with folders and files shortened to their last
    name.
    """
    values: dict[str, Any] = {}
    for field in fields(recipe):
        value = getattr(recipe, field.name)
        if isinstance(value, tuple):
            value = [Path(v).name if Path(v).exists() else v for v in value]
        elif isinstance(value, str) and Path(value).exists():
            value = Path(value).name
        values[field.name] = value
    return values


def _check_ranges(recipe: TrainRecipe | PretrainRecipe) -> None:
    """Every number is finite, within its bound, and positive but where 0 means *none*; what only
    together makes no sense is named, too.
    """
    for field in fields(recipe):
        value = getattr(recipe, field.name)
        if isinstance(value, (int, float)):
            _check_number(field.name, value)
        elif field.name in CHOICES and value not in CHOICES[field.name]:
            allowed = " or ".join(map(repr, CHOICES[field.name]))
            raise RecipeError(f"recipe key {field.name!r} is {value!r}; it must be {allowed}")
    if not isinstance(recipe, TrainRecipe):
        return
    if not recipe.teachers and (recipe.synthetic or recipe.unlabelled_texts):
        raise RecipeError(
            "synthetic and unlabelled texts need a teacher to label them; name one or set both to 0"
        )
    if recipe.folds < 2:
        raise RecipeError(f"recipe key 'folds' is {recipe.folds}; it must be 2 or more")


def _check_number(key: str, value: float) -> None:
    most = MOST.get(key, MOST_OF_ANY)
    if not isfinite(value) or value > most:
        raise RecipeError(f"recipe key {key!r} is {value}; it must be {most} at most")
    if key in ANY_SIGN:
        return
    if value < 0 or (value == 0 and key not in MAY_BE_ZERO):
        raise RecipeError(f"recipe key {key!r} is {value}; it must be above 0")
    if key in SHARES and value >= 1:
        raise RecipeError(f"recipe key {key!r} is {value}; it must be below 1")
