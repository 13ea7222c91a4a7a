"""Show what a bundle holds: labels, sizes, calibration, what it was trained on."""

from __future__ import annotations

import argparse
import json

from edge_router.bundle import Bundle, read_bundle
from edge_router.cli.output import print_json


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
    names = ", ".join(tool.name for tool in m.tools[:200]) or "(none: a base encoder)"
    more = f" and {len(m.tools) - 200} more" if len(m.tools) > 200 else ""
    no_tool = ", and an answer for texts that fit none" if m.has_no_tool else ""
    lines = [
        f"{m.name} {m.version}, sha256 {bundle.sha256}",
        f"size         {bundle.size_bytes} bytes: "
        + ", ".join(f"{k} {v.size_bytes}" for k, v in sorted(m.members.items())),
        f"tools        {len(m.tools)}{no_tool}: {names}{more}",
        f"reads        {m.max_tokens} tokens, {m.max_chars} characters",
        f"threshold    {m.policy.threshold:.4f}, for a precision of {m.policy.target_precision}",
        f"calibration  {len(m.calibration.weights)} weights, shift {m.calibration.shift}",
        f"goldens      {len(bundle.goldens)}",
    ]
    for title, values in (
        ("training", m.training),
        ("metrics", m.metrics),
        ("made with", m.created_with),
    ):
        lines.append(f"{title:<12} {json.dumps(values, sort_keys=True, ensure_ascii=False)}")
    return "\n".join(lines)
