"""Reads any OWL file into EL axioms, and says what it had to leave out.

pyowl-core parses RDF/XML, Turtle, OWL/XML and functional syntax, offline. Imports are
never followed; they are listed.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from leukograph.errors import CannotRead
from leukograph.knowledge import Knowledge
from leukograph.namespaces import BASE, iri
from leukograph.reasoning.axioms import (
    BOTTOM,
    TOP,
    And,
    Axiom,
    Chain,
    Expression,
    Named,
    Some,
    SubClass,
    SubRole,
    axioms_of,
    functional,
    local_name,
    names_in,
    words,
)
from leukograph.reasoning.profile import beyond_el
from leukograph.reasoning.triples import LogicalTriples, logical_triples
from leukograph.store.formats import gate

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
    #: triples between two classes by an object property: no axioms
    between_classes: int
    #: statements with predicates that are declared nowhere: data
    data: int
    #: (class, class above it) that the file marks as inferred: not among the axioms, to be found anew
    marked: tuple[tuple[str, str], ...]
    #: what is beyond OWL 2 EL -> how often; annotations do not count
    beyond_el: dict[str, int]
    #: what pyowl-core parsed, for its reasoner
    snapshot: Any
    #: IRIs of the classes that axioms name
    classes: frozenset[str]
    #: texts that are the label or the end of the IRI of more than one thing
    shared: frozenset[str]

    def name(self, iri: str) -> str:
        """Return how a thing is called: its label, else the end of its IRI, else its IRI; none that is shared."""
        names = (self.labels.get(iri), local_name(iri))
        return next((name for name in names if name and name not in self.shared), iri)


def read(path: Path) -> Ontology:
    """Read an OWL file.

    Raises:
        CannotRead: when it is missing, or is no OWL that can be parsed.
    """
    if not path.is_file():
        raise CannotRead(f"{path} is not a file", "name an OWL file: RDF/XML, Turtle, OWL/XML or functional syntax")
    gate(path)
    ontology = ontology_of(path, logical_triples(path))
    if not (ontology.axioms or ontology.labels or ontology.left_out):
        raise CannotRead(f"{path} holds no OWL", "name an OWL file: RDF/XML, Turtle, OWL/XML or functional syntax")
    return ontology


def ontology_of(path: Path, logical: LogicalTriples | None) -> Ontology:
    """Make an ontology of the logical part of a file; it may be without axioms.

    Args:
        path: the file, for its name; it is read when there are no triples.
        logical: its logical part, or None when it is no RDF.

    Raises:
        CannotRead: when it is no OWL that can be parsed.
    """
    import pyowl_core as owl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that imports are not followed is told in our own words
            if logical is None:
                options = owl.LoadOptions(imports=owl.ImportPolicy.RECORD_UNRESOLVED)
                snapshot = owl.load_snapshot(str(path), options=options)
            else:
                options = owl.LoadOptions(format=owl.DocumentFormat.TURTLE, imports=owl.ImportPolicy.IGNORE)
                snapshot = owl.load_snapshot(logical.ntriples(), document_iri=path.resolve().as_uri(), options=options)
    except (owl.PyOWLCoreError, UnicodeDecodeError, ValueError) as error:
        first = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
        raise CannotRead(f"{path} is no OWL that can be read: {first}", "check it with another parser") from error
    found = _collected(owl, snapshot)
    return Ontology(
        path,
        found.axioms,
        found.labels,
        found.left_out,
        logical.imports if logical else _imports(snapshot),
        logical.between_classes if logical else 0,
        logical.data if logical else 0,
        logical.marked if logical else (),
        beyond_el(axiom for axiom in snapshot.iter_axioms() if not isinstance(axiom, owl.AnnotationAxiom)),
        snapshot,
        *_names(found.axioms, found.labels),
    )


class _Collected(NamedTuple):
    axioms: tuple[Axiom, ...]
    labels: dict[str, str]
    left_out: dict[str, int]


def _collected(owl: Any, snapshot: Any) -> _Collected:
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
    return _Collected(tuple(axioms), labels, dict(left_out))


def shipped(knowledge: Knowledge, path: Path) -> Ontology:
    """Return our own graph as an ontology, without a detour over its file.

    Raises:
        CannotRead: when a defined class of the release is no expression.
    """
    import pyowl_core as owl

    try:
        axioms = tuple(axioms_of(knowledge))
    except ValueError as error:
        raise CannotRead(f"{path.with_suffix('.ttl')} has a defined class that cannot be read: {error}") from error
    options = owl.LoadOptions(format=owl.DocumentFormat.FUNCTIONAL, imports=owl.ImportPolicy.IGNORE)
    snapshot = owl.load_snapshot(functional(axioms, BASE), document_iri=BASE, options=options)
    labels = {entry.term.iri: entry.term.label for entry in knowledge.entries.values()}
    labels |= {defined.term.iri: defined.term.label for defined in knowledge.defined.values()}
    labels |= {iri(f"{kind.key}_kind"): kind.label for kind in knowledge.language.kinds.values()}
    return Ontology(path, axioms, labels, {}, (), 0, 0, (), {}, snapshot, *_names(axioms, labels))


def _names(axioms: Iterable[Axiom], labels: dict[str, str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the classes that axioms name, and the texts by which more than one thing is called."""
    told = [axiom for axiom in axioms if isinstance(axiom, SubClass)]
    classes = {name for axiom in told for name in names_in(axiom.sub) | names_in(axiom.sup)} - {TOP, BOTTOM}
    called: dict[str, set[str]] = {}
    for one in classes | set(labels):
        for name in (labels.get(one), local_name(one)):
            called.setdefault(name or one, set()).add(one)
    return frozenset(classes), frozenset(name for name, things in called.items() if len(things) > 1)


def _imports(snapshot: Any) -> tuple[str, ...]:
    return tuple(sorted({str(edge.import_iri.value) for edge in snapshot.import_manifest.edges}))


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
            parts = sorted((_expression(owl, part) for part in axiom.expressions), key=words)
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
