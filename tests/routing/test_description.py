import numpy as np
import pytest

from edge_router import Router
from edge_router.routing.description import describe, list_stems, to_words
from edge_router.tool import Tool


@pytest.fixture(scope="module")
def reader():
    return Router.base()._reader


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("lights.dim", "lights dim"),
        ("lights_dim", "lights dim"),
        ("lightsDim", "lights Dim"),
        ("getHTTPStatus", "get HTTP Status"),
        ("coffee", "coffee"),
        ("set-alarm 2", "set alarm 2"),
        ("café.öffnen", "café öffnen"),
        ("???", "???"),
    ],
)
def test_a_name_is_read_as_its_words(name: str, words: str):
    assert to_words(name) == words


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def test_a_description_lies_close_to_what_asks_for_it(reader):
    alarm = describe(Tool("alarm.set", "Sets an alarm at a time"), reader)
    lights = describe(Tool("lights.dim", "Turns the lights of a room down"), reader)
    asked = reader.direction("please wake me with an alarm at seven")
    assert cosine(alarm, asked) > cosine(lights, asked) + 0.2


def test_a_name_alone_is_a_description(reader):
    assert np.array_equal(describe(Tool("dim lights"), reader), reader.direction("dim lights"))


def test_the_name_counts_beside_the_description(reader):
    described = describe(Tool("zebra", "Turns the lights down"), reader)
    alone = reader.direction("zebra: Turns the lights down")
    zebra = reader.direction("zebra")
    assert cosine(described, zebra) > cosine(alone, zebra)


def test_words_are_those_of_name_description_and_parameters(reader):
    parameters = {"properties": {"bedTime": {"description": "when to sleep"}, "x": 1}}
    stems = list_stems(Tool("alarm.set", "Wakes you", parameters), reader)
    assert stems == reader.stems("alarm set wakes you bed time when to sleep x")


def test_parameters_that_are_no_properties_have_no_words(reader):
    for parameters in ({}, {"properties": []}, {"type": "string"}):
        assert list_stems(Tool("tea", "", parameters), reader) == reader.stems("tea")
