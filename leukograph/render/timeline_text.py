"""A timeline as text to read aloud: which counts fall first, how that follows, what was seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from leukograph.model import MODEL_SOURCE, Claim, Figure
from leukograph.render.figures import amount, opened
from leukograph.render.layout import DISCLAIMER, headed, page, source_lines, wrap
from leukograph.render.text import HEADLINES
from leukograph.sentences import article, capitalized
from leukograph.timing.forecasts import Forecast
from leukograph.timing.kinetics import Span
from leukograph.timing.observed import Observation
from leukograph.timing.regimens import DOSING
from leukograph.timing.stages import Limit, Stage
from leukograph.timing.timeline import AT_ONCE, Course, Timeline

_VERDICTS = {
    "agrees": "agrees with what is computed",
    "not earlier": "not before the fall begins",
    "earlier": "earlier than is computed",
    "later": "later than is computed",
    "": "",
}
_ASSUMED = {
    "production": "if all cells at that point are lost at once and those past it go on as usual",
    "maturation": "if no cell gets past that point and those behind it go on as usual",
    "release": "if no cell leaves the marrow any more",
}


def render(found: Timeline, width: int = 88) -> str:
    """Return a timeline as text, wrapped to a width in characters."""
    width = max(width, 20)
    numbers = Numbers()
    lines = [*wrap(_headline(found), width)]
    for note in found.notes:
        lines += wrap(note, width)
    for group in groups(found.courses):
        lines += ["", *_block(group, numbers, width)]
    for curve in found.curves:
        lines += ["", *_curve(curve, numbers, width)]
    sources = {source.key: source for source in found.sources}
    lines += [*source_lines([sources[key] for key in numbers], width), "", *wrap(DISCLAIMER, width)]
    return page(lines)


class Numbers(dict[str, int]):
    """Numbers of the sources, in the order in which they are first cited."""

    def __missing__(self, key: str) -> int:
        self[key] = len(self) + 1
        return self[key]

    def cite(self, keys: Iterable[str]) -> str:
        """Return the numbers of sources in brackets, with a blank before them; our own definitions have none."""
        found = sorted({self[key] for key in keys if key != MODEL_SOURCE})
        return f" [{', '.join(map(str, found))}]" if found else ""


def days(time: Span | None) -> str:
    """Return a time in words: hours below two days, else days.

    Example:
        >>> days(Span(4.5, None, 6.6)), days(Span(0.25, None, 1)), days(Span(5.75, None, None))
        ('4.5 to 6.6 days', '6 to 24 hours', 'at least 5.8 days')
        >>> days(Span(1 / 24, None, 1 / 24))
        '1 hour'
    """
    if time is None:
        return ""
    longest = time.low if time.high is None else time.high
    factor, unit = (24, "hours") if longest < 2 else (1, "days") if longest < 1000 else (1 / 365.25, "years")
    low = f"{float(f'{time.low * factor:.2g}'):g}"
    one = unit.removesuffix("s") if low == "1" else unit
    if time.high is None:
        return f"at least {low} {one}"
    high = f"{float(f'{time.high * factor:.2g}'):g}"
    return f"{low} {one}" if low == high else f"{low} to {high} {unit}"


def _headline(found: Timeline) -> str:
    cause = found.question.cause
    if cause is None:
        return "No cause was asked about."
    name = f"{article(cause.label)} {cause.label}" if cause.kind == "drug_class" else cause.label
    if not found.courses:
        asked = found.question.effect
        what = f"{asked.label} is not known to follow" if asked else "no count is known to fall"
        return f"{capitalized(name)}: {what}, so there is no timeline."
    return f"{capitalized(name)}: which counts fall first, in days from the hit."


def groups(courses: Sequence[Course]) -> list[list[Course]]:
    """Return courses that differ in nothing but the effect together; those never reported if there are no others."""
    told = [course for course in courses if course.chain.observed] or list(courses)
    groups: dict[tuple[str, ...], list[Course]] = {}
    for course in told:
        slot = course.chain.cause.key, course.level.key, course.chain.route, course.entry.key
        groups.setdefault(slot, []).append(course)
    return list(groups.values())


def _block(group: Sequence[Course], numbers: Numbers, width: int) -> Iterator[str]:
    first = group[0]
    effects = ", ".join(dict.fromkeys(course.effect.label for course in group))
    head = f"{capitalized(first.level.label)}: {_begins(first)}"
    yield from headed(head, effects, width)
    for words in _about(group, numbers):
        yield from wrap(words, width, indent=2, hanging=2, bullet="- ")


def _begins(course: Course) -> str:
    if course.begins is None:
        return "no day can be computed"
    if course.begins == AT_ONCE:
        return "begins to fall at once"
    return f"begins to fall after {days(course.begins)}"


def _about(group: Sequence[Course], numbers: Numbers) -> Iterator[str]:
    first = group[0]
    yield _way(first, numbers)
    for stage in first.stages:
        if stage.time is not None:
            yield _stage(stage, numbers)
    for course in group:
        if course.below is not None and course.threshold and course.baseline:
            yield _below(course, course.threshold, course.baseline, numbers)
    if first.lowest is not None:
        yield f"Lowest, after one hit: between day {first.lowest.low:.1f} and day {first.lowest.high or 0:.1f}."
    for one in {one.figure.key: one for course in group for one in course.observed}.values():
        yield _observation(one, numbers)
    if missing := list(dict.fromkeys(words for course in group for words in course.missing)):
        yield capitalized("; ".join(missing)) + "."


def _curve(curve: Forecast, numbers: Numbers, width: int) -> Iterator[str]:
    one = curve.prediction
    yield from headed(f"{capitalized(one.level.label)}, by Friberg's model", curve.effect.label, width)
    for words in _about_curve(curve, numbers):
        yield from wrap(words, width, indent=2, hanging=2, bullet="- ")


def _about_curve(curve: Forecast, numbers: Numbers) -> Iterator[str]:
    one = curve.prediction
    dosing = [figure for figure in one.figures if figure.quantity in DOSING]
    yield f"Of {one.regimen}{_numbers(dosing, numbers)}."
    yield f"Lowest on day {_around(one.nadir)}, at {_around(one.depth)} × 10⁹/L."
    if one.threshold is not None and curve.threshold is not None:
        limit = f"{one.threshold:g} × 10⁹/L{_numbers(curve.threshold.figures, numbers)}"
        if one.below is None or one.below.mid is None:
            yield f"The typical patient does not fall below {limit}."
        else:
            back = f" to day {_around(one.recovered)}" if one.recovered is not None and one.recovered.mid else ""
            yield f"Below {limit} from day {_around(one.below)}{back}."
    for seen in curve.observed:
        yield _observation(seen, numbers)
    if one.varied:
        varied = ", ".join(name.replace("_", " ") for name in one.varied)
        yield f"The ranges put in turn at their 10th and 90th percentile between patients: {varied}."
    else:
        yield "No figure says how patients differ, so there is no range."
    used = (
        f"{figure.quantity.replace('_', ' ')} {amount(figure)}{_numbers([figure], numbers)}" for figure in one.figures
    )
    yield f"Computed from {'; '.join(used)}."


def _around(value: Span) -> str:
    """Return a number with its range: days to a tenth, counts to two digits.

    Example:
        >>> _around(Span(8.75, 10.46, 12.62)), _around(Span(0.363, 0.823, 1.51, "10*9/L"))
        ('10.5 (8.8 to 12.6)', '0.82 (0.36 to 1.5)')
    """
    digits = ".1f" if value.unit == "d" else ".2g"
    low, mid, high = (f"{float(format(number or 0, digits)):g}" for number in value[:3])
    return mid if low == high else f"{mid} ({low} to {high})"


def _way(course: Course, numbers: Numbers) -> str:
    chain = course.chain
    headline = HEADLINES.get(chain.route, (chain.route, ""))[0]
    if course.entry == chain.cause and not course.stages:
        return f"{headline}."
    stage = f" ({chain.stage})" if chain.stage else ""
    hit = "the hit is on" if course.entry.kind == "pool" else "by way of"
    return f"{headline}{stage}: {hit} {course.entry.label}{_cited(course.entry_claims, numbers)}."


def _stage(stage: Stage, numbers: Numbers) -> str:
    time = days(stage.time) + (" or longer" if stage.at_least else "")
    what = (
        f"Delay: stay in {stage.term.label}" if stage.part == "delay" else "Fall: mean stay of the cells in the blood"
    )
    apart = f"; the sources disagree ({', '.join(stage.disagreements)})" if stage.disagreements else ""
    return f"{what}, {time}, from {stage.how}{_numbers(stage.figures, numbers)}{apart}."


def _below(course: Course, threshold: Limit, baseline: Limit, numbers: Numbers) -> str:
    assumed = _ASSUMED.get(course.chain.route, "at the pace seen under this cause")
    return (
        f"{capitalized(course.effect.label)} (below {count(threshold.value)}{_numbers(threshold.figures, numbers)}): "
        f"after {days(course.below)}, from a normal {count(baseline.value)}{_numbers(baseline.figures, numbers)}, "
        f"{assumed}."
    )


def _observation(one: Observation, numbers: Numbers) -> str:
    verdict = f"; {_VERDICTS[one.verdict]}" if one.verdict else ""
    return f"Seen: {opened(one.figure)}, {one.figure.population}{_numbers([one.figure], numbers)}{verdict}."


def count(value: Span) -> str:
    """Return a count with its range and unit.

    Example:
        >>> count(Span(1.2, None, 1.5, "10*9/L"))
        '1.2 to 1.5 × 10⁹/L'
    """
    low, high = f"{value.low:g}", f"{value.high or value.low:g}"
    return (low if low == high else f"{low} to {high}") + " × 10⁹/L"


def _numbers(figures: Iterable[Figure], numbers: Numbers) -> str:
    return numbers.cite(figure.source for figure in figures)


def _cited(claims: Iterable[Claim], numbers: Numbers) -> str:
    return numbers.cite(row.source for claim in claims for row in claim.evidence)
