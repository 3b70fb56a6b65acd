"""Rules of logic: what a reasoner finds in the axioms of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import NamedNode

from leukograph.checks.report import Hit
from leukograph.checks.vocabulary import LANGUAGE_TERMS
from leukograph.errors import CannotRead, ReasonerFailed
from leukograph.namespaces import OWL, RDF, RDFS, XSD

if TYPE_CHECKING:
    from pyoxigraph import Triple

_LANGUAGE = (OWL, RDF, RDFS, XSD)
#: Terms of the language with which no contradiction can be said; see `cannot_clash`.
_HARMLESS = frozenset(
    {
        *(RDF + name for name in ("type", "first", "rest", "nil", "List", "Property")),
        *(RDFS + name for name in ("subClassOf", "subPropertyOf", "domain", "range", "Class")),
        *(RDFS + name for name in ("label", "comment", "seeAlso", "isDefinedBy")),
        *(OWL + name for name in ("Class", "ObjectProperty", "AnnotationProperty", "NamedIndividual", "Restriction")),
        *(OWL + name for name in ("Axiom", "Annotation", "annotatedSource", "annotatedProperty", "annotatedTarget")),
        *(OWL + name for name in ("TransitiveProperty", "SymmetricProperty", "ReflexiveProperty", "Ontology")),
        *(OWL + name for name in ("equivalentClass", "equivalentProperty", "inverseOf", "propertyChainAxiom")),
        *(OWL + name for name in ("onProperty", "someValuesFrom", "allValuesFrom", "intersectionOf", "unionOf")),
        *(OWL + name for name in ("deprecated", "imports", "versionIRI", "versionInfo", "priorVersion", "Thing")),
    }
)
_OF_TWO = (OWL + "equivalentClass", OWL + "disjointWith")


class LogicHit(NamedTuple):
    """What a reasoner found, and under which rule."""

    rule: str
    hit: Hit


def logic_hits(path: Path, triples: Iterable[Triple], engine: str = "elk") -> Iterator[LogicHit]:
    """Yield what a reasoner finds in the axioms of a file.

    Args:
        path: the file, for its name.
        triples: its statements.
        engine: "elk" or "hermit".

    Raises:
        NoReasoner: when HermiT is asked for and there is no Java.
    """
    from leukograph.reasoning.classify import classify
    from leukograph.reasoning.read import ontology_of
    from leukograph.reasoning.triples import logical_part

    triples = tuple(triples)
    if engine == "elk" and cannot_clash(triples):
        return
    try:
        ontology = ontology_of(path, logical_part(_sound(triples)))
        found = classify(ontology, engine)
    except (CannotRead, ReasonerFailed) as error:
        reason = str(error).removeprefix(f"{path} is no OWL that can be read: ")
        yield LogicHit("reasoner-gave-up", Hit("", f"{engine} could not take the axioms: {reason}"))
        return
    if not found.consistent:
        yield LogicHit("inconsistent-ontology", Hit("", "its axioms contradict each other, so anything follows"))
    else:
        for iri in found.unsatisfiable:
            yield LogicHit("unsatisfiable-class", Hit(iri, "nothing can belong to this class"))
    # what prove leaves out is not what the engine leaves out
    if passed := sorted(found.incomplete.keys() - ontology.left_out.keys()):
        yield LogicHit(
            "beyond-reasoner", Hit("", f"{found.engine} does not take all into account of: {', '.join(passed)}")
        )


def cannot_clash(triples: Iterable[Triple]) -> bool:
    """Tell whether axioms are of such kinds alone that they cannot contradict one another.

    One thing that belongs to every class, and stands in every relation to itself, satisfies
    them all: there is no negation, disjointness, counting, naming of members or datatype
    among them. So no class is unsatisfiable, and no reasoner need be asked.
    """
    for triple in triples:
        predicate, value = triple.predicate.value, getattr(triple.object, "value", "")
        if predicate.startswith(_LANGUAGE) and predicate not in _HARMLESS:
            return False
        if predicate == OWL + "unionOf" and value == RDF + "nil":
            return False  # the union of nothing is owl:Nothing
        if isinstance(triple.object, NamedNode) and value.startswith(_LANGUAGE) and value not in _HARMLESS:
            return False
    return True


def _sound(triples: Iterable[Triple]) -> Iterator[Triple]:
    """Leave out what no reasoner takes, and what rules of their own tell: the header, typing errors, A = A."""
    triples = tuple(triples)
    headers = {
        triple.subject
        for triple in triples
        if triple.predicate.value == RDF + "type" and getattr(triple.object, "value", "") == OWL + "Ontology"
    }
    for triple in triples:
        predicate = triple.predicate.value
        space = next((space for space in LANGUAGE_TERMS if predicate.startswith(space)), None)
        known = space is None or predicate in LANGUAGE_TERMS[space] or predicate.startswith(RDF + "_")
        to_itself = predicate in _OF_TWO and triple.subject == triple.object
        if triple.subject not in headers and known and not to_itself:
            yield triple
