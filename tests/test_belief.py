"""Belief: support never lowers it, refutation never raises it, order does not matter, a stage bears on itself."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukograph.belief import Said, Weight, grade_of_chain, weigh
from leukograph.model import Limits

RELIABILITY = {"trial": 0.85, "review": 0.75, "case_report": 0.4, "definition": 1.0}
LIMITS = Limits(established=0.84, probable=0.6, contested=0.5)
STAGES = ("early", "late")

row = st.builds(
    Said,
    st.sampled_from("abcdef"),
    st.sampled_from(["supports", "refutes"]),
    st.sampled_from(list(RELIABILITY)),
    st.sampled_from(["", *STAGES]),
)
rows = st.lists(row, max_size=12)


def weight(some: list[Said]) -> Weight:
    return weigh(some, RELIABILITY, LIMITS, STAGES)


@given(rows, row)
def test_support_never_lowers_belief(some: list[Said], more: Said) -> None:
    """Also where the source of the new row has already spoken, for or against."""
    assert weight([*some, more._replace(verdict="supports")]).belief >= weight(some).belief


@given(rows, row)
def test_refutation_never_raises_belief(some: list[Said], more: Said) -> None:
    assert weight([*some, more._replace(verdict="refutes")]).belief <= weight(some).belief


@given(rows, st.randoms())
def test_order_and_duplicates_do_not_matter(some: list[Said], chance: random.Random) -> None:
    shuffled = [*some, *some]
    chance.shuffle(shuffled)

    assert weight(shuffled) == weight(some)


@given(rows)
def test_belief_is_what_the_formula_says(some: list[Said]) -> None:
    """An oracle that knows the rule as a sentence: each source once, each stage with what bears on it."""

    def best(source: str, verdict: str, left_out: str) -> float:
        speaks = [one for one in some if one.stage != left_out and (one.source, one.verdict) == (source, verdict)]
        return max((RELIABILITY[one.kind] for one in speaks), default=0.0)

    def without(stage: str) -> float:
        pairs = [(best(source, "supports", stage), best(source, "refutes", stage)) for source in "abcdef"]
        support = 1 - math.prod(1 - pro for pro, con in pairs if pro >= con)
        return support * math.prod(1 - con for pro, con in pairs if con > pro)

    expected = max(without("none"), without("late"), without("early"))

    assert weight(some).belief == pytest.approx(expected, abs=5e-5)


@given(rows, row)
def test_what_was_not_found_at_a_stage_takes_nothing_from_the_other(some: list[Said], more: Said) -> None:
    early = [one._replace(stage="early") for one in some]

    assert weight([*early, more._replace(verdict="refutes", stage="late")]).belief == weight(early).belief


@given(rows)
def test_where_no_row_states_a_stage_there_is_one_reading(some: list[Said]) -> None:
    plain = [one._replace(stage="") for one in some]

    assert weight(plain) == weigh(plain, RELIABILITY, LIMITS)
    assert weight(plain).reading == ""


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
        ([("a", "supports", "trial"), ("b", "refutes", "trial", "late")], "established"),
        ([("a", "supports", "trial", "late"), ("b", "refutes", "trial", "late")], "contested"),
        ([("a", "supports", "trial", "late"), ("b", "refutes", "trial")], "contested"),
        ([("a", "refutes", "trial", "late")], "refuted"),
        (
            [("a", "supports", "trial"), ("b", "refutes", "trial", "early"), ("c", "refutes", "trial", "late")],
            "contested",
        ),
    ],
)
def test_grades(some: list[tuple[str, str, str]], grade: str) -> None:
    assert weight([Said(*one) for one in some]).grade == grade


def test_one_source_counts_once_with_its_strongest_row() -> None:
    twice = weight([Said("a", "supports", "case_report"), Said("a", "supports", "review")])

    assert twice.support == 0.75


@pytest.mark.parametrize(
    ("its_own", "belief"), [(("review", "review"), 0.75), (("trial", "case_report"), 0.85), (("review", "trial"), 0.0)]
)
def test_a_source_that_saw_it_in_one_group_and_not_in_another_supports_unless_its_nay_is_stronger(
    its_own: tuple[str, str], belief: float
) -> None:
    """Metamizole: one study of five regions found agranulocytosis in three and not in two."""
    pro, con = its_own

    assert weight([Said("a", "supports", pro), Said("a", "refutes", con)]).belief == belief


def test_a_chain_is_as_sure_as_its_weakest_step() -> None:
    assert grade_of_chain(["established", "reported", "probable"]) == "reported"
    assert grade_of_chain(["established", "contested", "reported"]) == "contested"
