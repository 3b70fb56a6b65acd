"""Proofs as text and as JSON: each step with its axioms and rule, and the evidence of each axiom."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from leukograph.model import MODEL_SOURCE, Source
from leukograph.reasoning.axioms import Axiom, Chain, SubClass, SubRole, axiom_words, words
from leukograph.reasoning.prove import Proof, Proofs
from leukograph.reasoning.saturation import Conclusion, Inference
from leukograph.render.answer_json import Encoder, Json
from leukograph.render.layout import Paragraph, counted, document

SCHEMA = "leukograph.prove/1"
#: rule -> how a step by it is told
RULES = {
    "what it is": "every class is under itself",
    "all things": "every class is under owl:Thing",
    "is under": "what is of a class is of the classes above it",
    "part of both": "what is of both is of each",
    "both together": "what is of each is of both",
    "some of a wider kind": "some of a class is some of a wider class, in a wider property",
    "one after the other": "two properties in a row make one",
    "some of nothing": "there is nothing of an empty class",
}

Name = Callable[[str], str]


def text(found: Proofs, name: Name, sources: Sequence[Source], width: int = 88) -> str:
    """Return proofs as text; the sources are those of the claims that are axioms."""
    return document(_paragraphs(found, name, sources), sources, width)


def sources_of(found: Proofs) -> list[str]:
    """Return the keys of the sources behind the axioms of some proofs, in the order of use."""
    claims = [axiom.claim for proof in found.proofs for axiom in proof.axioms if isinstance(axiom, SubClass)]
    keys = (row.source for claim in claims if claim for row in claim.evidence)
    return list(dict.fromkeys(key for key in keys if key != MODEL_SOURCE))


def _paragraphs(found: Proofs, name: Name, sources: Sequence[Source]) -> Iterator[Paragraph]:
    goal = _conclusion(found.conclusion, name)
    if not found.proofs:
        yield Paragraph(f"It does not follow that {goal}.")
        return
    more = ", and there may be more (--max)" if found.truncated else ""
    yield Paragraph(f"{goal}: {counted(len(found.proofs), 'minimal proof')}{more}")
    numbers = {source.key: n for n, source in enumerate(sources, start=1)}
    for place, proof in enumerate(found.proofs, start=1):
        yield Paragraph("")
        yield Paragraph(f"Proof {place}, from {counted(len(proof.axioms), 'axiom') if proof.axioms else 'no axiom'}")
        yield from _steps(proof, name, numbers)


def _steps(proof: Proof, name: Name, numbers: dict[str, int]) -> Iterator[Paragraph]:
    places = {step.conclusion: n for n, step in enumerate(proof.steps, start=1)}
    for n, step in enumerate(proof.steps, start=1):
        yield Paragraph(f"{n}. {_conclusion(step.conclusion, name)}", indent=2, hanging=4)
        because = _because(step, places)
        axioms = [axiom for axiom in step.axioms if isinstance(axiom, SubClass)]
        if because == "asserted":
            yield Paragraph(f"asserted{_evidence(axioms[0], numbers)}", indent=5, hanging=2)
            continue
        yield Paragraph(because, indent=5, hanging=2)
        for axiom in axioms:
            yield Paragraph(f"axiom: {axiom_words(axiom, name)}{_evidence(axiom, numbers)}", indent=5, hanging=2)
        properties = [axiom_words(axiom, name) for axiom in step.axioms if isinstance(axiom, SubRole | Chain)]
        if properties:
            yield Paragraph(f"properties: {'; '.join(dict.fromkeys(properties))}", indent=5, hanging=2)


def _because(step: Inference, places: dict[Conclusion, int]) -> str:
    told = [premise for premise in step.premises if premise in places]
    if step.rule == "is under" and not told:
        return "asserted"
    used = [str(places[premise]) for premise in step.premises if premise in places]
    origin = f" (from {' and '.join(dict.fromkeys(used))})" if used else ""
    return f"by rule: {RULES[step.rule]}{origin}"


def _evidence(axiom: SubClass, numbers: dict[str, int]) -> str:
    claim = axiom.claim
    if claim is None:
        return ""
    if claim.definitional:
        return " (by definition)"
    cited = sorted({numbers[row.source] for row in claim.evidence if row.source in numbers})
    return f" ({claim.grade}) [{', '.join(map(str, cited))}]"


def _conclusion(conclusion: Conclusion, name: Name) -> str:
    return f"{words(conclusion.sub, name)} SubClassOf {words(conclusion.sup, name)}"


def encode(found: Proofs, name: Name, sources: Sequence[Source]) -> Json:
    """Return proofs as a JSON object."""
    to = Encoder(sources)
    return {
        "schema": SCHEMA,
        "conclusion": _conclusion(found.conclusion, name),
        "proofs": [
            {
                "axioms": [_axiom(axiom, name, to) for axiom in proof.axioms],
                "steps": [
                    {
                        "conclusion": _conclusion(step.conclusion, name),
                        "rule": step.rule,
                        "from": [_conclusion(premise, name) for premise in step.premises],
                        "axioms": [axiom_words(axiom, name) for axiom in step.axioms],
                    }
                    for step in proof.steps
                ],
            }
            for proof in found.proofs
        ],
        "truncated": found.truncated,
        "sources": to.source_list(),
    }


def _axiom(axiom: Axiom, name: Name, to: Encoder) -> Json:
    claim = axiom.claim if isinstance(axiom, SubClass) else None
    return {"axiom": axiom_words(axiom, name), "claim": to.claim(claim) if claim else None}
