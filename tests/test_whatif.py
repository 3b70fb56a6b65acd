"""What would change with a term held up or taken out, against the plain answer."""

from __future__ import annotations

import json

import pytest

from leukograph.api import Leukograph
from leukograph.errors import WrongOption
from leukograph.explain import Explainer
from leukograph.options import Options
from leukograph.whatif import Change, WhatIf, what_if
from tests.conftest import Run
from tests.small_graphs import BACKBONE, TERMS, knowledge

G_CSF = "\n g_csf drug"


def ask(claims: str, do: tuple[str, ...] = (), remove: tuple[str, ...] = (), terms: str = TERMS + G_CSF) -> WhatIf:
    explainer = Explainer(knowledge(terms, BACKBONE + claims))
    return what_if(explainer, "doxorubicin", "doxorubicin", do, remove, Options(effect="neutropenia"))


def only(found: WhatIf) -> Change:
    (change,) = found.changes
    return change


def test_what_is_held_up_adds_its_own_chains() -> None:
    change = only(ask("doxorubicin kills precursors\n g_csf increases precursors", do=("g_csf",)))

    assert (change.before.sign, change.after.sign) == ("+", "?")
    assert change.turned
    assert (len(change.lost), len(change.gained)) == (0, 1)


def test_nothing_acts_on_what_is_held_up() -> None:
    change = only(ask("doxorubicin decreases toxin\n toxin decreases neutrophil_destruction", do=("toxin",)))

    assert (change.before.sign, change.after.sign) == ("+", "-")
    assert (len(change.lost), len(change.gained)) == (1, 1)


def test_what_is_taken_out_takes_its_chains_along() -> None:
    found = ask("doxorubicin increases toxin\n toxin kills precursors", remove=("toxin",))

    assert (only(found).before.sign, only(found).after.sign) == ("+", "0")
    assert found.changed.effects == ()


def test_another_way_keeps_the_verdict() -> None:
    claims = "doxorubicin increases toxin\n toxin kills precursors\n doxorubicin increases neutrophil_destruction"

    change = only(ask(claims, remove=("toxin",)))

    assert (change.before.sign, change.after.sign, change.turned) == ("+", "+", False)
    assert len(change.lost) == 1


def test_an_effect_that_was_seen_lapses_with_its_last_known_way() -> None:
    claims = "doxorubicin increases toxin\n toxin kills precursors\n doxorubicin causes neutropenia"

    assert only(ask(claims, remove=("toxin",))).after.sign == "0"


def test_an_effect_whose_way_was_never_known_stays() -> None:
    change = only(ask("doxorubicin causes neutropenia", remove=("toxin",)))

    assert (change.before.sign, change.after.sign) == ("+", "+")


def test_what_is_known_to_ease_is_told() -> None:
    found = ask("doxorubicin kills precursors\n g_csf increases precursors\n doxorubicin eased_by g_csf", do=("g_csf",))

    assert [claim.key for claim in found.modifiers] == ["doxorubicin.eased_by.g_csf"]


@pytest.mark.parametrize(
    ("do", "remove"), [((), ()), (("doxorubicin",), ()), (("toxin",), ("toxin",)), ((), ("doxorubicin",))]
)
def test_a_question_without_sense_is_refused(do: tuple[str, ...], remove: tuple[str, ...]) -> None:
    with pytest.raises(WrongOption):
        ask("doxorubicin increases toxin\n toxin kills precursors", do, remove)


def test_a_low_count_cannot_be_asked_about(graph: Leukograph) -> None:
    with pytest.raises(WrongOption, match="itself an effect"):
        graph.what_if("neutropenia", remove=["infection"])


def test_removing_the_only_link_of_fingolimod_leaves_the_way_of_its_class(graph: Leukograph) -> None:
    found = graph.what_if("fingolimod", remove=["fingolimod phosphate"], effect="lymphopenia")

    assert [change.after.sign for change in found.changes] == ["+"]
    removed = {step.claim.object.key for one in found.changed.effects for c in one.chains for step in c.steps}
    assert "fingolimod_phosphate" not in removed


def test_both_answers_are_in_the_json(run: Run) -> None:
    done = run("why", "chemotherapy", "--do", "filgrastim", "--effect", "neutropenia", "--format", "json")

    found = json.loads(done.stdout)
    assert done.returncode == 0
    assert found["schema"] == "leukograph.what-if/1"
    assert [(one["before"]["sign"], one["after"]["sign"]) for one in found["changes"]] == [("+", "?")]
    numbers = {chain["n"] for one in found["changed"]["effects"] for chain in one["chains"]}
    assert set(found["changes"][0]["gained"]) <= numbers
    assert found["modifiers"]


def test_the_text_sets_both_verdicts_side_by_side(run: Run) -> None:
    done = run("why", "chemotherapy", "--do", "filgrastim", "--effect", "neutropenia")

    assert "brought about (established)  open: both ways" in done.stdout
    assert "is eased by filgrastim" in done.stdout


def test_a_picture_of_two_answers_is_refused(run: Run) -> None:
    assert run("why", "chemotherapy", "--do", "filgrastim", "--format", "mermaid").returncode == 2
