"""The proxy, asked with whatever its own OpenAPI document allows and forbids, by schemathesis."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

BEFORE_UPSTREAM = """
[[operations]]
include-path-regex = "^/v1/"
checks.negative_data_rejection.enabled = false
checks.unsupported_method.enabled = false
"""
"""What the document forbids goes upstream: the language model's server is to refuse it."""
ALONE = """
[[operations]]
include-path-regex = "^/v1/"
checks.positive_data_acceptance.expected-statuses = ["2xx", 400, 422]
"""
"""What the document allows is refused where it needs a language model."""
TOOLS = '''
def set_timer(minutes: int) -> str:
    """Start a countdown timer for some minutes."""
    return f"I'll ring in {minutes} minutes."
'''
"""A file of tools for ``--tools``, which the document's examples call."""


def find_schemathesis() -> str | None:
    """Its command: ``EDGE_ROUTER_SCHEMATHESIS`` where it stands in an environment of its own."""
    return shutil.which(os.environ.get("EDGE_ROUTER_SCHEMATHESIS", "schemathesis"))


def fuzz(command: str, url: str, *, settings: str, examples: int, seed: int) -> dict[str, Any]:
    """Schemathesis' report on the proxy at ``url``, with up to so many ``examples`` for each of its
    paths, and in its ``words`` what it found.
    """
    with tempfile.TemporaryDirectory() as folder:
        config, report = Path(folder) / "schemathesis.toml", Path(folder) / "report.json"
        config.write_text(settings)
        options = {
            "max-examples": examples,
            "phases": "examples,coverage,fuzzing",
            "seed": seed,
            "generation-database": "none",
            "report": "json",
            "report-json-path": report,
        }
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        told = subprocess.run(
            [command, "--config-file", str(config), "run", f"{url}/openapi.json", *words],
            capture_output=True,
            text=True,
            cwd=folder,
            # the proxy's packages are none of its own
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        )
        found: dict[str, Any] = json.loads(report.read_text("utf-8"))
    return {**found, "words": told.stdout}
