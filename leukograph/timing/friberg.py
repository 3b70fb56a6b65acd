"""Friberg's model of falling counts: cells that divide, ripen in three steps, and circulate.

Source of the structure: Friberg 2002 (PMID:12488418), "Model of chemotherapy-induced
myelosuppression with parameter consistency across drugs": `cells` below. The
drug moves between one to three compartments of linear kinetics, by mouth or into the
peritoneum through a depot. Loss from the blood at a rate of its own, where one is given,
keeps the steady state by making the pools of the marrow as much larger or smaller.

This module holds no constant of any drug: every number comes in as an argument, from a
figure with its source. Units: hours, litres, milligrams, counts in 10⁹/L.

Cells are counted as shares of their number at rest, so that the derivative at rest is
exactly zero, whatever the parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import ceil, isfinite
from typing import Any, Literal, NamedTuple

from leukograph.errors import MissingExtra, WrongOption

#: Compartments of cells: those that divide, three that ripen, and those in the blood.
COMPARTMENTS = 5
Method = Literal["LSODA", "Radau", "BDF", "RK45", "DOP853"]
#: Bounds of the local error of the solver, relative and absolute (shares of the count at rest, mg).
RELATIVE_ERROR = 1e-8
ABSOLUTE_ERROR = 1e-10
#: Below this share of the count at rest the feedback grows no further [1]; it keeps the power finite.
_LEAST_SHARE = 1e-9


class Cells(NamedTuple):
    """What a model says of the cells."""

    #: count at rest [10*9/L]
    baseline: float
    #: mean time from the pool that divides to the blood [h]; four steps of equal rate
    transit: float
    #: exponent of (count at rest / count) in the rate of division [1]
    feedback: float
    #: rate of loss from the blood [/h]; None: that of the steps of ripening
    loss: float | None = None


class Effect(NamedTuple):
    """By how much a concentration lowers the rate of division: slope × c, or maximal × c / (half + c)."""

    #: [L/mg]
    slope: float | None = None
    #: [1]
    maximal: float | None = None
    #: [mg/L]
    half: float | None = None

    def at(self, concentration: float) -> float:
        """Return the share by which division falls [1]; above 1 the pool itself shrinks."""
        if self.slope is not None:
            return self.slope * concentration
        if self.maximal is None or self.half is None:
            return 0.0
        return self.maximal * concentration / (self.half + concentration)


NO_EFFECT = Effect()


class Kinetics(NamedTuple):
    """What a model says of the drug."""

    #: [L/h]
    clearance: float
    #: central volume [L]
    volume: float
    #: (clearance between it and the central one [L/h], volume [L]) of each further compartment
    peripheral: tuple[tuple[float, float], ...] = ()
    #: rate at which a depot empties into the central compartment [/h]; None: straight into the blood
    absorption: float | None = None
    #: time before a dose begins to act on the body [h]
    lag: float = 0.0

    @property
    def size(self) -> int:
        """Number of compartments, the depot among them."""
        return 1 + len(self.peripheral) + (self.absorption is not None)


class Dose(NamedTuple):
    """One dose: when it begins [h], over which time it is given [h], how much [mg]."""

    start: float
    time: float
    amount: float


class Curve(NamedTuple):
    """A count over time, with all that the model holds."""

    #: [h]
    times: tuple[float, ...]
    #: count in the blood [10*9/L]
    counts: tuple[float, ...]
    #: cells of each compartment per litre of blood [10*9/L], one tuple a time
    cells: tuple[tuple[float, ...], ...]
    #: drug in each compartment [mg], one tuple a time
    drug: tuple[tuple[float, ...], ...]


def solve(
    cells: Cells,
    effect: Effect,
    kinetics: Kinetics,
    doses: Sequence[Dose],
    hours: float,
    *,
    step: float = 1.0,
    method: Method = "LSODA",
) -> Curve:
    """Return the course of a count under a drug.

    The solver starts anew wherever a dose begins or ends, so that no step straddles a jump.

    Args:
        cells: parameters of the cells.
        effect: effect of the drug on division.
        kinetics: parameters of the drug.
        doses: what is given; a time of 0 is all at once.
        hours: until when [h].
        step: widest distance of the times returned [h].
        method: solver of scipy's `solve_ivp`.

    Raises:
        MissingExtra: when scipy is not installed.
        WrongOption: when a number is not finite, or one that must be above 0 is not.
        RuntimeError: when the solver gives up.
    """
    _check(cells, kinetics, hours, step)
    try:
        from scipy.integrate import solve_ivp
    except ImportError as error:
        raise MissingExtra("scipy", "the course of a count") from error

    doses = [dose._replace(start=dose.start + kinetics.lag) for dose in doses]
    state = [0.0] * kinetics.size + [1.0] * COMPARTMENTS
    times: list[float] = []
    states: list[Sequence[float]] = []
    for start, end in _intervals(doses, hours):
        state[0] += sum(dose.amount for dose in doses if dose.time == 0 and dose.start == start)
        inflow = sum(dose.amount / dose.time for dose in doses if dose.time and dose.start <= start < _end(dose))
        at = _grid(start, end, step)
        found = solve_ivp(
            _slopes(cells, effect, kinetics, inflow),
            (start, end),
            state,
            method=method,
            t_eval=at,
            rtol=RELATIVE_ERROR,
            atol=ABSOLUTE_ERROR,
        )
        if not found.success:
            raise RuntimeError(f"{method} gave up at {found.t[-1]:g} h: {found.message}")
        rows = found.y.T.tolist()
        keep = slice(0 if not times else 1, None)  # the first of an interval is the last of the one before
        times += at[keep]
        states += rows[keep]
        state = rows[-1]
    return _curve(cells, kinetics, times, states)


def flows(cells: Cells, effect: Effect, kinetics: Kinetics, state: Sequence[float]) -> tuple[float, float]:
    """Return production and loss in a state of a `Curve` [10*9/L/h]: what division adds, what leaves the blood.

    Args:
        cells: parameters of the cells.
        effect: effect of the drug.
        kinetics: parameters of the drug.
        state: drug in each compartment [mg], then cells of each compartment [10*9/L].
    """
    drug, count = state[: kinetics.size], state[kinetics.size :]
    rate, loss = _rates(cells)
    depots = 0 if kinetics.absorption is None else 1
    down = effect.at(drug[depots] / kinetics.volume)
    return rate * count[0] * (1 - down) * _feedback(cells, count[-1] / cells.baseline), loss * count[-1]


def _rates(cells: Cells) -> tuple[float, float]:
    """Return the rate of the steps of ripening and that of loss from the blood [/h]."""
    rate = 4 / cells.transit
    return rate, rate if cells.loss is None else cells.loss


def _feedback(cells: Cells, share: float) -> float:
    return float(max(share, _LEAST_SHARE) ** -cells.feedback)


def _slopes(cells: Cells, effect: Effect, kinetics: Kinetics, inflow: float) -> Callable[[float, Any], list[float]]:
    """Return the derivative of the state: drug [mg/h], then cells [share of rest/h]."""
    rate, loss = _rates(cells)
    depots = 0 if kinetics.absorption is None else 1
    size = kinetics.size

    def slopes(_: float, state: Sequence[float]) -> list[float]:
        drug = [0.0] * size
        drug[0] = inflow
        if kinetics.absorption is not None:
            absorbed = kinetics.absorption * state[0]
            drug[0] -= absorbed
            drug[1] = absorbed
        concentration = state[depots] / kinetics.volume
        drug[depots] -= kinetics.clearance * concentration
        for place, (clearance, volume) in enumerate(kinetics.peripheral, depots + 1):
            flow = clearance * (concentration - state[place] / volume)
            drug[depots] -= flow
            drug[place] = flow
        dividing, first, second, third, blood = state[size:]
        return [
            *drug,
            rate * dividing * ((1 - effect.at(concentration)) * _feedback(cells, blood) - 1),
            rate * (dividing - first),
            rate * (first - second),
            rate * (second - third),
            loss * (third - blood),
        ]

    return slopes


def _curve(cells: Cells, kinetics: Kinetics, times: Sequence[float], states: Sequence[Sequence[float]]) -> Curve:
    rate, loss = _rates(cells)
    in_marrow = cells.baseline * loss / rate
    at_rest = [in_marrow] * (COMPARTMENTS - 1) + [cells.baseline]
    size = kinetics.size
    counted = [tuple(share * rest for share, rest in zip(state[size:], at_rest, strict=True)) for state in states]
    return Curve(
        times=tuple(times),
        counts=tuple(row[-1] for row in counted),
        cells=tuple(counted),
        drug=tuple(tuple(state[:size]) for state in states),
    )


def _end(dose: Dose) -> float:
    return dose.start + dose.time


def _intervals(doses: Sequence[Dose], hours: float) -> list[tuple[float, float]]:
    edges = {0.0, hours}
    for dose in doses:
        edges |= {dose.start, _end(dose)}
    ordered = sorted(edge for edge in edges if 0 <= edge <= hours)
    return list(pairwise(ordered))


def _grid(start: float, end: float, step: float) -> list[float]:
    parts = max(1, ceil((end - start) / step))
    return [start + (end - start) * part / parts for part in range(parts)] + [end]


def _check(cells: Cells, kinetics: Kinetics, hours: float, step: float) -> None:
    above = [cells.baseline, cells.transit, kinetics.clearance, kinetics.volume, hours, step]
    above += [number for pair in kinetics.peripheral for number in pair]
    above += [number for number in (cells.loss, kinetics.absorption) if number is not None]
    if not all(isfinite(number) and number > 0 for number in above):
        raise WrongOption("a parameter that is not above 0", "give finite numbers above 0")
    if cells.feedback < 0 or kinetics.lag < 0:
        raise WrongOption("a feedback or a lag below 0", "give 0 or more")
