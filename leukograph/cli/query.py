"""`leukograph query NAME | FILE.rq | -e SPARQL`."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from leukograph.cli.options import ByteSize, Load, chosen_format, emit, format_option, graph_options, output_options
from leukograph.errors import NOT_FOUND, CannotRead, WrongOption

if TYPE_CHECKING:
    from leukograph.queries import NamedQuery

_EXTENSIONS = {
    ".json": "json",
    ".srj": "json",
    ".jsonld": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".xml": "xml",
    ".srx": "xml",
    ".rdf": "xml",
    ".ttl": "turtle",
}
#: What the engine is asked for; tables and CSV are made from its JSON.
_OF_ROWS = {"table": "json", "csv": "json", "json": "json", "tsv": "tsv", "xml": "xml"}
_OF_TRIPLES = {"table": "turtle", "turtle": "turtle", "json": "jsonld", "xml": "rdfxml"}
#: In narrower columns words are cut to pieces: the plain table is easier to read.
_LEAST_COLUMN = 12


@click.command("query")
@click.argument("name", required=False)
@click.option("-e", "--expression", metavar="SPARQL", help="Ask this query instead of a named one.")
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="Bind a parameter of the query.")
@click.option("--list", "list_", is_flag=True, help="List the queries that come along; as data with -f turtle or json.")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=1000,
    show_default=True,
    metavar="N",
    help="Most rows of a table; 0 for all.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True, max=86_400),
    metavar="SECONDS",
    help="Stop a query of your own after this time.  [default: 60]",
)
@click.option(
    "--max-memory",
    type=ByteSize(),
    metavar="SIZE",
    help="Stop a query of your own that needs more memory.  [default: 4G]",
)
@graph_options
@format_option("table", "json", "csv", "tsv", "xml", "turtle", default="table")
@output_options
def command(
    load: Load,
    name: str | None,
    expression: str | None,
    params: tuple[str, ...],
    list_: bool,
    limit: int,
    timeout: float | None,
    max_memory: int | None,
    format_: str | None,
    output: str,
    force: bool,
) -> int:
    """Ask the graph in SPARQL: a query by NAME, a FILE.rq (- for standard input), or -e.

    Queries read the graph and nothing else; FROM names graphs of the store. CONSTRUCT
    and DESCRIBE answer in Turtle, or as JSON-LD (json) and RDF/XML (xml).

    \b
    Example:
        leukograph query --list
        leukograph query causes-of-condition --param condition=neutropenia
        leukograph query -e 'SELECT ?drug { ?drug lg:inhibits ?enzyme } ORDER BY ?drug' -f csv
    """
    if timeout is not None and math.isnan(timeout):
        raise WrongOption("--timeout nan is no time", "give seconds")
    if list_:
        emit(_listing(chosen_format(format_, output, _EXTENSIONS, "table")), output, force)
        return 0
    query = _query(name, expression)
    form = chosen_format(format_, output, _EXTENSIONS, "table")
    judge = partial(_judged, query, _given(params), form, limit or None, load)
    data, is_rows = _answer(query, judge, load.store, timeout, max_memory)
    if is_rows and form in {"table", "csv"}:
        found = _emit_rows(query, data, form, output, force)
    else:
        from leukograph.render.results import engine_text

        engine = _OF_ROWS[form] if is_rows else _OF_TRIPLES[form]
        found = _found(data, engine)
        emit(engine_text(data, engine).encode(), output, force)
    return _exit_code(query, found)


def _listing(form: str) -> str:
    from leukograph import queries

    if form == "table":
        return queries.listing()
    if form == "json":
        return queries.as_json(queries.all_queries())
    if form == "turtle":
        from leukograph.api import load

        return queries.as_turtle(queries.all_queries(), load().resolve_class)
    raise WrongOption(f"the list is not written as {form}", "choose from: table, json, turtle")


def _query(name: str | None, expression: str | None) -> NamedQuery:
    from leukograph.queries import NamedQuery, find, read_file

    if (name is None) == (expression is None):
        raise WrongOption("give either the NAME of a query, a FILE.rq or -e SPARQL", "leukograph query --list")
    if expression is not None:
        return NamedQuery.from_text(expression)
    assert name is not None
    if name == "-":
        return NamedQuery.from_text(_standard_input())
    if name.endswith(".rq") or (os.sep in name and Path(name).is_file()):
        return read_file(Path(name))
    return find(name)


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode()
    except UnicodeDecodeError as error:
        raise CannotRead(f"standard input is no UTF-8 (byte {error.start})") from error


def _given(params: tuple[str, ...]) -> dict[str, str]:
    given: dict[str, str] = {}
    for param in params:
        name, equals, value = param.partition("=")
        if not equals:
            raise WrongOption(f"--param {param!r} has no value", "write it as --param name=value")
        if name in given:
            raise WrongOption(f"--param {name} is given twice")
        given[name] = value
    return given


class _Judged(NamedTuple):
    """A query that has passed the gate, bound, and how it is to be answered."""

    text: str
    #: a format that the engine writes
    form: str
    rows: int | None
    #: rows (SELECT, ASK) or triples
    is_rows: bool


def _answer(
    query: NamedQuery, judge: Callable[[], _Judged], where: str | None, timeout: float | None, memory: int | None
) -> tuple[bytes, bool]:
    """Return the engine's bytes, and whether they are rows (SELECT, ASK) or triples."""
    if where is None and query.folder and timeout is None and memory is None:  # ours is known to end
        judged = judge()
        return _in_process(judged), judged.is_rows
    if where is not None and where.lower().startswith(("http://", "https://")):
        judged = judge()
        return _at_endpoint(where, judged, timeout), judged.is_rows
    from leukograph.store.child import MEMORY, TIMEOUT, Request, started

    with started() as worker:
        judged = judge()
        turtle, store, folder = _place(where)
        request = Request(judged.text, judged.form, turtle, store, folder, judged.rows, memory or MEMORY)
        return worker.ask(request.fields(), timeout or TIMEOUT).body, judged.is_rows


def _place(where: str | None) -> tuple[Path, Path | None, Path | None]:
    """Return what a worker is to ask: a file of triples, a store made of it, or the folder of a store."""
    if where is None:
        from leukograph import cache

        return cache.release_file(), cache.store_path(), None
    path = Path(where)
    if path.is_dir():
        return path, None, path
    if not path.is_file():
        raise CannotRead(f"{path} is neither a store nor a file", "make a store: leukograph load FILE --store DIR")
    return path, None, None


def _in_process(judged: _Judged) -> bytes:
    from io import BytesIO

    from leukograph import cache
    from leukograph.store.embedded import evaluate, open_cached, open_store

    store, output = cache.store_path(), BytesIO()
    opened = open_cached(store) if store else open_store(cache.release_file())
    evaluate(opened, judged.text, judged.form, output, judged.rows)
    return output.getvalue()


def _at_endpoint(url: str, judged: _Judged, timeout: float | None) -> bytes:
    from io import BytesIO

    from leukograph.store.endpoint import TIMEOUT, Endpoint

    output = BytesIO()
    endpoint = Endpoint(url, timeout or TIMEOUT)
    if endpoint.evaluate(judged.text, judged.form, output, judged.rows) and judged.rows is None:
        click.echo(f"{url} gave only a part of the answer.", err=True)
    return output.getvalue()


def _judged(query: NamedQuery, given: dict[str, str], form: str, limit: int | None, load: Load) -> _Judged:
    """Pass a query through the gate and bind it."""
    from leukograph.queries import bound
    from leukograph.store import guard

    is_rows = guard.check(query.text, data_set=True) in {"SELECT", "ASK"}
    forms = _OF_ROWS if is_rows else _OF_TRIPLES
    if form not in forms:
        raise WrongOption(f"this query cannot answer in {form}", "choose from: " + ", ".join(forms))
    rows = limit if form == "table" and is_rows else None
    return _Judged(bound(query, given, lambda name: load().resolve_class(name)), forms[form], rows, is_rows)


def _emit_rows(query: NamedQuery, data: bytes, form: str, output: str, force: bool) -> bool:
    from leukograph.render import results

    answer = results.ordered(results.Results.from_json(data), query.columns or _projected(query.text))
    if form == "csv":
        emit(results.csv(answer).encode(), output, force)
    elif output == "-" and (width := _colour_width()) >= _LEAST_COLUMN * len(answer.columns):
        emit(results.colour_table(answer, width), output, force)
    else:
        emit(results.table(answer), output, force)
    if answer.truncated:
        click.echo(f"Only the first {len(answer.rows)} rows are shown; --limit 0 shows all.", err=True)
    return bool(answer.rows) or answer.boolean is not None


def _projected(text: str) -> tuple[str, ...]:
    """Return the variables of a query in the order in which they are first written."""
    from leukograph.store.tokens import tokens

    return tuple(dict.fromkeys(token.text[1:] for token in tokens(text) if token.kind == "variable"))


def _colour_width() -> int:
    """Return the width of the terminal, or 0 when nothing there takes colour."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    if plain or not sys.stdout.isatty() or "utf" not in sys.stdout.encoding.lower():
        return 0
    from shutil import get_terminal_size

    return get_terminal_size().columns


def _found(data: bytes, form: str) -> bool:
    """Tell whether the engine's bytes hold a row, a truth value or a triple."""
    if form == "json":
        return b'"bindings":[]' not in data
    if form == "tsv":
        return data.count(b"\n") > 1 or not data.startswith((b"?", b"\n"))
    if form == "xml":
        return b"<result>" in data or b"<boolean>" in data
    if form == "turtle":
        return any(line and not line.startswith(b"@prefix ") for line in data.split(b"\n"))
    return data.strip() != b"[]" if form == "jsonld" else b"<rdf:Description" in data


def _exit_code(query: NamedQuery, found: bool) -> int:
    """Rows are an answer, except to a check: there they are faults."""
    if not found:
        click.echo("The rule holds." if query.is_check else "Nothing in the graph matches.", err=True)
    return NOT_FOUND if found == query.is_check else 0
