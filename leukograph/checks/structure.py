"""Rules on the form of the hierarchy, as it is asserted."""

from __future__ import annotations

from collections.abc import Iterator

from leukograph.checks.report import Hit
from leukograph.checks.rules import Rule
from leukograph.checks.statements import (
    DISJOINT,
    DOMAIN,
    EQUIVALENT,
    RANGE,
    SUBCLASS,
    SUBPROPERTY,
    Node,
    Statements,
    is_blank,
)
from leukograph.namespaces import OWL

_SOME = OWL + "someValuesFrom"
_TOPS = (OWL + "Thing", OWL + "topObjectProperty", OWL + "topDataProperty")


def _named(found: Statements, predicate: str) -> Iterator[tuple[Node, Node]]:
    for node, value in found.links(predicate):
        if not is_blank(node) and not is_blank(value):
            yield node, value


def _subclass_cycle(found: Statements) -> Iterator[Hit]:
    yield from _cycles(found, SUBCLASS, "subclasses")


def _subproperty_cycle(found: Statements) -> Iterator[Hit]:
    yield from _cycles(found, SUBPROPERTY, "subproperties")


def _cycles(found: Statements, predicate: str, what: str) -> Iterator[Hit]:
    import networkx

    graph = networkx.DiGraph(pair for pair in _named(found, predicate) if pair[0] != pair[1])
    for group in networkx.strongly_connected_components(graph):
        if len(group) < 2:
            continue
        first = min(group)
        following = next(node for node in sorted(graph.successors(first)) if node in group)
        way = networkx.shortest_path(graph.subgraph(group), following, first)
        shown = [found.name(node) for node in (first, *way)]
        if len(shown) > 8:
            shown = [*shown[:4], "...", *shown[-3:]]
        more = f"; {len(group)} in all are tied together" if len(group) > len(way) else ""
        yield Hit(first, f"these are {what} of one another: {' > '.join(shown)}{more}")


def _self_subclass(found: Statements) -> Iterator[Hit]:
    for predicate, what in ((SUBCLASS, "subclass"), (SUBPROPERTY, "subproperty")):
        for node, value in _named(found, predicate):
            if node == value and node not in _TOPS:
                yield Hit(node, f"is asserted to be a {what} of itself")


def _self_equivalent(found: Statements) -> Iterator[Hit]:
    for predicate, what in ((EQUIVALENT, "equivalent to"), (DISJOINT, "disjoint with")):
        for node, value in _named(found, predicate):
            if node == value:
                yield Hit(node, f"is asserted to be {what} itself")


def _equivalent_pair(found: Statements) -> Iterator[Hit]:
    told = set()
    for node, value in _named(found, EQUIVALENT):
        pair = frozenset((node, value))
        if len(pair) == 2 and pair not in told and any(map(found.is_own, pair)):
            told.add(pair)
            yield Hit(node, f"is asserted to be equivalent to another named class: {found.told(value)}")


def _several_equivalents(found: Statements) -> Iterator[Hit]:
    for node in sorted(found.subjects(EQUIVALENT)):
        expressions = [value for value in found.values(node, EQUIVALENT) if isinstance(value, str) and is_blank(value)]
        if len(expressions) > 1 and not is_blank(node):
            yield Hit(node, f"has {len(expressions)} logical definitions; each must then hold of all its members")


def _no_genus(found: Statements) -> Iterator[Hit]:
    for node, expression in found.links(EQUIVALENT):
        if found.has(expression, _SOME) and found.is_own(node):
            yield Hit(
                node, "its logical definition names no class that it is a kind of: whatever has the relation is one"
            )


def _several_domains(found: Statements) -> Iterator[Hit]:
    for predicate, what in ((DOMAIN, "domains"), (RANGE, "ranges")):
        for node in sorted(found.subjects(predicate)):
            values = found.values(node, predicate)
            if len(values) > 1 and found.is_own(node):
                yield Hit(node, f"has {len(values)} {what}, which are read together: all must hold at once")


def _no_parent(found: Statements) -> Iterator[Hit]:
    for node in found.own_classes:
        if not found.has(node, SUBCLASS, EQUIVALENT) and (found.described(node) or not found.imports):
            yield Hit(node, "has no superclass")


RULES = (
    Rule(
        "subclass-cycle",
        "C301",
        "error",
        "classes that are subclasses of one another",
        "Drop the weakest of the axioms; a cycle makes all of them the same class.",
        "structure",
        find=_subclass_cycle,
    ),
    Rule(
        "subproperty-cycle",
        "C302",
        "error",
        "properties that are subproperties of one another",
        "Drop the weakest of the axioms.",
        "structure",
        find=_subproperty_cycle,
    ),
    Rule(
        "self-subclass",
        "C303",
        "error",
        "a class or property under itself",
        "Remove the axiom; it says nothing, or another parent was meant.",
        "structure",
        find=_self_subclass,
    ),
    Rule(
        "self-equivalent",
        "C304",
        "error",
        "a class equivalent to itself, or disjoint with itself",
        "Remove the axiom; another class was meant.",
        "structure",
        find=_self_equivalent,
    ),
    Rule(
        "equivalent-pair",
        "C305",
        "warning",
        "two named classes that are asserted to be equivalent",
        "Merge them, or state what differs.",
        "structure",
        robot=("equivalent_pair",),
        find=_equivalent_pair,
    ),
    Rule(
        "several-logical-definitions",
        "C306",
        "warning",
        "a class with several logical definitions",
        "Keep one equivalence; make the others superclasses.",
        "structure",
        robot=("multiple_equivalent_class_definitions",),
        find=_several_equivalents,
    ),
    Rule(
        "several-domains",
        "C307",
        "warning",
        "a property with several domains or ranges",
        "If any of them will do, name their union (owl:unionOf) in one axiom.",
        "structure",
        find=_several_domains,
    ),
    Rule(
        "no-superclass",
        "C308",
        "info",
        "a class of its own that stands alone at the top",
        "Give it a parent, unless it is meant as a root.",
        "structure",
        robot=("missing_superclass",),
        find=_no_parent,
    ),
    Rule(
        "definition-without-genus",
        "C309",
        "warning",
        "a logical definition by a relation alone",
        "Name the class that it narrows: B and (R some A).",
        "structure",
        robot=("equivalent_class_axiom_no_genus",),
        find=_no_genus,
    ),
)
