"""Timelines as JSON (`leukograph.timeline/1`) and as CSV; every number stands beside its unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leukograph.render.answer_json import Encoder, Json
from leukograph.render.results import csv_line
from leukograph.timing.forecasts import Forecast
from leukograph.timing.friberg import ABSOLUTE_ERROR, RELATIVE_ERROR
from leukograph.timing.kinetics import Span
from leukograph.timing.stages import Limit, Stage
from leukograph.timing.timeline import Course, Timeline

SCHEMA = "leukograph.timeline/1"
MODEL = "Friberg 2002, PMID:12488418"
COUNT_UNIT = "10*9/L"

#: Columns of the CSV; each number has its unit in the next column.
COLUMNS = (
    "cause",
    "effect",
    "count",
    "route",
    "entry",
    "observed",
    "regimen",
    "day",
    "quantity",
    "low",
    "value",
    "high",
    "unit",
    "verdict",
    "sources",
)


def encode(found: Timeline) -> Json:
    """Return a timeline as a JSON object."""
    to = Encoder(found.sources)
    return {
        "schema": SCHEMA,
        "release": found.release,
        "question": to.question(found.question),
        "courses": [_course(to, course) for course in found.courses],
        "curves": [_curve(to, curve) for curve in found.curves],
        "sources": to.source_list(),
        "notes": list(found.notes),
    }


def span(value: Span | None) -> Json | None:
    """Return a span as SPAN: low, value and high in one unit; null stands for "not known"."""
    if value is None:
        return None
    low, mid, high = (None if number is None else _rounded(number) for number in value[:3])
    return {"low": low, "value": mid, "high": high, "unit": value.unit}


def _course(to: Encoder, course: Course) -> Json:
    chain = course.chain
    return {
        "effect": to.term(course.effect),
        "count": to.term(course.level),
        "cause": to.term(chain.cause),
        "route": chain.route,
        "lever": to.term(chain.lever) if chain.lever else None,
        "stage": chain.stage or None,
        "grade": chain.grade,
        "belief": chain.belief,
        "observed": chain.observed,
        "entry": to.term(course.entry),
        "entry_claims": [to.claim(claim) for claim in course.entry_claims],
        "begins": span(course.begins),
        "below_threshold": span(course.below),
        "lowest": span(course.lowest),
        "stages": [_stage(to, stage) for stage in course.stages],
        "threshold": _limit(to, course.threshold),
        "baseline": _limit(to, course.baseline),
        "seen": [{"figure": to.figure(one.figure), "verdict": one.verdict or None} for one in course.observed],
        "missing": list(course.missing),
    }


def _curve(to: Encoder, curve: Forecast) -> Json:
    one = curve.prediction
    return {
        "effect": to.term(curve.effect),
        "count": to.term(one.level),
        "drug": to.term(one.drug),
        "regimen": one.regimen,
        "model": MODEL,
        "solver": {"name": "LSODA", "relative_error": RELATIVE_ERROR, "absolute_error": ABSOLUTE_ERROR},
        "nadir_day": span(one.nadir),
        "nadir_count": span(one.depth),
        "below_threshold": span(one.below),
        "recovered": span(one.recovered),
        "threshold": None if one.threshold is None else {"value": one.threshold, "unit": COUNT_UNIT},
        "thresholds": [
            {
                "value": line.value,
                "unit": COUNT_UNIT,
                "condition": to.term(line.term),
                "figures": [to.figure(figure) for figure in line.figures],
            }
            for line in curve.lines
        ],
        "varied": list(one.varied),
        "percentiles": {"low": 10, "high": 90, "unit": "%"},
        "points": {
            "day": {"values": [_rounded(point.day) for point in one.points], "unit": "d"},
            "low": {"values": [_rounded(point.low) for point in one.points], "unit": COUNT_UNIT},
            "count": {"values": [_rounded(point.value) for point in one.points], "unit": COUNT_UNIT},
            "high": {"values": [_rounded(point.high) for point in one.points], "unit": COUNT_UNIT},
        },
        "parameters": [to.figure(figure) for figure in one.figures],
        "seen": [{"figure": to.figure(seen.figure), "verdict": seen.verdict or None} for seen in curve.observed],
    }


def _rounded(number: float) -> float:
    return float(f"{number:.4g}")


def _stage(to: Encoder, stage: Stage) -> Json:
    return {
        "term": to.term(stage.term),
        "part": stage.part,
        "time": span(stage.time),
        "how": stage.how or None,
        "at_least": stage.at_least,
        "disagreements": list(stage.disagreements),
        "figures": [to.figure(figure) for figure in stage.figures],
    }


def _limit(to: Encoder, limit: Limit | None) -> Json | None:
    if limit is None:
        return None
    return {"value": span(limit.value), "figures": [to.figure(figure) for figure in limit.figures]}


def as_csv(found: Timeline) -> str:
    """Return a timeline as CSV: one row a computed time, an observation or a point of a curve."""
    rows: list[Sequence[str]] = [COLUMNS]
    for course in found.courses:
        chain, seen = course.chain, "yes" if course.chain.observed else "no"
        head = (chain.cause.key, course.effect.key, course.level.key, chain.route, course.entry.key, seen)
        for name, time, sources in _computed(course):
            rows.append((*head, "", "", name, *_cells(time), "", "|".join(sorted(sources))))
        for one in course.observed:
            figure = one.figure
            numbers = [_cell(number) for number in (figure.low, figure.value, figure.high)]
            rows.append((*head, "", "", f"seen_{figure.quantity}", *numbers, figure.unit, one.verdict, figure.source))
    for curve in found.curves:
        rows += _curve_rows(curve)
    return "".join(csv_line(row) for row in rows)


def _curve_rows(curve: Forecast) -> Iterator[Sequence[str]]:
    one = curve.prediction
    sources = "|".join(sorted({figure.source for figure in one.figures}))
    head = (one.drug.key, curve.effect.key, one.level.key, "", "", "", one.regimen)
    results = {
        "nadir_day": one.nadir,
        "nadir_count": one.depth,
        "below_threshold": one.below,
        "recovered": one.recovered,
    }
    for name, value in results.items():
        if value is not None:
            yield (*head, "", name, *_cells(value), "", sources)
    for point in one.points:
        numbers = (_cell(point.low), _cell(point.value), _cell(point.high))
        yield (*head, _cell(point.day), "count", *numbers, COUNT_UNIT, "", sources)


def _computed(course: Course) -> Iterator[tuple[str, Span, set[str]]]:
    """Yield each computed time of a course, with the sources of the figures behind it."""
    delay = {figure.source for stage in course.stages if stage.part == "delay" for figure in stage.figures}
    all_stages = {figure.source for stage in course.stages for figure in stage.figures}
    limits = {figure.source for one in (course.threshold, course.baseline) if one for figure in one.figures}
    if course.begins is not None:
        yield "begins", course.begins, delay
    if course.below is not None:
        yield "below_threshold", course.below, all_stages | limits
    if course.lowest is not None:
        yield "lowest", course.lowest, all_stages


def _cells(time: Span) -> list[str]:
    return [*(_cell(number) for number in time[:3]), time.unit]


def _cell(number: float | None) -> str:
    return "" if number is None else f"{number:.4g}"
