"""What may be behind a picture: the order and its reasons, next tests, and when it is not enough."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leukograph.errors import LeukographError
from leukograph.explain import Explainer
from leukograph.knowledge import Knowledge
from leukograph.lookup import NameIndex
from leukograph.render import workup_json, workup_text
from leukograph.workup import Candidate, Workup, workup
from tests.small_graphs import BACKBONE, TERMS, knowledge

PICTURE_TERMS = """
    lymphocyte_destruction lever < destruction
    lymphocyte_count level
    lymphopenia condition
    alpha disease
    alpha_one disease < alpha
    beta disease
    gamma disease
    delta disease
    spleen quantity
    large_spleen disease
    sign finding
    mark finding
    trait finding
    felt_spleen finding
    smear test
    assay test
    scan test
    weakness genotype
"""
PICTURE_CLAIMS = """
    lymphocyte_destruction decreases lymphocyte_count definition
    lymphocyte_count has_low_state lymphopenia definition
    alpha causes neutropenia
    alpha causes lymphopenia
    alpha shown_by sign
    alpha_one causes neutropenia
    beta causes neutropenia probable
    beta shown_by mark
    gamma causes neutropenia reported
    gamma shown_by sign
    gamma shown_by mark reported
    delta causes lymphopenia
    delta causes neutropenia refuted
    delta increases spleen
    delta shown_by assay
    large_spleen shown_by felt_spleen
    spleen shown_by felt_spleen
    spleen increases lymphocyte_destruction
    large_spleen causes lymphopenia
    doxorubicin causes neutropenia
    doxorubicin worsened_by weakness
    sign shown_by smear
    mark shown_by smear
    felt_spleen shown_by scan
    neutropenia shown_by smear
"""


def picture(claims: str = "", terms: str = "") -> Knowledge:
    return knowledge(TERMS + PICTURE_TERMS + terms, BACKBONE + PICTURE_CLAIMS + claims)


PICTURE = picture()
EXPLAINER, NAMES = Explainer(PICTURE), NameIndex.from_knowledge(PICTURE)


def asked(*names: str, graph: Knowledge | None = None) -> Workup:
    if graph is None:
        return workup(EXPLAINER, names, NAMES.resolve)
    return workup(Explainer(graph), names, NameIndex.from_knowledge(graph).resolve)


def order(found: Workup) -> list[str]:
    return [one.cause.key for one in found.candidates]


def candidate(found: Workup, key: str) -> Candidate:
    return next(one for one in found.candidates if one.cause.key == key)


def kinds(found: Workup, key: str) -> tuple[list[str], list[str]]:
    one = candidate(found, key)
    return [point.kind for point in one.for_], [point.kind for point in one.against]


# --- the order ---------------------------------------------------------------------


def test_of_one_low_count_the_better_grade_comes_first_and_it_is_not_enough() -> None:
    found = asked("neutropenia")

    assert order(found) == ["alpha", "beta", "gamma"]
    assert [one.cause.key for one in (*found.candidates,) if one.cause in found.first] == ["alpha", "beta", "gamma"]
    assert not found.sufficient
    assert "one low count alone" in found.insufficient[0]
    assert found.candidates[0].before_next == "grade"


def test_who_explains_more_comes_first() -> None:
    found = asked("neutropenia", "lymphopenia", "mark")

    assert order(found)[0] == "alpha"
    assert found.sufficient
    assert found.candidates[0].before_next == "explained"
    assert kinds(found, "beta") == (["seen", "finding"], ["unexplained"])


def test_findings_come_before_grades() -> None:
    assert order(asked("neutropenia", "mark")) == ["beta", "gamma", "alpha"]


def test_a_finding_that_was_looked_for_and_is_not_there_counts_against() -> None:
    found = asked("neutropenia", "no:sign")

    assert order(found) == ["beta", "alpha", "gamma"]
    assert kinds(found, "alpha") == (["seen"], ["absent"])


def test_a_weak_claim_does_not_count_against_when_its_finding_is_not_there() -> None:
    found = asked("neutropenia", "no:mark")

    assert candidate(found, "gamma").against == ()
    assert [point.kind for point in candidate(found, "gamma").beside] == ["doubtful"]
    assert kinds(found, "beta")[1] == ["absent"]


def test_a_refuted_outcome_is_a_point_of_its_own() -> None:
    found = asked("lymphopenia", "neutropenia")

    assert kinds(found, "delta") == (["seen"], ["not_seen"])
    assert candidate(found, "delta").standing.contrary == -1


def test_a_count_that_is_not_low_speaks_against_what_usually_lowers_it() -> None:
    found = asked("neutropenia", "no:lymphopenia")

    assert order(found)[0] == "beta"
    assert kinds(found, "alpha") == (["seen"], ["normal"])


def test_what_rules_out_sets_aside() -> None:
    graph = picture()
    sign = graph.claims["alpha.shown_by.sign"]
    row = sign.evidence[0]._replace(context="role=rule_out")
    graph = Knowledge(**{**vars_of(graph), "claims": {**graph.claims, sign.key: sign._replace(evidence=(row,))}})

    found = asked("neutropenia", "no:sign", graph=graph)

    assert "alpha" not in order(found)
    assert next(one.cause.key for one in found.set_aside) == "alpha"
    assert found.set_aside[0].against[0].kind == "excluded"


def vars_of(graph: Knowledge) -> dict[str, Any]:
    fields = ("release", "language", "entries", "claims", "figures", "sources")
    return {name: getattr(graph, name) for name in fields}


def test_a_kind_that_does_no_better_is_folded_into_its_class() -> None:
    found = asked("neutropenia")

    assert "alpha_one" not in order(found)
    assert [term.key for term in candidate(found, "alpha").kinds] == ["alpha_one"]


def test_a_kind_that_was_named_stands_for_its_class() -> None:
    found = asked("neutropenia", "alpha one")

    assert order(found)[0] == "alpha_one"
    assert "alpha" not in order(found)


def test_a_drug_is_weighed_when_it_was_named() -> None:
    unnamed, named = asked("neutropenia", "mark"), asked("neutropenia", "doxorubicin", "weakness")

    assert "doxorubicin" not in order(unnamed)
    assert unnamed.by_history == (("drug", 1),)
    assert order(named)[0] == "doxorubicin"
    assert kinds(named, "doxorubicin")[0] == ["seen", "named", "worsened"]
    assert named.sufficient


def test_an_excluded_cause_is_set_aside_with_its_kinds() -> None:
    found = asked("neutropenia", "no:alpha")

    assert order(found) == ["beta", "gamma"]
    assert "alpha" in [one.cause.key for one in found.set_aside]


def test_a_finding_comes_through_a_step() -> None:
    found = asked("lymphopenia", "felt spleen")
    point = next(point for point in candidate(found, "delta").for_ if point.kind == "finding")

    assert point.via is not None
    assert point.via.key == "spleen"
    assert candidate(found, "delta").standing.direct == 0


def test_a_finding_through_a_step_whose_other_finding_is_missing_does_not_count() -> None:
    graph = picture("spleen shown_by trait")

    found = asked("lymphopenia", "felt spleen", "no:trait", graph=graph)

    assert kinds(found, "delta")[0] == ["seen"]
    assert [point.kind for point in candidate(found, "delta").beside] == ["doubtful", "undercut"][::-1]


def test_a_cause_that_is_only_a_raised_quantity_gives_its_finding() -> None:
    found = asked("lymphopenia", "large spleen")

    assert [(one.kind, one.term.key) for one in found.given if one.named] == [("finding", "felt_spleen")]
    assert order(found)[0] == "delta"
    assert "large_spleen" not in order(found)


def test_without_a_low_count_the_findings_lead() -> None:
    found = asked("mark")

    assert order(found) == ["beta", "gamma"]
    assert found.low == ()


def test_nothing_that_is_linked_is_not_enough() -> None:
    found = asked("trait")

    assert found.candidates == ()
    assert "nothing in the graph" in found.insufficient[0]
    assert [one.term.key for one in found.unused] == ["trait"]


def test_a_finding_of_causes_that_explain_nothing_here_is_told() -> None:
    (unused,) = asked("lymphopenia", "mark").unused

    assert [term.key for term in unused.shows] == ["beta", "gamma"]


# --- properties ----------------------------------------------------------------------

PIECES = ["neutropenia", "lymphopenia", "sign", "mark", "felt spleen", "doxorubicin", "weakness", "beta"]
pictures = st.sets(st.sampled_from(PIECES), min_size=1).map(sorted)


@given(pictures)
@settings(max_examples=60, deadline=None)
def test_an_unrelated_finding_never_changes_the_order(names: list[str]) -> None:
    plain, more = asked(*names), asked(*names, "trait")

    assert [(one.place, one.cause, one.standing) for one in plain.candidates] == [
        (one.place, one.cause, one.standing) for one in more.candidates
    ]
    assert "trait" in [one.term.key for one in more.unused]
    assert asked(*names, "no:trait").candidates == plain.candidates


@given(pictures, st.sampled_from(["sign", "mark"]))
@settings(max_examples=80, deadline=None)
def test_a_finding_never_lowers_the_place_of_a_cause_that_it_shows(names: list[str], finding: str) -> None:
    names = sorted({*names, "neutropenia"} - {finding})
    before, after = asked(*names), asked(*names, finding)

    for one in after.candidates:
        if any(point.about.key == finding and point.via is None for point in one.for_):
            assert one.place <= candidate(before, one.cause.key).place


@given(pictures, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_arguments_does_not_matter(names: list[str], random: Any) -> None:
    mixed = list(names)
    random.shuffle(mixed)

    assert asked(*mixed) == asked(*names)


@given(pictures, st.integers(20, 120))
@settings(max_examples=40, deadline=None)
def test_every_picture_can_be_told(names: list[str], width: int) -> None:
    found = asked(*names)

    text = workup_text.render(found, PICTURE.language, width)
    assert text.startswith("Given\n")
    assert "diagnos" not in text.lower()
    assert json.loads(json.dumps(workup_json.encode(found)))["schema"] == "leukograph.workup/1"


@given(pictures)
@settings(max_examples=60, deadline=None)
def test_what_a_result_would_change_is_what_it_changes(names: list[str]) -> None:
    found = asked(*names)
    for test in found.tests:
        for outcome in test.outcomes:
            result = outcome.finding.label
            given_it = f"{result}=positive" if outcome.finding.kind == "test" else result
            not_it = f"{result}=negative" if outcome.finding.kind == "test" else f"no:{result}"
            assert asked(*names, given_it).first == outcome.first_with
            assert asked(*names, not_it).first == outcome.first_without


# --- next tests ------------------------------------------------------------------------


def test_the_test_of_the_low_count_is_named_with_what_it_would_change() -> None:
    found = asked("neutropenia")
    smear = found.tests[0]

    assert smear.test.key == "smear"
    assert [term.key for term in smear.of_condition] == ["neutropenia"]
    sign = next(one for one in smear.outcomes if one.finding.key == "sign")
    assert [term.key for term in sign.supports] == ["alpha", "gamma"]
    assert [term.key for term in sign.first_with] == ["alpha", "gamma"]
    assert [term.key for term in sign.first_without] == ["beta"]


def test_what_is_known_is_not_tested_again() -> None:
    found = asked("neutropenia", "mark", "sign")

    assert "sign" not in {one.finding.key for test in found.tests for one in test.outcomes}


def test_a_test_without_a_finding_is_its_own_result() -> None:
    found = asked("lymphopenia", "assay=positive")

    assert order(found)[0] == "delta"
    assert order(asked("lymphopenia", "assay=negative"))[0] != "delta"


# --- hostile input -------------------------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [
        [],
        [""],
        ["=3"],
        ["no:"],
        ["neutrophil count=abc"],
        ["neutrophil count=-1"],
        ["neutrophil count=1e999"],
        ["neutrophil count"],
        ["smear"],
        ["smear=positive"],
        ["toxin"],
        ["doxorubicin=0.4"],
        ["mark", "no:mark"],
        ["neutrophil count=1", "neutrophil count=2"],
        ["neutropenia"] * 200,
        ["\x1b[31mred"],
    ],
    ids=ascii,
)
def test_what_makes_no_sense_is_refused(names: list[str]) -> None:
    with pytest.raises(LeukographError) as caught:
        asked(*names)

    assert caught.value.exit_code == 2
    assert caught.value.hint
