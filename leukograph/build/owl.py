"""From checked tables to the triples of `leukograph.owl`.

Terms are classes; a claim that holds is the axiom `subject SubClassOf relation
some object`, with belief, grade and sources as annotations of that axiom. There
is no triple between classes other than `rdfs:subClassOf`: with those in,
owlready2 with HermiT loses nearly every inference without a word.
"""

from __future__ import annotations

from collections.abc import Iterator

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from leukograph.build.assemble import (
    CITES,
    CLASS,
    CROSS_REFERENCE,
    DATE,
    DEFINED_BY,
    DEFINITION,
    DEPRECATED,
    IDENTIFIER,
    LABEL,
    REPLACED_BY,
    SEE_ALSO,
    SUBCLASS,
    SYNONYM,
    TITLE,
    TRUE,
    TYPE,
    WeighedClaim,
    lg,
    number,
    text,
    weighed_claims,
)
from leukograph.build.tables import Tables
from leukograph.namespaces import BASE, DCTERMS, OWL, RDFS, SKOS, SOURCE, expand

ANNOTATION_PROPERTY = NamedNode(OWL + "AnnotationProperty")
RESTRICTION = NamedNode(OWL + "Restriction")
AXIOM = NamedNode(OWL + "Axiom")
COMMENT = NamedNode(RDFS + "comment")

#: Annotation properties in use, with the label that Protege shows.
ANNOTATIONS = {
    DEFINITION.value: "definition",
    REPLACED_BY.value: "term replaced by",
    SYNONYM.value: "has exact synonym",
    CROSS_REFERENCE.value: "database cross-reference",
    BASE + "belief": "belief",
    BASE + "grade": "grade",
    BASE + "sign": "sign",
    DCTERMS + "source": "source",
    DCTERMS + "title": "title",
    DCTERMS + "description": "description",
    DCTERMS + "license": "license",
    DCTERMS + "identifier": "identifier",
    DCTERMS + "date": "date",
    SKOS + "exactMatch": "exact match",
    SKOS + "closeMatch": "close match",
    SKOS + "broadMatch": "broad match",
    SKOS + "narrowMatch": "narrow match",
}


def triples(tables: Tables, version: str) -> Iterator[Triple]:
    """Yield every triple of `leukograph.owl`; `version` makes the version IRI."""
    yield from _header(tables.core.graph, version)
    yield from _properties(tables)
    for name, kind in tables.core.kinds.items():
        yield Triple(lg(f"{name}_kind"), TYPE, CLASS)
        yield Triple(lg(f"{name}_kind"), LABEL, text(kind.label))
        comment = tables.core.graph.value(rdflib.URIRef(f"{BASE}{name}_kind"), rdflib.RDFS.comment)
        if comment is not None:
            yield Triple(lg(f"{name}_kind"), DEFINITION, text(str(comment)))
    yield from _terms(tables)
    cited = set()
    for claim in weighed_claims(tables):
        if claim.holds:
            yield from _axiom(claim)
            cited |= {row["source"] for row in claim.rows}
    for key in sorted(cited):
        yield from _source(tables, key)


def _header(graph: rdflib.Graph, version: str) -> Iterator[Triple]:
    ontology = NamedNode(BASE)
    yield Triple(ontology, TYPE, NamedNode(OWL + "Ontology"))
    yield Triple(ontology, NamedNode(OWL + "versionIRI"), NamedNode(f"{BASE}releases/{version}/leukograph.owl"))
    yield Triple(ontology, NamedNode(OWL + "versionInfo"), Literal(version))
    for name in ("title", "description", "license"):
        value = graph.value(rdflib.URIRef(BASE), rdflib.URIRef(DCTERMS + name))
        if isinstance(value, rdflib.Literal):
            yield Triple(ontology, NamedNode(DCTERMS + name), text(str(value)))
        elif value is not None:
            yield Triple(ontology, NamedNode(DCTERMS + name), NamedNode(str(value)))


def _properties(tables: Tables) -> Iterator[Triple]:
    for iri, label in ANNOTATIONS.items():
        yield Triple(NamedNode(iri), TYPE, ANNOTATION_PROPERTY)
        yield Triple(NamedNode(iri), LABEL, text(label))
    graph = tables.core.graph
    for subject in graph.subjects(rdflib.RDF.type, rdflib.OWL.ObjectProperty):
        node = NamedNode(str(subject))
        for class_ in graph.objects(subject, rdflib.RDF.type):
            yield Triple(node, TYPE, NamedNode(str(class_)))
        for parent in graph.objects(subject, rdflib.RDFS.subPropertyOf):
            yield Triple(node, NamedNode(RDFS + "subPropertyOf"), NamedNode(str(parent)))
        for predicate, property_ in ((rdflib.RDFS.label, LABEL), (rdflib.RDFS.comment, DEFINITION)):
            for value in graph.objects(subject, predicate):
                yield Triple(node, property_, text(str(value)))
        sign = graph.value(subject, rdflib.URIRef(BASE + "sign"))
        if sign is not None:
            yield Triple(node, lg("sign"), Literal(str(sign)))


def _terms(tables: Tables) -> Iterator[Triple]:
    for row in tables.terms.values():
        subject = lg(row["key"])
        yield Triple(subject, TYPE, CLASS)
        yield Triple(subject, LABEL, text(row["label"]))
        yield Triple(subject, DEFINITION, text(row["definition"]))
        yield Triple(subject, DEFINED_BY, NamedNode(BASE))
        if row["replaced_by"]:
            yield Triple(subject, DEPRECATED, TRUE)
            yield Triple(subject, REPLACED_BY, lg(row["replaced_by"]))
            continue
        for synonym in row.values("synonyms"):
            yield Triple(subject, SYNONYM, text(synonym))
        for parent in row.values("parents"):
            yield Triple(subject, SUBCLASS, lg(parent))
        if not row["parents"]:
            # a class of drugs is a class whose members are drugs
            kind = "drug" if row["kind"] == "drug_class" else row["kind"]
            yield Triple(subject, SUBCLASS, lg(f"{kind}_kind"))
    for row in tables.mappings:
        subject = lg(row["subject_id"].removeprefix("leukograph:"))
        match = NamedNode(SKOS + row["predicate_id"].removeprefix("skos:"))
        yield Triple(subject, match, NamedNode(expand(row["object_id"])))
        yield Triple(subject, CROSS_REFERENCE, Literal(row["object_id"]))


def _axiom(claim: WeighedClaim) -> Iterator[Triple]:
    name = claim.key.replace(".", "-")
    restriction, axiom = BlankNode(f"some-{name}"), BlankNode(f"axiom-{name}")
    subject = lg(claim.subject)
    yield Triple(subject, SUBCLASS, restriction)
    yield Triple(restriction, TYPE, RESTRICTION)
    yield Triple(restriction, NamedNode(OWL + "onProperty"), lg(claim.relation))
    yield Triple(restriction, NamedNode(OWL + "someValuesFrom"), lg(claim.object))
    yield Triple(axiom, TYPE, AXIOM)
    yield Triple(axiom, NamedNode(OWL + "annotatedSource"), subject)
    yield Triple(axiom, NamedNode(OWL + "annotatedProperty"), SUBCLASS)
    yield Triple(axiom, NamedNode(OWL + "annotatedTarget"), restriction)
    yield Triple(axiom, lg("grade"), Literal(claim.weight.grade))
    yield Triple(axiom, lg("belief"), number(f"{claim.weight.belief:.4f}"))
    for source in sorted({row["source"] for row in claim.rows}):
        yield Triple(axiom, CITES, NamedNode(SOURCE + source))


def _source(tables: Tables, key: str) -> Iterator[Triple]:
    row = tables.sources[key]
    node = NamedNode(SOURCE + key)
    yield Triple(node, TYPE, NamedNode(OWL + "NamedIndividual"))
    yield Triple(node, LABEL, text(row["title"]))
    yield Triple(node, TITLE, Literal(row["title"]))
    yield Triple(node, SEE_ALSO, NamedNode(row["url"]))
    if row["id"]:
        yield Triple(node, IDENTIFIER, Literal(row["id"]))
    if row["year"]:
        yield Triple(node, DATE, Literal(row["year"]))
