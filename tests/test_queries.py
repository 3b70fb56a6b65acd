"""Every query file: it says what it does, it passes the gate, and its example answers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pyoxigraph import QuerySolutions, QueryTriples, Store

from leukograph import queries
from leukograph.api import Leukograph
from leukograph.cache import release_file
from leukograph.errors import BadQuery, CannotRead, WrongOption
from leukograph.queries import NamedQuery
from leukograph.resources import folder
from leukograph.store import guard
from leukograph.store.embedded import open_store

ALL = queries.all_queries()
ANSWERS = [query for query in ALL if not query.is_check]
CHECKS = [query for query in ALL if query.is_check]


def name(query: NamedQuery) -> str:
    return f"{query.folder}/{query.name}"


@pytest.fixture(scope="module")
def store() -> Store:
    return open_store(release_file())


def run(store: Store, query: NamedQuery, given: dict[str, str], graph: Leukograph) -> tuple[int, set[str]]:
    """Run a query as `check` does, without prefixes from outside: number of rows, columns."""
    answer = store.query(queries.bound(query, given, graph.resolve_class))
    assert isinstance(answer, QuerySolutions | QueryTriples)
    columns = {variable.value for variable in answer.variables} if isinstance(answer, QuerySolutions) else set()
    return len(list(answer)), columns


def test_there_are_enough() -> None:
    assert len(ANSWERS) >= 16
    assert len(CHECKS) >= 4
    assert len({query.name for query in ALL}) == len(ALL)


@pytest.mark.parametrize("query", ALL, ids=name)
def test_the_file_says_what_it_does(query: NamedQuery) -> None:
    needed = {"summary", "tags"} | (
        {"problem", "fix", "code", "severity"} if query.is_check else {"question", "min_rows"}
    )
    known = needed | {"columns"}

    assert needed <= query.header.keys() <= known
    assert all(query.header.values())
    assert len(query.summary) <= 100
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", query.name)
    assert "ORDER BY" in query.text or "CONSTRUCT" in query.text


@pytest.mark.parametrize("query", ALL, ids=name)
def test_it_passes_the_gate_with_its_own_prefixes(query: NamedQuery) -> None:
    guard.check(query.text, prefixes=())


@pytest.mark.parametrize("query", ALL, ids=name)
def test_every_parameter_is_a_variable_of_it(query: NamedQuery) -> None:
    for param in query.params:
        assert re.search(rf"\?{param.name}\b", query.text.partition("WHERE")[2])


@pytest.mark.parametrize("query", ANSWERS, ids=name)
def test_the_example_answers(store: Store, graph: Leukograph, query: NamedQuery) -> None:
    count, columns = run(store, query, {param.name: param.example for param in query.params}, graph)

    assert count >= max(1, query.min_rows)
    assert columns == set(query.columns)


@pytest.mark.parametrize("query", [query for query in ANSWERS if any(not p.required for p in query.params)], ids=name)
def test_it_answers_without_what_is_optional(store: Store, graph: Leukograph, query: NamedQuery) -> None:
    every, _ = run(store, query, {param.name: param.example for param in query.params}, graph)
    fewer, _ = run(store, query, {param.name: param.example for param in query.params if param.required}, graph)

    assert fewer >= every


@pytest.mark.parametrize("query", CHECKS, ids=name)
def test_the_shipped_graph_breaks_no_rule(store: Store, graph: Leukograph, query: NamedQuery) -> None:
    count, columns = run(store, query, {}, graph)

    assert columns == {"entity", "property", "value"}
    assert query.header["severity"] in {"error", "warning"}
    assert count == 0


PLANTED = {
    "claim-without-source": "claim:x a lg:Claim .",
    "source-without-address": "evidence:x dcterms:source source:x . source:x dcterms:title 'x' .",
    "source-not-cited": "source:x a lg:Source .",
    "influences-loop": "lg:a lg:influences lg:b . lg:b lg:influences lg:a .",
    "refuted-claim-stated": "claim:x lg:grade 'refuted' ; lg:subject lg:a ; lg:relation lg:kills ; lg:object lg:b ."
    " lg:a lg:kills lg:b .",
    "holding-claim-not-stated": "claim:x a lg:Claim ; lg:grade 'probable' ;"
    " lg:subject lg:a ; lg:relation lg:kills ; lg:object lg:b .",
    "figure-without-unit": "figure:x a lg:Figure ; lg:population 'x' ;"
    " dcterms:source source:x ; lg:quantity lg:quantity_onset .",
    "figure-out-of-range": "figure:x a lg:Figure ; lg:low 3 ; lg:value 2 ; lg:high 4 .",
    "term-without-definition": "lg:x a owl:Class ; rdfs:isDefinedBy <https://w3id.org/leukograph/> ;"
    " rdfs:label 'x' ; lg:kind lg:drug_kind .",
    "dropped-term-in-use": "lg:x owl:deprecated true . claim:x lg:subject lg:x .",
    "name-shared": "lg:a rdfs:label 'x' ; lg:kind lg:k . lg:b oboInOwl:hasExactSynonym 'x' ; lg:kind lg:k .",
}


@pytest.mark.parametrize("query", CHECKS, ids=name)
def test_a_check_finds_a_planted_fault(query: NamedQuery) -> None:
    from pyoxigraph import RdfFormat

    from leukograph.namespaces import PREFIXES

    store = Store()
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    store.load((prefixes + PLANTED[query.name]).encode(), format=RdfFormat.TURTLE)

    assert list(store.query(query.text))  # type: ignore[arg-type]


def test_the_index_is_up_to_date() -> None:
    assert (folder("queries") / "README.md").read_text(encoding="utf-8") == queries.index()


def test_the_list_names_every_query() -> None:
    listing = queries.listing()

    assert all(query.name in listing and query.summary in listing for query in ALL)


def test_a_query_is_found_with_and_without_its_folder() -> None:
    assert queries.find("lifespans") == queries.find("lookup/lifespans")


def test_an_unknown_name_gets_the_closest() -> None:
    with pytest.raises(WrongOption) as error:
        queries.find("lifespan")

    assert "lifespans" in error.value.hint


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "x.rq").write_bytes(b"SELECT \xff")

    with pytest.raises(CannotRead):
        queries.read_file(tmp_path / "x.rq")
    with pytest.raises(CannotRead):
        queries.read_file(tmp_path / "none.rq")


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "x.rq").write_bytes(b"\xef\xbb\xbf#+ summary: x\nASK {}")

    assert queries.read_file(tmp_path / "x.rq").summary == "x"


def test_a_faulty_header_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x.rq").write_text("#+ param: a b\nASK {}")

    with pytest.raises(BadQuery):
        queries.read_file(tmp_path / "x.rq")
