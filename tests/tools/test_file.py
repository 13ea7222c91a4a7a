import json

import pytest

from edge_router.bundle import CalibrationTable, Choice, Manifest, Parts, PolicyNumbers
from edge_router.bundle.manifest import parse_manifest
from edge_router.errors import DataError, MissingExtraError
from edge_router.examples import Example
from edge_router.tool import Tool
from edge_router.tools.file import read_tools

YAML = """
tools:
  - name: lights.dim
    description: Dims a lamp
    parameters: {type: object, properties: {room: {type: string}}}
    examples:
      - dim the lamp
      - "no"
  - name: tea
no_tool_examples: [tell me a joke]
"""


def test_reads_tools_and_their_examples_from_yaml(write):
    tools, examples = read_tools(write("tools.yaml", YAML))
    schema = {"type": "object", "properties": {"room": {"type": "string"}}}
    assert tools == [Tool("lights.dim", "Dims a lamp", schema), Tool("tea", "", None)]
    assert examples == [
        Example("dim the lamp", "lights.dim", (), "tools.yaml (lights.dim)", 1),
        Example("no", "lights.dim", (), "tools.yaml (lights.dim)", 2),
        Example("tell me a joke", None, (), "tools.yaml (no_tool_examples)", 1),
    ]


def test_reads_a_json_list_of_tools_without_yaml(write, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "yaml", None)
    path = write("tools.json", '[{"name": "tea", "description": null, "examples": ["tea please"]}]')
    assert read_tools(path) == (
        [Tool("tea", "", None)],
        [Example("tea please", "tea", (), "tools.json (tea)", 1)],
    )
    with pytest.raises(MissingExtraError, match=r'pip install "edge-router\[export\]"'):
        read_tools(write("tools.yaml", YAML))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("tools: {}", "must be a list of tools"),
        ("7", "must be a list of tools"),
        ("", "must be a list of tools"),
        ("{tools: [], extra: 1}", "unknown key 'extra'"),
        ("- tea", "without a proper name"),
        ("- {name: 7}", "without a proper name"),
        ("- {name: 'tea '}", "without a proper name"),
        ("- {name: tea}\n- {name: tea}", "names the tool .tea. twice"),
        ("- {name: tea, exmaples: [a]}", r"tea\): has the unknown key 'exmaples'"),
        ("- {name: tea, examples: tea please}", r"tea\): needs a list of texts"),
        ("- {name: tea, examples: [no]}", "quote those that look like numbers or yes and no"),
        ("- {name: tea, description: 7}", "as description"),
        ("- {name: tea, description: " + "x" * 20_001 + "}", "as description"),
        ("- {name: tea, parameters: []}", "JSON Schema object"),
        ("- {name: tea, parameters: {default: 2024-11-05}}", "quote dates"),
        ("- {name: tea, parameters: {default: .nan}}", "JSON Schema object"),
        ("- {name: tea, parameters: {enum: {1: a}}}", "keys that are numbers"),
        ("- {name: tea, parameters: &p {self: *p}}", "JSON Schema object"),
        ("- {name: tea, parameters: " + "{a: " * 30 + "1" + "}" * 31, "JSON Schema object"),
        (
            "- name: tea\n  examples: [a]\n  examples: [b]",
            "^tools.yaml:3: is not YAML .*'examples' stands twice",
        ),
        ("- name: tea\n  examples: [a", "^tools.yaml:2: is not YAML"),
        ("- name: tea\n  parameters: {d: 2024-13-45}", "is not YAML"),
        ("- !!python/object/apply:os.system [true]", "is not YAML"),
        ("a: " + "[" * 5000, "is not YAML"),
    ],
)
def test_a_wrong_tools_file_names_what_to_correct(write, content: str, problem: str):
    with pytest.raises(DataError, match=problem) as caught:
        read_tools(write("tools.yaml", content))
    assert str(caught.value).startswith("tools.yaml")


@pytest.mark.parametrize(
    "content", ["{", "1" * 5000, '[{"name": "a", "name": "b"}]', "[" * 100_000, "[NaN]"]
)
def test_a_wrong_json_tools_file_is_a_data_error(write, content: str):
    with pytest.raises(DataError, match=r"^tools.json.* is not JSON"):
        read_tools(write("tools.json", content))


def test_aliases_that_multiply_are_refused_at_once(write):
    bomb = "- name: tea\n  parameters:\n    a0: &a0 [x]\n"
    bomb += "".join(f"    a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 20))
    with pytest.raises(DataError, match="JSON Schema object"):
        read_tools(write("tools.yaml", bomb))
    with pytest.raises(DataError, match="without a proper name"):
        read_tools(write("tools.yaml", bomb.replace("name: tea", "title: tea")))
    bomb = "a0: &a0 {x: 1}\n"
    bomb += "".join(
        f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 9)}]}}\n" for i in range(1, 20)
    )
    with pytest.raises(DataError, match=r"^tools.yaml:2: is not YAML .*write the keys out"):
        read_tools(write("tools.yaml", bomb))


def test_ten_thousand_keys_are_read_at_once(write):
    keys = ", ".join(f"k{i}: 1" for i in range(10_000))
    with pytest.raises(DataError, match="JSON Schema object"):
        read_tools(write("tools.yaml", f"- {{name: tea, parameters: {{{keys}}}}}"))


def test_what_a_tools_file_may_hold_a_manifest_may_hold(write):
    deep: object = "x"
    for _ in range(23):
        deep = {"a": deep}
    tool = {"name": "n" * 200, "description": "d" * 20_000, "parameters": deep}
    (spec,), _ = read_tools(write("tools.json", json.dumps([tool])))
    manifest = Manifest(
        name="tiny",
        version="1",
        max_tokens=1,
        max_chars=1,
        parts=Parts(Choice((spec,), False, CalibrationTable(0, (1,)), PolicyNumbers(0.5, 0.5))),
    )
    assert parse_manifest(manifest.to_bytes()) == manifest


def test_a_tool_may_say_its_risk_and_its_domain(write):
    tools, _ = read_tools(write("tools.yaml", "- {name: door, risk: never_alone, domain: house}"))
    assert tools == [Tool("door", risk="never_alone", domain="house")]
    with pytest.raises(DataError, match=r"tools.yaml \(door\): has the risk 'high'; write free, c"):
        read_tools(write("tools.yaml", "- {name: door, risk: high}"))
    for wrong in ("[free]", "{}", "yes"):
        with pytest.raises(DataError, match="has the risk"):
            read_tools(write("tools.yaml", f"- {{name: door, risk: {wrong}}}"))
    with pytest.raises(DataError, match="has the domain 7"):
        read_tools(write("tools.yaml", "- {name: door, domain: 7}"))
