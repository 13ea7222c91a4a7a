"""An explanation as one HTML page: nothing is loaded, nothing is run, everything is escaped."""

from __future__ import annotations

from html import escape

from edge_router.cli.explanation_numbers import (
    find_levels,
    name_answer,
    tell_amount,
    tell_decision,
    tell_fit,
    tell_flip,
    tell_rival,
    tell_scope,
    tell_unit,
)
from edge_router.cli.output import printable
from edge_router.explanation import Explanation

_STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #5b6570; --line: #dfe3e8;
  --for: 32, 118, 210; --against: 226, 104, 18; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --paper: #14171b; --soft: #9aa4af;
  --line: #2d333b; --for: 84, 160, 255; --against: 255, 145, 66; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 46rem; padding: 2rem 1.25rem 3rem; color: var(--ink);
  background: var(--paper); font: 16px/1.5 system-ui, sans-serif; }
h1, bdi, dd, p { overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; font-weight: 500; line-height: 1.7; margin: 0 0 .5rem;
  white-space: pre-wrap; }
h2 { font-size: .95rem; margin: 2rem 0 .4rem; }
p { margin: .2rem 0; }
.soft { color: var(--soft); font-size: .875rem; }
mark { color: inherit; background: none; border-radius: .25em; padding: .1em; margin: 0 -.1em; }
.f1 { background: rgba(var(--for), .14); } .f2 { background: rgba(var(--for), .28); }
.f3 { background: rgba(var(--for), .42); } .f4 { background: rgba(var(--for), .56); }
.a1 { background: rgba(var(--against), .14); } .a2 { background: rgba(var(--against), .28); }
.a3 { background: rgba(var(--against), .42); } .a4 { background: rgba(var(--against), .56); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
td, th { padding: .22rem .5rem; text-align: left; border-bottom: 1px solid var(--line);
  vertical-align: top; }
th { font-weight: inherit; } thead th { color: var(--soft); font-size: .8rem; }
td.n { text-align: right; width: 1%; } td.n, td.k { white-space: nowrap; }
td.bar { width: 45%; min-width: 7rem; vertical-align: middle; } tr:last-child > * { border: 0; }
.both { display: grid; grid-template-columns: 1fr 1fr; }
.both > div { display: flex; height: .8rem; }
.both > div:first-child { justify-content: flex-end; border-right: 1px solid var(--soft); }
i { display: block; height: .8rem; border-radius: 2px; }
.for { background: rgb(var(--for)); } .against { background: rgb(var(--against)); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; }
"""
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<h1 dir="auto">{text}</h1>
<p><strong>{decision}</strong></p>
<p class="soft">Blue words speak for {best}, orange ones against it.{verbatim}</p>
<h2>What each word adds</h2>
<table><tbody>
{words}
</tbody></table>
<p class="soft">{unit}</p>
<h2>Candidates</h2>
<table><tbody>
{candidates}
</tbody></table>
<h2>What would change it</h2>
<p>{flip}</p>
{neighbors}<h2>Decided with</h2>
<dl>
{origin}
</dl>
</body>
</html>
"""


def make_page(explanation: Explanation) -> str:
    """The whole page; no script, no resource from elsewhere, light or dark as the reader has it."""
    best = explanation.best
    verbatim = " The text was taught word for word, which decides before any score."
    return _PAGE.format(
        title=_escape(f"Why: {explanation.text[:80]}"),
        style=_STYLE,
        text=_mark_words(explanation),
        decision=_escape(tell_decision(explanation)),
        best=_escape(name_answer(best.tool) if best else "an answer"),
        verbatim=verbatim if explanation.is_verbatim else "",
        words=_list_words(explanation),
        unit=_escape(f"In {tell_unit(explanation)}."),
        candidates=_list_candidates(explanation),
        flip=_escape(tell_flip(explanation)),
        neighbors=_list_neighbors(explanation),
        origin=_list_origin(explanation),
    )


def _mark_words(explanation: Explanation) -> str:
    place, pieces = 0, []
    for word, level in zip(explanation.words, find_levels(explanation), strict=True):
        pieces.append(_escape(explanation.text[place : word.start], is_text=True))
        kind = f"f{level}" if level > 0 else f"a{-level}" if level < 0 else ""
        amount = tell_amount(explanation, word.contribution)
        content = _escape(word.text, is_text=True)
        pieces.append(f'<mark class="{kind}" title="{amount}"><bdi>{content}</bdi></mark>')
        place = word.end
    rest = explanation.text[place:].strip()
    return "".join(pieces) + (
        ' <span class="soft">&hellip; not read further</span>' if rest else ""
    )


def _list_words(explanation: Explanation) -> str:
    most = max([abs(word.steps) for word in explanation.words], default=0)
    rows = []
    for word in explanation.words:
        share = 100 * abs(word.steps) / most if most else 0.0
        amount = tell_amount(explanation, word.contribution)
        rows.append(_word_row(word.text, amount, -share if word.steps < 0 else share))
    if explanation.rest:
        rows.append(_word_row("(the empty text)", tell_amount(explanation, explanation.rest), 0.0))
    total = tell_amount(explanation, explanation.difference)
    rows.append(f'<tr><th><strong>In all</strong></th><td class="n">{total}</td><td></td></tr>')
    return "\n".join(rows)


def _word_row(name: str, amount: str, share: float) -> str:
    bars = [
        f'<i class="{kind}" style="width:{width:.1f}%"></i>' if width > 0 else ""
        for kind, width in (("against", -share), ("for", share))
    ]
    both = f'<div class="both"><div>{bars[0]}</div><div>{bars[1]}</div></div>'
    return (
        f'<tr><th scope="row"><bdi>{_escape(name[:200])}</bdi></th><td class="n">{amount}</td>'
        f'<td class="bar">{both}</td></tr>'
    )


def _list_candidates(explanation: Explanation) -> str:
    shown = list(explanation.decision.candidates)
    rows = [
        f'<tr><th scope="row">{_escape(name_answer(c.tool))}</th><td class="k">{c.source}</td>'
        f'<td class="n">{100 * c.confidence:.1f} %</td><td class="bar">'
        f'<i class="for" style="width:{100 * c.confidence:.1f}%"></i></td></tr>'
        for c in shown
    ]
    if explanation.rival is not None and explanation.rival not in shown:
        rows.append(f'<tr><th colspan="4">{_escape(tell_rival(explanation))}</th></tr>')
    return "\n".join(rows) or "<tr><td>none</td></tr>"


def _list_neighbors(explanation: Explanation) -> str:
    if not explanation.neighbors:
        return ""
    rows = "\n".join(
        f'<tr><td class="n">{n.cosine:.2f}</td><td><bdi>{_escape(n.text[:500])}</bdi></td>'
        f'<td>{_escape(name_answer(n.tool))}</td><td class="k">{n.source}</td></tr>'
        for n in explanation.neighbors
    )
    head = "<tr><th>cosine</th><th>text</th><th>tool</th><th>known</th></tr>"
    return (
        f"<h2>Nearest examples</h2>\n<table><thead>{head}</thead><tbody>\n{rows}\n"
        "</tbody></table>\n"
    )


def _list_origin(explanation: Explanation) -> str:
    rows = {
        "threshold": f"{100 * explanation.decision.threshold:.1f} %",
        "scope": tell_scope(explanation),
        "taught": tell_fit(explanation),
        "bundle": f"{explanation.bundle} {explanation.version}",
        "sha256": explanation.sha256,
    }
    return "\n".join(
        f"<dt>{title}</dt><dd>{_escape(content)}</dd>" for title, content in rows.items() if content
    )


def _escape(text: str, *, is_text: bool = False) -> str:
    """``text`` as HTML; of the routed text itself line breaks stay."""
    if is_text:
        return "\n".join([escape(printable(line)) for line in text.split("\n")])
    return escape(printable(text))
