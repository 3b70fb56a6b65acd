"""Courses of counts under a drug by Friberg's model, with every parameter from a figure.

A set of parameters is all figures of one source about a drug and a count; a regimen is all
dosing figures of a drug with one population. Each number keeps its figure. A set that
lacks a number gives no curve, and says which one it lacks.

How patients differ: where a figure carries the spread between patients (one standard
deviation of the logarithm on either side), the parameter is put at its 10th and its 90th
percentile in turn, the others staying typical. The ranges span those runs. No random
number is drawn, so an answer is the same each time. Parameters that are off together
are not covered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import exp, log
from types import MappingProxyType
from typing import NamedTuple

from leukograph.knowledge import Knowledge
from leukograph.model import Figure, Term
from leukograph.timing import friberg
from leukograph.timing.friberg import Cells, Curve, Dose, Effect, Kinetics
from leukograph.timing.kinetics import Span, in_days

#: What every set needs; besides, a `drug_slope`, or a `maximal_effect` with its `half_effect_concentration`.
NEEDED = ("baseline_count", "mean_transit_time", "feedback_exponent", "clearance", "central_volume")
EFFECTS = (("drug_slope",), ("maximal_effect", "half_effect_concentration"))
PERIPHERAL = (
    ("intercompartmental_clearance", "peripheral_volume"),
    ("second_intercompartmental_clearance", "second_peripheral_volume"),
)
FURTHER = ("circulating_loss_rate", "absorption_rate", "absorption_lag")
MODEL = frozenset((*NEEDED, *FURTHER, *(name for names in (*EFFECTS, *PERIPHERAL) for name in names)))
#: The lag is not varied: all runs are compared at the same times.
VARIED = MODEL - {"absorption_lag"}
DOSING = frozenset({"drug_dose", "infusion_time", "dose_interval", "dose_count"})

#: Normal quantile of the 90th percentile; the 10th is its negative.
PERCENTILE_90 = 1.2815515655446004
#: How long after the last dose a course is followed [h]
FOLLOWED = 35 * 24.0
#: Distance of the points that are given [h]; days of the nadir and of thresholds come from every hour.
GIVEN = 6.0
#: milligrams in a gram, and what turns a figure into hours, litres, milligrams and 10*9/L
_TO_BASE = {
    "10*9/L": 1.0,
    "1": 1.0,
    "L/h": 1.0,
    "L": 1.0,
    "/h": 1.0,
    "L/mg": 1.0,
    "L/ug": 1e3,
    "mg/L": 1.0,
    "ug/L": 1e-3,
}


class CurvePoint(NamedTuple):
    """A count at a time, in the range between patients."""

    #: [d]
    day: float
    #: [10*9/L]
    low: float
    value: float
    high: float


class Prediction(NamedTuple):
    """What the model says of one regimen."""

    drug: Term
    level: Term
    #: what is given to whom, as the dosing figures say
    regimen: str
    points: tuple[CurvePoint, ...]
    #: day of the lowest count
    nadir: Span
    #: the lowest count [10*9/L]
    depth: Span
    #: the count below which the next two count [10*9/L]; None when no figure gives it
    threshold: float | None
    #: day on which the typical patient is first below the threshold; the range is that of those who are at all
    below: Span | None
    #: day on which the count is back at the threshold
    recovered: Span | None
    #: quantities that were varied
    varied: tuple[str, ...]
    figures: tuple[Figure, ...]


class Regimen(NamedTuple):
    """A set of parameters with a dosing, before anything is computed."""

    drug: Term
    level: Term
    name: str
    #: quantity -> figure
    numbers: Mapping[str, Figure]
    #: figures that turn one unit into another: molar mass, body surface
    conversions: Mapping[str, Figure]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures in use."""
        return (*self.numbers.values(), *self.conversions.values())


class Regimens:
    """Finds and computes the regimens of a drug."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge

    def of(self, drug: Term) -> tuple[list[Regimen], list[str]]:
        """Return the complete regimens of a drug, and what the incomplete ones lack."""
        figures = self.knowledge.figures_about(drug.key)
        dosings: dict[str, dict[str, Figure]] = {}
        sets: dict[tuple[str, str], dict[str, Figure]] = {}
        for figure in figures:
            if figure.quantity in DOSING and len(figure.about) == 1:
                dosings.setdefault(figure.population, {})[figure.quantity] = figure
            elif figure.quantity in MODEL and len(figure.about) == 2:
                sets.setdefault((figure.about[1].key, figure.source), {})[figure.quantity] = figure
        complete: list[Regimen] = []
        lacking: list[str] = []
        for (level, _), numbers in sorted(sets.items()):
            for name, dosing in sorted(dosings.items()) or [("", {})]:
                regimen = Regimen(
                    drug, self.knowledge.term(level), name, {**numbers, **dosing}, self._conversions(drug)
                )
                missing = lacks(regimen)
                lacking += [f"No curve for {drug.label}: no figure for {', '.join(missing)}."] if missing else []
                complete += [] if missing else [regimen]
        return complete, lacking

    def _conversions(self, drug: Term) -> dict[str, Figure]:
        found: dict[str, Figure] = {}
        for key in (drug.key, *self.knowledge.ancestors(drug.key)):
            for figure in self.knowledge.figures_about(key):
                if figure.quantity in {"molar_mass", "body_surface_area"} and len(figure.about) == 1:
                    found.setdefault(figure.quantity, figure)
        return found


def lacks(regimen: Regimen) -> list[str]:
    """Return the names of the figures without which a regimen gives no curve."""
    have = regimen.numbers
    missing = [name for name in (*NEEDED, "drug_dose") if name not in have]
    if not any(all(name in have for name in names) for names in EFFECTS):
        missing.append("drug_slope")
    missing += [
        other for pair in PERIPHERAL for name, other in (pair, pair[::-1]) if name in have and other not in have
    ]
    if "absorption_rate" not in have and "drug_dose" in have and "infusion_time" not in have:
        missing.append("infusion_time")
    missing += [
        other
        for name, other in (("dose_count", "dose_interval"), ("dose_interval", "dose_count"))
        if name in have and other not in have
    ]
    units = {figure.unit for figure in have.values()}
    if any("umol" in unit for unit in units) and "molar_mass" not in regimen.conversions:
        missing.append("molar_mass")
    if any(unit.endswith("/m2") for unit in units) and "body_surface_area" not in regimen.conversions:
        missing.append("body_surface_area")
    return [name.replace("_", " ") for name in missing]


def predict(regimen: Regimen, threshold: float | None = None) -> Prediction:
    """Return what the model says of a regimen.

    Args:
        regimen: a complete one.
        threshold: a count to watch [10*9/L].

    Raises:
        MissingExtra: when scipy is not installed.
    """
    runs = [friberg.solve(*setting(regimen))]
    varied = []
    for name, figure in sorted(regimen.numbers.items()):
        if name in VARIED and (deviation := spread(figure)) is not None:
            varied.append(name)
            for end in (-PERCENTILE_90, PERCENTILE_90):
                number = quantile(typical(regimen, figure), deviation, end)
                runs.append(friberg.solve(*setting(regimen, {name: number})))
    lowest = [min(range(len(run.counts)), key=run.counts.__getitem__) for run in runs]
    nadirs = [run.times[at] / 24 for run, at in zip(runs, lowest, strict=True)]
    depths = [run.counts[at] for run, at in zip(runs, lowest, strict=True)]
    crossings = [_crossings(run, at, threshold) for run, at in zip(runs, lowest, strict=True)]
    return Prediction(
        drug=regimen.drug,
        level=regimen.level,
        regimen=regimen.name,
        points=tuple(CurvePoint(time / 24, min(counts), counts[0], max(counts)) for time, *counts in _thinned(runs)),
        nadir=_around(nadirs),
        depth=_around(depths)._replace(unit="10*9/L"),
        threshold=threshold,
        below=_found([below for below, _ in crossings]),
        recovered=_found([back for _, back in crossings]),
        varied=tuple(varied),
        figures=regimen.figures,
    )


def typical(regimen: Regimen, figure: Figure) -> float:
    """Return a figure in hours, litres, milligrams, 10⁹/L; where it is a range, its middle.

    Raises:
        KeyError: when a conversion has no figure; `lacks` tells beforehand.
    """
    number, unit = _middle(figure), figure.unit
    if unit in {"min", "h", "d", "wk"}:
        return number * in_days(Span(1.0, 1.0, 1.0, unit)).low * 24
    if unit in {"mg", "mg/m2"}:
        return number * (_middle(regimen.conversions["body_surface_area"]) if unit == "mg/m2" else 1.0)
    if "umol" in unit:
        mg_per_umol = _middle(regimen.conversions["molar_mass"]) / 1000
        return number / mg_per_umol if unit == "L/umol" else number * mg_per_umol
    return number * _TO_BASE[unit]


def spread(figure: Figure) -> float | None:
    """Return the standard deviation of the logarithm between patients, or None when no figure gives it.

    The ends of such a figure are value × exp(± deviation); of others the range is no spread between patients.
    """
    if figure.quantity not in MODEL or figure.spread != "sd" or figure.value is None or figure.high is None:
        return None
    return log(figure.high / figure.value)


def quantile(value: float, deviation: float, normal_quantile: float) -> float:
    """Return a quantile of a log-normal spread: value × exp(deviation × quantile of the normal).

    Args:
        value: the typical value [any unit].
        deviation: standard deviation of its logarithm [1].
        normal_quantile: quantile of the standard normal distribution [1].
    """
    return value * exp(deviation * normal_quantile)


class Setting(NamedTuple):
    """A regimen in the numbers that the model takes."""

    cells: Cells
    effect: Effect
    kinetics: Kinetics
    doses: tuple[Dose, ...]
    #: how long the course is followed [h]
    hours: float


def setting(regimen: Regimen, changed: Mapping[str, float] = MappingProxyType({})) -> Setting:
    """Return a complete regimen as what the model takes; typical, but for the numbers that are changed.

    Args:
        regimen: a complete one.
        changed: quantity -> number [h, L, mg, 10*9/L and their quotients].
    """
    numbers = {name: typical(regimen, figure) for name, figure in regimen.numbers.items()} | dict(changed)
    doses = _doses(numbers)
    return Setting(
        Cells(
            numbers["baseline_count"],
            numbers["mean_transit_time"],
            numbers["feedback_exponent"],
            numbers.get("circulating_loss_rate"),
        ),
        Effect(numbers.get("drug_slope"), numbers.get("maximal_effect"), numbers.get("half_effect_concentration")),
        Kinetics(
            numbers["clearance"],
            numbers["central_volume"],
            tuple((numbers[flow], numbers[volume]) for flow, volume in PERIPHERAL if flow in numbers),
            numbers.get("absorption_rate"),
            numbers.get("absorption_lag", 0.0),
        ),
        doses,
        doses[-1].start + FOLLOWED,
    )


def _doses(numbers: Mapping[str, float]) -> tuple[Dose, ...]:
    time, every = numbers.get("infusion_time", 0.0), numbers.get("dose_interval", 0.0)
    count = round(numbers.get("dose_count", 1))
    return tuple(Dose(every * place, time, numbers["drug_dose"]) for place in range(count))


def _thinned(runs: Sequence[Curve]) -> Iterator[tuple[float, ...]]:
    """Yield time and count of each run, for the times nearest to even steps."""
    due = 0.0
    for row in zip(runs[0].times, *(run.counts for run in runs), strict=True):
        if row[0] >= due:
            yield row
            due = row[0] - row[0] % GIVEN + GIVEN


def _crossings(run: Curve, lowest: int, threshold: float | None) -> tuple[float | None, float | None]:
    """Return the days on which a count falls below a threshold and, after its lowest, is back at it."""
    if threshold is None or run.counts[lowest] >= threshold:
        return None, None
    below = next(at for at in range(lowest + 1) if run.counts[at] < threshold)
    back = next((at for at in range(lowest, len(run.counts)) if run.counts[at] >= threshold), None)
    return run.times[below] / 24, None if back is None else run.times[back] / 24


def _middle(figure: Figure) -> float:
    if figure.value is not None:
        return figure.value
    return ((figure.low or 0.0) + (figure.high or 0.0)) / 2


def _around(numbers: Sequence[float]) -> Span:
    return Span(min(numbers), numbers[0], max(numbers))


def _found(numbers: Sequence[float | None]) -> Span | None:
    known = [number for number in numbers if number is not None]
    return Span(min(known), numbers[0], max(known)) if known else None
