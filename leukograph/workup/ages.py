"""Ages, and whom a figure is about, read from the plain words of its population.

"infants of 2 weeks to 1 year" has a span of ages; "any" or "people" states none and is
about everybody; "cancer patients" is about people chosen for something else, so that it
sets no limit for others. Words that are not understood count as stating no age.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from leukograph.errors import WrongOption

YEAR = 365.25
#: UCUM code -> days
DAYS = {"h": 1 / 24, "d": 1.0, "wk": 7.0, "mo": YEAR / 12, "a": YEAR}
#: what is typed or printed -> UCUM code
UNITS = {
    **dict.fromkeys(("h", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("w", "wk", "week", "weeks"), "wk"),
    **dict.fromkeys(("mo", "month", "months"), "mo"),
    **dict.fromkeys(("", "a", "y", "yr", "year", "years"), "a"),
}
_WORDS = {"h": "hour", "d": "day", "wk": "week", "mo": "month", "a": "year"}
#: An older person than this was mistyped.
OLDEST = 120
ADULT = 18 * YEAR
#: Where an age is not given, an adult is meant.
ASSUMED = 40 * YEAR


class Age(NamedTuple):
    """An age as it was given; its unit is UCUM."""

    value: float
    unit: str

    @property
    def days(self) -> float:
        """The age in days."""
        return self.value * DAYS[self.unit]

    @property
    def words(self) -> str:
        """The age as it is read: "3 months"."""
        return f"{self.value:g} {_WORDS[self.unit]}{'' if self.value == 1 else 's'}"


def parse_age(text: str | float) -> Age:
    """Return the age that was typed: years, or a number with `h`, `d`, `wk`, `mo` or `y`.

    Raises:
        WrongOption: when it is no age of a person.

    Example:
        >>> parse_age("3mo").words, parse_age(40).words
        ('3 months', '40 years')
    """
    hint = "years, or a number with its unit: 40, 5d, 2wk, 3mo"
    shown = str(text)[:40]
    match = re.fullmatch(r"\s*([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*([a-z]*)\s*", str(text).lower(), re.ASCII)
    if match is None or match[2] not in UNITS:
        raise WrongOption(f"{shown!r} is no age", hint)
    age = Age(float(match[1]), UNITS[match[2]])
    if age.days > OLDEST * YEAR:
        raise WrongOption(f"nobody is {age.words} old", hint)
    return age


class Group(NamedTuple):
    """Whom a figure is about."""

    #: ages in days: from the first, up to but without the second
    low: float = 0.0
    high: float = math.inf
    #: whether an age is stated at all
    aged: bool = False
    #: whether these people were chosen for something else than their age
    chosen: bool = False

    def holds(self, days: float) -> bool:
        """Tell whether somebody of this age belongs to the group."""
        return self.low <= days < self.high


_CHOSEN = re.compile(
    r"\b(patients?|inpatients|cancer|intensive care|sepsis|suspected|on [a-z]+ drugs|with|counts?|weight|preterm|"
    r"black|white|admitted|hospital|found by)\b"
)
_UNIT = r"(h|hours?|d|days?|weeks?|months?|years?)"
_NUMBER = r"(\d+(?:\.\d+)?)"
_BETWEEN = re.compile(rf"{_NUMBER} ?{_UNIT}? (?:to|-|–) {_NUMBER} ?{_UNIT}")
_OPEN = re.compile(rf"(?:from|over|age|after) {_NUMBER} ?{_UNIT}|{_NUMBER} ?{_UNIT} and (?:more|older|over)")
_UNDER = re.compile(rf"(?:under|below|up to) {_NUMBER} ?{_UNIT}")
_SINGLE = re.compile(rf"of {_NUMBER} ?{_UNIT}")
_INFANT, _CHILD = (28.0, YEAR), (0.0, ADULT)
#: words -> ages in days, the more telling first
_NAMED = (
    ("birth", (0.0, 1.0)),
    ("1st week of life", (0.0, 7.0)),
    ("first week of life", (0.0, 7.0)),
    ("newborn", (0.0, 28.0)),
    ("after the first year", (YEAR, ADULT)),
    ("older children", (YEAR, ADULT)),
    ("infant", _INFANT),
    ("adolescents and adults", (10 * YEAR, math.inf)),
    ("children", _CHILD),
    ("adolescents", (10 * YEAR, ADULT)),
    ("adult", (ADULT, math.inf)),
)


def parse_population(words: str) -> Group:
    """Return the ages that the words for a population state.

    Example:
        >>> parse_population("children under 2 years").high / YEAR
        2.0
        >>> parse_population("people").aged, parse_population("cancer patients").chosen
        (False, True)
    """
    text = " ".join(words.lower().split())
    chosen = bool(_CHOSEN.search(text))
    if "pregnan" in text:  # its weeks are those of the pregnancy
        return Group(10 * YEAR, math.inf, True, chosen)
    if "adults and children" in text or "children and adults" in text:
        return Group(chosen=chosen)
    low, high = _numbers(text) or next((ages for word, ages in _NAMED if word in text), (-1.0, math.inf))
    return Group(max(low, 0.0), high, low >= 0, chosen)


def _numbers(text: str) -> tuple[float, float] | None:
    if match := _BETWEEN.search(text):
        first, unit, last, last_unit = match.groups()
        step, last_step = _days(unit or last_unit), _days(last_unit)
        # "2 to 10 years" are years completed: the last runs to its end
        ends = float(last) + (1 if step == last_step else 0)
        return float(first) * step, ends * last_step
    if match := _UNDER.search(text):
        return 0.0, float(match[1]) * _days(match[2])
    if match := _OPEN.search(text):
        ends = 28.0 if "newborn" in text else ADULT if "child" in text and "adult" not in text else math.inf
        number, unit = match[1] or match[3], match[2] or match[4]
        return float(number) * _days(unit), ends
    if match := _SINGLE.search(text):
        return float(match[1]) * _days(match[2]), (float(match[1]) + 1) * _days(match[2])
    return None


def _days(unit: str) -> float:
    return DAYS[UNITS[unit]]


def about_other_ages(contexts: list[str], days: float) -> bool:
    """Tell whether every one of some contexts (`key=value`, parted by "|") is of people of another age.

    A context that states no age may be of anybody.
    """
    groups = [
        parse_population(part.removeprefix("population="))
        for context in contexts
        for part in context.split("|")
        if part.startswith("population=")
    ]
    stated = sum("population=" in context for context in contexts)
    if not groups or stated < len(contexts):
        return False
    # reports call the newborn infants too
    return all(one.aged and not one.holds(days) and not (days < one.low <= 28) for one in groups)
