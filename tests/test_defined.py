"""Defined classes: what the reasoner puts in them equals what the search and the tables say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store

from leukograph.api import Leukograph
from leukograph.build.release import build
from leukograph.build.tables import read_tables
from leukograph.errors import CannotRead, DefinedName, FaultyOntology, UnknownName
from leukograph.exports import CHOICES
from leukograph.knowledge import Knowledge
from leukograph.namespaces import BASE, INFERRED_SUBCLASS
from leukograph.network import Network
from leukograph.reasoning.axioms import BOTTOM, And, Expression, Named, Some, SubClass, axioms_of, parsed, words
from leukograph.reasoning.classify import superclasses
from leukograph.reasoning.read import read
from tests.conftest import ROOT, Run, needs_java

KIND = "_kind"
PREFIXES = """
@prefix lg: <https://w3id.org/leukograph/> .
@prefix IAO: <http://purl.obolibrary.org/obo/IAO_> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
SOUND = (
    PREFIXES
    + """
lg:influences_neutrophils
    a owl:Class ; rdfs:label "influences neutrophils"@en ;
    IAO:0000115 "Acts on them."@en ; IAO:0000116 "For a test."@en ;
    owl:equivalentClass [ a owl:Restriction ; owl:onProperty lg:influences ; owl:someValuesFrom lg:neutrophil_count ] .
"""
)


class Oracle:
    """Works out members from the search and the claims, without a reasoner."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.network = Network(knowledge)
        self._reached: dict[str, set[str]] = {}

    def reached(self, key: str) -> set[str]:
        """Return all that a term acts on in one step or more, each with its classes; there is no loop."""
        if key not in self._reached:
            found: set[str] = set()
            for claim, _ in (*self.network.edges(key), *self.network.outcomes(key)):
                for end in (claim.object.key, *self.knowledge.ancestors(claim.object.key)):
                    found |= {end} | self.reached(end)
            self._reached[key] = found
        return self._reached[key]

    def is_in(self, key: str, expression: Expression) -> bool:
        """Tell whether a term belongs to an expression."""
        match expression:
            case Named(name):
                name = name.removeprefix(BASE)
                if name in self.knowledge.defined:
                    return self.is_in(key, parsed(self.knowledge.defined[name].expression))
                kind = self.knowledge.term(key).kind
                kind = "drug" if kind == "drug_class" else kind
                above = [self.knowledge.term(one).kind for one in self.knowledge.ancestors(key)]
                return self.knowledge.is_a(key, name) or f"{kind}{KIND}" == name or name.removesuffix(KIND) in above
            case And(parts):
                return all(self.is_in(key, part) for part in parts)
            case Some("influences", filler):
                return any(self.is_in(end, filler) for end in self.reached(key))
            case Some(role, filler):
                claims = (claim for claim, _ in self.knowledge.claims_of(key) if claim.holds and claim.relation == role)
                return any(self.is_in(claim.object.key, filler) for claim in claims)


@pytest.fixture(scope="module")
def oracle(graph: Leukograph) -> Oracle:
    return Oracle(graph.knowledge)


def test_each_defined_class_holds_what_the_search_and_the_tables_put_in_it(graph: Leukograph, oracle: Oracle) -> None:
    knowledge = graph.knowledge
    assert len(knowledge.defined) > 30
    for key, defined in knowledge.defined.items():
        expected = [one for one in knowledge.entries if oracle.is_in(one, parsed(defined.expression))]
        assert knowledge.members(key) == expected, key
        assert 2 <= len(expected) < len(knowledge.entries), key


def test_a_class_of_influence_holds_opposites(graph: Leukograph) -> None:
    members = graph.knowledge.members("influences_the_neutrophil_count")

    assert {"filgrastim", "clozapine", "neutrophil_margination"} <= set(members)
    assert "cyclic_neutropenia" in graph.knowledge.members("inherited_immunodeficiency_with_neutropenia_seen")
    assert "neonatal_alloimmune_neutropenia" not in graph.knowledge.members(
        "inherited_immunodeficiency_with_neutropenia_seen"
    )


def test_no_defined_class_is_called_a_cause(graph: Leukograph) -> None:
    for defined in graph.knowledge.defined.values():
        assert "cause" not in f"{defined.term.label} {defined.term.key}"
        assert defined.definition
        assert defined.note


@pytest.mark.parametrize("engine", ["elk", "hermit"])
def test_what_the_release_calls_inferred_is_what_the_reasoner_says(graph: Leukograph, engine: str) -> None:
    if engine == "hermit":
        needs_java()
    knowledge = graph.knowledge
    above = superclasses(axioms_of(knowledge), engine)

    for key in knowledge.entries:
        derived = {name.removeprefix(BASE) for name in above[BASE + key]} & knowledge.defined.keys()
        assert set(knowledge.defined_above(key)) == derived, key
    for sub, sup in knowledge.inferred:
        assert BASE + sup in above[BASE + sub]


def test_what_is_inferred_is_never_stated_and_never_leads_round(graph: Leukograph) -> None:
    knowledge = graph.knowledge
    stated = {(key, parent) for key, entry in knowledge.entries.items() for parent in entry.parents}

    assert len(knowledge.inferred) > 1000
    assert not stated & set(knowledge.inferred)
    for key in knowledge.defined:
        assert key not in knowledge.defined_above(key)


def test_disjoint_kinds_share_no_term_and_the_reasoner_would_notice(graph: Leukograph) -> None:
    knowledge = graph.knowledge
    assert len(knowledge.disjoint) >= 20
    one, other = (Named(BASE + kind) for kind in knowledge.disjoint[0])
    both = Named("urn:t:both")

    above = superclasses([*axioms_of(knowledge), SubClass(both, one), SubClass(both, other)])

    assert [name for name, higher in above.items() if BOTTOM in higher and name != BOTTOM] == [both.name]


# --- where a reader meets them ---------------------------------------------------------


def test_a_defined_class_is_described_and_found(run: Run) -> None:
    text = run("describe", "Acts through MARGINATION").stdout
    found = json.loads(run("describe", "acts_through_margination", "-f", "json").stdout)

    assert "By logic: influences some neutrophil margination" in text
    assert "hypothermia" in text
    assert {"key": "hypothermia", "kind": "state"}.items() <= next(
        one for one in found["members"] if one["key"] == "hypothermia"
    ).items()
    assert "acts through margination" in run("search", "margination").stdout
    assert "acts through redistribution" in run("describe", "fingolimod").stdout


def test_without_what_is_inferred_members_are_not_known(graph: Leukograph, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "stated.ttl"
    path.write_bytes(graph.export("turtle", inferred="exclude"))
    asked = ("describe", "acts through dilution", "--store", str(path))

    text, found = run(*asked).stdout, json.loads(run(*asked, "-f", "json").stdout)

    assert "By logic: influences some dilution" in text
    assert "not known here" in text
    assert "0 terms" not in text
    assert found["members"] is None


def test_a_term_is_asked_for_and_a_defined_class_is_none(graph: Leukograph, run: Run) -> None:
    with pytest.raises(DefinedName, match="no term"):
        graph.why("acts through margination")
    with pytest.raises(UnknownName):
        graph.defined("nothing of the kind")
    with pytest.raises(UnknownName):
        graph.defined("clozapine")
    done = run("causes", "influences the neutrophil count")
    assert (done.returncode, done.stdout) == (2, "")
    assert "leukograph describe influences_the_neutrophil_count" in done.stderr


def test_membership_of_a_defined_class_is_proven(graph: Leukograph) -> None:
    proven = graph.prove("clozapine", "drug with agranulocytosis seen")

    assert any(getattr(axiom, "claim", None) for axiom in proven.proofs.proofs[0].axioms)


def test_stated_and_inferred_are_told_apart_in_sparql(graph: Leukograph) -> None:
    rows = graph.query("stated-and-inferred", term="fingolimod")
    assert not isinstance(rows, str)
    told = {row["class"]["value"].removeprefix(BASE): row["from"]["value"] for row in rows.rows}

    assert told[graph.knowledge.entries["fingolimod"].parents[0]] == "stated"
    assert told["acts_through_distribution"] == "inferred"
    assert set(told.values()) == {"stated", "inferred"}


# --- exports ---------------------------------------------------------------------------


def triples(content: bytes, form: RdfFormat) -> Store:
    store = Store()
    store.bulk_load(content, format=form)
    return store


def test_exports_give_what_is_stated_what_is_inferred_or_both(graph: Leukograph) -> None:
    both = triples(graph.export("turtle", inferred="include"), RdfFormat.TURTLE)
    stated = triples(graph.export("turtle", inferred="exclude"), RdfFormat.TURTLE)
    only = triples(graph.export("turtle", inferred="only"), RdfFormat.TURTLE)
    added = f"SELECT * {{ ?a <{INFERRED_SUBCLASS}> ?b }}"

    count = len(graph.knowledge.inferred)
    assert [len(list(store.query(added))) for store in (both, stated, only)] == [count, 0, count]  # type: ignore[arg-type]
    assert len(both) - len(stated) == count
    assert not list(only.query("SELECT * { ?claim a <https://w3id.org/leukograph/Claim> }"))  # type: ignore[arg-type]


@pytest.fixture
def small(ontology: Path) -> Leukograph:
    """The backbone with one defined class."""
    (ontology / "defined.ttl").write_text(SOUND, encoding="utf-8")
    build(ontology, "0.0.1")
    return Leukograph(ontology / "leukograph.ttl", cached=False)


def test_owl_with_what_is_inferred_alone_is_an_ontology_of_its_own(small: Leukograph, tmp_path: Path) -> None:
    counts = {}
    for choice in CHOICES:
        path = tmp_path / f"{choice}.owl"
        path.write_bytes(small.export("owl", inferred=choice))
        counts[choice] = len(read(path).marked)
    content = (tmp_path / "only.owl").read_text(encoding="utf-8")

    count = len(small.knowledge.inferred)
    assert counts == {"include": count, "exclude": 0, "only": count}
    assert count > 10
    assert 'rdf:about="https://w3id.org/leukograph/inferred"' in content
    assert ">neutrophil margination<" in content


@pytest.mark.parametrize("arguments", [("--format", "dot"), ("--format", "turtle", "--focus", "neutropenia")])
def test_what_cannot_hold_what_is_inferred_says_so(run: Run, arguments: tuple[str, ...]) -> None:
    done = run("export", "--inferred", "only", *arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert "inferred" in done.stderr


PLANTED = """
\t<owl:Axiom>
\t\t<owl:annotatedSource rdf:resource="https://w3id.org/leukograph/lymphocyte_egress"/>
\t\t<owl:annotatedProperty rdf:resource="http://www.w3.org/2000/01/rdf-schema#subClassOf"/>
\t\t<owl:annotatedTarget rdf:resource="https://w3id.org/leukograph/influences_neutrophils"/>
\t\t<oboInOwl:is_inferred>true</oboInOwl:is_inferred>
\t</owl:Axiom>
</rdf:RDF>"""


def test_reason_finds_anew_what_a_file_marks_as_inferred(small: Leukograph, run: Run, tmp_path: Path) -> None:
    shipped = small.release_file.with_name("leukograph.owl")
    wrong = tmp_path / "wrong.owl"
    wrong.write_text(shipped.read_text(encoding="utf-8").replace("</rdf:RDF>", PLANTED), encoding="utf-8")

    sound = json.loads(run("reason", str(shipped), "-f", "json").stdout)
    faulty = run("reason", str(wrong)).stdout

    count = len(small.knowledge.inferred)
    assert (sound["marked"], sound["unfounded"], len(sound["inferred"])) == (count, [], count)
    assert sound["beyond_el"] == {}
    assert "1 of them does not follow" in " ".join(faulty.split())
    assert "exit of lymphocytes from lymphoid organs SubClassOf influences neutrophils" in faulty


# --- the file --------------------------------------------------------------------------


def test_expressions_come_back_as_they_were_written(graph: Leukograph) -> None:
    for defined in graph.knowledge.defined.values():
        assert words(parsed(defined.expression)) == defined.expression
    for wrong in ("", "a and", "(a", "a some", "a b", ")", "some a"):
        with pytest.raises(ValueError, match=r"expected|closed|goes on"):
            parsed(wrong)


def test_a_small_ontology_has_defined_classes_of_its_own(small: Leukograph) -> None:
    members = small.knowledge.members("influences_neutrophils")

    assert "neutrophil_margination" in members
    assert "lymphocyte_egress" not in members


def test_diff_tells_who_came_into_a_defined_class(small: Leukograph, ontology: Path, tmp_path: Path) -> None:
    after = tmp_path / "after"
    shutil.copytree(ontology, after)
    evidence = after / "evidence" / "backbone.tsv"
    row = "lymphocyte_egress\tincreases\tneutrophil_release\tleukograph_model\tsupports\tdefinition\t\t"
    head, *rows = evidence.read_text(encoding="utf-8").splitlines()
    evidence.write_text("\n".join([head, *sorted([*rows, row])]) + "\n", encoding="utf-8")
    build(after, "0.0.2")

    found = small.diff(Leukograph(after / "leukograph.ttl", cached=False))

    assert ("came", "lymphocyte_egress", "influences_neutrophils") in {
        (one.what, one.term.key, one.ancestor.key) for one in found.inferred
    }


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("owl:someValuesFrom lg:neutrophil_count", "owl:allValuesFrom lg:neutrophil_count", "OWL 2 EL"),
        ("lg:neutrophil_count", "lg:neutrofil_count", "neutrofil_count is no term"),
        ("lg:influences ;", "lg:affects ;", "affects is no relation"),
        ('IAO:0000116 "For a test."@en ;', "", "editor note"),
        ('rdfs:label "influences neutrophils"@en', 'rdfs:label "Neutropenia"@en', "neutropenia is called so"),
        ("lg:influences_neutrophils\n", "lg:neutropenia\n", "a term has this key"),
        ("lg:influences_neutrophils\n", "lg:InfluencesNeutrophils\n", "no key"),
        ("a owl:Class ; rdfs:label", "a owl:Class ; owl:inverseOf lg:x ; rdfs:label", "no property of a defined class"),
        ("lg:neutrophil_count ] .", "lg:neutrophil_count ] .\nlg:no_kind owl:disjointWith lg:cell_kind .", "no_kind"),
        (
            "[ a owl:Restriction",
            "[ a owl:Class ; owl:unionOf ( lg:a lg:b ) ] , [ a owl:Restriction",
            "one owl:equivalent",
        ),
    ],
)
def test_each_fault_of_the_file_is_named(ontology: Path, old: str, new: str, fault: str) -> None:
    assert old in SOUND
    (ontology / "defined.ttl").write_text(SOUND.replace(old, new), encoding="utf-8")

    with pytest.raises(FaultyOntology) as caught:
        read_tables(ontology)

    assert any(line.startswith("defined.ttl:") and fault in line for line in caught.value.faults), caught.value.faults


def test_a_file_that_is_no_turtle_is_one_clear_line(ontology: Path) -> None:
    (ontology / "defined.ttl").write_text(PREFIXES + "lg:a [", encoding="utf-8")

    with pytest.raises(CannotRead, match=r"defined\.ttl:\d+: not Turtle"):
        read_tables(ontology)


# --- relations elsewhere ----------------------------------------------------------------


def test_every_relation_is_set_beside_ro_and_biolink() -> None:
    tables = read_tables(ROOT / "ontology")
    found: dict[str, set[str]] = {}
    for row in tables.alignments:
        prefix = row["object_id"].partition(":")[0]
        found.setdefault(row["subject_id"].removeprefix("leukograph:"), set()).add(prefix)

    assert found.keys() == tables.core.labels.keys()
    for key, prefixes in found.items():
        assert "BIOLINK" in prefixes, key
        assert prefixes & {"RO", "BFO"}, key


def test_relations_elsewhere_are_in_the_tables_of_ro_and_biolink() -> None:
    shared = _shared()
    from leukograph.checks.vocabularies import check_mappings

    assert list(check_mappings(read_tables(ROOT / "ontology").alignments, shared)) == []


def _shared() -> Path:
    from tests.conftest import SHARED

    if not (SHARED / "terms" / "ro.tsv").is_file():
        pytest.skip("the term tables of other vocabularies are not here")
    return SHARED / "terms"


def test_a_relation_that_does_not_exist_is_a_fault(ontology: Path) -> None:
    lines = (ROOT / "ontology" / "relations.sssom.tsv").read_text(encoding="utf-8")
    (ontology / "relations.sssom.tsv").write_text(
        lines.replace("leukograph:kills", "leukograph:kils"), encoding="utf-8"
    )

    with pytest.raises(FaultyOntology) as caught:
        read_tables(ontology)

    assert any("'kils' is no relation; closest: kills" in line for line in caught.value.faults)
