"""The answer to `why --do` and `why --remove` as text: a table of verdicts, then what came and went."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from leukograph.model import Answer, Chain, Source, Verdict
from leukograph.render.layout import Paragraph, bracket, counted, document, listed
from leukograph.sentences import capitalized, renumbered
from leukograph.whatif import Change, WhatIf

#: Chains that are told for one effect; JSON has them all.
TOLD = 2
_WORDS = {"+": "brought about", "-": "countered", "?": "open: both ways", "0": "no known way"}


def render(found: WhatIf, width: int = 88) -> str:
    """Return what changes, wrapped to a width in characters."""
    sources = tuple(dict.fromkeys((*found.changed.sources, *found.plain.sources)))
    return document(_paragraphs(found, sources), sources, width)


def _paragraphs(found: WhatIf, sources: tuple[Source, ...]) -> Iterator[Paragraph]:
    numbers = {source.key: n for n, source in enumerate(sources, start=1)}
    yield Paragraph(_headline(found))
    yield Paragraph("")
    yield from _table(found.changes)
    if found.modifiers:
        yield Paragraph("")
    for claim in found.modifiers:
        how = "eased" if claim.relation == "eased_by" else "made worse"
        known = bracket(claim, "supports", numbers)
        words = f"Known: {claim.subject.label} is {how} by {claim.object.label}{known} ({claim.grade})."
        yield Paragraph(words, hanging=2)
    for change in found.changes:
        yield from _told(found.plain, "gone", change, change.lost, numbers)
        yield from _told(found.changed, "new" if found.forced else "in their place", change, change.gained, numbers)


def _headline(found: WhatIf) -> str:
    cause = found.plain.question.cause
    given = [f"{term.label} held up" for term in found.forced] + [f"{term.label} taken out" for term in found.removed]
    turned = [change.effect.label for change in found.changes if change.turned]
    outcome = f"the verdict changes for {listed(turned)}" if turned else "no verdict changes"
    return f"{capitalized(cause.label if cause else '')} with {listed(given)}: {outcome}."


def _table(changes: Iterable[Change]) -> Iterator[Paragraph]:
    rows = [("low count", "plain", "changed")]
    rows += [(change.effect.label, _verdict(change.before), _verdict(change.after)) for change in changes]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    for row in rows:
        yield Paragraph(f"  {row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]}", fixed=True)


def _verdict(verdict: Verdict) -> str:
    return _WORDS[verdict.sign] + (f" ({verdict.grade})" if verdict.grade and verdict.sign != "?" else "")


def _told(
    answer: Answer, name: str, change: Change, wanted: tuple[int, ...], numbers: Mapping[str, int]
) -> Iterator[Paragraph]:
    """Tell the chains of an effect that only this answer has, with the numbers of all sources."""
    chains = _chains(answer, change, wanted)
    if not chains:
        return
    new = {n: numbers[source.key] for n, source in enumerate(answer.sources, start=1)}
    more = f"; {len(chains) - TOLD} more with --format json" if len(chains) > TOLD else ""
    yield Paragraph("")
    yield Paragraph(f"{capitalized(change.effect.label)}, {counted(len(chains), 'chain')} {name}{more}")
    for chain in chains[:TOLD]:
        yield Paragraph(f"{renumbered(chain.text, new)} ({chain.grade})", indent=2, hanging=2, bullet="- ")


def _chains(answer: Answer, change: Change, wanted: tuple[int, ...]) -> list[Chain]:
    effects = [one for one in answer.effects if one.effect == change.effect]
    return [chain for one in effects for chain in one.chains if chain.n in wanted]
