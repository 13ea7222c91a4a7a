import csv
import hashlib
import io
import json
import os

import pytest

from bench import datasets
from bench.__main__ import main
from bench.commands import download

CLINC = {
    "val": [["set a timer", "timer"]],
    "oos_val": [["a show on broadway", "oos"]],
    "test": [["stop", "cancel"]],
}
TIMER = [("set a timer", "timer")]


def test_clinc_keeps_its_order_and_its_val_becomes_valid():
    found = download.convert_clinc150(lambda address: json.dumps(CLINC).encode())
    assert found == {
        "valid": TIMER,
        "oos_valid": [("a show on broadway", "oos")],
        "test": [("stop", "cancel")],
    }


def test_banking_keeps_line_ends_quotes_and_double_spaces_of_a_text():
    data = b'text,category\r\n"Why?  ""Pending""\nstill",fee\r\nok,fee\r\n'
    found = download.convert_banking77(lambda address: data)
    assert found["test"] == [('Why?  "Pending"\nstill', "fee"), ("ok", "fee")]


def test_snips_pairs_texts_with_labels_and_marks_what_is_not_utf8():
    files = {
        "seq.in": b"play caf\xc3\xa9 \xed\xa0\x80\nrain ?\n",
        "label": b"PlayMusic\nGetWeather\n",
    }
    found = download.convert_snips(lambda address: files[address.rpartition("/")[2]])
    assert found["valid"] == [
        ("play café \ufffd\ufffd\ufffd", "PlayMusic"),
        ("rain ?", "GetWeather"),
    ]


@pytest.fixture
def toys(tmp_path, monkeypatch):
    checksums = tmp_path / "datasets.json"
    listed = {"rows": 1, "sha256": datasets.checksum_rows(TIMER)}
    checksums.write_text(json.dumps({"toys/test.jsonl": listed}), "utf-8")
    monkeypatch.setattr(datasets, "CHECKSUMS", checksums)
    monkeypatch.setenv("EDGE_ROUTER_DATA", str(tmp_path / "data"))
    return monkeypatch


def test_what_was_downloaded_can_be_read(toys, tmp_path):
    toys.setattr(download, "SETS", {"toys": lambda get: {"test": TIMER}})
    assert main(["download", str(tmp_path / "data")]) == 0
    assert [(e.text, e.tool) for e in datasets.read_split("toys", "test")] == [
        ("set a timer", "timer")
    ]


def test_nothing_is_written_where_a_row_differs(toys, tmp_path, capsys):
    toys.setattr(download, "SETS", {"toys": lambda get: {"test": [("set a timer", "alarm")]}})
    assert main(["download", str(tmp_path / "data")]) == 2
    assert "texts or labels differ" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_an_original_that_changed_is_refused(monkeypatch):
    address = "https://example.org/x.csv"
    monkeypatch.setitem(download.PINNED, address, "0" * 64)
    monkeypatch.setattr(
        download.urllib.request, "urlopen", lambda address, timeout: io.BytesIO(b"text")
    )
    with pytest.raises(datasets.DatasetError, match="its sha256 changed"):
        download.fetch(address)


@pytest.mark.skipif("EDGE_ROUTER_DATA" not in os.environ, reason="needs the public sets")
def test_the_rows_give_back_the_pinned_originals_byte_for_byte():
    pinned = iter(download.PINNED.values())
    names = {
        name: {"val": "valid", "oos_val": "oos_valid"}.get(name, name) for name in _CLINC_ORDER
    }
    whole = {name: datasets.read_rows("clinc150", split) for name, split in names.items()}
    written = json.dumps(whole, indent=4, separators=(", ", ": ")).encode()
    assert hashlib.sha256(written).hexdigest() == next(pinned)
    for split in ("train", "test"):
        file = io.StringIO()
        csv.writer(file).writerows([("text", "category"), *datasets.read_rows("banking77", split)])
        assert hashlib.sha256(file.getvalue().encode()).hexdigest() == next(pinned)


_CLINC_ORDER = ("oos_val", "val", "train", "oos_test", "test", "oos_train")
