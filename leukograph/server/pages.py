"""The pages for people: a form to ask in, and answers as tables. No script, no picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from urllib.parse import urlencode

from leukograph.queries import FOLDERS, NamedQuery
from leukograph.render.results import Results, short
from leukograph.render.safe import visible

#: Rows of a table on a page.
ROWS = 1_000
_EXAMPLE = """\
PREFIX lg:   <https://w3id.org/leukograph/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT ?drug ?label WHERE {
  ?drug lg:inhibits ?enzyme ; rdfs:label ?label .
}
ORDER BY ?label
LIMIT 20
"""
_FORMATS = (("", "a table"), ("csv", "CSV"), ("json", "JSON"), ("tsv", "TSV"), ("xml", "XML"), ("turtle", "Turtle"))
STYLE = """\
:root { color-scheme: light dark; --ink: #1f2430; --paper: #fbfaf8; --line: #d9d5cd; --soft: #6b6f7a; --mark: #8c2f39; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e3dd; --paper: #17191f; --line: #3a3d47; --soft: #9a9ca6; --mark: #e08a93; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
header p { margin: .25rem 0 1.25rem; color: var(--soft); }
a { color: var(--mark); } .soft { color: var(--soft); }
textarea, input, select, button { font: inherit; color: inherit; background: transparent; border: 1px solid var(--line);
  border-radius: 6px; padding: .45rem .6rem; }
select option { color: #1f2430; background: #fbfaf8; }
textarea, pre, code { font-family: ui-monospace, monospace; font-size: .875rem; }
textarea { width: 100%; min-height: 13rem; line-height: 1.5; resize: vertical; }
button { background: var(--mark); border-color: var(--mark); color: var(--paper); padding-inline: 1.1rem;
  cursor: pointer; }
:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
form { margin: .5rem 0; }
form .row { display: flex; gap: .6rem; flex-wrap: wrap; align-items: center; margin-top: .5rem; }
ul { padding-left: 1.1rem; margin: .25rem 0; } li { margin: .2rem 0; }
.columns { columns: 24rem 2; column-gap: 2.5rem; } .columns section { break-inside: avoid; }
.columns h3 { font-size: .95rem; margin: 0 0 .25rem; } .columns ul { margin-bottom: 1rem; }
.table { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .7rem; border-bottom: 1px solid var(--line); }
th { font-weight: 600; white-space: nowrap; } tr:last-child td { border-bottom: 0; }
td { overflow-wrap: anywhere; min-width: 7rem; }
pre { border: 1px solid var(--line); border-radius: 6px; padding: .8rem; overflow-x: auto; }
.note { border-left: 3px solid var(--mark); padding: .1rem .8rem; margin: 1rem 0; }
footer { margin-top: 3rem; color: var(--soft); font-size: .875rem; }
"""


def page(title: str, body: Iterable[str]) -> bytes:
    """Return a page; the body is markup, the title is not."""
    return (
        "<!doctype html>\n"
        f'<html lang="en"><head><meta charset="utf-8"><title>{_text(title)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="stylesheet" href="/style.css"></head><body>\n'
        + "\n".join(body)
        + "\n<footer>For education and data work; not advice about treating a patient.</footer>\n</body></html>\n"
    ).encode()


def start(queries: Sequence[NamedQuery], answers: Iterable[tuple[str, str, str]], triples: int | None) -> bytes:
    """Return the page at the root.

    Args:
        queries: those that are served by name.
        answers: path, summary and address of an example of each question that is served.
        triples: how many the store holds, where it is known.
    """
    count = f"{triples:,} triples, " if triples is not None else ""
    body = [
        "<header><h1>leukograph</h1>",
        "<p>Why a white-cell count is low: signed, graded and cited cause chains.</p></header>",
        _why_form(),
        "<h2>Ask in SPARQL</h2>",
        _form(_EXAMPLE),
        f'<p class="soft">{count}read through <code>/sparql</code> '
        '(<a href="/sparql?format=turtle">service description</a>, '
        '<a href="/.well-known/void?format=turtle">VoID</a>).</p>',
        "<h2>Answers as JSON</h2>",
        "<ul>",
        *(
            f'<li><a href="{_text(address)}"><code>{_text(path)}</code></a> {_soft(summary)}</li>'
            for path, summary, address in answers
        ),
        '</ul><p class="soft">Described in <a href="/openapi.json">OpenAPI</a>.</p>',
        "<h2>Queries by name</h2>",
        listing(queries),
    ]
    return page("leukograph", body)


def _why_form() -> str:
    return (
        '<form action="/api/why"><div class="row"><label for="cause">Why does</label>'
        '<input id="cause" name="cause" value="chemotherapy" required size="28">'
        "<span>lower white cells?</span><button>Answer (JSON)</button></div></form>"
    )


def _form(query: str) -> str:
    options = "".join(f'<option value="{value}">{name}</option>' for value, name in _FORMATS)
    return (
        '<form action="/sparql"><textarea name="query" aria-label="SPARQL query" spellcheck="false">'
        f"{_text(query, lines=True)}</textarea>"
        f'<div class="row"><button>Ask</button><label>as <select name="format">{options}</select></label></div></form>'
    )


def listing(queries: Sequence[NamedQuery]) -> str:
    """Return the list of named queries, with an example of each."""
    body = ['<div class="columns">']
    for folder, title in FOLDERS.items():
        body.append(f"<section><h3>{_text(title)}</h3><ul>")
        for query in queries:
            if query.folder == folder:
                required = {param.name: param.example for param in query.params if param.required}
                address = f"/queries/{query.name}" + (f"?{urlencode(required)}" if required else "")
                body.append(f'<li><a href="{_text(address)}">{_text(query.name)}</a> {_soft(query.summary)}</li>')
        body.append("</ul></section>")
    return "\n".join([*body, "</div>"])


def queries(found: Sequence[NamedQuery]) -> bytes:
    """Return the page of the named queries."""
    return page(
        "Queries", [_head("Queries by name"), listing(found), '<p><a href="/queries?format=turtle">As Turtle</a></p>']
    )


def table(results: Results, query: str, cut: str) -> bytes:
    """Return the page of an answer in rows.

    Args:
        results: columns and rows.
        query: what was asked, to ask on.
        cut: why there are no more rows, or an empty string.
    """
    body = [_head("Answer")]
    if results.boolean is not None:
        body.append(f"<p>{'Yes' if results.boolean else 'No'} (ASK).</p>")
    else:
        count = "1 row" if len(results.rows) == 1 else f"{len(results.rows):,} rows"
        body.append(f'<p class="soft">{count}</p>')
        head = "".join(f"<th>{_text(column)}</th>" for column in results.columns)
        body.append(f'<div class="table"><table><thead><tr>{head}</tr></thead><tbody>')
        for row in results.rows:
            body.append("<tr>" + "".join(f"<td>{_cell(row.get(column))}</td>" for column in results.columns) + "</tr>")
        body.append("</tbody></table></div>")
    return page("Answer", [*body, *_cut(cut), *_again(query)])


def triples(turtle: str, query: str, cut: str) -> bytes:
    """Return the page of an answer in triples."""
    return page("Answer", [_head("Answer"), f"<pre>{_text(turtle, lines=True)}</pre>", *_cut(cut), *_again(query)])


def fault(status: int, title: str, hint: str, code: str) -> bytes:
    """Return the page of an error."""
    body = [
        _head("This was not answered"),
        f'<p class="note">{_text(title, lines=True)}<br>{_soft(hint)}</p>',
    ]
    return page(f"{status}", [*body, f'<p class="soft">{status}, {_text(code)}</p>'])


def _head(title: str) -> str:
    return f'<header><h1>{_text(title)}</h1><p><a href="/">leukograph</a></p></header>'


def _cut(cut: str) -> list[str]:
    return [f'<p class="note">The answer was cut: {_text(cut)}.</p>'] if cut else []


def _again(query: str) -> list[str]:
    return ["<h2>Ask on</h2>", _form(query)] if query else []


def _cell(term: Mapping[str, str] | None) -> str:
    if term is None:
        return ""
    value = term["value"]
    if term["type"] == "uri":
        address = "/sparql?" + urlencode({"query": f"DESCRIBE <{value}>", "format": "html"})
        return f'<a href="{_text(address)}">{_text(short(value))}</a>'
    return _text(f"_:{value}" if term["type"] == "bnode" else value)


def _soft(text: str) -> str:
    return f'<span class="soft">{_text(text)}</span>'


def _text(text: str, lines: bool = False) -> str:
    """Return text as markup: nothing hidden in it, nothing that is a tag."""
    if lines:
        return "\n".join("\t".join(map(_text, line.split("\t"))) for line in text.replace("\r\n", "\n").split("\n"))
    return escape(visible(text))
