"""A program that learns from its answers, from questions to a bundle."""

import json
import re
from pathlib import Path

import pytest
import torch

from edge_router import DataError, Router
from edge_router.errors import RecipeError, ToolError
from edge_router.verify import verify
from edge_router_export.program import Program, Schedule, SoftRouter
from edge_router_export.program.leaf import SampledTool

FEW = Schedule(epochs=1, updates=60, batch=16, tool_rate=0.05, held_out_share=0.25)
WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def read(text: str) -> float:
    return float(next(WORDS.index(word) + 1 for word in text.split() if word in WORDS))


class Scale(torch.nn.Module):
    """A multiple of the number in a text."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = torch.nn.Parameter(torch.tensor(factor))

    def forward(self, texts: list[str]) -> torch.Tensor:
        return self.factor * torch.tensor([read(text) for text in texts])


def count_letters(text: str) -> float:
    if "letters" not in text:
        raise ToolError("name a word")
    return float(len(text.split()[-1]))


def distance(got, answer):
    far = abs(got - answer)
    return far / (far + 0.5)


def is_close(got, answer):
    return got is not None and abs(got - answer) < 0.5


def make_questions() -> tuple[list[str], list[float]]:
    questions = [f"how much is twice {word}" for word in WORDS]
    questions += [f"please double {word}" for word in WORDS]
    answers = [2.0 * read(question) for question in questions]
    spelt = [f"how many letters are in {word}" for word in WORDS]
    spelt += [f"count the letters of {word}" for word in WORDS]
    return questions + spelt, answers + [count_letters(question) for question in spelt]


QUESTIONS, ANSWERS = make_questions()


def make_program(**options) -> Program:
    router = SoftRouter.from_tools(["letters", "twice"])
    return Program(router, {"letters": count_letters, "twice": Scale(1.7)}, **options)


def fit(program: Program, schedule: Schedule = FEW, **options):
    return program.fit(QUESTIONS, ANSWERS, loss=distance, schedule=schedule, **options)


@pytest.fixture(scope="module")
def fitted():
    program = make_program(cost={"letters": 0.02})
    return program, fit(program, is_right=is_close)


def test_nobody_says_which_tool_is_right_and_the_right_ones_are_learnt(fitted):
    program, _ = fitted
    marks = program.mark(QUESTIONS, ANSWERS, is_right=is_close)
    assert [answer.path[0] for answer in marks.answers] == ["twice"] * 20 + ["letters"] * 20
    assert marks.right_share == 1.0
    assert marks.mean_cost == pytest.approx(0.01)
    # the module was wrong at first, and learnt from the answers, too
    assert program.branches[1].module.factor.item() == pytest.approx(2.0, abs=0.05)


def test_a_fit_says_what_it_called(fitted):
    program, learnt = fitted
    assert (learnt.questions, learnt.held_out) == (30, 10)
    # for questions on which it can say nothing, too, but for each once at most
    assert 10 <= learnt.calls["letters"] <= 30
    assert learnt.calls["letters"] + learnt.label_calls["letters"] <= program.branches[0].calls


def test_a_held_out_question_has_the_cheapest_tool_that_is_right(fitted):
    program, learnt = fitted
    held_out = program.router.held_out
    assert len(held_out) == 10
    assert all(e.tool == ("letters" if "letters" in e.text else "twice") for e in held_out)
    assert learnt.unanswered == 0
    # 'twice' is free and asked first: 'letters' only where that was wrong
    assert learnt.label_calls["letters"] <= sum(e.tool == "letters" for e in held_out)


def test_the_bundle_decides_as_the_program_does(fitted, tmp_path: Path):
    program, learnt = fitted
    made = program.router.export(tmp_path / "home.router")
    router = Router.load(made.bundle_path)
    assert verify(router) == ()
    best = [router.route(question).candidates[0].tool for question in QUESTIONS]
    assert best == program.router.choose(QUESTIONS)
    said = router.bundle.manifest.metrics["program"]
    assert said == json.loads(json.dumps(learnt.to_dict()))
    assert said["learnt_from"] == "the program's answers"
    assert router.bundle.manifest.training["recipe"]["batch"] == 16
    assert made.report_path.exists()


def test_a_bundle_goes_on_learning_from_where_it_stood(fitted, tmp_path: Path):
    program, _ = fitted
    path = program.router.export(tmp_path / "home.router").bundle_path
    again = SoftRouter.from_bundle(path)
    assert again.names == ("letters", "twice")
    assert again.choose(QUESTIONS) == program.router.choose(QUESTIONS)
    # as sure as the bundle's own calibration makes it
    text = QUESTIONS[0]
    sure = Router.load(path).route(text).candidates[0].confidence
    assert again.rank([text]).softmax(1).max().item() == pytest.approx(sure, abs=0.01)
    more = Program(again, {"letters": count_letters, "twice": Scale(2.0)})
    fit(more, Schedule(epochs=1, updates=4, batch=16))
    assert more.router.export(tmp_path / "more.router").bundle_path.exists()


def test_the_whole_prints_as_one_table(fitted):
    program, _ = fitted
    outer = Program(
        SoftRouter.from_tools(["home", "llm"]),
        {"home": program, "llm": lambda text: 0.0},
        cost={"llm": 1.0},
        before=str.lower,
    )
    lines = [re.sub(r"\s+", " ", line) for line in str(outer).splitlines()]
    calls = program.branches[0].calls
    assert lines == [
        "tool kind cost parameters calls",
        "before function 0",
        f"router of 2 tools gradient {count(outer.router)}",
        "- home program 0",
        f" router of 2 tools gradient {count(program.router)}",
        f" - letters sampled 0.02 {calls}",
        " - twice gradient 0 1",
        "- llm sampled 1 0",
    ]


def count(module: torch.nn.Module) -> str:
    return f"{sum(p.numel() for p in module.parameters()):,}"


def test_the_same_seed_gives_the_same_program():
    short = Schedule(epochs=1, updates=6, batch=16)
    one, other, third = make_program(), make_program(), make_program()
    fit(one, short)
    fit(other, short)
    fit(third, Schedule(epochs=1, updates=6, batch=16, seed=2))
    assert torch.equal(one.router.student.head, other.router.student.head)
    assert not torch.equal(one.router.student.head, third.router.student.head)


class StopError(Exception):
    pass


def stop_at(update: int):
    def stop(_step: str, done: int, _total: int) -> None:
        if done == update:
            raise StopError

    return stop


def test_a_stopped_fit_goes_on_and_pays_for_no_call_of_a_whole_pass_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("edge_router_export.steps.SAVED_UPDATES", 2)
    short = Schedule(epochs=6, updates=0, batch=16)
    whole = make_program()
    learnt = fit(whole, short)
    with pytest.raises(StopError):
        fit(make_program(), short, work_dir=tmp_path, progress=stop_at(9))
    again, seen = make_program(), []
    resumed = fit(
        again, short, work_dir=tmp_path, progress=lambda _step, done, _total: seen.append(done)
    )
    assert seen[0] == 9
    assert torch.equal(whole.router.student.head, again.router.student.head)
    assert resumed == learnt
    # finished: nothing is learnt and nothing called a second time
    finished, asked = make_program(), []
    tool = finished.branches[0]
    tool.function = asked.append
    assert fit(finished, short, work_dir=tmp_path, progress=stop_at(1)) == learnt
    assert asked == []


def test_two_hops_learn_from_the_last_answer_alone(tmp_path: Path):
    inner = make_program()
    outer = Program(
        SoftRouter.from_tools(["numbers", "greeting"]),
        {"numbers": inner, "greeting": lambda text: 0.0 if "good" in text else 99.0},
    )
    hellos = [f"good {time} my {friend}" for time in ("day", "night") for friend in WORDS]
    outer.fit(
        QUESTIONS + hellos,
        ANSWERS + [0.0] * len(hellos),
        loss=distance,
        schedule=Schedule(epochs=1, updates=80, batch=16, held_out_share=0.2),
    )
    paths = [answer.path for answer in outer.answer(QUESTIONS + hellos)]
    wanted = [("numbers", "twice")] * 20 + [("numbers", "letters")] * 20 + [("greeting",)] * 20
    assert sum(got == right for got, right in zip(paths, wanted, strict=True)) >= 56
    outer.router.export(tmp_path / "first.router")
    inner.router.export(tmp_path / "numbers.router")
    chain = Router.load(tmp_path / "first.router").chain(
        {"numbers": Router.load(tmp_path / "numbers.router")}
    )
    assert chain is not None


def test_tools_get_inputs_where_there_are_some():
    router = SoftRouter.from_tools(["twice", "same"])

    class Twice(torch.nn.Module):
        def forward(self, rows):
            return torch.tensor([2.0 * row[0] for row in rows])

    program = Program(router, {"twice": Twice(), "same": lambda row: row[0]})
    (answer,) = program.answer(["how much"], [(4.0, "euro")])
    assert answer.value == (8.0 if answer.path == ("twice",) else 4.0)
    with pytest.raises(DataError, match="1 questions and 2 inputs; give one for each"):
        program.answer(["how much"], [(4.0,), (5.0,)])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"tools": {"twice": Scale(2.0)}},
            "the router knows 'letters', which is none of the tools",
        ),
        (
            {"tools": {"letters": 3, "twice": Scale(2.0)}},
            "the tool 'letters' is no module, function or program",
        ),
        ({"cost": {"llm": 1.0}}, "the router does not know 'llm'; its tools are letters, twice"),
        ({"cost": {"twice": -1.0}}, "the cost of 'twice' is -1.0; give a number from 0 on"),
        ({"fresh": ["llm"]}, "the router does not know 'llm'"),
    ],
)
def test_a_program_that_cannot_be_says_why(given_router, options, message):
    tools = {"letters": count_letters, "twice": Scale(2.0)}
    with pytest.raises(DataError, match=message):
        Program(given_router({"letters": 0.0, "twice": 0.0}), **{"tools": tools, **options})


def test_what_cannot_be_learnt_from_is_refused_before_any_call():
    program = make_program()
    with pytest.raises(DataError, match="40 questions and 39 answers; give one for each"):
        program.fit(QUESTIONS, ANSWERS[1:], loss=distance)
    with pytest.raises(DataError, match="give one str for each question"):
        program.fit("how much", ANSWERS, loss=distance)
    with pytest.raises(DataError, match="9 questions are too few to learn from; give 10 or more"):
        program.fit(QUESTIONS[:9], ANSWERS[:9], loss=distance)
    with pytest.raises(DataError, match="worded alike"):
        program.fit(["how much"] * 10, [0.0] * 10, loss=distance)
    with pytest.raises(DataError, match="has learnt nothing to ship"):
        program.router.export("home.router")
    assert program.branches[0].calls == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"temperature": 0.5}, "temperature is 0.5; give a value from 1.0 to 1000.0"),
        ({"batch": 1}, "batch is 1; give a value from 2"),
        ({"mix": "both"}, "mix is 'both'; give 'losses' or 'predictions'"),
    ],
)
def test_a_schedule_that_makes_no_sense_says_why(options, message):
    with pytest.raises(RecipeError, match=message):
        Schedule(**options)


def test_choices_harden_while_a_program_learns():
    schedule = Schedule(temperature=4.0, spread=0.2, explore=0.1, hard_share=0.25)
    first, middle, last = (schedule.mood(done, 100) for done in (0, 60, 75))
    assert (first.temperature, first.spread, first.explore) == (4.0, 0.2, 0.1)
    assert 1.0 < middle.temperature < 4.0
    assert not middle.is_hard
    assert (last.temperature, last.spread, last.explore, last.is_hard) == (1.0, 0.0, 0.0, True)


def test_a_router_that_was_given_descriptions_starts_by_them():
    def dim_lights(level: int) -> None:
        """Makes the lights in a room darker or brighter."""

    def play_music(artist: str) -> None:
        """Plays songs by an artist."""

    router = SoftRouter.from_tools([dim_lights, play_music])
    texts = ["turn down the lamp in the bedroom", "put on some jazz songs"]
    assert router.choose(texts) == ["dim_lights", "play_music"]


def test_tools_that_cannot_be_chosen_from_are_refused(tmp_path: Path):
    with pytest.raises(DataError, match="two tools or more, not from 1"):
        SoftRouter.from_tools(["alone"])
    with pytest.raises(DataError, match="cannot name a tool"):
        SoftRouter.from_tools([" spaced ", "other"])
    base = Path(__import__("edge_router").__file__).with_name("base.router")
    with pytest.raises(DataError, match="knows no tools yet; use SoftRouter"):
        SoftRouter.from_bundle(base)


def test_what_a_function_answers_must_be_plain_and_what_it_is_asked_must_be_told_apart():
    tool = SampledTool("odd", lambda given: object())
    with pytest.raises(DataError, match="'odd' answered with a object; give a number, a text"):
        tool.answer(questions(["a"]))
    with pytest.raises(DataError, match="cannot be told from others"):
        tool.answer(questions(["a"], [["a", "list"]]))


def questions(texts, inputs=None):
    from edge_router_export.program.questions import make_questions

    return make_questions(texts, inputs)
