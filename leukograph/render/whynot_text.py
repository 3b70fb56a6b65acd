"""The answer to `why-not` as text: the reason in one sentence, then what shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leukograph.model import Claim, Figure, Term
from leukograph.render.figures import opened
from leukograph.render.layout import Paragraph, document, listed
from leukograph.sentences import capitalized, spaced
from leukograph.whynot import Reason, WhyNot

_STAGES = {"early": "an early stage", "late": "a late stage"}


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
        yield from _figures(reason.figures, numbers)
        if reason.missing:
            subject, wanted = reason.missing
            yield Paragraph(
                f"What would be missing: a claim that leads from {subject.label} to {wanted.label}, "
                f"or to another way in which {_comes_about(found.effect)}. "
                "That the graph has none does not mean that there is no effect."
            )
    told = {reason.given for reason in found.reasons}
    for words in dict.fromkeys(time.words for time in found.times if time.words not in told):
        figures = next(time.figures for time in found.times if time.words == words)
        yield Paragraph("")
        yield Paragraph(f"{capitalized(words)}{':' if figures else '.'}")
        yield from _figures(figures, numbers)


def _figures(figures: Sequence[Figure], numbers: dict[str, int]) -> Iterator[Paragraph]:
    for figure in figures:
        how = f" ({figure.method})" if figure.method else ""
        words = f"{opened(figure)}, {figure.population}{how} [{numbers[figure.source]}]"
        yield Paragraph(capitalized(words), indent=2, hanging=2, bullet="- ")


def _comes_about(effect: Term) -> str:
    return f"the {effect.label} falls" if effect.kind == "level" else f"{effect.label} comes about"


def _sentence(found: WhyNot, reason: Reason) -> str:
    cause, effect = found.cause.label, found.effect.label
    terms = [term.label for term in reason.terms]
    level = found.effect.kind == "level"
    effect = f"the {effect}" if level else effect
    does = f"{cause} does {'lower' if level else 'explain'} {effect}"
    if reason.kind == "explained":
        seen = "" if reason.claims else ", though it is only to be expected, and no report of it is in the graph"
        if reason.stage:
            return f"{does} at {_STAGES[reason.stage]} ({reason.grade}):"
        return f"{does} ({reason.grade}){seen}."
    if reason.kind == "open":
        return (
            f"whether {cause} {'lowers' if level else 'explains'} {effect} is open, since its chains point both ways:"
        )
    if reason.kind == "filtered":
        stage = f" at {_STAGES[reason.stage]}" if reason.stage else ""
        return f"{does}{stage}, but {reason.given} leaves every chain out, such as:"
    if reason.kind == "timing":
        return f"{does}, but at another time: {reason.given}:"
    if reason.kind == "opposite_sign":
        verb, instead = ("raises", "lowering it") if level else ("counters", "causing it")
        if reason.stage:
            return f"at {_STAGES[reason.stage]}, it {verb} {effect} ({reason.grade}):"
        return f"{cause} {verb} {effect} instead of {instead} ({reason.grade}):"
    if reason.kind == "refuted":
        return f"it was looked for whether {cause} {'lowers' if level else 'leads to'} {effect}, and not found:"
    if reason.kind == "other_cell":
        nothing = "nothing of it lowers" if level else "nothing of it leads to"
        return f"{cause} acts on other counts: on {listed(terms)}, and {nothing} {effect}."
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
            words = f"{claim.subject.label} {spaced(claim.relation)} {claim.object.label}"
            yield f"{words} ({row.kind.replace('_', ' ')}{note}) [{numbers[row.source]}]"
