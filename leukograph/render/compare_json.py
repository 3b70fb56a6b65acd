"""The answer to `compare` as JSON (`leukograph.compare/1`)."""

from __future__ import annotations

from leukograph.compare import Comparison, Passing
from leukograph.render import answer_json
from leukograph.render.answer_json import Encoder, Json

SCHEMA = "leukograph.compare/1"


def encode(found: Comparison) -> Json:
    """Return both answers, whole, and what they share; sources of shared steps are those at the end."""
    to = Encoder(found.sources)
    return {
        "schema": SCHEMA,
        "release": found.release,
        "effects": [
            {
                "effect": to.term(row.effect),
                "one": {
                    **to.verdict(row.one),
                    "routes": list(row.routes_of_one),
                    "passing": _passing(row.passing_of_one),
                },
                "other": {
                    **to.verdict(row.other),
                    "routes": list(row.routes_of_other),
                    "passing": _passing(row.passing_of_other),
                },
            }
            for row in found.rows
        ],
        "shared": [to.step(step) for step in found.shared],
        "meetings": [
            {
                "term": to.term(meeting.term),
                "direction": meeting.direction,
                "route": meeting.route,
                "one": {
                    "chain": meeting.chain_of_one,
                    "grade": meeting.grade_of_one,
                    "steps": [to.step(step) for step in meeting.apart_of_one],
                },
                "other": {
                    "chain": meeting.chain_of_other,
                    "grade": meeting.grade_of_other,
                    "steps": [to.step(step) for step in meeting.apart_of_other],
                },
            }
            for meeting in found.meetings
        ],
        "classes": [to.term(term) for term in found.classes],
        "one": answer_json.encode(found.one),
        "other": answer_json.encode(found.other),
        "sources": to.source_list(),
    }


def _passing(passing: Passing | None) -> Json | None:
    if passing is None:
        return None
    return {
        "stage": passing.stage,
        "sign": passing.sign,
        "grade": passing.grade,
        "settled": passing.settled or None,
    }
