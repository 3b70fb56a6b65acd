"""What a work-up is made of: what was given, candidates with points for and against, next tests."""

from __future__ import annotations

from typing import Literal, NamedTuple

from leukograph.model import Claim, Figure, Grade, Source, Term
from leukograph.workup.ages import Age
from leukograph.workup.counts import Reading

#: What is given about a person.
GivenKind = Literal["count", "low_count", "finding", "cause"]

PointKind = Literal[
    # for
    "seen",  # the low count was seen with this cause
    "seen_at_other_ages",  # the same, and every report is of people of another age
    "expected",  # a chain leads there, and no report is in the graph
    "misread",  # the cause makes the analyser read too low
    "finding",  # a finding that is there and that the cause is shown by
    "link",  # something named that the cause brings about on its way
    "worsened",  # something named that makes the effect of the cause worse
    "named",  # it was named
    # against
    "unexplained",  # nothing of it leads to the low count
    "open",  # chains point both ways
    "raised",  # it raises what is low
    "not_seen",  # the low count was looked for with this cause and not found
    "normal",  # a count is not low that usually is low with it
    "absent",  # a finding was looked for and is not there
    "excluded",  # the same, and it is looked for to set the cause aside
    # told and not weighed
    "eased",  # something named that eases the effect of the cause
    "undercut",  # a finding is there, but comes through a step of which another finding is not
    "doubtful",  # a finding is not there, but its claim is weak or leads through a step
]


class Given(NamedTuple):
    """One thing that was given: a count, a low count, a finding or a cause, there or not there."""

    text: str
    kind: GivenKind
    term: Term
    present: bool = True
    #: the cause that was named, where it says no more than the finding
    named: Term | None = None
    reading: Reading | None = None


class Point(NamedTuple):
    """One reason for or against a candidate."""

    kind: PointKind
    #: the count, the finding or the cause that was given
    about: Term
    #: what it rests on
    claims: tuple[Claim, ...] = ()
    grade: Grade | Literal[""] = ""
    #: the step of the candidate's way by which it is linked to the finding
    via: Term | None = None


class Standing(NamedTuple):
    """What a candidate is ordered by, the weightiest first; the higher the better."""

    #: 0 when a finding that is looked for to set the cause aside is not there
    possible: int
    #: low counts that it explains
    explained: int
    #: findings for it less findings against it
    findings: int
    #: findings for it that show itself, not a step of its way or something it brings about
    direct: int
    #: what speaks against it besides, as a number below 0
    contrary: int
    #: 1 when it was named
    named: int
    #: low counts that were seen with it
    seen: int
    #: 1 when a count as low as that was seen with it
    depth: int
    #: from 0 down to -4
    grade: int
    #: how often it has the low count, in percent; -1 when the graph has no figure
    frequency: float

    @property
    def picture(self) -> tuple[int, ...]:
        """The part that rests on what was given about this person."""
        return self[:6]


class Candidate(NamedTuple):
    """A cause that may explain the low counts."""

    #: 1 for the first; those that tie share a place
    place: int
    cause: Term
    standing: Standing
    for_: tuple[Point, ...] = ()
    against: tuple[Point, ...] = ()
    #: told, but not weighed
    beside: tuple[Point, ...] = ()
    frequency: tuple[Figure, ...] = ()
    #: kinds of it that do no better
    kinds: tuple[Term, ...] = ()
    #: the criterion that decides between it and the next, or empty when they tie
    before_next: str = ""


class Outcome(NamedTuple):
    """What one result of a test would change."""

    finding: Term
    #: candidates of those compared that it would support, by their order now
    supports: tuple[Term, ...]
    #: those that its absence would count against
    weakens: tuple[Term, ...]
    #: those that its absence would set aside
    sets_aside: tuple[Term, ...]
    #: who would come first with it, and without it
    first_with: tuple[Term, ...]
    first_without: tuple[Term, ...]
    claims: tuple[Claim, ...] = ()


class NextTest(NamedTuple):
    """A test, and what its results would change."""

    test: Term
    #: "screen", "confirm", "rule_out", "monitor" or empty
    role: str
    #: pairs of the compared candidates that its results tell apart
    separates: int
    outcomes: tuple[Outcome, ...] = ()
    #: the low counts that it is the graph's own test for
    of_condition: tuple[Term, ...] = ()
    claims: tuple[Claim, ...] = ()


class Unused(NamedTuple):
    """Something that was given and is linked to no candidate."""

    term: Term
    #: causes that it shows, none of which explains what is low
    shows: tuple[Term, ...] = ()


class Workup(NamedTuple):
    """The answer to `workup`."""

    release: str
    given: tuple[Given, ...]
    age: Age | None
    #: the low counts that are to be explained, and those that were found not low
    low: tuple[Term, ...]
    not_low: tuple[Term, ...]
    #: whether one candidate stands out by what was given
    sufficient: bool
    #: why it is not enough, in words; empty when it is
    insufficient: tuple[str, ...]
    #: who share the best picture
    first: tuple[Term, ...]
    candidates: tuple[Candidate, ...]
    #: how many more there are
    more: int
    #: causes that were set aside, by a finding that is not there or by name
    set_aside: tuple[Candidate, ...]
    #: kind of term -> how many such causes only the history would show, and none was named
    by_history: tuple[tuple[str, int], ...]
    #: what was given and is linked to no candidate
    unused: tuple[Unused, ...]
    tests: tuple[NextTest, ...]
    #: how many candidates the tests were compared over
    compared: int = 0
    notes: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
