"""Tables of drift: false alarms, and how soon a change is noticed."""

from __future__ import annotations

from bench.cells import make_table, percent
from bench.measured import DATASETS, Result, Results


def make_drift_stable(results: Results) -> str:
    """Weeks with an alarm, of those in which nothing changes."""
    rows = [
        [
            f"{_name_set(row)}, {row['against']}, a look a {'day' if row['is_daily'] else 'week'}",
            f"{row['alarms']} of {row['weeks']}",
            percent(row["alarms"] / row["weeks"]),
        ]
        for result in results["drift"]
        for row in result["stable"]
    ]
    weeks = " and ".join(dict.fromkeys(f"{r['week']} texts a week" for r in results["drift"]))
    head = [f"nothing changes, {weeks}; compared with", "weeks with an alarm", "%"]
    return make_table(head, rows, results["drift"])


def make_drift_doubled(results: Results) -> str:
    """How often, and how soon, the tool whose share doubles is named."""
    rows = [
        [
            f"{_name_set(row)}, {row['against']}, from {_name_share(row)}",
            _noticed_cell(row),
            percent(row["told"]),
            _median_cell(row, result),
        ]
        for result in results["drift"]
        for row in result["doubled"]
    ]
    return make_table(
        ["the share of one tool doubles; compared with", *_head(results), "texts until then"],
        rows,
        results["drift"],
    )


def make_drift_changed(results: Results) -> str:
    """How often, and how soon, another change is called a drift."""
    rows = [
        [
            f"{_name_set(row)}, {row['against']}: {row['change']}",
            _noticed_cell(row),
            _median_cell(row, result),
        ]
        for result in results["drift"]
        for row in result["changed"]
    ]
    return make_table(
        ["all texts change; compared with", _head(results)[0], "texts until then"],
        rows,
        results["drift"],
    )


def _head(results: Results) -> tuple[str, str]:
    within = " and ".join(dict.fromkeys(str(result["week"]) for result in results["drift"]))
    return f"noticed within {within} texts, %", "as `edge-router drift` says, %"


def _name_set(row: Result) -> str:
    return f"{DATASETS.get(row['dataset'], row['dataset'])} `{row['label']}`"


def _name_share(row: Result) -> str:
    mean = f"{percent(row['mean_share'])} %"
    return mean if row["share"] is not None else f"{mean} (mean, as in training)"


def _noticed_cell(row: Result) -> str:
    low, high = row["noticed_95"]
    return f"{percent(row['noticed'])} ({percent(low)} to {percent(high)})"


def _median_cell(row: Result, result: Result) -> str:
    texts = row["median_texts"]
    return f"more than {result['most']}" if texts is None else str(texts)
