"""The embedded triple store: Oxigraph in memory, or read-only on disk.

Queries see the default graph and all named ones as one. Nothing here judges a
query: the gate (`guard`) has done that. Nothing here can be interrupted either:
what is not ours runs in a child process (`child`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    parse_query_results,
    serialize,
)

from leukograph.errors import (
    BadQuery,
    CannotRead,
    CannotWrite,
    LeukographError,
    QueryFailed,
    UnknownGraph,
    WrongOption,
)
from leukograph.namespaces import FOREIGN_PREFIXES, PREFIXES, XSD

if TYPE_CHECKING:  # the worker starts faster without
    from pathlib import Path

#: Prefixes that a query may use without declaring them.
STANDARD_PREFIXES = {**PREFIXES, **FOREIGN_PREFIXES}
#: What the engine says of a graph that an update names.
_NAMED_GRAPH = re.compile(r"The graph <(.*)> (does not exist|already exists)")
_TABLES = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
_GRAPHS = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "rdfxml": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}


def open_store(turtle: str | Path) -> Store:
    """Return a store in memory with the triples of a Turtle file.

    Raises:
        CannotRead: when the file is missing or is no Turtle.
    """
    store = Store()
    try:
        store.load(path=str(turtle), format=RdfFormat.TURTLE)
    except (OSError, SyntaxError, ValueError) as error:
        raise CannotRead(f"{turtle} cannot be read: {error}") from error
    return store


def in_memory(quads: Iterable[Quad]) -> Store:
    """Return a store in memory with some quads."""
    store = Store()
    store.bulk_extend(quads)
    return store


def open_cached(path: str | Path) -> Store:
    """Open a store on disk that nobody may write to.

    Raises:
        CannotRead: when there is none, or it is damaged.
    """
    try:
        return Store.read_only(str(path))
    except (OSError, RuntimeError, ValueError) as error:
        raise CannotRead(f"the store {path} cannot be opened: {error}", f"remove {path}; it is made again") from error


def write_store(path: Path, turtle: Path) -> None:
    """Make a store on disk beside its place and move it there when it is complete.

    When another process was quicker, its store stays.

    Raises:
        CannotRead: when the Turtle file is missing or faulty.
        CannotWrite: when the folder is missing, full or not ours to write in.
    """
    import shutil
    import tempfile
    from pathlib import Path

    try:
        part = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    except OSError as error:
        raise CannotWrite(f"{path} cannot be written: {error.strerror}") from error
    try:
        _fill(part, turtle)
        os.rename(part, path)
    except OSError as error:
        if isinstance(error, CannotRead):
            raise
        if not path.is_dir():
            raise CannotWrite(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _fill(folder: Path, turtle: Path) -> None:
    store = Store(str(folder))
    try:
        with turtle.open("rb") as file:
            store.bulk_load(file, format=RdfFormat.TURTLE)  # a quarter of the size of `load`: no log
    except (SyntaxError, ValueError, FileNotFoundError) as error:
        raise CannotRead(f"{turtle} cannot be read: {error}") from error
    store.flush()
    store.optimize()


class Dataset(NamedTuple):
    """The graphs that a query sees."""

    #: IRIs of what make up the default graph, None for the store's own; None for all of them
    default: Sequence[str | None] | None = None
    #: IRIs of the named graphs; None for all of them
    named: Sequence[str] | None = None

    @classmethod
    def said_in(cls, text: str, base: str = "") -> Dataset:
        """Return the graphs that a query names in FROM, or all of them when it names none.

        Raises:
            BadQuery: when a FROM names no graph.
        """
        from leukograph.store.clauses import clauses

        if "from" not in text.lower():
            return ALL_GRAPHS
        said = clauses(text, ["FROM"], base)
        if not said:
            return ALL_GRAPHS
        return cls([one.iri for one in said if not one.named], [one.iri for one in said if one.named])

    def options(self, store: Store) -> dict[str, Any]:
        """Return what the engine is told.

        Raises:
            UnknownGraph: when a graph is not in the store.
            BadQuery: when a name is no IRI.
        """
        if self.default is None and self.named is None:
            return {"use_default_graph_as_union": True}
        return {
            # the engine would take a graph that is named twice for two
            "default_graph": [
                DefaultGraph() if iri is None else _graph(store, iri) for iri in dict.fromkeys(self.default or ())
            ],
            "named_graphs": [_graph(store, iri) for iri in dict.fromkeys(self.named or ())],
        }


def _graph(store: Store, iri: str) -> NamedNode:
    try:
        graph = NamedNode(iri)
    except ValueError as error:
        raise BadQuery(f"{iri[:100]!r} is not the IRI of a graph") from error
    if not store.contains_named_graph(graph):
        raise UnknownGraph(iri)
    return graph


#: Everything: the default graph and all named ones as one.
ALL_GRAPHS = Dataset()


def query(
    store: Store, text: str, dataset: Dataset = ALL_GRAPHS, base: str | None = None
) -> QuerySolutions | QueryBoolean | QueryTriples:
    """Ask a store; the answer is worked out as it is read.

    Args:
        store: the store to ask.
        text: a query that has passed the gate; what it says FROM is not looked at.
        dataset: the graphs that it sees.
        base: the IRI against which relative ones are read; without it they are faults.

    Raises:
        BadQuery: when the text does not parse, with the place where the engine stopped.
        UnknownGraph: when a graph of the data set is not in the store.
        QueryFailed: when the engine gives up.
    """
    options = dataset.options(store)
    try:
        return store.query(text, prefixes=STANDARD_PREFIXES, base_iri=base, **options)
    except SyntaxError as error:
        raise _located(text, str(error)) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise QueryFailed(str(error)) from error


def _without_losses(store: Store, text: str, base: str) -> str:
    """Return an update that takes over no graph which is not there: the engine would empty the target.

    Raises:
        UnknownGraph: when it does so without SILENT.
    """
    from leukograph.store.clauses import taken

    for one in reversed(taken(text, base)):
        if one.known or store.contains_named_graph(NamedNode(one.graph)):
            continue
        if not one.silent:
            raise UnknownGraph(one.graph)
        text = f"{text[: one.start]}INSERT DATA {{}} {text[one.end :]}"
    return text


def update(store: Store, text: str, base: str | None = None) -> None:
    """Change a store: all of it or nothing.

    Args:
        store: the store, writable.
        text: an update that has passed the gate.
        base: the IRI against which relative ones are read.

    Raises:
        BadQuery: when the text does not parse.
        UnknownGraph: when a graph that it names is not there.
        WrongOption: when a graph that it makes is there already.
        CannotWrite: when the engine gives up, as on a full disk.
    """
    text = _without_losses(store, text, base or "")
    try:
        store.update(text, prefixes=STANDARD_PREFIXES, base_iri=base)
    except SyntaxError as error:
        raise _located(text, str(error)) from error
    except (OSError, RuntimeError, ValueError) as error:
        if named := _NAMED_GRAPH.match(str(error)):
            iri, what = named.groups()
            if what == "already exists":
                raise WrongOption(f"the store holds graph <{iri}> already", "CREATE SILENT passes over it") from error
            raise UnknownGraph(iri) from error
        raise CannotWrite(f"the store was not changed: {error}") from error


def evaluate(
    store: Store,
    text: str,
    form: str,
    output: IO[bytes],
    rows: int | None = None,
    dataset: Dataset = ALL_GRAPHS,
    base: str | None = None,
) -> bool:
    """Ask a store and write the answer in the named format.

    Args:
        store: the store to ask.
        text: a query that has passed the gate, parameters bound.
        form: json, xml, csv or tsv for rows; turtle, ntriples, rdfxml or jsonld for triples.
        output: takes the bytes as they come.
        rows: stop after so many rows or triples; JSON says so as `"truncated": true`.
        dataset: the graphs that it sees.
        base: the IRI against which relative ones are read.

    Returns:
        Whether there would have been more rows or triples.

    Raises:
        BadQuery: when the text does not parse.
        UnknownGraph: when a graph of the data set is not in the store.
        QueryFailed: when the engine gives up.
        WrongOption: when the format does not fit the form of the query.
    """
    return write_answer(query(store, text, dataset, base), form, output, rows)


def write_answer(
    answer: QuerySolutions | QueryBoolean | Iterable[Triple], form: str, output: IO[bytes], rows: int | None = None
) -> bool:
    """Write an answer in the named format; see `evaluate`."""
    if not isinstance(answer, QuerySolutions | QueryBoolean):
        return _write_graph(answer, form, output, rows)
    if form not in _TABLES:
        raise WrongOption(f"SELECT and ASK cannot answer in {form}", "choose from: " + ", ".join(_TABLES))
    try:
        if isinstance(answer, QuerySolutions) and rows is not None:
            return _write_some_rows(answer, rows, form, output)
        answer.serialize(output, _TABLES[form])
    except LeukographError:
        raise
    except (OSError, RuntimeError) as error:
        raise QueryFailed(str(error)) from error
    return False


def _write_some_rows(answer: QuerySolutions, rows: int, form: str, output: IO[bytes]) -> bool:
    """Write the first rows: the engine's writer knows no limit, so they are handed to it as JSON."""
    from json import dumps

    names = [variable.value for variable in answer.variables]
    bindings: list[dict[str, dict[str, str]]] = []
    truncated = False
    for solution in answer:
        if len(bindings) == rows:
            truncated = True
            break
        bindings.append({name: _json_term(term) for name in names if (term := solution[name]) is not None})
    document: dict[str, Any] = {"head": {"vars": names}, "results": {"bindings": bindings}}
    if truncated and form == "json":
        document["truncated"] = True
    data = dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    if form == "json":
        output.write(data)
    else:
        cut = parse_query_results(data, QueryResultsFormat.JSON)
        assert isinstance(cut, QuerySolutions)
        cut.serialize(output, _TABLES[form])
    return truncated


def _json_term(term: NamedNode | BlankNode | Literal | Triple) -> dict[str, str]:
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, Triple):
        return {"type": "literal", "value": str(term)}
    found = {"type": "literal", "value": term.value}
    if term.language:
        found["xml:lang"] = term.language
    elif term.datatype.value != XSD + "string":
        found["datatype"] = term.datatype.value
    return found


def _write_graph(answer: Iterable[Triple], form: str, output: IO[bytes], rows: int | None) -> bool:
    """Write triples in a stable order, the prefixes sorted too."""
    if form not in _GRAPHS:
        raise WrongOption(f"CONSTRUCT and DESCRIBE cannot answer in {form}", "choose from: " + ", ".join(_GRAPHS))
    found: set[Triple] = set()
    truncated = False
    try:
        for triple in answer:
            found.add(triple)
            if rows is not None and len(found) > rows:
                found.remove(triple)
                truncated = True
                break
    except (OSError, RuntimeError) as error:
        raise QueryFailed(str(error)) from error
    prefixes = PREFIXES if form == "turtle" else None
    lines = (serialize(sorted(found, key=str), format=_GRAPHS[form], prefixes=prefixes) or b"").split(b"\n")
    declared = sorted(line for line in lines if line.startswith(b"@prefix "))
    output.write(b"\n".join(declared + lines[len(declared) :]))
    return truncated


def _located(text: str, message: str) -> BadQuery:
    """Turn `error at 1:26: expected ...` into an error with a place.

    The engine stops at the furthest place it looked at, often one token behind the
    fault; so the line is quoted up to there.
    """
    where, _, expected = message.removeprefix("error at ").partition(": ")
    line, _, column = where.partition(":")
    if not (line.isdigit() and column.isdigit()):
        return BadQuery(message)
    row, place = int(line), int(column)
    lines = text.split("\n")
    before = lines[row - 1][: place - 1].rstrip() if row <= len(lines) else ""
    said = [
        part
        for part in expected.removeprefix("expected one of ").split(", ")
        if part[:1].isalpha() and part.count(" ") > 3
    ]
    reason = said[0] if said else f"not understood after {before[-40:]!r}" if before else "not understood here"
    return BadQuery(reason, row, place)
