"""The values that a comparison of two releases is made of.

Each change knows both sides; one side is None when the thing is in one release only.
"""

from __future__ import annotations

from typing import Generic, Literal, NamedTuple, TypeVar

from leukograph.model import Claim, Entry, Evidence, Figure, Kind, Relation, Source, Term, Verdict

T = TypeVar("T")
#: What may have happened to a term.
TermWhat = Literal["added", "dropped", "renamed", "kind", "parents", "definition", "phrases"]
#: Those things, in the order in which they are told.
TERM_WHATS: tuple[TermWhat, ...] = ("added", "dropped", "renamed", "kind", "parents", "definition", "phrases")
#: What may have happened to a claim; one that stayed as sure may have other evidence.
ClaimWhat = Literal["added", "gone", "refuted", "revived", "grade", "belief", "evidence"]
CLAIM_WHATS: tuple[ClaimWhat, ...] = ("added", "gone", "refuted", "revived", "grade", "belief", "evidence")
#: What may have happened to an answer.
AnswerWhat = Literal["appeared", "vanished", "sign", "grade"]
ANSWER_WHATS: tuple[AnswerWhat, ...] = ("appeared", "vanished", "sign", "grade")


class Change(NamedTuple, Generic[T]):
    """One thing before and after."""

    before: T | None
    after: T | None

    @property
    def what(self) -> Literal["added", "gone", "changed"]:
        """What happened to it."""
        return "added" if self.before is None else "gone" if self.after is None else "changed"

    @property
    def either(self) -> T:
        """The thing as it is after, or as it was when it is gone."""
        found = self.after if self.after is not None else self.before
        assert found is not None
        return found


class Gains(NamedTuple, Generic[T]):
    """What a term that both releases have gained and lost."""

    term: Term
    gained: tuple[T, ...]
    lost: tuple[T, ...]


class TermChange(NamedTuple):
    """A term that came, went, or is told otherwise; its names and mappings stand apart."""

    before: Entry | None
    after: Entry | None
    #: in the order of `TERM_WHATS`
    what: tuple[TermWhat, ...]
    #: the term that stands in for a dropped one
    replaced_by: Term | None = None

    @property
    def entry(self) -> Entry:
        """The entry as it is after, or as it was."""
        return Change(self.before, self.after).either


class ClaimChange(NamedTuple):
    """A claim that came, went, turned, is more or less sure, or rests on other evidence."""

    before: Claim | None
    after: Claim | None
    #: rows that came and went, of a claim that both releases have
    gained: tuple[Evidence, ...] = ()
    lost: tuple[Evidence, ...] = ()
    #: rows of one source and verdict that say it otherwise
    reworded: tuple[Change[Evidence], ...] = ()

    @property
    def claim(self) -> Claim:
        """The claim as it is after, or as it was."""
        return Change(self.before, self.after).either

    @property
    def what(self) -> ClaimWhat:
        """What happened to it, the weightiest alone."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "gone"
        if self.before.holds != self.after.holds:
            return "revived" if self.after.holds else "refuted"
        if self.before.grade != self.after.grade:
            return "grade"
        return "belief" if self.before.belief != self.after.belief else "evidence"


class Inferred(NamedTuple):
    """A term that became, or is no longer, a kind of another without its row saying so."""

    what: Literal["came", "went"]
    term: Term
    ancestor: Term


class Told(NamedTuple):
    """What an answer says of one effect, and by which routes; sign "0" where it says nothing."""

    verdict: Verdict
    routes: tuple[str, ...] = ()


class AnswerChange(NamedTuple):
    """A cause and a low count for which `why` says something else than before."""

    cause: Term
    effect: Term
    before: Told
    after: Told

    @property
    def what(self) -> AnswerWhat:
        """What happened to the answer."""
        if self.before.verdict.sign == "0":
            return "appeared"
        if self.after.verdict.sign == "0":
            return "vanished"
        return "sign" if self.before.verdict.sign != self.after.verdict.sign else "grade"


class LanguageChange(NamedTuple):
    """A relation, kind of term, kind of evidence or quantity that came, went or means something else."""

    part: Literal["relation", "kind", "evidence_kind", "quantity"]
    key: str
    before: Relation | Kind | str | None
    after: Relation | Kind | str | None

    @property
    def what(self) -> Literal["added", "gone", "changed"]:
        """What happened to it."""
        return Change(self.before, self.after).what


class Diff(NamedTuple):
    """All that changed from one release to another; every part is in key order."""

    old: str
    new: str
    answers: tuple[AnswerChange, ...] = ()
    claims: tuple[ClaimChange, ...] = ()
    terms: tuple[TermChange, ...] = ()
    #: synonyms of terms that both releases have
    names: tuple[Gains[str], ...] = ()
    #: (SKOS match, CURIE) pairs of terms that both releases have
    mappings: tuple[Gains[tuple[str, str]], ...] = ()
    inferred: tuple[Inferred, ...] = ()
    figures: tuple[Change[Figure], ...] = ()
    source_changes: tuple[Change[Source], ...] = ()
    language: tuple[LanguageChange, ...] = ()
    #: what the claims and figures above cite, as it is now or was last
    sources: tuple[Source, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return not any(self[2:-1])
