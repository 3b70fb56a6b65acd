"""How sure: belief and grade from evidence.

Each kind of evidence has a reliability w, stated in `ontology/core.ttl`. Per
subject, sign and object one source counts once, with its strongest row; where its
rows for and against are as strong, it supports: it saw the effect in one of its
groups, and a claim says what a cause is able to do. With S = 1 - product of (1 - w)
over the sources that support a claim, and R likewise over those that refute it,
belief = S x (1 - R).

A row that states a stage bears on that stage alone. So a claim is read three ways: at
any time, with all rows; early, without the rows that say late; late, without those that
say early. It is as sure as its surest reading: that no late effect was found takes
nothing from an early one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from leukograph.model import Grade, Limits


class Said(NamedTuple):
    """What of an evidence row is weighed."""

    source: str
    #: "supports" or "refutes"
    verdict: str
    kind: str
    #: "early" or "late" when the row speaks of that stage alone, else empty
    stage: str = ""

    def bears_on(self, reading: str) -> bool:
        """Tell whether the row is weighed in a reading: a stage, or "" for any time."""
        return not reading or self.stage in {"", reading}


@dataclass(frozen=True, slots=True)
class Weight:
    """Support, refutation and what follows from them, each 0 to 1, four places."""

    support: float
    refutation: float
    belief: float
    grade: Grade
    #: the stage at which the claim is surest, empty when that is at any time
    reading: str = ""


def weigh(rows: Iterable[Said], reliability: Mapping[str, float], limits: Limits, stages: Iterable[str] = ()) -> Weight:
    """Weigh the evidence rows of one claim.

    The result does not depend on the order of the rows or on repeated ones.

    Args:
        rows: what each row says.
        reliability: kind of evidence -> w, 0 to 1.
        limits: where the grades begin.
        stages: all stages that a row may state.

    Raises:
        KeyError: when a kind of evidence has no stated reliability.

    Example:
        >>> limits = Limits(established=0.84, probable=0.6, contested=0.5)
        >>> rows = [Said("a", "supports", "review"), Said("b", "refutes", "cohort", "late")]
        >>> weigh(rows, {"review": 0.75, "cohort": 0.8}, limits, ["early", "late"])
        Weight(support=0.75, refutation=0.0, belief=0.75, grade='probable', reading='early')
    """
    rows = list(rows)
    sides = {reading: _sides([row for row in rows if row.bears_on(reading)], reliability) for reading in ("", *stages)}
    # of readings that are as sure, the first: that at any time
    reading, (support, refutation) = max(sides.items(), key=lambda item: item[1][0] * (1 - item[1][1]))
    belief = round(support * (1 - refutation), 4)
    grade = _grade(support, refutation, belief, limits)
    return Weight(round(support, 4), round(refutation, 4), belief, grade, reading)


def _sides(rows: Iterable[Said], reliability: Mapping[str, float]) -> tuple[float, float]:
    """Return S and R of rows that bear on one reading."""
    strongest: dict[str, tuple[float, bool]] = {}
    for row in rows:
        weight = reliability[row.kind], row.verdict == "supports"
        strongest[row.source] = max(strongest.get(row.source, weight), weight)
    counted = [strongest[source] for source in sorted(strongest)]
    return _any(w for w, supports in counted if supports), _any(w for w, supports in counted if not supports)


def _any(reliabilities: Iterable[float]) -> float:
    """Return the chance that at least one of several independent sources is right."""
    none = 1.0
    for reliability in reliabilities:
        none *= 1 - reliability
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
