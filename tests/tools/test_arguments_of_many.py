import gc
from datetime import datetime

import pytest

from edge_router.errors import DataError
from edge_router.tools.arguments import Arguments, Filled, fill
from edge_router.tools.gazetteer import Gazetteer

NOW = datetime(2026, 11, 24, 21, 0)
MINUTES = {"type": "object", "properties": {"minutes": {"type": "integer"}}}
ROOM = {"type": "object", "properties": {"room": {"type": "string"}}}


def test_the_same_arguments_as_fill_finds():
    arguments = Arguments()
    for text in ("set a timer for ten minutes", "12", "nothing"):
        assert arguments(MINUTES, text, now=NOW) == fill(MINUTES, text, now=NOW)
    assert arguments(None, "12", now=NOW) == fill(None, "12", now=NOW)


def test_each_schema_is_its_own_whatever_its_place_in_memory():
    arguments = Arguments()
    for i in range(200):
        properties = {f"p{i}": {"type": "integer"}}
        schema = {"type": "object", "properties": properties, "required": [f"p{i}"]}
        assert arguments(schema, "take 7", now=NOW).to_dict() == {f"p{i}": 7}
        del schema
        gc.collect(0)


def test_schemas_that_were_made_for_one_call_do_not_pile_up(monkeypatch):
    monkeypatch.setattr("edge_router.tools.arguments.arguments.MAX_SCHEMAS", 10)
    arguments = Arguments()
    for schema in [dict(MINUTES) for _ in range(25)]:
        assert arguments(schema, "ten minutes", now=NOW).to_dict() == {"minutes": 10}
    assert len(arguments._known[1]) <= 10


def test_known_names_may_change_at_any_time():
    arguments = Arguments(gazetteers={"room": Gazetteer(["kitchen"])})
    assert arguments(ROOM, "light in the kitchn", now=NOW).to_dict() == {"room": "kitchen"}
    arguments.replace({"room": Gazetteer(["orangery"])})
    assert arguments(ROOM, "light in the orangry", now=NOW).to_dict() == {"room": "orangery"}


def test_an_unknown_language_is_said_at_once():
    with pytest.raises(DataError, match="tlh"):
        Arguments(language="tlh")


@pytest.mark.parametrize("parameters", [None, {}, {"type": "object", "properties": {}}])
def test_a_tool_without_parameters_does_not_read_the_text(parameters, monkeypatch):
    monkeypatch.setattr("edge_router.tools.arguments.filler.read_passage", None)
    assert fill(parameters, "at six for ten minutes", now=NOW) == Filled(())
