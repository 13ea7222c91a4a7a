"""Say why a tool did not answer a text, and what makes it answer."""

from __future__ import annotations

import argparse
import json
import shlex
from difflib import get_close_matches
from pathlib import Path

from edge_router.cli.exit_codes import DONE
from edge_router.cli.output import print_json, printable
from edge_router.cli.teaching import add_taught, load_router, take_bundle
from edge_router.cli.texts import read_texts
from edge_router.errors import InputError
from edge_router.explanation import Explanation
from edge_router.router import Router

_FILE = Path("taught.jsonl")
"""What the advice calls the file of what is taught, where ``--taught`` names none."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.add_argument(
        "word",
        nargs="+",
        metavar="[BUNDLE] TEXT TOOL",
        help="a .router file (default: the router in the package, which knows what was taught), "
        "the text, and the tool that should have answered it",
    )
    add_taught(parser)


def run(options: argparse.Namespace) -> int:
    """Prints the explanation against the tool, and the advice."""
    from edge_router.cli.why_not_text import describe_why_not

    bundle, words = take_bundle(options.word)
    if len(words) != 2:
        raise InputError("why-not takes one text and one tool; put the text in quotes")
    tool = words[1]
    router = load_router(bundle, options)
    [text] = read_texts(words[:1], max_chars=router.bundle.manifest.max_chars)
    _check_tool(tool, router)
    explanation = router.explain(text, against=tool)
    advice = _advise(explanation, tool, bundle, options.taught or _FILE, router)
    if options.json:
        does_answer = explanation.decision.tool == tool
        print_json(
            {"tool": tool, "answers": does_answer, "advice": advice, **explanation.to_dict()}
        )
    else:
        print("\n".join(describe_why_not(explanation, tool, advice)))
    return DONE


def _check_tool(tool: str, router: Router) -> None:
    names = [known.name for known in router.tools]
    if tool not in names:
        near = [f"did you mean {name!r}? " for name in get_close_matches(tool, names, n=1)]
        shown = ", ".join(map(repr, names[:20])) or "none: teach one, or name a --taught file"
        raise InputError(f"there is no tool {tool!r}; {''.join(near)}its tools are {shown}")


def _advise(
    explanation: Explanation, tool: str, bundle: str | None, file: Path, router: Router
) -> list[str]:
    """Commands that make ``tool`` answer the text and show that it does; or the example to train
    with, where the bundle cannot be taught. None where it does answer, or nothing was read.
    """
    text = explanation.text
    if explanation.decision.tool == tool or explanation.best is None or not text.strip():
        return []
    part = router.bundle.manifest.parts.embedding
    if part is None or part.teaching is None:
        is_shown = (text + tool).isprintable()
        return [json.dumps({"text": text, "tool": tool}, ensure_ascii=not is_shown)]
    named = [] if bundle is None else [_quote(bundle)]
    taught, words = _quote(str(file)), [_quote(text), _quote(tool)]
    dash = ["--"] if text.startswith("-") or tool.startswith("-") else []
    return [
        " ".join(["edge-router correct", *dash, taught, *words]),
        " ".join(["edge-router route --taught", taught, *dash, *named, words[0]]),
    ]


def _quote(word: str) -> str:
    r"""``word`` for a shell; what no terminal may be sent stands in bash's ``$'\n'``."""
    if word.isprintable():
        return shlex.quote(word)
    escaped = word.replace("\\", "\\\\").replace("'", "\\'")
    return f"$'{printable(escaped)}'"
