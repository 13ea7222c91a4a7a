import copy
import json
from pathlib import Path

import pytest
from made_up_results import ACCURACY, NOTE, WHOLE, write_results

from bench import costs_figure, curve_figure, figure
from bench.__main__ import COMMANDS, main
from bench.commands import table
from bench.commands.table import READMES, fill_tables, find_missing
from bench.measured import KINDS, find_mixed_bundles, read_results
from bench.stamp import RESULTS
from bench.tables import TABLES

README = "# Title | kept\n<!-- table:accuracy -->\nold\n<!-- /table:accuracy -->\n  after, kept exactly  \n"


@pytest.fixture
def folder(tmp_path):
    write_results(tmp_path, WHOLE)
    return tmp_path


def fill(name: str, results: dict) -> list[str]:
    """The lines of one table."""
    kinds = {kind: [results[kind]] if kind in results else [] for kind in KINDS}
    filled = fill_tables(f"<!-- table:{name} -->\n<!-- /table:{name} -->\n", kinds)
    return filled.split("\n\n")[0].splitlines()[1:]


def test_accuracy_table_stands_between_its_markers_and_nothing_else_changes(folder):
    assert fill_tables(README, read_results(folder)) == (
        "# Title | kept\n"
        "<!-- table:accuracy -->\n"
        "| accuracy, % | CLINC150 | SNIPS | size, CLINC150 |\n"
        "|---|---:|---:|---:|\n"
        "| **edge-router `full`** | 96.1 (95.5 to 96.7) | 99.0 (98.0 to 99.5) | 3.5 MB |\n"
        "| floor | 90.0 (89.0 to 91.0) |  | 9.0 MB |\n"
        "| fasttext | not installed (fasttext) |  |  |\n"
        "\n"
        "<sub>Measured by</sub>\n"
        "\n"
        f"- {NOTE}\n"
        "<!-- /table:accuracy -->\n"
        "  after, kept exactly  \n"
    )


def test_confidence_table_reads_every_share_and_leaves_out_what_a_set_lacks():
    assert fill("decisions", WHOLE)[2:] == [
        "| CLINC150 `full` | 0.0123 (0.0100 to 0.0200) | 0.965 (0.960 to 0.970) | 90.0 | 98.0 | 85.0 | 0.770 |",
        "| SNIPS `full` | 0.0040 (0.0030 to 0.0100) |  | 97.0 | 99.9 |  | 0.500 |",
    ]


def test_doubt_and_promise_tables_read_every_share_and_leave_out_what_a_bundle_lacks():
    assert fill("doubt", WHOLE)[2:] == [
        "| CLINC150 `full` | 0.975 (0.970 to 0.980) | 12.0 | 91.7 | 1.36 | 98.8 |",
        "| SNIPS `full` |  |  |  |  |  |",
    ]
    assert fill("promise", WHOLE)[2:] == ["| CLINC150 `full` | 2.0 | 97 of 100 | 1.4 | 83.6 |"]


def test_judge_table_says_how_often_intervals_held_and_what_was_told():
    assert fill("judge", WHOLE)[2:] == [
        "| CLINC150 `tiny`, `full` | 1,000 | 90.1, 96.1 | 95 of 100 | 93 of 100 | 96 of 100 | 3.4 "
        "| 99, 1, 0 |"
    ]


def test_explore_tables_say_what_differed_and_what_was_explored():
    assert fill("repeated", WHOLE)[2:] == [
        "| this machine | 20 x 1,000 | 10 | 0 | 0 |",
        "| Cortex-A53 | 20 x 50 | 9 | 2 | 1 |",
    ]
    assert fill("explored", WHOLE)[2:] == [
        "| 2 | 15,000 | 2.04 (1.82 to 2.28) | 0 | 12.4 / 81.5 | 69.0 / 69.3 |"
    ]


def test_program_tables_have_means_ranges_and_what_learning_cost():
    assert fill("program", WHOLE)[2:] == [
        "| 100 questions a tool | program, from answers | 98.0 (98.0 to 98.0) | 97.0 (97.0 to 97.0) "
        "| 0.16 |",
        "| 100 questions a tool | labelled ceiling | 99.0 (99.0 to 99.0) | 98.0 (98.0 to 98.0) "
        "| 0.17 |",
        "| 100 questions a tool | best single tool (`llm`) | 17.0 (17.0 to 17.0) | 95.0 (95.0 to "
        "95.0) | 1.00 |",
    ]
    assert fill("program_calls", WHOLE)[2:] == [
        "| 100 questions a tool | 480 + 120 | 300 | 10 | 110 of 600 | 1 of 480 | 90.0 | 99.0 |"
    ]


def test_latency_table_has_every_percentile_and_what_is_not_installed():
    assert fill("latency", WHOLE) == [
        "| us a text | p50 | p99 | p99.9 | p50 to edge-router full's |",
        "|---|---:|---:|---:|---:|",
        "| edge-router full | 61.2 | 120 | 401 | 1.00 |",
        "| floor | 400 | 500 | 600 | 6.53 |",
        "| fasttext | not installed (fasttext) |  |  |  |",
    ]


def test_latency_by_words_goes_from_short_to_long():
    assert fill("latency_by_words", WHOLE) == [
        "| p50 / p99, us | 5 to 8 words | 17 or more words |",
        "|---|---:|---:|",
        "| edge-router full | 62.0 / 110 | 90.2 / 150 |",
        "| floor | 410 / 505 |  |",
    ]


def test_device_table_has_start_memory_and_instructions():
    assert fill("device", WHOLE)[2:] == [
        "| `full`: process start to first decision | 0.205 s |",
        "| numpy, onnxruntime and tokenizers imported, peak | 60.0 MB |",
        "| `full`, peak after 1000 routes | 83.3 MB |",
        "| `full`: instructions, text to Decision, Cortex-A72 (Pi 4) | 1.23 M (p99 2.50 M) |",
    ]


def test_arm64_table_counts_what_differs():
    assert fill("arm64", WHOLE)[2:] == ["| `full` | Cortex-A72 (Pi 4) | 1 of 1013 | 0 of 64 |"]


def test_busy_table_has_both_policies_alone_and_beside():
    assert fill("busy", WHOLE) == [
        "| updates a second, OMP_WAIT_POLICY | alone | beside a busy program |",
        "|---|---:|---:|",
        "| own | 41.0 | 0.8 |",
        "| PASSIVE | 38.0 | 21.3 |",
    ]


def test_few_shot_table_has_a_column_a_system_and_what_is_answered():
    assert fill("few_shot", WHOLE) == [
        "| best tool right, % | edge-router, taught | floor | answered, % | of these right, % | out of scope rejected, % | AUROC |",
        "|---|---:|---:|---:|---:|---:|---:|",
        "| CLINC150: 150 tools, 5 examples | 83.1 (82.0 to 84.2) | 71.5 (70.0 to 73.0) | 75.0 | 92.7 | 93.0 | 0.942 |",
        "| kitchen: 9 tools, 9 examples | 95.0 (87.0 to 100.0) | not installed (floor) | 62.5 | 100.0 |  |  |",
    ]


def test_descriptions_and_tools_beside_trained_ones_have_tables():
    assert fill("described", WHOLE)[2:] == [
        "| MetaTool: 150 tools, 2932 texts | 57.1 / 80.4 | 41.2 / 61.7 |"
    ]
    assert fill("beside", WHOLE)[2:] == [
        "| `small`: 140 trained tools, alone | 95.5 (95.0 to 96.0) |",
        "| `small`: 140 trained tools, 10 taught beside | 95.1 (94.5 to 95.6) |",
        "| `small`: the 10 taught, 10 examples each | 84.0 (80.0 to 88.0) |",
    ]


def test_scale_table_ends_with_the_time_of_teaching():
    assert fill("scale", WHOLE) == [
        "| us a text | tools | p50 | p99 | p50 to small's |",
        "|---|---:|---:|---:|---:|",
        "| small | 150 | 70.2 | 120 | 1.00 |",
        "| 10 taught | 10 | 90.0 | 140 | 1.28 |",
        "| teaching 10 tools of 10 examples | 10 | 13 ms |  |  |",
    ]


def test_the_learning_curve_goes_from_few_examples_to_many_in_table_and_figure(folder):
    assert fill("curve", WHOLE)[2:] == [
        "| 1 | 60.0 (58.0 to 62.0) |  | not installed (lost) |",
        "| 5 | 83.0 (82.0 to 84.0) | 71.0 (70.0 to 72.0) |  |",
    ]
    assert fill("curve_figure", WHOLE) == [
        "![Accuracy on CLINC150 over examples of each tool: edge-router, taught 60.0 % at 1, "
        "83.0 % at 5; floor 71.0 % at 5](../bench/results/learning_curve.png)"
    ]
    image = pytest.importorskip("PIL.Image", reason="needs the extra [export]")
    path = folder / "curve.png"
    curve_figure.draw_figure(read_results(folder), path)
    assert curve_figure.is_current(read_results(folder), path)
    with image.open(path) as drawn:
        assert drawn.size == (1600, 920)
        colours = {colour for _, colour in drawn.convert("RGB").getcolors(1 << 24)}
    assert {(0xB3, 0x26, 0x1E), (0x5F, 0x63, 0x68)} <= colours


def test_what_answers_cost_is_told_in_table_and_figure(folder):
    assert fill("costs", WHOLE)[2:] == [
        "| device alone | 83.0 | 0.00 |  |",
        "| small alone | 91.0 | 0.10 |  |",
        "| large alone | 98.0 | 1.00 |  |",
        "| **learned from outcomes** | 97.2 | 0.33 | 70.0 |",
        "| where the device's router is sure, else the large one | 97.5 | 0.60 | 40.0 |",
    ]
    assert fill("costs_figure", WHOLE) == [
        "![Right answers over what they cost: learned from outcomes: 70.0 % of the large calls "
        "saved at 97.2 % right; where the device's router is sure, else the large one: 40.0 % of "
        "the large calls saved at 97.5 % right](../bench/results/costs.png)"
    ]
    path = folder / "drawn.png"
    costs_figure.draw_figure(read_results(folder), path)
    assert costs_figure.is_current(read_results(folder), path)
    newer = copy.deepcopy(WHOLE["costs"])
    newer["learned"][0]["cost"] = 0.8
    assert not costs_figure.is_current({"costs": [newer]}, path)


def test_split_tables_show_intervals_templates_and_both_ways_to_read():
    assert fill("split", WHOLE)[2:4] == [
        "| `full` | 81.3 (79.0 to 83.0) | 86.0 | 0.4 (0.2 to 0.6) | 0.9 |",
        "| `taught` | 81.3 (79.0 to 83.0) | 86.0 | 0.4 (0.2 to 0.6) | 0.9 |",
    ]
    assert fill("templates", WHOLE)[2:4] == [
        "| `A; B` | 80.0 | 80.0 |",
        r"| `A\nB` | 75.0 | 75.0 |",
    ]
    assert fill("negated", WHOLE)[2:4] == [
        "| 240 forbidden or taken back, developed on | 1.2 (0.0 to 3.0) | 82.0 |",
        "| 30 that only sound so | 96.7 |  |",
    ]


def test_outcomes_table_has_a_column_for_each_kind_of_log_and_last_what_needs_none():
    assert fill("outcomes", WHOLE) == [
        "| accuracy, % | CLINC150 | CLINC150, 10% of rewards flipped |",
        "|---|---:|---:|",
        "| edge-router `tiny`, dr | 91.2 (90.2 to 92.2) | 88.7 (87.7 to 89.7) |",
        "| regression | 86.3 (85.3 to 87.3) | 82.2 (81.2 to 83.2) |",
        "| wabbit | not installed |  |",
        "| what logged | 86.5 (85.5 to 87.5) | 86.5 (85.5 to 87.5) |",
        "| edge-router `tiny`, all labels | 95.5 (94.5 to 96.5) | 95.5 (94.5 to 96.5) |",
    ]


def test_the_table_of_learning_has_what_was_known_and_stands_beside_other_learners_and_labels():
    assert fill("learning", WHOLE) == [
        "| known | right tool, % | best other learner | with every label |",
        "|---|---:|---:|---:|",
        "| CLINC150: which of 15,000 taken tools were right | 91.2 (90.2 to 92.2) | "
        "86.3 (85.3 to 87.3), regression | 95.5 (94.5 to 96.5) |",
        "| CLINC150: which of 15,000 taken tools were right, 10% of it wrong | "
        "88.7 (87.7 to 89.7) | 82.2 (81.2 to 83.2), regression | 95.5 (94.5 to 96.5) |",
        "| program of 6 tools: right answers, 100 questions a tool | 98.0 (98.0 to 98.0) |  | "
        "99.0 (99.0 to 99.0) |",
    ]


def test_journal_tables_have_what_it_costs_and_what_it_loses():
    assert fill("journal_cost", WHOLE) == [
        "| us a dispatch, load 0.5 on 2 cores | p50 | p99 | added to p50 | not recorded |",
        "|---|---:|---:|---:|---:|",
        "| without a journal | 151 | 400 | 0.0 | 0 |",
        "| with a journal | 155 | 420 | 3.6 | 2 |",
    ]
    assert fill("kills", WHOLE) == [
        "| kill -9 | kills | recorded | lost | most by one kill | files damaged |",
        "|---|---:|---:|---:|---:|---:|",
        "| with a durable journal | 200 | 12345 | 0 | 0 | 1 |",
    ]


def test_drift_tables_have_false_alarms_and_how_soon_a_change_is_noticed():
    assert fill("drift_stable", WHOLE) == [
        "| nothing changes, 994 texts a week; compared with | weeks with an alarm | % |",
        "|---|---:|---:|",
        "| CLINC150 `full`, the bundle's, a look a week | 1 of 200 | 0.5 |",
        "| CLINC150 `full`, the bundle's, a look a day | 3 of 200 | 1.5 |",
    ]
    assert fill("drift_doubled", WHOLE)[2:] == [
        "| CLINC150 `full`, earlier ones, from 0.7 % (mean, as in training) | 4.0 (2.0 to 90.0) | 5.0 | more than 3976 |",
        "| CLINC150 `full`, earlier ones, from 5.0 % | 82.0 (2.0 to 90.0) | 83.0 | 852 |",
    ]
    assert fill("drift_changed", WHOLE) == [
        "| all texts change; compared with | noticed within 994 texts, % | texts until then |",
        "|---|---:|---:|",
        "| BANKING77 `full`, earlier ones: typos in 10 % of words | 100.0 (100.0 to 100.0) | 284 |",
    ]


def test_explain_table_has_areas_and_their_intervals():
    assert fill("explain", WHOLE) == [
        "| order of deletion | same answer, area | to random's | lead, area |",
        "|---|---:|---:|---:|",
        "| `full`: explain | 0.346 | 0.51 (0.49 to 0.53) | -0.01 (-0.05 to 0.04) |",
    ]


def test_robustness_table_has_what_is_kept_and_what_is_answered():
    assert fill("robustness", WHOLE) == [
        "| CLINC150's test texts (of these changed, %) | edge-router full: right, % / kept, % | floor: right, % / kept, % | lost: right, % / kept, % | edge-router full: answered, % / of these right, % |",
        "|---|---:|---:|---:|---:|",
        "| as it is (0.0) | 96.1 / 100.0 (99.0 to 100.0) | 90.0 / 100.0 (100.0 to 100.0) | not installed (lost) | 90.0 / 98.0 |",
        "| fillers (98.7) | 91.3 / 95.0 (94.0 to 95.0) |  |  | 90.0 / 98.0 |",
    ]


def test_the_figure_says_in_words_what_it_shows():
    assert fill("figure", WHOLE) == [
        "![Accuracy on CLINC150 over time per text: edge-router full 96.1 % at 61 us, "
        "floor 90.0 % at 400 us](bench/results/accuracy_latency.png)"
    ]


def test_the_figure_leaves_out_what_was_only_timed_or_timed_on_another_set():
    results = {kind: [copy.deepcopy(WHOLE[kind])] for kind in KINDS}
    systems = results["latency"][0]["systems"]
    systems["fasttext"] = systems["unheard of"] = systems["floor"]
    assert [point.name for point in figure.collect_points(results)] == ["edge-router full", "floor"]
    results["latency"][0]["dataset"] = "snips"
    assert [point.percent for point in figure.collect_points(results)] == [99.0]


def test_tables_of_arguments_have_counts_by_language_and_shares():
    assert fill("recognized", WHOLE) == [
        "| sentences right | English | German |",
        "|---|---:|---:|",
        "| time | 30 of 32 |  |",
        "| date | 70 of 77 | 14 of 16 |",
    ]
    assert fill("times", WHOLE)[2:] == ["| date | 202 of 4500 |", "| time | 77 of 4500 |"]
    assert fill("calls", WHOLE) == [
        "| all arguments right, % | rows developed on | rows kept for the report |",
        "|---|---:|---:|",
        "| BFCL, simple (Python) | 58.0 (51.0 to 64.5) | 47.0 (40.0 to 54.0) |",
        "| Home Assistant, English | 60.0 (55.0 to 65.0) | 62.0 (56.0 to 66.0) |",
    ]


def test_tables_of_dispatches_have_times_tokens_and_what_was_lost():
    assert fill("overhead", WHOLE) == [
        "| us beyond the tool, load 0.5 on 2 cores | routing, p50 | whole, p50 | whole, p99 | queries |",
        "|---|---:|---:|---:|---:|",
        "| without arguments, in the caller's thread | 99.4 | 142 | 402 | 54 |",
        "| with arguments, within a time bound | 101 | 341 | 902 | 50 |",
    ]
    assert fill("tokens", WHOLE) == [
        "| tools, found | queries | tokens sent | with all tools | times fewer |",
        "|---|---:|---:|---:|---:|",
        "| 50, by the router | 54 of 57 | 124 | 15116 | 122 |",
    ]
    assert fill("faults", WHOLE) == [
        "| dispatches | lost | hung | crashed | longest | answered all the same |",
        "|---|---:|---:|---:|---:|---:|",
        "| 1000 | 0 | 2 | 1 | 2.0 s | 519 |",
    ]


def test_tables_of_the_proxy_have_times_and_what_it_answers():
    assert fill("proxy", WHOLE) == [
        "| over loopback HTTP, load 0.3 on 2 cores | p50 | p99 |  |",
        "|---|---:|---:|---:|",
        "| a call answered here, us | 1204 | 2520 | 5000 requests |",
        "| the same, 8 connections at once, us | 7800 | 15000 | 1023 a second on one core |",
        "| a request that goes upstream, us | 2100 | 4000 |  |",
        "| the same, asked there directly, us | 99.5 | 300 | added: 2000 us, p50 |",
    ]
    assert fill("proxy_answers", WHOLE) == [
        "| arguments may be | answered here | right tool, % | all arguments right, % |",
        "|---|---:|---:|---:|",
        "| `--free-words` | 80 of 230 | 98.8 | 75.0 |",
        "| numbers, times, choices, quotes | 0 of 230 |  |  |",
    ]


def test_tables_of_the_proxy_have_what_it_keeps_and_loses():
    assert fill("proxy_memory", WHOLE) == [
        "| memory, MB | requests | before | after | grown by |",
        "|---|---:|---:|---:|---:|",
        "| without | 100000 | 121.0 | 122.5 | +1.5 |",
        "| with a journal | 100000 | 123.0 | 122.9 | -0.1 |",
    ]
    assert fill("proxy_restarts", WHOLE) == [
        "| kills | requests answered | tries that broke off | answered wrongly | lost |",
        "|---|---:|---:|---:|---:|",
        "| 100 | 5210 | 900 | 1 | 2 |",
    ]
    assert fill("proxy_fuzz", WHOLE) == [
        "| schemathesis 4.32.5 | cases | failures |",
        "|---|---:|---:|",
        "| before an upstream | 5100 | 0 |",
        "| alone | 5200 | 3 |",
    ]
    assert fill("proxy_model", WHOLE)[2:] == [
        "| numbers, times, choices, quotes | 14 of 200 | 13 | 12 | 5 | 8739 | 20440 |",
    ]


def test_table_without_results_is_left_as_it_is():
    text = "<!-- table:latency -->\nfrom last year\n<!-- /table:latency -->\n"
    nothing = {kind: [] for kind in KINDS}
    assert fill_tables(text, nothing) == text
    assert find_missing(text, nothing) == {"latency": "no results of latency"}


def test_two_results_of_a_kind_stand_in_one_table(folder):
    more = {**ACCURACY, "rows": [{**ACCURACY["rows"][0], "label": "small", "accuracy": 0.955}]}
    (folder / "accuracy_small.json").write_text(json.dumps(more), "utf-8")
    filled = fill_tables(README, read_results(folder))
    assert "| **edge-router `full`** | 96.1 (" in filled
    assert "| **edge-router `small`** | 95.5 (" in filled


def test_refuses_an_unknown_table(folder):
    with pytest.raises(ValueError, match="no table is called 'speed'"):
        fill_tables("<!-- table:speed -->\n<!-- /table:speed -->\n", read_results(folder))


def test_refuses_a_marker_that_is_not_closed(folder):
    with pytest.raises(ValueError, match="do not pair"):
        fill_tables("<!-- table:accuracy -->\n", read_results(folder))


def test_filling_twice_changes_nothing(folder):
    once = fill_tables(README, read_results(folder))
    assert fill_tables(once, read_results(folder)) == once


@pytest.fixture
def readme(folder, capsys):
    """A README that shows the results, and nothing printed so far."""
    path = folder / "README.md"
    blocks = (f"<!-- table:{name} -->\n<!-- /table:{name} -->\n" for name in TABLES)
    path.write_text("# Title\n" + "".join(blocks), "utf-8")
    assert main(["table", str(path), "--results", str(folder)]) == 0
    capsys.readouterr()
    return path


def check(readme) -> int:
    return main(["table", str(readme), "--results", str(readme.parent), "--check"])


def test_check_passes_where_all_is_as_the_results_say(readme, capsys):
    before = readme.read_bytes()
    assert check(readme) == 0
    assert capsys.readouterr().err == ""
    assert readme.read_bytes() == before


def test_check_fails_where_a_number_was_typed_by_hand(readme, capsys):
    readme.write_text(readme.read_text("utf-8").replace("96.1", "99.9"), "utf-8")
    assert check(readme) == 1
    assert "its tables are not those of the results" in capsys.readouterr().err
    assert "99.9" in readme.read_text("utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_check_fails_where_a_table_has_no_results(readme, capsys, kind):
    (readme.parent / f"{kind}.json").unlink()
    assert check(readme) == 1
    assert f"no results of {kind}" in capsys.readouterr().err


def test_check_fails_where_newer_results_are_not_shown(readme):
    newer = copy.deepcopy(ACCURACY)
    newer["rows"][0]["accuracy"] = 0.9712
    write_results(readme.parent, {"accuracy": newer})
    assert check(readme) == 1


def test_check_fails_where_only_the_figure_is_old(readme, capsys):
    newer = copy.deepcopy(WHOLE["latency"])
    newer["systems"]["floor"]["p50_us"] = 400.4  # the tables round it away
    write_results(readme.parent, {"latency": newer})
    assert check(readme) == 1
    assert capsys.readouterr().err.endswith(
        "accuracy_latency.png is not the figure of the results\n"
    )
    assert main(["table", str(readme), "--results", str(readme.parent)]) == 0
    assert check(readme) == 0


def test_check_fails_where_the_figure_is_gone(readme):
    (readme.parent / "accuracy_latency.png").unlink()
    assert check(readme) == 1


def test_check_fails_where_figures_of_two_bundles_would_stand_in_one_row(readme, capsys):
    other = copy.deepcopy(WHOLE["memory"])
    other["rows"][1]["sha256"] = "cc"
    write_results(readme.parent, {"memory": other})
    assert check(readme) == 1
    assert "2 different bundles were measured as clinc150/full" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["accuracy", "latency", "memory", "arm64", "robustness"])
def test_a_bundle_is_compared_wherever_it_was_measured(kind):
    results = {name: [copy.deepcopy(result)] for name, result in WHOLE.items()}
    assert find_mixed_bundles(results) == []
    changed = json.loads(json.dumps(results[kind][0]).replace('"aa"', '"cc"'))
    assert len(find_mixed_bundles({**results, kind: [changed]})) == 1


def test_check_fails_where_a_table_stands_in_no_readme(readme, monkeypatch, capsys):
    monkeypatch.setattr(table, "READMES", (readme,))
    assert main(["table", "--results", str(readme.parent), "--check"]) == 0
    text = readme.read_text("utf-8")
    readme.write_text(text[: text.index("<!-- table:busy -->")], "utf-8")
    assert main(["table", "--results", str(readme.parent), "--check"]) == 1
    assert "table busy stands in no README" in capsys.readouterr().err


def test_the_figure_is_a_light_picture_of_1600_pixels_with_every_name_in_it(folder):
    image = pytest.importorskip("PIL.Image", reason="needs the extra [export]")
    path = folder / "figure.png"
    figure.draw_figure(read_results(folder), path)
    with image.open(path) as drawn:
        assert drawn.size == (1600, 920)
        assert drawn.convert("RGB").getpixel((2, 2)) == (255, 255, 255)
        colours = {colour for _, colour in drawn.convert("RGB").getcolors(1 << 24)}
    assert {(0xB3, 0x26, 0x1E), (0x5F, 0x63, 0x68)} <= colours


def test_no_name_in_the_figure_hides_a_point_an_interval_or_another_name():
    plt = pytest.importorskip("matplotlib.pyplot", reason="needs the extra [export]")
    from matplotlib.text import Text

    close = [(60, 95.5), (61, 95.6), (62, 95.4), (63, 95.8), (900, 93), (1000, 93.1), (3000, 93.2)]
    points = [
        figure.Point(f"system number {i}", us, percent, (percent - 0.3, percent + 0.3))
        for i, (us, percent) in enumerate(close)
    ]
    drawn, axes = plt.subplots(figsize=(8, 4.6))
    axes.plot([point.p50_us for point in points], [point.percent for point in points])
    axes.set_xscale("log")
    axes.margins(0.3)
    drawn.canvas.draw()
    figure._name_points(axes, points)
    renderer = drawn.canvas.get_renderer()
    boxes = [Text.get_window_extent(text, renderer) for text in axes.texts]
    dots = [
        axes.transData.transform((us, percent + error))
        for us, percent in close
        for error in (-0.3, 0, 0.3)
    ]
    frame = axes.get_window_extent(renderer)
    plt.close(drawn)
    assert len(boxes) == 7
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert not any(box.contains(*dot) for box in boxes for dot in dots)
    assert all(frame.contains(box.x0, box.y0) and frame.contains(box.x1, box.y1) for box in boxes)


@pytest.mark.parametrize(
    ("us", "said"),
    [(6.54, "6.5 us"), (61.2, "61 us"), (424.0, "420 us"), (996.0, "1 ms"), (3444.0, "3.4 ms")],
)
def test_a_time_has_the_two_digits_that_it_is_worth(us, said):
    assert figure._format_time(us) == said


def test_the_help_lists_every_command(capsys):
    files = {path.stem for path in Path(table.__file__).parent.glob("*.py")} - {"__init__"}
    assert set(COMMANDS) == files
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    lines = [
        line.split()[0] for line in shown.splitlines() if line.startswith("    ") and line[4] != " "
    ]
    assert lines == list(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_a_help(name, capsys):
    pytest.importorskip("scipy", reason="needs the extra [export]")
    with pytest.raises(SystemExit) as stopped:
        main([name, "--help"])
    assert stopped.value.code == 0
    assert f"python -m bench {name}" in capsys.readouterr().out


@pytest.mark.skipif(not any(RESULTS.glob("*.json")), reason="nothing has been measured yet")
def test_the_readmes_show_the_results_that_are_committed():
    results = read_results(RESULTS)
    assert find_mixed_bundles(results) == []
    for path in READMES:
        assert fill_tables(path.read_text("utf-8"), results) == path.read_text("utf-8")
