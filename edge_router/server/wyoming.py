"""An intent service over the Wyoming protocol, as Home Assistant asks it: a text in, an intent with
its entities out, or ``not-recognized`` with what to say.

The protocol knows no passwords: whoever reaches the address may ask.
"""

from __future__ import annotations

import asyncio
import ipaddress
import signal
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from edge_router.dispatcher import Dispatcher, Outcome, Phrases, Status
from edge_router.errors import MissingExtraError
from edge_router.part import Part, Stance
from edge_router.server.wyoming_message import (
    MAX_HEADER_BYTES,
    Message,
    MessageError,
    read_message,
)

MAX_CONNECTIONS = 256
IDLE_S = 60.0
"""A connection on which so long nothing complete is read or written is closed."""
_BACKLOG = 256
ANSWER, QUESTION = "x-answer", "x-question"
"""The keys of a tool's parameters, whose texts are said when the intent was handled, and when its
slots are not enough."""


class WyomingService:
    """Answers any number of connections, one after another and many at once; keeps nothing of a
    text, and writes none anywhere.
    """

    def __init__(
        self,
        intents: Dispatcher,
        *,
        version: str,
        language: str = "en",
        split: Callable[[str], tuple[Part, ...]] | None = None,
        warn: Callable[[str], None],
    ) -> None:
        """``intents`` runs nothing (``make_intents``); ``split`` is the router's, where a text may
        hold several intents; ``warn`` is told of a mistake of our own, never with a text in it.
        Raises MissingExtraError.
        """
        _check_extra()
        self._intents = intents
        self._split = split
        self._info = _make_info(version, language)
        self._warn = warn
        self._talks: set[asyncio.Task[Any]] = set()

    async def serve(self, host: str, port: int, *, tell: Callable[[str, int], None]) -> None:
        """Serves until SIGTERM, then ends every connection. ``tell`` learns each address that it
        listens at; port 0 takes a free one. Raises OSError where the address cannot be had.
        """
        stopped = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
        server = await asyncio.start_server(
            self._talk, host, port, limit=MAX_HEADER_BYTES, backlog=_BACKLOG
        )
        try:
            for socket in server.sockets:
                tell(*socket.getsockname()[:2])
            await stopped.wait()
        finally:
            server.close()
            for talk in self._talks:
                talk.cancel()
            await asyncio.gather(*self._talks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its first message to its end."""
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            if len(self._talks) <= MAX_CONNECTIONS:
                await self._answer_all(reader, writer)
        except (OSError, TimeoutError):
            pass  # the client has gone, or is silent
        except asyncio.CancelledError:
            pass  # the service ends; Python 3.11 would print a traceback of a cancelled connection
        except Exception as error:  # noqa: BLE001 - the edge: one client's trouble is no other's
            self._warn(f"a mistake of edge-router's own ({type(error).__name__}); please report it")
        finally:
            self._talks.discard(task)
            writer.close()

    async def _answer_all(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from wyoming.error import Error
        from wyoming.event import async_write_event

        while True:
            async with asyncio.timeout(IDLE_S):
                try:
                    message = await read_message(reader)
                    answers = [] if message is None else self._answer(message)
                except MessageError as problem:
                    said = f"this is no message of the Wyoming protocol: {problem}"
                    with suppress(OSError):
                        await async_write_event(Error(said, code="malformed").event(), writer)
                    return
                if message is None:
                    return
                for answer in answers:
                    await async_write_event(answer, writer)
                await asyncio.sleep(0)  # who sends many at once lets others in between

    def _answer(self, message: Message) -> list[Any]:
        """The events that answer a message; none for one that is nothing to us."""
        from wyoming.asr import Transcript
        from wyoming.info import Describe
        from wyoming.intent import Recognize
        from wyoming.ping import Ping, Pong

        if Describe.is_type(message.type):
            return [self._info]
        if Transcript.is_type(message.type) or Recognize.is_type(message.type):
            return self._recognize(message.data)
        if Ping.is_type(message.type):
            text = message.data.get("text")
            return [Pong(text if isinstance(text, str) else None).event()]
        return []

    def _recognize(self, data: dict[str, Any]) -> list[Any]:
        """One intent; several between *start* and *stop*, where each part of the text is one; or
        what to say, where one of them is not recognized: then none runs.
        """
        from wyoming.intent import Entity, Intent, IntentsStart, IntentsStop, NotRecognized

        text, context = data.get("text"), data.get("context")
        if not isinstance(text, str):
            raise MessageError("its text is missing")
        context = context if isinstance(context, dict) else None
        found = []
        for asked in self._list_asked(text):
            outcome = self._intents.dispatch(asked)
            if outcome.status is not Status.DONE or outcome.tool is None:
                return [NotRecognized(self._say_problem(outcome), context).event()]
            entities = [Entity(argument.name, argument.value) for argument in outcome.arguments]
            said = self._say_done(outcome.tool)
            found.append(Intent(outcome.tool, entities, said, context).event())
        if len(found) == 1:
            return found
        return [IntentsStart(context).event(), *found, IntentsStop(context).event()]

    def _list_asked(self, text: str) -> list[str]:
        """The parts of a text that asks for several things; else the text, of which the dispatcher
        runs nothing that is forbidden.
        """
        parts = self._split(text) if self._split else ()
        if len(parts) < 2 or any(part.stance is not Stance.ASKED for part in parts):
            return [text]
        return [part.text for part in parts]

    def _say_done(self, name: str) -> str:
        """What is said when the intent was handled. Home Assistant fills it as a template, so
        nothing of a user's text may stand in it.
        """
        return self._find_words(name, ANSWER) or Phrases().done

    def _say_problem(self, outcome: Outcome) -> str:
        """The question for what is missing, or that nothing was understood."""
        is_incomplete = outcome.result is not None and outcome.result.argument is None
        asked = self._find_words(outcome.tool, QUESTION) if is_incomplete else ""
        return asked or outcome.text

    def _find_words(self, tool: str | None, key: str) -> str:
        runnable = self._intents.tools.get(tool or "")
        said = ((runnable and runnable.tool.parameters) or {}).get(key)
        return said if isinstance(said, str) else ""


def is_on_this_device(address: str) -> bool:
    """Whether only programs on this device reach an IP address."""
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


def _check_extra() -> None:
    """Imports the protocol's events now, not at the first client's text."""
    try:
        with warnings.catch_warnings():
            # the package's own: it uses audioop where Python still has it
            warnings.simplefilter("ignore", DeprecationWarning)
            import wyoming.info  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("wyoming", "wyoming") from error


def _make_info(version: str, language: str) -> Any:
    """What ``describe`` is answered with: Home Assistant lists the program as an agent for its
    model's languages.
    """
    from wyoming.info import Attribution, Info, IntentModel, IntentProgram

    about: dict[str, Any] = {
        "attribution": Attribution(name="edge-router", url=""),
        "installed": True,
        "version": version,
    }
    model = IntentModel(
        name="edge-router", description="Decides on the device", languages=[language], **about
    )
    program = IntentProgram(
        name="edge-router", description="Decides on the device", models=[model], **about
    )
    return Info(intent=[program]).event()
