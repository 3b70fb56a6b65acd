"""Two causes side by side."""

from __future__ import annotations

import json

import pytest

from leukograph.api import Leukograph
from leukograph.compare import Comparison, compare
from leukograph.errors import WrongOption
from leukograph.explain import Explainer
from leukograph.options import Options
from leukograph.render import compare_json
from leukograph.render.compare_text import render
from tests.conftest import Run
from tests.small_graphs import BACKBONE, TERMS, knowledge

CLAIMS = """
    doxorubicin increases toxin
    other increases toxin
    toxin kills precursors
    other increases neutrophil_destruction
    cytotoxic kills precursors reported
"""


def small() -> Comparison:
    graph = knowledge(TERMS + "other drug < cytotoxic", BACKBONE + CLAIMS)
    return compare(Explainer(graph), "doxorubicin", "other")


def test_shared_steps_are_those_that_chains_of_both_use() -> None:
    assert [step.claim.key for step in small().shared] == ["toxin.kills.precursors"]


def test_the_ways_meet_where_they_first_have_a_thing_in_common() -> None:
    (meeting,) = small().meetings

    assert (meeting.term.key, meeting.direction, meeting.route) == ("toxin", "up", "production")
    assert [step.claim.key for step in meeting.apart_of_one] == ["doxorubicin.increases.toxin"]
    assert [step.claim.key for step in meeting.apart_of_other] == ["other.increases.toxin"]


def test_each_effect_has_the_routes_of_both() -> None:
    row = next(row for row in small().rows if row.effect.key == "neutropenia")

    assert (row.one.sign, row.other.sign) == ("+", "+")
    assert row.routes_of_one == ("production",)
    assert set(row.routes_of_other) == {"production", "destruction"}


def test_classes_in_common_are_told() -> None:
    assert [term.key for term in small().classes] == ["cytotoxic"]


def test_ways_that_end_at_different_counts_do_not_meet(graph: Leukograph) -> None:
    found = graph.compare("fingolimod", "benralizumab")

    assert found.meetings == ()
    effects = {row.effect.key: (row.one.sign, row.other.sign) for row in found.rows}
    assert effects["lymphopenia"] == ("+", "0")
    assert effects["eosinopenia"] == ("0", "+")


def test_both_must_be_causes_and_two(graph: Leukograph) -> None:
    with pytest.raises(WrongOption):
        graph.compare("clozapine", "Clozaril")
    with pytest.raises(WrongOption):
        graph.compare("clozapine", "neutropenia")


def test_thiopurines_share_their_nucleotides(graph: Leukograph) -> None:
    found = graph.compare("mercaptopurine", "azathioprine")

    assert "thioguanine_nucleotides.increases.dna_thioguanine" in {step.claim.key for step in found.shared}
    assert found.classes[0].key == "thiopurine"


def test_text_json_and_pictures(run: Run) -> None:
    text = run("compare", "clozapine", "methimazole").stdout
    found = json.loads(run("compare", "clozapine", "methimazole", "-f", "json").stdout)
    mermaid = run("compare", "clozapine", "methimazole", "-f", "mermaid").stdout
    dot = run("compare", "clozapine", "methimazole", "-f", "dot").stdout

    assert "Where the ways meet" in text
    assert found["schema"] == "leukograph.compare/1"
    assert {"clozapine", "methimazole"} <= {
        chain["cause"]["key"] for answer in ("one", "other") for e in found[answer]["effects"] for chain in e["chains"]
    }
    assert mermaid.startswith("flowchart LR")
    assert '("clozapine")' in mermaid
    assert '("methimazole")' in mermaid
    assert '"clozapine up"' in dot


def told(claims: str, one: str = "doxorubicin", options: Options | None = None) -> str:
    graph = knowledge(TERMS + "other drug\n marrow finding", BACKBONE + claims)
    return " ".join(render(compare(Explainer(graph), one, "other", options), graph.language).split())


def test_two_open_effects_are_not_said_to_be_the_same() -> None:
    both_ways = "{0} increases precursors\n {0} increases neutrophil_destruction\n"
    text = told(both_ways.format("doxorubicin") + both_ways.format("other"))

    assert "both leave it open what they do to" in text
    assert "do the same" not in text


def test_an_effect_that_is_open_for_one_only_is_told() -> None:
    text = told(
        "doxorubicin increases precursors\n doxorubicin increases neutrophil_destruction\n other kills precursors"
    )

    assert "may differ over" in text
    assert "(open for one of them)" in text


def test_options_that_leave_every_chain_out_are_named_instead_of_an_empty_table() -> None:
    text = told("doxorubicin kills precursors\n other kills precursors", options=Options(route="dilution"))

    assert text.startswith("No chain from doxorubicin or other fits --route dilution.")
    assert "low count" not in text


def test_options_that_leave_chains_out_of_one_do_not_part_the_two() -> None:
    claims = "doxorubicin kills precursors\n other increases neutrophil_destruction"
    text = told(claims, options=Options(route="production"))

    assert "Only chains that fit --route production are shown" in text
    assert "only one has such a chain to" in text
    assert "part over" not in text


def test_what_never_acts_cannot_be_compared() -> None:
    with pytest.raises(WrongOption, match="marrow is a finding, not a cause") as wrong:
        told("other kills precursors", one="marrow")

    assert wrong.value.hint


def test_a_drug_without_any_chain_can_be_compared() -> None:
    assert "part over neutropenia" in told("other kills precursors")


EARLY_AND_LATE = """
    doxorubicin decreases neutrophil_count stage=early
    doxorubicin increases neutrophil_count stage=late
    other kills precursors
"""


def test_an_early_fall_is_marked_beside_a_late_rise() -> None:
    text = told(EARLY_AND_LATE)

    assert "pull neutropenia (late)" in text
    assert "At an early stage, neutropenia" in text
    assert "early caused, established; late countered, established" in text


def test_the_stage_is_in_json_too() -> None:
    graph = knowledge(TERMS + "other drug", BACKBONE + EARLY_AND_LATE)
    found = compare_json.encode(compare(Explainer(graph), "doxorubicin", "other"))
    row = next(row for row in found["effects"] if row["effect"]["key"] == "neutropenia")

    assert row["one"]["passing"] == {"stage": "early", "sign": "+", "grade": "established", "settled": "late"}
    assert row["other"]["passing"] is None


def test_a_count_is_raised_or_lowered(graph: Leukograph) -> None:
    found = graph.compare("clozapine", "filgrastim", effect="neutrophil count")
    text = render(found, graph.knowledge.language)

    assert "lowered, established" in text
    assert "raised, established" in text
    assert "caused" not in text
