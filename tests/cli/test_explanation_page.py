"""The page of an explanation, as text and as a real browser shows it."""

import re
import shutil
import struct
import subprocess
import zlib
from html.parser import HTMLParser
from pathlib import Path

import pytest

from edge_router import Router
from edge_router.cli.explanation_page import make_page
from edge_router.cli.main import main

HOSTILE = "dim <script>document.title='owned'</script> <img src=x onerror=alert(1)> & \"lights\"' {0} \u202e\x00"
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--hide-scrollbars", "--window-size=800,1200"),
]


class Tags(HTMLParser):
    """Every tag with its attributes, and whether each that is opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def read_tags(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    return tags


@pytest.mark.parametrize("text", ["make the coffee", "", "lights coffee", HOSTILE, "dim " * 900])
def test_a_page_is_well_formed_and_loads_and_runs_nothing(tiny_router: Router, text: str):
    page = make_page(tiny_router.explain(text))
    tags = read_tags(page)
    names = {tag for tag, _ in tags.found}
    assert not names & {"script", "img", "link", "iframe", "a", "form", "object"}
    names = {name for _, attributes in tags.found for name in attributes}
    assert not {name for name in names if name.startswith("on") or name in ("src", "href")}
    assert "url(" not in page
    assert "\u202e" not in page
    assert "\x00" not in page
    assert "default-src 'none'" in page


def test_a_page_says_what_the_explanation_does(tiny_router: Router):
    page = make_page(tiny_router.explain("lights coffee dim"))
    assert "(no tool): low_confidence, lights.dim 76.0 %; it decides from 80.0 %" in page
    assert re.findall(r'<mark class="(\w+)" title="([-+.\d]+)">', page) == [
        ("f3", "+10.5"),
        ("a4", "-14.9"),
        ("f2", "+6.1"),
    ]
    assert page.count('<i class="against"') == 1
    assert "In doublings of the odds, lights.dim before coffee.start." in page
    assert tiny_router.bundle.sha256 in page


@pytest.fixture(scope="module")
def browse(tmp_path_factory):
    """Runs a real browser on a file, in a profile of its own."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        pytest.skip("no browser is installed (Debian's package chromium)")
    profile = tmp_path_factory.mktemp("profile")

    def run(page: Path, *flags: str) -> str:
        command = [browser, *FLAGS, f"--user-data-dir={profile}", *flags, page.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
        return done.stdout

    return run


@pytest.mark.timeout(300)
def test_a_browser_shows_a_hostile_text_as_text(browse, tiny, tmp_path):
    page = tmp_path / "why.html"
    assert main(["explain", tiny, HOSTILE.replace("\x00", ""), "--html", str(page)]) == 0
    shown = browse(page, "--dump-dom")
    assert "owned" not in re.search(r"<title>(.*?)</title>", shown)[1].split("&lt;script&gt;")[0]
    tags = {tag for tag, _ in read_tags(shown).found}
    assert "script" not in tags
    assert "img" not in tags
    assert "&lt;" in shown


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("scheme", "paper"), [("1", (255, 255, 255)), ("0", (20, 23, 27))])
def test_a_browser_paints_words_bars_and_the_readers_own_scheme(
    browse, tiny, tmp_path, scheme, paper
):
    page, image = tmp_path / "why.html", tmp_path / "why.png"
    assert main(["explain", tiny, "lights coffee dim", "--html", str(page)]) == 0
    browse(page, f"--blink-settings=preferredColorScheme={scheme}", f"--screenshot={image}")
    colors = count_colors(image.read_bytes())
    assert max(colors, key=colors.get) == paper
    blues = sum(n for (red, _, blue), n in colors.items() if blue > red + 80)
    oranges = sum(n for (red, _, blue), n in colors.items() if red > blue + 80)
    assert blues > 2000
    assert oranges > 2000


def count_colors(png: bytes) -> dict[tuple[int, int, int], int]:
    """Pixels by colour of an 8-bit PNG without interlacing, as browsers write them."""
    width, height, depth, kind, *_ = struct.unpack(">IIBBBBB", png[16:29])
    assert depth == 8
    size = {2: 3, 6: 4}[kind]
    data, place = b"", 8
    while place < len(png):
        length = struct.unpack(">I", png[place : place + 4])[0]
        if png[place + 4 : place + 8] == b"IDAT":
            data += png[place + 8 : place + 8 + length]
        place += length + 12
    raw, stride = zlib.decompress(data), width * size
    above, colors = bytearray(stride), {}
    for row in range(height):
        start = row * (stride + 1)
        line = unfilter(raw[start], bytearray(raw[start + 1 : start + 1 + stride]), above, size)
        for i in range(0, stride, size):
            color = tuple(line[i : i + 3])
            colors[color] = colors.get(color, 0) + 1
        above = line
    return colors


def unfilter(kind: int, line: bytearray, above: bytearray, size: int) -> bytearray:
    """A row of a PNG as it was (PNG specification, section 9.2)."""
    for i in range(len(line)):
        left, up = line[i - size] if i >= size else 0, above[i]
        corner = above[i - size] if i >= size else 0
        guess = left + up - corner
        paeth = min((left, up, corner), key=lambda value: abs(guess - value))
        line[i] = (line[i] + (0, left, up, (left + up) // 2, paeth)[kind]) & 255
    return line
