"""Tells a chain in plain English, by rule.

Every word that names a thing, a number or a direction comes from a term, a claim
or a figure. The first step is told with the cause as its subject; each further
one with the clause that its object has for rising or falling; the backbone is one
closing phrase. Numbers in brackets lead to the answer's list of sources.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from leukograph.model import UNKNOWN_ROUTE, Chain, Claim, Evidence, Step, Term

if TYPE_CHECKING:
    from leukograph.knowledge import Knowledge

#: Relations whose verb reads well before the name of the object. With the others
#: the object's own clause is used: "With X, fewer neutrophils leave the marrow".
DIRECT = frozenset({"blocks", "causes", "inhibits", "kills", "prevents", "yields"})

#: capitals that are read as a word: FLOT, FOLFIRI, FLAG, but not RNA or NSAID
_WORD_LIKE = re.compile(r"[BCDFGHJKLMNPRSTVWZ][LR]?[AEIOU][A-Z]{2,}|[BCFGPT][LR][AEIOU][A-Z]")
#: numbers of sources in brackets: [1], [2, 3], [4; against: 5]
_CITED = re.compile(r"\[(?:against: )?\d[^\]]*\]")


class Narrator:
    """Makes sentences from chains."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge

    def tell(self, chain: Chain, numbers: Mapping[str, int], brief: bool = False) -> str:
        """Return a chain as one to three sentences.

        Args:
            chain: the chain; its own `text` is not looked at.
            numbers: key of a source -> its number in the answer.
            brief: whether to stop at the lever, where an answer tells many chains.
        """
        if chain.route == UNKNOWN_ROUTE:
            return self._seen(chain, numbers)
        own = [n for n, step in enumerate(chain.steps) if not step.claim.definitional]
        body = chain.steps[: own[-1] + 1] if own else ()
        backbone = chain.steps[len(body) :]
        if brief and own:
            levers = [n for n, step in enumerate(backbone, start=1) if step.claim.object == chain.lever]
            backbone = backbone[: levers[0] if levers else 0]
        clauses = [self._first(chain.cause, body[0], numbers) if body else self._running(chain.cause)]
        clauses += [self._clause(step) + cited(step.claim, numbers) for step in body[1:]]
        return _sentences(clauses, self._closing(backbone), self._needs(body))

    def _seen(self, chain: Chain, numbers: Mapping[str, int]) -> str:
        step = chain.steps[0]
        what = self._clause(step) if step.claim.object.kind == "level" else f"{step.claim.object.label} was seen"
        if step.claim.sign == "-" and step.claim.object.kind != "level":
            what = f"less {step.claim.object.label} was seen"
        as_kind = f", {_as_kind(step.inherited_from)}," if step.inherited_from else ","
        start = capitalized(f"with {self.name(chain.cause)}")
        return f"{start}{as_kind} {what}{cited(step.claim, numbers)}; the way is not known."

    def _first(self, cause: Term, step: Step, numbers: Mapping[str, int]) -> str:
        claim = step.claim
        as_kind = f", {_as_kind(step.inherited_from)}," if step.inherited_from else ""
        sources = cited(claim, numbers)
        if claim.relation in DIRECT or not self.knowledge.has_levers:
            reads = self.knowledge.language.relations[claim.relation].reads
            return capitalized(f"{self.name(cause)}{as_kind} {reads} {claim.object.label}{sources}")
        return capitalized(f"with {self.name(cause)}{as_kind or ','} {self._clause(step)}{sources}")

    def _running(self, cause: Term) -> str:
        """Return the clause of a link that is asked about itself: a lever, a pool, a molecule."""
        return self.knowledge.entries[cause.key].up or f"with {cause.label}"

    def _clause(self, step: Step) -> str:
        entry = self.knowledge.entries[step.claim.object.key]
        return entry.phrase(step.direction) or f"{entry.term.label} runs {step.direction}"

    def _closing(self, backbone: Iterable[Step]) -> list[str]:
        told = [step for step in backbone if step.claim.relation != "has_low_state"]
        return list(dict.fromkeys(self._clause(step) for step in told))

    def _needs(self, body: Iterable[Step]) -> str:
        needs = {need for step in body for row in step.claim.evidence for need in row.stated("needs")}
        entries = self.knowledge.entries
        told = sorted(entries[need].term.label if need in entries else need for need in needs)
        return f" (only with: {', '.join(told)})" if told else ""

    def name(self, term: Term) -> str:
        """Return what a term is called inside a sentence; a class of drugs takes an article."""
        return f"{article(term.label)} {term.label}" if term.kind == "drug_class" else term.label


def cited(claim: Claim, numbers: Mapping[str, int]) -> str:
    """Return where a claim was shown, and the numbers of its sources.

    ` [1, 2]`, or ` [1; against: 3]`, or ` (in mice) [1]` where no source speaks of people.
    What was not found at another stage, or by a source that also saw it, stands under
    "Against" alone.
    """
    for_it = {row.source for row in claim.evidence if row.verdict == "supports"}
    against = {
        row.source
        for row in claim.evidence
        if row.verdict == "refutes" and not (claim.stage and set(row.stated("stage")) - {claim.stage})
    }

    def told(sources: set[str]) -> str:
        return ", ".join(map(str, sorted(numbers[source] for source in sources if source in numbers)))

    supports, refutes = told(for_it), told(against - for_it)
    if not supports and not refutes:
        return ""
    both = "; ".join(filter(None, (supports, f"against: {refutes}" if refutes else "")))
    return f"{_animals(claim)} [{both}]"


def within(row: Evidence) -> str:
    """Return the limits within which a row holds: stage, people or animals, dose, system, treatment, bridge.

    Example:
        >>> within(Evidence("refutes", "cohort", "population=15 volunteers|stage=late", "", "page"))
        'late; 15 volunteers'
    """
    told = [*row.stated("stage"), *row.stated("population"), *map(_species, row.stated("species"))]
    told += [f"dose {dose}" if dose[0].isdigit() else f"dose: {dose}" for dose in row.stated("dose")]
    return "; ".join((*told, *row.stated("system"), *row.stated("treatment"), *row.stated("bridge")))


def citations(texts: Iterable[str]) -> list[int]:
    """Return the numbers of sources that texts cite, each once, in the order of citing."""
    numbers = (int(n) for text in texts for group in _CITED.findall(text) for n in re.findall(r"\d+", group))
    return list(dict.fromkeys(numbers))


def renumbered(text: str, new: Mapping[int, int]) -> str:
    """Return a text with other numbers in its brackets, those of one bracket in rising order."""

    def renumber(group: re.Match[str]) -> str:
        parts = group[0].strip("[]").split("against: ")
        told = [", ".join(map(str, sorted(new[int(n)] for n in re.findall(r"\d+", part)))) for part in parts]
        return f"[{'; against: '.join(told).removeprefix('; ')}]"

    return _CITED.sub(renumber, text)


def _animals(claim: Claim) -> str:
    """Return the animals in which alone a claim was shown: ` (in mice)`; nothing for people."""
    rows = [row for row in claim.evidence if row.verdict == "supports"]
    if not rows or any(row.in_people for row in rows):
        return ""
    return f" ({_species(', '.join(species for row in rows for species in row.stated('species')))})"


def _species(stated: str) -> str:
    """Return animals as they are told: `in mice`, `in mice and rats`."""
    kinds = set(re.split(r", | and | with ", stated))
    return f"in {_and(sorted(_plural(kind) for kind in kinds))}"


def _plural(animal: str) -> str:
    """Return more than one of an animal: mice, guinea pigs."""
    return animal.replace("mouse", "mice") if animal.endswith("mouse") else f"{animal}s"


def capitalized(sentence: str) -> str:
    """Return a sentence with a capital at its beginning, the rest as it was; an address stays as it is."""
    if "://" in sentence.partition(" ")[0]:
        return sentence
    return sentence[:1].upper() + sentence[1:]


def spaced(relation: str) -> str:
    """Return the key of a relation as words; of a CURIE, the part that is words.

    Example:
        >>> spaced("predisposes_to"), spaced("biolink:causes"), spaced("RO:0002211")
        ('predisposes to', 'causes', 'RO:0002211')
    """
    local = relation.rpartition(":")[2]
    return (relation if local[:1].isdigit() else local).replace("_", " ")


def article(noun: str) -> str:
    """Return "a" or "an", by the sound of the first letter.

    Example:
        >>> article("alkylating agent"), article("S1P receptor modulator"), article("FLAG regimen")
        ('an', 'an', 'a')
    """
    first, second = noun[:1], noun[1:2]
    spelled_out = second.isdigit() or (second.isupper() and not _WORD_LIKE.match(noun))
    vowels = "AEFHILMNORSX" if spelled_out else "AEIOaeio"
    return "an" if first in vowels or (not spelled_out and noun.startswith("un") and noun[2:3] not in "aeiou") else "a"


def _as_kind(owner: Term | None) -> str:
    if owner is None:
        return ""
    if owner.kind == "drug_class":
        return f"as {article(owner.label)} {owner.label}"
    return f"as a form of {owner.label}"


def _and(clauses: list[str]) -> str:
    if len(clauses) < 2:
        return "".join(clauses)
    return f"{', '.join(clauses[:-1])} and {clauses[-1]}"


def _sentences(clauses: list[str], closing: list[str], needs: str) -> str:
    """Join clauses to sentences of two, and hang the closing phrase on the last.

    No sentence has more than one "so".
    """
    told = [", so ".join(clauses[place : place + 2]) for place in range(0, len(clauses), 2)]
    told = told[:1] + [f"as a result {sentence}" for sentence in told[1:]]
    if closing:
        if len(clauses) % 2:
            told[-1] += f", so {_and(closing)}"
        elif len(closing) == 1 and told:
            told[-1] += f", and {closing[0]}"
        else:
            told.append(f"then {_and(closing)}" if told else _and(closing))
    return ". ".join(capitalized(sentence) for sentence in told) + needs + "."
