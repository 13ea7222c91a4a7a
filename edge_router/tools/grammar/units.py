"""Units of measurement: what each measures, and how much of the SI's unit it is (NIST SP 811)."""

from __future__ import annotations

from fractions import Fraction

_INCH = Fraction(254, 10_000)
_POUND = Fraction(45_359_237, 100_000_000)
_GALLON = Fraction(3_785_411_784, 10**12)

UNITS: dict[str, tuple[str, Fraction | int]] = {
    "nm": ("length", Fraction(1, 10**9)),
    "µm": ("length", Fraction(1, 10**6)),
    "mm": ("length", Fraction(1, 1000)),
    "cm": ("length", Fraction(1, 100)),
    "dm": ("length", Fraction(1, 10)),
    "m": ("length", 1),
    "km": ("length", 1000),
    "in": ("length", _INCH),
    "ft": ("length", 12 * _INCH),
    "yd": ("length", 36 * _INCH),
    "mi": ("length", 63_360 * _INCH),
    "nmi": ("length", 1852),
    "ly": ("length", 9_460_730_472_580_800),
    "mm2": ("area", Fraction(1, 10**6)),
    "cm2": ("area", Fraction(1, 10**4)),
    "m2": ("area", 1),
    "km2": ("area", 10**6),
    "ft2": ("area", (12 * _INCH) ** 2),
    "mi2": ("area", (63_360 * _INCH) ** 2),
    "ha": ("area", 10_000),
    "acre": ("area", 43_560 * (12 * _INCH) ** 2),
    "ml": ("volume", Fraction(1, 10**6)),
    "cl": ("volume", Fraction(1, 10**5)),
    "l": ("volume", Fraction(1, 1000)),
    "cm3": ("volume", Fraction(1, 10**6)),
    "m3": ("volume", 1),
    "gal": ("volume", _GALLON),
    "qt": ("volume", _GALLON / 4),
    "pt": ("volume", _GALLON / 8),
    "cup": ("volume", _GALLON / 16),
    "floz": ("volume", _GALLON / 128),
    "tbsp": ("volume", _GALLON / 256),
    "tsp": ("volume", _GALLON / 768),
    "µg": ("mass", Fraction(1, 10**9)),
    "mg": ("mass", Fraction(1, 10**6)),
    "g": ("mass", Fraction(1, 1000)),
    "kg": ("mass", 1),
    "t": ("mass", 1000),
    "oz": ("mass", _POUND / 16),
    "lb": ("mass", _POUND),
    "st": ("mass", 14 * _POUND),
    "bit": ("information", Fraction(1, 8)),
    "kbit": ("information", 125),
    "mbit": ("information", 125_000),
    "gbit": ("information", 125_000_000),
    "byte": ("information", 1),
    "kb": ("information", 10**3),
    "mb": ("information", 10**6),
    "gb": ("information", 10**9),
    "tb": ("information", 10**12),
    "hz": ("frequency", 1),
    "khz": ("frequency", 10**3),
    "mhz": ("frequency", 10**6),
    "ghz": ("frequency", 10**9),
    "w": ("power", 1),
    "kw": ("power", 10**3),
    "mw": ("power", 10**6),
    "hp": ("power", Fraction("745.69987158227")),
    "j": ("energy", 1),
    "kj": ("energy", 10**3),
    "kwh": ("energy", 3_600_000),
    "cal": ("energy", Fraction("4.184")),
    "kcal": ("energy", 4184),
    "v": ("voltage", 1),
    "mv": ("voltage", Fraction(1, 1000)),
    "kv": ("voltage", 1000),
    "a": ("current", 1),
    "ma": ("current", Fraction(1, 1000)),
    "ohm": ("resistance", 1),
    "farad": ("capacitance", 1),
    "µf": ("capacitance", Fraction(1, 10**6)),
    "nf": ("capacitance", Fraction(1, 10**9)),
    "pf": ("capacitance", Fraction(1, 10**12)),
    "henry": ("inductance", 1),
    "mh": ("inductance", Fraction(1, 1000)),
    "µh": ("inductance", Fraction(1, 10**6)),
    "coulomb": ("charge", 1),
    "pa": ("pressure", 1),
    "hpa": ("pressure", 100),
    "kpa": ("pressure", 1000),
    "bar": ("pressure", 100_000),
    "atm": ("pressure", 101_325),
    "psi": ("pressure", Fraction("6894.757293168")),
    "n": ("force", 1),
    "kn": ("force", 1000),
    "db": ("level", 1),
    "deg": ("angle", 1),
    "rad": ("angle", Fraction("57.29577951308232")),
    "turn": ("angle", 360),
    "m/s": ("speed", 1),
    "km/h": ("speed", Fraction(1000, 3600)),
    "mi/h": ("speed", 63_360 * _INCH / 3600),
    "ft/s": ("speed", 12 * _INCH),
    "kt": ("speed", Fraction(1852, 3600)),
}
"""Symbol, to dimension and factor; the files of languages say which words stand for a symbol."""


def convert(amount: Fraction | int, unit: str, target: str) -> Fraction | None:
    """The amount in another unit; None where the two do not measure the same.

    ``convert(180, "cm", "m")`` is 9/5.
    """
    if unit not in UNITS or target not in UNITS or UNITS[unit][0] != UNITS[target][0]:
        return None
    return Fraction(amount) * UNITS[unit][1] / UNITS[target][1]
