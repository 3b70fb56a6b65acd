"""Names that were looked for in vain: told when one is typed, wherever the graph lies, and no term."""

from __future__ import annotations

from pathlib import Path

import pytest

from leukograph.api import Leukograph, load
from leukograph.build.tables import read_tables
from leukograph.errors import FaultyOntology, UnknownName
from leukograph.lookup import normalise, rows_of
from tests.conftest import Run

HEADER = "name\tsynonyms\tmonth\n"


@pytest.mark.parametrize("name", ["warfarin", "WARFARIN", "Coumadin", " low molecular-weight heparins "])
def test_a_name_that_was_looked_for_says_so(graph: Leukograph, run: Run, name: str) -> None:
    with pytest.raises(UnknownName) as error:
        graph.resolve(name)

    assert error.value.looked_for == "2026-11"
    done = run("why", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert "looked for in 2026-11" in done.stderr
    assert "no proof" in done.stderr
    assert "looked for in 2026-11" in run("search", name).stderr


def test_another_unknown_name_does_not(graph: Leukograph) -> None:
    with pytest.raises(UnknownName) as error:
        graph.resolve("clozapin")

    assert error.value.looked_for == ""
    assert "clozapine" in error.value.hint


def test_it_is_told_wherever_the_graph_lies(graph: Leukograph) -> None:
    assert load(cached=False).knowledge.gaps == graph.knowledge.gaps
    asked = graph.query("known-gaps")
    assert not isinstance(asked, str)
    assert {row["name"]["value"] for row in asked.rows} == {gap.name for gap in graph.knowledge.gaps}


def test_no_gap_is_found(graph: Leukograph) -> None:
    gaps = graph.knowledge.gaps
    taken = {row.normal.replace(" ", ""): row.key for row in rows_of(graph.knowledge)}
    names = [normalise(name).replace(" ", "") for gap in gaps for name in (gap.name, *gap.synonyms)]

    assert len(gaps) > 100
    assert [(name, taken[name]) for name in names if name in taken] == []


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("neutropenia\t\t2026-11\n", "gaps.tsv:2:1: name: 'neutropenia' is a name in terms/"),
        ("a thing\tNeutropenia\t2026-11\n", "gaps.tsv:2:2: synonyms: 'Neutropenia' is a name in terms/"),
        (
            "a thing\t\t2026-11\nb thing\ta thing\t2026-11\n",
            "gaps.tsv:3:2: synonyms: 'a thing' is a name in gaps.tsv:2",
        ),
        ("a thing\t\tNovember\n", "gaps.tsv:2:3: month: when it was looked for"),
        ("\t\t2026-11\n", "gaps.tsv:2:1: name: needs a name"),
    ],
)
def test_a_faulty_row_is_found_at_its_place(ontology: Path, rows: str, fault: str) -> None:
    (ontology / "gaps.tsv").write_text(HEADER + rows, encoding="utf-8")

    with pytest.raises(FaultyOntology) as caught:
        read_tables(ontology)

    assert any(line.startswith(fault) for line in caught.value.faults), caught.value.faults


def test_clean_rows_pass(ontology: Path) -> None:
    (ontology / "gaps.tsv").write_text(HEADER + "a thing\tits other name\t2026-11\n", encoding="utf-8")

    (row,) = read_tables(ontology).gaps
    assert row["name"] == "a thing"


@pytest.mark.parametrize(("name", "label"), [("the flu", "influenza"), ("A cold", "rhinovirus infection")])
def test_an_article_before_a_name_is_passed_over(graph: Leukograph, name: str, label: str) -> None:
    assert graph.knowledge.term(graph.resolve(name)).label == label
