"""Reads protobuf messages of a known, closed schema, without the protobuf package.

The wire format is https://protobuf.dev/programming-guides/encoding/. Stricter than a parser has to
be, so that no second parser can read the same bytes differently: unknown fields, other wire types,
repeated single fields and numbers that are written longer than needed are refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

MAX_FIELDS = 4096
_VARINT, _BYTES = 0, 2


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a message may have."""

    name: str
    """Its name in messages and lookups."""
    is_number: bool = False
    """A varint; otherwise bytes: a text, a message or raw data."""
    is_repeated: bool = False
    """It may stand more than once."""


class Message:
    """The fields of one message; reading raises ValueError where it holds anything that ``schema``
    does not name.
    """

    def __init__(self, data: memoryview, what: str, schema: Mapping[int, Field]) -> None:
        """``what`` names the message in errors; ``schema`` maps field numbers to fields."""
        self._numbers: dict[str, list[int]] = {}
        self._parts: dict[str, list[memoryview]] = {}
        for count, (number, value) in enumerate(_fields(data)):
            field = schema.get(number)
            if field is None or field.is_number != isinstance(value, int):
                raise ValueError(f"a {what} with the field {number}")
            if count >= MAX_FIELDS:
                raise ValueError(f"a {what} with more than {MAX_FIELDS} fields")
            self._add(field, value, what)

    def numbers(self, name: str) -> list[int]:
        """All values of a repeated number field, signed 64 bit."""
        return [n - 2**64 if n >= 2**63 else n for n in self._numbers.get(name, [])]

    def number(self, name: str) -> int:
        """The value of a number field; 0 where it is absent, as protobuf has it."""
        return self.numbers(name)[0] if name in self._numbers else 0

    def parts(self, name: str) -> list[memoryview]:
        """All values of a repeated bytes field, not copied."""
        return self._parts.get(name, [])

    def part(self, name: str) -> memoryview:
        """The value of a bytes field; empty where it is absent."""
        return self._parts[name][0] if name in self._parts else memoryview(b"")

    def texts(self, name: str) -> list[str]:
        """All values of a repeated text field."""
        return [bytes(part).decode("utf-8") for part in self.parts(name)]

    def text(self, name: str) -> str:
        """The value of a text field; empty where it is absent."""
        return bytes(self.part(name)).decode("utf-8")

    def _add(self, field: Field, value: int | memoryview, what: str) -> None:
        if not field.is_repeated and (field.name in self._numbers or field.name in self._parts):
            raise ValueError(f"a {what} with two of {field.name}")
        if isinstance(value, int):
            self._numbers.setdefault(field.name, []).append(value)
        else:
            self._parts.setdefault(field.name, []).append(value)


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    position = 0
    while position < len(data):
        key, position = _read_varint(data, position)
        if key & 7 == _VARINT:
            number, position = _read_varint(data, position)
            yield key >> 3, number
        elif key & 7 == _BYTES:
            size, position = _read_varint(data, position)
            if size > len(data) - position:
                raise ValueError("a part that is cut short")
            yield key >> 3, data[position : position + size]
            position += size
        else:
            raise ValueError(f"the wire type {key & 7}")


def _read_varint(data: memoryview, position: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if position >= len(data):
            raise ValueError("a number that is cut short")
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            if value >= 2**64 or (byte == 0 and shift):
                break
            return value, position
    raise ValueError("a number that is too long")
