"""Axioms of OWL 2 EL as plain values, and how they read.

Class expressions are a name, an intersection, or "some" of a property; that is all
that our ontology needs. Property axioms say that one property is under another, or
that two in a row make a third (transitivity is a chain of a property with itself).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from leukograph.knowledge import Knowledge
from leukograph.model import Claim

#: What every class is under, and what no thing belongs to.
TOP, BOTTOM = "http://www.w3.org/2002/07/owl#Thing", "http://www.w3.org/2002/07/owl#Nothing"


class Named(NamedTuple):
    """A class by its name: a key of ours, or an IRI."""

    name: str


class Some(NamedTuple):
    """What stands in a property to something of a class."""

    role: str
    filler: Expression


class And(NamedTuple):
    """What belongs to all of several classes."""

    parts: tuple[Expression, ...]


Expression = Named | Some | And


class SubClass(NamedTuple):
    """Whatever is of the first class is of the second; an equivalence is two of these."""

    sub: Expression
    sup: Expression
    #: the claim of ours that says so, if one does
    claim: Claim | None = None


class SubRole(NamedTuple):
    """One property is under another."""

    sub: str
    sup: str


class Chain(NamedTuple):
    """Two properties in a row make a third."""

    first: str
    second: str
    sup: str


Axiom = SubClass | SubRole | Chain

#: The properties above our relations.
INFLUENCES, PROMOTES, OPPOSES = "influences", "promotes", "opposes"


def axioms_of(knowledge: Knowledge) -> Iterator[Axiom]:
    """Yield what our graph says as logic: is-a, claims that hold, properties.

    It is what `leukograph.owl` says, without annotations and kinds.
    """
    yield SubRole(PROMOTES, INFLUENCES)
    yield SubRole(OPPOSES, INFLUENCES)
    yield Chain(INFLUENCES, INFLUENCES, INFLUENCES)
    for relation in knowledge.language.relations.values():
        if relation.family == "act":
            yield SubRole(relation.key, PROMOTES if relation.sign == "+" else OPPOSES)
    for entry in knowledge.entries.values():
        for parent in entry.parents:
            yield SubClass(Named(entry.key), Named(parent))
    for claim in knowledge.claims.values():
        if claim.holds:
            yield SubClass(Named(claim.subject.key), Some(claim.relation, Named(claim.object.key)), claim)


def signed_axioms_of(knowledge: Knowledge) -> Iterator[Axiom]:
    """Yield the acting claims with their signs, as pure EL.

    Each term becomes two classes, `up_KEY` and `down_KEY`. A raising claim links like
    with like, a lowering one crosses over; is-a holds on both sides. Since `influences`
    has no loop this is exact: a chain of one sign from a cause to a count is there just
    when `up_CAUSE` is under `influences some up_COUNT`, or `down_COUNT`.
    """
    yield Chain(INFLUENCES, INFLUENCES, INFLUENCES)
    for entry in knowledge.entries.values():
        for parent in entry.parents:
            for side in ("up", "down"):
                yield SubClass(Named(f"{side}_{entry.key}"), Named(f"{side}_{parent}"))
    for claim in knowledge.claims.values():
        if claim.holds and knowledge.language.relations[claim.relation].family == "act":
            for side, other in (("up", "down"), ("down", "up")):
                end = side if claim.sign == "+" else other
                object_ = Some(INFLUENCES, Named(f"{end}_{claim.object.key}"))
                yield SubClass(Named(f"{side}_{claim.subject.key}"), object_, claim)


def words(expression: Expression, name: Callable[[str], str] = str) -> str:
    """Return an expression in Manchester syntax.

    Example:
        >>> words(And((Named("drug"), Some("influences", Named("neutrophil_count")))))
        'drug and (influences some neutrophil_count)'
    """
    match expression:
        case Named(key):
            return name(key)
        case Some(role, filler):
            inner = words(filler, name)
            return f"{name(role)} some {inner if isinstance(filler, Named) else f'({inner})'}"
        case And(parts):
            return " and ".join(
                words(part, name) if isinstance(part, Named) else f"({words(part, name)})" for part in parts
            )


def axiom_words(axiom: Axiom, name: Callable[[str], str] = str) -> str:
    """Return an axiom in Manchester syntax, on one line."""
    match axiom:
        case SubClass(sub, sup, _):
            return f"{words(sub, name)} SubClassOf {words(sup, name)}"
        case SubRole(lower, upper):
            return f"{name(lower)} SubPropertyOf {name(upper)}"
        case Chain(first, second, upper):
            if first == second == upper:
                return f"{name(upper)} is transitive"
            return f"{name(first)} o {name(second)} SubPropertyOf {name(upper)}"


def functional(axioms: Iterator[Axiom] | list[Axiom], base: str) -> bytes:
    """Return axioms as an OWL document in functional syntax.

    Args:
        axioms: any axioms of this module.
        base: the IRI before names that are no IRI themselves.
    """
    lines = [f"Ontology(<{base}>"]
    classes: set[str] = set()
    roles: set[str] = set()
    body = [_functional(axiom, base, classes, roles) for axiom in axioms]
    lines += [f"Declaration(Class({_iri(name, base)}))" for name in sorted(classes)]
    lines += [f"Declaration(ObjectProperty({_iri(name, base)}))" for name in sorted(roles)]
    return "\n".join([*lines, *body, ")"]).encode()


def _functional(axiom: Axiom, base: str, classes: set[str], roles: set[str]) -> str:
    match axiom:
        case SubClass(sub, sup, _):
            return f"SubClassOf({_expression(sub, base, classes, roles)} {_expression(sup, base, classes, roles)})"
        case SubRole(lower, upper):
            roles |= {lower, upper}
            return f"SubObjectPropertyOf({_iri(lower, base)} {_iri(upper, base)})"
        case Chain(first, second, upper):
            roles |= {first, second, upper}
            if first == second == upper:
                return f"TransitiveObjectProperty({_iri(upper, base)})"
            chain = f"ObjectPropertyChain({_iri(first, base)} {_iri(second, base)})"
            return f"SubObjectPropertyOf({chain} {_iri(upper, base)})"


def _expression(expression: Expression, base: str, classes: set[str], roles: set[str]) -> str:
    match expression:
        case Named(key):
            classes.add(key)
            return _iri(key, base)
        case Some(role, filler):
            roles.add(role)
            return f"ObjectSomeValuesFrom({_iri(role, base)} {_expression(filler, base, classes, roles)})"
        case And(parts):
            inner = " ".join(_expression(part, base, classes, roles) for part in parts)
            return f"ObjectIntersectionOf({inner})"


def _iri(name: str, base: str) -> str:
    return f"<{name}>" if ":" in name else f"<{base}{name}>"
