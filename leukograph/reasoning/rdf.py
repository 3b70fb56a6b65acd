"""Axioms as RDF triples, as the mapping of OWL 2 to RDF graphs has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, NamedNode, Triple

from leukograph.namespaces import OWL, RDF, RDFS
from leukograph.reasoning.axioms import BOTTOM, And, Axiom, Chain, Expression, Named, Some, SubClass, SubRole

TYPE, SUBCLASS, NIL = NamedNode(RDF + "type"), NamedNode(RDFS + "subClassOf"), NamedNode(RDF + "nil")
FIRST, REST = NamedNode(RDF + "first"), NamedNode(RDF + "rest")
CLASS, RESTRICTION = NamedNode(OWL + "Class"), NamedNode(OWL + "Restriction")
OBJECT_PROPERTY = NamedNode(OWL + "ObjectProperty")
ON_PROPERTY, SOME = NamedNode(OWL + "onProperty"), NamedNode(OWL + "someValuesFrom")
INTERSECTION = NamedNode(OWL + "intersectionOf")


class Writer:
    """Writes expressions as triples, each once; blank nodes are numbered as they come, under a name.

    What was written stands in `triples`.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._count = 0
        self._known: dict[Expression, BlankNode] = {}
        self.triples: list[Triple] = []

    def _fresh(self) -> BlankNode:
        self._count += 1
        return BlankNode(f"{self._name}-{self._count}")

    def node(self, expression: Expression) -> NamedNode | BlankNode:
        """Return the node of an expression, and write its triples when it is new."""
        if isinstance(expression, Named):
            return NamedNode(expression.name)
        if expression in self._known:
            return self._known[expression]
        node = self._known[expression] = self._fresh()
        if isinstance(expression, Some):
            self.triples += [
                Triple(node, TYPE, RESTRICTION),
                Triple(node, ON_PROPERTY, NamedNode(expression.role)),
                Triple(node, SOME, self.node(expression.filler)),
            ]
        else:
            self.triples += [
                Triple(node, TYPE, CLASS),
                Triple(node, INTERSECTION, self.list(self.node(part) for part in expression.parts)),
            ]
        return node

    def list(self, items: Iterable[NamedNode | BlankNode]) -> NamedNode | BlankNode:
        """Write a list and return its head."""
        head: NamedNode | BlankNode = NIL
        for item in reversed(list(items)):
            cell = self._fresh()
            self.triples += [Triple(cell, FIRST, item), Triple(cell, REST, head)]
            head = cell
        return head


def triples(axioms: Iterable[Axiom], name: str = "e") -> Iterator[Triple]:
    """Yield axioms as triples, with the declarations of what they name.

    Args:
        axioms: in an order that is always the same, if the blank nodes are to be.
        name: what the names of blank nodes begin with.
    """
    writer = Writer(name)
    classes: dict[str, None] = {}
    roles: dict[str, None] = {}
    for axiom in axioms:
        match axiom:
            case SubClass(And((Named(one), Named(other))), Named(sup)) if sup == BOTTOM:
                classes |= {one: None, other: None}
                yield Triple(NamedNode(one), NamedNode(OWL + "disjointWith"), NamedNode(other))
            case SubClass(sub, sup):
                for expression in (sub, sup):
                    _names(expression, classes, roles)
                yield Triple(writer.node(sub), SUBCLASS, writer.node(sup))
            case SubRole(lower, upper):
                roles |= {lower: None, upper: None}
                yield Triple(NamedNode(lower), NamedNode(RDFS + "subPropertyOf"), NamedNode(upper))
            case Chain(first, second, upper):
                roles |= {first: None, second: None, upper: None}
                if first == second == upper:
                    yield Triple(NamedNode(upper), TYPE, NamedNode(OWL + "TransitiveProperty"))
                else:
                    chain = writer.list([NamedNode(first), NamedNode(second)])
                    yield Triple(NamedNode(upper), NamedNode(OWL + "propertyChainAxiom"), chain)
    yield from writer.triples
    yield from (Triple(NamedNode(class_), TYPE, CLASS) for class_ in classes)
    yield from (Triple(NamedNode(role), TYPE, OBJECT_PROPERTY) for role in roles)


def _names(expression: Expression, classes: dict[str, None], roles: dict[str, None]) -> None:
    match expression:
        case Named(name):
            classes[name] = None
        case Some(role, filler):
            roles[role] = None
            _names(filler, classes, roles)
        case And(parts):
            for part in parts:
                _names(part, classes, roles)
