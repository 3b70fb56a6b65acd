"""Each rule for any ontology finds its planted fault, names it, and is silent on a clean ontology."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from leukograph.checks import Settings, check_file
from leukograph.checks.locate import places
from leukograph.checks.report import Finding
from leukograph.checks.rules import all_rules, chosen
from leukograph.errors import CannotRead, RefusedQuery, WrongOption
from leukograph.namespaces import XSD

ROOT = Path(__file__).parent.parent
EX = "http://example.org/cells#"
OBO = "http://purl.obolibrary.org/obo/"
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
    "synonym-in-two-scopes": (':White oio:hasBroadSynonym "leukocyte"@en .', EX + "White"),
    "undeclared-synonym-type": (
        "[ a owl:Axiom ; owl:annotatedSource :White ; owl:annotatedProperty oio:hasExactSynonym ; "
        'owl:annotatedTarget "leukocyte"@en ; oio:hasSynonymType <http://example.org/sets/short> ] .',
        "http://example.org/sets/short",
    ),
    "definition-without-genus": (
        ":White owl:equivalentClass [ a owl:Restriction ; owl:onProperty :partOf ; owl:someValuesFrom :Blood ] .",
        EX + "White",
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


def test_a_definition_that_begins_small_among_capitals(tmp_path: Path) -> None:
    def described(n: int, begin: str) -> str:
        return f':P{n} a owl:Class ; rdfs:label "p{n}"@en ; obo:IAO_0000115 "{begin} {n}."@en ; rdfs:subClassOf :Cell .'

    most = CLEAN + "\n".join(described(n, "Number") for n in range(9))

    assert about(found(written(tmp_path, most + described(10, "number"))), "lowercase-definition") == {EX + "P10"}
    assert found(written(tmp_path, most + described(10, "pH"))) == []


def test_every_rule_for_any_ontology_has_a_planted_fault() -> None:
    elsewhere = {
        *("missing-ontology-iri", "missing-version", "missing-licence", "missing-title", "missing-description"),
        *("several-ontologies", "missing-obsolete-label", "inconsistent-ontology", "mixed-language-tags"),
        "lowercase-definition",
        *("beyond-reasoner", "reasoner-gave-up", "shapes"),
    }

    assert {rule.name for rule in all_rules() if rule.scope == "any"} == PLANTED.keys() | elsewhere


# --- what belongs to others, and what is only ours ------------------------------------------


def test_foreign_classes_may_be_referred_to_without_being_described(tmp_path: Path) -> None:
    foreign = (
        ":White rdfs:subClassOf obo:CL_0000255 , [ a owl:Restriction ; owl:onProperty obo:RO_0002202 ; "
        "owl:someValuesFrom obo:CL_0000037 ] . obo:CL_0000037 a owl:Class . obo:RO_0002202 a owl:ObjectProperty ."
    )

    assert found(written(tmp_path, CLEAN + foreign)) == []


def test_a_file_that_describes_others_alone_answers_for_none_of_them(tmp_path: Path) -> None:
    """A bridge adds axioms to classes of two ontologies; labels and definitions are with those."""
    bridge = PREFIXES + HEADER + "obo:CL_0000047 a owl:Class ; rdfs:subClassOf obo:UBERON_0001017 ."

    assert found(written(tmp_path, bridge)) == []


def test_rules_of_ours_are_silent_on_foreign_files(tmp_path: Path) -> None:
    ours = [rule.name for rule in all_rules() if rule.scope == "ours"]

    report = check_file(written(tmp_path, CLEAN), Settings(chosen(ours), shapes=True, members=True))

    assert report.findings == ()
    assert report.rules == ()


def test_a_release_is_held_against_the_rules_of_ours(tmp_path: Path) -> None:
    claim = "<https://w3id.org/leukograph/claim/bare> a <https://w3id.org/leukograph/Claim> ."
    ours = Settings(chosen(["queries", "shapes"]), shapes=True)

    report = check_file(written(tmp_path, CLEAN + claim), ours)

    assert {"claim-without-source", "shapes"} <= {finding.rule for finding in report.findings}


# --- selection ------------------------------------------------------------------------------


def test_a_rule_is_chosen_by_name_code_part_and_the_name_that_robot_users_type() -> None:
    assert [rule.name for rule in chosen(["missing-label"])] == ["missing-label"]
    assert chosen(["C101"]) == chosen(["missing_label"]) == chosen(["missing-label"])
    assert {rule.part for rule in chosen(["logic"])} == {"logic"}
    assert "missing-label" not in {rule.name for rule in chosen(["names"], ["C101"])}


def test_an_unknown_rule_is_a_wrong_question() -> None:
    with pytest.raises(WrongOption, match="no rule called 'missing-lable'") as told:
        chosen(["missing-lable"])
    assert "missing-label" in told.value.hint
    with pytest.raises(WrongOption, match="no rule is left"):
        chosen(["missing-label"], ["names"])


def test_names_and_codes_are_unique_and_every_rule_says_what_to_do() -> None:
    rules = all_rules()

    assert len({rule.name for rule in rules}) == len({rule.code for rule in rules}) == len(rules)
    assert [rule.name for rule in rules if not (rule.fix and rule.summary and rule.code)] == []
    assert len([rule for rule in rules if rule.scope == "any"]) >= 20


# --- literals, against rdflib ---------------------------------------------------------------

_TEXTS = st.one_of(
    st.text(alphabet="0123456789+-.eETZ:PYMDHS INFa tru", max_size=22),
    st.dates().map(str),
    st.datetimes().map(lambda value: value.isoformat(timespec="seconds")),
    st.integers().map(str),
    st.floats().map(repr),
)
_KINDS = ("integer", "nonNegativeInteger", "byte", "unsignedShort", "decimal", "boolean", "hexBinary")


@given(_TEXTS, st.sampled_from(_KINDS))
def test_values_of_a_type_are_those_that_rdflib_takes(text: str, kind: str) -> None:
    import logging

    import rdflib

    from leukograph.checks.literals import fits

    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)
    ill = rdflib.Literal(text, datatype=rdflib.URIRef(XSD + kind)).ill_typed

    if fits(text, XSD + kind):
        assert not ill
    elif not ill:
        # Python's readers, which rdflib uses, take more: blanks around, underscores, exponents, capitals
        lax = {"decimal": "en_", "boolean": "TRUEFALS", "integer": "_"}.get(kind, "_")
        assert text != text.strip() or any(letter in lax for letter in text.upper() + text.lower())


@pytest.mark.parametrize(
    ("text", "kind", "good"),
    [
        ("2024-02-29", "date", True),
        ("2023-02-29", "date", False),
        ("1900-02-29", "date", False),
        ("2000-02-29Z", "date", True),
        ("29.02.2024", "date", False),
        ("-0044-03-15", "date", True),
        ("2024-01-01T24:00:00", "dateTime", True),
        ("2024-01-01T25:00:00", "dateTime", False),
        ("2024-01-01", "dateTime", False),
        ("P1Y2M", "duration", True),
        ("P", "duration", False),
        ("P1YT", "duration", False),
        ("1e3", "decimal", False),
        ("1e3", "double", True),
        ("NaN", "float", True),
        ("nan", "float", False),
        ("255", "unsignedByte", True),
        ("256", "unsignedByte", False),
        ("-0", "nonNegativeInteger", True),
        ("9" * 5000, "integer", True),
        ("9" * 5000, "int", False),
        ("a b", "anyURI", False),
        ("yes", "boolean", False),
        ("TRUE", "boolean", False),
        ("QUJD", "base64Binary", True),
        ("QUJ", "base64Binary", False),
        ("anything", "string", True),
    ],
)
def test_values_of_a_type_are_those_of_the_standard(text: str, kind: str, good: bool) -> None:
    from leukograph.checks.literals import fits

    assert fits(text, XSD + kind) is good


def test_the_terms_of_the_languages_are_those_that_rdflib_knows() -> None:
    import rdflib

    from leukograph.checks.vocabulary import LANGUAGE_TERMS
    from leukograph.namespaces import OWL, RDF, RDFS

    for space, known in ((RDF, rdflib.RDF), (RDFS, rdflib.RDFS), (OWL, rdflib.OWL)):
        assert {space + name for name in known.__annotations__ if name[0] != "_"} - LANGUAGE_TERMS[space] == set()
    datatypes = {str(datatype) for datatype in rdflib.term.XSDToPython if datatype}
    assert {name for name in datatypes if name.startswith(XSD)} - LANGUAGE_TERMS[XSD] == set()


# --- places ---------------------------------------------------------------------------------

PLACES = {
    "turtle": (
        "@prefix ex: <http://x.org/#> .\n# ex:A is told below\nex:B ex:p\n    ex:A ;\n  ex:q 1 .\n\n  ex:A ex:p 1 .\n",
        (7, 3),
    ),
    "ntriples": (
        '<http://x.org/#B> <http://x.org/#p> <http://x.org/#A> .\n<http://x.org/#A> <http://x.org/#p> "" .\n',
        (2, 1),
    ),
    "rdfxml": (
        '<?xml version="1.0"?>\n<!DOCTYPE rdf:RDF [ <!ENTITY x "http://x.org/#"> ]>\n<rdf:RDF xmlns:rdf="r">\n'
        '  <rdf:Description rdf:about="&x;A"/>\n</rdf:RDF>\n',
        (4, 3),
    ),
    "obo": ("format-version: 1.2\n\n[Term]\nid: X:1\nname: b\n\n[Term]\nid: A:1\n", (8, 1)),
    "json": ('{"@graph": [\n {"@id": "http://x.org/#A"}]}\n', (2, 3)),
}


@pytest.mark.parametrize("form", PLACES)
def test_a_place_is_where_the_thing_is_described(form: str) -> None:
    text, place = PLACES[form]
    name = "http://purl.obolibrary.org/obo/A_1" if form == "obo" else "http://x.org/#A"

    assert places(text.encode(), {name, "http://x.org/#none"}) == {name: place}


def test_a_finding_names_line_and_column_of_its_subject(tmp_path: Path) -> None:
    path = written(tmp_path, CLEAN + "\n# planted\n" + PLANTED["missing-label"][0])
    (finding,) = found(path, "missing-label")

    line = path.read_text(encoding="utf-8").split("\n")[(finding.line or 0) - 1]
    assert line.startswith(":X a owl:Class")
    assert finding.column == 1
    assert str(finding).startswith(f"error: {path}:{finding.line}:1: {EX}X: ")


# --- shapes of the user's own ---------------------------------------------------------------

SHAPES = f"""\
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<{EX}Shape> a sh:NodeShape ; sh:targetNode <{EX}White> ; sh:property [
    sh:path <http://www.w3.org/2000/01/rdf-schema#comment> ; sh:minCount 1 ; sh:severity sh:Warning ;
    sh:message "needs a comment" ] .
"""


def test_shapes_of_the_users_own_are_run_with_their_severity(tmp_path: Path) -> None:
    shapes = written(tmp_path, SHAPES, "shapes.ttl")
    good = CLEAN + ':White rdfs:comment "seen"@en .'

    (finding,) = found(written(tmp_path, CLEAN), settings=Settings(shacl=(shapes,)))

    assert (finding.rule, finding.severity, finding.subject) == ("shapes", "warning", EX + "White")
    assert "needs a comment" in finding.message
    assert found(written(tmp_path, good), settings=Settings(shacl=(shapes,))) == []


def test_shapes_may_not_leave_the_graph(tmp_path: Path) -> None:
    query = "SELECT $this WHERE { SERVICE <http://127.0.0.1:9/> { $this ?p ?o } }"
    leaving = SHAPES.replace("sh:property [", f'sh:sparql [ sh:select "{query}" ] ; sh:property [', 1)

    with pytest.raises(RefusedQuery, match="SERVICE"):
        found(written(tmp_path, CLEAN), settings=Settings(shacl=(written(tmp_path, leaving, "shapes.ttl"),)))


def test_what_shapes_are_amiss_in_is_told_in_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    amiss = SHAPES.replace("sh:minCount 1", 'sh:minCount "x"^^xsd:integer')

    with pytest.raises(CannotRead, match="shapes that cannot be used"):
        found(written(tmp_path, CLEAN), settings=Settings(shacl=(written(tmp_path, amiss, "shapes.ttl"),)))
    odd = CLEAN + ':White :at "2020-99-99"^^<http://www.w3.org/2001/XMLSchema#date> .'
    found(written(tmp_path, odd), settings=Settings(shacl=(written(tmp_path, SHAPES, "shapes.ttl"),)))
    assert capfd.readouterr() == ("", "")


def test_a_file_without_shapes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match="holds no SHACL shape"):
        found(written(tmp_path, CLEAN), settings=Settings(shacl=(written(tmp_path, CLEAN, "none.ttl"),)))


# --- other syntaxes, real files -------------------------------------------------------------


def test_owl_in_functional_syntax_is_checked_too(tmp_path: Path) -> None:
    text = (
        "Prefix(:=<http://example.org/cells#>)\nOntology(<http://example.org/cells>\n"
        "Declaration(Class(:A)) Declaration(Class(:B))\nSubClassOf(:A :B) SubClassOf(:B :A))\n"
    )

    findings = found(written(tmp_path, text, "cells.ofn"), "missing-label", "subclass-cycle")

    assert about(findings, "missing-label") == {EX + "A", EX + "B"}
    assert about(findings, "subclass-cycle") == {EX + "A"}


def test_a_real_file_with_imports_raises_no_false_alarm() -> None:
    """Names that may come with an import are no fault; the imports are told."""
    path = ROOT / "tests" / "data" / "foreign" / "ro_bfo_1_2_bridge-excerpt.owl"

    findings = found(path)

    assert about(findings, "imports-not-followed") == {OBO + "ro.owl", OBO + "ro/bfo_1_2_relations_import.owl"}
    assert [str(finding) for finding in findings if finding.severity == "error"] == []
    assert {finding.rule for finding in findings} == {
        *("imports-not-followed", "missing-licence", "missing-title", "missing-version", "missing-description"),
    }


def test_the_cell_ontology_in_obo_raises_no_false_alarm() -> None:
    """Terms of others are merely referred to; of its own, the excerpt cut off two parents of stem cells."""
    path = ROOT / "tests" / "data" / "foreign" / "kidney_upper_slim-excerpt.obo"

    findings = found(path)

    assert {(finding.rule, finding.subject) for finding in findings} == {
        ("dangling-reference", OBO + "CL_0000255"),
        ("dangling-reference", OBO + "CL_0011115"),
        ("undeclared-subset", OBO + "cl/subsets/kidney_upper_slim#cellxgene_subset"),  # in the release too
        ("missing-licence", OBO + "cl/subsets/kidney_upper_slim.owl"),
        ("missing-title", OBO + "cl/subsets/kidney_upper_slim.owl"),
    }
    stem = next(finding for finding in findings if finding.rule == "missing-title")
    assert path.read_text(encoding="utf-8").split("\n")[(stem.line or 0) - 1].startswith("ontology: ")


def test_ontologies_that_others_ship_are_checked_without_a_crash() -> None:
    """Whole real files, from the packages that this one needs anyway."""
    import owlready2
    import pyshacl

    files = [
        *sorted((Path(owlready2.__file__).parent / "ontos").glob("dc*.owl")),
        Path(pyshacl.__file__).parent / "assets" / "shacl.ttl",
    ]
    assert len(files) >= 4
    for path in files:
        assert [str(finding) for finding in found(path) if finding.severity == "error"] == []


@pytest.mark.parametrize(
    ("ontology", "own", "foreign"),
    [
        (OBO + "cl.owl", OBO + "CL_1", OBO + "GO_1"),
        (OBO + "cl/subsets/x.owl", OBO + "CL_1", OBO + "CLO_1"),
        ("http://www.ebi.ac.uk/efo/efo.owl", "http://www.ebi.ac.uk/efo/EFO_1", OBO + "CL_1"),
        ("http://example.org/pizza", "http://example.org/pizza#Hot", "http://example.org/pizzeria#Hot"),
        ("http://example.org/pizza.owl", "http://example.org/pizza#Hot", "http://example.org/food#Hot"),
        ("https://w3id.org/a/b.owl.ttl", "https://w3id.org/a/b/C", "https://w3id.org/a/C"),
        (
            "http://www.w3.org/ns/ssn/systems/",
            "http://www.w3.org/ns/ssn/systems/Drift",
            "http://www.w3.org/ns/ssn/System",
        ),
    ],
)
def test_an_ontology_answers_for_its_own_names(tmp_path: Path, ontology: str, own: str, foreign: str) -> None:
    text = f'{PREFIXES}<{ontology}> a owl:Ontology . <{own}> a owl:Class ; rdfs:label "own" . <{foreign}> a owl:Class .'

    findings = found(written(tmp_path, text + f" <{foreign}> rdfs:subClassOf <{own}x> ."), "missing-definition")
    assert about(findings, "missing-definition") == {own}


def test_the_document_has_the_table_of_all_rules() -> None:
    from leukograph.render.check_text import table

    assert (ROOT / "docs" / "check.md").read_text(encoding="utf-8").endswith("\n\n" + table(all_rules()))


def test_robot_rules_are_named_as_robot_names_them() -> None:
    """Copied by hand from the profile of ROBOT 1.9's report; a typing error would mislead its users."""
    known = """
        annotation_whitespace deprecated_boolean_datatype deprecated_class_reference deprecated_property_reference
        duplicate_definition duplicate_exact_synonym duplicate_label_synonym duplicate_label duplicate_scoped_synonym
        equivalent_pair equivalent_class_axiom_no_genus illegal_use_of_built_in_vocabulary invalid_xref
        label_formatting label_whitespace lowercase_definition missing_definition missing_label missing_obsolete_label
        missing_ontology_description missing_ontology_license missing_ontology_title missing_subset_declaration
        missing_superclass missing_synonymtype_declaration misused_obsolete_label misused_replaced_by
        multiple_definitions multiple_equivalent_classes multiple_equivalent_class_definitions multiple_labels
        invalid_entity_uri
    """.split()  # noqa: SIM905 - a list of 32 names reads badly with quotes

    assert {name for rule in all_rules() for name in rule.robot} <= set(known)


# --- any graph at all -----------------------------------------------------------------------

_NAMES = st.sampled_from(
    [f"<{EX}{name}>" for name in "ABCDE"] + ["_:x", "_:y", "<http://www.w3.org/2002/07/owl#Thing>"]
)
_WORDS = st.sampled_from(
    [
        *("rdf:type", "rdf:first", "rdf:rest", "rdfs:label", "rdfs:subClassOf", "rdfs:domain", "rdfs:subPropertyOf"),
        *("owl:equivalentClass", "owl:disjointWith", "owl:deprecated", "owl:imports", "owl:onProperty", "owl:onClass"),
        *("owl:intersectionOf", "owl:someValuesFrom", "obo:IAO_0000115", "obo:IAO_0100001", "oio:hasExactSynonym"),
        *("oio:inSubset", "oio:hasDbXref", "owl:nonsense", "rdfs:range", ":p"),
    ]
)
_ENDS = st.one_of(
    _NAMES,
    st.sampled_from(["owl:Class", "owl:Ontology", "owl:ObjectProperty", "owl:NamedIndividual", "owl:Restriction"]),
    st.sampled_from(['""', '" a  b "@en', '"a"@engl', '"x"^^xsd:date', "true", '"obsolete a"', "12"]),
)


@given(st.lists(st.tuples(_NAMES, _WORDS, _ENDS), max_size=25))
def test_no_graph_makes_a_rule_stumble(statements: list[tuple[str, str, str]]) -> None:
    from pyoxigraph import RdfFormat, parse

    from leukograph.checks.statements import Statements

    text = PREFIXES + "\n".join(" ".join(parts) + " ." for parts in statements)
    graph = Statements(parse(text, format=RdfFormat.TURTLE))

    for rule in all_rules():
        if rule.find is not None:
            for hit in rule.find(graph):
                assert hit.message


@given(st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=14))
def test_a_cycle_is_found_where_a_class_reaches_itself(edges: set[tuple[int, int]]) -> None:
    from pyoxigraph import NamedNode, Triple

    from leukograph.checks.rules import by_name
    from leukograph.checks.statements import SUBCLASS, Statements

    triples = [Triple(NamedNode(f"{EX}{a}"), NamedNode(SUBCLASS), NamedNode(f"{EX}{b}")) for a, b in edges]
    find = by_name("subclass-cycle").find
    assert find is not None

    hits = list(find(Statements(triples)))

    reach = {(a, b) for a, b in edges if a != b}
    for middle in range(6):  # Warshall's closure, without any library
        reach |= {(a, b) for a in range(6) for b in range(6) if (a, middle) in reach and (middle, b) in reach}
    groups = {
        frozenset(b for b in range(6) if (a, b) in reach and (b, a) in reach) for a in range(6) if (a, a) in reach
    }
    assert {int(hit.subject.removeprefix(EX)) for hit in hits} == {min(group) for group in groups}


# --- when no reasoner need be asked ---------------------------------------------------------

_CLASS = st.sampled_from([f":{name}" for name in "ABC"])
_EXPRESSION = st.one_of(
    _CLASS,
    st.builds("[ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom {} ]".format, _CLASS),
    st.builds("[ a owl:Class ; owl:intersectionOf ( {} {} ) ]".format, _CLASS, _CLASS),
)
_AXIOM = st.one_of(
    st.builds("{} rdfs:subClassOf {} .".format, _CLASS, _EXPRESSION),
    st.builds("{} owl:equivalentClass {} .".format, _CLASS, _EXPRESSION),
    st.builds(":p rdfs:domain {} .".format, _CLASS),
    st.builds(":one a {} .".format, _CLASS),
    st.builds("{} owl:disjointWith {} .".format, _CLASS, _CLASS),
    st.builds("{} rdfs:subClassOf owl:Nothing .".format, _CLASS),
    st.just(":p a owl:TransitiveProperty ."),
)
_DECLARED = ":A a owl:Class . :B a owl:Class . :C a owl:Class . :p a owl:ObjectProperty . :one a owl:NamedIndividual ."


@settings(max_examples=40, deadline=None)
@given(st.lists(_AXIOM, max_size=7))
def test_what_cannot_clash_is_clean_by_the_reasoner(axioms: list[str]) -> None:
    from pyoxigraph import RdfFormat, parse

    from leukograph.checks.logic import _sound, cannot_clash
    from leukograph.reasoning.classify import classify
    from leukograph.reasoning.read import ontology_of
    from leukograph.reasoning.triples import logical_part

    text = PREFIXES + _DECLARED + "\n".join(axioms)
    triples = [quad.triple for quad in parse(text, format=RdfFormat.TURTLE)]
    try:
        found = classify(ontology_of(Path("x.ttl"), logical_part(_sound(triples))))
    except CannotRead:  # the reader takes no equivalence that says nothing, such as of A and (A and A)
        reject()

    if cannot_clash(triples):
        assert found.consistent
        assert found.unsatisfiable == ()
    else:
        assert any("disjointWith" in axiom or "Nothing" in axiom for axiom in axioms)


def test_the_union_of_nothing_can_clash(tmp_path: Path) -> None:
    from pyoxigraph import RdfFormat, parse

    from leukograph.checks.logic import cannot_clash

    text = PREFIXES + ":A a owl:Class ; owl:equivalentClass [ a owl:Class ; owl:unionOf () ] ."
    assert not cannot_clash(quad.triple for quad in parse(text, format=RdfFormat.TURTLE))
