"""`leukograph serve` as a process: what it answers, what it refuses, where it stops."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from pyoxigraph import (
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    parse,
    parse_query_results,
)

from leukograph import queries
from leukograph.api import Leukograph
from leukograph.server.verbs import VERBS
from tests.serving import Server, listening

# --- formats ---


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("application/sparql-results+json", QueryResultsFormat.JSON),
        ("application/sparql-results+xml", QueryResultsFormat.XML),
        ("text/tab-separated-values", QueryResultsFormat.TSV),
        ("text/html;q=0.1, application/xml", QueryResultsFormat.XML),
        ("*/*", QueryResultsFormat.JSON),
    ],
)
def test_rows_in_the_format_that_is_liked(server: Server, graph: Leukograph, accept: str, form: Any) -> None:
    reply = server.query("SELECT ?k { ?k a lg:Kind } ORDER BY ?k", accept)

    answer = parse_query_results(reply.body, form)
    assert isinstance(answer, QuerySolutions)
    own = graph.query("SELECT ?k { ?k a lg:Kind } ORDER BY ?k")
    assert not isinstance(own, str)
    assert [row["k"].value for row in answer] == [row["k"]["value"] for row in own.rows]
    assert reply.headers["vary"] == "Accept"


def test_rows_in_csv(server: Server) -> None:
    reply = server.query("SELECT (1 AS ?a) ('x,y' AS ?b) {}", "text/csv")

    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert reply.body == b'a,b\r\n1,"x,y"\r\n'


@pytest.mark.parametrize(
    "media_type", ["text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"]
)
def test_triples_in_the_format_that_is_liked(server: Server, media_type: str) -> None:
    reply = server.query("CONSTRUCT { ?k rdfs:label ?l } WHERE { ?k a lg:Kind ; rdfs:label ?l }", media_type)

    assert reply.type == media_type
    assert len(list(parse(reply.body, format=RdfFormat.from_media_type(media_type)))) > 10


def test_a_format_may_be_named_where_accept_cannot_be_set(server: Server) -> None:
    assert server.query("ASK {}", "text/html", format="xml").type == "application/sparql-results+xml"
    assert server.query("DESCRIBE lg:neutropenia", "text/html", format="json").type == "application/ld+json"
    assert server.query("ASK {}", format="shoe").status == 400


def test_a_type_that_nobody_knows_is_not_acceptable(server: Server) -> None:
    reply = server.query("ASK {}", "image/png")

    assert reply.status == 406
    assert "application/sparql-results+json" in reply.json["hint"]
    assert server.query("DESCRIBE lg:neutropenia", "text/csv").status == 406
    assert server.get("/api/stats", "text/csv").status == 406


# --- what is refused (reliability: 1, 2, 3, 6, 10) ---


def test_bad_syntax_is_shown_with_its_place(server: Server) -> None:
    reply = server.query("SELECT * {\n  ?s ?p }")

    assert reply.status == 400
    assert reply.type == "application/problem+json"
    assert (reply.json["code"], reply.json["line"]) == ("LG201", 2)
    assert server.query("SELECT * { ?s ex:p ?o }").json["column"] == 15


@pytest.mark.parametrize("iri", ["file:///etc/passwd", "http://127.0.0.1:9/x", "http://x/none"])
@pytest.mark.parametrize("clause", ["FROM", "FROM NAMED"])
def test_a_graph_from_outside_is_refused(server: Server, writable: Server, iri: str, clause: str) -> None:
    for one in (server, writable):
        reply = one.query(f"SELECT * {clause} <{iri}> {{ ?s ?p ?o }}")
        assert (reply.status, reply.json["code"]) == (400, "LG205")
        assert one.query("ASK {}", **{"default-graph-uri": iri}).status == 400


def test_a_graph_of_the_store_is_seen(writable: Server) -> None:
    def values(text: str, **parameters: str) -> list[str]:
        return [row["o"]["value"] for row in writable.query(text, **parameters).json["results"]["bindings"]]

    inside = "http://x/graph"
    assert values(f"SELECT ?o FROM <{inside}> {{ ?s ?p ?o }}") == ["in"]
    assert values("PREFIX x: <http://x/> SELECT ?o FROM NAMED x:graph { GRAPH ?g { ?s ?p ?o } }") == ["in"]
    assert values(f"SELECT ?o FROM NAMED <{inside}> {{ ?s ?p ?o }}") == []
    assert values("SELECT ?o FROM <http://x/none> { ?s ?p ?o }", **{"default-graph-uri": inside}) == ["in"]
    assert values("SELECT ?o { <http://x/s> ?p ?o }") == ["in"]  # without a data set: all graphs as one


def test_no_request_goes_out(server: Server) -> None:
    """SERVICE and LOAD in many disguises: refused, and nobody calls."""
    with listening() as (url, calls):
        for query in (
            f"SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
            f"SELECT * {{ SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}",
            f"PREFIX : <{url}> SELECT * {{ SERVICE:a {{ ?s ?p ?o }} }}",
            f"SELECT * FROM <{url}> {{ ?s ?p ?o }}",
            f"LOAD <{url}>",
        ):
            assert server.query(query).status == 400, query
        assert calls == []


def test_updates_are_refused_where_nothing_is_written(server: Server) -> None:
    for update in (
        "LOAD <file:///etc/passwd>",
        "LOAD <http://127.0.0.1:9/>",
        "DROP ALL",
        "INSERT DATA { <a:a> <a:b> <a:c> }",
    ):
        assert server.update(update).status == 403
        assert server.query(update).status == 400
    assert server.ask("GET", "/sparql?update=DROP+ALL").status == 405


HOSTILE = [
    'x") } UNION { ?s ?p ?o } #',
    "x' } UNION { ?s ?p ?o } #",
    "\\u0022) } #",
    "x\n} #",
    "?s ?p ?o",
    "<http://x/>",
    "} SERVICE <http://127.0.0.1:9/> {",
    "\x00",
    "\u202e",
    "' OR 1=1 --",
    "../../etc/passwd",
    "%00",
    "{{7*7}}",
    "$(id)",
    "lg:neutropenia . ?a ?b ?c",
    "_:b",
    '"""',
    "'''",
    "\\",
    "a" * 5000,
]


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_find_nothing(server: Server, label: str) -> None:
    for reply in (
        server.get("/queries/causes-of-condition", condition=label),
        server.get("/api/why", cause=label),
    ):
        assert reply.status == 404, reply.body
        assert reply.json["code"] == "LG101"
    found = server.get("/queries/text-search", text=label).json["results"]["bindings"]
    assert len(found) < 100


def test_texts_that_are_too_deep_never_reach_the_engine(server: Server) -> None:
    for query in (
        "SELECT * " + "{" * 20_000 + "}" * 20_000,
        "SELECT * { {}" + " UNION {}" * 20_000 + " }"[:0] + " }",
        "SELECT * { ?s <a:a>" + "/<a:a>" * 2_000 + " ?o }",
    ):
        reply = server.ask("POST", "/sparql", {"Content-Type": "application/sparql-query"}, query[:100_000])
        assert reply.status == 400
        assert reply.json["code"] in {"LG201", "LG202"}


# --- answers ---


EXAMPLES = [(name, list(verb.example)) for name, verb in VERBS.items()] + [
    ("why", [("cause", "chemotherapy"), ("do", "filgrastim")]),
    ("describe", [("name", "acts through margination")]),
    ("why", [("cause", "neutropenia"), ("limit", "2"), ("route", "destruction")]),
    ("why-not", [("cause", "doxorubicin"), ("effect", "neutropenia"), ("within", "12h")]),
    ("workup", [("names", "ANC=0.9"), ("names", "hypersegmented neutrophils"), ("age", "5")]),
]


def command_line(name: str, given: list[tuple[str, str]]) -> list[str]:
    import importlib

    import click

    command = importlib.import_module(f"leukograph.cli.{name.replace('-', '_')}").command
    options = {param.name: param.opts[0] for param in command.params if isinstance(param, click.Option)}
    words = [value for key, value in given if key not in options]
    for key, value in given:
        if key in options:
            words += [options[key], value]
    return [name, *words, "--format", "json"]


@pytest.mark.parametrize(
    ("name", "given"), EXAMPLES, ids=[f"{name}-{number}" for number, (name, _) in enumerate(EXAMPLES)]
)
def test_answers_are_those_of_the_command_line_to_the_byte(
    server: Server, capfd: pytest.CaptureFixture[str], name: str, given: list[tuple[str, str]]
) -> None:
    from leukograph.cli import run

    reply = server.ask("GET", f"/api/{name}?{urlencode(given)}")

    assert reply.status == 200, reply.body
    assert reply.type == "application/json"
    assert run(command_line(name, given)) == 0
    assert reply.body.decode() == capfd.readouterr().out


def test_parameters_are_those_of_the_commands() -> None:
    """Names, choices and bounds are written twice; they may not drift apart."""
    import importlib

    import click

    own = {"format_", "output", "force", "store", "profile", "file"}
    for name, verb in VERBS.items():
        command = importlib.import_module(f"leukograph.cli.{name.replace('-', '_')}").command
        theirs = {param.name: param for param in command.params if param.name not in own}
        assert {param.name for param in verb.params} == theirs.keys(), name
        for param in verb.params:
            other = theirs[param.name]
            assert param.required == other.required, (name, param.name)
            assert param.many == ((other.multiple and other.callback is None) or other.nargs == -1), (name, param.name)
            if isinstance(other.type, click.Choice):
                assert param.choices == tuple(other.type.choices), (name, param.name)
            if isinstance(other.type, click.IntRange):
                assert (param.least, param.most) == (other.type.min, other.type.max), (name, param.name)


@pytest.mark.parametrize(
    ("target", "status", "word"),
    [
        ("/api/why", 400, "missing"),
        ("/api/why?cause=chemotherapi", 404, "closest"),
        ("/api/why?cause=a&cause=b", 400, "more than once"),
        ("/api/why?cause=chemotherapy&limit=0", 400, "range"),
        ("/api/why?cause=chemotherapy&limit=x", 400, "whole number"),
        ("/api/why?cause=chemotherapy&route=x", 400, "one of"),
        ("/api/why?cause=chemotherapy&feedback=perhaps", 400, "true"),
        ("/api/why?cause=chemotherapy&shoe=42", 400, "shoe"),
        ("/api/shoe", 404, "why"),
        ("/queries/shoe", 404, "/queries"),
        ("/queries/causes-of-condition", 400, "condition"),
        ("/queries/causes-of-condition?condition=neutropenia&x=1", 400, "x"),
        ("/queries/sources-by-year?since=long+ago", 400, "number"),
        ("/sparql?query=ASK%7B%7D&query=ASK%7B%7D", 400, "more than one"),
        ("/sparql?default-graph-uri=http://x/", 400, "no query"),
        ("/sparql?query=%FF", 400, "UTF-8"),
        ("/nothing", 404, "nothing"),
    ],
)
def test_wrong_questions(server: Server, target: str, status: int, word: str) -> None:
    reply = server.ask("GET", target)

    assert reply.status == status
    assert word in reply.body.decode()
    assert reply.json["status"] == status


def test_the_openapi_document_describes_what_is_served(server: Server, graph: Leukograph) -> None:
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT202012

    document = server.get("/openapi.json").json
    assert document["openapi"].startswith("3.1")
    registry = Registry().with_resource(
        "urn:openapi", Resource.from_contents(document, default_specification=DRAFT202012)
    )
    for name, given in EXAMPLES:
        operation = document["paths"][f"/api/{name}"]["get"]
        content = operation["responses"]["200"]["content"]["application/json"]["schema"]
        schema = {"anyOf": [{"$ref": "urn:openapi" + one["$ref"]} for one in content["anyOf"]]}
        answer = server.ask("GET", f"/api/{name}?{urlencode(given)}").json
        Draft202012Validator(schema, registry=registry).validate(answer)
    assert {f"/queries/{query.name}" for query in queries.all_queries()} <= document["paths"].keys()
    for path in ("/health", "/queries", "/.well-known/void", "/sparql"):
        assert path in document["paths"]
        assert server.get(path).status == 200


# --- queries by name ---


@pytest.mark.parametrize(
    "query", [query for query in queries.all_queries() if not query.is_check], ids=lambda query: query.name
)
def test_every_named_query_answers_over_http(plain: Server, query: queries.NamedQuery) -> None:
    given = {param.name: param.example for param in query.params}

    reply = plain.get(f"/queries/{query.name}", "application/sparql-results+json, application/n-triples;q=0.5", **given)

    assert reply.status == 200, reply.body
    if reply.type == "application/n-triples":
        assert reply.body.count(b"\n") >= query.min_rows
    else:
        assert len(reply.json["results"]["bindings"]) >= query.min_rows
    assert query.min_rows >= 1
    assert "format" not in {param.name for param in query.params}


def test_the_queries_are_published_as_examples(plain: Server) -> None:
    """In the convention of the SIB, each runs as it is."""
    turtle = plain.get("/queries", "text/turtle")
    store = Store()
    store.load(turtle.body, format=RdfFormat.TURTLE)
    answer = store.query(
        """
        PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX schema: <https://schema.org/>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        SELECT ?example ?text ?endpoint {
          ?example a sh:SPARQLExecutable ; sh:prefixes/sh:declare/sh:prefix "lg" ; rdfs:comment ?comment ;
            sh:select|sh:construct ?text ; schema:target ?endpoint ; schema:keywords ?tag .
          FILTER (LANG(?comment) = "en")
        } GROUP BY ?example ?text ?endpoint
        """
    )
    assert isinstance(answer, QuerySolutions)
    rows = list(answer)
    assert len(rows) == len(queries.all_queries())
    for row in rows:
        assert row["endpoint"].value == f"http://127.0.0.1:{plain.port}/sparql"
        assert plain.query(row["text"].value, "*/*").status == 200
    listed = plain.get("/queries", "application/json").json["queries"]
    assert [one["name"] for one in listed] == [query.name for query in queries.all_queries()]


# --- description ---


def test_void_counts_what_is_there(server: Server, graph: Leukograph) -> None:
    void = Store()
    void.load(server.get("/.well-known/void", "application/n-triples").body, format=RdfFormat.N_TRIPLES)
    answer = void.query(
        """
        PREFIX void: <http://rdfs.org/ns/void#> PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX owl: <http://www.w3.org/2002/07/owl#>
        SELECT ?triples ?license ?entities {
          ?d a void:Dataset ; void:triples ?triples ; dcterms:license ?license ; void:classPartition ?c .
          ?c void:class owl:Class ; void:entities ?entities }
        """
    )
    assert isinstance(answer, QuerySolutions)
    (row,) = answer
    counted = graph.query(
        "SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?c) AS ?classes) "
        "{ ?s ?p ?o OPTIONAL { ?s a owl:Class BIND(?s AS ?c) } }"
    )
    assert not isinstance(counted, str)
    assert row["triples"].value == counted.rows[0]["n"]["value"]
    assert row["entities"].value == counted.rows[0]["classes"]["value"]
    assert row["license"].value.startswith("https://creativecommons.org/")


def test_health(server: Server) -> None:
    assert server.get("/health").json["status"] == "ok"
