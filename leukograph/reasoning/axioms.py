"""Axioms of OWL 2 EL as plain values, and how they read.

Class expressions are a name, an intersection, or "some" of a property; that is all
that our ontology needs. Property axioms say that one property is under another, or
that two in a row make a third (transitivity is a chain of a property with itself).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from leukograph.knowledge import Knowledge
from leukograph.model import Claim, Entry, Language
from leukograph.namespaces import iri

#: What every class is under, and what no thing belongs to.
TOP, BOTTOM = "http://www.w3.org/2002/07/owl#Thing", "http://www.w3.org/2002/07/owl#Nothing"


class Named(NamedTuple):
    """A class by its IRI."""

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
INFLUENCES, PROMOTES, OPPOSES = iri("influences"), iri("promotes"), iri("opposes")


def axioms_of(knowledge: Knowledge) -> Iterator[Axiom]:
    """Yield what our graph says as logic: is-a, claims that hold, properties.

    It is what `leukograph.owl` says, without annotations.
    """
    yield SubRole(PROMOTES, INFLUENCES)
    yield SubRole(OPPOSES, INFLUENCES)
    yield Chain(INFLUENCES, INFLUENCES, INFLUENCES)
    for relation in knowledge.language.relations.values():
        if relation.family == "act":
            yield SubRole(iri(relation.key), PROMOTES if relation.sign == "+" else OPPOSES)
    for entry in knowledge.entries.values():
        kind = "drug" if entry.term.kind == "drug_class" else entry.term.kind  # its members are drugs
        for parent in entry.parents or (f"{kind}_kind",):
            yield SubClass(Named(iri(entry.key)), Named(iri(parent)))
    for key, defined in knowledge.defined.items():
        expression = parsed(defined.expression, iri)
        yield SubClass(Named(iri(key)), expression)
        yield SubClass(expression, Named(iri(key)))
    for one, other in knowledge.disjoint:
        yield SubClass(And((Named(iri(one)), Named(iri(other)))), Named(BOTTOM))
    for claim in knowledge.claims.values():
        if claim.holds:
            yield SubClass(Named(claim.subject.iri), Some(iri(claim.relation), Named(claim.object.iri)), claim)


def signed_axioms_of(knowledge: Knowledge) -> Iterator[Axiom]:
    """Yield the acting claims of the whole graph with their signs; see `signed_axioms`."""
    return signed_axioms(knowledge.language, knowledge.entries.values(), knowledge.claims.values())


def signed_axioms(language: Language, entries: Iterable[Entry], claims: Iterable[Claim]) -> Iterator[Axiom]:
    """Yield acting claims with their signs, as pure EL.

    Each term becomes two classes, `up_KEY` and `down_KEY`. A raising claim links like
    with like, a lowering one crosses over; is-a holds on both sides. Since `influences`
    has no loop this is exact: a chain of one sign from a cause to a count is there just
    when `up_CAUSE` is under `influences some up_COUNT`, or `down_COUNT`.

    Args:
        language: tells which relations act.
        entries: the terms; of their parents, those that are among them.
        claims: those that hold are taken, if they act.
    """
    entries = list(entries)
    keys = {entry.key for entry in entries}
    yield Chain(INFLUENCES, INFLUENCES, INFLUENCES)
    for entry in entries:
        for parent in entry.parents:
            for side in ("up", "down") if parent in keys else ():
                yield SubClass(Named(iri(f"{side}_{entry.key}")), Named(iri(f"{side}_{parent}")))
    for claim in claims:
        if claim.holds and language.relations[claim.relation].family == "act":
            for side, other in (("up", "down"), ("down", "up")):
                end = side if claim.sign == "+" else other
                object_ = Some(INFLUENCES, Named(iri(f"{end}_{claim.object.key}")))
                yield SubClass(Named(iri(f"{side}_{claim.subject.key}")), object_, claim)


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


_TOKEN = re.compile(r"[()]|[^\s()]+")


def parsed(text: str, iri_: Callable[[str], str] = str) -> Expression:
    """Return the expression that `words` wrote; the way back.

    Raises:
        ValueError: when the text is no such expression.

    Example:
        >>> parsed("drug and (influences some neutrophil_count)").parts[1].role
        'influences'
    """
    tokens = _TOKEN.findall(text)[::-1]
    expression = _parsed(tokens, iri_)
    if tokens:
        raise ValueError(f"{text!r} goes on after its end")
    return expression


def _parsed(tokens: list[str], iri_: Callable[[str], str]) -> Expression:
    parts = [_part(tokens, iri_)]
    while tokens and tokens[-1] == "and":
        tokens.pop()
        parts.append(_part(tokens, iri_))
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _part(tokens: list[str], iri_: Callable[[str], str]) -> Expression:
    if not tokens or tokens[-1] in {")", "and", "some"}:
        raise ValueError(f"a name or a bracket was expected before {' '.join(tokens[::-1]) or 'the end'!r}")
    token = tokens.pop()
    if token == "(":
        inner = _parsed(tokens, iri_)
        if not tokens or tokens.pop() != ")":
            raise ValueError("a bracket is not closed")
        return inner
    if tokens and tokens[-1] == "some":
        tokens.pop()
        return Some(iri_(token), _part(tokens, iri_))
    return Named(iri_(token))


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


def names_in(expression: Expression) -> set[str]:
    """Return the IRIs of the classes in an expression."""
    match expression:
        case Named(name):
            return {name}
        case Some(_, filler):
            return names_in(filler)
        case And(parts):
            return {name for part in parts for name in names_in(part)}


def roles_in(expression: Expression) -> set[str]:
    """Return the IRIs of the properties in an expression."""
    match expression:
        case Some(role, filler):
            return {role} | roles_in(filler)
        case Named():
            return set()
        case And(parts):
            return {role for part in parts for role in roles_in(part)}


def local_name(iri_: str) -> str:
    """Return the end of an IRI."""
    return iri_.rsplit("#", 1)[-1].rsplit("/", 1)[-1] or iri_


def functional(axioms: Iterable[Axiom], ontology: str) -> bytes:
    """Return axioms as an OWL document in functional syntax, under the IRI of an ontology."""
    classes: set[str] = set()
    roles: set[str] = set()
    body = [_functional(axiom, classes, roles) for axiom in axioms]
    lines = [f"Ontology(<{ontology}>"]
    lines += [f"Declaration(Class(<{name}>))" for name in sorted(classes)]
    lines += [f"Declaration(ObjectProperty(<{name}>))" for name in sorted(roles)]
    return "\n".join([*lines, *body, ")"]).encode()


def _functional(axiom: Axiom, classes: set[str], roles: set[str]) -> str:
    match axiom:
        case SubClass(sub, sup, _):
            return f"SubClassOf({_expression(sub, classes, roles)} {_expression(sup, classes, roles)})"
        case SubRole(lower, upper):
            roles |= {lower, upper}
            return f"SubObjectPropertyOf(<{lower}> <{upper}>)"
        case Chain(first, second, upper):
            roles |= {first, second, upper}
            if first == second == upper:
                return f"TransitiveObjectProperty(<{upper}>)"
            return f"SubObjectPropertyOf(ObjectPropertyChain(<{first}> <{second}>) <{upper}>)"


def _expression(expression: Expression, classes: set[str], roles: set[str]) -> str:
    match expression:
        case Named(name):
            classes.add(name)
            return f"<{name}>"
        case Some(role, filler):
            roles.add(role)
            return f"ObjectSomeValuesFrom(<{role}> {_expression(filler, classes, roles)})"
        case And(parts):
            return f"ObjectIntersectionOf({' '.join(_expression(part, classes, roles) for part in parts)})"
