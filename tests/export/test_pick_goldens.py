from itertools import pairwise

from edge_router.examples import Example
from edge_router_export.pick_goldens import pick_goldens


def rows(tool: str | None, *texts: str) -> list[Example]:
    return [Example(text, tool, (), "a.jsonl", 1) for text in texts]


EXAMPLES = [
    *rows("tea", "tea one", "tea two", "tea three"),
    *rows(None, "sing", "dance"),
    *rows("light", "light one"),
]


def test_every_tool_has_a_golden_before_any_has_two():
    picked = pick_goldens(EXAMPLES, kind="examples", seed=1)
    assert picked == ["light one", "tea one", "sing", "tea two", "dance", "tea three"]


def test_forty_tools_of_ten_examples_give_one_golden_each():
    examples = [
        e for i in range(40) for e in rows(f"tool {i:02}", *[f"{i} {k}" for k in range(10)])
    ]
    picked = pick_goldens(examples, kind="examples", seed=1)
    assert picked == [f"{i} 0" for i in range(32)]


def test_a_document_is_no_golden():
    examples = [*rows("tea", "t" * 1001, "t" * 1000), *rows("light", "l" * 2000)]
    assert pick_goldens(examples, kind="examples", seed=1) == ["t" * 1000]


def test_made_goldens_say_nothing_of_the_examples():
    told = "set the timer for the garden lights and water plants near the old stone wall"
    examples = rows("tea", told, "private words like my account balance")
    picked = pick_goldens(examples, kind="made", seed=1)
    assert len(set(picked)) == 32
    assert all(2 <= len(text.split()) <= 9 for text in picked)
    pairs = set(pairwise(told.split()))
    assert all(pairs.isdisjoint(pairwise(text.split())) for text in picked)
    assert picked == pick_goldens(rows("tea", "other"), kind="made", seed=1)
    assert picked != pick_goldens(examples, kind="made", seed=2)


def test_a_made_text_that_repeats_two_words_of_an_example_is_left_out():
    first = pick_goldens(rows("tea", "x"), kind="made", seed=1)[0]
    told = " ".join(first.split()[:2])
    assert first not in pick_goldens(rows("tea", f"please {told} now"), kind="made", seed=1)
