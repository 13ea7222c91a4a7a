"""Writing a bundle replaces a bundle, and nothing that somebody may miss."""

import errno
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from edge_router.bundle import check_output
from edge_router.bundle.destination import write_whole
from edge_router.errors import BundleError

TINY = Path(__file__).parents[1] / "data" / "tiny.router"
BUNDLE = TINY.read_bytes()
ANOTHER_PATH = "; choose another path for the bundle"


def refusal(path: str | Path) -> str:
    with pytest.raises(BundleError) as refused:
        check_output(path)
    message = str(refused.value)
    assert message.startswith(str(path))
    assert message.endswith(ANOTHER_PATH)
    return message.removeprefix(f"{path} ").removesuffix(ANOTHER_PATH)


def test_a_free_path_may_be_written_also_in_folders_to_be_made(tmp_path):
    assert check_output(tmp_path / "home.router") == tmp_path / "home.router"
    assert check_output(str(tmp_path / "a" / "b" / "c")) == tmp_path / "a" / "b" / "c"
    assert os.listdir(tmp_path) == []
    write_whole(tmp_path / "a" / "b" / "c", b"new")
    assert (tmp_path / "a" / "b" / "c").read_bytes() == b"new"


def test_a_path_is_taken_from_the_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert check_output("home.router") == tmp_path / "home.router"


def test_a_bundle_or_an_empty_file_may_be_replaced(tmp_path):
    for content in (BUNDLE, BUNDLE[:100], b""):
        (tmp_path / "home.router").write_bytes(content)
        assert check_output(tmp_path / "home.router") == tmp_path / "home.router"


@pytest.mark.parametrize(
    "content",
    [b"x", b"my notes\n", b"PK\x03\x04" + bytes(26) + b"word/document.xml", BUNDLE[4:], bytes(100)],
)
def test_any_other_file_is_not_replaced(content, tmp_path):
    path = tmp_path / "home.router"
    path.write_bytes(content)
    assert refusal(path) == "is a file, but no .router bundle, and is not replaced"
    assert path.read_bytes() == content


def test_a_directory_a_pipe_a_socket_and_a_device_are_no_files(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        assert refusal(tmp_path) == "is a directory"
        for path in (tmp_path / "pipe", tmp_path / "socket", "/dev/null", "/dev/full"):
            assert refusal(path) == "is a device, a pipe or a socket"


def test_what_a_process_writes_to_is_no_file(tmp_path):
    code = f"from edge_router.bundle import check_output; check_output({'/dev/stdout'!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert b"/dev/stdout is a device, a pipe or a socket" in done.stderr


@pytest.mark.parametrize("path", ["", Path()])
def test_an_empty_path_names_no_file(path):
    with pytest.raises(BundleError, match=r"is empty; name the \.router file|is a directory"):
        check_output(path)


def test_impossible_paths_say_why(tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert refusal(tmp_path / "file" / "x") == "cannot be written (Not a directory)"
    assert refusal(tmp_path / "file" / "x" / "y") == "cannot be written (Not a directory)"
    assert refusal(tmp_path / ("x" * 256)) == "cannot be written (File name too long)"
    assert "symbolic links" in refusal(tmp_path / "loop")
    assert refusal("a\0b") == "cannot be written (embedded null byte)"


def test_a_link_is_followed_and_stays_a_link(tmp_path):
    (tmp_path / "store").mkdir()
    link, target = tmp_path / "home.router", tmp_path / "store" / "v1.router"
    link.symlink_to("store/v1.router")
    write_whole(check_output(link), b"new")  # the link leads to nothing yet
    target.write_bytes(BUNDLE)
    assert check_output(link) == target
    write_whole(check_output(link), b"newer")
    assert (link.is_symlink(), target.read_bytes()) == (True, b"newer")
    assert os.listdir(tmp_path / "store") == ["v1.router"]


def test_a_link_to_something_else_is_refused_as_that_would_be(tmp_path):
    (tmp_path / "notes").write_bytes(b"my notes")
    for name, target in (("a", "notes"), ("b", "."), ("c", "/dev/null")):
        (tmp_path / name).symlink_to(target)
    assert "no .router bundle" in refusal(tmp_path / "a")
    assert refusal(tmp_path / "b") == "is a directory"
    assert refusal(tmp_path / "c") == "is a device, a pipe or a socket"


def test_what_is_protected_is_not_replaced(tmp_path, monkeypatch):
    # root may write wherever it likes, and tests may run as root
    monkeypatch.setattr(os, "access", lambda path, _: bool(os.stat(path).st_mode & 0o200))
    path = tmp_path / "home.router"
    path.write_bytes(BUNDLE)
    path.chmod(0o444)
    assert refusal(path) == "is write-protected"
    path.unlink()
    tmp_path.chmod(0o555)
    assert refusal(path) == f"lies in {tmp_path}, where nothing may be written"


def test_a_new_file_has_the_old_ones_permissions(tmp_path):
    path = tmp_path / "home.router"
    path.write_bytes(b"")
    path.chmod(0o640)
    write_whole(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_name_may_be_as_long_as_a_name_can_be(tmp_path):
    path = check_output(tmp_path / ("x" * 255))
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_disk_that_is_full_leaves_the_old_file_and_nothing_beside_it(tmp_path, monkeypatch):
    path = tmp_path / "home.router"
    path.write_bytes(b"old")

    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(BundleError) as refused:
        write_whole(path, b"new")
    assert str(refused.value) == (
        f"{path} cannot be written (No space left on device); free space on that disk and try again"
    )
    assert (os.listdir(tmp_path), path.read_bytes()) == (["home.router"], b"old")


def test_a_file_that_stops_growing_leaves_the_old_one(tmp_path):
    (tmp_path / "home.router").write_bytes(b"old")
    code = """
import resource, sys
from pathlib import Path
from edge_router.bundle.destination import write_whole
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
write_whole(Path(sys.argv[1]), bytes(100_000))
"""
    command = [sys.executable, "-c", code, tmp_path / "home.router"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert b"home.router cannot be written (File too large); choose another path" in done.stderr
    assert os.listdir(tmp_path) == ["home.router"]
    assert (tmp_path / "home.router").read_bytes() == b"old"
