import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.__main__ import main
from bench.commands import arm64
from edge_router import Router

_SPEC = importlib.util.spec_from_file_location("probe", arm64.PROBE)
probe = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(probe)


def test_a_description_has_every_bit_of_the_decision_and_every_output(assistant: Router):
    said, hashes = probe.describe(assistant, "dim the kitchen lights")
    decision = assistant.route("dim the kitchen lights")
    assert json.loads(said) == decision.to_dict()
    logits = assistant.logits("dim the kitchen lights").astype("<i4").tobytes()
    assert hashes["logits"] == hashlib.sha256(logits).hexdigest()


def test_a_router_without_tools_is_taught_some_so_that_their_fit_is_compared_too():
    router = probe.teach(Router.base())
    said, hashes = probe.describe(router, "do I need an umbrella, will it rain")
    decision = json.loads(said)
    assert decision["tool"] == "weather"
    assert len(decision["candidates"]) == 4
    vector = router.embed("do I need an umbrella, will it rain").astype("<i4").tobytes()
    assert hashes == {"embedding": hashlib.sha256(vector).hexdigest()}


def test_the_odd_texts_are_described_without_an_error(assistant: Router):
    described = [probe.describe(assistant, text) for text in arm64.ODD_TEXTS]
    assert json.loads(described[0][0])["reason"] == "empty_input"
    assert all(len(found) in (1, 2) for found in described)


def test_the_probe_prints_goldens_and_decisions(assistant_path: Path, tmp_path: Path):
    texts = tmp_path / "texts.json"
    texts.write_text(json.dumps(["dim the lights", ""]), "utf-8")
    command = [sys.executable, str(arm64.PROBE), "decide", str(assistant_path), str(texts)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert found["goldens"] == []
    assert found["goldens_checked"] > 0
    assert found["counted"] == "text to Decision"
    assert len(found["decisions"]) == 2


def test_a_probe_that_fails_is_named_by_its_core():
    with pytest.raises(OSError, match="this machine: the probe ended with 1"):
        arm64.run_probe(arm64.NATIVE, Path(), ["decide", "nowhere.router", "nowhere.json"])


def test_an_emulated_core_gets_its_name_and_not_the_hosts_libraries(tmp_path: Path):
    pi, haswell = arm64.KINDS[3], arm64.KINDS[0]
    assert pi.cpu == "cortex-a72"
    command = arm64._prefix(pi, tmp_path)
    assert command[0] == f"{tmp_path}/qemu/qemu-aarch64"
    assert command[1:3] == ["-U", "LD_LIBRARY_PATH,QEMU_PLUGIN"]
    assert command[-1] == f"{tmp_path}/sysroot/usr/bin/python3.11"
    assert "OPENBLAS_CORETYPE=Haswell" in arm64._prefix(haswell, tmp_path)
    assert arm64._prefix(haswell, tmp_path)[-1] == sys.executable


@pytest.mark.skipif(not shutil.which("cc"), reason="needs a C compiler")
def test_the_plugin_compiles_without_a_warning(tmp_path: Path):
    source = arm64.PROBE.with_name("instructions.c")
    command = ["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o"]
    done = subprocess.run(
        [*command, str(tmp_path / "x.so"), str(source)], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_setup_script_is_bash():
    script = arm64.PROBE.with_name("setup.sh")
    done = subprocess.run(["bash", "-n", str(script)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert script.stat().st_mode & 0o111


class Recorder:
    """A router that writes down what it is asked."""

    def __init__(self, tools, calls):
        self.tools = tools
        self.route = lambda text: calls.append(f"route {text}")
        self.embed = lambda text: calls.append(f"embed {text}")


@pytest.mark.parametrize(("tools", "call"), [(("a tool",), "route"), ((), "embed")])
def test_instructions_are_asked_for_twice_and_then_after_every_call(monkeypatch, tools, call):
    calls: list[str] = []
    monkeypatch.setattr(probe.os, "getppid", lambda: calls.append("ask"))
    probe.count(Recorder(tools, calls), ["a", "b"])
    warm_up, counted = [f"{call} a", f"{call} b"], [f"{call} a", "ask", f"{call} b", "ask"]
    assert calls == [*warm_up, "ask", "ask", *counted]


@pytest.fixture
def run_command(write_sets, assistant_path, monkeypatch):
    """Runs the command with cores that answer what the test says."""
    write_sets({"toys/test": [(f"text {i}", "x") for i in range(10)]})

    def run(answers: dict[str, dict], written: dict) -> int:
        same = {"decisions": [["x"]] * 4, "goldens": [], "goldens_checked": 9, "counted": "calls"}

        def decide(kind, _guests, _bundle, texts):
            if kind == arm64.NATIVE:
                written["texts"] = json.loads(texts.read_text("utf-8"))
            return {**same, **answers.get(kind.cpu, {})}

        monkeypatch.setattr(arm64, "_decide", decide)
        monkeypatch.setattr(arm64, "_count", lambda kind, *_: {"mean": 1.0})
        monkeypatch.setattr(
            arm64, "write_result", lambda name, found, bundles: written.update(found)
        )
        bundle = f"--bundle=mine={assistant_path}"
        return main(["arm64", bundle, "--guests=.", "--dataset=toys", "--texts=5"])

    return run


def test_cores_that_agree_are_a_passed_check(run_command):
    written: dict = {}
    assert run_command({}, written) == 0
    assert written["texts"] == ["text 0", "text 2", "text 4", "text 6", "text 8", *arm64.ODD_TEXTS]
    (row,) = written["rows"]
    assert (row["label"], row["texts"], row["goldens"], row["counted"]) == ("mine", 4, 9, "calls")
    assert [kind["differing"] for kind in row["kinds"]] == [0] * 6
    assert list(row["instructions"]) == ["Cortex-A72 (Pi 4)", "Cortex-A76 (Pi 5)"]


@pytest.mark.parametrize(
    "answer", [{"decisions": [["x"], ["x"], ["y"], ["x"]]}, {"goldens": [{"text": "a"}]}]
)
def test_one_difference_on_one_core_is_a_failed_check(run_command, answer):
    written: dict = {}
    assert run_command({"cortex-a53": answer}, written) == 1
    found = [kind["differing"] + kind["goldens_differing"] for kind in written["rows"][0]["kinds"]]
    assert found == [0, 0, 0, 1, 0, 0]
