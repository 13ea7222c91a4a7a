"""Tell whether the texts of a journal have changed: tools, confidence, abstention, unknown words.

They are compared with the held-out texts of BUNDLE, or, without one that describes those, with
earlier texts of the journal. Texts of other bundles are left out.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from edge_router.bundle import Bundle, read_bundle
from edge_router.cli.exit_codes import ABSTAINED, DONE, DRIFTED
from edge_router.cli.journal import add_journal, moment
from edge_router.cli.output import percent, print_json, printable
from edge_router.journal.drift import LEAST_TEXTS, Drift, Look, Shift, ToolShift, find_drift

_SINCE, _AGAINST = "7d", "28d"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    add_journal(parser)
    parser.add_argument(
        "bundle",
        type=Path,
        nargs="?",
        help="the .router file that decided; its held-out texts are what is compared with",
    )
    parser.add_argument(
        "--since",
        type=moment,
        default=_SINCE,
        metavar="WHEN",
        help=f"from when on texts are looked at: 2h, 7d, 2026-11-25 (default: {_SINCE})",
    )
    parser.add_argument(
        "--against",
        type=moment,
        metavar="WHEN",
        help="compare with the texts from then to --since, not with the bundle's held-out ones "
        f"(default without such: {_AGAINST})",
    )


def run(options: argparse.Namespace) -> int:
    """Prints what moved; the exit code tells a drift, and too few texts, from none."""
    bundle = None if options.bundle is None else read_bundle(options.bundle)
    against = options.against
    if against is None and (bundle is None or bundle.manifest.parts.reference is None):
        against = moment(_AGAINST)
    drift = find_drift(options.file, since=options.since, against=against, bundle=bundle)
    if options.json:
        print_json(drift.to_dict())
    else:
        print("\n".join(_describe(drift, _name_before(bundle, drift, against), options.since)))
    if not drift.has_enough_texts:
        return ABSTAINED
    return DRIFTED if drift.has_drifted else DONE


def _name_before(bundle: Bundle | None, drift: Drift, against: float | None) -> str:
    """What the texts are compared with."""
    if against is not None:
        return f"{drift.before} texts from {_show_time(against)} to then"
    reference = bundle.manifest.parts.reference if bundle else None
    judged = " (cross-validated)" if reference and reference.is_cross_validated else ""
    return f"{drift.before} held-out texts of the bundle{judged}"


def _describe(drift: Drift, before: str, since: float) -> Iterator[str]:
    sides = f"{drift.texts} texts since {_show_time(since)}, compared with {before}"
    if not drift.has_enough_texts:
        yield f"too few texts to tell: {sides}; either side needs {LEAST_TEXTS}"
    else:
        yield f"{'DRIFT' if drift.has_drifted else 'no drift'}: {sides}"
    if drift.other_bundles:
        yield f"{drift.other_bundles} texts that another bundle decided on are left out"
    for tool in drift.tools:
        if tool.has_moved:
            yield _describe_tool(tool)
    yield from map(_describe_look, drift.looks)
    if drift.power:
        noticed = ", ".join([f"{percent(p.noticed)} from {100 * p.share:g} %" for p in drift.power])
        yield f"a tool whose share doubles is noticed by such a look with probability: {noticed}"


def _describe_tool(tool: ToolShift) -> str:
    name = printable(tool.tool or "(no tool)")
    return f"MOVED     {name:<24} {_describe_shift(tool.share)}, chance {tool.chance:.1g}"


def _describe_look(look: Look) -> str:
    name = f"confidence below {look.bound:.3f}" if look.bound is not None else look.name
    said = [f"chance {look.chance:.1g}"]
    if look.share:
        said.insert(0, _describe_shift(look.share))
    if look.psi is not None:
        said.append(f"PSI {look.psi:.3f} (by chance {look.psi_by_chance:.3f})")
    return f"{'MOVED' if look.has_moved else 'as before':<9} {name:<24} {', '.join(said)}"


def _describe_shift(share: Shift) -> str:
    low, high = share.now_95
    interval = f"{100 * low:.2f} to {percent(high)}"
    return f"{percent(share.before)} -> {percent(share.now)} ({interval})"


def _show_time(at: float) -> str:
    return datetime.fromtimestamp(at).strftime("%Y-%m-%d %H:%M")
