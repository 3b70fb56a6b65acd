"""The release: what the tables make, byte for byte, and what other tools read in it."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, NamedNode, RdfFormat, Store

ROOT = Path(__file__).parent.parent
ONTOLOGY = ROOT / "ontology"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"


def store(name: str) -> Store:
    loaded = Store()
    form = RdfFormat.TURTLE if name.endswith(".ttl") else RdfFormat.RDF_XML
    loaded.bulk_load(path=str(ONTOLOGY / name), format=form)
    return loaded


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_committed_release_is_what_the_tables_make(seed: str, tmp_path: Path) -> None:
    probe = (
        "import sys; from pathlib import Path; from leukograph import __version__; "
        "from leukograph.build.release import inferred_of, owl_bytes, turtle_bytes; "
        "from leukograph.build.tables import read_tables; tables = read_tables(Path(sys.argv[1])); "
        "pairs = inferred_of(tables); "
        "Path(sys.argv[2], 'a').write_bytes(turtle_bytes(tables, pairs)[0]); "
        "Path(sys.argv[2], 'b').write_bytes(owl_bytes(tables, __version__, pairs)[0])"
    )

    subprocess.run(
        [sys.executable, "-c", probe, str(ONTOLOGY), str(tmp_path)],
        check=True,
        timeout=120,
        env={**os.environ, "PYTHONHASHSEED": seed},
    )

    assert (tmp_path / "a").read_bytes() == (ONTOLOGY / "leukograph.ttl").read_bytes()
    assert (tmp_path / "b").read_bytes() == (ONTOLOGY / "leukograph.owl").read_bytes()


def test_the_graph_has_no_blank_node() -> None:
    graph = store("leukograph.ttl")
    assert len(graph) > 10_000
    for quad in graph:
        assert not isinstance(quad.subject, BlankNode)
        assert not isinstance(quad.object, BlankNode)


def test_between_classes_the_owl_file_has_only_logic() -> None:
    graph = store("leukograph.owl")
    classes = {
        quad.subject
        for quad in graph.quads_for_pattern(
            None,
            NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
            NamedNode(OWL + "Class"),
            None,
        )
    }
    replaced = "http://purl.obolibrary.org/obo/IAO_0100001"

    predicates = {
        quad.predicate.value
        for quad in graph
        if quad.subject in classes and quad.object in classes and quad.predicate.value != replaced
    }

    assert predicates == {RDFS + "subClassOf", OWL + "disjointWith", OWL + "equivalentClass"}


def test_each_claim_that_holds_is_a_plain_triple_and_an_axiom() -> None:
    graph, owl = store("leukograph.ttl"), store("leukograph.owl")
    lg = "PREFIX lg: <https://w3id.org/leukograph/> "
    missing = graph.query(
        lg + "SELECT ?c { ?c a lg:Claim ; lg:subject ?s ; lg:relation ?p ; lg:object ?o ; lg:grade ?g "
        'FILTER (?g != "refuted" && NOT EXISTS { ?s ?p ?o }) }'
    )
    refuted = graph.query(
        lg + 'SELECT ?c { ?c a lg:Claim ; lg:subject ?s ; lg:relation ?p ; lg:object ?o ; lg:grade "refuted" . '
        "?s ?p ?o }"
    )
    holding = 'SELECT (COUNT(*) AS ?n) { ?c a lg:Claim ; lg:grade ?g FILTER (?g != "refuted") }'
    axioms = (
        "SELECT (COUNT(*) AS ?n) { ?s <http://www.w3.org/2000/01/rdf-schema#subClassOf> ?r . "
        "?r <http://www.w3.org/2002/07/owl#someValuesFrom> ?o }"
    )

    assert list(missing) == []  # type: ignore[arg-type]
    assert list(refuted) == []  # type: ignore[arg-type]
    (claims,) = graph.query(lg + holding)  # type: ignore[misc]
    (restrictions,) = owl.query(axioms)  # type: ignore[misc]
    assert claims["n"].value == restrictions["n"].value


def test_owlready2_loads_the_owl_file() -> None:
    import owlready2

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        world = owlready2.World()
        ontology = world.get_ontology((ONTOLOGY / "leukograph.owl").as_uri()).load()

    neutropenia = world["https://w3id.org/leukograph/neutropenia"]
    assert [str(label) for label in neutropenia.label] == ["neutropenia"]
    assert world["https://w3id.org/leukograph/agranulocytosis"] in neutropenia.descendants()
    assert len(list(ontology.classes())) > 300


def test_rdflib_loads_the_graph() -> None:
    import rdflib

    graph = rdflib.Graph().parse(ONTOLOGY / "leukograph.ttl")

    assert len(graph) == len(store("leukograph.ttl"))
