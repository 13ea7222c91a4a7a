"""Looks through the examples before any training: every problem with file and line, all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge_router.errors import DataError
from edge_router.examples import Example, normalize
from edge_router.tool import Tool

MIN_EXAMPLES = 2
FEW_EXAMPLES = 10
SHOWN = 20


@dataclass(frozen=True)
class Findings:
    """What validation found."""

    errors: tuple[str, ...]
    """What must be corrected, each with file and line."""
    warnings: tuple[str, ...]
    """What is worth a look."""
    examples: tuple[Example, ...]
    """The examples to train on: all, without doubled ones."""

    def raise_errors(self) -> None:
        """Raises DataError with the first errors, if there are any."""
        if self.errors:
            more = len(self.errors) - SHOWN
            listed = "\n  ".join(self.errors[:SHOWN]) + (f"\n  and {more} more" if more > 0 else "")
            raise DataError(
                f"{len(self.errors)} problems in the examples; correct them and train "
                f"again:\n  {listed}"
            )


def validate(
    examples: Sequence[Example],
    tools: Sequence[Tool],
    *,
    held_back: Sequence[Example] = (),
    liked: Sequence[Example] = (),
) -> Findings:
    """Checks the examples for training; ``held_back`` are test and held-out texts that must not be
    among them, ``liked`` rewarded outcomes, which count as examples of their tools.
    """
    errors: list[str] = []
    warnings: list[str] = []
    kept: list[Example] = []
    seen: dict[str, Example] = {}
    kept_back = {normalize(e.text): e for e in held_back}
    declared = {tool.name for tool in tools}
    corrected = {normalize(e.text) for e in examples if e.is_correction}
    for example in examples:
        key = normalize(example.text)
        if key in corrected and not example.is_correction:
            continue
        if problem := _find_problem(example, key, seen, kept_back, declared):
            errors.append(f"{example.file}:{example.line}: {problem}")
        elif key in seen:
            warnings.append(
                f"{example.file}:{example.line}: the same text as {_place(seen[key])}; used once"
            )
        else:
            seen[key] = example
            kept.append(example)
    standing = [*kept, *liked]
    _check_counts(standing, declared, errors, warnings)
    known = declared | {example.tool for example in standing} | {None}
    errors += [
        f"{_place(e)}: the tool {e.tool!r} has no training examples; correct the name here, or "
        "give it some"
        for e in held_back
        if e.tool not in known
    ]
    return Findings(tuple(errors), tuple(warnings), tuple(kept))


def _find_problem(
    example: Example,
    key: str,
    seen: dict[str, Example],
    held_back: dict[str, Example],
    declared: set[str],
) -> str | None:
    if not key:
        return "the text is empty; write one or remove the row"
    if key in held_back:
        return (
            f"the text is also a held-back one ({_place(held_back[key])}); remove it from the "
            "training examples"
        )
    if key in seen and seen[key].tool != example.tool:
        other = seen[key]
        return (
            f"the text stands under {example.tool!r} here and under {other.tool!r} at "
            f"{_place(other)}; keep one"
        )
    if declared and example.tool is not None and example.tool not in declared:
        return (
            f"the tool {example.tool!r} is not in the tools file; add it there or correct the name"
        )
    return None


def _check_counts(
    kept: Sequence[Example], declared: set[str], errors: list[str], warnings: list[str]
) -> None:
    counts = dict.fromkeys(sorted(declared), 0)
    for example in kept:
        if example.tool is not None:
            counts[example.tool] = counts.get(example.tool, 0) + 1
    if len(counts) < 2:
        errors.append(f"there are examples of {len(counts)} tools; a router needs two or more")
    for tool, count in counts.items():
        if count < MIN_EXAMPLES:
            wanted = f"give it {MIN_EXAMPLES} at the very least, better {FEW_EXAMPLES}"
            errors.append(f"the tool {tool!r} has {count} examples; {wanted}")
        elif count < FEW_EXAMPLES:
            warnings.append(
                f"the tool {tool!r} has {count} examples; {FEW_EXAMPLES} or more make it reliable"
            )


def _place(example: Example) -> str:
    return f"{example.file}:{example.line}"
