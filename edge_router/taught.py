"""What was taught on this device: texts with their tools, kept as texts.

A file of it is ``.jsonl``, one thing said a line, and only ever grows::

    {"text": "make me a coffee", "tool": "coffee.start"}
    {"tool": "coffee.start", "description": "Starts the coffee machine"}
    {"text": "wake me at six", "tool": "alarm.set", "corrects": true}
    {"text": "wake me at six", "forgotten": true}
    {"text": "make it cosy", "tool": "lights.dim", "weak": true}
    {"tool": "coffee.start", "forgotten": true}

``read_examples`` reads the same file for the next training. A weak row, whose tool a language model
chose, holds only for a training that asks for it. Vectors are no part of it: they follow from the
texts and the bundle.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from edge_router.errors import DataError
from edge_router.examples import (
    Example,
    Retraction,
    Row,
    ToolNote,
    normalize,
    parse_rows,
    settle,
    without_torn_line,
)
from edge_router.examples.text_file import is_unicode, read_bytes
from edge_router.tool import FREE, MAX_DESCRIPTION_CHARS, NAME_RULE, RISKS, Tool, is_name

try:
    import fcntl
except ImportError:  # Windows has no such locks: there, one process at a time may write
    fcntl = None  # type: ignore[assignment]

_IN_MEMORY = "taught"
"""The file that an example names which no file holds yet."""


@dataclass(frozen=True, slots=True)
class Taught:
    """All that was said, and what of it holds."""

    rows: tuple[Row, ...] = ()
    """Everything that was said, in its order."""
    tools: tuple[Tool, ...] = ()
    """The taught tools, by name."""
    examples: tuple[Example, ...] = ()
    """The texts that hold, each once; with tools that the bundle knows, too, and with ``None``."""

    def teach(
        self,
        tool: str,
        texts: Iterable[str] = (),
        *,
        description: str = "",
        parameters: dict[str, Any] | None = None,
    ) -> Taught:
        """With ``texts`` for ``tool``, and what it does; a second call adds texts.

        Raises DataError where a text belongs to another tool already: ``correct`` moves it.
        """
        held = next((known for known in self.tools if known.name == tool), Tool(tool))
        lesson = replace(held, description=description, parameters=parameters)
        return self.teach_many(
            [(lesson if lesson.description or parameters else Tool(tool), texts)]
        )

    def teach_many(self, lessons: Iterable[tuple[Tool, Iterable[str]]]) -> Taught:
        """With many tools and their texts at once."""
        known = {tool.name: tool for tool in self.tools}
        held = {(normalize(example.text), example.tool) for example in self.examples}
        said: list[Row] = []
        for tool, texts in lessons:
            _check_tool(tool)
            texts = _listed(texts)
            if tool not in (known.get(tool.name), Tool(tool.name)) or not (
                texts or tool.name in known
            ):
                said.append(ToolNote(tool))
            for text in texts:
                example = self._example(text, tool.name, len(said) + 1)
                if (key := (normalize(text), tool.name)) not in held:
                    held.add(key)
                    said.append(example)
        return self.with_rows(said)

    def correct(self, text: str, *, tool: str | None) -> Taught:
        """With ``text`` belonging to ``tool``, whatever was said of it before; ``None``: to none of
        the tools.
        """
        if tool is not None:
            _check_tool(Tool(tool))
        example = self._example(text, tool, 1)
        return self.with_rows([Example(text, tool, (), example.file, example.line, True)])  # noqa: FBT003 - a field

    def restore(self, text: str, *, before: Taught) -> Taught:
        """With ``text`` belonging to what it did in ``before``; nothing is said of it any more
        where nothing was.
        """
        key = normalize(text)
        for example in before.examples:
            if normalize(example.text) == key:
                return self.with_rows([replace(example, is_correction=True)])
        return self.with_rows([Retraction(text)])

    def forget(self, tool: str) -> Taught:
        """Without what was said of ``tool``; raises DataError where nothing was."""
        if all(known.name != tool for known in self.tools):
            names = ", ".join(known.name for known in self.tools[:20])
            raise DataError(f"the tool {tool!r} was not taught; taught are: {names or 'none'}")
        return self.with_rows([ToolNote(Tool(tool), is_forgotten=True)])

    def with_rows(self, rows: Sequence[Row]) -> Taught:
        """With more said after all that was."""
        whole = (*self.rows, *rows)
        described, examples = settle(whole)
        once: dict[str, Example] = {}
        for example in examples:
            first = once.setdefault(normalize(example.text), example)
            if first.tool != example.tool:
                raise _conflict(first, example)
        named = {example.tool: Tool(example.tool) for example in once.values() if example.tool}
        tools = named | {tool.name: tool for tool in described}
        return Taught(whole, tuple([tools[name] for name in sorted(tools)]), tuple(once.values()))

    def with_all_of(self, other: Taught) -> Taught:
        """With those rows of ``other`` that are not here yet."""
        mine = iter([_dump_row(row) for row in self.rows])
        # `in` moves on to where it found a row: left out is a subsequence of what is here
        return self.with_rows([row for row in other.rows if _dump_row(row) not in mine])

    def _example(self, text: str, tool: str | None, number: int) -> Example:
        if not isinstance(text, str) or not text.strip() or not is_unicode(text):
            raise DataError(f"{text!r} is no text to teach; give a str that is not blank")
        return Example(text, tool, (), _IN_MEMORY, len(self.rows) + number)


def read_taught(path: str | os.PathLike[str]) -> Taught:
    """What the file ``path`` holds; raises DataError with file and line. A last line that was cut
    off in writing is left out.
    """
    return Taught().with_rows(parse_rows(read_bytes(Path(path)), str(path)))


def update_taught(path: str | os.PathLike[str], change: Callable[[Taught], Taught]) -> Taught:
    """What the file ``path`` holds after ``change``, whose new rows were appended to it.

    The file is made where there is none, and is locked meanwhile, so that several processes may
    write. Raises DataError and leaves the file as it was where that cannot be done.
    """
    try:
        with _open_locked(Path(path)) as file:
            held = Taught().with_rows(parse_rows(_read_whole_lines(file), str(path)))
            changed = change(held)
            _append(file, "".join(_dump_row(row) + "\n" for row in changed.rows[len(held.rows) :]))
    except OSError as error:
        raise DataError(
            f"cannot be written ({error.strerror}); nothing was added, free space or name another "
            "file",
            file=str(path),
        ) from error
    return changed


@contextmanager
def _open_locked(path: Path) -> Iterator[int]:
    """A descriptor that appends; the lock goes with it, also where the process is killed."""
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
    try:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)


def _read_whole_lines(file: int) -> bytes:
    """The file's bytes; a torn last line is cut off, and one without its end gets it."""
    data = b""
    while part := os.read(file, 1 << 20):
        data += part
    whole = without_torn_line(data)
    if len(whole) < len(data):
        os.ftruncate(file, len(whole))
    if whole and not whole.endswith(b"\n"):
        _append(file, "\n")
    return whole


def _append(file: int, text: str) -> None:
    """All of ``text`` or, where the disk is full, none of it."""
    left, size = text.encode(), os.fstat(file).st_size
    try:
        while left:
            left = left[os.write(file, left) :]
        os.fsync(file)
    except OSError:
        os.ftruncate(file, size)
        raise


def _dump_row(row: Row) -> str:
    if isinstance(row, Example):
        line: dict[str, Any] = {"text": row.text, "tool": row.tool}
        if row.slots:
            slots = [(s.start, s.end, s.type, s.value) for s in row.slots]
            line["slots"] = [
                dict(zip(("start", "end", "type", "value"), slot, strict=True)) for slot in slots
            ]
        if row.is_correction:
            line["corrects"] = True
        if row.is_weak:
            line["weak"] = True
    elif isinstance(row, Retraction):
        line = {"text": row.text, "forgotten": True}
    elif row.is_forgotten:
        line = {"tool": row.tool.name, "forgotten": True}
    else:
        line = {"tool": row.tool.name, "description": row.tool.description}
        if row.tool.parameters is not None:
            line["parameters"] = row.tool.parameters
        if row.tool.risk != FREE:
            line["risk"] = row.tool.risk
        if row.tool.domain:
            line["domain"] = row.tool.domain
    return json.dumps(line, ensure_ascii=False)


def _check_tool(tool: Tool) -> None:
    if not is_name(tool.name):
        raise DataError(f"the tool {tool.name!r} cannot be taught; {NAME_RULE}")
    if tool.risk not in RISKS or (tool.domain and not is_name(tool.domain)):
        raise DataError(
            f"the tool {tool.name!r} has the risk {tool.risk!r} and the domain {tool.domain!r}; "
            f"give one of {', '.join(RISKS)}, and a name or nothing"
        )
    if not isinstance(tool.description, str) or len(tool.description) > MAX_DESCRIPTION_CHARS:
        raise DataError(
            f"the description of {tool.name!r} must be a text of at most {MAX_DESCRIPTION_CHARS} "
            "characters; shorten it"
        )
    try:
        is_json = json.dumps(
            [tool.description, tool.parameters], allow_nan=False, ensure_ascii=False
        )
        is_json.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise DataError(
            f"the tool {tool.name!r} cannot be written as JSON ({error}); correct its parameters"
        ) from error


def _listed(texts: Iterable[str]) -> list[str]:
    if isinstance(texts, str | bytes):  # its characters would be taught, one by one
        raise DataError("teach takes a list of texts; put the one text in a list")
    return list(texts)


def _conflict(first: Example, second: Example) -> DataError:
    def place(example: Example) -> str:
        return "" if example.file == _IN_MEMORY else f" ({example.file}:{example.line})"

    return DataError(
        f"the text {second.text!r}{place(second)} is taught to {second.tool!r}, and as "
        f"{first.text!r}{place(first)} to {first.tool!r}; keep one, or correct it"
    )
