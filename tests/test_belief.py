"""Belief: support never lowers it, refutation never raises it, order does not matter."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukograph.belief import grade_of_chain, weigh
from leukograph.model import Limits

RELIABILITY = {"trial": 0.85, "review": 0.75, "case_report": 0.4, "definition": 1.0}
LIMITS = Limits(established=0.84, probable=0.6, contested=0.5)

row = st.tuples(st.sampled_from("abcdef"), st.sampled_from(["supports", "refutes"]), st.sampled_from(list(RELIABILITY)))
rows = st.lists(row, max_size=12)


@given(rows, st.sampled_from("ghi"), st.sampled_from(list(RELIABILITY)))
def test_support_never_lowers_belief(some: list[tuple[str, str, str]], source: str, kind: str) -> None:
    before = weigh(some, RELIABILITY, LIMITS).belief

    assert weigh([*some, (source, "supports", kind)], RELIABILITY, LIMITS).belief >= before


@given(rows, st.sampled_from("ghi"), st.sampled_from(list(RELIABILITY)))
def test_refutation_never_raises_belief(some: list[tuple[str, str, str]], source: str, kind: str) -> None:
    before = weigh(some, RELIABILITY, LIMITS).belief

    assert weigh([*some, (source, "refutes", kind)], RELIABILITY, LIMITS).belief <= before


@given(rows, st.randoms())
def test_order_and_duplicates_do_not_matter(some: list[tuple[str, str, str]], random: object) -> None:
    shuffled = [*some, *some]
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert weigh(shuffled, RELIABILITY, LIMITS) == weigh(some, RELIABILITY, LIMITS)


@given(rows)
def test_belief_is_what_the_formula_says(some: list[tuple[str, str, str]]) -> None:
    def combined(verdict: str) -> float:
        best: dict[str, float] = {}
        for source, said, kind in some:
            if said == verdict:
                best[source] = max(best.get(source, 0), RELIABILITY[kind])
        return 1 - math.prod(1 - w for w in best.values())

    expected = combined("supports") * (1 - combined("refutes"))

    assert weigh(some, RELIABILITY, LIMITS).belief == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(
    ("some", "grade"),
    [
        ([("a", "supports", "trial")], "established"),
        ([("a", "supports", "review")], "probable"),
        ([("a", "supports", "case_report")], "reported"),
        ([("a", "supports", "case_report"), ("b", "supports", "case_report")], "probable"),
        ([("a", "supports", "trial"), ("b", "refutes", "review")], "contested"),
        ([("a", "supports", "case_report"), ("b", "refutes", "review")], "refuted"),
        ([("a", "refutes", "case_report")], "refuted"),
    ],
)
def test_grades(some: list[tuple[str, str, str]], grade: str) -> None:
    assert weigh(some, RELIABILITY, LIMITS).grade == grade


def test_one_source_counts_once_with_its_strongest_row() -> None:
    twice = weigh([("a", "supports", "case_report"), ("a", "supports", "review")], RELIABILITY, LIMITS)

    assert twice.support == 0.75


def test_a_chain_is_as_sure_as_its_weakest_step() -> None:
    assert grade_of_chain(["established", "reported", "probable"]) == "reported"
    assert grade_of_chain(["established", "contested", "reported"]) == "contested"
