"""What the tables are made of: lines of Markdown, and values as they are written in them."""

from __future__ import annotations

from collections.abc import Sequence

from bench.measured import Result


def make_table(head: Sequence[str], rows: Sequence[Sequence[str]], used: Sequence[Result]) -> str:
    """A table, with the commands below that measured what is in it."""
    lines = [_line(head), "|---|" + "---:|" * (len(head) - 1), *map(_line, rows)]
    notes = dict.fromkeys(f"- {describe_stamp(result['stamp'])}" for result in used)
    return "\n".join([*lines, "", "<sub>Measured by</sub>", "", *notes])


def describe_stamp(stamp: Result) -> str:
    """One line: by which command, where, with what, when."""
    machine, versions = stamp["machine"], stamp["versions"]
    used = ", ".join(f"{name} {versions[name]}" for name in ("onnxruntime", "tokenizers", "numpy"))
    commit = (stamp["git_commit"] or "no checkout")[:10]
    return (
        f"`{stamp['command']}` · {machine['cpu']}, {machine['cores']} cores · {used} · {commit} · "
        f"{stamp['date']}"
    )


def accuracy_cell(row: Result | None) -> str:
    """A share in per cent with its 95 % interval, or why there is none."""
    if row is None:
        return ""
    if "missing" in row:
        return str(row["missing"])
    low, high = row["accuracy_95"]
    return f"{percent(row['accuracy'])} ({percent(low)} to {percent(high)})"


def percent(share: float | None) -> str:
    """With one decimal; nothing for nothing."""
    return f"{100 * share:.1f}" if share is not None else ""


def time_us(us: float) -> str:
    """Microseconds, with three digits at least."""
    return f"{us:.0f}" if us >= 100 else f"{us:.1f}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
