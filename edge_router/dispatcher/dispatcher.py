"""From a text to what it brings about: a decision, arguments, a tool that runs, words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from edge_router.decision import Decision, Reason
from edge_router.dispatcher.advice import Advice
from edge_router.dispatcher.asked import find_asked, prepare
from edge_router.dispatcher.dialogue import Dialogue, remote_arguments
from edge_router.dispatcher.effects import Effect, Flow, afinish, finish
from edge_router.dispatcher.outcome import Outcome, Pending, Status, plain
from edge_router.dispatcher.parts import Fills, Remote, Routes
from edge_router.dispatcher.phrases import Phrases
from edge_router.dispatcher.stream import AsyncOutcomeStream, OutcomeStream
from edge_router.dispatcher.turn import Turn
from edge_router.errors import InputError
from edge_router.remote.all_tools import AllTools
from edge_router.tool import FREE, list_risks
from edge_router.tools.arguments import Arguments
from edge_router.tools.registry import LLM, RunnableTool, make_registry
from edge_router.tools.runner import Runner, ToolResult
from edge_router.tools.template import say

if TYPE_CHECKING:
    from edge_router.dispatcher.recorder import Recorder
    from edge_router.journal.journal import Journal

MAX_UNHELPFUL_REPLIES = 3
"""After so many replies that do not say what was asked for, the question is given up."""


class Dispatcher:
    """Routes a text, finds the arguments, runs the tool and tells what came of it.

    Thread-safe. It keeps nothing between calls: what a question waits for is in its outcome.
    Nothing leaves the device without ``remote``.
    """

    def __init__(
        self,
        router: Routes,
        *,
        tools: Iterable[RunnableTool | Callable[..., Any]],
        remote: Remote | None = None,
        arguments: Fills | None = None,
        clock: Callable[[], datetime] = datetime.now,
        phrases: Phrases | None = None,
        journal: Journal | None = None,
    ) -> None:
        """``tools`` are functions, or made with :func:`edge_router.tools.tool`; their names are the
        router's. ``arguments=Arguments(gazetteers=...)`` knows names: rooms, contacts, songs.
        ``journal`` records every outcome.
        Raises DataError for a tool that cannot be described, or a name that stands twice.
        """
        self.tools = make_registry(tools)
        """What can be run, by name."""
        self._router = router
        prepare(router)
        described = [runnable.tool for runnable in self.tools.values()]
        self._risks = list_risks([*getattr(router, "tools", ()), *described])
        self._advice = Advice(remote, described)
        self._all_tools = AllTools(described)
        self._recorder: Recorder | None = None
        if journal is not None:  # SQLite is loaded for those alone who want it
            from edge_router.dispatcher.recorder import Recorder

            self._recorder = Recorder(journal, router=router)
        self._fill = arguments or Arguments()
        self._clock = clock
        self._phrases = phrases or Phrases()
        self._runner = Runner()

    def dispatch(self, text: str) -> Outcome:
        """What ``text`` leads to. Raises InputError where it is not a str; whatever else happens is
        an outcome.
        """
        return finish(self._start(text))

    async def adispatch(self, text: str) -> Outcome:
        """:meth:`dispatch` for a caller with an event loop; cancelling it cancels the tool."""
        return await afinish(self._start(text))

    def resume(self, outcome: Outcome, reply: str) -> Outcome:
        """Goes on from a question with the user's reply. Raises InputError where ``outcome`` asks
        nothing.
        """
        return finish(self._continue(outcome, reply))

    async def aresume(self, outcome: Outcome, reply: str) -> Outcome:
        """:meth:`resume` for a caller with an event loop."""
        return await afinish(self._continue(outcome, reply))

    def stream(self, text: str) -> OutcomeStream:
        """:meth:`dispatch` word by word, as a remote model tells the result; iterate over it, then
        take its ``outcome``.
        """
        return OutcomeStream(self._start(text))

    def astream(self, text: str) -> AsyncOutcomeStream:
        """:meth:`stream` for ``async for``."""
        return AsyncOutcomeStream(self._start(text))

    def _start(self, text: str) -> Flow[Outcome]:
        flow = self._begin(text)
        return flow if self._recorder is None else self._recorder.follow(flow)

    def _continue(self, outcome: Outcome, reply: str) -> Flow[Outcome]:
        flow = self._go_on(outcome, reply)
        return flow if self._recorder is None else self._recorder.follow(flow, is_reply=True)

    def _begin(self, text: str) -> Flow[Outcome]:
        turn = Turn(text, all_tools=self._all_tools)
        decision, asked = find_asked(self._router, text)
        turn.decision = decision
        turn.lap("routing")
        name = decision.tool or decision.proposed
        if name is None:
            return (yield from self._abstain(turn, decision))
        runnable = self.tools.get(name)
        if runnable is None:
            said = self._phrases.no_program.format(tool=name)
            return turn.end(Status.NO_PROGRAM, said, tool=name)
        dialogue = Dialogue(runnable=runnable).read(asked, fill=self._fill, now=self._clock())
        return (yield from self._proceed(turn, dialogue.check()))

    def _go_on(self, outcome: Outcome, reply: str) -> Flow[Outcome]:
        pending = outcome.pending
        if pending is None or pending.tool not in self.tools:
            raise InputError("this outcome asks for nothing here; dispatch the text instead")
        if not isinstance(reply, str):
            raise InputError(f"a reply must be a str, not {type(reply).__name__}; decode it first")
        turn = Turn(outcome.query, all_tools=self._all_tools)
        turn.decision, turn.left_out = outcome.decision, outcome.left_out
        known = Dialogue(
            runnable=self.tools[pending.tool],
            arguments=pending.arguments,
            readings=pending.readings,
        )
        if self._phrases.is_way_out(reply):
            return _end(turn, Status.CANCELLED, self._phrases.cancelled, known)
        unhelpful = pending.unhelpful_replies
        if pending.awaited is None:
            return (yield from self._confirm(turn, known, reply, unhelpful))
        now = self._clock()
        heard = known.read_reply(reply, to=pending.awaited, fill=self._fill, now=now).check()
        unhelpful += pending.awaited not in heard.values or heard.invalid is not None
        return (yield from self._proceed(turn, heard, unhelpful))

    def _confirm(self, turn: Turn, known: Dialogue, reply: str, unhelpful: int) -> Flow[Outcome]:
        """A plain yes runs the tool, a no leaves it, anything else is asked again."""
        if self._phrases.is_yes(reply):
            return (yield from self._run(turn, known))
        if self._phrases.is_no(reply):
            return _end(turn, Status.CANCELLED, self._phrases.cancelled, known)
        return self._ask(turn, known, unhelpful + 1, is_repeated=True)

    def _proceed(self, turn: Turn, dialogue: Dialogue, unhelpful: int = 0) -> Flow[Outcome]:
        """Asks for what is missing, or for leave, or runs the tool."""
        turn.lap("arguments")
        if dialogue.awaited is not None or self._must_ask(turn, dialogue.runnable):
            return self._ask(turn, dialogue, unhelpful)
        return (yield from self._run(turn, dialogue))

    def _must_ask(self, turn: Turn, runnable: RunnableTool) -> bool:
        """Whether a tool needs leave: by itself, by the decision, or, where a remote model and not
        the router chose it, by its risk.
        """
        decision = turn.decision
        if runnable.needs_confirmation or decision is None:
            return runnable.needs_confirmation
        if decision.reason in (Reason.CONFIDENT, Reason.NEEDS_CONFIRMATION):
            return decision.tool != runnable.name
        return self._risks.get(runnable.name, FREE) != FREE

    def _ask(
        self, turn: Turn, dialogue: Dialogue, unhelpful: int, *, is_repeated: bool = False
    ) -> Outcome:
        """The question for the awaited argument, or else whether to run the tool."""
        if unhelpful >= MAX_UNHELPFUL_REPLIES:
            return _end(turn, Status.GIVEN_UP, self._phrases.given_up, dialogue)
        awaited = dialogue.awaited
        pending = Pending(
            tool=dialogue.runnable.name,
            arguments=dialogue.arguments,
            awaited=awaited,
            readings=dialogue.readings,
            unhelpful_replies=unhelpful,
        )
        if awaited is not None:
            said = dialogue.question(self._phrases)
            return _end(turn, Status.NEEDS_ARGUMENT, said, dialogue, pending=pending)
        said = self._phrases.confirmation(dialogue.runnable.name, dialogue.spoken())
        if is_repeated:
            said = f"{self._phrases.confirm_again} {said}"
        return _end(turn, Status.NEEDS_CONFIRMATION, said, dialogue, pending=pending)

    def _run(self, turn: Turn, dialogue: Dialogue) -> Flow[Outcome]:
        runnable, values, runner = dialogue.runnable, dialogue.values, self._runner
        result: ToolResult = yield Effect(
            now=lambda: runner.run(runnable, values), later=lambda: runner.arun(runnable, values)
        )
        turn.lap("tool")
        if not result.is_done:
            return _end(turn, Status.FAILED, result.problem, dialogue, result=result)
        said = yield from self._tell(turn, dialogue, result)
        said = self._phrases.only_that(said, turn.left_out)
        return _end(turn, Status.DONE, said, dialogue, result=result)

    def _tell(self, turn: Turn, dialogue: Dialogue, result: ToolResult) -> Flow[str]:
        """A result in words: a remote model's, the template's, or the result's own."""
        runnable, value = dialogue.runnable, plain(result.value)
        if runnable.answer == LLM:
            told = yield from self._advice.tell(turn, runnable.name, value)
            if told is not None:
                return told.text
        if runnable.template is not None:
            named = value if isinstance(value, dict) else {}
            with suppress(LookupError, ValueError, TypeError):  # else the result speaks for itself
                return runnable.template.fill({"result": value, **dialogue.spoken(), **named})
        return self._phrases.done if value is None else say(value)

    def _abstain(self, turn: Turn, decision: Decision) -> Flow[Outcome]:
        """A remote model may know better; without one it is said at once, with the candidates."""
        if decision.reason is Reason.EMPTY_INPUT:
            return turn.end(Status.ABSTAINED, self._phrases.nothing_said)
        if decision.reason is Reason.NEGATED:
            return turn.end(Status.ABSTAINED, self._phrases.cancelled)
        near = [c.tool for c in decision.candidates if c.tool is not None]
        choice = yield from self._advice.choose(turn, decision.shortlist or near)
        runnable = self.tools.get(choice.tool or "") if choice is not None else None
        if choice is not None and runnable is not None:
            # one text, one tool: each further one would have to be confirmed and asked about, too
            turn.left_out = tuple(call.tool for call in choice.further)
            dialogue = Dialogue(runnable=runnable).take(remote_arguments(choice.arguments))
            return (yield from self._proceed(turn, dialogue.check()))
        if choice is not None and choice.text.strip():
            return turn.end(Status.ANSWERED, choice.text)
        said = self._phrases.abstained
        if near and decision.reason is Reason.LOW_CONFIDENCE:
            said = self._phrases.abstained_between.format(choices=self._phrases.list(near[:2]))
        return turn.end(Status.ABSTAINED, said)


def _end(turn: Turn, status: Status, said: str, dialogue: Dialogue, **what: Any) -> Outcome:
    """An outcome that concerns a tool."""
    return turn.end(status, said, tool=dialogue.runnable.name, arguments=dialogue.arguments, **what)
