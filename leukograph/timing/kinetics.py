"""Arithmetic on figures with their ranges: stays, sums of stages, falls to a threshold.

A `Span` is a number with the range in which it may lie. Every function here is
monotone in each of its numbers, so that the ends of a result come from the ends of
what goes in: whatever is chosen inside the ranges, the result lies inside the range
that is returned. Nothing here knows the graph.

Two figures of one thing are never averaged: `either` spans them both, and a result
without one middle value says so by having none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import log
from typing import NamedTuple

from leukograph.errors import WrongOption
from leukograph.units import UNITS

#: Length of a UCUM unit of time in days. UCUM: a year is 365.25 days, a month a twelfth of it.
DAYS = {"min": 1 / 1440, "h": 1 / 24, "d": 1.0, "wk": 7.0, "mo": 30.4375, "a": 365.25}


#: UCUM code -> how people type it
_TYPED = {
    "min": ("min", "minute", "minutes"),
    "h": ("h", "hour", "hours"),
    "d": ("d", "day", "days"),
    "wk": ("wk", "w", "week", "weeks"),
    "mo": ("mo", "month", "months"),
    "a": ("a", "y", "year", "years"),
}


class Span(NamedTuple):
    """A number and the range in which it lies, low <= mid <= high.

    `mid` is None where there is no one number (two figures that disagree); `high` is
    None where there is only a lower bound.
    """

    low: float
    mid: float | None
    high: float | None
    #: UCUM
    unit: str = "d"

    @property
    def open(self) -> bool:
        """Whether the number is only known to be at least `low`."""
        return self.high is None

    def meets(self, other: Span) -> bool:
        """Tell whether two ranges have a number in common.

        Raises:
            WrongOption: when the units differ.
        """
        _same_unit((self, other))
        return (self.high is None or other.low <= self.high) and (other.high is None or self.low <= other.high)


def span(low: float | None, value: float | None, high: float | None, unit: str) -> Span:
    """Return the span that a figure states: its value, in its range where it has one.

    Args:
        low: lower end [unit], or None.
        value: the number itself [unit], or None.
        high: upper end [unit], or None.
        unit: UCUM.

    Raises:
        WrongOption: when there is no number at all, or low, value and high are not in rising order.
    """
    given = [number for number in (low, value, high) if number is not None]
    if not given or given != sorted(given):
        raise WrongOption(f"no range can be made of {low}, {value} and {high}", "give low <= value <= high")
    bounded = high is not None or value is not None
    return Span(given[0] if low is not None or value is not None else 0.0, value, given[-1] if bounded else None, unit)


def read_days(text: str) -> float:
    """Return a time that was typed, such as "12 h", "3 d", "6 weeks" or "2 months", in days.

    Raises:
        WrongOption: when it is no number with a unit of time.

    Example:
        >>> read_days("12 h"), read_days("6 weeks")
        (0.5, 42.0)
    """
    found = re.fullmatch(r"\s*(\d{1,6}(?:\.\d{1,6})?)\s*([a-z]+)\s*", text.casefold())
    unit = next((code for code, names in _TYPED.items() if found and found[2] in names), None)
    if found is None or unit is None:
        raise WrongOption(f"{text!r} is no time", "say a number and a unit: 12 h, 3 d, 6 wk, 2 mo or 1 a")
    number = float(found[1])
    return in_days(Span(number, number, number, unit)).low


def in_days(time: Span) -> Span:
    """Return a time in days.

    Raises:
        WrongOption: when its unit is none of time.
    """
    if time.unit not in DAYS:
        known = UNITS[time.unit].dimension if time.unit in UNITS else "unknown"
        raise WrongOption(f"{time.unit!r} is no unit of time but of {known}", "one of: " + ", ".join(DAYS))
    return scaled(time, DAYS[time.unit], "d")


def scaled(one: Span, factor: float, unit: str) -> Span:
    """Return a span times a factor [unit / one.unit], which is not negative."""
    mid, high = one.mid, one.high
    return Span(
        one.low * factor,
        None if mid is None else mid * factor,
        None if high is None else high * factor,
        unit,
    )


def either(spans: Iterable[Span]) -> Span:
    """Return the span that covers several figures of one thing; its mid is that of a single figure.

    Raises:
        WrongOption: when there is none, or the units differ.
    """
    spans = list(spans)
    _same_unit(spans)
    if len(spans) == 1:
        return spans[0]
    highs = [one.high for one in spans if one.high is not None]
    high = max(highs) if len(highs) == len(spans) else None
    return Span(min(one.low for one in spans), None, high, spans[0].unit)


def in_turn(spans: Iterable[Span]) -> Span:
    """Return the sum of stages that are run through one after the other.

    Raises:
        WrongOption: when there is none, or the units differ.
    """
    spans = list(spans)
    _same_unit(spans)
    mids = [one.mid for one in spans if one.mid is not None]
    highs = [one.high for one in spans if one.high is not None]
    return Span(
        sum(one.low for one in spans),
        sum(mids) if len(mids) == len(spans) else None,
        sum(highs) if len(highs) == len(spans) else None,
        spans[0].unit,
    )


def mean_stay(half_life: Span) -> Span:
    """Return the mean stay of cells that are lost at a constant rate: half-life / ln 2.

    Source: property of the exponential distribution.

    Args:
        half_life: time in which half is lost [any unit].
    """
    return scaled(half_life, 1 / log(2), half_life.unit)


def stay_in_growing_pool(size: Span, outflow: Span) -> Span:
    """Return how long cells stay in a pool in which they divide: at least its size / outflow.

    In a pool without division Little's law (L = λW; J. D. C. Little 1961) makes this the
    mean stay. Where cells divide on the way, fewer enter than leave, so the pool is
    smaller than outflow times stay, and the quotient is a lower bound.

    Args:
        size: cells in the pool [{cells}].
        outflow: cells that leave it in a day [{cells}/d].

    Returns:
        The quotient in its range [d]; no mid unless both have one.

    Raises:
        WrongOption: when a unit is another, or the outflow may be zero.
    """
    if (size.unit, outflow.unit) != ("{cells}", "{cells}/d"):
        raise WrongOption(f"a pool in {size.unit} and an outflow in {outflow.unit}", "give {cells} and {cells}/d")
    if outflow.low <= 0:
        raise WrongOption("an outflow that may be zero", "give one above 0")
    high = None if size.high is None else size.high / outflow.low
    mid = None if size.mid is None or outflow.mid is None else size.mid / outflow.mid
    return Span(0.0 if outflow.high is None else size.low / outflow.high, mid, high, "d")


def fall_to(baseline: Span, threshold: Span, stay: Span) -> Span:
    """Return how long a count takes to fall to a threshold once nothing is added to it any more.

    The count falls as baseline × exp(-t / stay), so t = stay × ln(baseline / threshold);
    0 where it is there already. This is the quickest that loss at the normal rate can be.

    Args:
        baseline: the count before [same unit as threshold], above 0.
        threshold: the count to reach, above 0.
        stay: mean stay in the blood [any unit of time].

    Returns:
        The time [unit of stay].

    Raises:
        WrongOption: when the units of the counts differ, or a count may be zero.
    """
    _same_unit((baseline, threshold))
    if baseline.low <= 0 or threshold.low <= 0:
        raise WrongOption("a count that may be zero", "give counts above 0")

    def fall(count: float | None, limit: float | None, time: float | None) -> float | None:
        if count is None or limit is None or time is None:
            return None
        return max(0.0, time * log(count / limit))

    low = fall(baseline.low, threshold.high, stay.low) or 0.0
    return Span(
        low, fall(baseline.mid, threshold.mid, stay.mid), fall(baseline.high, threshold.low, stay.high), stay.unit
    )


def _same_unit(spans: Iterable[Span]) -> None:
    units = {one.unit for one in spans}
    if len(units) != 1:
        raise WrongOption(f"spans of {len(units)} units: {', '.join(sorted(units))}", "bring them to one unit first")
