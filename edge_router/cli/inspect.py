"""Show what a bundle holds: labels, sizes, calibration, what it was trained on."""

from __future__ import annotations

import argparse
import json

from edge_router.bundle import Bundle, Choice, read_bundle
from edge_router.cli.output import print_json

_SHOWN_TOOLS = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument("bundle", help="a .router file")


def run(options: argparse.Namespace) -> int:
    """Prints the bundle's description of itself; nothing in it is run."""
    bundle = read_bundle(options.bundle)
    if options.json:
        whole = json.loads(bundle.manifest.to_bytes())
        print_json(
            {
                "sha256": bundle.sha256,
                "size_bytes": bundle.size_bytes,
                "goldens": len(bundle.goldens),
                **whole,
            }
        )
    else:
        print(_describe(bundle))
    return 0


def _describe(bundle: Bundle) -> str:
    m = bundle.manifest
    members = ", ".join(f"{k} {v.size_bytes}" for k, v in sorted(m.members.items()))
    lines = [
        f"{m.name} {m.version}, sha256 {bundle.sha256}",
        f"size         {bundle.size_bytes} bytes: {members}",
        *(_describe_choice(m.parts.choice) if m.parts.choice else ()),
        *([f"embedding    {m.parts.embedding.width} wide"] if m.parts.embedding else ()),
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
    return "\n".join(lines)


def _describe_choice(choice: Choice) -> list[str]:
    names = ", ".join(tool.name for tool in choice.tools[:_SHOWN_TOOLS])
    if len(choice.tools) > _SHOWN_TOOLS:
        names += f" and {len(choice.tools) - _SHOWN_TOOLS} more"
    no_tool = ", and an answer for texts that fit none" if choice.answers_no_tool else ""
    policy, table = choice.policy, choice.calibration
    return [
        f"tools        {len(choice.tools)}{no_tool}: {names}",
        f"threshold    {policy.threshold:.4f}, for a precision of {policy.target_precision}",
        f"calibration  {len(table.weights)} weights, shift {table.shift}",
    ]
