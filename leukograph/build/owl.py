"""From checked tables to the triples of `leukograph.owl`.

Terms are classes; a claim that holds is the axiom `subject SubClassOf relation
some object`, with belief, grade and sources as annotations of that axiom. There
is no triple between classes by a relation of ours: with those in, owlready2 with
HermiT loses nearly every inference without a word. What the reasoner found is in it
too, each axiom marked as inferred.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
    DISJOINT,
    EDITOR_NOTE,
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
    defined_class,
    lg,
    mapping,
    number,
    text,
    weighed_claims,
)
from leukograph.build.tables import Tables
from leukograph.model import Defined
from leukograph.namespaces import BASE, DCTERMS, IS_INFERRED, OWL, RDFS, SKOS, SOURCE, iri
from leukograph.reasoning.axioms import parsed
from leukograph.reasoning.rdf import ON_PROPERTY, RESTRICTION, SOME, Writer

ANNOTATION_PROPERTY = NamedNode(OWL + "AnnotationProperty")
EQUIVALENT = NamedNode(OWL + "equivalentClass")
AXIOM = NamedNode(OWL + "Axiom")
COMMENT = NamedNode(RDFS + "comment")

#: Annotation properties in use, with the label that Protege shows.
ANNOTATIONS = {
    DEFINITION.value: "definition",
    EDITOR_NOTE.value: "editor note",
    REPLACED_BY.value: "term replaced by",
    SYNONYM.value: "has exact synonym",
    CROSS_REFERENCE.value: "database cross-reference",
    IS_INFERRED: "is inferred",
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


def triples(tables: Tables, version: str, inferred: Iterable[tuple[str, str]] = ()) -> Iterator[Triple]:
    """Yield every triple of `leukograph.owl`.

    Args:
        tables: the ontology.
        version: makes the version IRI.
        inferred: (key, key of a class above it) as the reasoner found them; each becomes an
            is-a that is annotated as inferred.
    """
    yield from _header(tables.core.graph, version)
    yield from _properties(tables)
    for name, kind in tables.core.kinds.items():
        yield Triple(lg(f"{name}_kind"), TYPE, CLASS)
        # a term may have the label of its kind (infection), and labels of classes must differ
        yield Triple(lg(f"{name}_kind"), LABEL, text(f"{kind.label} (kind of term)"))
        comment = tables.core.graph.value(rdflib.URIRef(f"{BASE}{name}_kind"), rdflib.RDFS.comment)
        if comment is not None:
            yield Triple(lg(f"{name}_kind"), DEFINITION, text(str(comment)))
    yield from _terms(tables)
    for defined in tables.defined.values():
        yield from defined_class(defined)
        yield from _equivalence(defined)
    for one, other in tables.disjoint:
        yield Triple(lg(one), DISJOINT, lg(other))
    for key, above in inferred:
        yield Triple(lg(key), SUBCLASS, lg(above))
        yield from _annotated(BlankNode(f"inferred-{key}-{above}"), lg(key), lg(above))
        yield Triple(BlankNode(f"inferred-{key}-{above}"), NamedNode(IS_INFERRED), Literal("true"))
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
    for name, label in ANNOTATIONS.items():
        yield Triple(NamedNode(name), TYPE, ANNOTATION_PROPERTY)
        yield Triple(NamedNode(name), LABEL, text(label))
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
    for row in (*tables.mappings, *tables.alignments):
        yield from mapping(row)


def _equivalence(defined: Defined) -> Iterator[Triple]:
    """Yield what a defined class is equivalent to."""
    writer = Writer(f"defined-{defined.term.key}")
    yield Triple(lg(defined.term.key), EQUIVALENT, writer.node(parsed(defined.expression, iri)))
    yield from writer.triples


def _annotated(axiom: BlankNode, subject: NamedNode, target: NamedNode | BlankNode) -> Iterator[Triple]:
    """Yield the node that carries the annotations of `subject SubClassOf target`."""
    yield Triple(axiom, TYPE, AXIOM)
    yield Triple(axiom, NamedNode(OWL + "annotatedSource"), subject)
    yield Triple(axiom, NamedNode(OWL + "annotatedProperty"), SUBCLASS)
    yield Triple(axiom, NamedNode(OWL + "annotatedTarget"), target)


def _axiom(claim: WeighedClaim) -> Iterator[Triple]:
    name = claim.key.replace(".", "-")
    restriction, axiom = BlankNode(f"some-{name}"), BlankNode(f"axiom-{name}")
    subject = lg(claim.subject)
    yield Triple(subject, SUBCLASS, restriction)
    yield Triple(restriction, TYPE, RESTRICTION)
    yield Triple(restriction, ON_PROPERTY, lg(claim.relation))
    yield Triple(restriction, SOME, lg(claim.object))
    yield from _annotated(axiom, subject, restriction)
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
