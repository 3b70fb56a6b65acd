"""Friberg's model: rest, balance, solvers, doses; its regimens against what was published."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import isclose
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leukograph.api import Leukograph
from leukograph.errors import MissingExtra, WrongOption
from leukograph.model import Figure
from leukograph.timing.friberg import NO_EFFECT, Cells, Dose, Effect, Kinetics, Method, flows, solve
from leukograph.timing.regimens import (
    DOSING,
    MODEL,
    NEEDED,
    Regimen,
    Regimens,
    lacks,
    predict,
    setting,
    spread,
    typical,
)
from leukograph.timing.timeline import Timeline

CELLS = Cells(5.0, 100.0, 0.2)
KINETICS = Kinetics(10.0, 20.0, ((5.0, 50.0),))
DOSE = (Dose(0.0, 1.0, 200.0),)
DRUGS = ("docetaxel", "eribulin", "fluorouracil", "oxaliplatin", "paclitaxel", "palbociclib")

#: Published windows that the model does not meet, with the reason; docs/timeline.md tells them too.
OUTSIDE_CURVE = {
    "fluorouracil": "the set has a transit time of 281 h, from few counts of one course; the label is of other courses",
}
#: The same for the sum of the stages, which takes one hit on cells that divide.
OUTSIDE_STAGES = {
    "carboplatin": "it hits stem cells or progenitors, for whose stay there is no figure",
    "cisplatin": "as carboplatin",
    "lomustine": "as carboplatin; lowest after weeks",
    "nitrosourea": "as lomustine",
}
AGREEING = (
    "cladribine",
    "combination_chemotherapy",
    "cyclophosphamide",
    "cytarabine",
    "docetaxel",
    "epirubicin",
    "eribulin",
    "fludarabine",
    "fluorouracil",
    "mechlorethamine",
    "melphalan",
    "paclitaxel",
)


@pytest.fixture(scope="module")
def regimens(graph: Leukograph) -> dict[str, Regimen]:
    finder = Regimens(graph.knowledge)
    return {drug: finder.of(graph.knowledge.term(drug))[0][0] for drug in DRUGS}


# --- the model ----------------------------------------------------------------------


@given(
    st.builds(
        Cells,
        st.floats(0.5, 20),
        st.floats(20, 400),
        st.floats(0, 1),
        st.none() | st.floats(0.01, 1),
    )
)
@settings(max_examples=40, deadline=None)
def test_without_a_drug_nothing_moves(cells: Cells) -> None:
    curve = solve(cells, NO_EFFECT, KINETICS, DOSE, 500, step=50)

    assert set(curve.counts) == {cells.baseline}
    assert len(set(curve.cells)) == 1


def test_without_effect_feedback_and_transit_do_not_matter() -> None:
    curves = [solve(Cells(5, transit, gamma), NO_EFFECT, KINETICS, DOSE, 300).counts for transit, gamma in _PAIRS]

    assert len(set(curves)) == 1


_PAIRS = ((50, 0.1), (100, 0.2), (300, 1.0))


@pytest.mark.parametrize("drug", DRUGS)
def test_cells_are_balanced(regimens: dict[str, Regimen], drug: str) -> None:
    one = setting(regimens[drug])
    edges = _edges(one.doses, one.kinetics.lag, 300.0)
    curve = solve(one.cells, one.effect, one.kinetics, one.doses, 300.0, step=0.0125)
    states = [(*drug_, *cells) for drug_, cells in zip(curve.drug, curve.cells, strict=True)]
    rates = [flows(one.cells, one.effect, one.kinetics, state) for state in states]
    made = _integral(curve.times, [made for made, _ in rates], edges)
    lost = _integral(curve.times, [lost for _, lost in rates], edges)
    change = sum(curve.cells[-1]) - sum(curve.cells[0])

    assert abs(made - lost - change) <= 1e-6 * lost


@pytest.mark.parametrize("drug", DRUGS)
def test_no_drug_is_made(regimens: dict[str, Regimen], drug: str) -> None:
    one = setting(regimens[drug])
    given_ = sum(dose.amount for dose in one.doses)
    curve = solve(*one)

    assert all(-1e-6 * given_ <= amount <= given_ for state in curve.drug for amount in state)
    assert sum(curve.drug[-1]) < 0.02 * given_


@pytest.mark.parametrize("drug", DRUGS)
@pytest.mark.parametrize("method", ["RK45", "DOP853", "Radau"])
def test_solvers_agree(regimens: dict[str, Regimen], drug: str, method: Method) -> None:
    one = setting(regimens[drug])._replace(hours=400.0)
    reference, other = solve(*one, step=4), solve(*one, step=4, method=method)

    assert all(isclose(a, b, rel_tol=1e-5) for a, b in zip(reference.counts, other.counts, strict=True))


@given(st.floats(0.0, 5.0), st.floats(1.05, 4.0), st.booleans())
@settings(max_examples=30, deadline=None)
def test_more_drug_never_gives_a_higher_nadir(amount: float, factor: float, linear: bool) -> None:
    effect = Effect(slope=0.5) if linear else Effect(maximal=30.0, half=20.0)
    less, more = (
        min(solve(CELLS, effect, KINETICS, [Dose(0, 1, 40 * dose)], 600).counts) for dose in (amount, amount * factor)
    )

    assert more <= less * (1 + 1e-6)


@given(st.floats(0.1, 3.0), st.floats(1.05, 3.0))
@settings(max_examples=20, deadline=None)
def test_scaling_all_times_scales_the_course(slope: float, factor: float) -> None:
    slow = Kinetics(10 / factor, 20, ((5 / factor, 50),))
    one = solve(CELLS, Effect(slope), KINETICS, DOSE, 240, step=10)
    other = solve(
        CELLS._replace(transit=100 * factor),
        Effect(slope),
        slow,
        [Dose(0, factor, 200)],
        240 * factor,
        step=10 * factor,
    )

    assert other.counts == pytest.approx(one.counts, rel=1e-4)


def test_a_long_infusion_reaches_its_steady_concentration() -> None:
    """Rate over clearance: a definition of clearance."""
    curve = solve(CELLS, NO_EFFECT, KINETICS, [Dose(0, 1000, 5000)], 1000)

    assert curve.drug[-1][0] / KINETICS.volume == pytest.approx(5 / KINETICS.clearance, rel=1e-6)


def test_a_lag_moves_the_course() -> None:
    depot = Kinetics(10, 20, absorption=0.5)
    early = solve(CELLS, Effect(0.5), depot, [Dose(0, 0, 200)], 200, step=1)
    late = solve(CELLS, Effect(0.5), depot._replace(lag=10.0), [Dose(0, 0, 200)], 210, step=1)

    assert min(early.counts) == pytest.approx(min(late.counts), rel=1e-4)
    assert late.times[late.counts.index(min(late.counts))] > early.times[early.counts.index(min(early.counts))]


@pytest.mark.parametrize(
    ("cells", "kinetics"),
    [
        (CELLS._replace(transit=0), KINETICS),
        (CELLS._replace(feedback=-1), KINETICS),
        (CELLS._replace(baseline=float("nan")), KINETICS),
        (CELLS, KINETICS._replace(clearance=-1.0)),
        (CELLS, KINETICS._replace(peripheral=((1.0, 0.0),))),
    ],
)
def test_impossible_parameters_are_refused(cells: Cells, kinetics: Kinetics) -> None:
    with pytest.raises(WrongOption):
        solve(cells, NO_EFFECT, kinetics, DOSE, 100)


def test_without_scipy_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.integrate", None)

    with pytest.raises(MissingExtra) as error:
        solve(CELLS, NO_EFFECT, KINETICS, DOSE, 100)

    assert "leukograph[curves]" in error.value.hint
    assert error.value.exit_code == 3


# --- regimens -------------------------------------------------------------------------


@pytest.mark.parametrize("drug", DRUGS)
def test_every_number_of_a_regimen_has_a_source(regimens: dict[str, Regimen], graph: Leukograph, drug: str) -> None:
    for figure in regimens[drug].figures:
        assert figure.unit
        assert figure.population
        assert figure.source in graph.knowledge.sources


@pytest.mark.parametrize("drug", DRUGS)
def test_the_typical_patient_is_inside_the_range(regimens: dict[str, Regimen], drug: str) -> None:
    one = predict(regimens[drug], 1.5)

    assert all(point.low <= point.value <= point.high for point in one.points)
    assert one.nadir.low <= (one.nadir.mid or 0) <= (one.nadir.high or 0)
    assert one.depth.low <= (one.depth.mid or 0) <= (one.depth.high or 0)
    assert predict(regimens[drug], 1.5) == one


def test_a_set_without_kinetics_gives_no_curve_and_says_so(graph: Leukograph) -> None:
    knowledge = graph.knowledge
    drug = knowledge.term("paclitaxel")
    kept = tuple(figure for figure in knowledge.figures if "clearance" not in figure.quantity)

    complete, lacking = Regimens(replace(knowledge, figures=kept)).of(drug)

    assert complete == []
    assert lacking == ["No curve for paclitaxel: no figure for clearance, intercompartmental clearance."]


@pytest.mark.parametrize("quantity", [*NEEDED, "drug_dose", "infusion_time", "peripheral_volume", "drug_slope"])
def test_each_number_that_is_taken_away_is_named(regimens: dict[str, Regimen], quantity: str) -> None:
    one = regimens["paclitaxel"]
    less = one._replace(numbers={name: figure for name, figure in one.numbers.items() if name != quantity})

    assert lacks(one) == []
    assert lacks(less) == [quantity.replace("_", " ")]


@pytest.mark.parametrize("quantity", ["molar_mass", "body_surface_area"])
def test_units_that_cannot_be_turned_are_named(regimens: dict[str, Regimen], quantity: str) -> None:
    one = regimens["paclitaxel"]
    less = one._replace(conversions={name: figure for name, figure in one.conversions.items() if name != quantity})

    assert lacks(less) == [quantity.replace("_", " ")]


@pytest.mark.parametrize(
    ("number", "unit", "expected"),
    [
        (2.0, "d", 48.0),
        (30.0, "min", 0.5),
        (3.0, "mg", 3.0),
        (3.0, "L/ug", 3000.0),
        (2.0, "ug/L", 0.002),
        (853.9, "umol/L", 853.9 * 0.8539),
        (0.8539, "L/umol", 1.0),
        (10.0, "mg/m2", 19.0),
        (0.07, "/h", 0.07),
    ],
)
def test_units(regimens: dict[str, Regimen], number: float, unit: str, expected: float) -> None:
    """Paclitaxel has 853.9 g/mol, and a body 1.9 m², in the graph."""
    figure = Figure("k", (), "clearance", number, None, None, "", unit, "any", "", "s")

    assert typical(regimens["paclitaxel"], figure) == pytest.approx(expected)


def test_every_unit_of_a_parameter_can_be_turned(graph: Leukograph, regimens: dict[str, Regimen]) -> None:
    for figure in graph.knowledge.figures:
        if figure.quantity in MODEL | DOSING:
            assert typical(regimens["paclitaxel"], figure) >= 0, figure.key


def test_a_spread_is_one_standard_deviation_of_the_logarithm(regimens: dict[str, Regimen]) -> None:
    figure = regimens["paclitaxel"].numbers["mean_transit_time"]

    assert spread(figure) == pytest.approx(0.17, rel=1e-3)
    assert figure.low is not None
    assert figure.value is not None
    assert figure.high is not None
    assert figure.value**2 == pytest.approx(figure.low * figure.high, rel=1e-3)


def test_all_spreads_of_parameters_are_even_on_the_log_scale(graph: Leukograph) -> None:
    for figure in graph.knowledge.figures:
        if figure.quantity in MODEL and figure.spread == "sd":
            assert (figure.value or 0) ** 2 == pytest.approx((figure.low or 0) * (figure.high or 0), rel=2e-3), (
                figure.key
            )


# --- against what was published ---------------------------------------------------------


@pytest.mark.parametrize("drug", [drug for drug in DRUGS if drug != "oxaliplatin"])  # it has no published day
def test_published_days_are_in_the_range_of_the_curve(graph: Leukograph, drug: str) -> None:
    (curve,) = graph.timeline(drug).curves
    verdicts = {one.verdict for one in curve.observed} - {""}

    assert verdicts
    assert (verdicts == {"agrees"}) is (drug not in OUTSIDE_CURVE)


@pytest.mark.parametrize("drug", AGREEING)
def test_published_nadirs_are_in_the_range_of_the_stages(graph: Leukograph, drug: str) -> None:
    assert "agrees" in _nadir_verdicts(graph.timeline(drug))


@pytest.mark.parametrize("drug", sorted(OUTSIDE_STAGES))
def test_nadirs_outside_are_later_for_the_reason_given(graph: Leukograph, drug: str) -> None:
    assert "later" in _nadir_verdicts(graph.timeline(drug))


def test_no_other_cytotoxic_drug_is_outside(graph: Leukograph) -> None:
    knowledge = graph.knowledge
    drugs = [key for key in knowledge.descendants("cytotoxic_drug") if _has_nadir(knowledge.figures_about(key))]
    outside = {drug for drug in drugs if _nadir_verdicts(graph.timeline(drug)) & {"later", "earlier"}}

    assert outside - OUTSIDE_STAGES.keys() == set()


def _has_nadir(figures: Sequence[Figure]) -> bool:
    return any(figure.quantity == "nadir" for figure in figures)


def _nadir_verdicts(found: Timeline) -> set[str]:
    """Return how published days of the nadir lie to the windows of hits on cells that divide."""
    return {
        one.verdict
        for course in found.courses
        if course.lowest is not None
        for one in course.observed
        if one.figure.quantity == "nadir"
    }


def _edges(doses: Sequence[Dose], lag: float, hours: float) -> list[float]:
    edges = {0.0, hours, *(dose.start + lag for dose in doses), *(dose.start + dose.time + lag for dose in doses)}
    return sorted(edge for edge in edges if edge <= hours)


def _integral(times: Sequence[float], values: Sequence[float], edges: Sequence[float]) -> float:
    """Return an integral by Simpson's rules on each stretch between jumps, where the grid is even."""
    total = 0.0
    for start, end in pairwise(edges):
        at = [place for place, time in enumerate(times) if start <= time <= end]
        step = (times[at[-1]] - times[at[0]]) / (len(at) - 1)
        if len(at) % 2 == 0:  # an odd number of steps: the last three by the rule of three eighths
            *_, a, b, c, d = (values[place] for place in at)
            total += step * 3 / 8 * (a + 3 * b + 3 * c + d)
            del at[-3:]
        inner = sum(values[place] * (4 if number % 2 else 2) for number, place in enumerate(at))
        total += step / 3 * (inner - values[at[0]] - values[at[-1]]) if len(at) > 1 else 0.0
    return total


def test_the_quadrature_of_these_tests_is_exact_for_cubics() -> None:
    times = [place / 10 for place in range(22)]

    assert _integral(times, [time**3 for time in times], [0.0, 2.1]) == pytest.approx(2.1**4 / 4)


def test_the_table_of_the_documentation_holds_what_is_computed(graph: Leukograph) -> None:
    text = (Path(__file__).parent.parent / "docs" / "timeline.md").read_text(encoding="utf-8")
    for drug in DRUGS:
        (curve,) = graph.timeline(drug).curves
        rows = [line for line in text.splitlines() if line.startswith(f"| {drug}, ") and " (" in line.split("|")[-2]]
        told = rows[0] if drug != "palbociclib" else ""
        low, mid, high = (f"{float(f'{number or 0:.1f}'):g}" for number in curve.prediction.nadir[:3])
        assert not told or f"day {mid} ({low} to {high})" in told
    assert all(name in text for name in (*OUTSIDE_CURVE, *OUTSIDE_STAGES, *DRUGS))
