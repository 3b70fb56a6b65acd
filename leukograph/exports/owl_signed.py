"""The acting claims with their signs, as pure OWL 2 EL (RDF/XML).

Each term becomes two classes: up_KEY, that there is more of it, and down_KEY, that there
is less. A raising claim links like with like, a lowering one crosses over, all by one
transitive property; so any EL reasoner composes signs along a chain, which OWL cannot do
with property chains. Exact, since `influences` has no loop.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple

from leukograph.exports.base import NOTICE, Subgraph
from leukograph.namespaces import BASE, DCTERMS, OWL, RDF, RDFS, iri
from leukograph.reasoning.axioms import INFLUENCES, signed_axioms
from leukograph.reasoning.rdf import triples
from leukograph.serialise import xml_of

#: The ontology that the file is.
ONTOLOGY = BASE + "signed"
_LABEL, _TYPE = NamedNode(RDFS + "label"), NamedNode(RDF + "type")
_SEE_ALSO = NamedNode(RDFS + "seeAlso")


def write(part: Subgraph) -> bytes:
    """Return RDF/XML with two classes for each term of the part, sorted."""
    return xml_of(_triples(part), part.about())


def _triples(part: Subgraph) -> Iterator[Triple]:
    yield from _header(part)
    yield from triples(signed_axioms(part.knowledge.language, part.entries, part.claims), "some")
    yield Triple(NamedNode(INFLUENCES), _TYPE, NamedNode(OWL + "ObjectProperty"))
    yield Triple(NamedNode(INFLUENCES), _LABEL, Literal("influences", language="en"))
    for entry in part.entries:
        for side in ("up", "down"):
            class_ = NamedNode(iri(f"{side}_{entry.key}"))
            yield Triple(class_, _TYPE, NamedNode(OWL + "Class"))
            yield Triple(class_, _LABEL, Literal(f"{entry.term.label} ({side})", language="en"))
            yield Triple(class_, _SEE_ALSO, NamedNode(entry.term.iri))


def _header(part: Subgraph) -> Iterator[Triple]:
    ontology = NamedNode(ONTOLOGY)
    version = part.knowledge.release.partition("-")[0]
    yield Triple(ontology, _TYPE, NamedNode(OWL + "Ontology"))
    if part.whole:
        yield Triple(
            ontology, NamedNode(OWL + "versionIRI"), NamedNode(f"{BASE}releases/{version}/leukograph-signed.owl")
        )
    yield Triple(ontology, NamedNode(OWL + "versionInfo"), Literal(version))
    for name, value in (
        ("title", "leukograph, with signs"),
        ("description", f"A class for more and one for less of each term. {NOTICE}"),
    ):
        yield Triple(NamedNode(DCTERMS + name), _TYPE, NamedNode(OWL + "AnnotationProperty"))
        yield Triple(ontology, NamedNode(DCTERMS + name), Literal(value, language="en"))
    yield Triple(NamedNode(DCTERMS + "license"), _TYPE, NamedNode(OWL + "AnnotationProperty"))
    yield Triple(ontology, NamedNode(DCTERMS + "license"), NamedNode("https://creativecommons.org/licenses/by/4.0/"))
