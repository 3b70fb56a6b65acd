"""Two causes side by side as text: a table of effects, then what is shared and where the ways meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leukograph.compare import Comparison, Meeting, Row
from leukograph.model import Language, Step, Term, Verdict
from leukograph.render.layout import Paragraph, bracket, document, listed
from leukograph.sentences import capitalized

_WORDS = {"+": "caused", "-": "countered", "?": "open", "0": "no chain"}
_ARROWS = {"up": "↑", "down": "↓"}


def render(found: Comparison, language: Language, width: int = 88) -> str:
    """Return the comparison, wrapped to a width in characters; the table keeps its own width."""
    return document(_paragraphs(found, language), found.sources, width)


def _paragraphs(found: Comparison, language: Language) -> Iterator[Paragraph]:
    one, other = found.causes
    numbers = {source.key: n for n, source in enumerate(found.sources, start=1)}
    yield Paragraph(_headline(one, other, found.rows))
    if found.classes:
        yield Paragraph(f"Both belong to: {listed([term.label for term in found.classes])}.")
    yield Paragraph("")
    yield from _table(one, other, found.rows)
    yield Paragraph("")
    if found.shared:
        yield Paragraph("Steps that both use")
        for step in found.shared:
            yield Paragraph(_step(step, language, numbers), indent=2, hanging=2, bullet="- ")
    else:
        yield Paragraph("No step of a chain is shared, the backbone apart.")
    if found.meetings:
        yield Paragraph("")
        yield Paragraph("Where the ways meet, to go on as one")
    for meeting in found.meetings:
        yield Paragraph(_meeting(meeting, one, other), indent=2, hanging=2, bullet="- ")


def _headline(one: Term, other: Term, rows: Sequence[Row]) -> str:
    same = [row.effect.label for row in rows if row.one.sign == row.other.sign != "0"]
    opposed = [row.effect.label for row in rows if {row.one.sign, row.other.sign} == {"+", "-"}]
    clauses = []
    if same:
        clauses.append(f"do the same to {listed(same)}")
    if opposed:
        clauses.append(f"pull {listed(opposed)} opposite ways")
    only = [row.effect.label for row in rows if "0" in {row.one.sign, row.other.sign}]
    if only:
        clauses.append(f"part over {listed(only)}")
    return f"{capitalized(one.label)} and {other.label} {'; they '.join(clauses) or 'have no effect in the graph'}."


def _table(one: Term, other: Term, rows: Sequence[Row]) -> Iterator[Paragraph]:
    cells = [("low count", one.label, other.label)]
    cells += [
        (row.effect.label, _cell(row.one, row.routes_of_one), _cell(row.other, row.routes_of_other)) for row in rows
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(2)]
    for row in cells:
        yield Paragraph(f"  {row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]}".rstrip(), fixed=True)


def _cell(verdict: Verdict, routes: Sequence[str]) -> str:
    if verdict.sign == "0":
        return "-"
    ways = f": {', '.join(routes)}" if routes else ""
    return f"{_WORDS[verdict.sign]}, {verdict.grade}{ways}"


def _step(step: Step, language: Language, numbers: dict[str, int]) -> str:
    claim = step.claim
    reads = language.relations[claim.relation].reads
    return f"{claim.subject.label} {reads} {claim.object.label}{bracket(claim, 'supports', numbers)} ({claim.grade})"


def _meeting(meeting: Meeting, one: Term, other: Term) -> str:
    ways = [
        " → ".join([cause.label, *(f"{step.claim.object.label} {_ARROWS[step.direction]}" for step in steps)])
        for cause, steps in ((one, meeting.apart_of_one), (other, meeting.apart_of_other))
    ]
    return f"{meeting.term.label} {_ARROWS[meeting.direction]} ({meeting.route}): {ways[0]}; {ways[1]}."
