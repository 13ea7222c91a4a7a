"""Tables of what follows a decision: arguments, and dispatches."""

from __future__ import annotations

from bench.cells import make_table, percent, time_us
from bench.measured import Result, Results

_LANGUAGES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish"}
_SETS = {"bfcl": "BFCL, simple (Python)", "home_assistant": "Home Assistant, English"}


def make_recognized(results: Results) -> str:
    """Sentences of Recognizers-Text whose every span and value is right, by kind and language."""
    cells: dict[str, dict[str, str]] = {}
    for result in results["arguments"]:
        for row in result["recognizers"]:
            cells.setdefault(row["kind"], {})[row["language"]] = f"{row['right']} of {row['cases']}"
    known = [code for code in _LANGUAGES if any(code in found for found in cells.values())]
    rows = [[kind, *(found.get(code, "") for code in known)] for kind, found in cells.items()]
    head = ["sentences right", *(_LANGUAGES[code] for code in known)]
    return make_table(head, rows, results["arguments"])


def make_times(results: Results) -> str:
    """In how many of CLINC150's test texts a day or a time is found."""
    rows = [
        [kind, f"{count} of {result['clinc150']['texts']}"]
        for result in results["arguments"]
        for kind, count in result["clinc150"]["texts_with"].items()
    ]
    return make_table(["found in CLINC150's test texts", "texts"], rows, results["arguments"])


def make_calls(results: Results) -> str:
    """The share of calls with all arguments right, nothing trained, the tool given."""
    rows = [
        [name, *(_share_cell(row) for row in result[key])]
        for result in results["arguments"]
        for key, name in _SETS.items()
    ]
    parts = [row["rows"] for row in results["arguments"][0]["bfcl"]]
    head = ["all arguments right, %", *(f"rows {part}" for part in parts)]
    return make_table(head, rows, results["arguments"])


def make_overhead(results: Results) -> str:
    """Microseconds from text to outcome beyond the tool's own."""
    rows = [
        [
            f"{row['tools']}, {_describe_thread(row)}",
            time_us(row["routing_p50_us"]),
            time_us(row["p50_us"]),
            time_us(row["p99_us"]),
            str(row["texts"]),
        ]
        for result in results["dispatch"]
        for row in result["overhead"]
    ]
    machine = results["dispatch"][0]["stamp"]["machine"]
    head = [
        # other programs cost such short times most: how busy the machine was belongs beside them
        f"us beyond the tool, load {machine['load_1_minute']:.1f} on {machine['cores']} cores",
        *("routing, p50", "whole, p50", "whole, p99", "queries"),
    ]
    return make_table(head, rows, results["dispatch"])


def make_tokens(results: Results) -> str:
    """Tokens sent per answered query, by how many tools there are and who found the tool."""
    rows = [
        [
            f"{part['tools']}, {row['found']}",
            f"{row['answered']} of {part['queries']}",
            f"{row['sent']:.0f}",
            f"{row['all_tools']:.0f}",
            f"{row['times_fewer']:.0f}",
        ]
        for result in results["dispatch"]
        for part in result["tokens"]
        for row in part["rows"]
    ]
    head = ["tools, found", "queries", "tokens sent", "with all tools", "times fewer"]
    return make_table(head, rows, results["dispatch"])


def make_faults(results: Results) -> str:
    """What became of dispatches beside a server that fails in every way."""
    rows = [
        [
            str(found["dispatches"]),
            *(str(found[what]) for what in ("lost", "hung", "crashed")),
            f"{found['longest_s']:.1f} s",
            str(found["ends"].get("done", 0)),
        ]
        for found in (result["faults"] for result in results["dispatch"])
    ]
    head = ["dispatches", "lost", "hung", "crashed", "longest", "answered all the same"]
    return make_table(head, rows, results["dispatch"])


def _share_cell(row: Result) -> str:
    low, high = (percent(share) for share in row["share_95"])
    return f"{percent(row['all_right'] / row['calls'])} ({low} to {high})"


def _describe_thread(row: Result) -> str:
    return "in the caller's thread" if row["timeout_s"] is None else "within a time bound"
