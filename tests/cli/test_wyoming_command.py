import socket
from contextlib import closing

import pytest

pytest.importorskip("wyoming", reason="the extra [wyoming] is not installed")

from edge_router.cli.exit_codes import BAD_INPUT
from edge_router.cli.main import main


@pytest.mark.parametrize("port", ["", "-1", "65536", "1000000000", "x", "٣"])
def test_a_port_is_a_number_to_65535(port, capsys):
    assert main(["wyoming", f"--port={port}"]) == BAD_INPUT
    assert "write 10300" in capsys.readouterr().err


def test_a_port_must_be_named(capsys):
    assert main(["wyoming"]) == BAD_INPUT
    assert "--port" in capsys.readouterr().err


def test_a_router_without_tools_is_refused_before_anybody_asks_it(capsys):
    assert main(["wyoming", "--port", "0"]) == BAD_INPUT
    assert "knows no tool; give --taught or --tools" in capsys.readouterr().err


def test_an_empty_host_is_not_every_address(tiny, capsys):
    assert main(["wyoming", tiny, "--port", "0", "--host", ""]) == BAD_INPUT
    assert "--host is empty" in capsys.readouterr().err


def test_an_address_in_use_is_one_line(tiny, capsys):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        assert main(["wyoming", tiny, "--port", str(port)]) == BAD_INPUT
    assert "address already in use" in capsys.readouterr().err


def test_a_language_without_a_file_is_refused(tiny, capsys):
    assert main(["wyoming", tiny, "--port", "0", "--language", "xx"]) == BAD_INPUT
    assert "xx" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("[]", "must have a list of names by parameter"),
        ('{"area": "kitchen"}', "needs a list"),
        ('{"area": [7]}', "needs a list"),
        ('{"area": [""]}', "needs a list"),
        ('{"": ["kitchen"]}', "names the parameter"),
    ],
)
def test_a_file_of_names_must_be_lists_by_parameter(write, tiny, capsys, content, complaint):
    names = write("names.json", content)
    assert main(["wyoming", tiny, "--port", "0", "--names", names]) == BAD_INPUT
    said = capsys.readouterr().err
    assert "names.json" in said
    assert complaint in said
