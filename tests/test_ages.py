"""Ages as they are typed, populations as they are printed, counts against limits for them."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leukograph.api import Leukograph
from leukograph.errors import WrongOption
from leukograph.knowledge import Knowledge
from leukograph.model import Figure
from leukograph.workup.ages import YEAR, about_other_ages, parse_age, parse_population
from leukograph.workup.counts import Reading, judge, parse_count
from tests.small_graphs import BACKBONE, TERMS, knowledge


@pytest.mark.parametrize(
    ("typed", "days", "words"),
    [
        ("40", 40 * YEAR, "40 years"),
        (2, 2 * YEAR, "2 years"),
        ("5d", 5, "5 days"),
        ("1 day", 1, "1 day"),
        ("2wk", 14, "2 weeks"),
        ("3mo", YEAR / 4, "3 months"),
        ("0.5", YEAR / 2, "0.5 years"),
        ("12h", 0.5, "12 hours"),
        ("7 Y", 7 * YEAR, "7 years"),
    ],
)
def test_ages_are_read(typed: str | float, days: float, words: str) -> None:
    age = parse_age(typed)

    assert age.days == pytest.approx(days)
    assert age.words == words


@pytest.mark.parametrize(
    "typed", ["", "-1", "abc", "3m", "1e9", "nan", "inf", "200", "5 d 3", "٣", "\x1b[31m", "9" * 99]
)
def test_what_is_no_age_is_refused(typed: str) -> None:
    with pytest.raises(WrongOption):
        parse_age(typed)


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ("adults", 18, math.inf),
        ("adults, Copenhagen General Population Study", 18, math.inf),
        ("infants of 2 weeks to 1 year", 14 / YEAR, 1),
        ("infants", 28 / YEAR, 1),
        ("children under 2 years", 0, 2),
        ("children after the first year", 1, 18),
        ("children over 1 year", 1, 18),
        ("children of 12 months and more", 1, 18),
        ("newborns of 72 h and more, term", 3 / YEAR, 28 / YEAR),
        ("newborns in the 1st week of life", 0, 7 / YEAR),
        ("age 2 to 10 years", 2, 11),
        ("age 1 to 23 months", 1 / 12, 2),
        ("age 11 years to older adult", 11, math.inf),
        ("children of 6 years, lower limit", 6, 7),
        ("newborn at birth", 0, 1 / YEAR),
        ("term newborns from 72 h, lower limit", 3 / YEAR, 28 / YEAR),
        ("newborns of very low birth weight, 61 h to 28 days", 61 / 24 / YEAR, 28 / YEAR),
        ("Duffy-null adults, USA", 18, math.inf),
        ("pregnant women, 8 to 40 weeks", 10, math.inf),
        ("adolescents and adults with HIV", 10, math.inf),
    ],
)
def test_populations_state_ages(words: str, low: float, high: float) -> None:
    group = parse_population(words)

    assert group.aged
    assert group.low / YEAR == pytest.approx(low)
    assert group.high / YEAR == pytest.approx(high)


@pytest.mark.parametrize(
    "words", ["any", "people", "people without HIV", "291 healthy people, USA", "adults and children"]
)
def test_populations_without_an_age_are_everybody(words: str) -> None:
    group = parse_population(words)

    assert not group.aged
    assert not group.chosen
    assert group.holds(1)
    assert group.holds(90 * YEAR)


@pytest.mark.parametrize(
    "words",
    [
        "cancer patients",
        "people on antithyroid drugs",
        "adolescents and adults with HIV",
        "intensive care, sepsis against other inflammation",
        "Black adults, as printed",
        "newborns of very low birth weight, 61 h to 28 days",
    ],
)
def test_people_chosen_for_something_else_set_no_limit(words: str) -> None:
    assert parse_population(words).chosen


def test_every_age_that_the_ontology_states_is_read(graph: Leukograph) -> None:
    for figure in graph.knowledge.figures:
        if figure.quantity in {"threshold", "reference_interval"}:
            group, words = parse_population(figure.population), figure.population
            states_age = re.search(r"child|infant|newborn|adolescent|adult|years?\b|months?\b", words)
            assert group.low < group.high, words
            assert group.aged or not states_age or "adults and children" in words, words


@given(st.text())
@settings(deadline=None)
def test_no_words_break_the_reading(words: str) -> None:
    group = parse_population(words)

    assert group.low >= 0
    assert not group.aged or group.high > 0


def test_contexts_of_other_ages_only() -> None:
    assert about_other_ages(["population=newborns|role=screen"], 40 * YEAR)
    assert not about_other_ages(["population=newborns|role=screen", "role=confirm"], 40 * YEAR)
    assert not about_other_ages(["population=newborns"], 3)
    assert not about_other_ages(["role=screen"], 3)
    assert not about_other_ages([], 3)


# --- counts ------------------------------------------------------------------------


def with_limits(*limits: tuple[str, float, str]) -> Knowledge:
    """A small graph with figures: (about, number, population); a level has reference intervals."""
    graph = knowledge(TERMS + "\n duffy genotype\n severe condition < neutropenia", BACKBONE)
    figures = []
    for number, (about, value, population) in enumerate(limits):
        terms = tuple(graph.term(key) for key in about.split())
        interval = terms[-1].kind == "level"
        figures.append(
            Figure(
                f"f{number}",
                terms,
                "reference_interval" if interval else "threshold",
                None if interval else value,
                value if interval else None,
                None,
                "",
                "10*9/L",
                population,
                "",
                "page",
            )
        )
    return replace(graph, figures=tuple(figures))


def judged(graph: Knowledge, value: float, age: str | None = None, *given_: str) -> Reading:
    age_ = parse_age(age) if age else None
    return judge(graph, graph.term("neutrophil_count"), value, age_, frozenset(given_))


ADULT = ("neutropenia", 1.5, "adults")


@pytest.mark.parametrize(("value", "status"), [(1.49, "low"), (1.5, "normal"), (0.0, "low")])
def test_a_count_below_its_threshold_is_low(value: float, status: str) -> None:
    reading = judged(with_limits(ADULT), value)

    assert reading.status == status
    assert reading.condition is not None
    assert reading.condition.key == "neutropenia"


def test_limits_that_disagree_are_all_named() -> None:
    reading = judged(with_limits(ADULT, ("neutropenia", 1.0, "any")), 1.2)

    assert reading.status == "disputed"
    assert reading.is_low
    assert [(limit.bound, limit.below) for limit in reading.limits] == [(1.5, True), (1.0, False)]


def test_a_child_has_the_limits_of_its_age() -> None:
    graph = with_limits(ADULT, ("neutropenia", 1.5, "any"), ("neutropenia", 1.0, "infants"))

    assert judged(graph, 1.2, "6mo").status == "normal"
    assert judged(graph, 1.2, "5").status == "low"
    assert judged(graph, 1.2).status == "low"


def test_an_age_without_a_limit_gets_the_adults_and_a_warning() -> None:
    reading = judged(with_limits(ADULT), 1.2, "6mo")

    assert reading.status == "low"
    assert "adults" in reading.notes[0]
    assert judged(with_limits(ADULT), 1.2, "40").notes == ()


def test_own_limits_of_special_people_come_before_all() -> None:
    graph = with_limits(ADULT, ("duffy neutrophil_count", 1.2, "Duffy-null adults, USA"))

    assert judged(graph, 1.3).status == "low"
    assert judged(graph, 1.3, None, "duffy").status == "normal"
    assert judged(graph, 1.1, None, "duffy").status == "low"
    assert "other ages" in judged(graph, 1.3, "6mo", "duffy").notes[0]


def test_a_reference_interval_alone_does_not_make_a_count_low() -> None:
    graph = with_limits(ADULT, ("neutrophil_count", 2.0, "adults"))

    assert judged(graph, 1.7).status == "borderline"
    assert not judged(graph, 1.7).is_low
    assert judged(with_limits(("neutrophil_count", 2.0, "adults")), 1.7).status == "low"


def test_a_degree_is_told_when_most_limits_say_so() -> None:
    graph = with_limits(ADULT, ("severe", 0.5, "any"), ("severe", 0.5, "adults"), ("severe", 0.1, "any"))

    assert [term.key for term in judged(graph, 0.3).degrees] == ["severe"]
    assert judged(graph, 0.7).degrees == ()


def test_without_a_limit_nothing_is_said() -> None:
    assert judged(with_limits(), 0.1).status == "unknown"


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("0.4", 0.4),
        ("400/uL", 0.4),
        ("400 /µL", 0.4),
        ("400/mm3", 0.4),
        ("0.4 x10^9/L", 0.4),
        ("0.4 ×10⁹/L", 0.4),
        ("0.4 G/L", 0.4),
        ("0.4K/uL", 0.4),
        (".4", 0.4),
        ("0", 0.0),
    ],
)
def test_counts_are_read_in_many_units(graph: Leukograph, typed: str, value: float) -> None:
    level = graph.knowledge.term("neutrophil_count")

    assert parse_count(typed, "ANC", level, graph.knowledge) == pytest.approx(value)


@pytest.mark.parametrize(
    "typed", ["", "abc", "-1", "1e999", "nan", "inf", "20%", "0,4", "400", "5000e9/L", "1/2", "٣", "0x1", "1_000"]
)
def test_what_is_no_count_is_refused(graph: Leukograph, typed: str) -> None:
    with pytest.raises(WrongOption):
        parse_count(typed, "ANC", graph.knowledge.term("neutrophil_count"), graph.knowledge)


def test_a_number_that_is_surely_per_microlitre_is_not_guessed(graph: Leukograph) -> None:
    with pytest.raises(WrongOption, match="no unit") as caught:
        parse_count("180", "CD4", graph.knowledge.term("cd4_t_cell_count"), graph.knowledge)

    assert "CD4=180/uL" in caught.value.hint


@given(st.floats(0, 50), st.floats(0, 50))
@settings(max_examples=60, deadline=None)
def test_a_lower_count_is_never_less_low(one: float, other: float) -> None:
    order = ["low", "disputed", "borderline", "normal"]
    graph = with_limits(ADULT, ("neutropenia", 1.0, "any"), ("neutrophil_count", 2.0, "adults"))
    low, high = sorted((one, other))

    assert order.index(judged(graph, low).status) <= order.index(judged(graph, high).status)
