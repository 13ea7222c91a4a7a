"""Rewards less costs: which answer is taken, at which weight, and what a bundle may say of it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edge_router import Router
from edge_router.bundle import Embedding, PolicyNumbers, ShortlistNumbers, write_bundle
from edge_router.bundle.parts import parse_parts
from edge_router.bundle.reward_numbers import RewardNumbers
from edge_router.cli.main import main
from edge_router.errors import BundleError, InputError
from edge_router.routing.rewards import Rewards

STEPS = (0, 2**18, 2**19, 3 * 2**18, 2**20)  # 0, 1/4, 1/2, 3/4, 1
NUMBERS = RewardNumbers(
    rewards=STEPS,
    slopes=(2, 2, 2),
    offsets=(40, 40, 40),
    shift=4,
    costs=(0, 100_000, 1_000_000),
    cost_weight=0,
)
LABELS = ("device", "small", "large")
LOGITS = np.array([-4, 4, 5], np.int32)  # 1/2, 3/4, 3/4


def rank(cost_weight, top=3, numbers=NUMBERS):
    rewards = Rewards(numbers, labels=LABELS, top=top)
    return [(c.tool, c.confidence) for c in rewards.rank(LOGITS, cost_weight)]


def test_a_reward_is_that_of_the_answers_own_logit():
    assert rank(0.0) == [("small", 0.75), ("large", 0.75), ("device", 0.5)]
    rewards = Rewards(NUMBERS, labels=LABELS, top=3)
    far = np.array([-(2**31), -20, 2**31 - 1], np.int32)
    assert [(c.tool, c.confidence) for c in rewards.rank(far, 0.0)] == [
        ("large", 1.0),
        ("device", 0.0),
        ("small", 0.0),
    ]


def test_each_answer_has_a_curve_of_its_own():
    numbers = replace(NUMBERS, slopes=(0, 2, 4), offsets=(63, 40, 24))
    assert rank(0.0, numbers=numbers) == [("device", 0.75), ("small", 0.75), ("large", 0.5)]


def test_the_largest_numbers_do_not_overflow():
    most = replace(NUMBERS, slopes=(2**31 - 1,) * 3, offsets=(2**61, -(2**61), 0), shift=60)
    rewards = Rewards(most, labels=LABELS, top=3)
    far = np.array([2**31 - 1, -(2**31), 0], np.int32)
    assert [(c.tool, c.confidence) for c in rewards.rank(far, 0.0)] == [
        ("device", 1.0),
        ("small", 0.0),
        ("large", 0.0),
    ]


def test_the_dearer_the_cost_the_cheaper_the_answer():
    assert [tool for tool, _ in rank(0.1)] == ["small", "large", "device"]
    assert [tool for tool, _ in rank(1.0)] == ["small", "device", "large"]
    assert [tool for tool, _ in rank(2.6)] == ["device", "small", "large"]
    assert rank(2.5)[0] == ("device", 0.5)  # 0.75 - 0.25 is no more than 0.5, and the first wins


def test_so_many_candidates_are_shown():
    assert rank(0.0, top=1) == [("small", 0.75)]


@pytest.fixture(scope="module")
def priced_path(tmp_path_factory) -> Path:
    """The tiny router, for which coffee costs 2 and no tool nothing."""
    bundle = Router.load(Path(__file__).parents[1] / "data" / "tiny.router").bundle
    choice = replace(bundle.manifest.parts.choice, policy=PolicyNumbers(0.0, 1.0))
    rewards = RewardNumbers(
        rewards=tuple(range(0, 2**20, 2**12)),
        slopes=(1, 1, 1),
        offsets=(2**15,) * 3,
        shift=8,
        costs=(0, 2_000_000, 0),
        cost_weight=0,
    )
    parts = replace(bundle.manifest.parts, choice=choice, rewards=rewards)
    path: Path = tmp_path_factory.mktemp("priced") / "priced.router"
    write_bundle(
        path,
        manifest=replace(bundle.manifest, parts=parts),
        model=bundle.model,
        tokenizer=bundle.tokenizer,
        goldens=(),
    )
    return path


@pytest.fixture(scope="module")
def priced(priced_path) -> Router:
    return Router.load(priced_path)


def test_one_bundle_gives_the_dear_answer_or_the_cheap_one(priced):
    text = "make coffee please"
    assert priced.route(text).tool == "coffee.start"
    assert priced.route(text, cost_weight=0.0) == priced.route(text)
    dear = priced.route(text, cost_weight=5)
    assert dear.candidates[-1].tool == "coffee.start"
    assert dear.candidates[-1] in priced.route(text).candidates  # rewards stay what they are


@pytest.mark.parametrize("wrong", [-1, float("nan"), float("inf"), "1", True])
def test_a_weight_that_is_none_is_refused(priced, wrong):
    with pytest.raises(InputError, match=r"cost_weight is .*; give a number from 0 on"):
        priced.route("dim the lights", cost_weight=wrong)


def test_a_bundle_without_costs_has_nothing_to_weigh(assistant):
    with pytest.raises(InputError, match="knows of no costs"):
        assistant.route("dim the lights", cost_weight=1)


def test_what_goes_by_probabilities_of_one_right_tool_says_so(priced):
    with pytest.raises(InputError, match="rewards"):
        priced.explain("make coffee please")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rewards": []}, "one or more and never falling"),
        ({"rewards": [2, 1]}, "one or more and never falling"),
        ({"rewards": [2**20 + 1]}, "rewards"),
        ({"slopes": [1, 1, -1]}, "slopes"),
        ({"slopes": [1, 1, 2**31]}, "slopes"),
        ({"slopes": [1, 1]}, "must be one an answer"),
        ({"offsets": [0, 0, 2**61 + 1]}, "offsets"),
        ({"offsets": [0, 0, -(2**61) - 1]}, "offsets"),
        ({"offsets": [0, 0, 1.0]}, "offsets"),
        ({"offsets": [0]}, "must be one an answer"),
        ({"shift": 61}, "shift"),
        ({"costs": [0, 1]}, "must be one an answer"),
        ({"costs": [0, 1, -1]}, "costs"),
        ({"cost_weight": -1}, "cost_weight"),
        ({"cost_weight": 0.5}, "cost_weight"),
        ({"more": 1}, "more"),
    ],
)
def test_numbers_that_cannot_be_are_refused(priced, change, said):
    parts = priced.bundle.manifest.parts.to_dict()
    assert parse_parts(parts) == priced.bundle.manifest.parts
    with pytest.raises(BundleError, match=said):
        parse_parts({**parts, "rewards": {**parts["rewards"], **change}})


def test_rewards_stand_alone(priced):
    parts = priced.bundle.manifest.parts
    with pytest.raises(BundleError, match="without shortlist, scope and teaching"):
        parse_parts(replace(parts, shortlist=ShortlistNumbers(0.99, (1,))).to_dict())
    with pytest.raises(BundleError, match="rewards needs the part choice"):
        parse_parts(replace(parts, choice=None, embedding=Embedding(8)).to_dict())


def test_the_command_line_weighs_costs_too(priced_path, capsys):
    command = ["route", str(priced_path), "make coffee please"]
    assert main(command) == 0
    assert capsys.readouterr().out.startswith("coffee.start ")
    main([*command, "--cost-weight", "5"])
    assert not capsys.readouterr().out.startswith("coffee.start ")
    assert main([*command, "--cost-weight", "5", "--split"]) == 2
    assert "leave --cost-weight out" in capsys.readouterr().err


def test_inspect_tells_what_answers_cost(priced_path, capsys):
    assert main(["inspect", str(priced_path)]) == 0
    assert "costs        coffee.start 2; a cost of 1 outweighs a reward of 0\n" in (
        capsys.readouterr().out
    )
