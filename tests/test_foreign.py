"""Graphs that are not ours, read through a profile."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise, product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pyoxigraph import Literal, NamedNode, Quad, Store

from leukograph.api import Leukograph
from leukograph.errors import AmbiguousName, CannotRead, UnknownName, WrongOption
from leukograph.foreign import PROFILES, ForeignGraph, read_profile
from leukograph.foreign.neighbourhood import LIMITS, RELIABILITY, Bounds, fetch
from leukograph.namespaces import BASE
from leukograph.origins import opened
from leukograph.render import answer_json, describe_json
from leukograph.render.page import describe_text
from leukograph.render.text import render
from leukograph.resources import PACKAGE, folder
from leukograph.store.backend import Embedded
from leukograph.store.embedded import open_store
from tests.conftest import Run

KGX = """
@prefix biolink: <https://w3id.org/biolink/vocab/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix ex: <https://example.org/> .
ex:drug rdfs:label "toyprine" ; biolink:category biolink:SmallMolecule ; biolink:synonym "TP-1" ;
  biolink:subclass_of ex:cls .
ex:cls rdfs:label "toy class" ; biolink:category biolink:SmallMolecule .
ex:enz rdfs:label "toy kinase" ; biolink:category biolink:Gene .
ex:dis rdfs:label "toy disease" ; biolink:category biolink:NamedThing, biolink:Disease .
ex:other rdfs:label "Toy disease" ; biolink:category biolink:Disease .
ex:drug biolink:affects ex:enz ; biolink:regulates ex:dis .
ex:enz biolink:causes ex:dis .
ex:cls biolink:treats ex:other .
ex:e1 rdf:subject ex:drug ; rdf:predicate biolink:affects ; rdf:object ex:enz ;
  biolink:object_direction_qualifier "decreased" ; biolink:publications "PMID:1", "PMID:2" .
ex:e2 rdf:subject ex:enz ; rdf:predicate biolink:causes ; rdf:object ex:dis ;
  biolink:primary_knowledge_source "infores:toy" .
ex:e3 rdf:subject ex:cls ; rdf:predicate biolink:causes ; rdf:object ex:other ;
  biolink:negated true ; biolink:publications "PMID:3" .
"""
OBO = """
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix T: <http://purl.obolibrary.org/obo/TOY_> .
@prefix RO: <http://purl.obolibrary.org/obo/RO_> .
T:1 rdfs:label "brake of toying"@en ; rdfs:subClassOf [ owl:onProperty RO:0002212 ; owl:someValuesFrom T:2 ] .
T:2 rdfs:label "toying"@en, "Spielen"@de ; rdfs:subClassOf owl:Thing .
T:3 rdfs:label "strong brake"@en ; rdfs:subClassOf T:1 .
T:4 rdfs:label "fun"@en .
T:2 RO:0002213 T:4 .
T:4 RO:0002335 T:5 .
T:5 rdfs:label "rain"@en .
T:4 RO:0002211 T:2 .
"""


def graph_of(text: str, profile: str, tmp_path: Path, bounds: Bounds | None = None) -> Leukograph:
    path = tmp_path / "graph.ttl"
    path.write_text(text, encoding="utf-8")
    origin = ForeignGraph(Embedded(open_store(path), "graph.ttl"), read_profile(profile), bounds)
    return Leukograph(path, origin=origin)


def test_an_edge_gets_its_sign_and_its_sources_from_its_node(tmp_path: Path) -> None:
    graph = graph_of(KGX, "biolink", tmp_path)
    (effect,) = graph.why("TP-1", effect="https://example.org/dis").effects
    (chain,) = effect.chains

    assert [(step.claim.relation, step.claim.sign) for step in chain.steps] == [
        ("biolink:affects (decreased)", "-"),
        ("biolink:causes", "+"),
    ]
    assert effect.verdict.sign == "-"
    assert [row.source for step in chain.steps for row in step.claim.evidence] == ["PMID:1", "PMID:2", "infores:toy"]
    assert chain.steps[0].claim.belief == 0.75
    assert chain.grade == "reported"


def test_what_has_no_sign_is_left_out_and_said(tmp_path: Path) -> None:
    answer = graph_of(KGX, "biolink", tmp_path).why("toyprine", effect="https://example.org/dis")

    assert answer.notes == ("Left out: 1 link by biolink:regulates; the graph does not say which way.",)


def test_a_class_hands_down_and_a_negated_edge_refutes(tmp_path: Path) -> None:
    graph = graph_of(KGX, "biolink", tmp_path)
    (effect,) = graph.why("toyprine", effect="https://example.org/other").effects

    assert effect.verdict.sign == "-"
    assert [step.inherited_from.key for step in effect.chains[0].steps if step.inherited_from] == [
        "https://example.org/cls"
    ]
    assert [claim.grade for claim in effect.closed] == ["refuted"]


def test_the_text_tells_it_in_the_graph_s_own_words(tmp_path: Path) -> None:
    text = render(graph_of(KGX, "biolink", tmp_path).why("toyprine", effect="https://example.org/dis"), 100)

    assert "Toyprine lowers toy kinase [1, 2], so there is less toy disease [3]." in text
    assert "https://pubmed.ncbi.nlm.nih.gov/1/" in text
    assert "marrow" not in text


def test_causes_of_an_end(tmp_path: Path) -> None:
    answer = graph_of(KGX, "biolink", tmp_path).why("https://example.org/dis")

    assert answer.question.cause is None
    assert [chain.cause.label for chain in answer.effects[0].chains] == ["toy kinase"]


def test_restrictions_reversed_relations_and_labels_of_an_obo_graph(tmp_path: Path) -> None:
    graph = graph_of(OBO, "obo", tmp_path)

    assert [effect.verdict.sign for effect in graph.why("strong brake", effect="fun").effects] == ["-"]
    assert [effect.verdict.sign for effect in graph.why("rain", effect="fun").effects] == ["-"]
    assert graph.describe("TOY:2").entry.term.label == "toying"
    (path,) = graph.paths("strong brake", "fun").paths
    assert path.sign == "-"
    assert [step.claim.key for step in path.steps] == ["TOY:1 RO:0002212 TOY:2", "TOY:2 RO:0002213 TOY:4"]


def test_a_term_can_be_described(tmp_path: Path) -> None:
    graph = graph_of(KGX, "biolink", tmp_path)
    text = describe_text(graph.describe("toy kinase"), graph.language, 88)

    assert "biolink:Gene" in text
    assert "toy disease" in text


def test_of_what_is_fetched_only_the_ways_between_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "graph.ttl"
    path.write_text(KGX + "ex:enz biolink:causes ex:aside . ex:before biolink:causes ex:enz .", encoding="utf-8")
    backend = Embedded(open_store(path), "graph.ttl")
    found = fetch(backend, read_profile("biolink"), ["https://example.org/drug"], ["https://example.org/dis"])

    assert {claim.object.label for claim in found.knowledge.claims.values()} == {"toy kinase", "toy disease"}
    assert "https://example.org/aside" not in found.knowledge.entries


def test_answers_fit_the_published_schema(tmp_path: Path) -> None:
    graph = graph_of(KGX, "biolink", tmp_path)
    validator = Draft202012Validator(json.loads((PACKAGE / "schemas" / "answers.schema.json").read_text("utf-8")))
    for value in (
        answer_json.encode(graph.why("toyprine", effect="https://example.org/dis")),
        answer_json.encode(graph.why("https://example.org/dis")),
        describe_json.paths(graph.paths("toyprine", "https://example.org/dis")),
        describe_json.description(graph.describe("toyprine")),
    ):
        assert [error.message for error in validator.iter_errors(json.loads(answer_json.dumps(value)))] == []


def test_names(tmp_path: Path) -> None:
    graph = graph_of(KGX, "biolink", tmp_path)

    assert graph.resolve("TOYPRINE") == graph.resolve("<https://example.org/drug>") == "https://example.org/drug"
    assert [match.key for match in graph.search("toyp")] == ["https://example.org/drug"]
    with pytest.raises(AmbiguousName):
        graph.resolve("toy disease")
    with pytest.raises(UnknownName) as error:
        graph.resolve("toypri")
    assert error.value.close == ("toyprine",)
    with pytest.raises(UnknownName):
        graph.resolve('x") } UNION { ?s ?p ?o } #')


def test_questions_about_levels_are_refused(tmp_path: Path) -> None:
    graph = graph_of(KGX, "biolink", tmp_path)
    questions: list[Callable[[], object]] = [
        lambda: graph.workup("ANC=0.4"),
        graph.stats,
        lambda: graph.export("dot"),
        lambda: graph.prove("toyprine", "TP-1"),
    ]
    for ask in questions:
        with pytest.raises(WrongOption, match="read around a question only"):
            ask()
    with pytest.raises(WrongOption, match="which a foreign graph does not have"):
        graph.timeline("toyprine")


def test_what_an_option_leaves_out_is_told(tmp_path: Path) -> None:
    graph = graph_of(KGX, "biolink", tmp_path)

    assert (
        "Left out: what does not fit --least-grade established."
        in graph.why("toyprine", least_grade="established").notes
    )
    without = graph.why("https://example.org/dis", avoid=["toy kinase"])
    assert without.effects == ()
    assert render(without).startswith("No cause of toy disease fits what was asked for.")
    assert "Left out: what does not fit --avoid toy kinase." in without.notes


def test_routes_and_feedback_are_refused(tmp_path: Path) -> None:
    graph = graph_of(KGX, "biolink", tmp_path)

    with pytest.raises(WrongOption, match="--route: a foreign graph has no routes"):
        graph.why("toyprine", route="production")
    with pytest.raises(WrongOption, match="--feedback: a foreign graph"):
        graph.why("toyprine", feedback=True)


def test_a_term_on_the_way_is_no_end(tmp_path: Path) -> None:
    (effect,) = graph_of(KGX, "biolink", tmp_path).why("toyprine", via=["toy kinase"]).effects

    assert effect.effect.key == "https://example.org/dis"
    assert [step.claim.object.label for step in effect.chains[0].steps] == ["toy kinase", "toy disease"]


def test_what_a_reader_sees_has_no_empty_places(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "graph.ttl"
    path.write_text(KGX, encoding="utf-8")

    def told(*asked: str) -> str:
        return str(run(*asked, "--store", str(path), "--profile", "biolink").stdout)

    assert "()" not in told("causes", "https://example.org/dis")
    assert "reported:" not in (compared := told("compare", "toyprine", "toy class"))
    assert "↓: toyprine" in compared
    assert "That toy class causes Toy disease: not found [1]" in told("why", "toyprine")
    assert "toy kinase causes it [1]" in told("describe", "https://example.org/dis")
    assert "biolink:Gene" in told("search", "toy kinase")


def test_describe_tells_both_ways_and_a_direction_once(tmp_path: Path) -> None:
    more = """
ex:dis biolink:causes ex:other .
ex:e9 rdf:subject ex:enz ; rdf:predicate biolink:regulates ; rdf:object ex:dis ;
  biolink:object_direction_qualifier "increased" ; biolink:publications "PMID:9" .
"""
    graph = graph_of(KGX + more, "biolink", tmp_path)

    told = describe_text(graph.describe("https://example.org/dis"), graph.language)

    assert "causes Toy disease" in told
    assert "toy kinase causes it" in told
    assert "toy kinase raises it" in told
    assert "regulates toy kinase" not in told


def test_an_edge_with_a_direction_is_not_left_out(tmp_path: Path) -> None:
    """Its plain triple has no sign, its node has; another edge beside it is pruned."""
    more = (
        "ex:drug biolink:affects ex:x . ex:e8 rdf:subject ex:drug ; rdf:predicate biolink:affects ; rdf:object ex:x ; "
    )
    graph = graph_of(KGX + more + 'biolink:object_direction_qualifier "decreased" .', "biolink", tmp_path)

    assert graph.why("toyprine", effect="https://example.org/dis").notes == (
        "Left out: 1 link by biolink:regulates; the graph does not say which way.",
    )


def test_a_path_reads_as_the_profile_says(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        WHOLE + '[[relation]]\nsign = "-"\nreads = "represses"\npredicates = ["ex:repressedBy"]\nreversed = true\n',
        encoding="utf-8",
    )
    (tmp_path / "g.ttl").write_text(
        '@prefix ex: <https://example.org/> . ex:a ex:name "A" ; ex:raises ex:b . ex:b ex:name "B" . '
        'ex:c ex:name "C" ; ex:repressedBy ex:b .',
        encoding="utf-8",
    )
    at = ("--store", str(tmp_path / "g.ttl"), "--profile", str(tmp_path / "mine.toml"))

    assert "A → raises B → represses C" in run("path", "A", "C", *at).stdout


def test_an_address_keeps_its_small_letter(tmp_path: Path) -> None:
    answer = graph_of(KGX + "ex:x biolink:causes ex:dis .", "biolink", tmp_path).why("https://example.org/x")

    assert answer.effects[0].chains[0].text == "https://example.org/x causes toy disease."
    assert render(answer).startswith("https://example.org/x can cause")


def test_a_cut_is_told(tmp_path: Path) -> None:
    answer = graph_of(KGX, "biolink", tmp_path, Bounds(terms=2)).why("toyprine", effect="https://example.org/dis")

    assert answer.truncated
    assert any("part of the graph" in note for note in answer.notes)


def test_without_a_profile_the_predicates_are_named(tmp_path: Path) -> None:
    path = tmp_path / "graph.ttl"
    path.write_text(KGX, encoding="utf-8")
    with pytest.raises(CannotRead, match=r"biolink:category \(6\)") as error:
        opened(path)

    assert all(profile in error.value.hint for profile in PROFILES)


@pytest.mark.parametrize(("text", "profile", "fits"), [(KGX, "biolink", True), (OBO, "obo", True), (KGX, "obo", False)])
def test_a_profile_of_which_nothing_occurs_is_refused(tmp_path: Path, text: str, profile: str, fits: bool) -> None:
    path = tmp_path / "graph.ttl"
    path.write_text(text, encoding="utf-8")
    if fits:
        assert opened(path, profile).resolve("toyprine" if profile == "biolink" else "rain")
    else:
        with pytest.raises(CannotRead, match="none of the predicates of the profile obo; its predicates are"):
            opened(path, profile)


def test_the_shipped_release_is_in_no_other_vocabulary(graph: Leukograph) -> None:
    """It names Biolink's properties beside its own, and uses none."""
    for profile in PROFILES:
        with pytest.raises(CannotRead, match="none of the predicates"):
            opened(graph.release_file, profile)


def test_weights_are_those_of_the_ontology() -> None:
    store = open_store(folder("ontology") / "leukograph.ttl")

    def number(subject: str, predicate: str) -> float:
        (quad,) = store.quads_for_pattern(NamedNode(BASE + subject), NamedNode(BASE + predicate), None)
        assert isinstance(quad.object, Literal)
        return float(quad.object.value)

    assert number("statement_evidence", "reliability") == RELIABILITY["statement"]
    assert number("Grades", "establishedFrom") == LIMITS.established
    assert number("Grades", "probableFrom") == LIMITS.probable
    assert number("Grades", "contestedFrom") == LIMITS.contested


# --- profiles ----------------------------------------------------------------------

WHOLE = """
name = "mine"
description = "my own"
[prefixes]
ex = "https://example.org/"
[terms]
label = ["ex:name"]
[[relation]]
sign = "+"
reads = "raises"
predicates = ["ex:raises"]
"""


@pytest.mark.parametrize("name", PROFILES)
def test_profiles_that_come_with_leukograph_are_whole(name: str) -> None:
    profile = read_profile(name)

    assert profile.name == name
    assert {relation.sign for relation in profile.relations.values()} == {"+", "-", ""}
    assert profile.label


@pytest.mark.parametrize("name", PROFILES)
def test_their_identifiers_exist(name: str, shared: Path) -> None:
    table = {"biolink": "biolink.tsv", "obo": "ro.tsv"}[name]
    rows = (line.split("\t") for line in (shared / "terms" / table).read_text(encoding="utf-8").splitlines())
    known = {row[0]: row for row in rows}
    relations = read_profile(name).relations.values()

    assert relations
    assert not [relation.key for relation in relations if relation.key not in known]
    obsolete = {relation.key for relation in relations if known[relation.key][-1] == "true"}
    # older files still use these two
    assert obsolete <= {"biolink:increases_amount_or_activity_of", "biolink:decreases_amount_or_activity_of"}


def test_a_profile_of_one_s_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(WHOLE, encoding="utf-8")

    assert read_profile(path).relations["https://example.org/raises"].sign == "+"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('sign = "+"', 'sign = "up"', "none of"),
        ('["ex:raises"]', '["no:raises"]', "prefix is not declared"),
        ('["ex:raises"]', '"ex:raises"', "no list of texts"),
        ("[[relation]]", "[relation]", "written as tables"),
        ('name = "mine"', "", "does not say its 'name'"),
        ("[terms]", "[terms]\ncolour = []", "no key 'colour'"),
        ("[terms]", "[edge]\nsubject = []\n[terms]", "does not say its subject"),
        ("[terms]", "[terms", "cannot be read"),
    ],
)
def test_a_faulty_profile_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(WHOLE.replace(old, new), encoding="utf-8")
    with pytest.raises(CannotRead, match=words):
        read_profile(path)


def test_an_unknown_profile_is_named() -> None:
    with pytest.raises(WrongOption, match="there is no profile 'nosuch'"):
        read_profile("nosuch")


# --- against brute force --------------------------------------------------------------

NODES = "abcdef"
EDGES = st.dictionaries(
    st.sampled_from([(one, other) for one, other in product(NODES, NODES) if one != other]),
    st.sampled_from("+-"),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(EDGES)
def test_the_sign_is_that_of_all_simple_paths(
    tmp_path_factory: pytest.TempPathFactory, edges: dict[tuple[str, str], str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "mine.toml"
    if not path.exists():
        lowers = '[[relation]]\nsign = "-"\nreads = "lowers"\npredicates = ["ex:lowers"]\n'
        path.write_text(WHOLE + lowers, encoding="utf-8")
    store = Store()
    for node in NODES:
        store.add(Quad(ex(node), ex("name"), Literal(f"node {node}")))
    for (one, other), sign in edges.items():
        store.add(Quad(ex(one), ex("raises" if sign == "+" else "lowers"), ex(other)))
    graph = Leukograph(path, origin=ForeignGraph(Embedded(store, "random"), read_profile(path)))
    effects = graph.why("node a", effect="node f").effects

    assert (effects[0].verdict.sign if effects else "0") == expected(edges)


def ex(name: str) -> NamedNode:
    return NamedNode(f"https://example.org/{name}")


def expected(edges: dict[tuple[str, str], str]) -> str:
    """Return the sign from a to f: what is stated outright, else that of all simple paths."""
    if ("a", "f") in edges:
        return edges["a", "f"]
    signs = set()
    stack = [["a"]]
    while stack:
        way = stack.pop()
        if way[-1] == "f":
            minus = sum(edges[step] == "-" for step in pairwise(way))
            signs.add("-" if minus % 2 else "+")
            continue
        stack += [[*way, other] for one, other in edges if one == way[-1] and other not in way]
    return "?" if len(signs) > 1 else next(iter(signs), "0")
