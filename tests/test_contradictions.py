"""Where sources disagree: four kinds, told apart, and no false alarm."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leukograph.api import Leukograph
from leukograph.contradictions import KINDS, Contradiction, contradictions
from leukograph.knowledge import Knowledge
from leukograph.model import Claim, Evidence, Figure
from tests.conftest import Run
from tests.small_graphs import BACKBONE, TERMS, knowledge

#: Contexts under which two findings can both be right.
APART = (
    ("dose=low", "dose=high"),
    ("species=mouse", ""),
    ("stage=early", "stage=late"),
    ("system=in vitro", ""),
    ("treatment=none", "treatment=antiretroviral"),
)


def rows(*verdicts: tuple[str, str]) -> tuple[Evidence, ...]:
    """Make evidence rows from (verdict, context) pairs, all of one source."""
    return tuple(Evidence(verdict, "trial", context, "", "page") for verdict, context in verdicts)  # type: ignore[arg-type]


def with_evidence(graph: Knowledge, key: str, evidence: tuple[Evidence, ...]) -> Knowledge:
    claims: dict[str, Claim] = {**graph.claims, key: graph.claims[key]._replace(evidence=evidence)}
    return replace(graph, claims=claims)


def figure(graph: Knowledge, n: int, value: float, *, name: str = "", source: str = "page") -> Figure:
    term = graph.term("neutrophil_count")
    return Figure(f"f{n}", (term,), "half_life", value, None, None, "", "h", "adults", "label", source, name)


def kinds(graph: Knowledge, key: str | None = None) -> list[str]:
    return [one.kind for one in contradictions(graph, key).found]


@pytest.mark.parametrize(
    ("contexts", "kind", "by"),
    [
        (("", ""), "refuted", ()),
        (("population=adults", "population=children"), "refuted", ()),
        (("dose=low", ""), "refuted", ()),
        *((pair, "context", (pair[0].partition("=")[0],)) for pair in APART),
    ],
)
def test_one_claim_with_both_verdicts(contexts: tuple[str, str], kind: str, by: tuple[str, ...]) -> None:
    graph = knowledge(TERMS, BACKBONE + "doxorubicin kills precursors")
    evidence = rows(("supports", contexts[0]), ("refutes", contexts[1]))

    (found,) = contradictions(with_evidence(graph, "doxorubicin.kills.precursors", evidence)).found

    assert (found.kind, found.apart_by) == (kind, by)
    assert [row.verdict for side in found.sides for row in side.rows] == ["supports", "refutes"]


def test_a_claim_that_is_only_refuted_is_no_contradiction() -> None:
    assert kinds(knowledge(TERMS, BACKBONE + "doxorubicin kills precursors refuted")) == []


def test_opposite_signs_for_one_pair() -> None:
    graph = knowledge(TERMS, BACKBONE + "doxorubicin increases toxin\n doxorubicin decreases toxin")

    (found,) = contradictions(graph).found

    assert found.kind == "sign"
    assert {side.claim.sign for side in found.sides} == {"+", "-"}


def test_opposite_signs_under_different_conditions() -> None:
    graph = knowledge(TERMS, BACKBONE + "doxorubicin increases toxin\n doxorubicin decreases toxin")
    for key, stage in (("doxorubicin.increases.toxin", "early"), ("doxorubicin.decreases.toxin", "late")):
        graph = with_evidence(graph, key, rows(("supports", f"stage={stage}")))

    assert kinds(graph) == ["context"]


def test_a_modifier_of_the_other_sign_is_no_contradiction() -> None:
    assert kinds(knowledge(TERMS, BACKBONE + "doxorubicin increases toxin\n doxorubicin eased_by toxin")) == []


def test_figures_that_differ_and_figures_that_the_ontology_says_differ() -> None:
    graph = knowledge(TERMS, BACKBONE)
    sources = {**graph.sources, "other": graph.sources["page"]._replace(key="other")}
    graph = replace(graph, sources=sources)
    unnamed = replace(graph, figures=(figure(graph, 1, 7), figure(graph, 2, 19, source="other")))
    named = replace(graph, figures=(figure(graph, 1, 7, name="life"), figure(graph, 2, 9, name="life", source="other")))
    agreeing = replace(graph, figures=(figure(graph, 1, 7), figure(graph, 2, 7, source="other")))
    alike = replace(graph, figures=(figure(graph, 1, 7, name="life"), figure(graph, 2, 7, name="life", source="other")))

    assert kinds(unnamed) == ["number"]
    assert [one.name for one in contradictions(named).found] == ["life"]
    assert kinds(agreeing) == []
    assert kinds(alike) == []


def differing(**of_the_other: Any) -> list[str]:
    """Return the contradictions of 7 h and 19 h, named a disagreement, when the second differs in what is given."""
    graph = knowledge(TERMS, BACKBONE)
    graph = replace(graph, sources={**graph.sources, "other": graph.sources["page"]._replace(key="other")})
    one = figure(graph, 1, 7, name="life")._replace(method="neutrophils below 1.0 x 10*9/L, grade 3")
    other = one._replace(key="f2", value=19.0, source="other")._replace(**of_the_other)
    return kinds(replace(graph, figures=(one, other)))


@pytest.mark.parametrize(
    "of_the_other",
    [
        {"source": "page", "population": "children"},
        {"quantity": "lifespan"},
        {"unit": "{cells}/kg/d"},
        {"about": ()},
        {"method": "white cells below 1.0 x 10*9/L, grade 3"},
        {"method": "neutrophils below 0.5 x 10*9/L, grade 3"},
        {"method": "neutrophils below 1.0 x 10*9/L, grade 3 or 4"},
        {"population": "adults, per year of treatment"},
        {"population": "marrow reserve and blood together"},
        {"note": "not comparable with blood alone"},
        {"value": 420.0, "unit": "min"},
    ],
    ids=str,
)
def test_figures_of_something_else_are_not_set_against_each_other(of_the_other: dict[str, object]) -> None:
    assert differing(**of_the_other) == []


def test_figures_are_compared_across_units_and_populations_of_two_sources() -> None:
    assert differing() == ["number"]
    assert differing(population="children") == ["number"]
    assert differing(value=2.0, unit="d") == ["number"]


def test_a_source_that_passes_on_two_numbers_of_others_tells_a_conflict() -> None:
    graph = knowledge(TERMS, BACKBONE)
    both = (
        figure(graph, 1, 7, name="life")._replace(method="Macallan 2005, as tabulated"),
        figure(graph, 2, 9, name="life")._replace(method="Westera 2015, as tabulated"),
    )

    assert kinds(replace(graph, figures=both)) == ["number"]


def test_the_shipped_graph_sets_no_endpoints_against_each_other(graph: Leukograph) -> None:
    numbers = [one for one in graph.contradictions().found if one.kind == "number"]

    for one in numbers:
        assert len({(frozenset(f.about), f.quantity) for f in one.figures}) == 1
        assert len({"/kg" in f.unit for f in one.figures}) == 1
        assert len({"per year" in f.population for f in one.figures}) == 1
        assert not any("blood together" in f.method for f in one.figures)
        assert len({f.source for f in one.figures}) > 1 or any("as tabulated" in f.method for f in one.figures)
    anorexia = [f.source for one in numbers for f in one.figures if f.about[0].key == "anorexia_nervosa"]
    assert len(anorexia) == len(set(anorexia))


def test_an_empty_name_is_no_name(run: Run) -> None:
    done = run("contradictions", "")

    assert done.returncode == 2
    assert "LG101" in done.stderr


PLANTED = {
    "refuted": ("a{n} drug\n", "a{n} increases toxin", "a{n}.increases.toxin", (("supports", ""), ("refutes", ""))),
    "context": (
        "a{n} drug\n",
        "a{n} increases toxin",
        "a{n}.increases.toxin",
        (("supports", "species=mouse"), ("refutes", "")),
    ),
    "sign": ("a{n} drug\n", "a{n} increases toxin\n a{n} decreases toxin", "", ()),
}


@given(st.lists(st.sampled_from(sorted(PLANTED)), min_size=0, max_size=12), st.integers(0, 4))
@settings(max_examples=40, deadline=None)
def test_planted_contradictions_are_all_found_among_clean_claims(planted: list[str], numbers: int) -> None:
    clean = range(500, 1000)
    terms = TERMS + "".join(PLANTED[kind][0].format(n=n) for n, kind in enumerate(planted))
    terms += "".join(f"clean{n} drug\n" for n in clean)
    lines = [PLANTED[kind][1].format(n=n) for n, kind in enumerate(planted)]
    lines += [f"clean{n} {'increases' if n % 2 else 'decreases'} toxin" for n in clean]
    graph = knowledge(terms, BACKBONE + "\n".join(lines))
    for n, kind in enumerate(planted):
        if key := PLANTED[kind][2].format(n=n):
            graph = with_evidence(graph, key, rows(*PLANTED[kind][3]))
    graph = replace(
        graph,
        sources={**graph.sources, "other": graph.sources["page"]._replace(key="other")},
        figures=tuple(
            figure(graph, 10 * n + side, 7 + side, name=f"disagreement_{n}", source=("page", "other")[side])
            for n in range(numbers)
            for side in (0, 1)
        ),
    )

    assert sorted(kinds(graph)) == sorted([*planted, *["number"] * numbers])


def test_about_one_term_its_classes_and_kinds_are_told_too() -> None:
    graph = knowledge(TERMS + "other drug", BACKBONE + "cytotoxic kills precursors\n other increases toxin")
    graph = with_evidence(graph, "cytotoxic.kills.precursors", rows(("supports", ""), ("refutes", "")))

    assert kinds(graph, "doxorubicin") == ["refuted"]
    assert kinds(graph, "other") == []


def test_the_shipped_graph_knows_its_disagreements(graph: Leukograph) -> None:
    found = graph.contradictions().found

    assert {one.kind for one in found} == set(KINDS)
    lifespan = [term.key for one in found if one.name == "neutrophil_lifespan" for term in one.about]
    assert sorted(lifespan) == ["neutrophil", "neutrophil_count"]

    def pair(one: Contradiction) -> tuple[str, ...]:
        return tuple(term.key for term in one.about)

    assert ("glucocorticoid", "neutrophil_margination") in {pair(one) for one in found if one.kind == "refuted"}
    assert ("filgrastim", "neutrophil_count") in {pair(one) for one in found if one.kind == "context"}


def test_text_and_json_from_the_command_line(run: Run) -> None:
    text = run("contradictions", "glucocorticoid")
    found = json.loads(run("contradictions", "--kind", "number", "-f", "json").stdout)

    assert "Found by some, not found by others" in text.stdout
    assert found["schema"] == "leukograph.contradictions/1"
    assert {one["kind"] for one in found["contradictions"]} == {"number"}
    assert all(figure["unit"] for one in found["contradictions"] for figure in one["figures"])
    assert run("contradictions", "complete blood count").stdout.startswith("No contradiction")
