"""Answers: stored and fresh ones are the same, all that is cited is listed, words map to claims."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import leukograph
from leukograph.api import Leukograph
from leukograph.compiling import knowledge_of, plain_answers
from leukograph.model import UNKNOWN_ROUTE, Answer, Chain
from leukograph.render import answer_json
from leukograph.render.text import render

NUMBER = re.compile(r"\[(?:against: )?[\d, ;against:]+\]")


@pytest.fixture(scope="module")
def stored(graph: Leukograph) -> dict[tuple[str, str], str]:
    """Every stored answer."""
    assert graph._compiled is not None
    return {(verb, key): text for verb, key, text in graph._compiled.answers()}


@pytest.fixture(scope="module")
def answers(stored: dict[tuple[str, str], str]) -> list[Answer]:
    """Every stored answer to `why`, decoded."""
    found = [answer_json.decode(json.loads(text)) for (verb, _), text in stored.items() if verb == "why"]
    assert len(found) > 300, "the tests below would show nothing"
    assert sum(len(effect.chains) for answer in found for effect in answer.effects) > 1000
    return found


def chains(answers: list[Answer]) -> list[tuple[Answer, Chain]]:
    return [(answer, chain) for answer in answers for effect in answer.effects for chain in effect.chains]


def test_stored_answers_equal_fresh_ones_byte_for_byte(graph: Leukograph, stored: dict[tuple[str, str], str]) -> None:
    fresh = {(verb, key): text for verb, key, text in plain_answers(knowledge_of(graph.release_file))}

    assert fresh.keys() == stored.keys()
    different = [slot for slot, text in fresh.items() if stored[slot] != text]
    assert different == []


def test_the_stored_values_equal_those_of_the_release(graph: Leukograph) -> None:
    assert graph.knowledge == knowledge_of(graph.release_file)


def test_json_can_be_read_back(answers: list[Answer]) -> None:
    for answer in answers:
        assert answer_json.decode(answer_json.encode(answer)) == answer


def test_python_gets_the_same_stored_or_fresh(graph: Leukograph, fresh: Leukograph) -> None:
    for name in ("clozapine", "HIV", "neutropenia", "cancer"):
        assert graph.why(name) == fresh.why(name)
        assert eval(repr(graph.why(name)), {name: getattr(leukograph, name) for name in leukograph.__all__})
    assert graph.causes("lymphopenia") == fresh.causes("lymphopenia")


def test_no_effect_that_is_countered_is_told_as_seen(graph: Leukograph) -> None:
    lines = render(graph.why("plerixafor"), width=10_000).splitlines()

    assert any(line.startswith("Seen to be countered: ") and "neutropenia" in line for line in lines)
    assert not any(line.startswith("Seen in people: ") and "neutropenia" in line for line in lines)


def test_a_count_or_a_cell_is_answered_with_its_low_state(graph: Leukograph) -> None:
    for name in ("ANC", "neutrophils"):
        answer = graph.why(name)
        assert answer.question.effect == graph.knowledge.term("neutropenia")
        assert "neutropenia" in answer.notes[0]


def test_witnesses_are_chains_of_the_effect(answers: list[Answer]) -> None:
    told = 0
    for answer in answers:
        for effect in answer.effects:
            numbers = {chain.n: chain for chain in effect.chains}
            assert set(effect.verdict.witnesses) <= numbers.keys()
            if effect.verdict.sign in {"+", "-"} and effect.verdict.witnesses and answer.question.cause:
                told += 1
                first = numbers[effect.verdict.witnesses[0]]
                assert first.sign == effect.verdict.sign or not any(
                    chain.sign == effect.verdict.sign for chain in effect.chains
                )
            if effect.verdict.sign == "?" and answer.question.cause and not answer.through_kinds:
                assert {numbers[n].sign for n in effect.verdict.witnesses} <= {"+", "-"}
    assert told > 500


def test_an_asked_for_effect_gives_the_same_as_the_plain_answer(graph: Leukograph) -> None:
    plain = next(one for one in graph.why("clozapine").effects if one.effect.key == "neutropenia")

    (asked,) = graph.why("clozapine", effect="neutropenia").effects

    assert asked.verdict.sign == plain.verdict.sign
    assert [chain.route for chain in asked.chains] == [chain.route for chain in plain.chains]


def test_no_refuted_claim_is_in_a_chain(answers: list[Answer]) -> None:
    assert all(step.claim.holds for _, chain in chains(answers) for step in chain.steps)


def test_the_signs_of_a_chain_multiply(answers: list[Answer]) -> None:
    for _, chain in chains(answers):
        running = 1
        for step in chain.steps:
            running *= 1 if step.claim.sign == "+" else -1
            assert step.direction == ("up" if running > 0 else "down")


def test_the_steps_of_a_chain_join(graph: Leukograph, answers: list[Answer]) -> None:
    knowledge = graph.knowledge
    for _, chain in chains(answers):
        here = chain.cause.key
        for step in chain.steps:
            assert knowledge.is_a(here, step.claim.subject.key), chain.text
            owner = step.inherited_from.key if step.inherited_from else here
            assert owner == step.claim.subject.key
            here = step.claim.object.key


def test_each_step_of_a_chain_is_cited_or_a_definition(answers: list[Answer]) -> None:
    for answer, chain in chains(answers):
        keys = {source.key for source in answer.sources}
        for step in chain.steps:
            assert step.claim.evidence
            assert {row.source for row in step.claim.evidence} <= keys


def test_each_number_in_a_text_is_in_its_list_of_sources(answers: list[Answer]) -> None:
    for answer in answers:
        text = render(answer, width=10_000)
        body, _, listed = text.partition("\nSources\n")
        cited = {int(n) for group in NUMBER.findall(body) for n in re.findall(r"\d+", group)}
        given = {int(n) for n in re.findall(r"^  \[(\d+)\]", listed, re.MULTILINE)}
        assert cited == given, answer.question.text


def test_a_sentence_has_at_most_one_so_and_no_which(answers: list[Answer]) -> None:
    for _, chain in chains(answers):
        for sentence in chain.text.split(". "):
            assert sentence.count(", so ") <= 1, chain.text
        assert "which" not in chain.text, chain.text


def test_every_clause_of_a_text_comes_from_a_claim(graph: Leukograph, answers: list[Answer]) -> None:
    entries = graph.knowledge.entries
    for _, chain in chains(answers):
        told = re.sub(r" \[[^\]]*\]", "", chain.text).casefold()
        own = [step for step in chain.steps if not step.claim.definitional]
        started = chain.cause.label if own else entries[chain.cause.key].up or chain.cause.label
        assert started.casefold() in told
        if chain.route == UNKNOWN_ROUTE:
            continue
        for step in own[1:]:
            clause = entries[step.claim.object.key].phrase(step.direction)
            assert clause.casefold() in told, chain.text


@pytest.mark.parametrize("width", [20, 40, 88, 200])
def test_text_keeps_to_the_width(graph: Leukograph, width: int) -> None:
    lines = render(graph.why("clozapine"), width).splitlines()

    too_long = [line for line in lines if len(line) > width and len(line.split()) > 2 and "http" not in line]
    assert too_long == []


def test_json_has_the_shape_of_the_schema(graph: Leukograph) -> None:
    value = answer_json.encode(graph.why("clozapine"))

    assert value["schema"] == "leukograph.why/1"
    assert list(value) == [
        *("schema", "release", "question", "effects", "through_kinds", "sources", "truncated", "notes")
    ]
    effect = value["effects"][0]
    assert set(effect) == {
        *("effect", "verdict", "observed", "chains", "closed", "modifiers", "frequency", "timing", "tests")
    }
    assert {"key", "iri", "label", "kind"} == set(effect["effect"])
    assert {"n", "cause", "sign", "grade", "belief", "observed", "stage", "route", "lever", "steps", "text"} <= set(
        effect["chains"][0]
    )
    assert all(source["n"] == place for place, source in enumerate(value["sources"], start=1))


def test_a_release_of_ones_own_can_be_loaded(graph: Leukograph, tmp_path: Path) -> None:
    copy = tmp_path / "mine.ttl"
    copy.write_bytes(graph.release_file.read_bytes())

    assert leukograph.load(copy, cached=False).why("clozapine").effects
