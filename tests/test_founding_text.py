"""Each statement of the founding text, proved from the graph by a query or an answer.

The text: white cells fight disease by making antibodies or by engulfing what they
attack; five kinds with different roles and lifespans from hours to months; the marrow
constantly makes and replaces them; illness that interferes with that lowers the count;
neutrophils are the most abundant, live hours to a few days, and are made at about 80
million a minute; infection that spreads through the body, or several in a row, uses
neutrophils up faster than they are replaced; chemotherapy and radiation kill all growing
cells without selection; immunodeficiency disease (AIDS, and that due to cancer,
congenital disease or malnutrition) hinders making or using white cells; the count is
found low in routine blood work or a complete blood count ordered for symptoms, and
further tests find the cause, after which treatment can begin; a low count weakens the
defence against germs.
"""

from __future__ import annotations

import pytest

from leukograph.api import Leukograph
from leukograph.model import Effect, Figure
from leukograph.render.results import Results

FIVE_KINDS = ("neutrophil", "basophil", "eosinophil", "monocyte", "lymphocyte")
DAYS = {"min": 1 / 1440, "h": 1 / 24, "d": 1.0, "wk": 7.0, "mo": 30.4, "a": 365.25}
PER_MINUTE = {"{cells}/min": 1.0, "{cells}/d": 1 / 1440}


def ask(graph: Leukograph, pattern: str) -> bool:
    """Tell whether a pattern holds in the graph."""
    result = graph.query(f"ASK {{ {pattern} }}")
    assert isinstance(result, Results)
    return bool(result.boolean)


def effect(graph: Leukograph, cause: str, end: str) -> Effect:
    """Return the one effect of a cause on an end; it must be there."""
    (found,) = graph.why(cause, effect=end).effects
    return found


def figures(graph: Leukograph, key: str, *quantities: str) -> list[Figure]:
    """Return the figures of these quantities about a cell, its kinds, its level or pool."""
    knowledge = graph.knowledge
    keys = [key, *knowledge.descendants(key), f"{key}_count", f"{key}_pool"]
    return [figure for one in keys for figure in knowledge.figures_about(one) if figure.quantity in quantities]


def days(figure: Figure) -> list[float]:
    """Return the numbers of a time, in days."""
    return [n * DAYS[figure.unit] for n in (figure.low, figure.value, figure.high) if n is not None]


def test_white_cells_fight_disease_by_making_antibodies(graph: Leukograph) -> None:
    assert ask(graph, "lg:plasma_cell lg:has_role lg:antibody_production")
    assert ask(graph, "lg:antibody_production rdfs:subClassOf* lg:defense_against_germs")


def test_or_by_engulfing_what_they_attack(graph: Leukograph) -> None:
    assert ask(graph, "lg:neutrophil lg:has_role lg:phagocytosis")
    assert ask(graph, "lg:phagocytosis rdfs:subClassOf* lg:defense_against_germs")


def test_there_are_five_kinds(graph: Leukograph) -> None:
    for kind in FIVE_KINDS:
        assert ask(graph, f"lg:{kind} rdfs:subClassOf+ lg:leukocyte")
        assert ask(graph, f"?level lg:kind lg:level_kind ; lg:counts lg:{kind}")


def test_the_kinds_have_different_roles(graph: Leukograph) -> None:
    knowledge = graph.knowledge
    roles = {
        kind: {
            claim.object.key
            for one in [kind, *knowledge.descendants(kind)]
            for claim in knowledge.claims_from(one)
            if claim.relation == "has_role"
        }
        for kind in FIVE_KINDS
    }

    assert all(roles.values())
    assert len({frozenset(some) for some in roles.values()}) == len(FIVE_KINDS)


def test_they_live_from_hours_to_months(graph: Leukograph) -> None:
    lives = {kind: figures(graph, kind, "lifespan", "half_life") for kind in FIVE_KINDS}

    assert all(lives.values())
    numbers = [day for some in lives.values() for figure in some for day in days(figure)]
    assert min(numbers) < 1
    assert max(numbers) > 60


def test_the_main_subsets_are_there(graph: Leukograph) -> None:
    for subset, cell in {
        "cd4_t_cell": "t_cell",
        "cd8_t_cell": "t_cell",
        "t_cell": "lymphocyte",
        "b_cell": "lymphocyte",
        "nk_cell": "lymphocyte",
        "classical_monocyte": "monocyte",
    }.items():
        assert ask(graph, f"lg:{subset} rdfs:subClassOf+ lg:{cell}")


def test_each_kind_comes_from_the_stem_cell(graph: Leukograph) -> None:
    for cell in ("neutrophil", "basophil", "eosinophil", "monocyte", "b_cell", "t_cell", "nk_cell"):
        assert ask(
            graph, f"lg:{cell} (rdfs:subClassOf|lg:develops_from)* /lg:develops_from+ lg:hematopoietic_stem_cell"
        )


def test_the_marrow_constantly_makes_them(graph: Leukograph) -> None:
    assert ask(graph, "lg:bone_marrow lg:has_role lg:blood_cell_supply")
    for kind in ("neutrophil", "eosinophil", "basophil", "monocyte", "lymphocyte"):
        assert ask(graph, f"lg:hematopoietic_stem_cell_pool lg:influences+ lg:{kind}_count")
    assert figures(graph, "bone_marrow", "production_rate")


def test_illness_that_interferes_lowers_the_count(graph: Leukograph) -> None:
    found = effect(graph, "aplastic anemia", "neutropenia")

    assert found.verdict.sign == "+"
    assert {chain.route for chain in found.chains} & {"production", "maturation"}


def test_neutrophils_are_the_most_abundant(graph: Leukograph) -> None:
    most = {
        kind: max(number for number in (figure.low, figure.value, figure.high) if number is not None)
        for kind in FIVE_KINDS
        for figure in graph.knowledge.figures_about(kind)
        if figure.quantity == "share" and "white cells" in figure.population
    }

    assert len(most) >= 4
    assert max(most, key=lambda kind: most[kind]) == "neutrophil"


def test_neutrophils_live_hours_to_a_few_days_and_sources_disagree(graph: Leukograph) -> None:
    lives = figures(graph, "neutrophil", "lifespan", "half_life")
    numbers = [day for figure in lives for day in days(figure)]

    assert min(numbers) < 0.5
    assert 1 < max(numbers) < 15
    assert len({figure.source for figure in lives if figure.disagreement}) >= 3


def test_about_80_million_neutrophils_are_made_a_minute(graph: Leukograph) -> None:
    rates = [
        figure.value * PER_MINUTE[figure.unit]
        for figure in figures(graph, "neutrophil", "production_rate")
        if figure.value is not None and figure.unit in PER_MINUTE
    ]

    assert any(7.5e7 < rate < 8.5e7 for rate in rates)
    assert len(rates) >= 3, "the competing numbers are kept"


@pytest.mark.parametrize("infection", ["sepsis", "repeated infection"])
def test_infection_uses_neutrophils_up(graph: Leukograph, infection: str) -> None:
    found = effect(graph, infection, "neutropenia")

    assert found.verdict.sign == "+"
    assert "consumption" in {chain.route for chain in found.chains}


def test_chemotherapy_kills_growing_cells_without_choice(graph: Leukograph) -> None:
    knowledge = graph.knowledge
    hit = {
        step.claim.object.key
        for one in graph.why("chemotherapy").effects
        for chain in one.chains
        for step in chain.steps
    }

    assert hit & {"neutrophil_mitotic_pool", "granulocyte_monocyte_progenitor_pool"}
    assert {one.effect.key for one in graph.why("chemotherapy").effects if one.verdict.sign == "+"} >= {
        "neutropenia",
        "lymphopenia",
        "leukopenia",
    }
    agents = [key for key in knowledge.descendants("cytotoxic_drug") if knowledge.term(key).kind == "drug"]
    assert len(agents) >= 15


def test_radiation_does_too(graph: Leukograph) -> None:
    assert effect(graph, "radiation", "neutropenia").verdict.sign == "+"
    assert effect(graph, "radiation", "lymphopenia").verdict.sign == "+"


def test_aids_is_an_immunodeficiency_that_lowers_white_cells(graph: Leukograph) -> None:
    assert ask(graph, "lg:aids rdfs:subClassOf+ lg:hiv_infection")
    assert effect(graph, "AIDS", "CD4 lymphopenia").verdict.sign == "+"


@pytest.mark.parametrize(
    "name", ["immunodeficiency due to cancer", "inborn immunodeficiency", "immunodeficiency due to malnutrition"]
)
def test_other_immunodeficiency_does(graph: Leukograph, name: str) -> None:
    key = graph.resolve(name)

    assert graph.knowledge.is_a(key, "immunodeficiency")
    assert any(one.verdict.sign == "+" for one in graph.why(name).effects)


@pytest.mark.parametrize(
    ("group", "least"), [("cancer", 5), ("congenital_disease_affecting_white_cells", 6), ("malnutrition", 4)]
)
def test_a_group_is_answered_through_its_kinds(graph: Leukograph, group: str, least: int) -> None:
    answer = graph.why(group)

    assert len(answer.through_kinds) >= least
    assert any(one.verdict.sign == "+" for one in answer.effects)


def test_a_low_count_is_found_by_a_blood_count(graph: Leukograph) -> None:
    assert ask(graph, "lg:complete_blood_count lg:measures lg:leukocyte_count")
    rows = [
        row
        for claim in graph.knowledge.claims_from("leukopenia")
        if claim.object.key == "complete_blood_count"
        for row in claim.evidence
    ]

    assert any("role=screen" in row.context for row in rows)
    words = " ".join(row.note + row.context for row in rows)
    assert "routine" in words
    assert "symptom" in words


def test_further_tests_find_the_cause(graph: Leukograph) -> None:
    knowledge = graph.knowledge
    tests = [entry for entry in knowledge.entries.values() if entry.term.kind == "test"]
    pointing = {claim.subject.key for claim in knowledge.claims.values() if claim.relation == "shown_by"}

    assert len(tests) >= 12
    assert len([test for test in tests if any(c.relation == "measures" for c in knowledge.claims_from(test.key))]) >= 12
    assert {"vitamin_b12_deficiency", "hiv_infection"} <= pointing


def test_treatment_can_begin_g_csf_raises_the_count(graph: Leukograph) -> None:
    found = effect(graph, "filgrastim", "neutropenia")

    assert found.verdict.sign == "-"
    assert {"production", "release"} & {chain.route for chain in found.chains if chain.sign == "-"}


def test_a_low_count_weakens_the_defense(graph: Leukograph) -> None:
    assert ask(graph, "lg:neutropenia lg:predisposes_to lg:bacterial_infection")
    assert not ask(graph, "lg:neutropenia lg:influences+ lg:neutropenia")


def test_levels_have_conditions_with_thresholds(graph: Leukograph) -> None:
    for condition in (
        "leukopenia",
        "neutropenia",
        "agranulocytosis",
        "lymphopenia",
        "monocytopenia",
        "eosinopenia",
        "cd4_lymphopenia",
    ):
        thresholds = [figure for figure in graph.knowledge.figures_about(condition) if figure.quantity == "threshold"]
        assert thresholds, condition
        assert condition in graph.knowledge.level_of
