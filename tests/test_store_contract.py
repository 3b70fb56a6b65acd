"""The same questions to memory, to a store on disk, to our own server and to a server that is not ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import Graph

import leukograph
from leukograph.api import Leukograph
from leukograph.errors import (
    BadQuery,
    CannotRead,
    EndpointFailed,
    LeukographError,
    QueryFailed,
    UnknownName,
    WrongOption,
)
from leukograph.origins import is_address, opened
from leukograph.render import answer_json, causes_json, describe_json
from leukograph.store.backend import Backend
from leukograph.store.folder import Folder
from tests.conftest import Run
from tests.serving import Server
from tests.test_foreign import KGX
from tests.virtuoso import Virtuoso, missing

#: Triples of the small graph.
TOY = len(Graph().parse(data=KGX, format="turtle"))
PLACES = ("memory", "disk", "our server", "Virtuoso")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, graph: Leukograph) -> list[Path]:
    """The release, and a small graph that is not ours, which every place holds."""
    toy = tmp_path_factory.mktemp("files") / "toy.ttl"
    toy.write_text(KGX, encoding="utf-8")
    return [graph.release_file, toy]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, files: list[Path]) -> Path:
    folder = tmp_path_factory.mktemp("contract") / "store"
    Folder.load(folder, files)
    return folder


@pytest.fixture(scope="module", params=PLACES)
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, files: list[Path], store: Path
) -> Iterator[str]:
    """What `--store` is given."""
    if request.param == "memory":
        both = tmp_path_factory.mktemp("memory") / "both.ttl"
        both.write_bytes(b"\n".join(file.read_bytes() for file in files))
        yield str(both)
    elif request.param == "disk":
        yield str(store)
    elif request.param == "our server":
        server = Server("--store", str(store), "--max-rows", "7000")
        yield f"http://127.0.0.1:{server.port}/sparql"
        server.stop()
    else:
        if lacking := missing():
            pytest.skip(f"{lacking} is not installed")
        virtuoso = Virtuoso(tmp_path_factory.mktemp("virtuoso"), files)
        yield virtuoso.url
        virtuoso.stop()


@pytest.fixture(scope="module")
def backend(place: str) -> Backend:
    return opened(place).backend


@pytest.fixture(scope="module")
def there(place: str) -> Leukograph:
    return leukograph.load(place, cached=False)


# --- SPARQL ---------------------------------------------------------------------


def test_values_come_back_as_they_are(backend: Backend) -> None:
    query = (
        "SELECT ?s ?label ?belief ?no WHERE { BIND(<https://w3id.org/leukograph/neutrophil> AS ?s) "
        "?s <http://www.w3.org/2000/01/rdf-schema#label> ?label . "
        "?c <https://w3id.org/leukograph/subject> <https://w3id.org/leukograph/clozapine> ; "
        "<https://w3id.org/leukograph/object> <https://w3id.org/leukograph/agranulocytosis> ; "
        "<https://w3id.org/leukograph/belief> ?belief }"
    )
    (row,) = backend.rows(query)
    label, belief = row[1], row[2]

    assert [str(value) for value in row[:2]] == ["<https://w3id.org/leukograph/neutrophil>", '"neutrophil"@en']
    assert belief is not None
    assert float(getattr(belief, "value", "")) > 0.84
    assert getattr(label, "language", "") == "en"
    assert row[3] is None


def test_no_rows(backend: Backend) -> None:
    assert backend.rows("SELECT ?s WHERE { ?s <https://example.org/no> ?o }") == []


def test_a_faulty_query_is_an_error_of_ours(backend: Backend) -> None:
    with pytest.raises((BadQuery, EndpointFailed, QueryFailed)):
        backend.rows("SELECT ?s WHERE { ?s ?p }")


@pytest.mark.parametrize("form", ["table", "json", "xml"])
def test_query_prints_the_same(run: Run, place: str, form: str) -> None:
    query = (
        "SELECT ?drug ?label { ?drug lg:inhibits ?enzyme ; rdfs:label ?label } ORDER BY ?drug ?enzyme"
        if form != "table"
        else "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?c a lg:Claim }"
    )
    here = run("query", "-e", query, "-f", form)
    asked = run("query", "-e", query, "-f", form, "--store", place)

    assert (asked.stdout, asked.returncode) == (here.stdout, here.returncode)
    assert len(here.stdout.splitlines()) > (2 if form == "table" else 0)


def test_construct_prints_the_same(run: Run, place: str) -> None:
    query = "CONSTRUCT { ?drug lg:inhibits ?what } WHERE { ?drug lg:inhibits ?what }"

    assert run("query", "-e", query, "--store", place).stdout == run("query", "-e", query).stdout


def test_a_named_query_with_a_parameter(run: Run, place: str) -> None:
    arguments = ("query", "names-of-term", "--param", "term=clozapine", "-f", "csv")

    assert run(*arguments, "--store", place).stdout == run(*arguments).stdout


# --- answers ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mercaptopurine", "Clozaril", "monocytopenia"])
def test_why_gives_the_same_bytes(graph: Leukograph, there: Leukograph, name: str) -> None:
    assert answer_json.dumps(answer_json.encode(there.why(name))) == answer_json.dumps(
        answer_json.encode(graph.why(name))
    )


def test_so_do_path_causes_and_describe(graph: Leukograph, there: Leukograph) -> None:
    for one, other in (
        (
            describe_json.paths(there.paths("mercaptopurine", "lymphopenia")),
            describe_json.paths(graph.paths("mercaptopurine", "lymphopenia")),
        ),
        (causes_json.encode(there.causes("basopenia")), causes_json.encode(graph.causes("basopenia"))),
        (
            describe_json.description(there.describe("cyclic neutropenia")),
            describe_json.description(graph.describe("cyclic neutropenia")),
        ),
    ):
        assert answer_json.dumps(one) == answer_json.dumps(other)


def test_the_command_says_the_same(run: Run, place: str) -> None:
    here, asked = run("why", "methimazole"), run("why", "methimazole", environment={"LEUKOGRAPH_STORE": place})

    assert asked.stdout == here.stdout
    assert asked.returncode == 0


@pytest.mark.parametrize(
    "name", ["neutropnia", "warfarin", 'x") } UNION { ?s ?p ?o } #', "<https://w3id.org/leukograph/no_such>"]
)
def test_an_unknown_name_is_told_alike(graph: Leukograph, there: Leukograph, name: str) -> None:
    with pytest.raises(UnknownName) as here:
        graph.why(name)
    with pytest.raises(UnknownName) as asked:
        there.why(name)

    assert (str(asked.value), asked.value.hint) == (str(here.value), here.value.hint)


def test_python_asks_in_sparql_where_the_graph_lies(graph: Leukograph, there: Leukograph) -> None:
    query = "SELECT ?drug { ?drug lg:inhibits lg:thymidylate_synthase } ORDER BY ?drug"

    assert there.query(query) == graph.query(query)
    names = "CONSTRUCT { ?s rdfs:label ?name } { ?s rdfs:subClassOf lg:antipsychotic ; rdfs:label ?name }"
    made = [Graph().parse(data=str(one.query(names)), format="turtle") for one in (there, graph)]
    assert len(made[0]) > 3
    assert set(made[0]) == set(made[1])


def test_rdflib_gets_what_is_at_hand(graph: Leukograph, there: Leukograph, place: str) -> None:
    if is_address(place):
        with pytest.raises(WrongOption, match="not copied"):
            there.to_rdflib()
    else:
        assert len(there.to_rdflib()) == len(graph.to_rdflib()) + TOY
    with pytest.raises(CannotRead, match=r"beside which its OWL would lie|leukograph\.owl is not a file"):
        there.to_owlready2()


def test_a_graph_that_is_not_ours(place: str, files: list[Path]) -> None:
    here = leukograph.load(files[1], profile="biolink")
    asked = leukograph.load(place, profile="biolink")
    for effect in ("https://example.org/dis", "https://example.org/other"):
        one = answer_json.encode(here.why("TP-1", effect=effect))
        other = answer_json.encode(asked.why("TP-1", effect=effect))
        assert json.dumps(one) == json.dumps(other)
        assert one["effects"][0]["chains"]
    one, other = (describe_json.paths(graph.paths("toy class", "https://example.org/other")) for graph in (here, asked))
    assert one == other


def test_what_needs_the_whole_graph_says_so_at_an_endpoint(there: Leukograph, place: str) -> None:
    if place.startswith("http"):
        with pytest.raises(LeukographError, match="needs the whole graph"):
            there.workup("ANC=0.4")
    else:
        assert there.workup("ANC=0.4").candidates
