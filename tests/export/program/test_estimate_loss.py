"""The gradient of a program's expected loss, against what it is by hand."""

import pytest
import torch

from edge_router.errors import DataError
from edge_router_export.program import Program
from edge_router_export.program.estimate_loss import estimate_loss, harden
from edge_router_export.program.objective import Objective
from edge_router_export.program.questions import make_questions
from edge_router_export.program.schedule import Mood

MOOD = Mood(temperature=1.0, spread=0.0, explore=0.0, thrift=0.0, is_hard=False)


def squared(got, answer):
    return (got - answer) ** 2


def ask(count: int):
    return make_questions([f"question {i}" for i in range(count)], None, [0.0] * count)


def gradient(program, mood=MOOD, count=4, **objective):
    """Of the mean over the questions, for the program's first router."""
    program.zero_grad()
    estimate = estimate_loss(program, ask(count), Objective(squared, **objective), mood)
    estimate.surrogate.mean().backward()
    return program.router.logits.grad.clone(), estimate


def expected(program, losses):
    """The gradient of ``sum p l`` by hand."""
    logits = program.router.logits.detach().clone().requires_grad_()
    (logits.softmax(0) * torch.tensor(losses)).sum().backward()
    return logits.grad


def test_the_gradient_of_modules_is_that_of_their_expected_loss(given_router, says):
    program = Program(given_router({"a": 0.3, "b": -0.2}), {"a": says(1.0), "b": says(3.0)})
    found, estimate = gradient(program)
    torch.testing.assert_close(found, expected(program, [1.0, 9.0]))
    shares = torch.tensor([0.3, -0.2]).softmax(0)
    torch.testing.assert_close(estimate.value, (shares @ torch.tensor([1.0, 9.0])).expand(4))
    # of its own parameter: its share times the slope of its loss
    torch.testing.assert_close(program.branches[1].module.number.grad, shares[1] * 6.0)


def test_a_cost_is_part_of_the_loss(given_router, says):
    tools = {"a": says(1.0), "b": says(1.0)}
    program = Program(given_router({"a": 0.0, "b": 0.0}), tools, cost={"b": 3.0})
    found, _ = gradient(program, cost_weight=0.5)
    torch.testing.assert_close(found, expected(program, [1.0, 2.5]))


@pytest.mark.parametrize("thrift", [0.0, 4.0])
def test_the_mean_gradient_of_functions_is_that_of_their_expected_loss(given_router, says, thrift):
    torch.manual_seed(0)
    program = Program(
        given_router({"a": 0.5, "b": 0.0, "c": -0.5}),
        {"a": lambda _: 1.0, "b": says(2.0), "c": lambda _: 3.0},
        fresh=["a", "c"],
        cost={"c": 1.0},
    )
    mood = Mood(temperature=1.0, spread=0.0, explore=0.2, thrift=thrift, is_hard=False)
    draws = torch.stack([gradient(program, mood, count=64)[0] for _ in range(100)])
    wanted = expected(program, [1.0, 4.0, 10.0])
    error = draws.std(0) / 10
    assert ((draws.mean(0) - wanted).abs() < 4 * error).all()
    assert error.max() < 0.1 * wanted.abs().max()


def test_a_baseline_of_the_others_makes_the_gradient_vary_less(given_router):
    torch.manual_seed(0)
    tools = {"a": lambda _: 10.0, "b": lambda _: 10.5}
    program = Program(given_router({"a": 0.0, "b": 0.0}), tools, fresh=["a", "b"])
    alone = torch.stack([gradient(program, count=1)[0] for _ in range(200)])  # has no others
    beside = torch.stack([gradient(program, count=2)[0] for _ in range(200)])
    assert beside.std() < 0.2 * alone.std()


def test_a_function_is_called_for_what_it_was_drawn_for_and_never_twice(given_router):
    asked = []

    def remember(text):
        asked.append(text)
        return 1.0

    torch.manual_seed(0)
    program = Program(given_router({"a": 0.0, "b": 0.0}), {"a": remember, "b": lambda _: 0.0})
    gradient(program, count=40)
    assert 8 < len(asked) < 32
    for _ in range(20):
        gradient(program, count=40)
    assert sorted(asked) == sorted({f"question {i}" for i in range(40)})
    found, estimate = gradient(program, count=40)  # all is known now: nothing is left to chance
    torch.testing.assert_close(found, expected(program, [1.0, 0.0]))
    assert estimate.value.std() == 0


def test_a_fresh_function_is_asked_each_time(given_router):
    program = Program(
        given_router({"a": 9.0, "b": -9.0}), {"a": lambda _: 1.0, "b": lambda _: 0.0}, fresh=["a"]
    )
    gradient(program, count=5)
    gradient(program, count=5)
    assert program.branches[0].calls == 10


def test_hard_choices_teach_only_the_best_module_and_pass_the_soft_gradient(given_router, says):
    mood = Mood(temperature=1.0, spread=0.0, explore=0.0, thrift=0.0, is_hard=True)
    program = Program(given_router({"a": 0.3, "b": -0.2}), {"a": says(1.0), "b": says(3.0)})
    found, estimate = gradient(program, mood)
    torch.testing.assert_close(found, expected(program, [1.0, 9.0]))
    assert estimate.value.tolist() == [1.0] * 4
    assert program.branches[0].module.number.grad == 2.0
    assert program.branches[1].module.number.grad == 0.0
    assert harden(torch.tensor([[0.2, 0.5, 0.3]])).tolist() == [[0.0, 1.0, 0.0]]


def test_what_modules_say_can_be_mixed_in_place_of_their_losses(given_router, says):
    mood = Mood(1.0, spread=0.0, explore=0.0, thrift=0.0, is_hard=False, mix="predictions")
    program = Program(given_router({"a": 0.0, "b": 0.0}), {"a": says(1.0), "b": says(3.0)})
    found, estimate = gradient(program, mood)
    assert estimate.value.tolist() == [4.0] * 4  # of the mean prediction, 2
    torch.testing.assert_close(found, torch.tensor([-2.0, 2.0]))  # 2 * 2 * (p of b) * (1 - p) * 2


def test_predictions_of_other_shapes_are_not_mixed(given_router):
    class Pair(torch.nn.Module):
        def forward(self, inputs):
            return torch.zeros(len(inputs), 2)

    class One(torch.nn.Module):
        def forward(self, inputs):
            return torch.zeros(len(inputs))

    mood = Mood(1.0, spread=0.0, explore=0.0, thrift=0.0, is_hard=False, mix="predictions")
    program = Program(given_router({"a": 0.0, "b": 0.0}), {"a": Pair(), "b": One()})
    with pytest.raises(DataError, match=r"not tensors of one shape.*mix='losses'"):
        gradient(program, mood)


def test_spread_pulls_unlike_shares_together(given_router, says):
    mood = Mood(1.0, spread=0.5, explore=0.0, thrift=0.0, is_hard=False)
    program = Program(given_router({"a": 1.0, "b": 0.0}), {"a": says(2.0), "b": says(2.0)})
    found, _ = gradient(program, mood)
    assert found[0] > 0.05  # a step against the gradient makes the larger share smaller
    assert found[1] < -0.05


@pytest.mark.parametrize("is_called", [False, True])
def test_the_gradient_reaches_the_router_of_a_second_hop(given_router, says, is_called):
    torch.manual_seed(0)
    leaf = (lambda _: 3.0) if is_called else says(3.0)
    inner = Program(
        given_router({"x": 0.4, "y": 0.0}),
        {"x": says(1.0), "y": leaf},
        fresh=["y"] if is_called else [],
    )
    outer = Program(given_router({"a": 0.1, "in": 0.0}), {"a": says(2.0), "in": inner})
    assert inner.is_sampled is is_called

    def draw():
        inner.zero_grad()
        found, _ = gradient(outer, count=64)
        return found, inner.router.logits.grad.clone()

    drawn = [draw() for _ in range(100 if is_called else 1)]
    inside = float(torch.tensor([0.4, 0.0]).softmax(0) @ torch.tensor([1.0, 9.0]))
    share = float(torch.tensor([0.1, 0.0]).softmax(0)[1])
    wanted = (expected(outer, [4.0, inside]), share * expected(inner, [1.0, 9.0]))
    for got, right in zip(zip(*drawn, strict=True), wanted, strict=True):
        torch.testing.assert_close(torch.stack(got).mean(0), right, atol=0.08, rtol=0.0)


def test_a_second_hop_reads_what_its_first_step_made_of_the_text(given_router):
    read = []

    def keep(text):
        read.append(text)
        return 0.0

    inner = Program(
        given_router({"x": 9.0, "y": -9.0}), {"x": keep, "y": lambda _: 1.0}, before=str.upper
    )
    outer = Program(given_router({"a": -9.0, "in": 9.0}), {"a": lambda _: 1.0, "in": inner})
    gradient(outer, count=2)
    assert read == ["QUESTION 0", "QUESTION 1"]
    assert [answer.path for answer in outer.answer(["question 0"])] == [("in", "x")]


def test_a_loss_that_is_no_single_number_is_refused(given_router, says):
    program = Program(given_router({"a": 0.0, "b": 0.0}), {"a": says(1.0), "b": says(3.0)})
    wide = Objective(lambda got, answer: torch.stack([got, got]))
    with pytest.raises(DataError, match=r"loss of one answer of the tool 'a' has the shape \[2\]"):
        estimate_loss(program, ask(3), wide, MOOD)
    endless = Objective(lambda got, answer: got * float("nan"))
    with pytest.raises(DataError, match="loss of the tool 'a' is nan where the right answer is 0"):
        estimate_loss(program, ask(3), endless, MOOD)
