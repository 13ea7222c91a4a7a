"""What reading requests must know of a language: one table of phrases, written as
``routing/phrases.py`` says.
"""

from __future__ import annotations

from dataclasses import dataclass

Phrases = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RequestWords:
    """A language's words for more than one request, and for what is not to be done."""

    sequences: Phrases
    """Between two requests, and hardly anywhere else: *and then*."""
    joints: Phrases
    """Between two requests, and between any two things: *and*. A *don't* goes on over it."""
    contrasts: Phrases
    """The same, but a *don't* ends there: *but*."""
    dependents: Phrases
    """At the beginning of what is no request by itself: *the*, *because*."""
    fillers: Phrases
    """Before a request, without meaning: *please*."""
    calls: Phrases
    """Before a name that is called: *hey*."""
    cancels: Phrases
    """Taking back what was said before, where they stand alone: *never mind*."""
    adverbs: Phrases
    """Without meaning between the words of those that forbid: you *really* don't have to."""
    prohibitions: Phrases
    """Before what is not to be done, wherever they stand: *don't*."""
    subjects: Phrases
    """Before such words where they only tell something: *I* don't."""
    negations: Phrases
    """The same at the beginning of a request only: *no need to*."""
    negators: Phrases
    """Words that forbid wherever they stand, unless they are harmless, tell something, or ask: what
    none of the others knows is rather not run.
    """
    opposites: Phrases
    """The same, and behind what is to be done, too: *instead of*."""
    inner_negations: Phrases
    """Within a request that is not to be done: *should not be*."""
    harmless: Phrases
    """Where one of the three begins but forbids nothing: *don't forget*."""
    pronouns: Phrases
    """For what was named before: don't switch *it* off."""
    tellers: Phrases
    """What follows them is for somebody to read, not to be done: *tell*."""
    titles: Phrases
    """What follows at once may be a title: *play* don't stop me now."""
    conditions: Phrases
    """Before a condition: *if*."""
    polite: Phrases
    """Where a condition begins but is none: *if you can*."""
    knowing: Phrases
    """Before a condition's words where they ask whether: *tell me* if."""
    consequences: Phrases
    """Between a condition and what then is to be done: *then*."""
    questions: Phrases
    """At the beginning of a question, which may have its conditions and its negations."""
    askers: Phrases
    """In a question, wherever it begins: *what*."""
