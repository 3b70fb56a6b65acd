"""Which of several figures stands for all: the one nearest to the middle comes first."""

from __future__ import annotations

import statistics
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from leukograph.beside import FREQUENCY, Beside
from leukograph.model import Figure
from tests.small_graphs import BACKBONE, TERMS, knowledge

GRAPH = knowledge(TERMS, BACKBONE + "doxorubicin causes neutropenia")
PAIR = GRAPH.term("doxorubicin"), GRAPH.term("neutropenia")


def figure(n: int, value: float | None, low: float | None = None, high: float | None = None) -> Figure:
    return Figure(f"f{n:02}", PAIR, "incidence", value, low, high, "range", "%", "patients", "", "page")


def told(*figures: Figure) -> list[str]:
    graph = replace(GRAPH, figures=figures)
    return [one.key for one in Beside(graph).pair_figures(*PAIR, FREQUENCY)]


def test_a_figure_at_a_far_cut_off_does_not_come_first() -> None:
    assert told(figure(0, 0), figure(1, 10), figure(2, 16), figure(3, None, 30, 40)) == ["f01", "f02", "f00", "f03"]


def test_of_two_the_first_stays_first() -> None:
    assert told(figure(0, 41), figure(1, 3)) == ["f00", "f01"]


@given(st.lists(st.integers(0, 100), min_size=1, max_size=9))
def test_the_first_is_as_near_to_the_median_as_any(values: list[int]) -> None:
    keys = told(*(figure(n, value) for n, value in enumerate(values)))
    apart = [abs(values[int(key[1:])] - statistics.median(values)) for key in keys]

    assert sorted(keys) == [f"f{n:02}" for n in range(len(values))]
    assert apart == sorted(apart)
