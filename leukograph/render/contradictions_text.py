"""The answer to `contradictions` as text: one block a kind, both sides with their sources."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from leukograph.contradictions import Contradiction, Contradictions, Side
from leukograph.model import Evidence, Figure, Language
from leukograph.render.figures import amount
from leukograph.render.layout import Paragraph, counted, document, listed
from leukograph.sentences import capitalized

HEADLINES = {
    "refuted": "Found by some, not found by others",
    "sign": "Opposite signs for one pair",
    "context": "Different under different conditions",
    "number": "Numbers that differ",
}


def render(found: Contradictions, language: Language, width: int = 88) -> str:
    """Return the contradictions by kind, wrapped to a width in characters."""
    return document(_paragraphs(found, language), found.sources, width)


def _paragraphs(found: Contradictions, language: Language) -> Iterator[Paragraph]:
    numbers = {source.key: n for n, source in enumerate(found.sources, start=1)}
    about = f" about {found.about.label}" if found.about else ""
    yield Paragraph(
        f"{counted(len(found.found), 'contradiction')}{about}" if found.found else f"No contradiction{about}."
    )
    for kind, group in groupby(found.found, key=lambda one: one.kind):
        yield Paragraph("")
        yield Paragraph(HEADLINES[kind])
        for one in group:
            yield Paragraph(_title(one, language), indent=2, hanging=2, bullet="- ")
            for side in one.sides:
                yield Paragraph(_side(side, language, numbers), indent=4, hanging=2)
            for figure in one.figures:
                yield Paragraph(_figure(figure, numbers), indent=4, hanging=2)


def _title(one: Contradiction, language: Language) -> str:
    if one.figures:
        quantities = dict.fromkeys(language.quantities.get(f.quantity, f.quantity) for f in one.figures)
        return f"{listed([term.label for term in one.about])}: {listed(list(quantities))}"
    subject, other = one.about
    first = one.sides[0].claim
    reads = language.relations[first.relation].reads
    apart = f" (they differ by {listed(one.apart_by)})" if one.apart_by else ""
    if one.kind == "sign" or one.sides[1].claim != first:
        return f"{capitalized(subject.label)} and {other.label}{apart}"
    return f"{capitalized(subject.label)} {reads} {other.label}{apart}"


def _side(side: Side, language: Language, numbers: dict[str, int]) -> str:
    verdict = {"supports": "for", "refutes": "against"}[side.rows[0].verdict]
    told = "; ".join(_row(row, language, numbers) for row in side.rows)
    reads = language.relations[side.claim.relation].reads
    return f"{verdict} ({reads}): {told}."


def _row(row: Evidence, language: Language, numbers: dict[str, int]) -> str:
    kind = language.evidence_kinds.get(row.kind, row.kind)
    context = row.context.replace("|", ", ").replace("=", ": ")
    words = ", ".join(filter(None, (row.note, kind, context)))
    return f"{words} [{numbers[row.source]}]"


def _figure(figure: Figure, numbers: dict[str, int]) -> str:
    method = f", {figure.method}" if figure.method else ""
    return f"{amount(figure)}, {figure.population}{method} [{numbers[figure.source]}]."
