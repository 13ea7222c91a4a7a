"""The example runs as it stands."""

import os
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[3] / "examples" / "learn_from_answers.py"


def test_the_example_learns_from_answers_which_tool_is_right(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLE)],
        cwd=tmp_path,
        env={**os.environ, "OMP_WAIT_POLICY": "PASSIVE"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[1].startswith("router of 3 tools  gradient")
    assert [line.split()[:3] for line in lines[2:5]] == [
        ["-", "letters", "sampled"],
        ["-", "llm", "sampled"],
        ["-", "tip", "gradient"],
    ]
    assert lines[5].startswith("right before ")
    before, after = (int(part.split("%")[0].split()[-1]) for part in lines[5].split(","))
    assert before < 60 < 90 < after
    assert "'what number of letters has apple': 'letters'" in lines[6]
    assert list(tmp_path.iterdir()) == []


def test_the_example_can_be_read_at_a_glance():
    assert len(EXAMPLE.read_text("utf-8").splitlines()) < 60
