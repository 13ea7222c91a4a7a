"""The tools a model sees, and the calls it may make."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_router.errors import RemoteMalformedError
from edge_router.remote.completion import Call
from edge_router.remote.menu import SHOW_ALL, make_menus
from edge_router.tool import Tool

DIM = Tool(
    "lights.dim",
    "Dims the lights.",
    {"type": "object", "properties": {"level": {"type": "integer"}}, "required": ["level"]},
)
MANY = [DIM, *(Tool(f"tool.{i}") for i in range(20))]


def test_a_tool_is_shown_as_a_function():
    short, _ = make_menus([DIM], ["lights.dim"])
    assert short.schemas() == [
        {
            "type": "function",
            "function": {
                "name": "lights_dim",
                "description": "Dims the lights.",
                "parameters": {
                    "type": "object",
                    "properties": {"level": {"type": "integer"}},
                    "required": ["level"],
                },
            },
        }
    ]


def test_a_tool_without_parameters_takes_an_empty_object():
    short, _ = make_menus([Tool("a")], [])
    assert short.schemas()[0]["function"]["parameters"] == {"type": "object", "properties": {}}
    assert short.read_call(Call("a", {})) == Call("a", {})


def test_a_shortlist_has_a_way_out_and_the_full_list_has_none():
    short, full = make_menus(MANY, ["tool.3", "lights.dim"])
    assert [s["function"]["name"] for s in short.schemas()] == ["tool_3", "lights_dim", SHOW_ALL]
    assert len(full.schemas()) == 21
    assert full.names[:3] == ("tool.3", "lights.dim", "tool.0")
    assert short.wants_all([Call("tool_3", {}), Call(SHOW_ALL, {})])
    assert not full.wants_all([Call(SHOW_ALL, {})])


def test_a_shortlist_holds_eight_at_most():
    short, _ = make_menus(MANY, [f"tool.{i}" for i in range(12)])
    assert short.names == tuple(f"tool.{i}" for i in range(8))


def test_eight_tools_or_less_are_all_shown_the_best_first():
    short, full = make_menus(MANY[:8], ["tool.2"])
    assert short is full
    assert short.names[:2] == ("tool.2", "lights.dim")
    assert len(short.names) == 8


def test_without_a_shortlist_all_are_shown():
    short, full = make_menus(MANY, ["unknown"])
    assert short is full
    assert len(full.names) == 21


def test_no_more_are_shown_than_an_api_accepts():
    _, full = make_menus([Tool(f"t{i}") for i in range(500)], ["t400"])
    assert len(full.names) == 128
    assert full.names[:2] == ("t400", "t0")


def test_a_long_description_is_cut():
    short, _ = make_menus([Tool("a", "x" * 5_000)], [])
    assert short.schemas()[0]["function"]["description"] == "x" * 1_000


NAMES = st.lists(
    st.sampled_from(
        ["a.b", "a_b", "a b", "a-b", "é", "è", "_", "x" * 70, "x" * 64, "x" * 65, SHOW_ALL, "a_b_2"]
    )
    | st.text(min_size=1, max_size=70),
    unique=True,
)


@settings(deadline=None)
@given(NAMES)
def test_names_on_the_wire_are_fit_and_lead_back_to_one_tool(names):
    _, full = make_menus([Tool(name) for name in names], [])
    shown = [schema["function"]["name"] for schema in full.schemas()]
    assert len(set(shown)) == len(names)
    assert SHOW_ALL not in shown
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name) for name in shown)
    assert [full.read_call(Call(name, {})).tool for name in shown] == names


@pytest.mark.parametrize("name", ["lights.dim", "lights_off", SHOW_ALL, ""])
def test_a_call_of_what_was_not_offered_is_refused(name):
    _, full = make_menus([DIM], [])
    with pytest.raises(RemoteMalformedError, match="not offered"):
        full.read_call(Call(name, {"level": 1}))


@pytest.mark.parametrize("arguments", [{"level": "low"}, {"level": True}])
def test_a_call_that_does_not_fit_the_schema_is_refused(arguments):
    _, full = make_menus([DIM], [])
    with pytest.raises(RemoteMalformedError, match=r"lights\.dim.*do not fit"):
        full.read_call(Call("lights_dim", arguments))


def test_a_call_that_fits_comes_back_under_the_tools_own_name():
    _, full = make_menus([DIM], [])
    assert full.read_call(Call("lights_dim", {"level": 3})) == Call("lights.dim", {"level": 3})
