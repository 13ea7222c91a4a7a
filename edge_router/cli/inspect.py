"""Show what a bundle holds: labels, sizes, calibration, what it was trained on."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

from edge_router.bundle import Bundle, Choice, Parts, Reference, read_bundle
from edge_router.bundle.reward_numbers import UNIT
from edge_router.cli.exit_codes import DONE
from edge_router.cli.output import print_json, printable
from edge_router.errors import InputError

_SHOWN_TOOLS = 200
_SHOWN_NUMBERS = 16
"""A longer list of numbers is a table, for programs to read."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument("bundle", help="a .router file")
    parser.add_argument(
        "--full",
        action="store_true",
        help="all tools; with --json whole tables and goldens, where otherwise their count stands",
    )

    parser.add_argument(
        "--program",
        action="append",
        metavar="TOOL=BUNDLE",
        help="a .router file that answers for this tool of the bundle: shows both as one program",
    )


def run(options: argparse.Namespace) -> int:
    """Prints the bundle's description of itself; nothing in it is run."""
    if options.program:
        return _show_program(options)
    bundle = read_bundle(options.bundle)
    if options.json:
        print_json(_to_dict(bundle, is_full=options.full))
    else:
        lines = _describe(bundle, most_tools=None if options.full else _SHOWN_TOOLS)
        print("\n".join(map(printable, lines)))
    return DONE


def _show_program(options: argparse.Namespace) -> int:
    """Prints the chain of the bundle and those that answer for its tools."""
    from edge_router.router import Router

    named = [argument.partition("=") for argument in options.program]
    wrong = [tool for tool, _, path in named if not path]
    if wrong:
        raise InputError(f"--program {wrong[0]} names no bundle; write TOOL=BUNDLE")
    routers = {tool: Router.load(path) for tool, _, path in named}
    chain = Router.load(options.bundle).chain(routers)
    if options.json:
        print_json(chain.to_dict())
    else:
        print("\n".join(map(printable, str(chain).split("\n"))))
    return DONE


def _to_dict(bundle: Bundle, *, is_full: bool) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(bundle.manifest.to_bytes())
    goldens = [asdict(golden) for golden in bundle.goldens]
    return {
        "sha256": bundle.sha256,
        "size_bytes": bundle.size_bytes,
        "goldens": goldens if is_full else {"count": len(goldens)},
        **(manifest if is_full else _shorten(manifest)),
    }


def _shorten(value: Any) -> Any:
    """``value`` with every table of numbers replaced by its length."""
    if isinstance(value, dict):
        return {key: _shorten(part) for key, part in value.items()}
    if isinstance(value, list):
        is_table = all(isinstance(part, int | float) for part in value)
        if is_table and len(value) > _SHOWN_NUMBERS:
            return {"count": len(value)}
        return [_shorten(part) for part in value]
    return value


def _describe(bundle: Bundle, *, most_tools: int | None) -> list[str]:
    m = bundle.manifest
    members = ", ".join(f"{k} {v.size_bytes}" for k, v in sorted(m.members.items()))
    lines = [
        f"{m.name} {m.version}, sha256 {bundle.sha256}",
        f"size         {bundle.size_bytes} bytes: {members}",
        *(_describe_choice(m.parts.choice, most_tools) if m.parts.choice else ()),
        *_describe_costs(m.parts),
        *_describe_promise(m.metrics),
        *([f"embedding    {m.parts.embedding.width} wide"] if m.parts.embedding else ()),
        *_describe_reference(m.parts.reference),
        f"reads        {m.max_tokens} tokens, {m.max_chars} characters",
        f"goldens      {len(bundle.goldens)}",
    ]
    told = {
        "training": m.training,
        "metrics": m.metrics,
        "notes": m.notes,
        "made with": m.created_with,
    }
    for title, values in told.items():
        if values:
            text = json.dumps(values, sort_keys=True, ensure_ascii=False)
            lines.append(f"{title:<12} {text}")
    return lines


def _describe_promise(metrics: dict[str, Any]) -> list[str]:
    """The trainer's sentence, where there is one: metrics are whatever the bundle's maker wrote."""
    promise = metrics.get("promise")
    sentence = promise.get("sentence") if isinstance(promise, dict) else None
    return [f"promise      {sentence}"] if isinstance(sentence, str) else []


def _describe_costs(parts: Parts) -> list[str]:
    """What each answer costs, where the bundle knows."""
    if not (parts.rewards and parts.choice):
        return []
    priced = [
        f"{label or 'no tool'} {cost / UNIT:g}"
        for label, cost in zip(parts.choice.labels, parts.rewards.costs, strict=True)
        if cost
    ]
    more = f" and {len(priced) - _SHOWN_NUMBERS} more" if len(priced) > _SHOWN_NUMBERS else ""
    shown = ", ".join(priced[:_SHOWN_NUMBERS]) or "none"
    weight = parts.rewards.cost_weight / UNIT
    return [f"costs        {shown}{more}; a cost of 1 outweighs a reward of {weight:g}"]


def _describe_reference(reference: Reference | None) -> list[str]:
    if reference is None:
        return []
    judged = ", cross-validated" if reference.is_cross_validated else ""
    return [f"reference    {reference.texts} held-out texts{judged}, for drift to compare with"]


def _describe_choice(choice: Choice, most_tools: int | None) -> list[str]:
    shown = choice.tools[:most_tools]
    names = ", ".join(tool.name for tool in shown)
    if len(choice.tools) > len(shown):
        names += f" and {len(choice.tools) - len(shown)} more"
    no_tool = ", and an answer for texts that fit none" if choice.answers_no_tool else ""
    policy, table = choice.policy, choice.calibration
    never = "; no confidence reaches it" if policy.threshold > 1 else ""
    return [
        f"tools        {len(choice.tools)}{no_tool}: {names}",
        f"threshold    {policy.threshold:.4f}, for {policy.max_error:g} of errors{never}",
        f"calibration  {len(table.weights)} weights, shift {table.shift}",
    ]
