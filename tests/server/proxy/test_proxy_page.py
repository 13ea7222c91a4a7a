"""The page in a real browser."""

import html
import re
import shutil
import subprocess

import pytest
from tool_requests import make_request

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")


def render(url, folder):
    """What the page holds a few seconds after it was opened."""
    done = subprocess.run(
        [
            CHROMIUM,
            *("--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=4000"),
            *(f"--user-data-dir={folder}", "--dump-dom", url),
        ],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def read_rows(page):
    body = re.search(r"<tbody.*?</tbody>", page, re.DOTALL)[0]
    return [
        [html.unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
        for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    ]


def read_sum(page, name):
    return int(re.search(rf'id="{name}">(\d+)<', page)[1])


def test_decisions_are_seen_and_a_text_is_no_markup(start, large, tmp_path):
    proxy = start("--upstream", large.url, "--show-texts")
    proxy.ask(make_request("set a timer for ten minutes"))
    proxy.ask(make_request("<img src=x onerror=alert(1)> a joke"))
    page = render(proxy.url, tmp_path)
    assert [read_sum(page, name) for name in ("requests", "local", "upstream")] == [2, 1, 1]
    assert read_sum(page, "saved") > 80
    newest, oldest = read_rows(page)
    assert (oldest[0], oldest[1], oldest[2]) == ("local", "sure", "set_timer")
    assert oldest[-1] == 'set a timer for ten minutes → {"minutes":10}'
    assert (newest[0], newest[-1]) == ("upstream", "<img src=x onerror=alert(1)> a joke")
    assert "<img" not in page


def test_texts_are_not_on_the_page_unless_they_were_asked_for(start, tmp_path):
    proxy = start()
    proxy.ask(make_request("set a timer for ten minutes"))
    page = render(proxy.url, tmp_path)
    ((who, *_, text),) = read_rows(page)
    assert (who, text) == ("local", "–")
    assert "ten minutes" not in page
