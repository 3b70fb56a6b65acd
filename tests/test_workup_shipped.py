"""`workup` over the shipped graph: well-known pictures, counts and their limits, text and JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from leukograph.api import Leukograph
from leukograph.errors import UnknownName, WrongOption
from leukograph.render import workup_json, workup_text
from leukograph.workup.weighing import BY_HISTORY
from tests.conftest import Run
from tests.test_workup import order

# --- counts that are parts of others ---------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [
        ["ANC=5", "WBC=2"],
        ["WBC=2", "lymphocytes=3"],
        ["ANC=0.9", "WBC=0.5"],
        ["CD4=0.9", "lymphocytes=0.5"],
        ["WBC=2", "ANC=1.5", "lymphocytes=1.2"],
    ],
    ids=" ".join,
)
def test_a_part_that_exceeds_the_whole_is_refused(graph: Leukograph, names: list[str]) -> None:
    for typed in (names, names[::-1]):
        with pytest.raises(WrongOption, match="a part cannot exceed the whole"):
            graph.workup(*typed)


@pytest.mark.parametrize("names", [["ANC=2.1", "WBC=2"], ["ANC=0.12", "WBC=0.1"], ["CD4=0.9", "ANC=0.5"]], ids=" ".join)
def test_rounding_and_counts_of_other_cells_are_not_refused(graph: Leukograph, names: list[str]) -> None:
    assert len(graph.workup(*names).given) == 2


def test_what_the_main_kinds_leave_open_is_told(graph: Leukograph) -> None:
    def text(*names: str) -> str:
        return " ".join(workup_text.render(graph.workup(*names), graph.knowledge.language).split())

    main = ["ANC=0.4", "lymphocytes=0.2", "monocytes=0.1"]
    assert "7.3 × 10⁹/L of it is not accounted for" in text("WBC=8", *main)
    assert "such as blasts" in text("WBC=8", *main)
    assert "not accounted for" not in text("WBC=0.9", *main)
    assert "not accounted for" not in text("WBC=8", *main[:2])
    assert "not accounted for" not in text("WBC=8", "eosinophils=7.2e9/L", *main)


def test_the_limits_of_each_degree_are_told(graph: Leukograph) -> None:
    found = graph.workup("ANC=0.05")
    (reading,) = [one.reading for one in found.given if one.reading]
    text = " ".join(workup_text.render(found, graph.knowledge.language).split())

    assert [term.key for term in reading.degrees] == ["severe_neutropenia", "agranulocytosis"]
    assert all(limits and any(limit.below for limit in limits) for limits in reading.degree_limits)
    cited = {source.key for source in found.sources}
    assert {limit.figure.source for limits in reading.degree_limits for limit in limits} <= cited
    assert "severe neutropenia (limits: 0.5 (" in text
    assert "agranulocytosis (limits: 0.2 (" in text


def test_a_result_that_is_none_and_a_decimal_comma_say_what_is_wrong(graph: Leukograph) -> None:
    with pytest.raises(WrongOption, match="HIV RNA test is a test") as caught:
        graph.workup("HIV RNA test=maybe")
    assert "=positive" in caught.value.hint
    with pytest.raises(WrongOption, match="the decimal sign is a point"):
        graph.workup("ANC=0,9")
    with pytest.raises(UnknownName, match="'blue toes'"):
        graph.workup("blue toes=3")


def test_duffy_null_does_not_stand_out_at_an_age_without_limits_of_it(graph: Leukograph) -> None:
    found = graph.workup("ANC=1.4", age="2d", duffy_null=True)

    assert not found.sufficient
    assert "no limits of people with Duffy-null phenotype of this age" in found.insufficient[0]
    assert "better than any other" not in workup_text.render(found, graph.knowledge.language)


def test_causes_that_tie_have_no_number(graph: Leukograph) -> None:
    found = graph.workup("ANC=0.9")
    text = workup_text.render(found, graph.knowledge.language)
    told = " ".join(text.split())

    assert f"{len(found.first)} causes tie" in told
    assert "in no order of likelihood" in told
    assert "1. " not in text.partition("What remains")[2].partition("How the order is made")[0]
    assert "Before the next" not in text
    assert "  1. " in workup_text.render(graph.workup("ANC=0.1", "clozapine"), graph.knowledge.language)


# --- the shipped graph: well-known pictures --------------------------------------------


def test_a_limit_below_one_is_refused(graph: Leukograph) -> None:
    with pytest.raises(WrongOption):
        graph.workup("neutropenia", limit=0)
    with pytest.raises(UnknownName):
        graph.workup("neutropenia", "blue toes")


@pytest.mark.parametrize(
    ("names", "age", "first"),
    [
        (["ANC=0.9", "hypersegmented neutrophils"], None, {"vitamin_b12_deficiency", "folate_deficiency"}),
        (["ANC=0.9", "hypersegmented neutrophils", "raised methylmalonic acid"], None, {"vitamin_b12_deficiency"}),
        (["ANC=0.9", "hypersegmented neutrophils", "low serum folate"], None, {"folate_deficiency"}),
        (["ANC=0.3", "low serum copper", "ring sideroblasts"], None, {"copper_deficiency"}),
        (["ALC=0.5", "CD4=180/uL", "reactive HIV test"], None, {"hiv_infection"}),
        (["ANC=0.4", "neutrophil count that falls about every 21 days"], None, {"cyclic_neutropenia"}),
        (["pancytopenia", "BRAF V600E mutation", "large spleen"], None, {"hairy_cell_leukemia"}),
        (["ANC=0.3", "antibodies against neutrophils"], "8mo", {"autoimmune_neutropenia"}),
        (["ANC=0.1", "clozapine"], "40", {"clozapine"}),
        (["ANC=0.4", "mercaptopurine", "TPMT deficiency"], None, {"mercaptopurine"}),
        (["WBC=2.5", "clumps of white cells on the smear"], None, {"in_vitro_leukocyte_aggregation"}),
        (["ANC=0.8", "raised large granular lymphocytes", "STAT3 mutation in lymphocytes"], "65", {"lgl_leukemia"}),
        (["leukopenia", "malaria parasites in the blood"], None, {"malaria"}),
        (["ANC=0.5", "exocrine pancreatic insufficiency", "SBDS gene testing"], "2", {"shwachman_diamond_syndrome"}),
        (["leukopenia", "anti-Sm antibodies", "low complement"], "30", {"systemic_lupus_erythematosus"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_well_known_pictures(graph: Leukograph, names: list[str], age: str | None, first: set[str]) -> None:
    found = graph.workup(*names, age=age)

    # what only the history would show may tie, when a finding points to it
    named = {one.term for one in found.given}
    leading = {term.key for term in found.first if term in named or term.kind not in BY_HISTORY}
    assert leading == first, order(found)
    assert found.sufficient == (len(found.first) == 1)


def test_a_bare_low_count_is_not_enough_and_says_what_would_be(graph: Leukograph) -> None:
    found = graph.workup("ANC=0.4")

    assert not found.sufficient
    assert [test.test.key for test in found.tests][:1] == ["blood_smear"]
    assert "repeat_blood_count" in [test.test.key for test in found.tests]
    assert dict(found.by_history)["drug"] > 100


def test_what_is_unusual_in_pregnancy_is_not_low(graph: Leukograph) -> None:
    """Her normal counts begin above the limit of neutropenia, so an interval of hers makes no count low."""
    (unusual, *_), (low, *_) = (graph.workup(count, "pregnancy").given for count in ("ANC=3.0", "ANC=1.2"))

    assert unusual.reading is not None
    assert low.reading is not None
    assert (unusual.reading.status, low.reading.status) == ("borderline", "low")
    assert [limit.figure.about[0].key for limit in unusual.reading.told if limit.below] == ["pregnancy"]
    assert graph.workup("ANC=3.0", "pregnancy").low == ()


def test_limits_of_duffy_null_people_are_used(graph: Leukograph) -> None:
    assert graph.workup("ANC=1.3").low != ()
    normal = graph.workup("ANC=1.3", duffy_null=True)
    assert normal.low == ()
    assert normal.candidates == ()
    low = graph.workup("ANC=1.0", duffy_null=True)
    assert low.low != ()
    assert "duffy_null_phenotype" not in order(low)
    assert graph.workup("ANC=1.3", "Duffy-null phenotype").low == ()


def test_limits_follow_the_age(graph: Leukograph) -> None:
    assert graph.workup("ANC=1.2").low != ()
    assert graph.workup("ANC=1.2", age="1mo").low == ()
    assert graph.workup("ALC=2", age="1mo").low != ()
    assert graph.workup("ALC=2").low == ()


def test_a_negative_antinuclear_antibody_sets_lupus_aside(graph: Leukograph) -> None:
    found = graph.workup("leukopenia", "low complement", "no:positive antinuclear antibody")

    assert "systemic_lupus_erythematosus" in [one.cause.key for one in found.set_aside]
    assert "systemic_lupus_erythematosus" not in order(found)


def test_a_screen_of_newborns_is_asked_of_newborns_only(graph: Leukograph) -> None:
    def suggested(age: str) -> set[str]:
        found = graph.workup("lymphopenia", "low immunoglobulins", "severe combined immunodeficiency", age=age)
        return {test.test.key for test in found.tests}

    assert "newborn_adenosine_screen" not in suggested("40")


def test_the_text_explains_its_order_and_claims_nothing(graph: Leukograph) -> None:
    pictures = [["ANC=0.4"], ["ANC=0.9", "hypersegmented neutrophils"], ["ANC=0.1", "clozapine"], ["ANC=5"]]
    for names in pictures:
        text = workup_text.render(graph.workup(*names), graph.knowledge.language)
        assert text.endswith("not advice about treating a patient.\n")
        assert max(len(line) for line in text.partition("\nSources\n")[0].splitlines()) <= 88
    text = workup_text.render(graph.workup("ANC=0.9", "hypersegmented neutrophils"), graph.knowledge.language)
    assert "Insufficient." in text
    assert "How the order is made" in text
    assert "Before the next, because" in text


def test_the_same_bytes_twice(graph: Leukograph, fresh: Leukograph) -> None:
    names = ["ANC=0.9", "hypersegmented neutrophils", "no:low serum copper"]

    assert workup_json.encode(graph.workup(*names)) == workup_json.encode(fresh.workup(*names))


def with_units(value: Any) -> bool:
    """Tell whether every measured number in a JSON value has its unit beside it."""
    if isinstance(value, dict):
        measured = {"value", "bound"} & {name for name, one in value.items() if isinstance(one, int | float)}
        return (not measured or bool(value.get("unit"))) and all(map(with_units, value.values()))
    return not isinstance(value, list) or all(map(with_units, value))


def test_command_line_text_and_json(run: Run) -> None:
    names = ["ANC=400/uL", "hypersegmented neutrophils", "no:low serum copper", "--age", "60", "--limit", "3"]
    text = run("workup", *names)
    found = json.loads(run("workup", *names, "--format", "json").stdout)

    assert text.returncode == 0, text.stderr
    assert text.stdout.startswith("Given\n  - Neutrophil count 0.4 × 10⁹/L: low.")
    assert found["schema"] == "leukograph.workup/1"
    assert found["age"] == {"value": 60.0, "unit": "a"}
    assert next(one["place"] for one in found["candidates"]) == 1
    assert len(found["candidates"]) == 3
    assert found["sufficient"] is False
    assert with_units(found)
    assert {one["n"] for one in found["sources"]} == set(range(1, len(found["sources"]) + 1))


@pytest.mark.parametrize(
    "names",
    [
        ["ANC=abc"],
        ["ANC=-1"],
        ["ANC=1e999"],
        ["ANC=400"],
        ["=3"],
        [""],
        ["ANC=0.4", "--age", "-3"],
        ["a\x1b[31m=3"],
        ["\udcff=1"],
        [f"name{n}" for n in range(200)],
        ["blood smear"],
        ["ANC=0.4", "ANC=0.5"],
    ],
    ids=lambda value: ascii(" ".join(value)[:40]),
)
def test_hostile_input_is_one_line_and_a_way_out(run: Run, names: list[str]) -> None:
    done = run("workup", "--", *names) if "--age" not in names else run("workup", *names)

    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 2
    assert "\x1b" not in done.stderr
