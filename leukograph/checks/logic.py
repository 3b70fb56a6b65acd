"""Rules of logic: what a reasoner finds in the axioms of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from leukograph.checks.report import Hit
from leukograph.checks.vocabulary import LANGUAGE_TERMS
from leukograph.errors import CannotRead, ReasonerFailed
from leukograph.namespaces import OWL, RDF

if TYPE_CHECKING:
    from pyoxigraph import Triple


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
