"""Counts and the bibliography say what the graph holds."""

from __future__ import annotations

import json
import re

from leukograph.api import Leukograph
from leukograph.render import bibliography, stats_text
from tests.conftest import Run


def test_the_totals_are_those_of_the_graph(graph: Leukograph) -> None:
    stats = graph.stats()

    assert stats.totals["terms"] == len(graph.knowledge.entries) == sum(stats.terms_by_kind.values())
    assert stats.totals["sources"] == sum(stats.sources_by_years.values()) == sum(stats.sources_by_reading.values())
    assert stats.totals["evidence rows"] == sum(stats.evidence_by_kind.values())
    reach = stats.totals["causes that reach a low count"]
    assert stats.totals["of these through a lever"] == reach - len(stats.way_not_known)
    assert sum(stats.causes_by_kind.values()) == reach


def test_the_breadth_that_was_asked_for(graph: Leukograph) -> None:
    totals = graph.stats().totals

    assert totals["causes that reach a low count"] >= 350
    assert totals["of these through a lever"] >= 280
    assert totals["figures"] >= 250


def test_stats_as_json(run: Run) -> None:
    value = json.loads(run("stats", "--format", "json").stdout)

    assert value["schema"] == "leukograph.stats/1"
    assert value["causes_by_route"]["production"] > 50


def test_text_names_every_table(graph: Leukograph) -> None:
    text = stats_text.text(graph.stats())

    for title in ("Terms by kind", "Causes by route", "Claims by grade", "Evidence rows", "Sources by year"):
        assert title in text


def test_bibtex_has_an_entry_for_each_source(graph: Leukograph) -> None:
    sources = list(graph.knowledge.sources.values())

    text = bibliography.bibtex(sources)

    assert re.findall(r"(?m)^@misc\{(.*),$", text) == [source.key for source in sources]
    assert text.count("{") == text.count("}")


def test_ris_and_csl_have_them_too(graph: Leukograph) -> None:
    sources = list(graph.knowledge.sources.values())

    assert bibliography.ris(sources).count("TY  - ") == len(sources)
    assert [item["id"] for item in json.loads(bibliography.csl(sources))] == [source.key for source in sources]


def test_the_sources_of_one_answer(run: Run, graph: Leukograph) -> None:
    done = run("bibliography", "clozapine", "--format", "csl")

    keys = {item["id"] for item in json.loads(done.stdout)}
    assert keys == {source.key for source in graph.why("clozapine").sources} - {"leukograph_model"}
