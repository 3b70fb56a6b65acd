"""What is stated and what the reasoner added, told apart in RDF.

In Turtle (and JSON-LD) the reasoner's part has a property of its own,
`lg:inferredSubClassOf`. In OWL it is an is-a that an annotation marks
(`oboInOwl:is_inferred "true"`), as OBO ontologies have it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal as Choice

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from leukograph.namespaces import BASE, INFERRED_SUBCLASS, IS_INFERRED, OWL, RDF, RDFS

#: include: all; exclude: what is stated; only: what the reasoner added
Inferred = Choice["include", "exclude", "only"]
CHOICES: tuple[Inferred, ...] = ("include", "exclude", "only")
#: The ontology that holds nothing but what was inferred.
ONTOLOGY = BASE + "inferred"

_TYPE, _LABEL, _SUBCLASS = NamedNode(RDF + "type"), NamedNode(RDFS + "label"), NamedNode(RDFS + "subClassOf")
_SOURCE, _TARGET = NamedNode(OWL + "annotatedSource"), NamedNode(OWL + "annotatedTarget")


def of_turtle(triples: Iterable[Triple], which: Inferred) -> list[Triple]:
    """Return the triples of `leukograph.ttl` that are wanted; with "only", the labels of what they name too."""
    triples = list(triples)
    if which == "include":
        return triples
    added = {triple for triple in triples if triple.predicate.value == INFERRED_SUBCLASS}
    if which == "exclude":
        return [triple for triple in triples if triple not in added]
    return [*added, *_named(triples, added), *_header(triples)]


def of_owl(triples: Iterable[Triple], which: Inferred) -> list[Triple]:
    """Return the triples of `leukograph.owl` that are wanted; "only" makes an ontology of its own."""
    triples = list(triples)
    if which == "include":
        return triples
    marks = {triple.subject for triple in triples if triple.predicate.value == IS_INFERRED}
    ends = [
        {t.subject: t.object for t in triples if t.predicate == end and t.subject in marks}
        for end in (_SOURCE, _TARGET)
    ]
    added = {Triple(ends[0][mark], _SUBCLASS, ends[1][mark]) for mark in marks}  # type: ignore[arg-type]
    added |= {triple for triple in triples if isinstance(triple.subject, BlankNode) and triple.subject in marks}
    if which == "exclude":
        return [triple for triple in triples if triple not in added]
    about = {t for t in triples if t.subject == NamedNode(IS_INFERRED)}
    return [*added, *about, *_named(triples, added), *_header(triples)]


def _named(triples: Iterable[Triple], added: Iterable[Triple]) -> Iterator[Triple]:
    """Yield the type and label of each class in some triples."""
    classes = {node for triple in added for node in (triple.subject, triple.object) if isinstance(node, NamedNode)}
    for triple in triples:
        if triple.subject in classes and triple.predicate in {_TYPE, _LABEL}:
            yield triple


def _header(triples: Iterable[Triple]) -> Iterator[Triple]:
    """Yield the header, under the name of the inferred part."""
    for triple in triples:
        if triple.subject != NamedNode(BASE):
            continue
        value = triple.object
        if triple.predicate.value == OWL + "versionIRI" and isinstance(value, NamedNode):
            value = NamedNode(value.value.replace("leukograph.owl", "leukograph-inferred.owl"))
        yield Triple(NamedNode(ONTOLOGY), triple.predicate, value)
    yield Triple(NamedNode(ONTOLOGY), NamedNode(RDFS + "comment"), Literal(_WHAT, language="en"))


_WHAT = "What the reasoner finds in leukograph and nothing there states."
