"""What would be found if a cause were at work: by its own claims, or by a step of its way.

A finding is *direct* when the cause, or a class of it, is shown by it. It comes *through*
something that the cause raises: a step of a chain to a low count that was given, or what
the cause acts on in one step. Claims only say what is able to be; so a finding that comes
through a step speaks for a cause when it is there, and not against it when it is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from leukograph.knowledge import Knowledge
from leukograph.model import GRADES, Chain, Claim, Grade, Term
from leukograph.workup.ages import about_other_ages


class Prediction(NamedTuple):
    """That a cause may show one finding, or bring about one other thing."""

    claims: tuple[Claim, ...]
    #: that of the weakest claim
    grade: Grade
    #: the step through which it comes; None when it is direct
    via: Term | None = None

    def fits(self, days: float) -> bool:
        """Tell whether the finding may be looked for at an age: not every report is of people of another."""
        rows = [row.context for row in self.claims[-1].evidence if row.verdict == "supports"]
        return not about_other_ages(rows, days)

    @property
    def sets_aside(self) -> bool:
        """Whether the finding is looked for to set the cause aside when it is not there."""
        return self.counts_when_absent and any("role=rule_out" in roles_of(claim) for claim in self.claims)

    @property
    def counts_when_absent(self) -> bool:
        """Whether its absence is a point against the cause: it is direct, and well supported."""
        return self.via is None and GRADES.index(self.grade) <= GRADES.index("probable")


def roles_of(claim: Claim) -> list[str]:
    """Return the parts of the contexts of the rows that support a claim."""
    return [part for row in claim.evidence if row.verdict == "supports" for part in row.context.split("|")]


def predictions(knowledge: Knowledge, cause: Term, chains: Iterable[Chain]) -> dict[str, Prediction]:
    """Return what a cause predicts: key of a finding or of another term -> how.

    Args:
        knowledge: the graph.
        cause: the cause.
        chains: its chains to the low counts that are to be explained.
    """
    found: dict[str, Prediction] = {}
    for prediction in (*_shown(knowledge, cause, ()), *_through(knowledge, cause, chains)):
        key = prediction.claims[-1].object.key
        known = found.get(key)
        if known is None or _rank(prediction) < _rank(known):
            found[key] = prediction
    return found


def _rank(prediction: Prediction) -> tuple[bool, int, int]:
    return prediction.via is not None, GRADES.index(prediction.grade), len(prediction.claims)


def _shown(knowledge: Knowledge, term: Term, way: tuple[Claim, ...]) -> Iterator[Prediction]:
    """Yield the findings and tests that show a term, behind the way that leads to it."""
    for claim, _ in knowledge.claims_of(term.key):
        if claim.relation == "shown_by" and claim.holds:
            claims = (*way, claim)
            yield Prediction(claims, _weakest(claims), term if way else None)


def _through(knowledge: Knowledge, cause: Term, chains: Iterable[Chain]) -> Iterator[Prediction]:
    ways: dict[Term, tuple[Claim, ...]] = {claim.object: (claim,) for claim in _acts_up(knowledge, cause)}
    for chain in chains:
        if chain.sign == "+":
            way: tuple[Claim, ...] = ()
            for step in chain.own_steps:
                way = (*way, step.claim)
                if step.direction == "up":
                    ways.setdefault(step.claim.object, way)
    for term, way in ways.items():
        yield Prediction(way, _weakest(way), term)
        yield from _shown(knowledge, term, way)


def _acts_up(knowledge: Knowledge, cause: Term) -> Iterator[Claim]:
    """Yield the claims by which a cause brings something about, or raises it."""
    relations = knowledge.language.relations
    for claim, _ in knowledge.claims_of(cause.key):
        if claim.holds and relations[claim.relation].family == "act" and claim.sign == "+":
            yield claim


def _weakest(claims: Iterable[Claim]) -> Grade:
    return max((claim.grade for claim in claims if not claim.definitional), key=GRADES.index, default="established")
