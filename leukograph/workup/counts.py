"""A measured count, set against the limits that the graph has for such a person.

1. What was typed (`ANC=0.4`, `CD4=350/uL`) becomes a number in 10*9/L.
2. A limit is a figure `threshold` of a low count, or the lower end of a figure
   `reference_interval` of its level. Limits of somebody special (Duffy-null people,
   pregnant women) hold only when that was given, and then before all others; an interval
   that begins above what is called low for all makes no count low.
3. Of an adult, every limit is asked that is for adults or states no age. Of a child,
   those for that age come before those that state none; where there is none at all,
   those for adults are used, with a warning.
4. Thresholds decide; where there is none, reference intervals do. A count that only a
   reference interval calls low is `borderline`: not low by definition, and no proof of
   a normal count either.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from leukograph.errors import WrongOption
from leukograph.knowledge import Knowledge
from leukograph.model import Figure, Term
from leukograph.workup.ages import ADULT, ASSUMED, Age, Group, parse_population

#: The unit that every count is turned into.
UNIT = "10*9/L"
#: how a unit is typed, in small letters without blanks -> what it is in 10*9/L
_FACTORS = {
    **dict.fromkeys(("10*9/l", "10^9/l", "x10^9/l", "x10*9/l", "×10^9/l", "10⁹/l", "×10⁹/l", "x10⁹/l", "e9/l"), 1.0),
    **dict.fromkeys(("g/l", "gpt/l", "k/ul", "k/mm3", "/nl", "10*3/ul", "10^3/ul", "x10^3/ul", "10³/ul"), 1.0),
    **dict.fromkeys(("/ul", "/mm3", "/cmm", "cells/ul", "cells/mm3", "10*6/l", "10^6/l"), 1e-3),
}
_NUMBER = re.compile(r"\s*([0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})\s*(.*?)\s*", re.ASCII)
#: No count is higher, in 10*9/L.
HIGHEST = 1_000.0
#: A number without a unit that is so many times the highest normal one is in another unit.
FAR_ABOVE = 5.0

Status = Literal["low", "disputed", "borderline", "normal", "high", "unknown"]


class Limit(NamedTuple):
    """A figure that tells low from not low, with its limit in 10*9/L."""

    figure: Figure
    bound: float
    #: whether the count is below it
    below: bool


class Reading(NamedTuple):
    """A count, and what it amounts to."""

    level: Term
    #: in 10*9/L
    value: float
    status: Status = "unknown"
    #: the low count that this would be, if it were low
    condition: Term | None = None
    #: the limits that decide, then those that are only told
    limits: tuple[Limit, ...] = ()
    told: tuple[Limit, ...] = ()
    #: the kinds of the low count by degree that this is too, the mildest first
    degrees: tuple[Term, ...] = ()
    #: the limits of each of them
    degree_limits: tuple[tuple[Limit, ...], ...] = ()
    #: what was given about the person and has limits of its own, but for other ages only
    other_ages: Term | None = None
    notes: tuple[str, ...] = ()

    @property
    def is_low(self) -> bool:
        """Whether the count is taken as low: some limit that decides says so."""
        return self.status in {"low", "disputed"}


def parse_count(typed: str, name: str, level: Term, knowledge: Knowledge) -> float:
    """Return a count in 10*9/L.

    Args:
        typed: a number, with a unit or without.
        name: what was typed for the level.
        level: the level that it counts.
        knowledge: the graph, for what a plausible number is.

    Raises:
        WrongOption: when it is no such number.
    """
    hint = f"a number in 10*9/L, or one per microlitre: {name[:40]}=0.8 or {name[:40]}=800/uL"
    match = _NUMBER.fullmatch(typed)
    if re.search(r"\d,\d", typed):
        raise WrongOption(f"{typed[:40]!r} has a comma, and the decimal sign is a point", hint)
    if match is None:
        raise WrongOption(f"{typed[:40]!r} is no count", hint)
    unit = "".join(match[2].lower().replace("µ", "u").replace("μ", "u").split())
    if unit and unit not in _FACTORS:
        why = "a share of all white cells is no count" if unit.startswith("%") else f"{match[2][:40]!r} is no unit here"
        raise WrongOption(why, hint)
    number = float(match[1])
    value = round(number * _FACTORS.get(unit, 1.0), 9)
    if not unit and number > _plausible(level, knowledge):
        raise WrongOption(
            f"{name[:40]}={match[1]} has no unit and is far above any normal {level.label} in 10*9/L",
            f"say the unit: {name[:40]}={match[1]}/uL if it is per microlitre, else {name[:40]}={match[1]}e9/L",
        )
    if value > HIGHEST:
        raise WrongOption(f"a {level.label} of {value:g} × 10⁹/L", hint)
    return value


def _plausible(level: Term, knowledge: Knowledge) -> float:
    """Return the highest number that can be meant without a unit."""
    highs = [
        figure.high * _factor(figure)
        for figure in knowledge.figures_about(level.key)
        if figure.quantity == "reference_interval" and figure.high is not None and _is_count(figure)
    ]
    return min(100.0, FAR_ABOVE * max(highs)) if highs else 100.0


def judge(
    knowledge: Knowledge, level: Term, value: float, age: Age | None = None, given: frozenset[str] = frozenset()
) -> Reading:
    """Say whether a count is low, by every limit that fits.

    Args:
        knowledge: the graph.
        level: what was counted.
        value: in 10*9/L.
        age: of the person; an adult is assumed when it is left out.
        given: keys of what was given about the person, such as `duffy_null_phenotype`.
    """
    days = age.days if age else ASSUMED
    condition = _low_state(knowledge, level)
    thresholds = _figures(knowledge, condition.key, "threshold") if condition else []
    intervals = _figures(knowledge, level.key, "reference_interval")
    deciding, told, notes, other_ages = _chosen(thresholds, intervals, days, age, given)
    limits = tuple(_limit(figure, value) for figure in deciding)
    beside = tuple(_limit(figure, value) for figure in told)
    status = _status(limits, beside, deciding, value)
    degrees = _degrees(knowledge, condition, value, days) if condition and status in {"low", "disputed"} else ()
    return Reading(
        level,
        value,
        status,
        condition,
        limits,
        beside,
        tuple(term for term, _ in degrees),
        tuple(its for _, its in degrees),
        other_ages,
        tuple(notes),
    )


def _low_state(knowledge: Knowledge, level: Term) -> Term | None:
    found = (claim.object for claim in knowledge.claims_from(level.key) if claim.relation == "has_low_state")
    return next(found, None)


def _figures(knowledge: Knowledge, key: str, quantity: str) -> list[Figure]:
    return [
        figure
        for figure in knowledge.figures_about(key)
        if figure.quantity == quantity and _is_count(figure) and _bound(figure) is not None
    ]


def _is_count(figure: Figure) -> bool:
    return figure.unit in {UNIT, "/uL", "10*6/L"}


def _factor(figure: Figure) -> float:
    return 1.0 if figure.unit == UNIT else 1e-3


def _bound(figure: Figure) -> float | None:
    """Return what a count must be below to be low; a band of degrees has no such number, nor has one from 0."""
    bound = figure.value if figure.quantity == "threshold" else figure.low
    return round(bound * _factor(figure), 9) if bound else None


def _limit(figure: Figure, value: float) -> Limit:
    bound = _bound(figure) or 0.0
    return Limit(figure, bound, value < bound)


def _chosen(
    thresholds: list[Figure], intervals: list[Figure], days: float, age: Age | None, given: frozenset[str]
) -> tuple[list[Figure], list[Figure], list[str], Term | None]:
    """Return the figures that decide, those told beside them, what to say of the choice, and whose own do not fit."""
    notes: list[str] = []
    own = [one for one in (*thresholds, *intervals) if len(one.about) == 2 and given & {t.key for t in one.about}]
    own_groups = [(one, parse_population(one.population)) for one in own]
    if fitting := [one for one, group in own_groups if group.holds(days)]:
        for_all = _for_all(thresholds, days)
        if for_all and _lie_above(fitting, for_all):
            return for_all, fitting, notes, None
        return fitting, for_all or _for_all(intervals, days), notes, None
    whose = next((term for one in own for term in one.about if term.key in given), None)
    if whose:
        notes.append(
            f"the graph has limits of people with {whose.label} for other ages only, so those for all were used"
        )
    plain = [_for_all(thresholds, days), _for_all(intervals, days)]
    if not any(plain):
        plain = [_for_all(thresholds, ASSUMED), _for_all(intervals, ASSUMED)]
        if any(plain) and age:
            notes.append(f"the graph has no limit for the age of {age.words}, so those for adults were used")
    if days < ADULT and plain[0] and not _aged(plain[0]) and _aged(plain[1]):
        plain.reverse()  # of a child, what is for its age goes before what states no age
    deciding = plain[0] or plain[1]
    if days < ADULT and age and deciding and not notes and not _aged(deciding):
        notes.append(f"the graph has no limit for the age of {age.words}, so those that state no age were used")
    return deciding, plain[1] if deciding is plain[0] else [], notes, whose


def _lie_above(intervals: list[Figure], thresholds: list[Figure]) -> bool:
    """Tell whether somebody's normal counts begin above what is called low: then less is unusual, and not low."""
    if any(one.quantity != "reference_interval" for one in intervals):
        return False
    return min(_bound(one) or 0.0 for one in intervals) > max(_bound(one) or 0.0 for one in thresholds)


def _for_all(figures: Iterable[Figure], days: float) -> list[Figure]:
    """Return the figures that fit an age and are not about people chosen for something else."""
    groups = [(one, parse_population(one.population)) for one in figures if len(one.about) == 1]
    fitting = [(one, group) for one, group in groups if group.holds(days) and not group.chosen]
    if days < ADULT and any(group.aged for _, group in fitting):
        fitting = [(one, group) for one, group in fitting if group.aged]
    return [one for one, _ in sorted(fitting, key=lambda pair: _order(*pair))]


def _order(figure: Figure, group: Group) -> tuple[bool, float, float, str]:
    return not group.aged, min(group.high, math.inf) - group.low, -(_bound(figure) or 0.0), figure.key


def _aged(figures: Iterable[Figure]) -> bool:
    return any(parse_population(one.population).aged for one in figures)


def _status(limits: tuple[Limit, ...], told: tuple[Limit, ...], deciding: list[Figure], value: float) -> Status:
    if not limits:
        return "unknown"
    below = {limit.below for limit in limits}
    if below == {True}:
        return "low"
    if True in below:
        return "disputed"
    if any(limit.below for limit in told) and any(len(one.about) == 1 for one in deciding):
        return "borderline"
    highs = [one.high * _factor(one) for one in (*deciding, *(limit.figure for limit in told)) if one.high is not None]
    return "high" if highs and value > max(highs) else "normal"


def _degrees(
    knowledge: Knowledge, condition: Term, value: float, days: float
) -> tuple[tuple[Term, tuple[Limit, ...]], ...]:
    """Return the kinds of a low count by degree under whose thresholds, or most of them, a count falls, with those."""
    found = []
    for key in knowledge.descendants(condition.key):
        limits = [_limit(one, value) for one in _for_all(_figures(knowledge, key, "threshold"), days)]
        if limits and 2 * sum(limit.below for limit in limits) > len(limits):
            found.append((-_middle(limits), key, tuple(limits)))
    return tuple((knowledge.term(key), limits) for _, key, limits in sorted(found, key=lambda one: one[:2]))


def as_low_as(knowledge: Knowledge, degree: Term) -> tuple[Term, ...]:
    """Return a kind of a low count by degree, and those that are as low or lower by their thresholds."""
    bound = _threshold_of(knowledge, degree.key)
    level = knowledge.level_of.get(degree.key)
    if bound is None:
        return (degree,)
    others = {
        key: its
        for key, of in knowledge.level_of.items()
        if of == level and key != degree.key and (its := _threshold_of(knowledge, key)) is not None
    }
    return (degree, *(knowledge.term(key) for key, its in sorted(others.items()) if its <= bound))


def _threshold_of(knowledge: Knowledge, key: str) -> float | None:
    limits = [_limit(one, 0.0) for one in _for_all(_figures(knowledge, key, "threshold"), ASSUMED)]
    return _middle(limits) if limits else None


def _middle(limits: list[Limit]) -> float:
    bounds = sorted(limit.bound for limit in limits)
    return bounds[len(bounds) // 2]
