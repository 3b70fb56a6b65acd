"""The answer to `why-not` as JSON (`leukograph.why-not/1`)."""

from __future__ import annotations

from leukograph.render.answer_json import Encoder, Json
from leukograph.whynot import WhyNot

SCHEMA = "leukograph.why-not/1"


def encode(found: WhyNot) -> Json:
    """Return the reasons, the one that decides first."""
    to = Encoder(found.sources)
    return {
        "schema": SCHEMA,
        "release": found.release,
        "cause": to.term(found.cause),
        "effect": to.term(found.effect),
        "verdict": to.verdict(found.verdict),
        "reasons": [
            {
                "kind": reason.kind,
                "chains": [to.chain(chain) for chain in reason.chains],
                "claims": [to.claim(claim) for claim in reason.claims],
                "terms": [to.term(term) for term in reason.terms],
                "figures": [to.figure(figure) for figure in reason.figures],
                "missing": [to.term(term) for term in reason.missing] if reason.missing else None,
                "given": reason.given or None,
                "stage": reason.stage or None,
            }
            for reason in found.reasons
        ],
        "times": [
            {
                "option": time.option,
                "asked": {"value": time.days, "unit": "d"},
                "verdict": time.verdict,
                "limit": None if time.limit is None else {"value": time.limit, "unit": "d"},
                "words": time.words,
                "figures": [to.figure(figure) for figure in time.figures],
            }
            for time in found.times
        ],
        "sources": to.source_list(),
    }
