import logging
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from edge_router import DataError
from edge_router_export.steps import Checkpoint, Steps, hold_lock

ARRAYS = {"a": np.arange(6, dtype=np.int16), "b": np.array([[0.5, 1.5]], np.float32)}

IN_A_PROCESS = """
import resource, signal, sys, time
from pathlib import Path
import numpy as np
import torch
from edge_router import DataError
from edge_router_export.steps import Checkpoint, Steps
folder = Path(sys.argv[1])
"""


def open_steps(folder: Path) -> Steps:
    return Steps(folder, lambda _step, _done, _total: None)


def run_step(folder: Path, made: list, arrays=ARRAYS):
    """The step of these tests; ``made`` grows where it is computed."""

    def make(_checkpoint):
        made.append(1)
        return arrays

    return open_steps(folder).run("student", {"seed": 1}, make)


def finished_file(folder: Path) -> Path:
    run_step(folder, [])
    (path,) = folder.glob("*.npz")
    return path


def start_process(folder: Path, script: str) -> subprocess.Popen:
    """A process that runs ``script`` and has printed a line by now."""
    process = subprocess.Popen(
        [sys.executable, "-c", IN_A_PROCESS + script, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    return process


def names(folder: Path) -> list[str]:
    return sorted(path.name.partition("-")[0] + path.suffix for path in folder.iterdir())


def test_a_finished_step_is_read_with_types_and_shapes_and_leaves_one_file(tmp_path: Path):
    made: list = []
    for _ in range(2):
        found = run_step(tmp_path, made)
        assert {k: (v.dtype, v.tolist()) for k, v in found.items()} == {
            "a": (np.int16, [0, 1, 2, 3, 4, 5]),
            "b": (np.float32, [[0.5, 1.5]]),
        }
    assert len(made) == 1
    assert names(tmp_path) == ["student.npz"]


@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 200, -65, -64, -1])
def test_a_step_that_was_cut_is_made_again_and_said(tmp_path: Path, caplog, length: int):
    path = finished_file(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:length])
    made: list = []
    assert run_step(tmp_path, made)["a"].tolist() == [0, 1, 2, 3, 4, 5]
    assert len(made) == 1
    assert [r.getMessage() for r in caplog.records] == [
        f"{path} is damaged or another step's; that step is made again"
    ]
    assert path.read_bytes() == whole


@pytest.mark.parametrize("place", [0, 30, 150, -70, -1])
def test_one_wrong_bit_is_enough_to_make_a_step_again(tmp_path: Path, place: int):
    path = finished_file(tmp_path)
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    made: list = []
    assert run_step(tmp_path, made)["b"].tolist() == [[0.5, 1.5]]
    assert len(made) == 1


def test_a_long_file_is_looked_through_to_its_end(tmp_path: Path):
    long, made = {"a": np.zeros(3_000_000, np.uint8)}, []
    for _ in range(2):
        run_step(tmp_path, made, long)
    assert len(made) == 1
    (path,) = tmp_path.glob("*.npz")
    data = bytearray(path.read_bytes())
    data[2_500_000] = 1
    path.write_bytes(data)
    assert run_step(tmp_path, [], long)["a"].sum() == 0


def test_arrays_that_no_step_wrote_are_not_taken(tmp_path: Path):
    path = finished_file(tmp_path)
    np.savez(path, a=np.zeros(6, np.int16), b=np.zeros((1, 2), np.float32))
    assert run_step(tmp_path, [])["a"].tolist() == [0, 1, 2, 3, 4, 5]


def test_the_file_of_another_step_is_not_taken(tmp_path: Path):
    path = finished_file(tmp_path)
    open_steps(tmp_path).run("teacher", {}, lambda _: {"a": np.zeros(6, np.int16)})
    (other,) = tmp_path.glob("teacher-*.npz")
    path.write_bytes(other.read_bytes())
    assert run_step(tmp_path, [])["a"].tolist() == [0, 1, 2, 3, 4, 5]


def make_parts(seed: int) -> dict:
    """A layer and its optimizer after one update from ``seed``."""
    torch.manual_seed(seed)
    layer = torch.nn.Linear(2, 2)
    optimizer = torch.optim.AdamW(layer.parameters())
    layer(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    return {"layer": layer, "optimizer": optimizer}


def test_a_checkpoint_gives_back_epochs_weights_and_moments(tmp_path: Path):
    path, saved, other = tmp_path / "x.partial", make_parts(1), make_parts(2)
    Checkpoint(path, saved).save(3)
    assert Checkpoint(path, other).load() == 3
    assert torch.equal(other["layer"].weight, saved["layer"].weight)
    moments = [p["optimizer"].state_dict()["state"][0]["exp_avg"] for p in (saved, other)]
    assert torch.equal(*moments)


@pytest.mark.parametrize("length", [0, 1, 64, 1000, -64, -1])
def test_a_damaged_checkpoint_starts_anew_and_changes_nothing(tmp_path: Path, caplog, length: int):
    path, other = tmp_path / "x.partial", make_parts(2)
    Checkpoint(path, make_parts(1)).save(3)
    path.write_bytes(path.read_bytes()[:length])
    before = other["layer"].weight.clone()
    assert Checkpoint(path, other).load() == 0
    assert torch.equal(other["layer"].weight, before)
    assert [r.levelname for r in caplog.records] == ["WARNING"]


def test_a_checkpoint_with_one_wrong_bit_in_a_weight_starts_anew(tmp_path: Path):
    path, parts = tmp_path / "x.partial", make_parts(1)
    Checkpoint(path, parts).save(3)
    data = path.read_bytes()
    place = data.index(parts["layer"].weight.detach().numpy().tobytes())
    path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
    assert Checkpoint(path, make_parts(2)).load() == 0


def test_a_checkpoint_goes_when_its_step_is_done(tmp_path: Path):
    def make(checkpoint: Path) -> dict:
        Checkpoint(checkpoint, make_parts(1)).save(1)
        return ARRAYS

    open_steps(tmp_path).run("student", {}, make)
    assert names(tmp_path) == ["student.npz"]


WRITES_AND_WAITS = """
def write(file):
    file.write(b"half")
    file.flush()
    print("ready", flush=True)
    time.sleep(60)
np.savez = lambda file, **arrays: write(file)
Steps(folder, print).run("student", {"seed": 1}, lambda _: {})
"""


def test_what_a_killed_run_left_is_cleared_and_nothing_else(tmp_path: Path):
    process = start_process(tmp_path, WRITES_AND_WAITS)
    process.kill()
    process.communicate()
    (tmp_path / "notes.tmp").write_text("mine")
    (tmp_path / "student-mine.npz.1.tmp").write_text("mine")
    assert names(tmp_path) == ["notes.tmp.tmp", "student.lock", "student.tmp", "student.tmp"]
    open_steps(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["notes.tmp", "student-mine.npz.1.tmp"]


def test_what_a_running_process_is_writing_is_left_alone(tmp_path: Path):
    process = start_process(tmp_path, WRITES_AND_WAITS)
    before = names(tmp_path)
    open_steps(tmp_path)
    assert names(tmp_path) == before == ["student.lock", "student.tmp"]
    process.kill()
    process.communicate()


MAKES_WHEN_TOLD = """
def make(_):
    print("ready", flush=True)
    sys.stdin.readline()
    return {"a": np.arange(6, dtype=np.int16), "b": np.zeros((1, 2), np.float32)}
Steps(folder, print).run("student", {"seed": 1}, make)
"""


def test_a_second_process_waits_says_so_and_reads_the_result(tmp_path: Path, caplog):
    process = subprocess.Popen(
        [sys.executable, "-c", IN_A_PROCESS + MAKES_WHEN_TOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    made, found = [], []
    waiting = threading.Thread(target=lambda: found.append(run_step(tmp_path, made)))
    has_said = threading.Event()

    class Listen(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            has_said.set()

    listen = Listen()
    logging.getLogger("edge_router_export.steps").addHandler(listen)
    waiting.start()
    assert has_said.wait(60)
    assert not found
    process.communicate("go\n")
    waiting.join(60)
    logging.getLogger("edge_router_export.steps").removeHandler(listen)
    assert found[0]["b"].tolist() == [[0.0, 0.0]]
    assert not made
    assert "another process has the step student-" in caplog.text
    assert names(tmp_path) == ["student.npz"]


def test_the_step_of_a_killed_process_is_free(tmp_path: Path):
    process = start_process(tmp_path, WRITES_AND_WAITS)
    process.kill()
    process.communicate()
    made: list = []
    run_step(tmp_path, made)
    assert len(made) == 1


def test_a_step_may_need_another_one_while_it_is_made(tmp_path: Path):
    steps = open_steps(tmp_path)

    def outer(_checkpoint: Path) -> dict:
        return steps.run("teacher", {}, lambda _: {"a": np.arange(3)})

    assert steps.run("labels", {}, outer)["a"].tolist() == [0, 1, 2]


def test_a_lock_that_may_not_wait_says_that_it_is_held(tmp_path: Path):
    path = tmp_path / "x.lock"
    with hold_lock(path), pytest.raises(BlockingIOError), hold_lock(path, may_wait=False):
        raise AssertionError("two held it")
    with hold_lock(path, may_wait=False):
        assert path.exists()
    assert not path.exists()


def test_a_lock_whose_file_went_with_its_holder_is_taken_on_a_new_file(tmp_path: Path):
    path = tmp_path / "x.lock"
    order: list[str] = []
    first_is_in, first_may_go = threading.Event(), threading.Event()

    def first() -> None:
        with hold_lock(path):
            first_is_in.set()
            first_may_go.wait(60)
            order.append("first out")

    def second() -> None:
        with hold_lock(path):
            order.append("second in")
            # a third one that comes now must find a lock, which the first one's file is no more
            with pytest.raises(BlockingIOError), hold_lock(path, may_wait=False):
                raise AssertionError("two held it")

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    first_is_in.wait(60)
    threads[1].start()
    while not _is_waited_for(path):
        time.sleep(0.01)
    first_may_go.set()
    for thread in threads:
        thread.join(60)
    assert order == ["first out", "second in"]


def _is_waited_for(path: Path) -> bool:
    """Whether /proc/locks has a lock on the file with another one waiting for it."""
    number = str(path.stat().st_ino)
    lines = Path("/proc/locks").read_text("utf-8").splitlines()
    return any("->" in line and f":{number} " in line for line in lines)


FILLS_THE_DISK = """
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # the write fails instead, as on a full disk
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
print("ready", flush=True)
def make(checkpoint):
    if sys.argv[2:] == ["checkpoint"]:
        Checkpoint(checkpoint, {"layer": torch.nn.Linear(100, 100)}).save(1)
    return {"a": np.zeros(100_000)}
try:
    Steps(folder, print).run("student", {"seed": 1}, make)
except DataError as error:
    print(error)
"""


@pytest.mark.parametrize("what", ["result", "checkpoint"])
def test_a_full_disk_is_one_line_that_names_the_folder_and_the_way_out(tmp_path: Path, what: str):
    done = subprocess.run(
        [sys.executable, "-c", IN_A_PROCESS + FILLS_THE_DISK, str(tmp_path / "work"), what],
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines() == [
        "ready",
        f"{tmp_path / 'work'}: cannot be written (File too large); make room there, or give "
        "another folder with --work-dir",
    ]
    assert done.stderr == ""
    assert list((tmp_path / "work").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(
        DataError, match=r"file/work: cannot be written \(Not a directory\).*--work-dir"
    ):
        open_steps(tmp_path / "file" / "work")


def test_an_error_of_the_step_itself_is_not_blamed_on_the_disk(tmp_path: Path):
    def make(_checkpoint: Path) -> dict:
        raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError, match="out of memory"):
        open_steps(tmp_path).run("student", {}, make)
    with pytest.raises(FileNotFoundError):
        open_steps(tmp_path).run("student", {}, lambda _: {"a": np.fromfile(tmp_path / "none")})
    assert list(tmp_path.iterdir()) == []


def test_an_array_that_cannot_be_kept_is_not_blamed_on_the_disk(tmp_path: Path):
    class Unkept:
        def __array__(self, *_args, **_kwargs):
            raise RuntimeError("no array")

    with pytest.raises(RuntimeError, match="no array"):
        open_steps(tmp_path).run("student", {}, lambda _: {"a": Unkept()})
    assert list(tmp_path.iterdir()) == []
