"""Numbers with a unit: shares, degrees, money and quantities, from the parts of a pattern."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from edge_router.tools.grammar.reading import Kind
from edge_router.tools.grammar.units import UNITS, convert

_SECONDS = {"h": "h", "m": "min", "s": "s"}


class Measure(NamedTuple):
    """A number and what it counts."""

    kind: Kind
    """percent, temperature, currency or quantity."""
    amount: int | Fraction
    """How many."""
    unit: str
    """Of what; % for a share."""


def build_measure(parts: dict[str, Any]) -> Measure | None:
    """The measure that a number's neighbours make of it."""
    amount = parts.get("number", 1)
    if "half" in parts:
        amount = Fraction(1, 2)
    if "percent" in parts:
        return Measure(Kind.PERCENT, amount, "%")
    if "scale_sign" in parts and isinstance(parts["scale_sign"], int):
        amount *= parts["scale_sign"]
    if "temperature" in parts or "degree" in parts:
        return Measure(Kind.TEMPERATURE, amount, parts.get("temperature", "degree"))
    if "currency" in parts:
        return _build_money(amount, parts)
    return _build_quantity(amount, parts)


def _build_money(amount: int | Fraction, parts: dict[str, Any]) -> Measure:
    if "cents" in parts and 0 <= parts["cents"] < 100:
        amount += Fraction(parts["cents"], 100)
    return Measure(Kind.CURRENCY, amount, parts.get("currency_again") or parts["currency"])


def _build_quantity(amount: int | Fraction, parts: dict[str, Any]) -> Measure | None:
    unit = parts["unit"]
    if "per_unit" in parts:
        whole = f"{unit}/{_SECONDS.get(parts['per_unit'], parts['per_unit'])}"
        return Measure(Kind.QUANTITY, amount, whole)
    if "part_unit" in parts:
        part = convert(parts["part"], parts["part_unit"], unit)
        if part is None or UNITS[parts["part_unit"]][1] >= UNITS[unit][1]:
            return None
        amount += part
    return Measure(Kind.QUANTITY, amount, unit)
