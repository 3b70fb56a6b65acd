"""The answer to `workup` as JSON (`leukograph.workup/1`); every number of a count or an age has its unit."""

from __future__ import annotations

from collections.abc import Iterable

from leukograph.model import Term
from leukograph.render.answer_json import Encoder, Json
from leukograph.workup.counts import UNIT, Limit, Reading
from leukograph.workup.values import Candidate, Given, NextTest, Outcome, Point, Standing, Workup

SCHEMA = "leukograph.workup/1"


def encode(found: Workup) -> Json:
    """Return the work-up: what was given, candidates in order, next tests."""
    to = _Encoder(found)
    return {
        "schema": SCHEMA,
        "release": found.release,
        "given": [to.given(one) for one in found.given],
        "age": {"value": found.age.value, "unit": found.age.unit} if found.age else None,
        "low": to.terms(found.low),
        "not_low": to.terms(found.not_low),
        "sufficient": found.sufficient,
        "insufficient": list(found.insufficient),
        "first": to.terms(found.first),
        "criteria": list(Standing._fields),
        "candidates": [to.candidate(one) for one in found.candidates],
        "more": found.more,
        "set_aside": [to.candidate(one) for one in found.set_aside],
        "by_history": [{"kind": kind, "causes": number} for kind, number in found.by_history],
        "unused": [{"term": to.term(one.term), "shows": to.terms(one.shows)} for one in found.unused],
        "tests": [to.test(one) for one in found.tests],
        "compared": found.compared,
        "sources": to.source_list(),
    }


class _Encoder(Encoder):
    def __init__(self, found: Workup) -> None:
        super().__init__(found.sources)

    def terms(self, terms: Iterable[Term]) -> list[Json]:
        return [self.term(term) for term in terms]

    def given(self, one: Given) -> Json:
        return {
            "text": one.text,
            "kind": one.kind,
            "term": self.term(one.term),
            "present": one.present,
            "named": self.term(one.named) if one.named else None,
            "reading": self.reading(one.reading) if one.reading else None,
        }

    def reading(self, reading: Reading) -> Json:
        return {
            "value": reading.value,
            "unit": UNIT,
            "status": reading.status,
            "condition": self.term(reading.condition) if reading.condition else None,
            "degrees": self.terms(reading.degrees),
            "degree_limits": [[self.limit(limit) for limit in limits] for limits in reading.degree_limits],
            "limits": [self.limit(limit) for limit in reading.limits],
            "told": [self.limit(limit) for limit in reading.told],
            "notes": list(reading.notes),
        }

    def limit(self, limit: Limit) -> Json:
        return {"bound": limit.bound, "unit": UNIT, "below": limit.below, "figure": self.figure(limit.figure)}

    def point(self, point: Point) -> Json:
        return {
            "kind": point.kind,
            "about": self.term(point.about),
            "grade": point.grade or None,
            "through": self.term(point.via) if point.via else None,
            "claims": [self.claim(claim) for claim in point.claims],
        }

    def standing(self, standing: Standing) -> Json:
        often = standing.frequency
        return {**standing._asdict(), "frequency": {"value": often, "unit": "%"} if often >= 0 else None}

    def candidate(self, one: Candidate) -> Json:
        return {
            "place": one.place,
            "cause": self.term(one.cause),
            "standing": self.standing(one.standing),
            "for": [self.point(point) for point in one.for_],
            "against": [self.point(point) for point in one.against],
            "not_weighed": [self.point(point) for point in one.beside],
            "frequency": [self.figure(figure) for figure in one.frequency],
            "kinds": self.terms(one.kinds),
            "before_next": one.before_next or None,
        }

    def test(self, test: NextTest) -> Json:
        return {
            "test": self.term(test.test),
            "role": test.role or None,
            "separates": test.separates,
            "of_condition": self.terms(test.of_condition),
            "claims": [self.claim(claim) for claim in test.claims],
            "results": [self.outcome(one) for one in test.outcomes],
        }

    def outcome(self, one: Outcome) -> Json:
        return {
            "finding": self.term(one.finding),
            "supports": self.terms(one.supports),
            "absence_weakens": self.terms(one.weakens),
            "absence_sets_aside": self.terms(one.sets_aside),
            "first_with_it": self.terms(one.first_with),
            "first_without_it": self.terms(one.first_without),
            "claims": [self.claim(claim) for claim in one.claims],
        }
