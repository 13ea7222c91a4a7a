"""Tables of the proxy: how soon, how many, how much memory, and what is answered here."""

from __future__ import annotations

from bench.cells import make_table, percent, time_us
from bench.measured import Result, Results


def make_proxy(results: Results) -> str:
    """Times over loopback HTTP, requests a second, memory."""
    rows = [row for result in results["serve"] for row in _list_figures(result)]
    machine = results["serve"][0]["stamp"]["machine"]
    # other programs cost such short times most: how busy the machine was belongs beside them
    busy = f"load {machine['load_1_minute']:.1f} on {machine['cores']} cores"
    return make_table([f"over loopback HTTP, {busy}", "p50", "p99", ""], rows, results["serve"])


def make_proxy_restarts(results: Results) -> str:
    """What clients got while the proxy was killed and started anew."""
    rows = [
        [str(row[what]) for what in ("kills", "requests", "tried_again", "wrong", "lost")]
        for row in (result["restarts"] for result in results["serve"])
    ]
    head = ["kills", "requests answered", "tries that broke off", "answered wrongly", "lost"]
    return make_table(head, rows, results["serve"])


def make_proxy_answers(results: Results) -> str:
    """What is answered here, and how well."""
    rows = [
        [
            "`--free-words`" if row["takes_free_words"] else "numbers, times, choices, quotes",
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
    local, load, upstream, memory = (
        result[part] for part in ("local", "load", "upstream", "memory")
    )
    grown = memory["after_mb"] - memory["before_mb"]
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
        [
            f"memory after {memory['requests']} requests, MB",
            f"{memory['after_mb']:.1f}",
            "",
            f"{grown:+.1f} MB since the first ones",
        ],
    ]


def _times(row: Result) -> tuple[str, str]:
    return time_us(row["p50_us"]), time_us(row["p99_us"])


def _share(count: int, row: Result) -> str:
    answered = row["why"].get("sure", 0)
    return percent(count / answered) if answered else ""
