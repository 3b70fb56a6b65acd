"""Every word of an answer comes from a claim, a term or a figure, or joins such words.

Each sentence is taken apart: what its steps account for is struck out, piece by
piece, and what is left must be words that only join.
"""

from __future__ import annotations

import re

import pytest

from leukograph.api import Leukograph
from leukograph.knowledge import Knowledge
from leukograph.model import UNKNOWN_ROUTE, Answer, Chain, Evidence, Step
from leukograph.render.text import render
from leukograph.sentences import article, within

#: Words that join clauses and name nothing, no number and no direction.
JOINING = {
    *("with", "as", "a", "an", "form", "of", "so", "result", "and", "then", "only", "was", "seen", "the", "way"),
    *("is", "not", "known", "less", "in"),
}


def pieces(knowledge: Knowledge, chain: Chain) -> list[str]:
    """Return every phrase that the claims of a chain may put into its sentence."""
    found = [chain.cause.label, *phrases(knowledge, chain.cause.key)]
    for step in chain.steps:
        found += of_step(knowledge, step)
    return sorted(set(filter(None, found)), key=len, reverse=True)


def of_step(knowledge: Knowledge, step: Step) -> list[str]:
    claim = step.claim
    found = [claim.object.label, knowledge.language.relations[claim.relation].reads]
    found.append(knowledge.entries[claim.object.key].phrase(step.direction))
    if step.inherited_from:
        owner = step.inherited_from.label
        found += [f"{article(owner)} {owner}", owner]
    for row in claim.evidence:
        for need in row.stated("needs"):
            found.append(knowledge.entries[need].term.label if need in knowledge.entries else need)
        for species in row.stated("species"):
            found += [plural(kind) for kind in re.split(r", | and | with ", species)]
    return found


def plural(animal: str) -> str:
    return "mice" if animal == "mouse" else f"{animal}s"


def phrases(knowledge: Knowledge, key: str) -> list[str]:
    entry = knowledge.entries[key]
    return [entry.up] if entry.up else []


def unaccounted(knowledge: Knowledge, chain: Chain) -> set[str]:
    """Return the words of a chain's sentence that nothing in the chain accounts for."""
    text = re.sub(r" \[(?:against: )?\d[^\]]*\]", "", chain.text)
    text = text.replace("(only with:", " ")
    for piece in pieces(knowledge, chain):
        text = re.sub(re.escape(piece), " ", text, flags=re.IGNORECASE)
    return set(re.findall(r"[^\W_]+", text.casefold())) - JOINING


def chains_of(answer: Answer) -> list[Chain]:
    return [chain for one in answer.effects for chain in one.chains]


@pytest.fixture(scope="module")
def answers(graph: Leukograph) -> list[Answer]:
    """Every stored answer to `why`."""
    roles = graph.knowledge.language.kinds
    keys = [key for key, entry in graph.knowledge.entries.items() if roles[entry.term.kind].role in {"cause", "end"}]
    return [graph.why(key) for key in keys]


def test_every_word_is_accounted_for(graph: Leukograph, answers: list[Answer]) -> None:
    left = {
        (chain.text, word)
        for answer in answers
        for chain in chains_of(answer)
        for word in unaccounted(graph.knowledge, chain)
    }

    assert left == set()


def test_a_word_from_elsewhere_is_noticed(graph: Leukograph) -> None:
    (chain, *_) = chains_of(graph.why("fingolimod"))

    for slip in ("Sepsis does it too.", "It takes 7 days.", "The count rises."):
        assert unaccounted(graph.knowledge, chain._replace(text=f"{chain.text} {slip}"))


def test_every_number_in_brackets_leads_to_a_source_of_the_chain(answers: list[Answer]) -> None:
    for answer in answers:
        for chain in chains_of(answer):
            cited = {row.source for step in chain.steps for row in step.claim.evidence}
            for group in re.findall(r" \[((?:against: )?\d[^\]]*)\]", chain.text):
                for number in re.findall(r"\d+", group):
                    assert answer.sources[int(number) - 1].key in cited


def test_every_own_step_is_told(graph: Leukograph, answers: list[Answer]) -> None:
    for answer in answers:
        for chain in chains_of(answer):
            for step in chain.own_steps:
                told = [step.claim.object.label, graph.knowledge.entries[step.claim.object.key].phrase(step.direction)]
                assert any(words and words.casefold() in chain.text.casefold() for words in told), chain.text


def test_sentences_read_aloud(answers: list[Answer]) -> None:
    for answer in answers:
        for chain in chains_of(answer):
            for sentence in re.split(r"(?<=[a-z\])])\. ", chain.text):
                assert sentence.count(", so ") <= 1, sentence
                assert not re.search(r"\bwhich\b.*\bwhich\b", sentence), sentence
                assert not re.search(r"\b(\w+) \1\b", sentence), sentence
                assert sentence[0] == sentence[0].upper(), sentence
            if chain.route != UNKNOWN_ROUTE:
                assert chain.text.endswith((".", ").")), chain.text


@pytest.mark.parametrize(
    ("context", "words"),
    [
        ("", ""),
        ("bridge=share of B cells|specimen=marrow", "share of B cells"),
        ("population=15 volunteers|stage=late", "late; 15 volunteers"),
        ("dose=0.55 ppm|population=387 workers", "387 workers; dose 0.55 ppm"),
        ("dose=low|system=whole blood in vitro", "dose: low; whole blood in vitro"),
        ("species=mouse, rat", "in mice and rats"),
    ],
)
def test_the_limits_of_a_row_are_told(context: str, words: str) -> None:
    assert within(Evidence("refutes", "cohort", context, "", "page")) == words


def test_what_speaks_against_is_told_with_its_limits_and_with_what_its_source_saw_elsewhere(graph: Leukograph) -> None:
    told = render(graph.why("metamizole"), width=1_000_000)

    assert "established" in told.partition(" · ")[0]
    assert re.search(
        r"That metamizole causes agranulocytosis \(Israel and Budapest\): rate ratio 0\.8 \[(\d+)\]; "
        r"the same source saw it \(Ulm, Berlin and Barcelona\)\.",
        told,
    )
