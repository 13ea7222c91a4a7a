"""A router that learns from final answers which tool is right; nobody says so, nor what a tip is.

``pip install "edge-router[export]"``, then ``python examples/learn_from_answers.py``: a minute.
"""

import re

import torch

from edge_router import Router
from edge_router.errors import ToolError
from edge_router_export.program import Program, Schedule, SoftRouter

YEARS = {"Ada": 1815, "Alan": 1912, "Grace": 1906, "Donald": 1938, "Barbara": 1939, "Edsger": 1930}
WORDS = ["banana", "letter", "coffee", "tunnel", "pepper", "balloon", "hammer", "cabbage"]


class Tip(torch.nn.Module):  # a share of the bill; which one, it must learn
    def __init__(self):
        super().__init__()
        self.share = torch.nn.Parameter(torch.tensor(0.4))

    def forward(self, texts):
        bills = [re.search(r"\d+", text) for text in texts]
        return self.share * torch.tensor([float(bill[0]) if bill else 0.0 for bill in bills])


def count_letters(text):  # called where it is drawn, since a function has no gradient
    for word in WORDS:
        if word in text:
            return float(len(word))
    raise ToolError("name a word")


def call_llm(text):  # stands for a model elsewhere, which would do for all, and costs
    return next(answer for asked, answer in KNOWN.items() if asked == text)


def ask(tip, letters, year):
    found = {tip.format(bill): 0.2 * bill for bill in range(10, 90, 4)}
    found |= {letters.format(word): float(len(word)) for word in WORDS}
    return found | {year.format(name): float(born) for name, born in YEARS.items()}


def loss(got, answer):
    return abs(got - answer) / (abs(got - answer) + 1)


SEEN = ask("the tip for {}", "how many letters are in {}", "when was {} born")
SEEN |= ask("what do I tip on a bill of {}", "count the letters of {}", "birth year of {}")
NEW = ask("how much tip is usual for {} euros", "of how many letters is {}", "{} was born in")
KNOWN = SEEN | NEW

router = SoftRouter.from_tools(["tip", "letters", "llm"])
tools = {"tip": Tip(), "letters": count_letters, "llm": call_llm}
program = Program(router, tools, cost={"llm": 1.0})
for step in ("before", "after"):
    if step == "after":
        program.fit(list(SEEN), list(SEEN.values()), loss=loss, schedule=Schedule(cost_weight=0.3, updates=200, tool_rate=0.05))
    marks = program.mark(list(NEW), list(NEW.values()))
    print(f"{step}: {marks.right_share:.0%} right, {marks.mean_cost:.2f} a question")
print(program)
