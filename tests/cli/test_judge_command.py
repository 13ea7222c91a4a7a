"""``edge-router judge``: the verdict, and the code that a pipeline goes by."""

import json
from dataclasses import replace

import pytest

from edge_router import Router
from edge_router.bundle import write_bundle
from edge_router.cli.main import main

TEXTS = {"lights.dim": "dim the lights", "coffee.start": "make coffee please"}


@pytest.fixture
def swapped(tiny, tmp_path):
    """The tiny router with its tools the wrong way round."""
    bundle = Router.load(tiny).bundle
    choice = bundle.manifest.parts.choice
    parts = replace(bundle.manifest.parts, choice=replace(choice, tools=choice.tools[::-1]))
    path = tmp_path / "swapped.router"
    write_bundle(
        path,
        manifest=replace(bundle.manifest, parts=parts),
        model=bundle.model,
        tokenizer=bundle.tokenizer,
        goldens=(),
    )
    return str(path)


def write_log(write, *, rows=400, propensity=0.5, **more):
    """Each text answered by each tool as often, right where it is the text's own."""
    lines = []
    for number in range(rows):
        text, taken = number % 2, number // 2 % 2
        row = {
            "text": f"{list(TEXTS.values())[text]} {'please ' * (number // 4)}",
            "tool": list(TEXTS)[taken],
            "propensity": propensity,
            "reward": int(text == taken),
            **more,
        }
        lines.append(json.dumps(row))
    return write("log.jsonl", "\n".join(lines))


def judge(capsys, *arguments):
    code = main(["judge", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_better_router_may_be_shipped(tiny, swapped, write, capsys):
    code, said = judge(capsys, swapped, tiny, write_log(write))
    assert code == 0
    assert said["is_accepted"] is True
    assert said["gain"]["value"] == pytest.approx(1.0, abs=0.01)
    assert said["old_sha256"] != said["new_sha256"]
    assert main(["judge", swapped, tiny, "log.jsonl"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "400 outcomes of 200 texts; as logged 0.5000 a text"
    assert lines[-1] == "the new router is better, with a certainty of 95%"


def test_a_worse_one_may_not(tiny, swapped, write, capsys):
    assert main(["judge", tiny, swapped, write_log(write)]) == 1
    assert capsys.readouterr().out.endswith("the old router is better, with a certainty of 95%\n")


def test_the_same_one_is_not_better_but_within_a_margin(tiny, write, capsys):
    log = write_log(write)
    assert main(["judge", tiny, tiny, log]) == 1
    assert capsys.readouterr().out.endswith("they take the same for all of the texts\n")
    assert main(["judge", tiny, tiny, log, "--margin", "0.01"]) == 0


def test_a_log_that_always_took_one_tool_tells_nothing_of_another(tiny, swapped, write, capsys):
    code, said = judge(capsys, swapped, tiny, write_log(write, propensity=1.0))
    assert (code, said["is_sound"], said["is_accepted"]) == (1, False, False)
    main(["judge", swapped, tiny, "log.jsonl"])
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("not told: for about 50.00 % of the texts the log never takes")


def test_few_outcomes_tell_nothing(tiny, swapped, write, capsys):
    assert main(["judge", swapped, tiny, write_log(write, rows=40)]) == 1
    assert "not told: the log says as much of the old router as" in capsys.readouterr().out


def test_guessed_rewards_are_left_out_unless_asked_for(tiny, swapped, write, capsys):
    log = write_log(write, weak=True)
    assert main(["judge", swapped, tiny, log]) == 2
    assert "give a log with at least one outcome" in capsys.readouterr().err
    assert main(["judge", swapped, tiny, log, "--weak"]) == 0


@pytest.mark.parametrize("wrong", [("--margin", "-1"), ("--margin", "nan"), ("--margin", "x")])
def test_a_margin_that_is_none_is_refused(tiny, wrong, capsys):
    assert main(["judge", tiny, tiny, "log.jsonl", *wrong]) == 2
    assert "write 0.01" in capsys.readouterr().err
