"""The answer to `contradictions` as JSON (`leukograph.contradictions/1`)."""

from __future__ import annotations

from leukograph.contradictions import Contradictions
from leukograph.render.answer_json import Encoder, Json

SCHEMA = "leukograph.contradictions/1"


def encode(found: Contradictions) -> Json:
    """Return each contradiction with both sides, or with the figures that differ."""
    to = Encoder(found.sources)
    return {
        "schema": SCHEMA,
        "release": found.release,
        "about": to.term(found.about) if found.about else None,
        "contradictions": [
            {
                "kind": one.kind,
                "about": [to.term(term) for term in one.about],
                "apart_by": list(one.apart_by),
                "name": one.name or None,
                "sides": [
                    {"claim": side.claim.key, "sign": side.claim.sign, "evidence": [to.row(row) for row in side.rows]}
                    for side in one.sides
                ],
                "figures": [to.figure(figure) for figure in one.figures],
            }
            for one in found.found
        ],
        "sources": to.source_list(),
    }
