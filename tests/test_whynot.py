"""Why a cause does not explain an effect: the true reason, and what repairs it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leukograph.api import Leukograph
from leukograph.errors import WrongOption
from leukograph.explain import Explainer
from leukograph.knowledge import Knowledge
from leukograph.options import Options
from leukograph.whynot import Reason, why_not
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
        ("vincristine", "neutropenia", "refuted"),
        ("rituximab", "eosinopenia", "other_cell"),
        ("mercaptopurine", "neutropenia", "explained"),
    ],
)
def test_real_questions(graph: Leukograph, cause: str, effect: str, kind: str) -> None:
    assert graph.why_not(cause, effect).reasons[0].kind == kind


@pytest.mark.parametrize(
    ("cause", "effect", "times", "kind"),
    [
        ("doxorubicin", "neutropenia", {"within": "12 h"}, "timing"),
        ("doxorubicin", "neutropenia", {"within": "14 d"}, "explained"),
        ("carmustine", "leukopenia", {"within": "3 d"}, "timing"),
        ("docetaxel", "neutropenia", {"within": "1 h"}, "timing"),
    ],
)
def test_an_effect_at_another_time_is_not_explained(
    graph: Leukograph, cause: str, effect: str, times: dict[str, str], kind: str
) -> None:
    (reason,) = graph.why_not(cause, effect, **times).reasons

    assert reason.kind == kind
    assert bool(reason.given) == (kind == "timing")


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
