"""The options of `why`: which chains are shown, what that leaves of the verdict, what it says."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from leukograph.api import Leukograph
from leukograph.errors import UnknownName, WrongOption
from leukograph.explain import Explainer
from leukograph.knowledge import Knowledge
from leukograph.model import Answer, Chain
from leukograph.options import Narrowing, Options
from tests.conftest import Run
from tests.small_graphs import BACKBONE, TERMS, knowledge

CLAIMS = (
    BACKBONE
    + """doxorubicin increases toxin
    toxin kills precursors reported
    doxorubicin kills precursors established
    doxorubicin increases neutrophil_destruction probable"""
)


@pytest.fixture
def small() -> Knowledge:
    return knowledge(TERMS, CLAIMS)


def ask(graph: Knowledge, **options: object) -> Answer:
    return Explainer(graph).why("doxorubicin", options=Options(effect="neutropenia", **options))  # type: ignore[arg-type]


def chains(answer: Answer) -> list[Chain]:
    return [chain for one in answer.effects for chain in one.chains]


def ways(answer: Answer) -> list[list[str]]:
    return [[step.claim.object.key for step in chain.own_steps] for chain in chains(answer)]


def test_a_plain_answer_is_not_cut(small: Knowledge) -> None:
    answer = ask(small)

    assert (answer.truncated, answer.notes) == (False, ())
    assert ways(answer) == [["precursors"], ["neutrophil_destruction"], ["toxin", "precursors"]]


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ({"route": "destruction"}, [["neutrophil_destruction"]]),
        ({"max_length": 1}, [["precursors"], ["neutrophil_destruction"]]),
        ({"via": ("toxin",)}, [["toxin", "precursors"]]),
        ({"via": ("destruction",)}, [["neutrophil_destruction"]]),
        ({"avoid": ("precursors",)}, [["neutrophil_destruction"]]),
        ({"least_grade": "established"}, [["precursors"]]),
        ({"least_grade": "probable"}, [["precursors"], ["neutrophil_destruction"]]),
    ],
)
def test_an_option_leaves_chains_out_and_says_so(
    small: Knowledge, options: dict[str, object], left: list[list[str]]
) -> None:
    answer = ask(small, **options)

    assert ways(answer) == left
    assert answer.truncated
    (note,) = answer.notes
    assert f"--{next(iter(options)).replace('_', '-')}" in note


def test_what_is_not_shown_still_counts_in_the_verdict() -> None:
    graph = knowledge(
        TERMS, BACKBONE + "doxorubicin increases neutrophil_destruction\n doxorubicin increases precursors"
    )

    answer = ask(graph, route="destruction")

    assert answer.effects[0].verdict.sign == "?"
    assert [chain.n for chain in chains(answer)] == list(answer.effects[0].verdict.witnesses)


def test_an_option_that_fits_all_cuts_nothing(small: Knowledge) -> None:
    answer = ask(small, max_length=9)

    assert (answer.truncated, answer.notes, len(chains(answer))) == (False, (), 3)


def test_one_question_does_not_spoil_the_next(small: Knowledge) -> None:
    explainer = Explainer(small)
    narrow = Options(effect="neutropenia", route="destruction")

    explainer.why("doxorubicin", options=narrow)

    assert not explainer.why("doxorubicin", options=Options(effect="neutropenia")).truncated
    assert explainer.why("doxorubicin", options=narrow).truncated


def test_a_known_way_that_is_not_shown_is_not_called_unknown() -> None:
    graph = knowledge(TERMS, BACKBONE + "doxorubicin kills precursors\n doxorubicin causes neutropenia")

    assert chains(ask(graph, route="unknown")) == []
    assert chains(ask(graph, avoid=("precursors",))) == []


@pytest.mark.parametrize(
    "options", [{"limit": 0}, {"max_length": 0}, {"route": "magic"}, {"least_grade": "refuted"}, {"effect": "toxin"}]
)
def test_an_option_that_fits_nothing_is_refused(small: Knowledge, options: dict[str, object]) -> None:
    with pytest.raises(WrongOption):
        Explainer(small).why("doxorubicin", options=Options(**options))  # type: ignore[arg-type]


def test_every_chain_of_the_shipped_graph_keeps_what_was_asked(graph: Leukograph) -> None:
    for cause in ("cyclophosphamide", "HIV infection", "acquired aplastic anemia"):
        via = graph.why(cause, via=["blood stem cells"], effect="neutropenia")
        for chain in chains(via):
            assert "hematopoietic_stem_cell_pool" in {step.claim.object.key for step in chain.steps}
        for chain in chains(graph.why(cause, avoid=["blood stem cells"])):
            assert "hematopoietic_stem_cell_pool" not in {step.claim.object.key for step in chain.steps}
        for chain in chains(graph.why(cause, least_grade="established")):
            assert {step.claim.grade for step in chain.own_steps} <= {"established"}


def test_options_work_from_the_command_line_for_a_condition_too(run: Run) -> None:
    done = run("why", "neutropenia", "--route", "consumption", "--limit", "3", "--format", "json")

    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert {chain["route"] for one in answer["effects"] for chain in one["chains"]} == {"consumption"}
    assert answer["question"]["options"] == {"limit": 3, "route": "consumption"}
    assert answer["truncated"]


def test_an_answer_with_nothing_left_says_which_option_did_it(run: Run) -> None:
    done = run("why", "clozapine", "--route", "dilution")

    assert done.returncode == 1
    assert "--route dilution" in done.stdout


def test_no_option_turns_a_verdict_of_the_shipped_graph(graph: Leukograph) -> None:
    causes = _sample(graph, 60)

    for key, options in zip(causes, itertools.cycle(NARROWINGS), strict=False):
        plain = {one.effect.key: one.verdict for one in graph.why(key).effects}
        narrowed = graph.why(key, **options)
        assert {one.effect.key for one in narrowed.effects} <= set(plain), (key, options)
        for one in narrowed.effects:
            assert one.verdict[:3] == plain[one.effect.key][:3], (key, options)
            assert one.chains, (key, options)
            assert set(one.verdict.witnesses) <= {chain.n for chain in one.chains}


def test_what_is_taken_out_adds_no_effect_of_the_shipped_graph(graph: Leukograph) -> None:
    for key in _sample(graph, 25):
        effects = graph.why(key).effects
        met = {step.claim.object for one in effects for chain in one.chains for step in chain.own_steps}
        links = sorted(term.key for term in met if term.kind not in {"condition", "level"} and term.key != key)
        for link in links[:2]:
            found = graph.what_if(key, remove=[link])
            before = {one.effect.key for one in found.plain.effects}
            assert {one.effect.key for one in found.changed.effects} <= before, (key, link)


NARROWINGS: tuple[Narrowing, ...] = (
    {"route": "production"},
    {"route": "destruction"},
    {"least_grade": "established"},
    {"max_length": 1},
    {"avoid": ["neutrophil_production"]},
    {"via": ["spleen"]},
)


def _sample(graph: Leukograph, size: int) -> list[str]:
    """Return causes all over the graph, classes foremost, the same ones each time."""
    knowledge = graph.knowledge
    causes = [key for key, one in knowledge.entries.items() if knowledge.language.kinds[one.term.kind].role == "cause"]
    classes = [key for key in causes if knowledge.children(key)]
    rest = [key for key in causes if not knowledge.children(key)]
    return [group[n] for group in (classes, rest) for n in range(0, len(group), 2 * len(group) // size or 1)]


# --- what is given wrongly -------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "given", "options"),
    [
        ("why", ("clozapine",), {"limit": "3"}),
        ("why", ("clozapine",), {"limit": 2.5}),
        ("why", ("clozapine",), {"limit": True}),
        ("why", ("clozapine",), {"max_length": "2"}),
        ("why", ("clozapine",), {"effect": 3}),
        ("why", ("clozapine",), {"feedback": "no"}),
        ("why", ("clozapine",), {"via": 3}),
        ("why", ("clozapine",), {"avoid": [3]}),
        ("compare", ("clozapine", "methimazole"), {"limit": "3"}),
        ("what_if", ("clozapine",), {"do": 3}),
        ("why_not", ("clozapine", "neutropenia"), {"within": 3}),
        ("workup", (["ANC=0.9"],), {}),
        ("workup", ("ANC=0.9",), {"limit": "3"}),
        ("workup", ("ANC=0.9",), {"duffy_null": "no"}),
        ("paths", ("clozapine", "neutropenia"), {"limit": "3"}),
        ("prove", ("clozapine", "neutropenia"), {"limit": "3"}),
        ("prove", ("clozapine", "neutropenia"), {"limit": 0}),
        ("prove", (3, 4), {}),
        ("search", (3,), {}),
        ("export", ("dot",), {"depth": "2"}),
        ("query", (5,), {}),
    ],
)
def test_what_is_of_the_wrong_type_is_refused_in_one_line(
    graph: Leukograph, method: str, given: tuple[Any, ...], options: dict[str, Any]
) -> None:
    with pytest.raises(WrongOption) as caught:
        getattr(graph, method)(*given, **options)

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("method", ["why", "what_if", "why_not", "compare"])
def test_an_option_that_there_is_not_is_named(graph: Leukograph, method: str) -> None:
    given = {"why": (), "what_if": ()}.get(method, ("methimazole" if method == "compare" else "neutropenia",))
    changes = {"do": "filgrastim"} if method == "what_if" else {}

    with pytest.raises(TypeError, match="'rout'"):
        getattr(graph, method)("clozapine", *given, **changes, rout="destruction")


def test_one_name_may_stand_for_several(graph: Leukograph) -> None:
    def changes(**change: Any) -> object:
        return graph.what_if("chemotherapy", **change).changes

    assert graph.why("clozapine", via="neutrophil destruction") == graph.why(
        "clozapine", via=["neutrophil destruction"]
    )
    assert graph.why("clozapine", avoid="neutrophil destruction").question.options == (
        ("avoid", ("neutrophil_destruction",)),
    )
    assert changes(do="filgrastim") == changes(do=["filgrastim"])
    assert changes(remove="filgrastim") == changes(remove=["filgrastim"])


def test_an_empty_name_names_nothing(graph: Leukograph, run: Run) -> None:
    for ask_empty in (
        lambda: graph.why("clozapine", effect=""),
        lambda: graph.timeline("clozapine", effect=""),
        lambda: graph.contradictions(""),
        lambda: graph.export("dot", focus=""),
    ):
        with pytest.raises(UnknownName):
            ask_empty()
    for arguments in (("why", "clozapine", "--effect", ""), ("bibliography", ""), ("contradictions", "")):
        done = run(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert "[LG101]" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("why", "clozapine", "--route", "production", "--route", "destruction"),
        ("why", "clozapine", "--effect", "neutropenia", "--effect", "lymphopenia"),
        ("why-not", "clozapine", "lymphopenia", "--within", "1d", "--within", "2d"),
        ("causes", "neutropenia", "--kind", "drug", "--kind", "infection"),
        ("workup", "ANC=0.9", "--age", "3", "--age", "4"),
    ],
)
def test_an_option_of_one_value_is_refused_when_given_twice(run: Run, arguments: tuple[str, ...]) -> None:
    done = run(*arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert "more than once" in done.stderr
    assert "[LG103]" in done.stderr
