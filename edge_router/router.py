"""A bundle that decides: wires the parts of ``routing/`` together and holds no logic of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_router.bundle import Bundle, read_bundle
from edge_router.chain import Chain
from edge_router.decision import Decision, Reason
from edge_router.errors import DataError, InputError
from edge_router.explanation import Explanation
from edge_router.part import Part
from edge_router.routing.chooser import make_chooser
from edge_router.routing.engine import EMBEDDING, LOGITS, Engine, list_widths
from edge_router.routing.exploration import Exploration, make_exploration
from edge_router.routing.policy import make_policy
from edge_router.routing.reader import Reader
from edge_router.routing.taught_tools import TaughtTools, make_taught_tools
from edge_router.routing.tokenizer import Tokenizer
from edge_router.routing.vectors import keep_vectors
from edge_router.taught import Taught, read_taught, update_taught
from edge_router.tool import Tool


class Router:
    """Decides which tool answers a text. Pure after ``load``: no clock, disk, network or global;
    thread-safe, and picklable as its bundle's bytes with what it was taught.

    ``teach``, ``correct`` and ``forget`` return another router and leave this one as it is.
    """

    def __init__(self, bundle: Bundle) -> None:
        """Builds the session and the tables from a bundle that was read; ``Router.load`` does both
        steps.
        """
        manifest = bundle.manifest
        choice = manifest.parts.choice
        self.bundle = bundle
        """What was loaded: manifest, hash, size."""
        self.tools: tuple[Tool, ...] = choice.tools if choice else ()
        """What it chooses from, in the order of the logits."""
        self._tokenizer = Tokenizer(
            bundle.tokenizer, max_tokens=manifest.max_tokens, max_chars=manifest.max_chars
        )
        self._engine = Engine(
            bundle.model, outputs=manifest.parts.outputs, max_tokens=manifest.max_tokens
        )
        self.taught = Taught()
        """What it was taught beside its bundle: tools, texts, and all that was said."""
        self._taught_tools: TaughtTools | None = None
        self._reader = Reader(self._tokenizer, lambda ids: self._engine.run(ids, EMBEDDING))
        self._widths = list_widths(manifest.parts)
        self._engine.check(self._widths, last_id=self._tokenizer.vocabulary_size - 1)
        self._chooser = make_chooser(manifest.parts, self._reader) if choice else None
        self._policy = make_policy(manifest.parts, self.tools)
        self._exploration: Exploration | None = None

    @classmethod
    def load(cls, source: str | os.PathLike[str] | bytes | bytearray | memoryview) -> Router:
        """Reads and checks a ``.router`` file (or its bytes); raises BundleError and loads nothing
        where it is unfit.
        """
        return cls(read_bundle(source))

    @classmethod
    def base(cls) -> Router:
        """The router in the package: it knows no tool yet and reads English."""
        return cls(read_bundle((resources.files("edge_router") / "base.router").read_bytes()))

    def route(
        self,
        text: str,
        *,
        threshold: float | None = None,
        top: int | None = None,
        cost_weight: float | None = None,
    ) -> Decision:
        """The decision for one text; the same bits on every CPU.

        ``threshold``, 0 to 1, is the confidence to decide from, ``top``, 1 or more, the number of
        candidates to show, and ``cost_weight`` the reward that a cost of 1 outweighs, in place of
        the bundle's. Raises InputError where ``text`` is not a str, or a number is out of its range
        or one that the bundle has no use for.
        """
        if not isinstance(text, str):
            raise InputError(
                f"a text to route must be a str, not {type(text).__name__}; decode bytes first"
            )
        policy = self._policy.adjust(threshold=threshold, cost_weight=cost_weight)
        if top is not None and (type(top) is not int or top < 1):
            raise InputError(f"top is {top!r}; give a whole number of candidates, 1 or more")
        ids, is_truncated = self._tokenizer.encode(text)
        if not ids:
            return policy.abstain(Reason.EMPTY_INPUT, is_truncated=is_truncated)
        exploration = self._exploration
        top = exploration.widen(top) if exploration else top
        if self._taught_tools:
            trained = self._chooser.calibration if self._chooser else None
            candidates = self._taught_tools.rank_beside(trained, self._engine, ids, top)
            decision = policy.decide(candidates, is_truncated=is_truncated)
        elif self._chooser is None:
            return policy.abstain(Reason.NO_TOOLS, is_truncated=is_truncated)
        else:
            logits, likeness = self._chooser.read(self._engine, ids)
            decision = self._chooser.decide(
                logits, likeness, policy, top=top, is_truncated=is_truncated
            )
        return exploration.revise(decision, ids, policy) if exploration else decision

    @property
    def threshold(self) -> float:
        """The confidence from which it decides, where a call names no other."""
        return self._policy.threshold

    def route_many(self, texts: Iterable[str]) -> Iterator[Decision]:
        """The decisions for many texts, one by one as they are read: the same bits as ``route``
        gives each alone.
        """
        if isinstance(texts, str | bytes):  # its characters would be routed, one by one
            raise InputError("route_many takes many texts; give a list, or call route for one")
        return map(self.route, texts)

    def teach(
        self,
        tool: str,
        texts: Iterable[str] = (),
        *,
        description: str = "",
        parameters: dict[str, Any] | None = None,
    ) -> Router:
        """A router that also knows ``tool`` by ``texts`` as users write them, by what it does, or
        by both; for a tool that it knows already, more texts.

        Raises DataError where a text belongs to another tool already (``correct`` moves it), and
        InputError where the bundle cannot be taught.
        """
        return self._with(
            self.taught.teach(tool, texts, description=description, parameters=parameters)
        )

    def teach_tools(
        self,
        tools: Iterable[Tool | Callable[..., Any] | dict[str, Any]],
        *,
        examples: Mapping[str, Iterable[str]] | None = None,
    ) -> Router:
        """A router that also knows many tools: functions with signature and docstring, schemas as
        OpenAI's and MCP's lists have them, or :class:`Tool`; ``examples`` are texts by tool.
        """
        from edge_router.tools.schemas.collection import collect_tools

        texts = dict(examples or {})
        lessons = [(tool, texts.pop(tool.name, ())) for tool in collect_tools(tools)]
        lessons += [(Tool(name), rest) for name, rest in texts.items()]
        return self._with(self.taught.teach_many(lessons))

    def correct(self, text: str, *, tool: str | None) -> Router:
        """A router for which ``text`` belongs to ``tool``, whatever it was taught or trained; to no
        tool where that is ``None``.
        """
        return self._with(self.taught.correct(text, tool=tool))

    def forget(self, tool: str) -> Router:
        """A router without what it was taught of ``tool``; raises DataError where it was not."""
        return self._with(self.taught.forget(tool))

    def explore(self, share: float, *, key: bytes | None = None) -> Router:
        """A router that sends this ``share``, up to 0.2, of texts to the second candidate; 0 ends
        it. Which ones, the secret ``key`` of the device decides, the same ones every time.

        Only ``route`` and ``route_many`` explore, and show two candidates or more. Left alone, and
        not counted, are texts that no tool is sure of, tools that may not run unasked, and seconds
        below 1 in 64. Raises InputError for another share, or a key that has not 16 to 64 bytes.
        """
        other = self._copy()
        other._exploration = make_exploration(share, key, self.bundle.manifest.parts.choice)
        return other

    def save_taught(self, path: str | os.PathLike[str]) -> None:
        """Appends to the file ``path`` what of this router's teaching it does not hold yet; several
        processes may. Raises DataError where it cannot, and nothing is lost then.
        """
        update_taught(path, lambda held: held.with_all_of(self.taught))

    def load_taught(
        self, path: str | os.PathLike[str], *, vectors: str | os.PathLike[str] | None = None
    ) -> Router:
        """A router that also knows what the file ``path`` holds.

        ``vectors`` names a file that keeps what those texts mean to this bundle, made where there
        is none yet: with it, thousands of tools load in a fraction of the time. Raises DataError
        where one of them is a file of something else.
        """
        taught = self.taught.with_all_of(read_taught(path))
        if vectors is None:
            return self._with(taught)
        width = self._widths.get(EMBEDDING, 0)
        with keep_vectors(Path(vectors), self._reader.directions, self.bundle.sha256, width):
            return self._with(taught)

    def explain(self, text: str, *, against: str | None = None) -> Explanation:
        """Why ``text`` gets its decision: what each word adds to the best answer's lead over the
        runner-up, or over the tool ``against``; what would flip it; what it lies near.

        It routes the text without some of its words, up to about 1,700 times. Raises InputError
        where ``text`` is not a str or ``against`` is no tool of this router.
        """
        from edge_router.routing.contrast import Grounds  # not where a router only routes
        from edge_router.routing.explain import explain

        grounds = Grounds(
            bundle=self.bundle,
            tools=self.tools,
            examples=self.taught.examples,
            route=self.explore(0).route,
            run=self._engine.run,
            reader=self._reader,
            taught=self._taught_tools,
        )
        return explain(text, grounds, against=against)

    def split(self, text: str, *, threshold: float | None = None) -> tuple[Part, ...]:
        """What ``text`` asks for, part by part, each routed; what it forbids has no tool to run."""
        from edge_router.routing.split import split  # not where a router only routes

        route = self.explore(0).route  # where to part it is no matter of chance
        return split(text, lambda part: route(part, threshold=threshold))

    def chain(self, routers: Mapping[str, Router | Chain]) -> Chain:
        """This router, and by the names of some of its tools others that decide then."""
        return Chain(self, routers)

    def tokens(self, text: str) -> list[int]:
        """The token ids the model reads; empty for empty input."""
        return self._tokenizer.encode(text).ids

    def logits(self, text: str) -> NDArray[np.int32]:
        """The model's integers [answers], the last for *no tool* where the bundle has it; zeros for
        empty input. Raises InputError where the bundle has no part ``choice``.
        """
        return self._output(text, LOGITS)

    def embed(self, text: str) -> NDArray[np.int32]:
        """The text's place among others by its meaning, integers [width], of which only the
        direction means anything; zeros for empty input. Raises InputError where the bundle has no
        part ``embedding``.
        """
        return self._output(text, EMBEDDING)

    def integers(self, text: str) -> dict[str, NDArray[np.int32]]:
        """All that the model says of a text, by output; empty for empty input."""
        ids, names = self.tokens(text), list(self._widths)
        return dict(zip(names, self._engine.run_all(ids, names), strict=True)) if ids else {}

    def _with(self, taught: Taught) -> Router:
        """This router, but with that taught."""
        part, choice = self.bundle.manifest.parts.embedding, self.bundle.manifest.parts.choice
        if part is None or part.teaching is None:
            raise InputError(
                "this bundle cannot be taught; load one whose manifest declares an embedding with "
                "numbers for teaching, or Router.base()"
            )
        for example in taught.examples:
            if self._reader.direction(example.text) is None:
                raise DataError(f"the text {example.text!r} holds nothing to read; leave it out")
        other = self._copy()
        other.taught = taught
        trained = choice.tools if choice else ()
        known = {tool.name for tool in trained}
        other._taught_tools = make_taught_tools(
            taught.tools, taught.examples, self._reader, part.teaching, trained=known
        )
        other.tools = (*trained, *[tool for tool in taught.tools if tool.name not in known])
        teaching = part.teaching if taught.tools else None
        other._policy = make_policy(
            self.bundle.manifest.parts, (*taught.tools, *trained), taught=teaching
        )
        return other

    def _copy(self) -> Router:
        """This router, to be changed; copy.copy would load the bundle anew."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        return other

    def _output(self, text: str, output: str) -> NDArray[np.int32]:
        if output not in self._widths:
            raise InputError(f"this bundle has no {output}; load one whose manifest declares them")
        ids = self.tokens(text)
        return self._engine.run(ids, output) if ids else np.zeros(self._widths[output], np.int32)

    def __repr__(self) -> str:
        """``Router('home', 12 tools, 2 taught, sha256 1a2b3c4d)``."""
        manifest = self.bundle.manifest
        name, sha256, taught = manifest.name, self.bundle.sha256[:8], len(self.taught.tools)
        more = f", {taught} taught" if taught else ""
        return f"Router({name!r}, {len(self.tools)} tools{more}, sha256 {sha256})"

    def __reduce__(self) -> tuple[Callable[..., Router], tuple[bytes, Taught, Exploration | None]]:
        """A pickle holds the bundle's bytes, what was taught and how it explores: the session is
        made anew where it is read.
        """
        return _restore, (self.bundle.to_bytes(), self.taught, self._exploration)


def _restore(bundle: bytes, taught: Taught, exploration: Exploration | None) -> Router:
    router = Router.load(bundle)
    router = router._with(taught) if taught.rows else router
    router._exploration = exploration
    return router
