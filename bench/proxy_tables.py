"""Tables of the proxy: how soon, how many, how much memory, what is answered here, what is lost."""

from __future__ import annotations

from bench.cells import make_table, percent, time_us
from bench.measured import Result, Results


def make_proxy(results: Results) -> str:
    """Times over loopback HTTP, requests a second."""
    rows = [row for result in results["serve"] for row in _list_figures(result)]
    machine = results["serve"][0]["stamp"]["machine"]
    # other programs cost such short times most: how busy the machine was belongs beside them
    busy = f"load {machine['load_1_minute']:.1f} on {machine['cores']} cores"
    return make_table([f"over loopback HTTP, {busy}", "p50", "p99", ""], rows, results["serve"])


def make_proxy_memory(results: Results) -> str:
    """Megabytes before and after many requests."""
    rows = [
        [
            "with a journal" if row["has_journal"] else "without",
            str(row["requests"]),
            f"{row['before_mb']:.1f}",
            f"{row['after_mb']:.1f}",
            f"{row['after_mb'] - row['before_mb']:+.1f}",
        ]
        for result in results["proxy"]
        for row in result["memory"]
    ]
    head = ["memory, MB", "requests", "before", "after", "grown by"]
    return make_table(head, rows, results["proxy"])


def make_proxy_restarts(results: Results) -> str:
    """What clients got while the proxy was killed and started anew."""
    rows = [
        [str(row[what]) for what in ("kills", "requests", "tried_again", "wrong", "lost")]
        for row in (result["restarts"] for result in results["proxy"])
    ]
    head = ["kills", "requests answered", "tries that broke off", "answered wrongly", "lost"]
    return make_table(head, rows, results["proxy"])


def make_proxy_fuzz(results: Results) -> str:
    """What schemathesis found."""
    rows = [
        [
            "before an upstream" if row["has_upstream"] else "alone",
            str(row["cases"]),
            str(row["failures"]),
        ]
        for result in results["proxy"]
        for row in result["fuzz"]
    ]
    versions = sorted({row["schemathesis"] for r in results["proxy"] for row in r["fuzz"]})
    head = [f"schemathesis {', '.join(versions)}", "cases", "failures"]
    return make_table(head, rows, results["proxy"])


def make_proxy_model(results: Results) -> str:
    """What never reached llama.cpp's server, and the tokens that it did not read."""
    rows = [
        [
            _name_arguments(row),
            f"{row['here']} of {row['requests']}",
            str(row["right_tool"]),
            str(row["all_right"]),
            str(row["refused"]),
            str(row["tokens_saved_estimated"]),
            str(row["tokens_saved_by_its_count"]),
        ]
        for result in results["proxy"]
        for row in result["model"]
    ]
    head = ["arguments may be", "answered here", "right tool", "all arguments right"]
    head += ["refused by the model's server", "tokens saved, our estimate", "by its count"]
    return make_table(head, rows, results["proxy"])


def make_proxy_answers(results: Results) -> str:
    """What is answered here, and how well."""
    rows = [
        [
            _name_arguments(row),
            f"{row['why'].get('sure', 0)} of {row['queries']}",
            _share(row["right_tool"], row),
            _share(row["all_right"], row),
        ]
        for result in results["serve"]
        for row in result["answers"]
    ]
    head = ["arguments may be", "answered here", "right tool, %", "all arguments right, %"]
    return make_table(head, rows, results["serve"])


def _list_figures(result: Result) -> list[list[str]]:
    local, load, upstream = (result[part] for part in ("local", "load", "upstream"))
    rate = f"{load['per_s']:.0f} a second on one core"
    return [
        ["a call answered here, us", *_times(local), f"{local['requests']} requests"],
        [f"the same, {load['connections']} connections at once, us", *_times(load), rate],
        ["a request that goes upstream, us", *_times(upstream["proxy"]), ""],
        [
            "the same, asked there directly, us",
            *_times(upstream["direct"]),
            f"added: {time_us(upstream['added_p50_us'])} us, p50",
        ],
    ]


def _times(row: Result) -> tuple[str, str]:
    return time_us(row["p50_us"]), time_us(row["p99_us"])


def _share(count: int, row: Result) -> str:
    answered = row["why"].get("sure", 0)
    return percent(count / answered) if answered else ""


def _name_arguments(row: Result) -> str:
    return "`--free-words`" if row["takes_free_words"] else "numbers, times, choices, quotes"
