"""What ``inspect`` says of a bundle, without running anything in it."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

import edge_router
from edge_router.bundle import Histogram, Reference, read_bundle, write_bundle
from edge_router.cli.main import main
from edge_router.tool import Tool

BASE = str(Path(edge_router.__file__).with_name("base.router"))


@pytest.fixture
def write_variant(tiny, tmp_path):
    """A copy of the tiny router whose manifest or choice says something else."""

    def write(*, choice=None, reference=None, **manifest) -> str:
        bundle = read_bundle(tiny)
        parts = bundle.manifest.parts
        choice = replace(parts.choice, **(choice or {}))
        parts = replace(parts, choice=choice, reference=reference)
        path = tmp_path / "variant.router"
        write_bundle(
            path,
            manifest=replace(bundle.manifest, parts=parts, **manifest),
            model=bundle.model,
            tokenizer=bundle.tokenizer,
            goldens=bundle.goldens,
        )
        return str(path)

    return write


def show(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["inspect", *arguments]) == 0
    return capsys.readouterr().out


def show_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    [line] = show(capsys, "--json", *arguments).splitlines()
    return json.loads(line)


def test_a_router_shows_its_tools_sizes_calibration_and_origin(tiny, capsys):
    bundle = read_bundle(tiny)
    sizes = {name: member.size_bytes for name, member in bundle.manifest.members.items()}
    lines = show(capsys, tiny).splitlines()
    assert lines[:7] == [
        f"tiny 1, sha256 {bundle.sha256}",
        f"size         {Path(tiny).stat().st_size} bytes: golden.json {sizes['golden.json']}, "
        f"model.onnx {sizes['model.onnx']}, tokenizer.json {sizes['tokenizer.json']}",
        "tools        2, and an answer for texts that fit none: lights.dim, coffee.start",
        "threshold    0.8000, for 0.02 of errors",
        f"calibration  {len(bundle.manifest.parts.choice.calibration.weights)} weights, shift 2",
        "reads        16 tokens, 512 characters",
        f"goldens      {len(bundle.goldens)}",
    ]
    assert 'training     {"files_sha256": {}, "recipe": "by hand"}' in lines
    assert 'metrics      {"held_out": {"accuracy": 1.0}}' in lines
    assert [line for line in lines if line.startswith("made with")]


def test_a_promise_is_told_in_the_trainers_words(write_variant, capsys):
    promise = {"sentence": "at most 2 % of the answers are wrong"}
    lines = show(capsys, write_variant(metrics={"promise": promise})).splitlines()
    assert "promise      at most 2 % of the answers are wrong" in lines
    for odd in ({"promise": {"sentence": 7}}, {"promise": "none"}):
        assert "\npromise " not in show(capsys, write_variant(metrics=odd))


@pytest.mark.parametrize(
    ("is_cross_validated", "judged"), [(False, ""), (True, ", cross-validated")]
)
def test_held_out_texts_that_it_describes_are_told(
    write_variant, capsys, is_cross_validated, judged
):
    histogram = Histogram((5,), (3, 4))
    reference = Reference(7, (3, 3, 1), 2, histogram, histogram, is_cross_validated)
    lines = show(capsys, write_variant(reference=reference)).splitlines()
    assert f"reference    7 held-out texts{judged}, for drift to compare with" in lines


def test_a_base_bundle_shows_what_it_has_and_no_tools(capsys):
    text = show(capsys, BASE)
    assert re.search(r"^embedding    \d+ wide$", text, re.MULTILINE)
    assert not re.search(r"^(tools|threshold|calibration)", text, re.MULTILINE)
    row = show_json(capsys, BASE)
    assert list(row["parts"]) == ["embedding"]
    assert row["goldens"] == {"count": len(read_bundle(BASE).goldens)}


def test_json_is_the_manifest_with_counts_in_place_of_tables(tiny, capsys):
    bundle = read_bundle(tiny)
    row = show_json(capsys, tiny)
    assert row["sha256"] == bundle.sha256
    assert row["size_bytes"] == Path(tiny).stat().st_size
    assert row["format_version"] == 1
    assert row["goldens"] == {"count": len(bundle.goldens)}
    choice = row["parts"]["choice"]
    assert [tool["name"] for tool in choice["tools"]] == ["lights.dim", "coffee.start"]
    weights = bundle.manifest.parts.choice.calibration.weights
    assert len(weights) > 16
    assert choice["calibration"] == {"shift": 2, "weights": {"count": len(weights)}}


def test_full_json_has_every_table_and_golden(tiny, capsys):
    bundle = read_bundle(tiny)
    row = show_json(capsys, tiny, "--full")
    choice = row["parts"]["choice"]
    assert choice["calibration"]["weights"] == list(
        bundle.manifest.parts.choice.calibration.weights
    )
    assert [golden["text"] for golden in row["goldens"]] == [g.text for g in bundle.goldens]
    assert row["goldens"][0]["tokens"] == list(bundle.goldens[0].tokens)
    manifest = json.loads(bundle.manifest.to_bytes())
    assert {key: row[key] for key in manifest} == manifest


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        (list(range(16)), list(range(16))),
        (list(range(17)), {"count": 17}),
        ([0.5] * 100, {"count": 100}),
        (["a"] * 100, ["a"] * 100),
        ([1] * 50 + ["a"], [1] * 50 + ["a"]),
        ([[1] * 20, []], [{"count": 20}, []]),
    ],
)
def test_a_table_is_a_list_of_more_than_sixteen_numbers(values, shown, write_variant, capsys):
    path = write_variant(metrics={"curve": values})
    assert show_json(capsys, path)["metrics"] == {"curve": shown}
    assert show_json(capsys, path, "--full")["metrics"] == {"curve": values}


def test_of_many_tools_the_first_are_shown_and_with_full_all(write_variant, capsys):
    # read, not routed: the model still has three answers
    path = write_variant(choice={"tools": tuple(Tool(f"tool{i}.") for i in range(203))})
    assert "tool199. and 3 more\n" in show(capsys, path)
    assert "tool202.\n" in show(capsys, path, "--full")
    assert len(show_json(capsys, path)["parts"]["choice"]["tools"]) == 203


def test_a_threshold_that_nothing_reaches_is_named_as_such(write_variant, tiny, capsys):
    policy = read_bundle(tiny).manifest.parts.choice.policy
    path = write_variant(choice={"policy": replace(policy, threshold=1.01)})
    assert "threshold    1.0100, for 0.02 of errors; no confidence reaches it\n" in show(
        capsys, path
    )


def test_nothing_that_a_bundle_says_is_obeyed_by_a_terminal(write_variant, capsys):
    odd = "\x1b]0;x\x07\x9b31m\u202e\u2028\n"
    path = write_variant(
        name="home\u202e",
        choice={"tools": (Tool("a\u202eb", odd, {"description": odd}), Tool("c"))},
        training={odd: odd},
        notes={"by": odd},
    )
    for flags in ([], ["--full"], ["--json"], ["--json", "--full"]):
        for line in show(capsys, path, *flags).splitlines():
            assert line.isprintable()
    assert r"home\u202e 1, sha256" in show(capsys, path)
    assert r"fit none: a\u202eb, c" in show(capsys, path)


def test_a_chain_is_shown_as_one_program(tiny, assistant_path, capsys):
    shown = show(capsys, str(assistant_path), "--program", f"lights.dim={tiny}").splitlines()
    assert shown[0].startswith("assistant 1, threshold 0.3451, sha256 ")
    at = next(i for i, line in enumerate(shown) if "->" in line)
    assert shown[at].startswith("  lights.dim -> tiny 1, threshold 0.8000, sha256 ")
    assert shown[at + 1 : at + 3] == ["    lights.dim", "    coffee.start"]
    told = show_json(capsys, str(assistant_path), "--program", f"lights.dim={tiny}")
    [branch] = [tool["router"] for tool in told["tools"] if tool["router"]]
    assert branch["name"] == "tiny"


@pytest.mark.parametrize(
    ("program", "hint"),
    [("lights.dim", "write TOOL=BUNDLE"), ("lights.dimm=BUNDLE", "did you mean 'lights.dim'")],
)
def test_a_program_needs_a_tool_and_a_bundle(program, hint, tiny, capsys):
    assert main(["inspect", tiny, "--program", program.replace("BUNDLE", tiny)]) == 2
    assert hint in capsys.readouterr().err
