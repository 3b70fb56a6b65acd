"""Classes under one another: what is told as new, and what as the same."""

from __future__ import annotations

import json
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukograph.errors import ReasonerFailed
from leukograph.reasoning import classify as classify_module
from leukograph.reasoning.axioms import BOTTOM, Named, SubClass
from leukograph.reasoning.classify import classify
from leukograph.reasoning.loops import REACHES
from leukograph.reasoning.read import read
from leukograph.reasoning.taxonomy import Taxonomy
from tests.conftest import Run, needs_java

HEAD = """@prefix : <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
NAMES = st.sampled_from("ABCDEFG")
PAIRS = st.lists(st.tuples(NAMES, NAMES), max_size=20)


def _file(folder: Path, pairs: list[tuple[str, str]]) -> Path:
    path = folder / "classes.ttl"
    names = sorted({name for pair in pairs for name in pair})
    lines = [f":{name} a owl:Class ." for name in names]
    lines += [f":{sub} rdfs:subClassOf :{sup} ." for sub, sup in pairs]
    path.write_text(HEAD + "\n".join(lines), encoding="utf-8")
    return path


@given(PAIRS)
def test_the_nearest_pairs_say_all_that_the_pairs_say_and_no_pair_can_be_spared(pairs: list[tuple[str, str]]) -> None:
    stated = nx.DiGraph(pairs)
    taxonomy = Taxonomy(pairs)

    drawn = nx.DiGraph(taxonomy.nearest())
    drawn.add_nodes_from(stated)

    reaches = {name: nx.descendants(stated, name) | {name} for name in stated}
    assert taxonomy.above == reaches
    assert {name: nx.descendants(drawn, name) | {name} for name in drawn} == reaches
    groups = {tuple(sorted(group)) for group in nx.strongly_connected_components(stated) if len(group) > 1}
    assert set(taxonomy.equal()) == groups
    ring = sum(len(group) for group in groups)
    whole = nx.condensation(stated)
    steps = sum(len(whole.nodes[lower]["members"]) for lower, _ in nx.transitive_reduction(whole).edges)
    assert drawn.number_of_edges() == ring + steps


@given(PAIRS)
def test_what_follows_from_stated_subclasses_is_not_new(pairs: list[tuple[str, str]]) -> None:
    axioms = [SubClass(Named(sub), Named(sup)) for sub, sup in pairs]

    assert Taxonomy(pairs).beyond(axioms) == ()
    assert Taxonomy(pairs).beyond([]) == tuple(sorted(Taxonomy(pairs).nearest()))


def test_of_equal_classes_above_a_stated_one_will_do() -> None:
    pairs = [("low", "one"), ("one", "other"), ("other", "one")]
    stated = [SubClass(Named("low"), Named("other"))]

    assert Taxonomy(pairs).beyond(stated) == (("one", "other"), ("other", "one"))


def test_reach_classes_are_passed_through_and_empty_classes_are_told_apart() -> None:
    taxonomy = Taxonomy([("A", f"{REACHES}x"), (f"{REACHES}x", "B"), ("C", BOTTOM), ("C", "B")])

    assert list(taxonomy.nearest()) == [("A", "B")]
    assert taxonomy.unsatisfiable == {"C"}


@pytest.mark.parametrize("engine", ["elk", "hermit"])
def test_a_circle_of_subclasses_is_told_as_one_class(
    run: Run, tmp_path: Path, engine: str, capfd: pytest.CaptureFixture[str]
) -> None:
    if engine == "hermit":
        needs_java()
    path = _file(tmp_path, [("A", "B"), ("B", "C"), ("C", "A"), ("D", "C")])

    text = run("reason", str(path), "--engine", engine)
    told = json.loads(run("reason", str(path), "--engine", engine, "-f", "json").stdout)

    assert "0 direct subclasses inferred" in text.stdout
    assert "one and the same\n  A = B = C\n" in text.stdout
    assert [[one["label"] for one in group] for group in told["equal"]] == [["A", "B", "C"]]
    assert text.stderr == capfd.readouterr().err == ""


def test_a_hierarchy_too_deep_for_the_referee_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """How deep is too deep hangs on the order in which owlready2 meets the classes."""

    def deep(content: bytes) -> None:
        return deep(content)

    monkeypatch.setattr(classify_module, "_by_owlready2", deep)
    with pytest.raises(ReasonerFailed, match="a hierarchy as deep as this"):
        classify(read(_file(tmp_path, [("A", "B")])), "hermit")


def test_a_deep_hierarchy_is_classified(tmp_path: Path) -> None:
    depth = 600
    path = _file(tmp_path, [(f"c{n + 1}", f"c{n}") for n in range(depth)])

    found = classify(read(path))

    assert (found.consistent, found.inferred, found.equal) == (True, (), ())
