"""How sure: belief and grade from evidence.

Each kind of evidence has a reliability w, stated in `ontology/core.ttl`. Per
subject, sign and object one source counts once, with its strongest row. With
S = 1 - product of (1 - w) over the sources that support a claim, and R likewise
over those that refute it, belief = S x (1 - R).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from leukograph.model import Grade, Limits


@dataclass(frozen=True, slots=True)
class Weight:
    """Support, refutation and what follows from them, each 0 to 1, four places."""

    support: float
    refutation: float
    belief: float
    grade: Grade


def weigh(rows: Iterable[tuple[str, str, str]], reliability: Mapping[str, float], limits: Limits) -> Weight:
    """Weigh evidence rows, each given as (source, verdict, kind of evidence).

    The result does not depend on the order of the rows or on repeated ones.

    Raises:
        KeyError: when a kind of evidence has no stated reliability.

    Example:
        >>> limits = Limits(established=0.84, probable=0.6, contested=0.5)
        >>> weigh([("a", "supports", "review"), ("b", "supports", "cohort")], {"review": 0.75, "cohort": 0.8}, limits)
        Weight(support=0.95, refutation=0.0, belief=0.95, grade='established')
    """
    strongest: dict[str, dict[str, float]] = {"supports": {}, "refutes": {}}
    for source, verdict, kind in rows:
        sources = strongest[verdict]
        sources[source] = max(sources.get(source, 0.0), reliability[kind])
    support = _any(strongest["supports"])
    refutation = _any(strongest["refutes"])
    belief = round(support * (1 - refutation), 4)
    return Weight(round(support, 4), round(refutation, 4), belief, _grade(support, refutation, belief, limits))


def _any(reliabilities: Mapping[str, float]) -> float:
    """Return the chance that at least one of several independent sources is right."""
    none = 1.0
    for source in sorted(reliabilities):
        none *= 1 - reliabilities[source]
    return 1 - none


def _grade(support: float, refutation: float, belief: float, limits: Limits) -> Grade:
    if refutation > support:
        return "refuted"
    if min(support, refutation) >= limits.contested:
        return "contested"
    if belief >= limits.established:
        return "established"
    return "probable" if belief >= limits.probable else "reported"


def grade_of_chain(grades: Iterable[Grade]) -> Grade:
    """Return the grade of a chain: that of its weakest step.

    "contested" weakens a chain more than "reported" does: a step that sources
    dispute is less sure than one that a single source reports.
    """
    order: dict[Grade, int] = {"established": 0, "probable": 1, "reported": 2, "contested": 3, "refuted": 4}
    return max(grades, key=order.__getitem__, default="established")
