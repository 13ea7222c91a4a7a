"""What is told about a turn beside its answer: what was decided, found, sent and saved."""

from __future__ import annotations

import json
from collections.abc import Sequence

from edge_router.decision import TAUGHT, Candidate, Decision, Reason
from edge_router.dispatcher import Outcome
from edge_router.tool import Tool
from edge_router.tools.arguments import Argument, Source


def describe_turn(outcome: Outcome, tools: Sequence[Tool]) -> list[str]:
    """The decision and how sure it is, the arguments where there are some, and what was sent; a
    line each.
    """
    lines = [_describe_decision(outcome)]
    if outcome.arguments:
        lines.append("; ".join(map(_describe_argument, outcome.arguments)))
    if outcome.remote_error is not None:
        lines.append(f"the model was of no help: {outcome.remote_error}")
    return [*lines, _describe_cost(outcome, tools)]


def explain(text: str, decision: Decision, outcome: Outcome | None) -> list[str]:
    """Why the last text was decided as it was, and everything that was sent."""
    reason = decision.reason.value.replace("_", " ")
    lines = [text, f"{reason}; the threshold is {_percent(decision.threshold)}"]
    lines += [f"  {_describe_candidate(candidate)}" for candidate in decision.candidates]
    if outcome is None:
        return [*lines, "what it led to was abandoned"]
    if not outcome.sent:
        return [*lines, "nothing was sent"]
    lines += ["sent:", *(f"  {m['role']}: {m['content']}" for m in outcome.sent)]
    if outcome.tools_sent:
        lines.append(f"  and the schemas of {', '.join(outcome.tools_sent)}")
    return lines


def _describe_decision(outcome: Outcome) -> str:
    decision, took = outcome.decision, outcome.timings
    if decision.reason is Reason.EXPLORED:
        said = f"{decision.tool}, to explore; best: {_describe_candidate(decision.candidates[0])}"
    elif decision.tool is not None:
        said = f"{decision.tool} {_percent(decision.confidence)}"
    else:
        best = [f", best: {_describe_candidate(c)}" for c in decision.candidates[:1]]
        said = f"no tool ({decision.reason.value.replace('_', ' ')}){''.join(best)}"
        if outcome.tool is not None:
            said += f"; the model chose {outcome.tool}"
    # a reply is not routed
    routed = f", decided in {took.routing_us} us" if took.routing_us else ""
    return f"{said}{routed}, {took.total_us} us in all"


def _describe_argument(argument: Argument) -> str:
    said = f"{argument.name} = {json.dumps(argument.value, ensure_ascii=False)}"
    if argument.source is Source.DEFAULT:
        return f"{said} (unless said otherwise)"
    if argument.source is Source.REMOTE:
        return f"{said} (from the model)"
    return f'{said} ("{argument.text}")'


def _describe_cost(outcome: Outcome, tools: Sequence[Tool]) -> str:
    tokens = outcome.estimated_tokens_all_tools
    if outcome.sent:
        saved = tokens - outcome.estimated_tokens_in
        return (
            f"{outcome.tokens_in} tokens were sent, {outcome.tokens_out} came back; with all "
            f"{len(tools)} tools in the prompt about {saved} more"
        )
    saving = f"; with all {len(tools)} tools in a prompt about {tokens} tokens" if tokens else ""
    return f"nothing was sent{saving}"


def _describe_candidate(candidate: Candidate) -> str:
    source = f" ({candidate.source})" if candidate.source == TAUGHT else ""
    return f"{candidate.tool or 'no tool'} {_percent(candidate.confidence)}{source}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
