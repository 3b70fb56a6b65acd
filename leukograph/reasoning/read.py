"""Reads any OWL file into EL axioms, and says what it had to leave out.

pyowl-core parses RDF/XML, Turtle, OWL/XML and functional syntax, offline. Imports are
never followed; they are listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from leukograph.errors import CannotRead
from leukograph.reasoning.axioms import BOTTOM, TOP, And, Axiom, Chain, Expression, Named, Some, SubClass, SubRole

LABEL = "http://www.w3.org/2000/01/rdf-schema#label"


class Ontology(NamedTuple):
    """What a file says, as far as EL goes."""

    path: Path
    axioms: tuple[Axiom, ...]
    #: IRI -> label
    labels: dict[str, str]
    #: kind of axiom that says more than EL -> how often
    left_out: dict[str, int]
    #: ontologies that the file imports and that were not read
    imports: tuple[str, ...]
    #: what pyowl-core parsed, for its reasoner
    snapshot: Any

    def name(self, iri: str) -> str:
        """Return how a thing is called: its label, else the end of its IRI."""
        return self.labels.get(iri) or iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1] or iri


def read(path: Path) -> Ontology:
    """Read an OWL file.

    Raises:
        CannotRead: when it is missing, or is no OWL that can be parsed.
    """
    import pyowl_core as owl

    if not path.is_file():
        raise CannotRead(f"{path} is not a file", "name an OWL file: RDF/XML, Turtle, OWL/XML or functional syntax")
    try:
        snapshot = owl.load_snapshot(str(path), options=owl.LoadOptions(imports=owl.ImportPolicy.IGNORE))
    except (owl.PyOWLCoreError, UnicodeDecodeError, ValueError) as error:
        first = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
        raise CannotRead(f"{path} is no OWL that can be read: {first}", "check it with another parser") from error
    axioms: list[Axiom] = []
    labels: dict[str, str] = {}
    left_out: Counter[str] = Counter()
    for axiom in snapshot.iter_axioms():
        if isinstance(axiom, owl.AnnotationAssertion):
            if axiom.property.iri.value == LABEL and isinstance(axiom.value, owl.Literal):
                labels.setdefault(getattr(axiom.subject, "value", ""), axiom.value.lexical_form)
        elif not isinstance(axiom, owl.Declaration | owl.AnnotationAxiom):
            try:
                axioms += _axioms(owl, axiom)
            except _BeyondEL as error:
                left_out[str(error)] += 1
    return Ontology(path, tuple(axioms), labels, dict(left_out), _imports(snapshot), snapshot)


def _imports(snapshot: Any) -> tuple[str, ...]:
    manifest = snapshot.import_manifest
    edges = getattr(manifest, "edges", ())
    return tuple(sorted({str(getattr(edge.requested_iri, "value", edge.requested_iri)) for edge in edges}))


class _BeyondEL(Exception):
    """An axiom that EL cannot say; the message is its kind."""


def _axioms(owl: Any, axiom: Any) -> Iterator[Axiom]:
    """Yield an axiom of OWL as axioms of ours."""
    match axiom:
        case owl.SubClassOf():
            yield SubClass(_expression(owl, axiom.sub_class), _expression(owl, axiom.super_class))
        case owl.EquivalentClasses():
            parts = [_expression(owl, part) for part in axiom.expressions]
            for part in parts:
                for other in parts:
                    if part != other:
                        yield SubClass(part, other)
        case owl.DisjointClasses():
            parts = [_expression(owl, part) for part in axiom.expressions]
            for place, part in enumerate(parts):
                for other in parts[place + 1 :]:
                    yield SubClass(And((part, other)), Named(BOTTOM))
        case owl.ObjectPropertyDomain():
            yield SubClass(Some(_role(owl, axiom.property), Named(TOP)), _expression(owl, axiom.domain))
        case owl.SubObjectPropertyOf():
            yield from _sub_property(owl, axiom)
        case owl.TransitiveObjectProperty():
            role = _role(owl, axiom.property)
            yield Chain(role, role, role)
        case _:
            raise _BeyondEL(type(axiom).__name__)


def _sub_property(owl: Any, axiom: Any) -> Iterator[Axiom]:
    lower, upper = axiom.sub_property, _role(owl, axiom.super_property)
    if not isinstance(lower, owl.ObjectPropertyChain):
        yield SubRole(_role(owl, lower), upper)
        return
    first, *rest = [_role(owl, part) for part in lower.properties]
    for place, role in enumerate(rest, start=1):
        # a chain of three or more becomes chains of two by properties of our own
        made = upper if place == len(rest) else f"{first} o {role}"
        yield Chain(first, role, made)
        first = made


def _role(owl: Any, expression: Any) -> str:
    if not isinstance(expression, owl.ObjectProperty):
        raise _BeyondEL(type(expression).__name__)
    return str(expression.iri.value)


def _expression(owl: Any, expression: Any) -> Expression:
    match expression:
        case owl.Class():
            return Named(str(expression.iri.value))
        case owl.ObjectSomeValuesFrom():
            return Some(_role(owl, expression.property), _expression(owl, expression.filler))
        case owl.ObjectIntersectionOf():
            return And(tuple(_expression(owl, part) for part in expression.operands))
        case _:
            raise _BeyondEL(type(expression).__name__)
