"""A program as text: its steps, its tools, and what each has cost so far."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from torch import nn

from edge_router_export.program.leaf import GradientTool, SampledTool

if TYPE_CHECKING:
    from edge_router_export.program.program import Program

_HEAD = ("tool", "kind", "cost", "parameters", "calls")


def draw_program(program: Program) -> str:
    """A line a router and a line a tool, those of a program that is a tool further to the right."""
    rows = [_HEAD, *_list_rows(program, "")]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if number > 1 else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _list_rows(program: Program, indent: str) -> Iterator[tuple[str, ...]]:
    if program.before is not None:
        yield f"{indent}before", "function", "", "", str(program.before.calls)
    router = program.router
    yield f"{indent}router of {len(router.names)} tools", "gradient", "", _count(router), ""
    for name, branch, cost in zip(router.names, program.branches, program.costs, strict=True):
        label, price = f"{indent}- {name}", f"{cost:g}"
        if isinstance(branch, GradientTool):
            yield label, branch.kind, price, _count(branch.module), ""
        elif isinstance(branch, SampledTool):
            yield label, branch.kind, price, "", str(branch.calls)
        else:
            yield label, "program", price, "", ""
            yield from _list_rows(branch, f"{indent}  ")


def _count(module: nn.Module) -> str:
    return f"{sum(parameter.numel() for parameter in module.parameters()):,}"
