"""Compares what two releases hold, without asking either anything.

Names, mappings and evidence are told of terms and claims that both have; those that
came or went bring all of theirs along. A claim is compared by what it says, not by
the labels of its terms, so a renamed term changes no claim.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, TypeVar

from leukograph.diff.matching import matched
from leukograph.diff.values import (
    Change,
    ClaimChange,
    Gains,
    Inferred,
    LanguageChange,
    TermChange,
    TermWhat,
)
from leukograph.knowledge import Knowledge
from leukograph.model import Claim, Direction, Entry, Evidence, Figure, Language, Source

T = TypeVar("T", bound=tuple[object, ...])


def term_changes(old: Knowledge, new: Knowledge) -> tuple[TermChange, ...]:
    """Return the terms that came, went, or say something else of themselves."""
    found = []
    for key, before, after in _both(old.entries, new.entries):
        if before and after:
            if what := tuple(_retold(before, after, old.language, new.language)):
                found.append(TermChange(before, after, what))
        elif after:
            found.append(TermChange(None, after, ("added",)))
        else:
            replacement = new.entries.get(new.retired.get(key, ""))
            found.append(TermChange(before, None, ("dropped",), replacement.term if replacement else None))
    return tuple(found)


def _retold(before: Entry, after: Entry, old: Language, new: Language) -> Iterator[TermWhat]:
    if before.term.label != after.term.label:
        yield "renamed"
    if before.term.kind != after.term.kind:
        yield "kind"
    if set(before.parents) != set(after.parents):
        yield "parents"
    if before.definition != after.definition:
        yield "definition"
    if _own_phrases(before, old) != _own_phrases(after, new):
        yield "phrases"


def _own_phrases(entry: Entry, language: Language) -> tuple[str, str]:
    """Return the phrases for rise and fall that a term does not have from its kind."""
    kind = language.kinds[entry.term.kind]

    def own(direction: Direction, default: str) -> str:
        phrase = entry.phrase(direction)
        return "" if phrase == default.replace("{label}", entry.term.label) else phrase

    return own("up", kind.up), own("down", kind.down)


def name_changes(old: Knowledge, new: Knowledge) -> tuple[Gains[str], ...]:
    """Return the synonyms that came and went."""
    return _gains(old, new, lambda entry: entry.synonyms)


def mapping_changes(old: Knowledge, new: Knowledge) -> tuple[Gains[tuple[str, str]], ...]:
    """Return the identifiers of other vocabularies that came and went."""
    return _gains(old, new, lambda entry: entry.mappings)


_Item = TypeVar("_Item", str, tuple[str, str])


def _gains(old: Knowledge, new: Knowledge, items: Callable[[Entry], tuple[_Item, ...]]) -> tuple[Gains[_Item], ...]:
    found = []
    for _, before, after in _both(old.entries, new.entries):
        if before and after and set(items(before)) != set(items(after)):
            gained, lost = set(items(after)) - set(items(before)), set(items(before)) - set(items(after))
            found.append(Gains(after.term, tuple(sorted(gained)), tuple(sorted(lost))))
    return tuple(found)


def inferred_changes(old: Knowledge, new: Knowledge) -> tuple[Inferred, ...]:
    """Return which terms of both releases came or ceased to be kinds of others, without their rows saying so.

    So are the defined classes of both releases, into which the reasoner puts a term or no longer does.
    """
    went, came = _inferred_only(old, new, "went"), _inferred_only(new, old, "came")
    return tuple(sorted([*came, *went], key=lambda one: (one.term.key, one.ancestor.key, one.what)))


def _inferred_only(here: Knowledge, there: Knowledge, what: Literal["came", "went"]) -> Iterator[Inferred]:
    for key, entry in here.entries.items():
        if key not in there.entries:
            continue
        for ancestor in set(here.ancestors(key)) - set(there.ancestors(key)) - set(entry.parents):
            yield Inferred(what, entry.term, here.term(ancestor))
        for class_ in set(here.defined_above(key)) - set(there.defined_above(key)):
            if class_ in there.defined:
                yield Inferred(what, entry.term, here.defined[class_].term)


def claim_changes(old: Knowledge, new: Knowledge) -> tuple[ClaimChange, ...]:
    """Return the claims that came, went, or stand otherwise, with the evidence that made it so."""
    found = []
    for _, before, after in _both(old.claims, new.claims):
        if before and after:
            reworded, gained, lost = matched(before.evidence, after.evidence, _EVIDENCE_SLOTS)
            if reworded or gained or lost or _standing(before) != _standing(after):
                found.append(ClaimChange(before, after, tuple(gained), tuple(lost), tuple(reworded)))
        else:
            found.append(ClaimChange(before, after))
    return tuple(found)


_EVIDENCE_SLOTS: Sequence[Callable[[Evidence], object]] = (
    lambda row: row,
    lambda row: (row.source, row.verdict, row.kind),
    lambda row: (row.source, row.verdict),
)


def _standing(claim: Claim) -> tuple[object, ...]:
    return claim.sign, claim.grade, claim.belief, claim.stage


def figure_changes(old: Knowledge, new: Knowledge) -> tuple[Change[Figure], ...]:
    """Return the figures that came, went, or have another number, population or note."""
    changed, came, gone = matched(old.figures, new.figures, _FIGURE_SLOTS)
    found = [*changed, *(Change(None, one) for one in came), *(Change(one, None) for one in gone)]
    return tuple(sorted(found, key=lambda one: (one.either.key, one.what)))


def _figure_slot(figure: Figure) -> tuple[object, ...]:
    return tuple(term.key for term in figure.about), figure.quantity, figure.source


_FIGURE_SLOTS: Sequence[Callable[[Figure], object]] = (
    lambda figure: (_figure_slot(figure), figure[3:]),
    lambda figure: (_figure_slot(figure), figure.population, figure.method),
    _figure_slot,
)


def source_changes(old: Knowledge, new: Knowledge) -> tuple[Change[Source], ...]:
    """Return the sources that came, went, or are described otherwise."""
    return tuple(Change(before, after) for _, before, after in _both(old.sources, new.sources) if before != after)


def language_changes(old: Knowledge, new: Knowledge) -> tuple[LanguageChange, ...]:
    """Return the words of the language itself that came, went or mean something else."""
    one, other = old.language, new.language
    return (
        *(LanguageChange("relation", *both) for both in _differing(one.relations, other.relations)),
        *(LanguageChange("kind", *both) for both in _differing(one.kinds, other.kinds)),
        *(LanguageChange("evidence_kind", *both) for both in _differing(one.evidence_kinds, other.evidence_kinds)),
        *(LanguageChange("quantity", *both) for both in _differing(one.quantities, other.quantities)),
    )


def cited(
    old: Knowledge, new: Knowledge, claims: Sequence[ClaimChange], figures: Sequence[Change[Figure]]
) -> tuple[Source, ...]:
    """Return the sources of the claims and figures that changed, as they are in the newest release that has them."""
    sides = [side for one in claims for side in (one.before, one.after) if side]
    keys = [row.source for claim in sides for row in claim.evidence]
    keys += [figure.source for one in figures for figure in one if figure]
    known = {**old.sources, **new.sources}
    return tuple(known[key] for key in sorted(set(keys)))


_V = TypeVar("_V")


def _both(old: Mapping[str, _V], new: Mapping[str, _V]) -> Iterator[tuple[str, _V | None, _V | None]]:
    for key in sorted({*old, *new}):
        yield key, old.get(key), new.get(key)


def _differing(old: Mapping[str, _V], new: Mapping[str, _V]) -> Iterator[tuple[str, _V | None, _V | None]]:
    return (both for both in _both(old, new) if both[1] != both[2])
