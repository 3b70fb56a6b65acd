"""The logical part of an RDF file: what a reasoner needs of it, and what stands beside.

Annotations (but for labels), statements of data and triples between two classes say
nothing to a reasoner; the last even make HermiT lose inferences. They are left out,
and the last two are counted. So are individuals of which nothing is said but that they
are there, which cost HermiT most of its time. What is marked as inferred is set aside:
a reasoner is to find it anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from leukograph.namespaces import IS_INFERRED, OWL, RDF, RDFS
from leukograph.store.formats import quads

TYPE, LABEL = NamedNode(RDF + "type"), NamedNode(RDFS + "label")
IMPORTS, SUBCLASS = NamedNode(OWL + "imports"), NamedNode(RDFS + "subClassOf")
_IDLE = {NamedNode(OWL + "NamedIndividual"), NamedNode(OWL + "Thing")}
_ENDS = tuple(OWL + f"annotated{end}" for end in ("Source", "Property", "Target"))
#: What the language itself says with; everything else must be declared as a property.
LANGUAGE = (OWL, RDF, RDFS)
#: How OWL that is no RDF begins.
_FUNCTIONAL = re.compile(rb"\s*(?:#[^\n]*\n\s*)*(?:Prefix|Ontology)\s*\(")
_OWL_XML = re.compile(rb"\s*<\?xml.*?<Ontology[\s>]", re.DOTALL)
_HEAD = 100_000


class LogicalTriples(NamedTuple):
    """The triples that make axioms, and how many others there were."""

    triples: tuple[Triple, ...]
    #: triples between two classes by an object property
    between_classes: int
    #: triples with a predicate that is declared nowhere
    data: int
    imports: tuple[str, ...]
    #: (class, class above it) that the file marks as inferred; not among the triples
    marked: tuple[tuple[str, str], ...]

    def ntriples(self) -> bytes:
        """Return the triples as N-Triples."""
        content = serialize(self.triples, format=RdfFormat.N_TRIPLES)
        assert content is not None  # it was not asked to write to a file
        return content


def logical_triples(path: Path) -> LogicalTriples | None:
    """Return the logical part of a file of any format that is made triples; None for OWL that is no RDF.

    Raises:
        CannotRead: when it cannot be read.
    """
    if is_other_syntax(path):
        return None
    return logical_part(quad.triple for quad in quads(path))


def logical_part(triples: Iterable[Triple]) -> LogicalTriples:
    """Return the logical part of some triples."""
    triples = list(triples)
    types: dict[str, set[Any]] = {}
    for triple in triples:
        if triple.predicate == TYPE and isinstance(triple.object, NamedNode):
            types.setdefault(triple.object.value, set()).add(triple.subject)
    classes = types.get(OWL + "Class", set())
    object_properties = types.get(OWL + "ObjectProperty", set()) | types.get(OWL + "TransitiveProperty", set())
    annotated = types.get(OWL + "Axiom", set()) | types.get(OWL + "Annotation", set())
    declared = object_properties | types.get(OWL + "DatatypeProperty", set())
    annotations = types.get(OWL + "AnnotationProperty", set())
    marked = _marked(triples)
    kept: list[Triple] = []
    between_classes, data = 0, 0
    for triple in triples:
        language = triple.predicate.value.startswith(LANGUAGE)
        if triple.subject in annotated or triple.predicate in annotations or triple.predicate == IMPORTS:
            continue
        if triple.predicate == SUBCLASS and marked and _names(triple) in marked:
            continue
        if isinstance(triple.object, Literal) and language:
            if triple.predicate == LABEL or triple.predicate.value.startswith(OWL):
                kept.append(triple)
        elif triple.predicate in object_properties and triple.subject in classes and triple.object in classes:
            between_classes += 1
        elif not language and triple.predicate not in declared:
            data += 1
        elif triple.predicate.value not in (RDFS + "isDefinedBy", RDFS + "seeAlso", RDFS + "comment"):
            kept.append(triple)
    imports = sorted(t.object.value for t in triples if t.predicate == IMPORTS and isinstance(t.object, NamedNode))
    return LogicalTriples(tuple(_without_idle(kept)), between_classes, data, tuple(imports), tuple(sorted(marked)))


def _names(triple: Triple) -> tuple[str, str]:
    return str(triple.subject)[1:-1], str(triple.object)[1:-1]


def _marked(triples: Iterable[Triple]) -> set[tuple[str, str]]:
    """Return the is-a between named classes that an annotation calls inferred."""
    ends: dict[Any, dict[str, Any]] = {}
    told: set[Any] = set()
    for triple in triples:
        name = triple.predicate.value
        if name == IS_INFERRED and getattr(triple.object, "value", "") == "true":
            told.add(triple.subject)
        elif name in _ENDS:
            ends.setdefault(triple.subject, {})[name] = triple.object
    found = set()
    for node in told:
        source, property_, target = (ends.get(node, {}).get(name) for name in _ENDS)
        if property_ == SUBCLASS and isinstance(source, NamedNode) and isinstance(target, NamedNode):
            found.add((source.value, target.value))
    return found


def _without_idle(triples: list[Triple]) -> list[Triple]:
    """Leave out individuals that are only declared: that something exists, logic knows."""
    used = {node for t in triples if t.object not in _IDLE and t.predicate != LABEL for node in (t.subject, t.object)}
    idle = {t.subject for t in triples if t.object in _IDLE} - used
    return [triple for triple in triples if triple.subject not in idle]


def is_other_syntax(path: Path) -> bool:
    """Tell whether a file is OWL, but no RDF: functional syntax or OWL/XML."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return bool(_FUNCTIONAL.match(head) or (_OWL_XML.match(head) and b"<rdf:RDF" not in head))
