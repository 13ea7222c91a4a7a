"""A bundle's further parts, through ``Router``: the assistant's bundle with parts made up here."""

import json
from dataclasses import replace

import pytest

from edge_router import Decision, Reason, Router
from edge_router.bundle import Parts, PolicyNumbers, ScopeNumbers, ShortlistNumbers, pack_bundle
from edge_router.bundle.doubt import FLOOR
from edge_router.errors import BundleError

TEXT = "set a timer for ten minutes"
TOOL = "timer.start"


def make(assistant: Router, *, choice=None, tool=None, **parts) -> Router:
    bundle = assistant.bundle
    known = bundle.manifest.parts.choice
    tools = tuple([replace(t, **(tool or {})) if t.name == TOOL else t for t in known.tools])
    changed = Parts(replace(known, tools=tools, **(choice or {})), **parts)
    return Router.load(
        pack_bundle(
            manifest=replace(bundle.manifest, parts=changed),
            model=bundle.model,
            tokenizer=bundle.tokenizer,
            goldens=(),
        )
    )


def test_a_bundle_without_them_says_nothing_more(assistant: Router):
    decision = assistant.route(TEXT)
    assert (decision.shortlist, decision.scope, decision.domain) == ((), None, None)
    assert decision.proposed is None


def test_a_shortlist_begins_with_the_best_and_is_plain_json(assistant: Router):
    router = make(assistant, shortlist=ShortlistNumbers(0.9, (FLOOR // 50,)))
    decision = router.route(TEXT)
    assert decision.shortlist[0] == TOOL
    likely = [c.tool for c in decision.candidates if c.confidence >= 1 / 50]
    assert list(decision.shortlist) == [tool for tool in likely if tool is not None]
    assert json.loads(json.dumps(decision.to_dict()))["shortlist"] == list(decision.shortlist)
    all_of_them = make(assistant, shortlist=ShortlistNumbers(0.9, (0,))).route(TEXT, top=1)
    assert set(all_of_them.shortlist) == {tool.name for tool in assistant.tools}
    assert make(assistant, shortlist=ShortlistNumbers(0.9, (FLOOR,))).route(TEXT).shortlist == ()


def test_a_text_below_the_scopes_threshold_gets_no_tool(assistant: Router):
    def route(threshold: float) -> Decision:
        scope = ScopeNumbers(1, 0, (0, 2**40), threshold)
        return make(assistant, scope=scope).route(TEXT, threshold=0.0)

    assert (route(0.5).tool, route(0.5).scope) == (TOOL, 0.5)
    assert (route(0.6).tool, route(0.6).reason) == (None, Reason.OUT_OF_SCOPE)


def test_a_risk_in_the_bundle_reaches_the_decision(assistant: Router):
    decision = make(assistant, tool={"risk": "confirm"}).route(TEXT)
    assert (decision.tool, decision.proposed) == (None, TOOL)
    unasked = {"unasked": PolicyNumbers(0.0, 0.005)}
    assert make(assistant, tool={"risk": "confirm"}, choice=unasked).route(TEXT).tool == TOOL
    assert make(assistant, tool={"risk": "never_alone"}, choice=unasked).route(TEXT).tool is None


def test_unsure_of_the_tool_sure_of_its_domain(assistant: Router):
    never = {"policy": PolicyNumbers(1.01, 0.02)}
    router = make(assistant, tool={"domain": "clock"}, choice=never)
    sure = router.route(TEXT).confidence
    below, above = router.route(TEXT, threshold=sure), router.route(TEXT)
    assert (below.tool, below.domain) == (TOOL, "clock")
    assert (above.tool, above.reason, above.domain) == (None, Reason.LOW_CONFIDENCE, None)


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"shortlist": ShortlistNumbers(0.99, (1, 2))}, "one for all tools or one a tool"),
        ({"shortlist": ShortlistNumbers(0.99, ())}, "floors must be one or more"),
        ({"shortlist": ShortlistNumbers(0.99, (FLOOR + 1,))}, "floors must be whole numbers"),
        ({"scope": ScopeNumbers(1, 1, (1,), 0.1)}, "needs an embedding with anchors"),
        ({"scope": ScopeNumbers(1, 0, (2, 1), 0.1)}, "places must be rising"),
        ({"scope": ScopeNumbers(1, 0, (), 0.1)}, "places must be one or more"),
        ({"scope": ScopeNumbers(1, 0, (2**63,), 0.1)}, "places must be one or more"),
        ({"scope": ScopeNumbers(-1, 0, (1,), 0.1)}, "lead must be"),
    ],
)
def test_parts_that_do_not_fit_are_refused(assistant: Router, parts, problem: str):
    with pytest.raises(BundleError, match=problem):
        make(assistant, **parts)


@pytest.mark.parametrize(
    ("tool", "problem"), [({"risk": "maybe"}, "risk must be"), ({"domain": " x"}, "domain must be")]
)
def test_a_risk_that_is_not_known_is_refused(assistant: Router, tool, problem: str):
    with pytest.raises(BundleError, match=problem):
        make(assistant, tool=tool)
