"""Check that this device computes exactly what the bundle's maker did."""

from __future__ import annotations

import argparse

from edge_router.cli.exit_codes import CHECK_FAILED, DONE
from edge_router.cli.output import print_json
from edge_router.router import Router
from edge_router.verify import verify


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument("bundle", help="a .router file")


def run(options: argparse.Namespace) -> int:
    """Prints what differs; exit code 1 if anything does."""
    router = Router.load(options.bundle)
    found = verify(router)
    count = len(router.bundle.goldens)
    if options.json:
        rows = [
            {"text": m.text, "what": m.what, "expected": m.expected, "got": m.got} for m in found
        ]
        print_json({"sha256": router.bundle.sha256, "goldens": count, "mismatches": rows})
    else:
        for m in found:
            print(
                f"{m.what} of {m.text[:60]!r}: expected {str(m.expected)[:200]}, got "
                f"{str(m.got)[:200]}"
            )
        print(f"{count - len(found)} of {count} goldens are the same here, bit for bit")
    return CHECK_FAILED if found else DONE
