"""A router learns from final answers alone: ``python examples/learn_from_answers.py``.

``pip install "edge-router[export]"`` first. Nobody says which tool is right, nor what a tip is.
"""

import re
import tempfile
from pathlib import Path

import torch

from edge_router import Router
from edge_router_export.program import Program, Schedule, SoftRouter

YEARS = {"Ada": 1815, "Alan": 1912, "Grace": 1906, "Donald": 1938, "Barbara": 1939, "Edsger": 1930}
WORDS = ["bee", "lamp", "apple", "tunnel", "cabbage", "elephant", "telephone", "strawberry"]


class Tip(torch.nn.Module):  # a share of the bill; which one, it must learn
    def __init__(self):
        super().__init__()
        self.share = torch.nn.Parameter(torch.tensor(0.3))

    def forward(self, texts):
        bills = [re.search(r"\d+", text) for text in texts]
        return self.share * torch.tensor([float(bill[0]) if bill else 0.0 for bill in bills])


def count_letters(text):  # has no gradient: it is called where it is drawn
    return float(sum(len(word) for word in WORDS if word in text))


def ask(tip, letters, year):  # questions with their answers
    found = {tip.format(bill): 0.2 * bill for bill in range(10, 90, 4)}
    found |= {letters.format(word): float(len(word)) for word in WORDS}
    return found | {year.format(name): float(born) for name, born in YEARS.items()}


def loss(got, answer):  # from 0 towards 1, with a slope everywhere
    return abs(got - answer) / (abs(got - answer) + 0.1 * answer)


seen = ask("the tip for {}", "how many letters are in {}", "when was {} born")
seen |= ask("what do I tip on a bill of {}", "count the letters of {}", "the birth year of {}")
new = ask("how much tip do {} euros make", "what number of letters has {}", "{} was born in")
call_llm = (seen | new).__getitem__  # stands for a dear model elsewhere that knows every answer

tools = {"tip": Tip(), "letters": count_letters, "llm": call_llm}
program = Program(SoftRouter.from_tools(tools), tools, cost={"llm": 1.0})
before = program.mark(list(new), list(new.values()))
schedule = Schedule(updates=300, cost_weight=0.3, tool_rate=0.02)
program.fit(list(seen), list(seen.values()), loss=loss, schedule=schedule)
after = program.mark(list(new), list(new.values()))
print(program)
print(f"right before {before.right_share:.0%}, after {after.right_share:.0%}")
with tempfile.TemporaryDirectory() as folder:
    device = Router.load(program.router.export(Path(folder) / "asked.router").bundle_path)
print({text: device.route(text).candidates[0].tool for text in list(new)[::11]})
