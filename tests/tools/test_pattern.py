import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_router.tools.pattern import Pattern, PatternError


@pytest.mark.parametrize(
    ("source", "found", "not_found"),
    [
        ("", ["", "x"], []),
        ("^$", [""], ["x", "\n"]),
        ("^[a-z]+(-[a-z]+)*$", ["ab", "ab-cd-e"], ["ab-", "-a", "Ab", ""]),
        (r"^\d{3}-?\d{4}$", ["5551234", "555-1234"], ["555--1234", "555123", "٥٥٥١٢٣٤"]),
        ("^(a|b|cd){2,3}$", ["ab", "cdcdb"], ["a", "abab", "c"]),
        ("^a{2,}$", ["aa", "aaaa"], ["a", ""]),
        ("^a{0}b{,2}$", ["b{,2}"], ["", "bb"]),
        ("^[^abc]$", ["d", "\n"], ["a", ""]),
        ("^[a-]$|^[\\]x]$", ["a", "-", "]", "x"], ["b"]),
        ("^[]$", [], ["", "]"]),
        ("^[^]$", ["x", "\n"], [""]),
        (r"^\p{Lu}\p{Ll}+$", ["Émile", "Ab"], ["émile", "AB"]),
        (r"^[\w.]+@[\w.]+\.(?:com|org)$", ["a.b@c.org"], ["a@b", "a@b.net"]),
        (r"(?<year>\d{4})", ["in 2026"], ["in 26"]),
        (r"\bcat\b", ["a cat!", "cat"], ["cats", "scat"]),
        (r"a\Bb", ["ab"], ["a b"]),
        (r"^\u0041\x42\t\.$", ["AB\t."], ["AB\tx"]),
        ("^.$", ["x", "\u00e9"], ["\n", "\u2028", "xx"]),
        (r"^\S+$", ["a"], ["a b", "\u00a0"]),
        ("^a+?b*?$", ["a", "aabb"], ["b"]),
        ("^(|a)b$", ["b", "ab"], ["aab"]),
        ("(a*)*$", ["", "aa"], []),
        ("^(a?b?)*c$", ["c", "abbac"], ["abd"]),
    ],
)
def test_finds_what_the_pattern_says(source: str, found: list[str], not_found: list[str]):
    pattern = Pattern(source)
    assert [text for text in found if not pattern.search(text)] == []
    assert [text for text in not_found if pattern.search(text)] == []


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("(", "ends too early|not closed"),
        ("(a", "not closed"),
        (")", "too many"),
        ("[a", "ends too early"),
        ("*a", "nothing before it"),
        ("a**", "nothing before it"),
        ("a{3,1}", "from more to less"),
        ("[z-a]", "runs backwards"),
        (r"[a-\d]", "runs backwards"),
        (r"(a)\1", "refers back"),
        (r"\k<a>", "refers back"),
        ("a(?=b)", "looks ahead or behind"),
        ("(?<!b)a", "looks ahead or behind"),
        ("(?i)a", "unknown kind"),
        (r"\q", "unknown escape"),
        (r"\u12", "without its hexadecimal digits"),
        (r"\p{Greek}", "no general category"),
        ("\\", "ends too early"),
        ("a{9999}", "repeats too much"),
        ("(a{100}){100}", "repeats too much"),
        ("(" * 60 + ")" * 60, "nested deeper than 50"),
        ("a" * 1001, "longer than 1000"),
    ],
)
def test_refuses_what_it_does_not_understand(source: str, problem: str):
    with pytest.raises(PatternError, match=problem):
        Pattern(source)


@pytest.mark.parametrize("source", ["(a+)+$", "(a|a)*$", "(a|aa)+$", "a*a*a*a*a*a*a*a*$", "(.*)*x"])
def test_a_pattern_made_to_hang_is_matched_at_once(source: str):
    started = time.monotonic()
    assert not Pattern(f"^{source}").search("a" * 3000 + "!")
    assert time.monotonic() - started < 20  # a backtracking matcher needs longer than the sun lasts


def test_what_is_too_long_to_be_matched_is_said():
    with pytest.raises(ValueError, match="too long to be compared"):
        Pattern("(abc){100}").search("a" * 1_000_000)


ATOMS = st.sampled_from(["a", "b", "[ab]", "[^a]", ".", r"\d", r"\w", "1", "^", "$", r"\b"])


def combined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    times = st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,1}", "{1,}"])
    return st.one_of(
        st.lists(parts, max_size=3).map("".join),
        st.tuples(parts, parts).map("|".join),
        st.tuples(parts, times).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
    )


@given(st.recursive(ATOMS, combined, max_leaves=8), st.text("ab1 ", max_size=8))
def test_agrees_with_the_standard_library(source: str, text: str):
    expected = re.compile(source.replace("$", r"\Z"), re.ASCII).search(text)
    assert Pattern(source).search(text) == bool(expected)
