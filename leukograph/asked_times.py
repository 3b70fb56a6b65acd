"""Whether an effect can be there so soon, or still be there so late, by the figures of its own timing.

An effect is only too slow or over where a figure states a bound: the low end of a range
of onsets, the stay of the cells on the ways that can be timed, or the high ends of
onset and duration added up. A median, a mean, the middle
half, the day of the lowest count or what three patients had bound nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from leukograph.model import Effect, Figure
from leukograph.timing.kinetics import DAYS, Span, in_days
from leukograph.timing.observed import stated

#: A range over fewer people bounds nothing.
FEWEST = 5
_FEW = re.compile(r"(only |the )?(few|one|two|three|four|a|an)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d[\d,]*(?! (percent|%))")
#: what counts from the end of the cause, not from the beginning of the low count
_FROM_THE_END = re.compile(r"\b(stop\w*|last dose|weaning)\b")

Judgement = Literal["fits", "too_soon", "too_late", "not_judged"]


class Asked(NamedTuple):
    """When the effect was there, in days from the cause; None where that was not asked."""

    #: it was there so soon
    within: float | None = None
    #: it was still there so late
    after: float | None = None


class Timed(NamedTuple):
    """What the figures say about one time that was asked."""

    option: Literal["within", "after"]
    #: [d] what was asked
    days: float
    verdict: Judgement
    #: [d] the bound that decides; None where there is none
    limit: float | None
    words: str
    figures: tuple[Figure, ...] = ()


def in_words(days: float) -> str:
    """Return a time as people say it.

    Example:
        >>> in_words(334.8125), in_words(0.5), in_words(14), in_words(1), in_words(365250)
        ('11 months', '12 hours', '14 days', '24 hours', '1,000 years')
    """
    if days < DAYS["min"]:
        return "no time" if days == 0 else "less than a minute"
    limits = (("minute", "min", 2 / 24), ("hour", "h", 2.0), ("day", "d", 90.0), ("month", "mo", 730.0))
    name, unit = next(((name, unit) for name, unit, below in limits if days < below), ("year", "a"))
    number = days / DAYS[unit]
    told = f"{number:,.0f}" if number >= 10 else f"{number:.1f}".removesuffix(".0")
    return f"{told} {name}" if told == "1" else f"{told} {name}s"


def judged(found: Effect, asked: Asked, begins: Sequence[float]) -> tuple[Timed, ...]:
    """Judge each time that was asked.

    Args:
        found: the effect with the figures of its timing.
        asked: what was asked.
        begins: when the count begins to fall on each way by the stay of cells [d].
    """
    times = []
    if asked.within is not None:
        times.append(_within(found, asked.within, begins))
    if asked.after is not None:
        times.append(_after(found, asked.after))
    return tuple(times)


def beside_the_point(asked: Asked) -> tuple[Timed, ...]:
    """Return that the times make no difference, where the cause does not bring the effect about."""
    words = "the time that was asked makes no difference to that"
    pairs: tuple[tuple[Literal["within", "after"], float | None], ...] = (
        ("within", asked.within),
        ("after", asked.after),
    )
    return tuple(Timed(option, days, "not_judged", None, words) for option, days in pairs if days is not None)


def _within(found: Effect, days: float, begins: Sequence[float]) -> Timed:
    onsets, nadirs = _own(found, "onset"), _own(found, "nadir")
    wanted = in_words(days)
    if any(figure.low is not None and _bounds(figure) and found.effect in figure.about for figure in onsets):
        earliest = min(_span(figure).low for figure in onsets)
        if days < earliest:
            words = f"not before {in_words(earliest)} (asked: {wanted})"
            return Timed("within", days, "too_soon", earliest, words, onsets)
        return Timed("within", days, "fits", earliest, f"it has been there within {wanted}", onsets)
    if any(days >= _middle(figure) for figure in (*onsets, *nadirs)):
        return Timed("within", days, "fits", None, f"it can be there within {wanted}", (*onsets, *nadirs))
    if begins and days < min(begins):
        words = (
            f"by the stay of cells the count does not begin to fall before {in_words(min(begins))} (asked: {wanted})"
        )
        return Timed("within", days, "too_soon", min(begins), words, ())
    if onsets:
        comes = "usually comes" if all(_span(figure).low > days for figure in onsets) else "may come"
        words = f'it {comes} later, but nothing says the earliest, so "within {wanted}" is not ruled out'
    elif nadirs:
        words = (
            f'no figure says when it begins, so "within {wanted}" is not ruled out, though the count is lowest later'
        )
    else:
        words = f"no figure says when it begins, so whether it is there within {wanted} was not judged"
    return Timed("within", days, "not_judged", None, words, onsets or nadirs)


def _after(found: Effect, days: float) -> Timed:
    onsets = _own(found, "onset")
    lasts = (*_own(found, "recovery_time"), *_own(found, "duration"))
    wanted = in_words(days)
    begins, ends = _latest(onsets), _latest(lasts)
    figures = (*onsets, *lasts)
    if begins is None or ends is None:
        gaps = ["how late it begins"] if begins is None else []
        gaps += ["how long it lasts at most"] if ends is None else []
        words = f"whether it is still there after {wanted} was not judged, since no figure says {' or '.join(gaps)}"
        return Timed("after", days, "not_judged", None, words, figures)
    latest = begins + ends
    if days > latest:
        words = f"it begins after {in_words(begins)} at the latest and lasts {in_words(ends)} at most (asked: {wanted})"
        return Timed("after", days, "too_late", latest, words, figures)
    return Timed("after", days, "fits", latest, f"it can still be there after {wanted}", figures)


def _own(found: Effect, quantity: str) -> tuple[Figure, ...]:
    """Return the figures about this very cause and effect; those about the cause alone tell of itself."""
    return tuple(figure for figure in found.timing if figure.quantity == quantity and len(figure.about) == 2)


def _span(figure: Figure) -> Span:
    return in_days(stated(figure))


def _middle(figure: Figure) -> float:
    """Return by when it usually is there [d]: the value, else the end of the range."""
    span = _span(figure)
    return next((number for number in (span.mid, span.high) if number is not None), span.low)


def _latest(figures: Iterable[Figure]) -> float | None:
    """Return the latest end of any figure [d]; None where none bounds it, or one is open."""
    figures = list(figures)
    highs = [_span(figure).high for figure in figures]
    ends = [high for high in highs if high is not None]
    if len(ends) < len(highs) or any(_FROM_THE_END.search(f"{one.population} {one.method}") for one in figures):
        return None
    bounded = any(figure.high is not None and _bounds(figure) for figure in figures)
    return max(ends) if bounded else None


def _bounds(figure: Figure) -> bool:
    """Tell whether the ends of a figure are bounds: of a whole range, over more than a few people."""
    if figure.spread not in {"range", "limits"} or "usual" in f"{figure.method} {figure.note}":
        return False
    people = _NUMBER.match(figure.population)
    many = people is None or int(people[0].replace(",", "")) >= FEWEST
    return many and not _FEW.match(figure.population)
