"""A picture of a person in, causes for and against out, with the tests that would tell them apart.

`workup` reads counts, low counts, findings and causes, sets counts against the limits
for the age, weighs every cause by what the graph claims of it, and orders them by one
rule that it tells (`weighing`). It claims no diagnosis; when the best do not differ by
what was given, it says that this is not enough.

Absent, refuted and unknown stay apart: a finding that was not looked for counts for
nothing; one that was looked for and not found counts against what predicts it; a link
that was studied and not found is a point of its own; and a finding that the graph links
to no candidate is told as not used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from leukograph.errors import WrongOption
from leukograph.explain import CAUSE_ROLES, Explainer
from leukograph.knowledge import Knowledge
from leukograph.model import Claim, Figure, Term
from leukograph.workup.ages import Age
from leukograph.workup.given import Reader
from leukograph.workup.next_tests import next_tests
from leukograph.workup.values import Candidate, Given, NextTest, Outcome, Point, Standing, Unused, Workup
from leukograph.workup.weighing import Picture, Ranking, Weigher, picture_of

__all__ = ["Candidate", "Given", "NextTest", "Outcome", "Point", "Standing", "Unused", "Workup", "workup"]

#: Candidates that are listed unless asked for more.
LISTED = 8
#: More candidates than these are not compared by tests.
COMPARED = 150
#: The genotype that `duffy_null` stands for.
DUFFY_NULL = "duffy_null_phenotype"


def workup(
    explainer: Explainer,
    names: Sequence[str],
    resolve: Callable[[str], str],
    age: Age | None = None,
    duffy_null: bool = False,
    limit: int | None = None,
) -> Workup:
    """Weigh what may be behind a picture.

    Args:
        explainer: of the whole graph.
        names: what was typed: `ANC=0.4`, `neutropenia`, a finding, a cause, `no:` and any of these.
        resolve: turns a name into the key of a term.
        age: of the person.
        duffy_null: whether the person is known to be Duffy-null.
        limit: how many candidates to list.

    Raises:
        UnknownName, AmbiguousName: when a name is not clear.
        WrongOption: when a number is no count, two things contradict each other, or the
            limit is below 1.
    """
    if limit is not None and limit < 1:
        raise WrongOption(f"a limit of {limit} candidates", "ask for 1 or more")
    knowledge = explainer.knowledge
    genotype = DUFFY_NULL if duffy_null and DUFFY_NULL in knowledge.entries else None
    given = Reader(knowledge, resolve).read(names, age, genotype)
    picture = picture_of(explainer, given, age)
    weigher = Weigher(explainer, picture)
    ranking = weigher.ranked()
    listed = ranking.candidates[: limit or LISTED]
    compared = _compared(ranking, listed)
    tests = next_tests(weigher, compared) if len(compared) > 1 else ()
    reasons = tuple(_insufficient(given, picture, ranking))
    found = Workup(
        release=knowledge.release,
        given=given,
        age=age,
        low=picture.low,
        not_low=picture.not_low,
        sufficient=not reasons,
        insufficient=reasons,
        first=tuple(one.cause for one in ranking.first),
        candidates=listed,
        more=len(ranking.candidates) - len(listed),
        set_aside=ranking.set_aside,
        by_history=ranking.by_history,
        unused=_unused(knowledge, given, ranking) if any(one.kind in _SIGNS for one in given) else (),
        tests=tests,
        compared=len(compared),
    )
    sources = tuple(knowledge.sources[key] for key in dict.fromkeys(_source_keys(found)))
    return found._replace(sources=sources)


#: What is given of a patient that candidates may explain; the rest names candidates.
_SIGNS = frozenset({"count", "low_count", "finding"})


def _compared(ranking: Ranking, listed: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return the candidates that tests should tell apart: the best, and those that are listed."""
    return tuple(dict.fromkeys([*ranking.first, *listed]))[: max(COMPARED, len(listed))]


def _insufficient(given: Sequence[Given], picture: Picture, ranking: Ranking) -> Iterator[str]:
    """Yield why no candidate stands out."""
    counted = [one for one in given if one.kind == "count"]
    if counted and not picture.low:
        yield "no count that was given is low, so there is nothing to explain"
        return
    if not ranking.candidates and not any(one.kind in _SIGNS for one in given):
        yield "no low count and no finding was given, so there is nothing to weigh; why tells what a cause does"
        return
    if not ranking.candidates:
        yield "nothing in the graph links what was given to a low count"
        return
    for whose in dict.fromkeys(one.reading.other_ages for one in counted if one.reading):
        if whose:
            which = f"limits of people with {whose.label} of this age"
            yield f"the graph has no {which}, so whether the count is low for them is not known"
    if len([one for one in given if one.term not in picture.settled]) < 2 and picture.low:
        yield "one low count alone is the beginning of a search"
    if len(ranking.first) > 1:
        yield f"{len(ranking.first)} causes tie on everything that was given"


def _unused(knowledge: Knowledge, given: Iterable[Given], ranking: Ranking) -> tuple[Unused, ...]:
    """Return what was given and is linked to no candidate."""
    points = [
        point.about
        for one in (*ranking.candidates, *ranking.set_aside)
        for point in (*one.for_, *one.against, *one.beside)
    ]
    excluded = {one.cause for one in ranking.set_aside}
    limits = [limit for one in given if one.reading for limit in one.reading.limits]
    used = {*points, *excluded, *(term for limit in limits for term in limit.figure.about)}
    return tuple(
        Unused(one.term, _shown_by(knowledge, one.term))
        for one in given
        if one.kind in {"finding", "cause"} and one.term not in used and one.named not in used
    )


def _shown_by(knowledge: Knowledge, finding: Term) -> tuple[Term, ...]:
    """Return the causes that a finding shows."""
    claims = [claim for claim in knowledge.claims_to(finding.key) if claim.relation == "shown_by" and claim.holds]
    kinds = knowledge.language.kinds
    return tuple(claim.subject for claim in claims if kinds[claim.subject.kind].role in CAUSE_ROLES)


def _source_keys(found: Workup) -> Iterator[str]:
    """Yield the sources of an answer as they are met."""
    for figure in _figures(found):
        yield figure.source
    for claim in _claims(found):
        yield from (row.source for row in claim.evidence)


def _figures(found: Workup) -> Iterator[Figure]:
    for one in found.given:
        if one.reading:
            reading = one.reading
            yield from (limit.figure for limit in (*reading.limits, *reading.told))
            yield from (limit.figure for limits in reading.degree_limits for limit in limits)
    for candidate in (*found.candidates, *found.set_aside):
        yield from candidate.frequency


def _claims(found: Workup) -> Iterator[Claim]:
    for candidate in (*found.candidates, *found.set_aside):
        for point in (*candidate.for_, *candidate.against, *candidate.beside):
            yield from point.claims
    for test in found.tests:
        yield from test.claims
        for outcome in test.outcomes:
            yield from outcome.claims
