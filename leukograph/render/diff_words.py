"""The sentences in which a comparison of two releases is told, by rule, in blocks of one kind each.

Text and Markdown differ in how they lay out and cite, not in what they say. Where a
source is to be cited a sentence has its key between two marks (`cite`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from leukograph.diff.values import Change, ClaimChange, ClaimWhat, Diff, Gains, TermChange, TermWhat
from leukograph.knowledge import Knowledge
from leukograph.model import MODEL_SOURCE, Claim, Entry, Evidence, Figure, Source, Term
from leukograph.render.diff_answers import answer_blocks
from leukograph.render.figures import amount
from leukograph.render.layout import counted, listed

#: Stands around the keys of sources in a sentence, where a citation is to be put.
MARK = "\x1f"


class Block(NamedTuple):
    """What is told under one heading."""

    title: str
    #: of the changes that it tells; a line may tell several
    number: int
    lines: tuple[str, ...]


def summary(found: Diff) -> str:
    """Return how much changed, in one sentence."""
    if found.is_empty:
        return f"Nothing changed between {found.old} and {found.new}."
    names = [item for one in found.names for item in one.gained + one.lost]
    mappings = [item for one in found.mappings for item in one.gained + one.lost]
    terms = ["added" if "added" in one.what else "gone" if "dropped" in one.what else "" for one in found.terms]
    parts = [
        _number(len(found.answers), "answer", "answers", [one.what for one in found.answers]),
        _number(len(found.claims), "claim", "claims", [one.what for one in found.claims]),
        _number(len(found.terms), "term", "terms", terms),
        _number(len(names), "name", "names"),
        _number(len(found.inferred), "inferred subclass", "inferred subclasses"),
        _number(len(found.figures), "figure", "figures", [one.what for one in found.figures]),
        _number(len(found.source_changes), "source", "sources", [one.what for one in found.source_changes]),
        _number(len(mappings), "mapping", "mappings"),
        _number(len(found.language), "word of the language", "words of the language"),
    ]
    told = listed([part for part in parts if part])
    return f"From {found.old} to {found.new}, what came, went or changed: {told}."


def _number(number: int, one: str, many: str, whats: Iterable[str] = ()) -> str:
    """Return how many of a kind changed, and how many of them came and went; empty for none."""
    whats = list(whats)
    new = sum(what in {"added", "appeared"} for what in whats)
    gone = sum(what in {"gone", "vanished"} for what in whats)
    parts = ", ".join(filter(None, (f"{new} new" if new else "", f"{gone} gone" if gone else "")))
    return f"{number} {one if number == 1 else many}{f' ({parts})' if parts else ''}" if number else ""


def blocks(found: Diff, old: Knowledge, new: Knowledge, limit: int) -> list[Block]:
    """Return all that is to tell, weightiest first; blocks without a line are left out.

    Args:
        found: what changed.
        old: the earlier release, for the words of what is gone.
        new: the later one.
        limit: names in a line that lists terms.
    """
    told = (
        *(Block(*one) for one in answer_blocks(found.answers, old, new)),
        *_Claims(found, old, new).blocks(),
        *_terms(found, old, new, limit),
        *_rest(found, old, new),
    )
    return [block for block in told if block.number]


def cite(keys: Iterable[str]) -> str:
    """Return the mark at which sources are cited; nothing for no source, or our own definitions."""
    told = sorted(set(keys) - {MODEL_SOURCE})
    return f"{MARK}{' '.join(told)}{MARK}" if told else ""


def _block(title: str, lines: Iterable[str]) -> Block:
    told = tuple(lines)
    return Block(title, len(told), told)


# --- claims and evidence -----------------------------------------------------------


class _Claims:
    """Tells claims and their evidence."""

    def __init__(self, found: Diff, old: Knowledge, new: Knowledge) -> None:
        self.found, self.old, self.new = found, old, new

    def blocks(self) -> Iterator[Block]:
        turns: tuple[tuple[str, ClaimWhat], ...] = (
            ("Now claimed", "added"),
            ("No longer claimed", "gone"),
            ("Now refuted", "refuted"),
            ("No longer refuted", "revived"),
        )
        for title, what in turns:
            claims = [one.claim for one in self.found.claims if one.what == what]
            claims.sort(key=lambda claim: (claim.definitional, -claim.belief, claim.key))
            yield _block(title, (f"{self.says(claim)}{self.backing(claim)} ({claim.grade})" for claim in claims))
        reweighed = [one for one in self.found.claims if one.what in {"grade", "belief"}]
        reweighed.sort(key=lambda one: (one.what != "grade", -abs(_shift(one)), one.claim.key))
        yield _block("Other beliefs", map(self.reweighed, reweighed))
        both = [one for one in self.found.claims if one.before and one.after]
        yield _block("New evidence", (self.row(one, row) for one in both for row in one.gained))
        yield _block("Evidence taken out", (self.row(one, row) for one in both for row in one.lost))
        yield _block("Evidence told otherwise", (self.retold(one, row) for one in both for row in one.reworded))
        stages = [one for one in both if one.before and one.after and one.before.stage != one.after.stage]
        yield _block("Early or late", map(self.staged, stages))

    def says(self, claim: Claim) -> str:
        """Return a claim as a clause: "clozapine causes agranulocytosis"."""
        home = self.new if claim.key in self.new.claims else self.old
        return f"{claim.subject.label} {home.language.relations[claim.relation].reads} {claim.object.label}"

    def backing(self, claim: Claim) -> str:
        """Return the sources for a claim, and those against it."""
        against = cite(row.source for row in claim.evidence if row.verdict == "refutes")
        return cite(row.source for row in claim.evidence if row.verdict == "supports") + (
            f", against it{against}" if against else ""
        )

    def reweighed(self, one: ClaimChange) -> str:
        before, after = one.before, one.after
        assert before is not None
        assert after is not None
        numbers = " -> ".join(_numbers(before.belief, after.belief))
        grades = f", from {before.grade} to {after.grade}" if before.grade != after.grade else ""
        return f"{self.says(after)}: belief {numbers}{grades}, by {self.reason(one, before, after)}"

    def reason(self, one: ClaimChange, before: Claim, after: Claim) -> str:
        """Return why a claim is more or less sure: sources that came or went, else how they are weighed."""
        reasons = []
        for verdict, side in (("supports", ""), ("refutes", " against it")):
            was, now = _sources(before, verdict), _sources(after, verdict)
            if came := now - was:
                reasons.append(f"{counted(len(came), 'more source')}{side}{cite(sorted(came))}")
            if went := was - now:
                reasons.append(f"{counted(len(went), 'source')}{side} fewer{cite(sorted(went))}")
        if reasons:
            return listed(reasons)
        return "evidence of another kind" if one.gained or one.lost or one.reworded else "other weights"

    def row(self, one: ClaimChange, row: Evidence) -> str:
        kinds = {**self.old.language.evidence_kinds, **self.new.language.evidence_kinds}
        side = "for" if row.verdict == "supports" else "against"
        said = ", ".join(filter(None, (row.note.rstrip("."), kinds.get(row.kind, row.kind), _context(row))))
        return f"{self.says(one.claim)}, {side} it: {said}{cite([row.source])}"

    def retold(self, one: ClaimChange, row: Change[Evidence]) -> str:
        before, after = row
        assert before is not None
        assert after is not None
        said = [
            f"{name} {now or 'none'} (was {was or 'none'})"
            for name, was, now in (
                ("kind", before.kind, after.kind),
                ("context", _context(before), _context(after)),
                ("note", before.note.rstrip("."), after.note.rstrip(".")),
            )
            if was != now
        ]
        return f"{self.says(one.claim)}{cite([after.source])}: {'; '.join(said)}"

    def staged(self, one: ClaimChange) -> str:
        assert one.before is not None
        assert one.after is not None
        return f"{self.says(one.claim)}: {one.after.stage or 'at any time'} (was {one.before.stage or 'at any time'})"


def _shift(one: ClaimChange) -> float:
    return one.after.belief - one.before.belief if one.before and one.after else 0.0


def _numbers(before: float, after: float) -> tuple[str, str]:
    """Return two beliefs with two places, or with four where two would not tell them apart."""
    places = 2 if f"{before:.2f}" != f"{after:.2f}" else 4
    return f"{before:.{places}f}", f"{after:.{places}f}"


def _sources(claim: Claim, verdict: str) -> set[str]:
    return {row.source for row in claim.evidence if row.verdict == verdict}


def _context(row: Evidence) -> str:
    return row.context.replace("|", ", ").replace("=", ": ")


# --- terms, names, classes ---------------------------------------------------------


def _terms(found: Diff, old: Knowledge, new: Knowledge, limit: int) -> Iterator[Block]:
    added = [one.entry.term for one in found.terms if "added" in one.what]
    yield Block("New terms", len(added), tuple(_by_kind(added, new, limit)))
    dropped = [one for one in found.terms if "dropped" in one.what]
    yield _block("Dropped terms", map(_dropped, dropped))
    retold: tuple[tuple[str, TermWhat, Callable[[Entry, Entry], str]], ...] = (
        ("Renamed", "renamed", lambda one, other: f"{one.term.label} is now called {other.term.label}"),
        ("Of another kind", "kind", lambda one, other: f"{_label(other)}: {_kind(other, new)}, was {_kind(one, old)}"),
        ("Under other classes", "parents", lambda one, other: f"{_label(other)}: {_moved(one, other, old, new)}"),
        ("Defined otherwise", "definition", lambda one, other: f"{_label(other)}: {other.definition or 'not at all'}"),
        ("Rise and fall told otherwise", "phrases", lambda one, other: f"{_label(other)}: {_phrases(one, other)}"),
    )
    for title, what, tell in retold:
        both = [one for one in found.terms if what in one.what]
        yield _block(title, (tell(one.before, one.after) for one in both if one.before and one.after))
    yield _gains("Names", found.names, "also called {}", "no longer called {}", str)
    for what_, title in (("came", "Now inferred to be under"), ("went", "No longer inferred to be under")):
        pairs = [one for one in found.inferred if one.what == what_]
        yield _block(title, (f"{one.term.label}: {one.ancestor.label}" for one in pairs))


def _by_kind(terms: Iterable[Term], knowledge: Knowledge, limit: int) -> Iterator[str]:
    kinds: dict[str, list[str]] = {}
    for term in terms:
        kinds.setdefault(term.kind, []).append(term.label)
    for kind, labels in sorted(kinds.items(), key=lambda item: (-len(item[1]), item[0])):
        labels.sort(key=str.casefold)
        yield f"{knowledge.language.kinds[kind].label} ({len(labels)}): {some(labels, limit)}"


def some(words: list[str], limit: int) -> str:
    """Return the first of some words, and how many more there are."""
    more = len(words) - limit
    return ", ".join(words[:limit]) + (f" and {more} more" if more > 0 else "")


def _dropped(one: TermChange) -> str:
    instead = f"; in its place: {one.replaced_by.label}" if one.replaced_by else ""
    return f"{one.entry.term.label} ({one.entry.term.kind}){instead}"


def _label(entry: Entry) -> str:
    return entry.term.label


def _kind(entry: Entry, knowledge: Knowledge) -> str:
    return knowledge.language.kinds[entry.term.kind].label


def _moved(one: Entry, other: Entry, old: Knowledge, new: Knowledge) -> str:
    came = sorted(new.term(key).label for key in set(other.parents) - set(one.parents))
    went = sorted(old.term(key).label for key in set(one.parents) - set(other.parents))
    return "; ".join(
        filter(None, (f"now under {listed(came)}" if came else "", f"no longer under {listed(went)}" if went else ""))
    )


def _phrases(one: Entry, other: Entry) -> str:
    pairs = ((one.up, other.up), (one.down, other.down))
    return "; ".join(f"{now or 'nothing'} (was: {was or 'nothing'})" for was, now in pairs if was != now)


def _gains(title: str, found: Iterable[Gains[str]], came: str, went: str, word: Callable[[str], str]) -> Block:
    changes = list(found)
    lines = []
    for one in changes:
        gained, lost = listed(list(map(word, one.gained))), listed(list(map(word, one.lost)), "or")
        told = (came.format(gained) if gained else "", went.format(lost) if lost else "")
        lines.append(f"{one.term.label}: {'; '.join(filter(None, told))}")
    return Block(title, sum(len(one.gained) + len(one.lost) for one in changes), tuple(lines))


# --- figures, sources, mappings, language --------------------------------------------


def _rest(found: Diff, old: Knowledge, new: Knowledge) -> Iterator[Block]:
    quantities = {**old.language.quantities, **new.language.quantities}

    def figure(one: Figure) -> str:
        about = " and ".join(term.label for term in one.about)
        return f"{about}: {quantities.get(one.quantity, one.quantity)} {_numbered(one)}{cite([one.source])}"

    def refigured(one: Change[Figure]) -> str:
        assert one.before is not None
        assert one.after is not None
        was, now = _numbered(one.before), _numbered(one.after)
        return figure(one.after) + (f" (was {was})" if was != now else f" (other {_fields(one.before, one.after)})")

    for title, what in (("New figures", "added"), ("Figures taken out", "gone")):
        yield _block(title, (figure(one.either) for one in found.figures if one.what == what))
    yield _block("Figures that changed", (refigured(one) for one in found.figures if one.what == "changed"))
    for title, what in (("New sources", "added"), ("Sources no longer used", "gone")):
        yield _block(title, (_source(one.either) for one in found.source_changes if one.what == what))
    changed = [one for one in found.source_changes if one.before and one.after]
    yield _block(
        "Sources described otherwise",
        (f"{_source(one.either)}: {_fields(one.before, one.after)}" for one in changed if one.before and one.after),
    )
    pairs = tuple(
        Gains(one.term, tuple(map(" ".join, one.gained)), tuple(map(" ".join, one.lost))) for one in found.mappings
    )
    yield _gains("Mappings", pairs, "now {}", "no longer {}", lambda pair: pair.replace("Match ", " match "))
    yield _block(
        "The language", (f"{one.part.replace('_', ' of ', 1)} {one.key}: {one.what}" for one in found.language)
    )


def _numbered(figure: Figure) -> str:
    method = f", {figure.method}" if figure.method else ""
    return f"{amount(figure)}, {figure.population}{method}"


def _fields(before: Figure | Source, after: Figure | Source) -> str:
    """Return which parts of a value changed, with their new words where they are short."""
    was, now = before._asdict(), after._asdict()
    return listed([name for name in now if name not in {"key", "about"} and was[name] != now[name]]) or "place"


def _source(source: Source) -> str:
    if source.key == MODEL_SOURCE:
        return "our own definitions"
    year = f" ({source.year})" if source.year else ""
    return f"{source.title.rstrip('.')}{year}. {source.id or source.url}"
