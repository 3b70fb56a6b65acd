"""Each rule for any ontology finds its planted fault, names it, and is silent on a clean ontology."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukograph.checks import Settings, check_file
from leukograph.checks.locate import places
from leukograph.checks.report import Finding
from leukograph.checks.rules import all_rules, chosen
from leukograph.errors import CannotRead, RefusedQuery, WrongOption
from leukograph.namespaces import XSD

ROOT = Path(__file__).parent.parent
EX = "http://example.org/cells#"
PREFIXES = f"""\
@prefix : <{EX}> .
@prefix obo: <http://purl.obolibrary.org/obo/> .
@prefix oio: <http://www.geneontology.org/formats/oboInOwl#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
HEADER = """\
<http://example.org/cells> a owl:Ontology ;
    owl:versionIRI <http://example.org/cells/1> ;
    dcterms:license <https://creativecommons.org/publicdomain/zero/1.0/> ;
    dcterms:title "cells"@en ;
    dcterms:description "A few cells, made up for tests."@en .
"""
#: Nothing is wrong with it: foreign classes are merely referred to, one is deprecated and says so.
BODY = """\
:partOf a owl:ObjectProperty ; rdfs:label "part of"@en ; rdfs:domain :Cell ; rdfs:range :Tissue .
:note a owl:AnnotationProperty ; rdfs:label "note"@en .
:set a owl:AnnotationProperty ; rdfs:label "set"@en ; rdfs:subPropertyOf oio:SubsetProperty .
:Cell a owl:Class ; rdfs:label "cell"@en ; obo:IAO_0000115 "The smallest living part."@en ;
    rdfs:subClassOf obo:BFO_0000040 ; oio:inSubset :set ; owl:disjointWith :Tissue .
:Tissue a owl:Class ; rdfs:label "tissue"@en ; obo:IAO_0000115 "Many cells alike."@en ; rdfs:subClassOf owl:Thing .
:Blood a owl:Class ; rdfs:label "blood"@en ; obo:IAO_0000115 "A tissue that flows."@en ; rdfs:subClassOf :Tissue .
:White a owl:Class ; rdfs:label "white cell"@en ; obo:IAO_0000115 "A cell that defends."@en ;
    oio:hasExactSynonym "leukocyte"@en ; oio:hasDbXref "CL:0000738" ;
    rdfs:subClassOf :Cell , [ a owl:Restriction ; owl:onProperty :partOf ; owl:someValuesFrom :Blood ] .
:Old a owl:Class ; rdfs:label "obsolete white corpuscle"@en ; owl:deprecated true ; obo:IAO_0100001 :White .
:one a owl:NamedIndividual , :White ; rdfs:label "one"@en ; :note "seen"@en .
"""
CLEAN = PREFIXES + HEADER + BODY
CYTE = 'rdfs:label "cyte"@en ; obo:IAO_0000115 "A cyte."@en ; rdfs:subClassOf :Cell'

#: rule -> (Turtle that plants the fault, what it is about); only this rule may speak up, but for infos.
PLANTED: dict[str, tuple[str, str]] = {
    "missing-label": (':X a owl:Class ; obo:IAO_0000115 "An x."@en ; rdfs:subClassOf :Cell .', EX + "X"),
    "multiple-labels": (':White rdfs:label "white corpuscle"@en .', EX + "White"),
    "duplicate-label": (
        ':X a owl:Class ; rdfs:label "Tissue"@en ; obo:IAO_0000115 "An x."@en ; rdfs:subClassOf :Cell .',
        EX + "X",
    ),
    "label-whitespace": (
        ':X a owl:Class ; rdfs:label "a  cyte"@en ; obo:IAO_0000115 "An x."@en ; rdfs:subClassOf :Cell .',
        EX + "X",
    ),
    "empty-annotation": (':White oio:hasRelatedSynonym " "@en .', EX + "White"),
    "missing-definition": (':X a owl:Class ; rdfs:label "x"@en ; rdfs:subClassOf :Cell .', EX + "X"),
    "multiple-definitions": (':White obo:IAO_0000115 "Another."@en .', EX + "White"),
    "duplicate-definition": (
        ':X a owl:Class ; rdfs:label "x"@en ; obo:IAO_0000115 "Many  cells ALIKE."@en ; rdfs:subClassOf :Cell .',
        EX + "X",
    ),
    "annotation-whitespace": (':White oio:hasRelatedSynonym "wbc "@en .', EX + "White"),
    "shared-synonym": (':Blood oio:hasExactSynonym "White cell"@en .', EX + "Blood"),
    "synonym-is-label": (':White oio:hasExactSynonym "white cell"@en .', EX + "White"),
    "misused-obsolete-label": (
        ':X a owl:Class ; rdfs:label "obsolete cyte"@en ; obo:IAO_0000115 "An x."@en ; rdfs:subClassOf :Cell .',
        EX + "X",
    ),
    "malformed-xref": (':White oio:hasDbXref "see the book" .', EX + "White"),
    "dangling-reference": (":White rdfs:subClassOf :Cel .", EX + "Cel"),
    "undeclared-class": (':X rdfs:label "x"@en ; obo:IAO_0000115 "An x."@en ; rdfs:subClassOf :Cell .', EX + "X"),
    "undeclared-property": (':one :sice "12" .', EX + "sice"),
    "deprecated-in-use": (":White rdfs:subClassOf :Old .", EX + "White"),
    "deprecated-with-axioms": (":Old rdfs:subClassOf :Cell .", EX + "Old"),
    "misused-replaced-by": (":White obo:IAO_0100001 :Cell .", EX + "White"),
    "deprecated-not-boolean": (':Blood owl:deprecated "yes" .', EX + "Blood"),
    "class-and-individual": (":White a owl:NamedIndividual .", EX + "White"),
    "illegal-punning": (":partOf a owl:DatatypeProperty .", EX + "partOf"),
    "unknown-vocabulary": (":Blood rdfs:subclassOf :Tissue .", "http://www.w3.org/2000/01/rdf-schema#subclassOf"),
    "malformed-iri": (":White rdfs:subClassOf <CL:0000738> .", "CL:0000738"),
    "undeclared-subset": (":White oio:inSubset <http://example.org/sets/slim> .", "http://example.org/sets/slim"),
    "subclass-cycle": (":Cell rdfs:subClassOf :White .", EX + "Cell"),
    "subproperty-cycle": (
        ':partOf rdfs:subPropertyOf :q . :q a owl:ObjectProperty ; rdfs:label "q"@en ; rdfs:subPropertyOf :partOf .',
        EX + "partOf",
    ),
    "self-subclass": (":White rdfs:subClassOf :White .", EX + "White"),
    "self-equivalent": (":White owl:equivalentClass :White .", EX + "White"),
    "equivalent-pair": (":White owl:equivalentClass obo:CL_0000738 .", EX + "White"),
    "several-logical-definitions": (
        ":White owl:equivalentClass [ owl:intersectionOf ( :Cell obo:CL_1 ) ] , "
        "[ owl:intersectionOf ( :Cell obo:CL_2 ) ] .",
        EX + "White",
    ),
    "several-domains": (":partOf rdfs:range obo:UBERON_0000178 .", EX + "partOf"),
    "no-superclass": (':X a owl:Class ; rdfs:label "x"@en ; obo:IAO_0000115 "An x."@en .', EX + "X"),
    "malformed-literal": (':one :note "2024-02-30"^^xsd:date .', EX + "one"),
    "language-tag": (':White rdfs:comment "a comment"@eng .', EX + "White"),
    "broken-text": (':White oio:hasRelatedSynonym "na\u00c3\u00afve cell"@en .', EX + "White"),
    "unsatisfiable-class": (
        f":X a owl:Class ; {CYTE} , :Tissue .",
        EX + "X",
    ),
    "imports-not-followed": (
        "<http://example.org/cells> owl:imports <http://example.org/base> .",
        "http://example.org/base",
    ),
    "unresolved-reference": (
        "<http://example.org/cells> owl:imports <http://example.org/base> . :White rdfs:subClassOf :Elsewhere .",
        EX + "Elsewhere",
    ),
}
#: What speaks up beside a rule, because the fault is one of both kinds.
BESIDE: dict[str, set[str]] = {
    "unresolved-reference": {"imports-not-followed"},
    "illegal-punning": {"beyond-reasoner"},
}


def written(folder: Path, text: str, name: str = "cells.ttl") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def found(path: Path, *rules: str, settings: Settings | None = None) -> list[Finding]:
    return list(check_file(path, settings or Settings(chosen(rules))).findings)


def about(findings: Sequence[Finding], rule: str) -> set[str]:
    return {finding.subject for finding in findings if finding.rule == rule}


def test_a_clean_ontology_is_met_with_silence(tmp_path: Path) -> None:
    assert [str(finding) for finding in found(written(tmp_path, CLEAN))] == []


@pytest.mark.parametrize("rule", PLANTED)
def test_a_planted_fault_is_found_and_named(tmp_path: Path, rule: str) -> None:
    fault, subject = PLANTED[rule]
    findings = found(written(tmp_path, CLEAN + fault))

    assert subject in about(findings, rule)
    assert {finding.rule for finding in findings} - {rule} <= BESIDE.get(rule, set())
    severity = next(one.severity for one in all_rules() if one.name == rule)
    assert {finding.severity for finding in findings if finding.rule == rule} == {severity}


@pytest.mark.parametrize(
    ("rule", "header"),
    [
        ("missing-ontology-iri", ""),
        ("missing-ontology-iri", HEADER.replace("<http://example.org/cells> a", "[] a")),
        ("missing-version", HEADER.replace("    owl:versionIRI <http://example.org/cells/1> ;\n", "")),
        ("missing-licence", "\n".join(line for line in HEADER.split("\n") if "license" not in line)),
        ("missing-title", "\n".join(line for line in HEADER.split("\n") if "title" not in line)),
        ("missing-description", HEADER.replace(' ;\n    dcterms:description "A few cells, made up for tests."@en', "")),
        ("several-ontologies", HEADER + HEADER.replace("org/cells>", "org/tissues>")),
    ],
)
def test_a_fault_of_the_header_is_found(tmp_path: Path, rule: str, header: str) -> None:
    findings = found(written(tmp_path, PREFIXES + header + BODY))

    assert {finding.rule for finding in findings} == {rule}


def test_an_obsolete_obo_term_says_so_in_its_label(tmp_path: Path) -> None:
    """The habit is one of OBO ontologies; others may call a deprecated class what they like."""
    text = (PREFIXES + HEADER + BODY).replace("http://example.org/cells>", "http://purl.obolibrary.org/obo/xx.owl>")
    old = 'obo:XX_0000001 a owl:Class ; rdfs:label "{}"@en ; owl:deprecated true .'

    silent = found(written(tmp_path, text + old.format("obsolete cyte")), "missing-obsolete-label")
    told = found(written(tmp_path, text + old.format("cyte")), "missing-obsolete-label")
    elsewhere = found(written(tmp_path, CLEAN + ':Older a owl:Class ; rdfs:label "cyte"@en ; owl:deprecated true .'))

    assert silent == []
    assert about(told, "missing-obsolete-label") == {"http://purl.obolibrary.org/obo/XX_0000001"}
    assert elsewhere == []


def test_an_inconsistent_ontology_is_told_once(tmp_path: Path) -> None:
    findings = found(written(tmp_path, CLEAN + ":one a :Blood ."))

    assert [finding.rule for finding in findings] == ["inconsistent-ontology"]


def test_labels_that_stray_from_the_habit_of_tags(tmp_path: Path) -> None:
    stray = ':X a owl:Class ; rdfs:label "x" ; obo:IAO_0000115 "An x."@en ; rdfs:subClassOf :Cell .'
    habit = "\n".join(f':P{n} a owl:AnnotationProperty ; rdfs:label "p{n}"@en .' for n in range(9))

    assert about(found(written(tmp_path, CLEAN + habit + stray)), "mixed-language-tags") == {EX + "X"}
    assert found(written(tmp_path, CLEAN + habit)) == []


def test_every_rule_for_any_ontology_has_a_planted_fault() -> None:
    elsewhere = {
        *("missing-ontology-iri", "missing-version", "missing-licence", "missing-title", "missing-description"),
        *("several-ontologies", "missing-obsolete-label", "inconsistent-ontology", "mixed-language-tags"),
        *("beyond-reasoner", "reasoner-gave-up", "shapes"),
    }

    assert {rule.name for rule in all_rules() if rule.scope == "any"} == PLANTED.keys() | elsewhere
