"""Whatever the proxy's own document allows and forbids, asked by schemathesis."""

from contextlib import ExitStack

import pytest

from bench.http_load import FixedServer
from bench.proxy_fuzz import ALONE, BEFORE_UPSTREAM, TOOLS, find_schemathesis, fuzz

COMMAND = find_schemathesis()
pytestmark = pytest.mark.skipif(
    COMMAND is None,
    reason="schemathesis is not installed (in an environment of its own: name its command with "
    "EDGE_ROUTER_SCHEMATHESIS)",
)


@pytest.mark.parametrize("is_alone", [True, False])
def test_it_answers_as_its_document_says(start, tmp_path, is_alone):
    (tmp_path / "tools.py").write_text(TOOLS)
    recorded = ["--journal", str(tmp_path / "home.db"), "--tools", str(tmp_path / "tools.py")]
    with ExitStack() as stack:
        if not is_alone:
            recorded += ["--upstream", stack.enter_context(FixedServer()).url]
        proxy = start(*recorded)
        settings = ALONE if is_alone else BEFORE_UPSTREAM
        found = fuzz(COMMAND, proxy.url, settings=settings, examples=30, seed=7)
    assert (found["failures"], found["errors"]) == ([], []), found["words"]
    assert found["test_cases"]["generated"] > 200
    assert found["complete"]
