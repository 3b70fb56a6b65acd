"""Why a cause does not explain an effect: the true reason, and what repairs it."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leukograph.api import Leukograph
from leukograph.asked_times import Asked, in_words
from leukograph.errors import WrongOption
from leukograph.explain import Explainer
from leukograph.knowledge import Knowledge
from leukograph.model import Figure, Term
from leukograph.options import Options
from leukograph.render import whynot_json
from leukograph.render.whynot_text import render
from leukograph.whynot import Reason, WhyNot, why_not
from tests.conftest import Run
from tests.small_graphs import BACKBONE, TERMS, claim, knowledge

OTHER_CELLS = """
    lymphocyte_destruction lever < destruction
    lymphocyte_count level
    lymphopenia condition
"""
OTHER_BACKBONE = """
    lymphocyte_destruction decreases lymphocyte_count definition
    lymphocyte_count has_low_state lymphopenia definition
"""


def reasons(claims: str, effect: str = "neutropenia", options: Options | None = None) -> tuple[Reason, ...]:
    graph = knowledge(TERMS + OTHER_CELLS, BACKBONE + OTHER_BACKBONE + claims)
    return why_not(Explainer(graph), "doxorubicin", effect, options).reasons


@pytest.mark.parametrize(
    ("claims", "kind"),
    [
        ("", "no_claim"),
        ("doxorubicin increases toxin", "chain_stops"),
        ("doxorubicin increases lymphocyte_destruction", "other_cell"),
        ("doxorubicin increases precursors", "opposite_sign"),
        ("doxorubicin increases neutrophil_count", "opposite_sign"),
        ("doxorubicin kills precursors\n doxorubicin causes neutropenia refuted", "refuted"),
        ("doxorubicin kills precursors refuted", "refuted"),
        ("cytotoxic worsened_by doxorubicin", "chain_stops"),
        ("doxorubicin decreases lymphocyte_destruction", "other_cell"),
        ("doxorubicin increases toxin\n toxin kills precursors refuted", "refuted"),
        ("doxorubicin kills precursors", "explained"),
        ("doxorubicin increases precursors\n doxorubicin increases neutrophil_destruction", "open"),
    ],
)
def test_the_true_reason_is_named(claims: str, kind: str) -> None:
    assert reasons(claims)[0].kind == kind


def test_options_that_leave_every_chain_out_are_the_reason() -> None:
    (reason,) = reasons("doxorubicin kills precursors", options=Options(route="destruction"))

    assert (reason.kind, reason.given) == ("filtered", "--route destruction")


def test_options_that_leave_a_chain_do_not_hide_that_it_is_explained() -> None:
    (reason,) = reasons("doxorubicin kills precursors", options=Options(route="production"))

    assert reason.kind == "explained"


def test_who_refuted_it_is_told() -> None:
    (reason,) = reasons("doxorubicin kills precursors refuted")

    assert [one.key for one in reason.claims] == ["doxorubicin.kills.precursors"]
    assert [row.verdict for row in reason.claims[0].evidence] == ["refutes"]


def test_the_nearest_step_to_the_effect_is_where_the_way_stops() -> None:
    far = "\n far molecule\n near molecule"
    claims = "doxorubicin increases far\n doxorubicin increases near\n toxin increases near\n toxin kills precursors"
    graph = knowledge(TERMS + far, BACKBONE + claims)

    (reason,) = why_not(Explainer(graph), "doxorubicin", "neutropenia").reasons

    assert [term.key for term in reason.terms] == ["near"]


def test_an_effect_cannot_be_a_cause_nor_a_molecule_an_effect() -> None:
    graph = Explainer(knowledge(TERMS, BACKBONE))

    with pytest.raises(WrongOption):
        why_not(graph, "neutropenia", "leukopenia")
    with pytest.raises(WrongOption):
        why_not(graph, "doxorubicin", "toxin")


@st.composite
def broken_ways(draw: st.DrawFn) -> Knowledge:
    """Graphs in which a drug acts on some links, and nothing leads on to the count."""
    links = [f"m{n}" for n in range(draw(st.integers(0, 5)))]
    order = ["doxorubicin", *links]
    lines = [
        f"{start} {relation} {end}"
        for place, start in enumerate(order)
        for end in order[place + 1 :]
        if (relation := draw(st.sampled_from(["", "increases", "decreases"])))
    ]
    return knowledge(TERMS + "\n".join(f"{link} molecule" for link in links), BACKBONE + "\n".join(lines))


@given(broken_ways())
@settings(max_examples=100, deadline=None)
def test_the_claim_that_is_said_to_be_missing_mends_it(graph: Knowledge) -> None:
    (reason,) = why_not(Explainer(graph), "doxorubicin", "neutropenia").reasons

    assert reason.missing is not None
    subject, lever = reason.missing
    signs = set()
    for relation in ("increases", "decreases"):
        mended = claim(dict(graph.entries), subject.key, relation, lever.key, [])
        repaired = replace(graph, claims={**graph.claims, mended.key: mended})
        answer = Explainer(repaired).why("doxorubicin", options=Options(effect="neutropenia"))
        signs |= {chain.sign for one in answer.effects for chain in one.chains}
    assert "+" in signs


@pytest.mark.parametrize(
    ("cause", "effect", "kind"),
    [
        ("filgrastim", "neutropenia", "opposite_sign"),
        ("dexamethasone", "neutropenia", "opposite_sign"),
        ("dexamethasone", "monocytopenia", "explained"),
        ("clozapine", "neutrophil count", "explained"),
        ("filgrastim", "neutrophil count", "opposite_sign"),
        ("vincristine", "neutropenia", "refuted"),
        ("rituximab", "eosinopenia", "other_cell"),
        ("mercaptopurine", "neutropenia", "explained"),
    ],
)
def test_real_questions(graph: Leukograph, cause: str, effect: str, kind: str) -> None:
    assert graph.why_not(cause, effect).reasons[0].kind == kind


@pytest.mark.parametrize(
    ("cause", "effect", "within", "kind", "verdict"),
    [
        ("vancomycin", "neutropenia", "1 d", "timing", "too_soon"),  # a range of onsets from day 2 on
        ("vancomycin", "neutropenia", "3 d", "explained", "fits"),
        ("methotrexate", "pancytopenia", "2 wk", "explained", "not_judged"),  # a median
        ("clozapine", "agranulocytosis", "2 wk", "explained", "not_judged"),  # the month of most cases
        ("clozapine", "agranulocytosis", "2 mo", "explained", "fits"),
        ("chemotherapy", "leukopenia", "1 d", "explained", "not_judged"),  # the days of the lowest count
        ("carmustine", "leukopenia", "3 d", "explained", "not_judged"),
        ("doxorubicin", "neutropenia", "12 h", "timing", "too_soon"),  # by the stay of cells
    ],
)
def test_only_a_stated_onset_or_the_stay_of_cells_makes_an_effect_too_slow(
    graph: Leukograph, cause: str, effect: str, within: str, kind: str, verdict: str
) -> None:
    found = graph.why_not(cause, effect, within=within)

    assert [reason.kind for reason in found.reasons] == [kind]
    assert [time.verdict for time in found.times] == [verdict]
    assert bool(found.reasons[0].given) == (kind == "timing")


def timed(*figures: Figure, within: float | None = None, after: float | None = None) -> WhyNot:
    graph = knowledge(TERMS, BACKBONE + "doxorubicin kills precursors\n doxorubicin causes neutropenia")
    return why_not(Explainer(replace(graph, figures=figures)), "doxorubicin", "neutropenia", None, Asked(within, after))


def figure(
    quantity: str,
    low: float | None,
    value: float | None,
    high: float | None,
    spread: str = "range",
    population: str = "40 patients",
    method: str = "",
    about: tuple[str, ...] = ("doxorubicin", "neutropenia"),
) -> Figure:
    kinds = {"doxorubicin": "drug"}
    terms = tuple(Term(key, key.replace("_", " "), kinds.get(key, "condition")) for key in about)
    key = f"{quantity}.{low}.{value}.{high}"
    return Figure(key, terms, quantity, value, low, high, spread, "d", population, method, "page")


@pytest.mark.parametrize(
    ("given_figure", "verdict"),
    [
        (figure("onset", 10, 20, 30), "too_soon"),
        (figure("onset", 10, 20, 30, spread="iqr"), "not_judged"),
        (figure("onset", 10, 20, 30, spread="sd"), "not_judged"),
        (figure("onset", 10, 20, 30, population="3 patients"), "not_judged"),
        (figure("onset", 10, 20, 30, population="two brothers"), "not_judged"),
        (figure("onset", 10, None, 30, method="usual"), "not_judged"),
        (figure("onset", None, 20, None), "not_judged"),
        (figure("nadir", 10, 20, 30), "not_judged"),
        (figure("onset", 10, 20, 30, about=("doxorubicin", "agranulocytosis")), "not_judged"),
        (figure("onset", 10, 20, 30, about=("doxorubicin",)), "not_judged"),
        (figure("onset", 10, 20, 30, population="9 of 80 patients"), "too_soon"),
    ],
)
def test_which_figures_bound_the_earliest_day(given_figure: Figure, verdict: str) -> None:
    found = timed(given_figure, within=2)

    assert found.times[0].verdict == verdict
    assert found.reasons[0].kind == ("timing" if verdict == "too_soon" else "explained")


def test_an_earlier_report_of_few_people_widens_the_range_of_many() -> None:
    early = figure("onset", 1, None, 5, population="one patient")

    assert timed(figure("onset", 10, 20, 30), early, within=2).times[0].verdict == "fits"


def test_the_time_that_it_lasts_counts_from_when_it_began() -> None:
    figures = figure("onset", 60, 90, 400), figure("duration", 7, 54, 120)

    assert timed(*figures, after=150).reasons[0].kind == "explained"
    found = timed(*figures, after=521)
    assert (found.reasons[0].kind, found.times[0].limit) == ("timing", 520)


@pytest.mark.parametrize(
    "figures",
    [
        (),
        (figure("duration", 7, 54, 120),),
        (figure("onset", 60, 90, 400),),
        (figure("onset", 60, 90, 400), figure("recovery_time", None, 21, None)),
        (figure("onset", None, 90, None), figure("recovery_time", 7, 10, 21)),
        (figure("onset", 60, 90, 400), figure("recovery_time", 7, 10, 21, method="cohort, after stopping")),
    ],
)
def test_how_long_it_lasts_is_not_judged_without_both_bounds_and_that_is_said(figures: tuple[Figure, ...]) -> None:
    found = timed(*figures, after=10_000)

    assert (found.reasons[0].kind, found.times[0].verdict) == ("explained", "not_judged")
    assert "was not judged" in " ".join(render(found).split())
    assert [time["verdict"] for time in whynot_json.encode(found)["times"]] == ["not_judged"]


def test_a_time_makes_no_difference_to_what_is_not_brought_about(graph: Leukograph) -> None:
    found = graph.why_not("vincristine", "neutropenia", within="2 d")

    assert found.reasons[0].kind == "refuted"
    assert "makes no difference" in render(found)


@given(st.floats(0, 1e9))
def test_times_are_told_without_exponents(days: float) -> None:
    assert not re.search(r"\de[+-]?\d", in_words(days))


@pytest.mark.parametrize(
    ("claims", "kind", "words"),
    [
        ("doxorubicin kills precursors", "explained", "Doxorubicin does lower the neutrophil count"),
        ("doxorubicin increases precursors", "opposite_sign", "Doxorubicin raises the neutrophil count instead"),
        ("doxorubicin kills precursors refuted", "refuted", "whether doxorubicin lowers the neutrophil count"),
    ],
)
def test_about_a_count_the_question_is_why_it_does_not_fall(claims: str, kind: str, words: str) -> None:
    found = why_not(Explainer(knowledge(TERMS, BACKBONE + claims)), "doxorubicin", "neutrophil_count")

    assert found.reasons[0].kind == kind
    assert words in " ".join(render(found).split())


def test_options_are_held_against_the_chains_that_lower_a_count() -> None:
    claims = (
        "doxorubicin kills precursors\n doxorubicin causes neutropenia\n doxorubicin decreases neutrophil_destruction"
    )
    graph = knowledge(TERMS, BACKBONE + claims)
    found = why_not(Explainer(graph), "doxorubicin", "neutrophil_count", Options(route="destruction"))

    assert found.reasons[0].kind == "filtered"


@pytest.mark.parametrize("effect", ["neutropenia", "neutrophil_count"])
def test_an_early_fall_before_a_late_rise_is_told_first(effect: str) -> None:
    claims = "doxorubicin decreases neutrophil_count stage=early\n doxorubicin increases neutrophil_count stage=late"
    found = why_not(Explainer(knowledge(TERMS, BACKBONE + claims)), "doxorubicin", effect)

    assert [(one.kind, one.stage) for one in found.reasons] == [("explained", "early"), ("opposite_sign", "late")]
    text = render(found)
    assert "at an early stage" in text
    assert "At a late stage, it" in text
    assert [one["stage"] for one in whynot_json.encode(found)["reasons"]] == ["early", "late"]


def test_a_passing_fall_stands_behind_a_rise_that_has_no_stage() -> None:
    claims = "doxorubicin decreases neutrophil_count stage=early\n cytotoxic increases neutrophil_count"
    found = why_not(Explainer(knowledge(TERMS, BACKBONE + claims)), "doxorubicin", "neutropenia")

    assert [(one.kind, one.stage) for one in found.reasons] == [("opposite_sign", ""), ("explained", "early")]


@pytest.mark.parametrize("time", ["soon", "12", "-3 d", "3 parsecs", "1e999 d", ""])
def test_a_time_that_is_none_is_refused(graph: Leukograph, time: str) -> None:
    with pytest.raises(WrongOption, match="is no time"):
        graph.why_not("doxorubicin", "neutropenia", within=time)


def test_text_and_json_give_the_same_reason(run: Run) -> None:
    text = run("why-not", "filgrastim", "neutropenia")
    found = json.loads(run("why-not", "filgrastim", "neutropenia", "--format", "json").stdout)

    assert text.returncode == 0
    assert text.stdout.startswith("Filgrastim counters neutropenia instead of causing it")
    assert found["reasons"][0]["kind"] == "opposite_sign"
    assert found["verdict"]["sign"] == "-"
