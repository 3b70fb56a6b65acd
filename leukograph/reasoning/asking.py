"""Asks for proofs by name: in our own graph, or in any OWL file."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from leukograph.errors import UnknownName, WrongOption
from leukograph.model import Source
from leukograph.namespaces import iri
from leukograph.reasoning.axioms import BOTTOM, TOP, Expression, Named, Some, SubClass
from leukograph.reasoning.prove import Proofs, prove
from leukograph.reasoning.read import Ontology
from leukograph.reasoning.saturation import Theory

#: Names of what no thing belongs to.
NOTHING = frozenset({"nothing", "owl:nothing", BOTTOM.casefold()})


class Proven(NamedTuple):
    """Proofs, with what is needed to tell them."""

    proofs: Proofs
    #: IRI -> how a thing is called
    name: Callable[[str], str]
    sources: tuple[Source, ...] = ()


def ask(
    ontology: Ontology, theory: Theory, names: tuple[str, ...], resolve: Callable[[str], str], limit: int
) -> Proofs:
    """Prove `SUB SubClassOf SUPER`, or `SUB SubClassOf RELATION some SUPER`.

    Args:
        ontology: for its labels and properties.
        theory: its axioms, indexed.
        names: two or three names.
        resolve: from the name of a class to its IRI.
        limit: how many proofs at the most.

    Raises:
        UnknownName, AmbiguousName: when a name is not clear.
        WrongOption: when there are not two or three names.
    """
    if len(names) not in {2, 3}:
        raise WrongOption(f"{len(names)} names", "give two (SUB SUPER), or three (SUB RELATION SUPER)")
    sub, *relation, sup = names
    end = BOTTOM if sup.casefold() in NOTHING else resolve(sup)
    goal: Expression = Some(_role(ontology, relation[0]), Named(end)) if relation else Named(end)
    return prove(theory, Named(resolve(sub)), goal, limit)


def _role(ontology: Ontology, name: str) -> str:
    """Return the IRI of a property by its IRI, its label or the end of its IRI."""
    roles = sorted(_roles(ontology))
    wanted = name.casefold().replace(" ", "_")
    for role in roles:
        known = {role, ontology.name(role), role.rsplit("/", 1)[-1].rsplit("#", 1)[-1]}
        if wanted in {one.casefold().replace(" ", "_") for one in known}:
            return role
    from difflib import get_close_matches

    raise UnknownName(name, get_close_matches(name, [ontology.name(role) for role in roles], n=5, cutoff=0.3))


def _roles(ontology: Ontology) -> set[str]:
    found: set[str] = set()
    for axiom in ontology.axioms:
        if isinstance(axiom, SubClass):
            found |= _roles_in(axiom.sub) | _roles_in(axiom.sup)
        else:
            found |= set(axiom)
    return found


def _roles_in(expression: Expression) -> set[str]:
    match expression:
        case Some(role, filler):
            return {role} | _roles_in(filler)
        case Named():
            return set()
        case _:
            return {role for part in expression.parts for role in _roles_in(part)}


def resolver(ontology: Ontology) -> Callable[[str], str]:
    """Return the look-up of the classes of any file: by IRI, label or the end of the IRI.

    The look-up raises `UnknownName` with the closest names.
    """
    names: dict[str, str] = {}
    for iri_ in sorted(_classes(ontology)):
        for name in (iri_, ontology.name(iri_), iri_.rsplit("/", 1)[-1].rsplit("#", 1)[-1]):
            names.setdefault(name.casefold(), iri_)

    def resolve(name: str) -> str:
        if name.casefold() in names:
            return names[name.casefold()]
        from difflib import get_close_matches

        raise UnknownName(name, get_close_matches(name.casefold(), list(names), n=5))

    return resolve


def _classes(ontology: Ontology) -> set[str]:
    found: set[str] = set()
    for axiom in ontology.axioms:
        if isinstance(axiom, SubClass):
            found |= _names_in(axiom.sub) | _names_in(axiom.sup)
    return found - {TOP, BOTTOM}


def _names_in(expression: Expression) -> set[str]:
    match expression:
        case Named(name):
            return {name}
        case Some(_, filler):
            return _names_in(filler)
        case _:
            return {name for part in expression.parts for name in _names_in(part)}


def of_graph(resolve: Callable[[str], str]) -> Callable[[str], str]:
    """Return the look-up of our own terms as IRIs."""
    return lambda name: iri(resolve(name))
