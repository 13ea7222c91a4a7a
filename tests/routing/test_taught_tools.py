import numpy as np
import pytest

from edge_router.bundle import Anchor, PolicyNumbers, Teaching
from edge_router.routing.embedding import COSINE, to_direction
from edge_router.routing.taught_tools import TaughtTools, _say_most, rest_logit
from edge_router.tool import Tool

PLACES = {
    "north": (0, 10),
    "north by east": (3, 10),
    "east": (10, 0),
    "east by north": (10, 3),
    "north east": (10, 10),
    "south": (0, -10),
    "[UNK] a": (0, 10),
    "[UNK] b": (10, 0),
}


class Reader:
    """Two words' compass in place of a tokenizer and a model."""

    def direction(self, text: str):
        return to_direction(np.array(PLACES[text], np.int32)) if text in PLACES else None

    def tokens(self, text: str) -> tuple[int, ...]:
        return (1,) if text.startswith("[UNK]") else tuple(text.encode())


def teach(examples: dict[str, str | None], **numbers) -> TaughtTools:
    teaching = Teaching(
        **{"halving": COSINE // 8, "rest": (COSINE // 2,), "policy": PolicyNumbers(0.5, 0.9)}
        | numbers
    )
    tools = [Tool(name) for name in sorted({n for n in examples.values() if n})]
    return TaughtTools(tools, list(examples.items()), reader=Reader(), teaching=teaching)


def rank(taught: TaughtTools, text: str, **options):
    place = np.array(PLACES[text], np.int32)
    return taught.rank(Reader().tokens(text), place, **options)


def best(taught: TaughtTools, text: str) -> str | None:
    return rank(taught, text)[0].tool


def test_a_text_goes_to_the_tool_it_is_close_to_or_to_none():
    taught = teach({"north": "up", "east": "right"})
    assert best(taught, "north by east") == "up"
    assert best(taught, "east by north") == "right"
    assert best(taught, "south") is None


def test_a_text_that_was_taught_word_for_word_is_answered_so():
    taught = teach({"north": "up", "north by east": "right", "east": "up"})
    found = rank(taught, "north by east")
    assert (found[0].tool, found[0].confidence > 127 / 128) == ("right", True)
    assert best(teach({"north": "up", "north by east": None}), "north by east") is None


def test_texts_of_two_tools_that_read_the_same_are_decided_by_what_they_mean():
    for examples in ({"[UNK] a": "up", "[UNK] b": "right"}, {"[UNK] b": "right", "[UNK] a": "up"}):
        taught = teach(examples)
        assert best(taught, "[UNK] a") == "up"
        assert best(taught, "[UNK] b") == "right"


def test_a_text_that_fits_no_tool_keeps_its_likes_away():
    alone = teach({"north": "up"})
    taught = teach({"north": "up", "north by east": None})
    assert (
        alone.logits((), np.array([4, 9], np.int32))[1][0]
        > (taught.logits((), np.array([4, 9], np.int32))[1][0])
    )


def test_only_texts_that_fit_no_tool_are_no_tool():
    assert [c.tool for c in rank(teach({"north": None}), "east")] == [None]


def test_what_is_closer_to_an_anchor_belongs_to_the_trained_tools():
    anchors = (Anchor("north east", "diagonal"),)
    free, bound = teach({"north": "up"}), teach({"north": "up"}, anchors=anchors)
    asked = np.array([8, 10], np.int32)
    assert free.rank((), asked)[0].tool == "up"
    assert bound.rank((), asked)[0].tool is None
    assert best(bound, "north") == "up"


def test_a_margin_favours_the_trained_tools():
    anchors = (Anchor("north east", "diagonal"),)
    shares = [
        teach({"north": "up"}, anchors=anchors, margin=margin).rank((), np.array([4, 10]))[0]
        for margin in (0, COSINE // 2)
    ]
    assert shares[0].tool == "up"
    assert shares[1].tool is None


def test_a_trained_tool_that_is_taught_more_needs_no_anchor():
    anchors = (Anchor("north", "up"),)
    taught = teach({"north by east": "up"}, anchors=anchors, margin=COSINE)
    assert best(taught, "north") == "up"


def test_the_logit_of_the_rest_lies_on_lines_between_1_2_4_and_8_tools():
    rest = (100, 200, 400)
    assert [rest_logit(rest, n) for n in (1, 2, 3, 4, 5, 1000)] == [100, 200, 300, 400, 400, 400]


def test_as_many_candidates_as_asked_for():
    taught = teach({"north": "a", "east": "b", "north east": "c"})
    assert [len(rank(taught, "south", top=n)) for n in (1, 2, 4, 9)] == [1, 2, 4, 4]
    assert len(rank(taught, "south")) == 4


def test_a_shortlist_of_many_tools_gives_the_best_as_all_of_them_do(monkeypatch):
    source = np.random.default_rng(0)
    places = {str(i): source.integers(-500, 500, 64) for i in range(2000)}
    monkeypatch.setattr(f"{__name__}.PLACES", places)
    taught = teach({text: text for text in places})
    monkeypatch.setattr("edge_router.routing.taught_tools.MANY", 10_000)
    whole = teach({text: text for text in places})
    for text in list(places)[::100]:
        asked = (places[text] + source.integers(-100, 100, 64)).astype(np.int32)
        assert taught.logits((), asked)[0] is not None
        assert taught.rank((), asked)[0].tool == whole.rank((), asked)[0].tool == text


@pytest.mark.parametrize("tools", [1, 3])
def test_names_and_examples_may_come_in_any_order(tools: int):
    texts = ["north", "east", "south"][:tools]
    taught = teach({text: text for text in texts})
    other = teach({text: text for text in reversed(texts)})
    for place in ((3, 4), (-5, 1), (9, -9)):
        asked = np.array(place, np.int32)
        assert taught.rank((), asked) == other.rank((), asked)


def test_the_descriptions_that_say_most_are_on_the_shortlist_however_many_say_the_same():
    said = np.zeros(3000)
    assert not _say_most(said).any()
    said[:150] = 500.0
    assert np.flatnonzero(_say_most(said)).tolist() == list(range(150))
    said[200:250] = 1000.0
    assert np.flatnonzero(_say_most(said)).tolist() == list(range(200, 250))
    said[300:340] = 700.0
    found = np.flatnonzero(_say_most(said)).tolist()
    assert found == [*range(200, 250), *range(300, 340)]
