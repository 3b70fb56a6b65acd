"""Which test next: each result is tried in the same ordering, there and not there.

1. The candidates that share the best picture, and those that are listed, are compared.
2. A test has results: its findings, or itself where the graph names none.
3. A result tells two candidates apart when it is to be expected of one of them only.
   The tests that tell those apart that share the first place, or that show the only one
   there, come before the others. Among each, what screens comes before what confirms (few would look at the
   marrow before the blood), and then what tells most pairs apart, by findings that are
   the candidates' own before any that come through a step. At the head stand the tests
   that the graph names for the low count itself, as long as candidates tie.
4. For each result the whole ordering is made again with that finding there, and with it
   not there; who comes first then is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from leukograph.knowledge import Knowledge
from leukograph.model import Claim, Term
from leukograph.workup.predictions import Prediction, roles_of
from leukograph.workup.values import Candidate, NextTest, Outcome
from leukograph.workup.weighing import Picture, Ranking, Weigher

#: The order of roles.
ROLES = ("screen", "rule_out", "", "confirm", "monitor")
#: Tests that are given, those of the low count not counted.
TESTS = 6
#: When more candidates than these tie, hardly any test tells many apart: those of the low count
#: come first, and only where it has fewer than two, those that tell most apart, whatever their role.
MANY = 30


def next_tests(weigher: Weigher, compared: Sequence[Candidate]) -> tuple[NextTest, ...]:
    """Return the tests that would tell candidates apart, the best first.

    Args:
        weigher: of the picture.
        compared: the candidates to tell apart.
    """
    picture, knowledge = weigher.picture, weigher.knowledge
    predicted = {
        one.cause: {key: found for key, found in weigher.predicted(one.cause).items() if found.fits(picture.days)}
        for one in compared
    }
    known = picture.present | picture.absent
    by_test: dict[Term, list[Term]] = {}
    for result in sorted({r for one in predicted.values() for r in _results(knowledge, one)} - known, key=_key):
        for test in _tests_of(knowledge, result):
            by_test.setdefault(test, []).append(result)
    tests = []
    for test, results in by_test.items():
        if separates := _separated(compared, predicted, results):
            tests.append(NextTest(test, _role(knowledge, test, predicted), separates))
    own_pairs = {one.test: _separated(compared, _direct(predicted), by_test[one.test]) for one in tests}
    first = [one for one in compared if one.standing.picture == compared[0].standing.picture]
    many = len(first) > MANY

    def order(one: NextTest) -> tuple[bool, int, int, int, str]:
        bears = _bears_on(first, _direct(predicted), by_test[one.test])
        return not bears, 0 if many else ROLES.index(one.role), -own_pairs[one.test], -one.separates, one.test.key

    tests.sort(key=order)
    own = _of_conditions(knowledge, picture.low) if _unseparated(compared) else {}
    wanted = TESTS if not many else 0 if len(own) > 1 else TESTS // 2
    ordered = [one for one in tests if one.test in own] + [one for one in tests if one.test not in own][:wanted]
    ordered += [NextTest(test, "", 0) for test in own if test not in by_test]
    outcome = _Outcomes(weigher, compared)
    told = [
        one._replace(
            outcomes=tuple(outcome.of(result) for result in by_test.get(one.test, ())),
            of_condition=tuple(dict.fromkeys(claim.subject for claim in own.get(one.test, ()))),
            claims=tuple(own.get(one.test, ())),
        )
        for one in ordered
    ]
    # a test of the low count itself that tells nobody apart is named last
    return tuple(
        sorted(
            told, key=lambda one: (2, 0) if not one.separates else (0, -one.separates) if one.of_condition else (1, 0)
        )
    )


def _key(term: Term) -> str:
    return term.key


def _results(knowledge: Knowledge, predicted: dict[str, Prediction]) -> Iterable[Term]:
    """Yield the results that a candidate predicts: findings, and tests that have none."""
    for key in predicted:
        term = knowledge.term(key)
        own = term.kind == "test" and not _findings_of(knowledge, term) and not _counts(knowledge, term)
        if term.kind == "finding" or own:
            yield term


def _counts(knowledge: Knowledge, test: Term) -> bool:
    """Tell whether a test counts cells: its result is a number, not a finding."""
    return any(
        claim.relation == "measures" and claim.object.kind == "level" for claim in knowledge.claims_from(test.key)
    )


def _findings_of(knowledge: Knowledge, test: Term) -> list[Term]:
    shown = (claim for claim in knowledge.claims_to(test.key) if claim.relation == "shown_by" and claim.holds)
    return [claim.subject for claim in shown if claim.subject.kind == "finding"]


def _tests_of(knowledge: Knowledge, result: Term) -> list[Term]:
    """Return the tests that show a finding; a result that is a test stands for itself."""
    if result.kind == "test":
        return [result]
    shown = (claim for claim in knowledge.claims_from(result.key) if claim.relation == "shown_by" and claim.holds)
    return [claim.object for claim in shown if claim.object.kind == "test"]


def _separated(compared: Sequence[Candidate], predicted: dict[Term, dict[str, Prediction]], results: list[Term]) -> int:
    """Return how many pairs of candidates differ in what they predict of a test."""
    groups: dict[frozenset[str], int] = {}
    for one in compared:
        signature = frozenset(result.key for result in results if result.key in predicted[one.cause])
        groups[signature] = groups.get(signature, 0) + 1
    total = len(compared)
    return (total * total - sum(size * size for size in groups.values())) // 2


def _bears_on(first: Sequence[Candidate], predicted: dict[Term, dict[str, Prediction]], results: list[Term]) -> bool:
    """Tell whether a test tells the first apart, or shows the one that is first alone."""
    if len(first) > 1:
        return _separated(first, predicted, results) > 0
    return any(result.key in predicted[first[0].cause] for result in results)


def _direct(predicted: dict[Term, dict[str, Prediction]]) -> dict[Term, dict[str, Prediction]]:
    return {
        cause: {key: prediction for key, prediction in one.items() if prediction.via is None}
        for cause, one in predicted.items()
    }


def _role(knowledge: Knowledge, test: Term, predicted: dict[Term, dict[str, Prediction]]) -> str:
    """Return the role in which a test serves the candidates: the one that is stated most often."""
    keys = {test.key, *(finding.key for finding in _findings_of(knowledge, test))}
    stated = Counter(
        part.removeprefix("role=")
        for one in predicted.values()
        for key in sorted(keys & one.keys())
        for part in roles_of(one[key].claims[-1])
        if part.startswith("role=")
    )
    known = [role for role in ROLES if stated[role]]
    return max(known, key=lambda role: stated[role], default="")


def _unseparated(compared: Sequence[Candidate]) -> bool:
    """Tell whether some candidates tie at the best picture."""
    return len(compared) > 1 and compared[0].standing.picture == compared[1].standing.picture


def _of_conditions(knowledge: Knowledge, low: Iterable[Term]) -> dict[Term, list[Claim]]:
    """Return the tests that the graph names for the low counts, those of most sources first."""
    found: dict[Term, list[Claim]] = {}
    for condition in low:
        for claim, _ in knowledge.claims_of(condition.key):
            if claim.relation == "shown_by" and claim.holds and claim.object.kind == "test":
                found.setdefault(claim.object, []).append(claim)
    # the count itself has been done
    own = {test: claims for test, claims in found.items() if test.key != "complete_blood_count"}
    return dict(sorted(own.items(), key=lambda item: (-max(c.belief for c in item[1]), item[0].key)))


class _Outcomes:
    """Tries results in the ordering."""

    def __init__(self, weigher: Weigher, compared: Sequence[Candidate]) -> None:
        self._weigher = weigher
        self._compared = compared
        self._known: dict[Term, Outcome] = {}

    def of(self, result: Term) -> Outcome:
        """Return what a result would change."""
        if result not in self._known:
            self._known[result] = self._worked_out(result)
        return self._known[result]

    def _worked_out(self, result: Term) -> Outcome:
        predicted = {one.cause: self._weigher.predicted(one.cause).get(result.key) for one in self._compared}
        linked = {cause: prediction for cause, prediction in predicted.items() if prediction}
        picture = self._weigher.picture
        with_it, without = (self._first(picture.with_finding(result, there)) for there in (True, False))
        claims = [prediction.claims[-1] for prediction in linked.values()]
        return Outcome(
            result,
            tuple(linked),
            tuple(cause for cause, one in linked.items() if one.counts_when_absent and not one.sets_aside),
            tuple(cause for cause, one in linked.items() if one.sets_aside),
            with_it,
            without,
            tuple({claim.key: claim for claim in claims}.values()),
        )

    def _first(self, picture: Picture) -> tuple[Term, ...]:
        ranking: Ranking = self._weigher.ranked(picture)
        return tuple(one.cause for one in ranking.first)
