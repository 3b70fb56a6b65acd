"""The W3C's query tests over HTTP: whatever the engine itself passes, the server passes too.

Each test is run twice: by the engine in this process, and by a server on a store that
holds the data of all tests as named graphs, of which the request names those it wants.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
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
    parse,
    parse_query_results,
)

from tests.conftest import ROOT
from tests.serving import Server, make_store
from tests.w3c import BASE, FOLDER, MF, QT, RDF, Manifest, local, parameters

#: Folders that are left out, with the reason.
LEFT_OUT = {
    "entailment": "asks for entailment; the store answers with what it holds",
    "service": "asks endpoints that do not exist",
    "syntax-fed": "SERVICE is refused unless its host is allowed",
}
_LITERAL = "the engine keeps the language tag"
_NOWHERE = "the engine finds no path of no steps from a term that is not in the graph"
#: Tests that the engine itself does not pass, and what it does instead.
EXCLUDED = {
    "aggregates/agg-empty-group-count-graph": "the engine gives one row for all named graphs",
    "aggregates/agg-groupconcat-04": _LITERAL,
    "aggregates/agg-groupconcat-06": _LITERAL,
    "bindings/graph": "the engine does not bind the variable of GRAPH around VALUES to every graph",
    "functions/bnode01": "the engine makes the same blank node for a label in every row",
    "negation/graph-minus": "the engine looks at the variable of GRAPH in MINUS",
    "property-path/zero_or_more_set_end": _NOWHERE,
    "property-path/zero_or_more_set_start": _NOWHERE,
    "property-path/zero_or_one_set_end": _NOWHERE,
    "property-path/zero_or_one_set_start": _NOWHERE,
    "syntax-query/test_4": "it parses, but it calls a function that does not exist, and is evaluated here",
}
FOLDERS = (
    "aggregates",
    "bind",
    "bindings",
    "cast",
    "construct",
    "csv-tsv-res",
    "exists",
    "functions",
    "grouping",
    "json-res",
    "negation",
    "project-expression",
    "property-path",
    "subquery",
    "syntax-query",
)
_RESULTS = {
    ".srx": QueryResultsFormat.XML,
    ".srj": QueryResultsFormat.JSON,
    ".tsv": QueryResultsFormat.TSV,
}
_GRAPHS = {".ttl": RdfFormat.TURTLE, ".rdf": RdfFormat.RDF_XML, ".nt": RdfFormat.N_TRIPLES}
EMPTY = "http://w3c.example/empty"
RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"


class Case(NamedTuple):
    """One test."""

    name: str
    #: evaluation, positive or negative
    kind: str
    query: Path
    default: list[Path]
    named: list[Path]
    result: Path | None

    @property
    def text(self) -> str:
        return f"BASE <{iri(self.query)}>\n{self.query.read_text(encoding='utf-8')}"


def iri(path: Path) -> str:
    return BASE + path.relative_to(FOLDER).as_posix()


def path_of(node: Any) -> Path:
    return FOLDER / str(node.value).removeprefix(BASE)


def cases() -> list[Case]:
    found = []
    for folder in FOLDERS:
        path = FOLDER / folder / "manifest.ttl"
        if path.is_file():
            manifest = Manifest(path)
            found += [case for entry in manifest.entries() if (case := _case(folder, manifest, entry))]
    return found


def _case(folder: str, manifest: Manifest, entry: Any) -> Case | None:
    kind = local(manifest.value(entry, RDF + "type"))
    action = manifest.value(entry, MF + "action")
    name = f"{folder}/{local(entry)}"
    if "Syntax" in kind:
        return Case(name, "negative" if "Negative" in kind else "positive", path_of(action), [], [], None)
    if kind not in {"QueryEvaluationTest", "CSVResultFormatTest"}:
        return None
    return Case(
        name,
        "evaluation",
        path_of(manifest.value(action, QT + "query")),
        [path_of(node) for node in manifest.values(action, QT + "data")],
        [path_of(node) for node in manifest.values(action, QT + "graphData")],
        path_of(manifest.value(entry, MF + "result")),
    )


CASES = cases()


def load(store: Store, path: Path, graph: NamedNode | DefaultGraph) -> None:
    store.load(path=str(path), format=_GRAPHS[path.suffix], base_iri=iri(path), to_graph=graph)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    def fill(store: Store) -> None:
        store.add_graph(NamedNode(EMPTY))
        for path in sorted({path for case in CASES for path in (*case.default, *case.named)}):
            store.add_graph(NamedNode(iri(path)))
            load(store, path, NamedNode(iri(path)))

    folder = make_store(tmp_path_factory.mktemp("queries") / "store", fill)
    found = Server("--store", str(folder))
    yield found
    found.stop()


# --- answers as things that can be compared ---


def rows(answer: QuerySolutions) -> Any:
    """Return rows as a graph: blank nodes may have other names, and the order is not looked at."""
    quads = []
    names = sorted(variable.value for variable in answer.variables)
    for number, solution in enumerate(answer):
        row = BlankNode(f"row{number}")
        quads.append(Quad(row, NamedNode("a:row"), NamedNode("a:row")))
        for name in names:
            if (term := solution[name]) is not None:
                quads.append(Quad(row, NamedNode(f"a:{name}"), plain(term)))
    return names, canonical(quads)


def plain(term: Any) -> Any:
    """Return a term with values that can be written in many ways written in one."""
    if not isinstance(term, Literal):
        return term
    name = term.datatype.value.rpartition("#")[2]
    if name == "boolean":
        return Literal({"0": "false", "1": "true"}.get(term.value, term.value), datatype=term.datatype)
    try:
        if name in {"decimal", "double", "float"}:
            return Literal(repr(float(term.value)), datatype=term.datatype)
        if name.lower().endswith("integer"):
            return Literal(int(term.value))
    except ValueError:
        pass
    return term


def csv_rows(data: bytes) -> Any:
    """Return rows of CSV, in no order of rows or of columns."""
    return sorted(
        sorted((name, cell_value(cell)) for name, cell in row.items())
        for row in csv.DictReader(io.StringIO(data.decode()))
    )


def cell_value(cell: str) -> str:
    """Return a cell with a number written in one way, and the one blank node there is."""
    if cell.startswith("_:"):
        return "_:"
    try:
        return repr(float(cell))
    except ValueError:
        return cell


def canonical(quads: list[Quad]) -> Any:
    found = Dataset(quads)
    found.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return len(quads), frozenset(map(str, found))


def comparable(answer: Any) -> Any:
    if isinstance(answer, QueryBoolean):
        return bool(answer)
    if isinstance(answer, QuerySolutions):
        return rows(answer)
    assert isinstance(answer, QueryTriples)
    return canonical([Quad(*triple) for triple in set(answer)])


def expected(path: Path) -> Any:
    if path.suffix in _RESULTS:
        return comparable(parse_query_results(path=str(path), format=_RESULTS[path.suffix]))
    if path.suffix == ".csv":
        return csv_rows(path.read_bytes())
    quads = list(parse(path=str(path), format=_GRAPHS[path.suffix], base_iri=iri(path)))
    if any(quad.predicate.value == RS + "resultVariable" for quad in quads):
        return result_set(quads)
    return canonical([Quad(*quad.triple) for quad in quads])


def result_set(quads: list[Quad]) -> Any:
    """Return rows that are told in RDF."""
    store = Store()
    store.extend(quads)
    query = "SELECT ?row ?name ?value { ?row rs:binding [ rs:variable ?name ; rs:value ?value ] }"
    answer = store.query(query, prefixes={"rs": RS})
    assert isinstance(answer, QuerySolutions)
    found = [Quad(one["row"], NamedNode(f"a:{one['name'].value}"), plain(one["value"])) for one in answer]
    solutions = {quad.object for quad in quads if quad.predicate.value == RS + "solution"}
    found += [Quad(row, NamedNode("a:row"), NamedNode("a:row")) for row in solutions]  # type: ignore[arg-type]
    names = {str(quad.object)[1:-1] for quad in quads if quad.predicate.value == RS + "resultVariable"}
    return sorted(names), canonical(found)


# --- the two ways ---


def in_process(case: Case) -> Any:
    store = Store()
    for path in case.default:
        load(store, path, DefaultGraph())
    for path in case.named:
        store.add_graph(NamedNode(iri(path)))
        load(store, path, NamedNode(iri(path)))
    data = case.query.with_name("data.ttl")
    if "FROM" in case.text and data.is_file():  # it names a graph that another test has as its data
        load(store, data, NamedNode(iri(data)))
    answer = store.query(case.text)
    if case.result is not None and case.result.suffix == ".csv":
        assert isinstance(answer, QuerySolutions)
        return csv_rows(answer.serialize(format=QueryResultsFormat.CSV) or b"")
    return comparable(answer)


def over_http(server: Server, case: Case) -> Any:
    parameters = [("query", case.text)]
    if case.kind != "evaluation" or "FROM" not in case.text:  # else the query names its graphs itself
        parameters += [("default-graph-uri", iri(path)) for path in case.default] or [("default-graph-uri", EMPTY)]
        parameters += [("named-graph-uri", iri(path)) for path in case.named]
    as_csv = case.result is not None and case.result.suffix == ".csv"
    accept = "text/csv" if as_csv else "application/sparql-results+json, application/n-triples;q=0.9"
    reply = server.ask(
        "POST",
        "/sparql",
        {"Content-Type": "application/x-www-form-urlencoded", "Accept": accept},
        urlencode(parameters),
    )
    if reply.status != 200:
        raise ValueError(f"{reply.status} {reply.body!r}")
    if as_csv:
        return csv_rows(reply.body)
    if reply.type == "application/n-triples":
        return canonical([Quad(*quad.triple) for quad in parse(reply.body, format=RdfFormat.N_TRIPLES)])
    return comparable(parse_query_results(reply.body, format=QueryResultsFormat.JSON))


def engine_passes(case: Case) -> bool:
    try:
        found = in_process(case)
    except (SyntaxError, RuntimeError, ValueError, OSError):
        return case.kind == "negative"
    if case.kind != "evaluation":
        return case.kind == "positive"
    assert case.result is not None
    return bool(found == expected(case.result))


@pytest.mark.parametrize("case", parameters(CASES, [case.name for case in CASES]))
def test_what_the_engine_passes(server: Server, case: Case) -> None:
    if case.name in EXCLUDED:
        assert not engine_passes(case)
        pytest.skip(EXCLUDED[case.name])
    assert engine_passes(case)
    if case.kind == "evaluation":
        assert case.result is not None
        assert over_http(server, case) == expected(case.result)
    elif case.kind == "negative":
        with pytest.raises(ValueError, match=r"^400 "):
            over_http(server, case)
    else:
        over_http(server, case)


def test_hundreds_were_run() -> None:
    if not CASES:
        pytest.skip("the W3C tests are not beside the project")

    assert len(CASES) > 320
    assert {case.name for case in CASES} >= EXCLUDED.keys()


def test_the_documents_name_what_is_left_out() -> None:
    text = (ROOT / "docs" / "serve.md").read_text(encoding="utf-8")

    assert [name for name in (*EXCLUDED, *LEFT_OUT) if f"`{name}`" not in text] == []
    if CASES:
        passed = f"{len(CASES) - len(EXCLUDED)} of {len(CASES)}"
        assert passed in text
        assert passed in (ROOT / "README.md").read_text(encoding="utf-8")
