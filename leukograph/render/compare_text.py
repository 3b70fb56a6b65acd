"""Two causes side by side as text: a table of effects, then what is shared and where the ways meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leukograph.compare import Comparison, Meeting, Passing, Row
from leukograph.model import Language, Step, Term, Verdict
from leukograph.render.layout import Paragraph, bracket, document, listed
from leukograph.sentences import capitalized

_WORDS = {"+": "caused", "-": "countered", "?": "open"}
#: a count is no low count: "+" is a rise
_LEVEL_WORDS = {"+": "raised", "-": "lowered", "?": "open"}
_ARROWS = {"up": "↑", "down": "↓"}


def render(found: Comparison, language: Language, width: int = 88) -> str:
    """Return the comparison, wrapped to a width in characters; the table keeps its own width."""
    return document(_paragraphs(found, language), found.sources, width)


def _paragraphs(found: Comparison, language: Language) -> Iterator[Paragraph]:
    one, other = found.causes
    numbers = {source.key: n for n, source in enumerate(found.sources, start=1)}
    yield Paragraph(_headline(found))
    if found.classes:
        yield Paragraph(f"Both belong to: {listed([term.label for term in found.classes])}.")
    if not found.rows:
        return
    if found.narrowing:
        yield Paragraph(f"Only chains that fit {found.narrowing} are shown; the verdicts rest on all.")
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


def _headline(found: Comparison) -> str:
    mine, theirs = (term.label for term in found.causes)
    if not found.rows:
        asked = found.one.question.effect
        if found.narrowing:
            to = f" to {asked.label}" if asked else ""
            return f"No chain from {mine} or {theirs}{to} fits {found.narrowing}."
        every = "any low white-cell count" if found.causes[0].is_ours else "any effect"
        return f"No chain leads from {mine} or {theirs} to {asked.label if asked else every}."
    by_clause: dict[str, list[str]] = {}
    for row in found.rows:
        by_clause.setdefault(_clause(row), []).append(_label(row))
    # what is left out was not compared, so the one that shows no chain may still have one
    words = {_ONLY: "differ in that only one has such a chain to {}"} if found.narrowing else {}
    clauses = [words.get(one, one).format(listed(by_clause[one])) for one in _CLAUSES if one in by_clause]
    sentence = f"{capitalized(mine)} and {theirs} {'; they '.join(clauses)}."
    return " ".join([sentence, *_passings(found)])


#: what two causes do to effects, in the order in which it is told
_CLAUSES = (
    _SAME := "do the same to {}",
    _OPPOSED := "pull {} opposite ways",
    _ONE_OPEN := "may differ over {} (open for one of them)",
    _BOTH_OPEN := "both leave it open what they do to {}",
    _ONLY := "part over {}",
    _NEITHER := "have no chain that holds to {}",
)


def _clause(row: Row) -> str:
    signs = {row.one.sign, row.other.sign}
    if signs == {"0"}:
        return _NEITHER
    if "0" in signs:
        return _ONLY
    if signs == {"?"}:
        return _BOTH_OPEN
    if "?" in signs:
        return _ONE_OPEN
    return _SAME if len(signs) == 1 else _OPPOSED


def _label(row: Row) -> str:
    """Name an effect; where one of the two has it otherwise at a stage, say which stage is meant."""
    settled = {passing.settled for passing in (row.passing_of_one, row.passing_of_other) if passing} - {""}
    return f"{row.effect.label} ({settled.pop()})" if len(settled) == 1 else row.effect.label


def _passings(found: Comparison) -> Iterator[str]:
    for cause, which in zip(found.causes, ("passing_of_one", "passing_of_other"), strict=True):
        told: dict[tuple[str, str], list[str]] = {}
        for row in found.rows:
            passing: Passing | None = getattr(row, which)
            if passing:
                verb = _words(row.effect)[passing.sign]
                told.setdefault((passing.stage, verb), []).append(row.effect.label)
        for (stage, verb), labels in told.items():
            yield f"At an {stage} stage," if stage == "early" else f"At a {stage} stage,"
            yield f"{listed(labels)} {'is' if len(labels) == 1 else 'are'} {verb} by {cause.label}."


def _words(effect: Term) -> dict[str, str]:
    return _LEVEL_WORDS if effect.kind == "level" else _WORDS


def _table(one: Term, other: Term, rows: Sequence[Row]) -> Iterator[Paragraph]:
    cells = [(_column(one, rows), one.label, other.label)]
    cells += [
        (
            row.effect.label,
            _cell(row.effect, row.one, row.routes_of_one, row.passing_of_one),
            _cell(row.effect, row.other, row.routes_of_other, row.passing_of_other),
        )
        for row in rows
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(2)]
    for row in cells:
        yield Paragraph(f"  {row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]}".rstrip(), fixed=True)


def _column(cause: Term, rows: Sequence[Row]) -> str:
    if not cause.is_ours:
        return "effect"
    return "count" if all(row.effect.kind == "level" for row in rows) else "low count"


def _cell(effect: Term, verdict: Verdict, routes: Sequence[str], passing: Passing | None) -> str:
    if verdict.sign == "0":
        return "-"
    ways = f": {', '.join(routes)}" if any(routes) else ""
    words = _words(effect)
    if passing is None:
        return f"{words[verdict.sign]}, {verdict.grade}{ways}"
    at_first = f"{passing.stage} {words[passing.sign]}, {passing.grade}"
    settled = f"{passing.settled} " if passing.settled else ""
    both = [at_first, f"{settled}{words[verdict.sign]}, {verdict.grade}"]
    return f"{'; '.join(both if passing.stage == 'early' else both[::-1])}{ways}"


def _step(step: Step, language: Language, numbers: dict[str, int]) -> str:
    claim = step.claim
    reads = language.relations[claim.relation].reads
    return f"{claim.subject.label} {reads} {claim.object.label}{bracket(claim, 'supports', numbers)} ({claim.grade})"


def _meeting(meeting: Meeting, one: Term, other: Term) -> str:
    ways = [
        " → ".join([cause.label, *(f"{step.claim.object.label} {_ARROWS[step.direction]}" for step in steps)])
        for cause, steps in ((one, meeting.apart_of_one), (other, meeting.apart_of_other))
    ]
    route = f" ({meeting.route})" if meeting.route else ""
    return f"{meeting.term.label} {_ARROWS[meeting.direction]}{route}: {ways[0]}; {ways[1]}."
