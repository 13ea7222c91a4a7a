"""Show why a text gets its decision: what each word adds, what would flip it, what it lies near.

With ``-`` the texts come from stdin, one a line.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from edge_router.cli.exit_codes import DONE
from edge_router.cli.output import print_json
from edge_router.cli.teaching import add_taught, load_router, take_bundle
from edge_router.cli.texts import STDIN, check_texts, read_texts
from edge_router.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument(
        "text",
        nargs="+",
        help="a .router file (default: the router in the package, which knows what was taught), "
        "and texts, after -- where one begins with a dash; - reads stdin, a text a line",
    )
    add_taught(parser)
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="write a page of one text's explanation, too"
    )


def run(options: argparse.Namespace) -> int:
    """Prints an explanation per text."""
    from edge_router.cli.explanation_text import describe, has_colors

    bundle, texts = take_bundle(options.text)
    check_texts(texts)
    if options.html and (len(texts) > 1 or texts == [STDIN]):
        raise InputError("--html writes a page of one text; give that text alone")
    router, is_first = load_router(bundle, options), True
    for text in read_texts(texts, max_chars=router.bundle.manifest.max_chars):
        explanation = router.explain(text)
        if options.html:
            from edge_router.cli.explanation_page import make_page

            options.html.write_text(make_page(explanation), "utf-8")
        if options.json:
            print_json(explanation.to_dict())
        else:
            lines = describe(explanation, has_colors=has_colors())
            print("\n".join(lines if is_first else ["", "", *lines]), flush=True)
        is_first = False
    return DONE
