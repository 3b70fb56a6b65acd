"""Two causes side by side."""

from __future__ import annotations

import json

import pytest

from leukograph.api import Leukograph
from leukograph.compare import Comparison, compare
from leukograph.errors import WrongOption
from leukograph.explain import Explainer
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
    found = graph.compare("fingolimod", "dexamethasone")

    assert found.meetings == ()
    assert {row.effect.key for row in found.rows if row.other.sign == "-"} >= {"neutropenia"}


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
