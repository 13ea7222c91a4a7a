"""The router inside a program: nobody says which tool is right, only the final answers are judged.

::

    router = SoftRouter.from_tools(["add", "lookup", "llm"])
    program = Program(router, {"add": Add(), "lookup": Lookup(), "llm": call_llm}, cost={"llm": 1})
    program.fit(questions, answers, loss=cross_entropy)
    program.router.export("home.router")

``estimate_loss`` is the heart of it: which gradient, and why it is the right one.
"""

from __future__ import annotations

from edge_router_export.program.learn_program import Learnt
from edge_router_export.program.program import Answer, Marks, Program
from edge_router_export.program.schedule import Schedule
from edge_router_export.program.soft_router import SoftRouter

__all__ = ["Answer", "Learnt", "Marks", "Program", "Schedule", "SoftRouter"]
