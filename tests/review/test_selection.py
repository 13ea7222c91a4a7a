import pytest
from review_fakes import FakeRouter, make_record

from edge_router import Router
from edge_router.review.heard import Heard, group_heard
from edge_router.review.item import Item, Why
from edge_router.review.selection import select_items
from edge_router.taught import Taught


def select(heard: list[Heard], router, *, taught: Taught | None = None, most: int = 9):
    return select_items(heard, router, taught=taught or Taught(), most=most)


def shown(items: list[Item]) -> list[tuple[Why, str]]:
    return [(item.why, item.heard[0].text) for item in items]


def test_what_is_sure_and_as_it_was_is_not_shown():
    heard = group_heard([make_record(1, "dim it", "dim"), make_record(2, "sing")])
    router = FakeRouter({"dim it": [("dim", 0.9)], "sing": [(None, 0.9), ("dim", 0.1)]})
    assert select(heard, router) == []


def test_the_nearest_to_the_threshold_comes_first_decided_or_not():
    heard = group_heard([make_record(n, t) for n, t in enumerate(["a", "b", "c", "d"])])
    router = FakeRouter(
        {
            "a": [("dim", 0.35), ("tea", 0.3)],
            "b": [(None, 0.52), ("tea", 0.48)],
            "c": [("dim", 0.29)],  # 0.21 from the threshold
            "d": [("ring", 0.41), ("dim", 0.4), ("tea", 0.1)],
        }
    )
    items = select(heard, router)
    assert shown(items) == [(Why.UNSURE, "b"), (Why.UNSURE, "d"), (Why.UNSURE, "a")]
    assert (items[0].proposal, items[0].choices) == (None, ("tea",))
    assert (items[1].proposal, items[1].choices) == ("ring", ("ring", "dim", "tea"))


def test_what_the_language_model_chose_is_disputed_until_the_router_decides_so():
    heard = group_heard(
        [
            make_record(1, "agreed", tool="tea"),
            make_record(2, "only surer", tool="dim"),
            make_record(3, "another", tool="bath"),
        ]
    )
    router = FakeRouter(
        {
            "agreed": [("tea", 0.9)],
            "only surer": [("dim", 0.2)],
            "another": [("dim", 0.9), ("tea", 0.05)],
        }
    )
    items = select(heard, router)
    assert shown(items) == [(Why.LANGUAGE_MODEL, "another"), (Why.LANGUAGE_MODEL, "only surer")]
    assert (items[0].proposal, items[0].choices) == ("bath", ("dim", "tea", "bath"))
    assert (items[0].decided, items[1].decided) == ("dim", None)


def test_what_is_decided_otherwise_now_comes_by_how_often_it_was_heard():
    records = [make_record(n, t, "dim") for n, t in enumerate(["once", "twice", "twice", "same"])]
    router = FakeRouter({"once": [("tea", 0.9)], "twice": [("dim", 0.1)], "same": [("dim", 0.9)]})
    items = select(group_heard(records), router)
    assert shown(items) == [(Why.CHANGED, "twice"), (Why.CHANGED, "once")]
    assert [(i.proposal, i.choices) for i in items] == [("dim", ("dim",)), ("tea", ("tea", "dim"))]


def test_what_another_routers_tools_decided_is_taken_as_it_was_recorded():
    heard = group_heard(
        [
            make_record(1, "unsure", candidate="bath", confidence=0.45),
            make_record(2, "sure", "bath"),
            make_record(3, "none", candidate=None, confidence=0.5),
        ]
    )
    unasked = FakeRouter({"none": [(None, 0.9)]})
    [item] = select(heard, unasked)
    assert unasked.asked == ["none"]
    assert (item.why, item.heard[0].text, item.choices) == (Why.UNSURE, "unsure", ("bath",))
    assert shown(select(heard, FakeRouter(names=()))) == [(Why.UNSURE, "unsure")]


def test_what_the_taught_file_speaks_of_was_answered():
    heard = group_heard([make_record(1, "Dim  it"), make_record(2, "no more")])
    router = FakeRouter({"Dim  it": [("dim", 0.45)], "no more": [("dim", 0.45)]})
    taught = Taught().correct("dim it", tool="tea").correct("no more", tool=None)
    assert select(heard, router, taught=taught) == []


@pytest.fixture(scope="module")
def home() -> Router:
    return Router.base().teach("lights.dim", ["dim the lights", "turn the lights down"])


RAIN = ["will it rain tomorrow", "does it rain tomorrow", "is it raining tomorrow"]


def test_a_cluster_is_one_item_and_the_kinds_come_in_turn(home: Router):
    texts = [*RAIN, "lamp", "lower", "the ceiling"]
    records = [make_record(n, t, candidate="lights.dim") for n, t in enumerate(texts)]
    for number, text in enumerate(["set the mood", "good evening"], 10):
        records.append(make_record(number, text, tool="scene", candidate="lights.dim"))
    items = select(group_heard(records), home)
    whys = [item.why for item in items]
    assert whys[:2] == [Why.CLUSTER, Why.LANGUAGE_MODEL]
    assert sorted(each.text for each in items[0].heard) == sorted(RAIN)
    assert (items[0].size, items[0].proposal, items[0].choices) == (3, None, ("lights.dim",))
    assert whys.count(Why.LANGUAGE_MODEL) == 2
    everything = [each.text for item in items for each in item.heard]
    assert len(everything) == len(set(everything))
    assert select(group_heard(records), home, most=2) == items[:2]


def test_of_a_large_cluster_so_many_are_shown_as_can_be_read(home: Router):
    texts = [f"will it rain {day}" for day in ("now", "soon", "today", "tonight", "tomorrow")]
    texts += [f"is it going to rain {day}" for day in ("now", "soon", "today", "tonight", "later")]
    records = [make_record(n, t, candidate="lights.dim") for n, t in enumerate(texts)]
    [item] = [i for i in select(group_heard(records), home) if i.why is Why.CLUSTER]
    assert item.size == 10
    assert len(item.heard) == 8


def test_texts_of_which_the_model_said_something_are_in_no_cluster(home: Router):
    records = [make_record(n, t, tool="weather", candidate=None) for n, t in enumerate(RAIN)]
    assert {item.why for item in select(group_heard(records), home)} == {Why.LANGUAGE_MODEL}


def test_the_same_is_selected_every_time(home: Router):
    texts = [*RAIN, "where is my parcel", "track my parcel", "has my parcel come", "lamp"]
    heard = group_heard([make_record(n, t, candidate=None) for n, t in enumerate(texts)])
    first = select(heard, home)
    assert [i.to_dict() for i in select(heard, home)] == [i.to_dict() for i in first]
    assert [item.size for item in first if item.why is Why.CLUSTER] == [3, 3]
