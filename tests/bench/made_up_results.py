"""Results as the commands write them, with values made up for these tests."""

import json
from pathlib import Path

STAMP = {
    "machine": {"cpu": "Abacus 3000", "cores": 2, "system": "Linux x86_64"},
    "versions": {
        "python": "3.11.7",
        "edge_router": "0.1.0",
        "numpy": "2.4",
        "onnxruntime": "1.32",
        "tokenizers": "0.23",
    },
    "git_commit": "0123456789abcdef",
    "bundles": {},
    "command": "python -m bench accuracy",
    "date": "2026-01-02",
}
NOTE = (
    "`python -m bench accuracy` · Abacus 3000, 2 cores · onnxruntime 1.32, tokenizers 0.23, numpy 2.4"
    " · 0123456789 · 2026-01-02"
)
ACCURACY = {
    "stamp": STAMP,
    "rows": [
        {
            "dataset": "clinc150",
            "label": "full",
            "sha256": "aa",
            "accuracy": 0.9612,
            "accuracy_95": [0.955, 0.967],
            "size_bytes": 3_520_585,
            "ece": 0.0123,
            "ece_95": [0.01, 0.02],
            "auroc": 0.965,
            "auroc_95": [0.96, 0.97],
            "answered_share": 0.9,
            "precision": 0.98,
            "rejected_share": 0.85,
            "threshold": 0.77,
            "scope_auroc": 0.975,
            "scope_auroc_95": [0.97, 0.98],
            "scope_fpr": 0.12,
            "accuracy_with_none": 0.917,
            "shortlist_size": 1.364,
            "shortlist_coverage": 0.988,
        },
        {
            "dataset": "snips",
            "label": "full",
            "sha256": "bb",
            "accuracy": 0.99,
            "accuracy_95": [0.98, 0.995],
            "size_bytes": 3_400_000,
            "ece": 0.004,
            "ece_95": [0.003, 0.01],
            "auroc": None,
            "answered_share": 0.97,
            "precision": 0.999,
            "rejected_share": None,
            "threshold": 0.5,
        },
    ],
}
PEERS = {
    "stamp": STAMP,
    "rows": [
        {
            "dataset": "clinc150",
            "name": "floor",
            "accuracy": 0.9,
            "accuracy_95": [0.89, 0.91],
            "size_bytes": 9_000_000,
        },
        {"dataset": "clinc150", "name": "fasttext", "missing": "not installed (fasttext)"},
    ],
}
LATENCY = {
    "stamp": STAMP,
    "dataset": "clinc150",
    "systems": {
        "edge-router full": {
            "p50_us": 61.24,
            "p99_us": 120.4,
            "p999_us": 400.6,
            "p50_ratio": 1.0,
            "by_words": {
                "5-8": {"p50_us": 62.0, "p99_us": 110.0},
                "17-1000": {"p50_us": 90.25, "p99_us": 150.0},
            },
        },
        "floor": {
            "p50_us": 400.0,
            "p99_us": 500.0,
            "p999_us": 600.0,
            "p50_ratio": 6.531,
            "by_words": {"5-8": {"p50_us": 410.0, "p99_us": 505.0}},
        },
    },
    "ratios_to": "edge-router full",
    "sha256": {"edge-router full": "aa"},
    "not_installed": {"fasttext": "not installed (fasttext)"},
    "cold_start": {"full": {"process start to first decision": {"median_s": 0.2046}}},
}
MEMORY = {
    "stamp": STAMP,
    "dataset": "clinc150",
    "rows": [
        {"label": "numpy, onnxruntime and tokenizers imported", "peak_mb": 60.04},
        {"label": "full", "sha256": "aa", "routes": 1000, "peak_mb": 83.26},
    ],
}
ARM64 = {
    "stamp": STAMP,
    "dataset": "clinc150",
    "rows": [
        {
            "label": "full",
            "sha256": "aa",
            "texts": 1013,
            "goldens": 64,
            "counted": "text to Decision",
            "kinds": [{"kind": "Cortex-A72 (Pi 4)", "differing": 1, "goldens_differing": 0}],
            "instructions": {
                "Cortex-A72 (Pi 4)": {"mean": 1_234_567.0, "p50": 1.2e6, "p99": 2.5e6, "texts": 200}
            },
        }
    ],
}
BUSY = {
    "stamp": STAMP,
    "threads": 2,
    "rows": [
        {"policy": "own", "is_busy": False, "updates_per_s": 41.04},
        {"policy": "own", "is_busy": True, "updates_per_s": 0.84},
        {"policy": "PASSIVE", "is_busy": False, "updates_per_s": 38.0},
        {"policy": "PASSIVE", "is_busy": True, "updates_per_s": 21.26},
    ],
}
TEACH = {
    "stamp": STAMP,
    "few_shot": [
        {
            "dataset": "clinc150",
            "shots": 5,
            "system": "edge-router, taught",
            "tools": 150,
            "accuracy": 0.831,
            "accuracy_95": [0.82, 0.842],
            "answered_share": 0.75,
            "precision": 0.927,
            "auroc": 0.9424,
            "rejected_share": 0.93,
        },
        {
            "dataset": "clinc150",
            "shots": 5,
            "system": "floor",
            "accuracy": 0.715,
            "accuracy_95": [0.7, 0.73],
        },
        {
            "dataset": "kitchen",
            "shots": 9,
            "system": "edge-router, taught",
            "tools": 9,
            "accuracy": 0.95,
            "accuracy_95": [0.87, 1.0],
            "answered_share": 0.625,
            "precision": 1.0,
        },
        {"dataset": "kitchen", "shots": 9, "system": "floor", "missing": "not installed (floor)"},
    ],
    "described": [
        {
            "dataset": "MetaTool",
            "tools": 150,
            "texts": 2932,
            "taught": {"top_1": 0.571, "top_5": 0.804},
            "bm25": {"top_1": 0.412, "top_5": 0.617},
        }
    ],
    "beside": {
        "label": "small",
        "trained_tools": 140,
        "taught_tools": 10,
        "shots": 10,
        "trained_alone": {"accuracy": 0.955, "accuracy_95": [0.95, 0.96]},
        "trained_beside": {"accuracy": 0.951, "accuracy_95": [0.945, 0.956]},
        "taught_beside": {"accuracy": 0.84, "accuracy_95": [0.8, 0.88]},
    },
}
SCALE = {
    "stamp": STAMP,
    "ratios_to": "small",
    "rows": [
        {"router": "small", "tools": 150, "p50_us": 70.2, "p99_us": 120.0, "p50_ratio": 1.0},
        {"router": "10 taught", "tools": 10, "p50_us": 90.0, "p99_us": 140.0, "p50_ratio": 1.28},
    ],
    "teaching": {"tools": 10, "examples": 10, "median_ms": 13.4},
}
CURVE = {
    "stamp": STAMP,
    "dataset": "clinc150",
    "rows": [
        {"system": "taught", "shots": 5, "accuracy": 0.83, "accuracy_95": [0.82, 0.84]},
        {"system": "floor", "shots": 5, "accuracy": 0.71, "accuracy_95": [0.7, 0.72]},
        {"system": "taught", "shots": 1, "accuracy": 0.6, "accuracy_95": [0.58, 0.62]},
        {"system": "lost", "shots": 1, "missing": "not installed (lost)"},
    ],
}
EXPLAIN = {
    "stamp": STAMP,
    "dataset": "clinc150",
    "texts": 300,
    "rows": [
        {
            "label": "full",
            "sha256": "aa",
            "method": "explain",
            "same_answer": 0.3456,
            "same_answer_to_random": 0.512,
            "same_answer_to_random_95": [0.49, 0.531],
            "lead": -0.012,
            "lead_95": [-0.05, 0.04],
        }
    ],
}
ROBUSTNESS = {
    "stamp": STAMP,
    "dataset": "clinc150",
    "changed_share": {"as it is": 0.0, "fillers": 0.9874},
    "rows": [
        {
            "system": "edge-router full",
            "label": "full",
            "sha256": "aa",
            "perturbation": name,
            "accuracy": accuracy,
            "kept": kept,
            "kept_95": [kept - 0.01, kept],
            "answered_share": 0.9,
            "precision": 0.98,
        }
        for name, accuracy, kept in (("as it is", 0.9612, 1.0), ("fillers", 0.9131, 0.95))
    ]
    + [
        {
            "system": "floor",
            "perturbation": "as it is",
            "accuracy": 0.9,
            "kept": 1.0,
            "kept_95": [1.0, 1.0],
        },
        {"system": "lost", "perturbation": "as it is", "missing": "not installed (lost)"},
    ],
}
ARGUMENTS = {
    "stamp": STAMP,
    "recognizers": [
        {"language": "en", "kind": "time", "cases": 32, "right": 30},
        {"language": "en", "kind": "date", "cases": 77, "right": 70},
        {"language": "de", "kind": "date", "cases": 16, "right": 14},
    ],
    "clinc150": {"texts": 4500, "texts_with": {"date": 202, "time": 77}},
    "bfcl": [
        {"rows": "developed on", "calls": 200, "all_right": 116, "share_95": [0.51, 0.645]},
        {"rows": "kept for the report", "calls": 200, "all_right": 94, "share_95": [0.4, 0.54]},
    ],
    "home_assistant": [
        {"rows": "developed on", "calls": 500, "all_right": 300, "share_95": [0.55, 0.65]},
        {"rows": "kept for the report", "calls": 500, "all_right": 310, "share_95": [0.56, 0.66]},
    ],
}
DISPATCH = {
    "stamp": {**STAMP, "machine": {**STAMP["machine"], "load_1_minute": 0.52}},
    "overhead": [
        {
            "tools": "without arguments",
            "timeout_s": None,
            "texts": 54,
            "dispatches": 2160,
            "p50_us": 141.6,
            "p99_us": 402.4,
            "routing_p50_us": 99.4,
        },
        {
            "tools": "with arguments",
            "timeout_s": 10.0,
            "texts": 50,
            "dispatches": 2000,
            "p50_us": 341.2,
            "p99_us": 902.0,
            "routing_p50_us": 101.0,
        },
    ],
    "tokens": [
        {
            "tools": 50,
            "queries": 57,
            "rows": [
                {
                    "found": "by the router",
                    "answered": 54,
                    "sent": 124.1,
                    "all_tools": 15116.4,
                    "times_fewer": 121.8,
                }
            ],
        }
    ],
    "faults": {
        "dispatches": 1000,
        "lost": 0,
        "hung": 2,
        "crashed": 1,
        "longest_s": 2.04,
        "ends": {"abstained": 480, "done": 519},
    },
}
JUDGE = {
    "stamp": STAMP,
    "explore": 0.2,
    "rows": [
        {
            "dataset": "clinc150",
            "old": "tiny",
            "new": "full",
            "log_rows": 1000,
            "resamplings": 100,
            "true_old": 0.9012,
            "true_new": 0.9612,
            "held": {"old": 95, "new": 93, "gain": 96},
            "gain_width": 0.0341,
            "verdicts": {"better": 99, "worse": 0, "not told": 1},
        }
    ],
}
OUTCOMES = {
    "stamp": STAMP,
    "policy": {"right": 0.6, "uniform": 0.1, "shots": 5, "rounds": 15000},
    "rows": [
        {"dataset": dataset, "flipped": flipped, "system": system, "accuracy": accuracy}
        | {"accuracy_95": [accuracy - 0.01, accuracy + 0.01]}
        for dataset, flipped, system, accuracy in (
            ("clinc150", None, "what logged", 0.865),
            ("clinc150", None, "edge-router `tiny`, all labels", 0.955),
            ("clinc150", 0.0, "edge-router `tiny`, dr", 0.912),
            ("clinc150", 0.1, "edge-router `tiny`, dr", 0.887),
            ("clinc150", 0.0, "regression", 0.863),
            ("clinc150", 0.1, "regression", 0.822),
        )
    ]
    + [
        {"dataset": "clinc150", "flipped": 0.0, "system": "wabbit", "missing": "not installed"},
    ],
}
COSTS = {
    "stamp": STAMP,
    "dataset": "clinc150",
    "costs": {"device": 0.0, "small": 0.1, "large": 1.0},
    "logged": 12000,
    "texts": 4500,
    "alone": [
        {"at": "device", "reward": 0.83, "cost": 0.0, "shares": [1.0, 0.0, 0.0]},
        {"at": "small", "reward": 0.91, "cost": 0.1, "shares": [0.0, 1.0, 0.0]},
        {"at": "large", "reward": 0.98, "cost": 1.0, "shares": [0.0, 0.0, 1.0]},
    ],
    "learned": [
        {"at": 0.0, "reward": 0.981, "cost": 0.9, "shares": [0.05, 0.05, 0.9]},
        {"at": 0.1, "reward": 0.972, "cost": 0.33, "shares": [0.5, 0.2, 0.3]},
    ],
    "confidence": [
        {"at": 0.0, "reward": 0.83, "cost": 0.0, "shares": [1.0, 0.0, 0.0]},
        {"at": 0.9, "reward": 0.975, "cost": 0.6, "shares": [0.4, 0.0, 0.6]},
    ],
    "saved": {
        "learned": {"at": 0.1, "reward": 0.972, "large_calls_saved": 0.7, "cost_saved": 0.67},
        "confidence": {"at": 0.9, "reward": 0.975, "large_calls_saved": 0.4, "cost_saved": 0.4},
    },
}
PROGRAM = {
    "stamp": STAMP,
    "test_questions": 480,
    "rows": [
        {
            "condition": "100 questions a tool",
            "seed": 1,
            "system": "program, from answers",
            "tool_right": 0.98,
            "answer_right": 0.97,
            "mean_cost": 0.16,
            "answered_share": 0.9,
            "precision": 0.99,
            "questions": 480,
            "held_out": 120,
            "calls": {"llm": 100, "letters": 200},
            "label_calls": {"llm": 10},
            "spent": 110.0,
            "spent_if_all_were_asked": 600.0,
            "differs": 1,
            "texts": 480,
        },
        {
            "condition": "100 questions a tool",
            "seed": 1,
            "system": "labelled ceiling",
            "tool_right": 0.99,
            "answer_right": 0.98,
            "mean_cost": 0.17,
        },
        {
            "condition": "100 questions a tool",
            "seed": 1,
            "system": "best single tool",
            "tool": "llm",
            "tool_right": 0.17,
            "answer_right": 0.95,
            "mean_cost": 1.0,
        },
    ],
}
PROMISE = {
    "stamp": STAMP,
    "rows": [
        {
            "dataset": "clinc150",
            "label": "full",
            "sha256": "aa",
            "max_error": 0.02,
            "kept": 97,
            "resplits": 100,
            "mean_error": 0.0141,
            "coverage": 0.836,
        }
    ],
}
SPLIT = {
    "stamp": STAMP,
    "dataset": "clinc150",
    "rows": [
        {
            "label": label,
            "sha256": "aa",
            "compositions": 100,
            "both_right": 0.8126,
            "both_right_95": [0.79, 0.83],
            "both_right_by_template": {"{0}; {1}": 0.8, "{0}\n{1}": 0.75},
            "both_right_alone": 0.86,
            "singles": 4500,
            "false_splits": 0.0042,
            "false_splits_95": [0.002, 0.006],
            "not_asked": 0.009,
        }
        for label in ("full", "taught")
    ],
    "negations": [
        {
            "texts_are": "developed on",
            "texts": 240,
            "run": 0.0125,
            "run_95": [0.0, 0.03],
            "run_unsplit": 0.82,
        }
    ],
    "harmless": {"texts": 30, "run": 0.9667},
}
SERVE = {
    "stamp": {**STAMP, "machine": {**STAMP["machine"], "load_1_minute": 0.31}},
    "answers": [
        {
            "takes_free_words": True,
            "queries": 230,
            "right_tool": 79,
            "all_right": 60,
            "why": {"arguments": 90, "sure": 80, "several": 60},
        },
        {
            "takes_free_words": False,
            "queries": 230,
            "right_tool": 0,
            "all_right": 0,
            "why": {"arguments": 170, "several": 60},
        },
    ],
    "local": {"requests": 5000, "texts": 80, "p50_us": 1204.2, "p99_us": 2520.0},
    "load": {
        "connections": 8,
        "requests": 5000,
        "per_s": 1023.4,
        "p50_us": 7800.0,
        "p99_us": 15000.5,
    },
    "upstream": {
        "requests": 5000,
        "proxy": {"p50_us": 2100.0, "p99_us": 4000.0},
        "direct": {"p50_us": 99.5, "p99_us": 300.0},
        "added_p50_us": 2000.5,
    },
}
PROXY = {
    "stamp": STAMP,
    "model": [
        {
            "takes_free_words": False,
            "requests": 200,
            "here": 14,
            "right_tool": 13,
            "all_right": 12,
            "upstream": 186,
            "refused": 5,
            "tokens_saved_estimated": 8739,
            "tokens_saved_by_its_count": 20440,
            "tokens_sent_by_its_count": 277464,
        }
    ],
    "fuzz": [
        {"has_upstream": True, "schemathesis": "4.32.5", "cases": 5100, "failures": 0},
        {"has_upstream": False, "schemathesis": "4.32.5", "cases": 5200, "failures": 3},
    ],
    "memory": [
        {"has_journal": False, "requests": 100000, "before_mb": 121.04, "after_mb": 122.5},
        {"has_journal": True, "requests": 100000, "before_mb": 123.0, "after_mb": 122.9},
    ],
    "restarts": {"kills": 100, "requests": 5210, "tried_again": 900, "wrong": 1, "lost": 2},
}
EXPLORE = {
    "stamp": STAMP,
    "repeated_texts": 20,
    "kinds": [
        {"kind": "this machine", "repeats": 1000, "explored": 10, "others": 0, "differing": 0},
        {"kind": "Cortex-A53", "repeats": 50, "explored": 9, "others": 2, "differing": 1},
    ],
    "rows": [
        {
            "share": 0.02,
            "explorable": 15000,
            "explored_share": 0.0204,
            "explored_share_95": [0.0182, 0.0228],
            "risky_explored": 0,
            "best_right_share": 0.815,
            "second_right_share": 0.124,
            "right_share": 0.69,
            "right_share_without": 0.693,
        }
    ],
}
JOURNAL = {
    "stamp": {**STAMP, "machine": {**STAMP["machine"], "load_1_minute": 0.52}},
    "overhead": [
        {
            "kind": "without a journal",
            "dispatches": 4000,
            "p50_us": 151.26,
            "p99_us": 400.4,
            "added_p50_us": 0.0,
            "not_recorded": 0,
        },
        {
            "kind": "with a journal",
            "dispatches": 4000,
            "p50_us": 154.9,
            "p99_us": 420.0,
            "added_p50_us": 3.64,
            "not_recorded": 2,
        },
    ],
    "kills": [
        {
            "kind": "with a durable journal",
            "kills": 200,
            "pause_s": 0.001,
            "recorded": 12345,
            "lost": 0,
            "most_lost": 0,
            "files_damaged": 1,
        },
    ],
}
DRIFT = {
    "stamp": STAMP,
    "day": 142,
    "week": 994,
    "most": 3976,
    "level": 0.0028,
    "stable": [
        {
            "dataset": "clinc150",
            "label": "full",
            "sha256": "aa",
            "against": "the bundle's",
            "is_daily": is_daily,
            "weeks": 200,
            "alarms": alarms,
        }
        for is_daily, alarms in ((False, 1), (True, 3))
    ],
    "doubled": [
        {
            "dataset": "clinc150",
            "label": "full",
            "sha256": "aa",
            "against": "earlier ones",
            "share": share,
            "mean_share": mean,
            "streams": 150,
            "noticed": noticed,
            "noticed_95": [0.02, 0.9],
            "median_texts": median,
            "told": noticed + 0.01,
        }
        for share, mean, noticed, median in ((None, 0.0067, 0.04, None), (0.05, 0.05, 0.82, 852))
    ],
    "changed": [
        {
            "dataset": "banking77",
            "label": "full",
            "sha256": "aa",
            "change": "typos in 10 % of words",
            "against": "earlier ones",
            "streams": 150,
            "noticed": 1.0,
            "noticed_95": [1.0, 1.0],
            "median_texts": 284,
        }
    ],
}
WHOLE = {
    "accuracy": ACCURACY,
    "peers": PEERS,
    "latency": LATENCY,
    "memory": MEMORY,
    "arm64": ARM64,
    "busy": BUSY,
    "teach": TEACH,
    "scale": SCALE,
    "curve": CURVE,
    "explain": EXPLAIN,
    "robustness": ROBUSTNESS,
    "arguments": ARGUMENTS,
    "dispatch": DISPATCH,
    "costs": COSTS,
    "judge": JUDGE,
    "explore": EXPLORE,
    "outcomes": OUTCOMES,
    "program": PROGRAM,
    "promise": PROMISE,
    "split": SPLIT,
    "serve": SERVE,
    "proxy": PROXY,
    "journal": JOURNAL,
    "drift": DRIFT,
}


def write_results(folder: Path, results: dict) -> None:
    """One file a kind, as the commands write them."""
    folder.mkdir(exist_ok=True)
    for name, result in results.items():
        (folder / f"{name}.json").write_text(json.dumps(result), "utf-8")
