"""Asks for proofs by name: in our own graph, or in any OWL file."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from leukograph.errors import AmbiguousName, UnknownName, WrongOption
from leukograph.model import Source
from leukograph.namespaces import iri
from leukograph.reasoning.axioms import BOTTOM, Expression, Named, Some, local_name
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
        raise WrongOption(
            f"{len(names)} name{'' if len(names) == 1 else 's'}", "give two (SUB SUPER), or three (SUB RELATION SUPER)"
        )
    sub, *relation, sup = names
    end = BOTTOM if sup.casefold() in NOTHING else resolve(sup)
    goal: Expression = Some(_role(ontology, theory, relation[0]), Named(end)) if relation else Named(end)
    return prove(theory, Named(resolve(sub)), goal, limit)


def _role(ontology: Ontology, theory: Theory, name: str) -> str:
    """Return the IRI of a property by its IRI, its label or the end of its IRI."""
    roles = sorted(theory.roles)
    wanted = name.casefold().replace(" ", "_")
    for role in roles:
        known = {role, ontology.name(role), local_name(role)}
        if wanted in {one.casefold().replace(" ", "_") for one in known}:
            return role
    from difflib import get_close_matches

    raise UnknownName(name, get_close_matches(name, [ontology.name(role) for role in roles], n=5, cutoff=0.3))


def resolver(ontology: Ontology) -> Callable[[str], str]:
    """Return the look-up of the classes of any file: by IRI, the end of the IRI or label, in that order.

    The look-up raises `UnknownName` with the closest names, and `AmbiguousName` with the
    IRIs of the classes that share one.
    """
    kinds: tuple[Callable[[str], str], ...] = (str, local_name, lambda one: ontology.labels.get(one, ""))
    called: list[dict[str, list[str]]] = [{} for _ in range(2 * len(kinds))]  # as written, then in any case
    for class_ in sorted(ontology.classes):
        for place, kind in enumerate(kinds):
            if name := kind(class_):
                called[place].setdefault(name, []).append(class_)
                called[place + len(kinds)].setdefault(name.casefold(), []).append(class_)

    def resolve(name: str) -> str:
        for place, known in enumerate(called):
            found = known.get(name if place < len(kinds) else name.casefold(), [])
            if len(found) > 1:
                raise AmbiguousName(name, found)
            if found:
                return found[0]
        from difflib import get_close_matches

        names = {text for known in called[len(kinds) + 1 :] for text in known}
        raise UnknownName(name, get_close_matches(name.casefold(), sorted(names), n=5))

    return resolve


def of_graph(resolve: Callable[[str], str]) -> Callable[[str], str]:
    """Return the look-up of our own terms as IRIs."""
    return lambda name: iri(resolve(name))
