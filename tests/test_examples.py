import json
from pathlib import Path

import pytest

from edge_router.errors import DataError
from edge_router.examples import Example, Slot, read_examples


def test_reads_jsonl_with_tools_labels_slots_and_texts_that_fit_no_tool(write):
    path = write(
        "a.jsonl",
        '{"text": "dim the lamp", "tool": "lights.dim", '
        '"slots": [{"start": 8, "end": 12, "type": "what", "value": "lamp"}]}\n'
        "\n"
        '{"text": "čaj, prosím 🍵", "label": "tea"}\r\n'
        '{"text": "tell me a joke", "tool": null, "slots": null}',
    )
    assert read_examples(path) == [
        Example("dim the lamp", "lights.dim", (Slot(8, 12, "what", "lamp"),), "a.jsonl", 1),
        Example("čaj, prosím 🍵", "tea", (), "a.jsonl", 3),
        Example("tell me a joke", None, (), "a.jsonl", 4),
    ]


def test_reads_csv_where_an_empty_cell_is_no_tool(write):
    path = write(
        "a.csv",
        'text,tool\r\ndim the lamp,lights.dim\r\n"tea, please",tea\r\n\r\ntell me a joke,\r\n',
    )
    assert read_examples(path) == [
        Example("dim the lamp", "lights.dim", (), "a.csv", 2),
        Example("tea, please", "tea", (), "a.csv", 3),
        Example("tell me a joke", None, (), "a.csv", 5),
    ]


def test_a_csv_text_over_two_lines_counts_from_its_first(write):
    path = write("a.csv", 'tool,text\nt,"one\ntwo"\nt,three\n')
    assert [(e.text, e.line) for e in read_examples(path)] == [("one\ntwo", 2), ("three", 4)]


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x85"])
def test_a_separator_inside_a_text_ends_no_row(write, separator: str):
    text = f"one{separator}two"
    assert [e.text for e in read_examples(write("a.csv", f"text,tool\n{text},t\n"))] == [text]
    line = json.dumps({"text": text, "tool": "t"}, ensure_ascii=False)
    assert [e.text for e in read_examples(write("a.jsonl", f"{line}\n"))] == [text]


def test_rows_that_correct_describe_and_forget_speak_of_the_rows_before_them(write):
    path = write(
        "home.jsonl",
        '{"tool": "tea", "description": "Makes tea"}\n'
        '{"text": "Brew  me some", "tool": "tea"}\n'
        '{"text": "a cup of milk", "tool": "milk"}\n'
        '{"text": "brew me some", "tool": "coffee", "corrects": true}\n'
        '{"text": "my cup", "tool": "tea"}\n'
        '{"text": "My  cup", "forgotten": true}\n'
        '{"tool": "milk", "forgotten": true}\n'
        '{"text": "milk again", "tool": "milk"}\n',
    )
    assert read_examples(path) == [
        Example("brew me some", "coffee", (), "home.jsonl", 4, is_correction=True),
        Example("milk again", "milk", (), "home.jsonl", 8),
    ]


def test_a_last_line_that_was_cut_off_in_writing_is_left_out(write):
    path = write("home.jsonl", '{"text": "one", "tool": "t"}\n{"text": "tw')
    assert [e.text for e in read_examples(path)] == ["one"]


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_a_byte_order_mark_is_skipped_and_an_empty_file_has_no_examples(write, name: str):
    row = '{"text": "x", "tool": "t"}' if name == "a.jsonl" else "text,tool\nx,t"
    assert [e.text for e in read_examples(write(name, b"\xef\xbb\xbf" + row.encode()))] == ["x"]
    assert read_examples(write(name, "")) == []


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("1" * 5000, "is not JSON"),
        ('{"text": "a", "tool": NaN}', "NaN is not a number"),
        ('{"text": "a", "tool": "t", "tool": "u"}', "the key 'tool' stands twice"),
        ('"a"', "must be an object"),
        (
            '{"text": "a", "tool": "t", "lang": "en"}',
            "unknown key 'lang'; known are corrects, label, slots, text, tool, weak",
        ),
        ('{"text": "a"}', "needs the key 'tool'"),
        ('{"text": "a", "tool": "t", "corrects": 1}', "'corrects' that is neither true nor false"),
        ('{"text": "a", "tool": "t", "weak": "yes"}', "'weak' that is neither true nor false"),
        ('{"text": "a", "tool": "t", "weak": true, "corrects": true}', "is weak and corrects"),
        ('{"tool": "t", "forgotten": 1}', "write true beside 'tool' alone"),
        ('{"tool": "t", "forgotten": true, "description": ""}', "write true beside 'tool' alone"),
        ('{"text": "a", "forgotten": 1}', "write true beside 'text'"),
        ('{"text": "a", "tool": "t", "forgotten": true}', "write true beside 'text'"),
        ('{"text": 7, "forgotten": true}', "write true beside 'text'"),
        (r'{"text": "\ud83d", "forgotten": true}', "half a surrogate pair"),
        ('{"tool": null, "forgotten": true}', "has the tool None; give a name"),
        ('{"tool": "t", "description": 7}', "as 'description'"),
        ('{"tool": "t", "parameters": 7}', "as 'parameters'"),
        ('{"tool": "t", "description": "d", "examples": []}', "unknown key 'examples'"),
        ('{"text": "a", "tool": "t", "label": "t"}', "not both"),
        ('{"tool": "t"}', "needs a 'text'"),
        ('{"text": 7, "tool": "t"}', "needs a 'text'"),
        (r'{"text": "\ud83d", "tool": "t"}', "half a surrogate pair"),
        ('{"text": "a", "tool": ""}', "give a name"),
        ('{"text": "a", "tool": " t"}', "give a name"),
        ('{"text": "a", "tool": 7}', "give a name"),
        (r'{"text": "a", "tool": "a\nb"}', "give a name"),
        (r'{"text": "a", "tool": "\ud83d"}', "give a name"),
        ('{"text": "a", "tool": "' + "t" * 201 + '"}', "give a name"),
        ('{"text": "ab", "tool": "t", "slots": {}}', "slots"),
        ('{"text": "ab", "tool": "t", "slots": ["a"]}', "slots"),
        ('{"text": "ab", "tool": "t", "slots": [{"start": 0, "end": 1, "type": "x"}]}', "slots"),
        (
            '{"text": "ab", "tool": "t", "slots": [{"start": 0, "end": 1, "type": "x", "value": "b"}]}',
            "slots",
        ),
        (
            '{"text": "ab", "tool": "t", "slots": [{"start": -2, "end": -1, "type": "x", "value": "a"}]}',
            "slots",
        ),
        (
            '{"text": "ab", "tool": "t", "slots": [{"start": 1, "end": 1, "type": "x", "value": ""}]}',
            "slots",
        ),
        (
            '{"text": "ab", "tool": "t", "slots": [{"start": false, "end": 1, "type": "x", "value": "a"}]}',
            "slots",
        ),
        (
            '{"text": "ab", "tool": "t", "slots": [{"start": 0, "end": 1, "type": 3, "value": "a"}]}',
            "slots",
        ),
    ],
)
def test_a_wrong_row_names_file_and_line(write, row: str, problem: str):
    path = write("a.jsonl", '{"text": "fine", "tool": "t"}\n\n' + row + "\n")
    with pytest.raises(DataError) as caught:
        read_examples(path)
    assert str(caught.value).startswith("a.jsonl:3: ")
    assert problem in str(caught.value)
    assert (caught.value.file, caught.value.line) == ("a.jsonl", 3)


@pytest.mark.parametrize(
    ("content", "line", "problem"),
    [
        ("text\nhello\n", 1, "the first line must be: text,tool"),
        ("text,intent\nhello,t\n", 1, "the first line must be: text,tool"),
        ("text,text\nhello,t\n", 1, "the first line must be: text,tool"),
        ("hello,t\n", 1, "the first line must be: text,tool"),
        (
            "text,tool\na,t\ntea, please,t\n",
            3,
            "has 3 cells, the header 2; quote texts that hold commas",
        ),
        ("text,tool\na\n", 2, "has 1 cells"),
        ('text,tool\na,t\n"open,t\nb,t\n', 3, "is not CSV"),
        ("text,tool\na,t \n", 2, "give a name"),
    ],
)
def test_a_wrong_csv_names_file_and_line(write, content: str, line: int, problem: str):
    with pytest.raises(DataError) as caught:
        read_examples(write("a.csv", content))
    assert str(caught.value).startswith(f"a.csv:{line}: ")
    assert problem in str(caught.value)


def test_another_encoding_names_the_line(write):
    with pytest.raises(DataError, match=r"^a.jsonl:2: is not UTF-8; save the file as UTF-8$"):
        read_examples(
            write(
                "a.jsonl",
                '{"text": "a", "tool": "t"}\n{"text": "café", "tool": "t"}\n'.encode("latin-1"),
            )
        )
    with pytest.raises(DataError, match=r"^b.csv:1: is not UTF-8"):
        read_examples(write("b.csv", "text,tool\na,t\n".encode("utf-16")))


def test_a_path_that_cannot_be_read_is_named(write, tmp_path: Path):
    for path in ("none.jsonl", str(tmp_path), "nul\0byte"):
        with pytest.raises(DataError, match=r"cannot be read .* give the path of a file"):
            read_examples(path)


def test_weak_examples_hold_only_where_they_are_asked_for_and_give_way(write):
    path = write(
        "mine.jsonl",
        '{"text": "brew", "tool": "tea", "weak": true}\n'
        '{"text": "Brew", "tool": "coffee", "weak": true}\n'
        '{"text": "dim it", "tool": "lights", "weak": true}\n'
        '{"text": "ring", "tool": "alarm"}\n'
        '{"text": "ring", "tool": "bell", "weak": true}\n'
        '{"text": "dim it", "tool": "blinds", "corrects": true}\n',
    )
    assert [(e.text, e.tool) for e in read_examples(path)] == [
        ("ring", "alarm"),
        ("dim it", "blinds"),
    ]
    assert [(e.text, e.tool, e.is_weak) for e in read_examples(path, takes_weak=True)] == [
        ("Brew", "coffee", True),
        ("ring", "alarm", False),
        ("dim it", "blinds", False),
    ]
