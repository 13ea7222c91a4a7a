import pytest

from edge_router.errors import DataError
from edge_router.tool import Tool
from edge_router.tools import RunnableTool, make_registry, tool
from edge_router.tools.template import Template, say


@tool(
    name="weather.read", answer="It is {temperature} degrees.", timeout_s=5, needs_confirmation=True
)
def read_weather(city: str) -> dict[str, int]:
    """Reads the weather."""
    return {"temperature": len(city)}


@tool
async def start_coffee(cups: int = 1) -> None:
    """Starts the coffee machine."""


def dim(level: int) -> int:
    """Dims a lamp."""
    return level


def test_a_decorated_function_is_a_tool_and_can_still_be_called():
    assert read_weather.tool == Tool(
        "weather.read",
        "Reads the weather.",
        {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    )
    assert (read_weather.timeout_s, read_weather.needs_confirmation, read_weather.is_async) == (
        5,
        True,
        False,
    )
    assert (start_coffee.name, start_coffee.is_async, start_coffee.answer) == (
        "start_coffee",
        True,
        "result",
    )
    assert read_weather("Paris") == {"temperature": 5}


def test_a_registry_holds_tools_by_name_and_makes_functions_tools():
    registry = make_registry([read_weather, start_coffee, dim])
    assert list(registry) == ["weather.read", "start_coffee", "dim"]
    assert registry["dim"].call(level=3) == 3
    with pytest.raises(TypeError):
        registry["dim"] = read_weather


def test_a_tool_from_a_schema_has_a_program_of_its_own():
    bell = RunnableTool(tool=Tool("bell", "Rings."), call=lambda: "rung")
    assert make_registry([bell])["bell"]() == "rung"


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"timeout_s": 0}, "has the timeout 0; give seconds or None"),
        ({"timeout_s": float("inf")}, "has the timeout inf"),
        ({"retries": 2}, "has 2 retries; set is_idempotent=True"),
        ({"retries": -1, "is_idempotent": True}, "has -1 retries"),
        ({"answer": "{"}, "has a broken template"),
        ({"answer": "{a.b}"}, "has the gap 'a.b'"),
        ({"answer": "{a[0]}"}, r"has the gap 'a\[0\]'"),
        ({"answer": "{}"}, "has the gap ''"),
        ({"answer": "{a!r}"}, "has the gap 'a'"),
        ({"answer": "{a:{b}}"}, "has the gap 'a'"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(settings: dict, problem: str):
    with pytest.raises(DataError, match=f"^the tool 'dim': {problem}"):
        tool(**settings)(dim)


def test_what_a_registry_cannot_hold_is_refused():
    with pytest.raises(DataError, match="names the tool 'dim' twice"):
        make_registry([dim, dim])
    with pytest.raises(DataError, match="without a proper name"):
        make_registry([RunnableTool(tool=Tool(" bell"), call=dim)])
    with pytest.raises(DataError, match="the tool 'bell': has a JSON Schema whose type 3"):
        RunnableTool(tool=Tool("bell", "", {"type": 3}), call=dim)


def test_a_template_says_values_as_a_sentence_does():
    template = Template("{{{city}}}: {temperature:.1f} {unit} {other}", where="t")
    values = {"city": "Paris", "temperature": 21.04, "unit": "°C", "other": [1, None]}
    assert template.fill(values) == "{Paris}: 21.0 °C [1, null]"
    with pytest.raises(KeyError):
        template.fill({"city": "Paris"})
    assert [say(value) for value in ("a", 21.0, 21.5, True, None)] == [
        "a",
        "21",
        "21.5",
        "true",
        "null",
    ]
