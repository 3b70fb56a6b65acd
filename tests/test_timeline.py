"""Delays add up along the backbone, with their ranges; what no figure says has no number."""

from __future__ import annotations

import doctest
from dataclasses import replace

import pytest

import leukograph.render.chart
import leukograph.render.timeline_text
import leukograph.timing.observed
from leukograph.api import Leukograph
from leukograph.errors import WrongOption
from leukograph.explain import Explainer
from leukograph.knowledge import Knowledge
from leukograph.model import Figure
from leukograph.render import timeline_json
from leukograph.render.timeline_text import render
from leukograph.timing.kinetics import Span
from leukograph.timing.stages import Stages
from leukograph.timing.timeline import AT_ONCE, Clock, Course, Timeline
from tests.small_graphs import knowledge

TERMS = """
    production lever
    release lever
    distribution lever
    granulopoiesis lever < production
    outflow lever < release
    margination lever < distribution
    stem_cells pool
    precursors pool
    reserve pool
    neutrophil cell
    neutrophil_count level
    neutropenia condition
    poison drug
    ray drug
    steroid drug
"""
CLAIMS = """
    stem_cells increases precursors definition
    precursors increases granulopoiesis definition
    granulopoiesis increases reserve definition
    reserve increases outflow definition
    outflow increases neutrophil_count definition
    margination decreases neutrophil_count definition
    neutrophil_count has_low_state neutropenia definition
    poison kills precursors
    poison causes neutropenia
    ray kills stem_cells
    ray causes neutropenia
    steroid increases margination
    steroid causes neutropenia
"""


def figure(about: str, quantity: str, value: float, unit: str, graph: Knowledge, **more: object) -> Figure:
    terms = tuple(graph.term(key) for key in about.split())
    made = Figure(f"{about}.{quantity}.{value}", terms, quantity, value, None, None, "", unit, "adults", "", "page")
    return made._replace(**more)  # type: ignore[arg-type]


@pytest.fixture
def small() -> Knowledge:
    graph = knowledge(TERMS, CLAIMS)
    figures = (
        figure("reserve", "transit_time", 6, "d", graph, disagreement="reserve_time"),
        figure("reserve", "transit_time", 96, "h", graph, disagreement="reserve_time"),
        figure("reserve", "transit_time", 10, "d", graph, population="newborns"),
        figure("neutrophil_count", "half_life", 12, "h", graph),
        figure("neutropenia", "threshold", 1.5, "10*9/L", graph),
        figure("neutrophil_count", "reference_interval", 3, "10*9/L", graph, low=2.0, high=6.0),
        figure("poison neutropenia", "nadir", 9, "d", graph),
    )
    return replace(graph, figures=figures)


def timeline(graph: Knowledge, cause: str) -> Timeline:
    return Clock(graph).timeline(Explainer(graph).why(cause))


def only(found: Timeline) -> Course:
    (course,) = found.courses
    return course


def test_the_delay_is_what_lies_behind_the_hit(small: Knowledge) -> None:
    course = only(timeline(small, "poison"))

    assert course.entry.key == "precursors"
    assert course.begins == Span(4, None, 6, "d")
    assert [stage.term.key for stage in course.stages] == ["reserve", "neutrophil_count"]
    assert course.stages[0].disagreements == ("reserve_time",)


def test_then_the_count_falls_with_the_stay_in_the_blood(small: Knowledge) -> None:
    course = only(timeline(small, "poison"))

    assert course.below is not None
    assert course.below.low == pytest.approx(4 + 0.5 / 0.6931 * 0.2877, rel=1e-3)  # 2.0 falls to 1.5
    assert course.below.high == pytest.approx(6 + 0.5 / 0.6931 * 1.3863, rel=1e-3)  # 6.0 falls to 1.5


def test_a_missing_figure_is_named_and_leaves_no_number(small: Knowledge) -> None:
    course = only(timeline(small, "ray"))

    assert course.begins is None
    assert course.below is None
    assert "no figure for how long cells stay among precursors" in course.missing


def test_a_shift_out_of_the_blood_acts_at_once_and_has_no_pace(small: Knowledge) -> None:
    course = only(timeline(small, "steroid"))

    assert course.begins == AT_ONCE
    assert course.below is None
    assert course.missing == ("no figure for how fast margination lowers the count",)


def test_a_half_life_seen_under_the_cause_is_its_pace(small: Knowledge) -> None:
    seen = figure("steroid neutrophil_count", "half_life", 1, "h", small)

    course = only(timeline(replace(small, figures=(*small.figures, seen)), "steroid"))

    assert course.below is not None
    assert course.below.high == pytest.approx(1 / 24 * 2, rel=1e-3)  # from 6.0 to 1.5 takes two half-lives


def test_what_was_seen_is_held_against_what_is_computed(small: Knowledge) -> None:
    course = only(timeline(small, "poison"))

    assert [(one.figure.quantity, one.verdict) for one in course.observed] == [("nadir", "not earlier")]
    early = figure("poison neutropenia", "nadir", 2, "d", small)
    course = only(timeline(replace(small, figures=(*small.figures, early)), "poison"))
    assert {one.verdict for one in course.observed} == {"not earlier", "earlier"}


def test_a_condition_has_no_timeline(small: Knowledge) -> None:
    with pytest.raises(WrongOption, match="starts from a cause"):
        timeline(small, "neutropenia")


# --- the shipped graph --------------------------------------------------------------


def test_the_lead_of_progenitors_agrees_with_the_sum_of_stages(graph: Leukograph) -> None:
    """Progenitors were seen to lead neutrophils by 7 to 9 days; the stages behind them take 5.7 days or longer."""
    found = graph.timeline("chemotherapy", effect="neutropenia")

    begins = {course.entry.key: course.begins for course in found.courses}
    later, earlier = begins["granulocyte_monocyte_progenitor_pool"], begins["neutrophil_mitotic_pool"]
    assert later is not None
    assert earlier is not None
    assert later.low > earlier.low
    assert Span(7, None, 9).meets(later)


def test_counts_come_in_the_order_in_which_they_fall(graph: Leukograph) -> None:
    for cause in ("whole-body irradiation", "docetaxel", "HIV infection", "clozapine"):
        seen = [course for course in graph.timeline(cause).courses if course.chain.observed]
        lows = [course.begins.low for course in seen if course.begins is not None]
        assert lows == sorted(lows)
        assert lows
        assert lows[0] == 0.0


def test_both_sides_of_a_disagreement_are_in_the_range(graph: Leukograph) -> None:
    stage = Stages(graph.knowledge).in_blood("neutrophil_count")

    assert stage.time is not None
    assert stage.time.low < 7 / 24 / 0.6931 < 19 / 24 / 0.6931 < (stage.time.high or 0)
    assert "neutrophil_lifespan" in stage.disagreements


def test_radiation_counts_lymphocytes_first(graph: Leukograph) -> None:
    first = graph.timeline("whole-body irradiation").courses[0]

    assert first.level.key == "lymphocyte_count"
    assert first.below is not None


@pytest.mark.parametrize(
    "cause",
    ["docetaxel", "clozapine", "glucocorticoid", "rituximab", "fingolimod", "HIV infection", "vitamin B12 deficiency"],
)
def test_every_number_names_its_figures(graph: Leukograph, cause: str) -> None:
    found = graph.timeline(cause)

    cited = {source.key for source in found.sources}
    for course in found.courses:
        for stage in course.stages:
            assert (stage.time is None) == (not stage.figures)
            assert {one.source for one in stage.figures} <= cited
        if course.below is not None:
            assert course.threshold
            assert course.baseline
        if course.begins is None:
            assert course.missing


@pytest.mark.parametrize("cause", ["docetaxel", "clozapine", "carmustine", "levamisole", "endotoxin in blood"])
def test_text_tells_each_course_and_cites_only_what_it_lists(graph: Leukograph, cause: str) -> None:
    text = render(graph.timeline(cause), 88)

    assert all(len(line) <= 88 or "http" in line or "10." in line for line in text.splitlines())
    assert "None" not in text
    assert "nan" not in text.split()


def test_json_gives_each_number_a_unit(graph: Leukograph) -> None:
    value = timeline_json.encode(graph.timeline("docetaxel"))

    assert value["schema"] == "leukograph.timeline/1"
    course = next(one for one in value["courses"] if one["effect"]["key"] == "neutropenia")
    assert course["begins"] == {"low": 4.5, "value": None, "high": 6.6, "unit": "d"}
    assert course["threshold"]["value"]["unit"] == "10*9/L"
    assert all(figure["unit"] for stage in course["stages"] for figure in stage["figures"])


def test_docstring_examples() -> None:
    assert doctest.testmod(leukograph.timing.observed).failed == 0
    assert doctest.testmod(leukograph.render.chart).failed == 0
    assert doctest.testmod(leukograph.render.timeline_text).failed == 0
