"""Two engines, one truth: what a reasoner derives against what the path search finds.

For every cause and every level the reasoner derives `cause SubClassOf influences some
level` just when there is a chain, or an outcome, that leads there; with the signed
axioms, just when there is one of that sign. The one difference allowed rests on an
outcome in the middle of a way: the reasoner walks on from what was seen, the search
does not. Such pairs are listed.
"""

from __future__ import annotations

from typing import NamedTuple

from leukograph.knowledge import Knowledge
from leukograph.model import Claim, Term
from leukograph.namespaces import iri
from leukograph.network import Network
from leukograph.reasoning.axioms import (
    INFLUENCES,
    Axiom,
    Named,
    Some,
    SubClass,
    axioms_of,
    signed_axioms_of,
)
from leukograph.reasoning.classify import superclasses

#: A cause, which way it runs (always up), a level, and which way that runs; "" unsigned.
Pair = tuple[str, str, str]
_SIDES = {"up": 1, "down": -1}


class Agreement(NamedTuple):
    """How the two engines compare over all causes and levels."""

    #: pairs that both found
    agreed: int
    #: (cause, level, side) that only one of them found, and no outcome in the middle explains
    only_reasoner: tuple[Pair, ...]
    only_search: tuple[Pair, ...]
    #: pairs that the reasoner finds beyond an outcome in the middle of a way
    beyond_outcomes: tuple[Pair, ...]


def agreement(knowledge: Knowledge, *, signed: bool = False, engine: str = "elk") -> Agreement:
    """Compare a reasoner and the search over the whole graph.

    Args:
        knowledge: the graph.
        signed: whether to compare sign by sign.
        engine: the reasoner, "elk" or "hermit".

    Raises:
        NoReasoner, ReasonerFailed: as `superclasses` does.
    """
    derived = _derived(knowledge, signed, engine)
    found = _searched(knowledge, signed, through_outcomes=False)
    beyond = _searched(knowledge, signed, through_outcomes=True)
    return Agreement(
        agreed=len(derived & found),
        only_reasoner=tuple(sorted(derived - beyond)),
        only_search=tuple(sorted(found - derived)),
        beyond_outcomes=tuple(sorted((derived & beyond) - found)),
    )


def _causes(knowledge: Knowledge) -> list[Term]:
    kinds = knowledge.language.kinds
    return [entry.term for entry in knowledge.entries.values() if kinds[entry.term.kind].role == "cause"]


def _levels(knowledge: Knowledge) -> list[str]:
    return [key for key, entry in knowledge.entries.items() if entry.term.kind == "level"]


def _derived(knowledge: Knowledge, signed: bool, engine: str) -> set[Pair]:
    """Return what the reasoner derives, by a defined class for each level and side."""
    sides = tuple(_SIDES) if signed else ("",)
    targets = {(level, side): f"{side}_{level}" if side else level for level in _levels(knowledge) for side in sides}
    axioms: list[Axiom] = [*(signed_axioms_of(knowledge) if signed else axioms_of(knowledge))]
    axioms += [SubClass(Some(INFLUENCES, Named(iri(key))), Named(iri(f"reaches_{key}"))) for key in targets.values()]
    above = superclasses(axioms, engine)
    start = "up_" if signed else ""
    return {
        (cause.key, level, side)
        for cause in _causes(knowledge)
        for (level, side), key in targets.items()
        if iri(f"reaches_{key}") in above.get(iri(start + cause.key), ())
    }


def _searched(knowledge: Knowledge, signed: bool, through_outcomes: bool) -> set[Pair]:
    """Return what walks along claims find; the first step may be an outcome, others only if asked."""
    network = Network(knowledge)
    levels = set(_levels(knowledge))
    found: set[Pair] = set()
    for cause in _causes(knowledge):
        seen = {(cause.key, 1)}
        queue = [(cause.key, 1)]
        for key, direction in queue:
            claims: list[Claim] = [claim for claim, _ in network.edges(key)]
            if through_outcomes or key == cause.key:
                claims += [claim for claim, _ in network.outcomes(key)]
            for claim in claims:
                end = claim.object.key, direction * (1 if claim.sign == "+" else -1)
                if end not in seen:
                    seen.add(end)
                    queue.append(end)
        for key, direction in seen:
            if key in levels:
                side = ("up" if direction > 0 else "down") if signed else ""
                found.add((cause.key, key, side))
    return found
