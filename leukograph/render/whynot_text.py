"""The answer to `why-not` as text: the reason in one sentence, then what shows it."""

from __future__ import annotations

from collections.abc import Iterator

from leukograph.model import Claim
from leukograph.render.figures import opened
from leukograph.render.layout import Paragraph, document, listed
from leukograph.sentences import capitalized
from leukograph.whynot import Reason, WhyNot


def render(found: WhyNot, width: int = 88) -> str:
    """Return why the effect is not explained, wrapped to a width in characters."""
    return document(_paragraphs(found), found.sources, width)


def _paragraphs(found: WhyNot) -> Iterator[Paragraph]:
    numbers = {source.key: n for n, source in enumerate(found.sources, start=1)}
    for place, reason in enumerate(found.reasons):
        if place:
            yield Paragraph("")
        yield Paragraph(capitalized(_sentence(found, reason)))
        for chain in reason.chains:
            yield Paragraph(f"{chain.text} ({chain.grade})", indent=2, hanging=2, bullet="- ")
        for claim in reason.claims:
            verdict = "refutes" if reason.kind == "refuted" else "supports"
            for words in _rows(claim, verdict, numbers):
                yield Paragraph(words, indent=2, hanging=2, bullet="- ")
        for figure in reason.figures:
            words = f"{opened(figure)}, {figure.population} [{numbers[figure.source]}]"
            yield Paragraph(capitalized(words), indent=2, hanging=2, bullet="- ")
        if reason.missing:
            subject, wanted = reason.missing
            yield Paragraph(
                f"What would be missing: a claim that leads from {subject.label} to {wanted.label}, "
                f"or to another way in which {found.effect.label} comes about. "
                "That the graph has none does not mean that there is no effect."
            )


def _sentence(found: WhyNot, reason: Reason) -> str:
    cause, effect = found.cause.label, found.effect.label
    terms = [term.label for term in reason.terms]
    if reason.kind == "explained":
        seen = "" if reason.claims else ", though it is only to be expected, and no report of it is in the graph"
        return f"{cause} does explain {effect} ({found.verdict.grade}){seen}."
    if reason.kind == "open":
        return f"whether {cause} explains {effect} is open, since its chains point both ways:"
    if reason.kind == "filtered":
        return f"{cause} does explain {effect}, but {reason.given} leaves every chain out, such as:"
    if reason.kind == "timing":
        return f"{cause} does explain {effect}, but at another time: {reason.given}:"
    if reason.kind == "opposite_sign":
        return f"{cause} counters {effect} instead of causing it ({found.verdict.grade}):"
    if reason.kind == "refuted":
        return f"it was looked for whether {cause} leads to {effect}, and not found:"
    if reason.kind == "other_cell":
        return f"{cause} acts on other counts: on {listed(terms)}, and nothing of it leads to {effect}."
    if reason.kind == "chain_stops" and not reason.chains:
        return f"{cause} does nothing by itself: it only changes how strongly {listed(terms)} acts."
    if reason.kind == "chain_stops":
        return f"the way from {cause} stops at {listed(terms)}, short of {effect}:"
    return f"nothing in the graph says that {cause} acts on anything."


def _rows(claim: Claim, verdict: str, numbers: dict[str, int]) -> Iterator[str]:
    """Tell who says so: each row of one verdict with its kind of study and its note."""
    for row in claim.evidence:
        if row.verdict == verdict:
            note = f": {row.note}" if row.note else ""
            words = f"{claim.subject.label} {claim.relation.replace('_', ' ')} {claim.object.label}"
            yield f"{words} ({row.kind.replace('_', ' ')}{note}) [{numbers[row.source]}]"
