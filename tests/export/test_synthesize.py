from collections import Counter

from edge_router.examples import Example
from edge_router_export.synthesize import synthesize

TEXTS = {
    "tea": ["make me a strong cup", "boil some water", "brew another pot for us"],
    "light": ["switch on every lamp", "dim the bedroom", "darken this whole hall please"],
    None: ["who won yesterday"],
}
EXAMPLES = [Example(t, tool, (), "a.jsonl", 1) for tool, texts in TEXTS.items() for t in texts]


def test_as_many_as_wanted_all_new_and_the_same_again():
    made = synthesize(EXAMPLES, 60, seed=1)
    assert len(set(made)) == len(made) == 60
    assert not {example.text for example in EXAMPLES} & set(made)
    assert all(text.strip() for text in made)
    assert made == synthesize(EXAMPLES, 60, seed=1) != synthesize(EXAMPLES, 60, seed=2)
    assert made[:20] == synthesize(EXAMPLES, 20, seed=1)


def test_a_text_is_made_of_one_tools_words():
    words = {tool: {w for text in texts for w in text.split()} for tool, texts in TEXTS.items()}
    for text in synthesize(EXAMPLES, 100, seed=1):
        told = {tool for tool, own in words.items() if own & set(text.split())}
        assert len(told) <= 1


def test_beginnings_and_ends_are_crossed_words_dropped_and_mistyped():
    known = {w for texts in TEXTS.values() for text in texts for w in text.split()}
    kinds = Counter()
    for text in synthesize(EXAMPLES, 100, seed=1):
        words = text.split()
        if not set(words) <= known:
            kinds["mistyped"] += 1
        elif any(set(words) < set(example.text.split()) for example in EXAMPLES):
            kinds["shorter"] += 1
        else:
            kinds["crossed"] += 1
    assert min(kinds["mistyped"], kinds["shorter"], kinds["crossed"]) >= 10


def test_where_the_examples_allow_no_more_there_are_fewer():
    one = [Example("tea", "tea", (), "a", 1), Example("pot", "pot", (), "a", 2)]
    assert 0 < len(synthesize(one, 10_000, seed=1)) < 100
    assert synthesize(one, 0, seed=1) == []
