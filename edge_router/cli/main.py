"""``edge-router COMMAND``: the table of commands, and the one place where a process starts.

Imports nothing but the exit codes before it is ready for Ctrl-C.
"""

from __future__ import annotations

import sys

from edge_router.cli.exit_codes import INTERRUPTED

TYPE_CHECKING = False  # what typing.TYPE_CHECKING says, without importing typing
if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "teach": "Teach a tool on this device: by texts, by what it does, or by both.",
    "correct": "Say which tool a text belongs to, whatever was taught or trained.",
    "forget": "Forget what was taught of a tool.",
    "tools": "List the tools that were taught, with their texts.",
    "import-tools": "Teach the tools of OpenAI's and MCP's lists and of OpenAPI documents.",
    "train": "Train a router from labelled examples.",
    "eval": "Measure a router on labelled texts.",
    "judge": "Say which of two bundles is the better one, by logged outcomes.",
    "route": "Decide which tool answers a text.",
    "explain": "Show why a text gets its decision, word by word.",
    "why-not": "Say why a tool did not answer a text, and what makes it answer.",
    "chat": "Talk with an assistant: the answers, and what was decided, found, sent and saved.",
    "log": "Show the last decisions that a journal holds.",
    "stats": "Show what a journal's decisions come to: answered here, abstained, saved, how fast.",
    "drift": "Tell whether the texts of a journal have changed, and which tools' share moved.",
    "feedback": "Say of a decision in a journal whether it was right.",
    "review": "Look again at the texts that are worth it: one key each, kept at once.",
    "export": "Write what was said of a journal's decisions as examples, to teach and train with.",
    "bench": "Time a router on this device: text in to decision out, one thread.",
    "verify": "Check that this device computes exactly what the bundle's maker did.",
    "inspect": "Show what a bundle holds: tools, sizes, calibration, what it was trained on.",
    "wyoming": "Answer Home Assistant over the Wyoming protocol.",
    "serve": "Stand between programs and a language model; answer what the router is sure of.",
    "pretrain": "Make a base encoder from unlabelled text.",
}
"""Name, which is also the module's in this folder, and what the command does. A module has
``add_arguments`` and ``run``, and is imported when its command is given."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; its exit code."""
    try:
        from edge_router.cli.interrupt import interrupts_end_the_process

        with interrupts_end_the_process():
            from edge_router.cli.invocation import invoke
        return invoke(sys.argv[1:] if arguments is None else arguments, COMMANDS)
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
