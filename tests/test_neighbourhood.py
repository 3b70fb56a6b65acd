"""The part of a release that is fetched for a question gives the answer that the whole gives."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from leukograph.api import Leukograph
from leukograph.errors import WrongOption
from leukograph.explain import Explainer
from leukograph.knowledge import Knowledge
from leukograph.lookup import rows_of
from leukograph.options import Options
from leukograph.origins import Release
from leukograph.paths import find_paths
from leukograph.render import answer_json, causes_json, compare_json, describe_json, timeline_json
from leukograph.store.backend import Embedded, Row
from leukograph.store.embedded import open_store
from leukograph.store.neighbourhood import Bounds, fetch

#: Terms that stand for what may be asked: classes with many kinds, drugs, counts, cells, links.
ASKED = (
    "cytotoxic_drug",
    "mercaptopurine",
    "hiv_infection",
    "glucocorticoid",
    "neutropenia",
    "lymphocyte",
    "neutrophil_count",
    "thymus_output",
    "filgrastim",
)


class Counting(Embedded):
    """A backend that counts what it is asked for."""

    queries = 0
    fetched = 0

    def rows(self, query: str) -> list[Row]:
        found = super().rows(query)
        self.queries += 1
        self.fetched += len(found)
        return found


@pytest.fixture(scope="module")
def backend(graph: Leukograph) -> Counting:
    return Counting(open_store(graph.release_file), "the release")


def told(knowledge: Knowledge, key: str, options: Options | None = None) -> str:
    return answer_json.dumps(answer_json.encode(Explainer(knowledge).why(key, options=options)))


def sample(graph: Leukograph, size: int) -> list[str]:
    """Return terms drawn at random, the same ones on every run."""
    kinds = graph.knowledge.language.kinds
    keys = [key for key, entry in graph.knowledge.entries.items() if kinds[entry.term.kind].role in {"cause", "link"}]
    return random.Random(5).sample(keys, size)


def test_the_answer_is_that_of_the_whole_graph(graph: Leukograph, backend: Counting) -> None:
    asked = [key for key in (*ASKED, *sample(graph, 6)) if key in graph.knowledge.entries]

    assert len(asked) > 13
    for key in asked:
        part = fetch(backend, [key])
        assert part.whole
        assert told(part, key) == told(graph.knowledge, key), key


@pytest.mark.parametrize(
    ("key", "options"),
    [
        ("mercaptopurine", Options(effect="lymphopenia")),
        ("cytotoxic_drug", Options(effect="neutropenia", route="production", limit=9)),
        ("clozapine", Options(via=("neutrophil_destruction",), least_grade="reported")),
        ("hiv_infection", Options(avoid=("bone_marrow",), feedback=True, effect="lymphopenia")),
    ],
)
def test_so_it_is_with_options(graph: Leukograph, backend: Counting, key: str, options: Options) -> None:
    options = options._replace(avoid=tuple(term for term in options.avoid if term in graph.knowledge.entries))
    named = [*options.beside, *([options.effect] if options.effect else [])]
    part = fetch(backend, [key], beside=named, feedback=options.feedback)

    assert told(part, key, options) == told(graph.knowledge, key, options)


def test_only_a_part_is_fetched(graph: Leukograph, backend: Counting) -> None:
    backend.fetched = backend.queries = 0
    part = fetch(backend, ["mercaptopurine"])

    assert len(part.claims) < len(graph.knowledge.claims) / 5
    assert backend.fetched < len(list(open_store(graph.release_file))) / 4
    assert backend.queries < 100


def test_a_cut_is_told(backend: Counting) -> None:
    part = fetch(backend, ["cytotoxic_drug"], bounds=Bounds(terms=180))
    answer = Explainer(part).why("cytotoxic_drug")

    assert not part.whole
    assert answer.truncated
    assert any("part of the graph" in note for note in answer.notes)


def test_names_are_those_of_the_whole_graph(graph: Leukograph, backend: Counting) -> None:
    origin = Release(backend, near=False)

    assert sorted(origin._names.rows) == sorted(rows_of(graph.knowledge))
    assert origin.resolve("Clozaril") == "clozapine"


@pytest.fixture(scope="module")
def remote(backend: Counting, graph: Leukograph) -> Leukograph:
    return Leukograph(graph.release_file, origin=Release(backend, near=False))


@pytest.mark.parametrize(
    "ask",
    [
        lambda graph: describe_json.description(graph.describe("neutropenia")),
        lambda graph: describe_json.description(graph.describe("azathioprine")),
        lambda graph: describe_json.paths(graph.paths("mercaptopurine", "neutrophil count")),
        lambda graph: describe_json.paths(graph.paths("neutropenia", "mercaptopurine")),
        lambda graph: causes_json.encode(graph.causes("monocytopenia")),
        lambda graph: compare_json.encode(graph.compare("clozapine", "methimazole")),
        lambda graph: timeline_json.encode(graph.timeline("docetaxel")),
        lambda graph: timeline_json.encode(graph.timeline("chemotherapy", effect="neutropenia")),
        lambda graph: {"found": [match._asdict() for match in graph.search("neutropnia")]},
    ],
    ids=["describe", "describe_drug", "path", "no_path", "causes", "compare", "timeline", "timeline_effect", "search"],
)
def test_other_questions_too(
    graph: Leukograph, remote: Leukograph, ask: Callable[[Leukograph], dict[str, Any]]
) -> None:
    assert answer_json.dumps(ask(remote)) == answer_json.dumps(ask(graph))


def test_path_search_over_a_part(graph: Leukograph, backend: Counting) -> None:
    part = fetch(backend, ["thiopurine"], beside=["leukopenia"])

    assert find_paths(part, "thiopurine", "leukopenia", 7, 12) == find_paths(
        graph.knowledge, "thiopurine", "leukopenia", 7, 12
    )


@pytest.mark.parametrize("format_", ["turtle", "owl", "jsonld"])
def test_what_needs_a_release_file_says_so(remote: Leukograph, format_: str) -> None:
    with pytest.raises(WrongOption, match="needs the whole graph"):
        remote.export(format_, focus="neutropenia")
