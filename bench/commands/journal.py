"""What a journal costs a dispatch, and what it loses when its process is killed.

The cost: the example assistant's texts, its tools taught to the router in the package and doing
nothing; without a journal, with one, and with a durable one, round by round. Kills: a program that
records and tells each record's id once it has it; SIGKILL at a random moment, again and again on
one file, which is then opened and compared with what was told.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from bench.stamp import ROOT, note, write_result
from edge_router import DataError, Dispatcher, Journal, Router
from edge_router.examples import read_examples
from edge_router.journal import read_records
from edge_router.tools import RunnableTool

EXAMPLES = ROOT / "examples" / "assistant" / "examples.jsonl"
WITHOUT, WITH, DURABLE = "without a journal", "with a journal", "with a durable journal"
_WARM_UP = 50
_LONGEST_S = 0.6
"""A kill comes at the latest so long after the first record: more than the writer waits."""
_PROGRAM = """
import sys, time
from edge_router import Journal
from edge_router.journal import Entry
journal = Journal(sys.argv[1], durable=sys.argv[2] == "durable")
entry = Entry(text="dim it", decided="dim", confidence=0.9, reason="confident", threshold=0.5)
while True:
    print(journal.record(entry), flush=True)
    time.sleep(float(sys.argv[3]))
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many of what."""
    parser.add_argument("--rounds", type=int, default=30, help="over the texts, timed (30)")
    parser.add_argument("--texts", type=int, default=400, help="timed a round (400)")
    parser.add_argument("--kills", type=int, default=200, help="of each kind of journal (200)")
    parser.add_argument("--pause", type=float, default=0.001, help="between records, s (0.001)")
    parser.add_argument("--seed", type=int, default=7, help="draws the moments (7)")
    parser.add_argument("--name", default="journal", help="of the result (journal)")


def run(args: argparse.Namespace) -> int:
    """Measures both and writes the result; 1 where a durable record was lost."""
    with TemporaryDirectory() as folder:
        overhead = measure_overhead(Path(folder), rounds=args.rounds, n_texts=args.texts)
    kills = [
        count_lost(kind, kills=args.kills, pause_s=args.pause, seed=args.seed)
        for kind in (DURABLE, WITH)
    ]
    write_result(args.name, {"overhead": overhead, "kills": kills})
    return int(kills[0]["lost"] > 0 or any(row["files_damaged"] for row in kills))


def measure_overhead(folder: Path, *, rounds: int, n_texts: int) -> list[dict[str, Any]]:
    """Microseconds from text to outcome of each kind, and what its p50 has beyond the first's: the
    median over the rounds.
    """
    router = Router.base().load_taught(EXAMPLES)
    texts = [e.text for e in read_examples(EXAMPLES) if e.tool is not None]
    random.Random(0).shuffle(texts)
    tools = [RunnableTool(tool=tool, call=_do_nothing, timeout_s=None) for tool in router.tools]
    with ExitStack() as stack:
        journals = {
            WITHOUT: None,
            WITH: stack.enter_context(Journal(folder / "with.db")),
            DURABLE: stack.enter_context(Journal(folder / "durable.db", durable=True)),
        }
        ways = {
            kind: Dispatcher(router, tools=tools, journal=journal).dispatch
            for kind, journal in journals.items()
        }
        times = _time_rounds(ways, texts[:n_texts], rounds)
        lost = {kind: 0 if journal is None else journal.lost for kind, journal in journals.items()}
    return [
        {
            "kind": kind,
            "dispatches": found.size,
            "p50_us": float(np.median(found)) / 1000,
            "p99_us": float(np.percentile(found, 99)) / 1000,
            "added_p50_us": _find_added(found, times[WITHOUT]),
            "not_recorded": lost[kind],
        }
        for kind, found in times.items()
    ]


def _do_nothing() -> str:
    return "done"


def _time_rounds(
    ways: dict[str, Callable[[str], Any]], texts: Sequence[str], rounds: int
) -> dict[str, Any]:
    """Nanoseconds [rounds, texts] of each way; within a round the ways follow each other, so that a
    noisy minute hits all of them.
    """
    times: dict[str, list[list[int]]] = {kind: [] for kind in ways}
    for number in range(rounds + 1):
        for kind, dispatch in ways.items():
            # into the caches, and past what the one before still has to write
            _time_texts(dispatch, texts[:_WARM_UP])
            found = _time_texts(dispatch, texts)
            if number:  # the first round warms up
                times[kind].append(found)
    note(f"journal: {[(kind, np.median(found) / 1000) for kind, found in times.items()]}")
    return {kind: np.array(found) for kind, found in times.items()}


def _time_texts(dispatch: Callable[[str], Any], texts: Sequence[str]) -> list[int]:
    took_ns = []
    for text in texts:
        start_ns = time.perf_counter_ns()
        dispatch(text)
        took_ns.append(time.perf_counter_ns() - start_ns)
    return took_ns


def _find_added(times: Any, beside: Any) -> float:
    added = [
        float(np.median(mine) - np.median(other)) / 1000
        for mine, other in zip(times, beside, strict=True)
    ]
    return statistics.median(added)


def count_lost(kind: str, *, kills: int, pause_s: float, seed: int) -> dict[str, Any]:
    """Of the records whose ids were told before a kill, those that the file does not hold."""
    source = random.Random(seed)
    told, lost, damaged = 0, [], 0
    with TemporaryDirectory() as folder:
        path = Path(folder) / "killed.db"
        for number in range(kills):
            ids = _kill_one(path, kind, pause_s, source.uniform(0, _LONGEST_S))
            try:
                kept = {record.id for record in read_records(path, last=len(ids) + 1000)}
            except DataError as error:
                note(f"journal: {error}")
                damaged += 1
                path.unlink()
                kept = set()
            told += len(ids)
            lost.append(len(set(ids) - kept))
            if number % 50 == 49:
                note(f"journal: {kind}: {number + 1} kills, {sum(lost)} of {told} lost")
    return {
        "kind": kind,
        "kills": kills,
        "pause_s": pause_s,
        "recorded": told,
        "lost": sum(lost),
        "most_lost": max(lost),
        "files_damaged": damaged,
    }


def _kill_one(path: Path, kind: str, pause_s: float, after_s: float) -> list[str]:
    """The ids that a program told which was killed ``after_s`` after the first."""
    mode = "durable" if kind == DURABLE else "batches"
    command = [sys.executable, "-c", _PROGRAM, str(path), mode, str(pause_s)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as program:
        assert program.stdout is not None
        first = program.stdout.readline()
        if not first:
            raise OSError(f"the program that records ended with {program.wait()}")
        time.sleep(after_s)  # what it tells meanwhile fits into the pipe
        program.kill()
        rest = program.stdout.readlines()
    # a line without its end was being written; whoever reads it has been told nothing
    return [line.strip() for line in (first, *rest) if line.endswith("\n")]
