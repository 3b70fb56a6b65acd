"""The answer to `why --do` and `why --remove` as JSON (`leukograph.what-if/1`)."""

from __future__ import annotations

from leukograph.render import answer_json
from leukograph.render.answer_json import Encoder, Json
from leukograph.whatif import WhatIf

SCHEMA = "leukograph.what-if/1"


def encode(found: WhatIf) -> Json:
    """Return both answers, whole, and the changes between them."""
    to = Encoder(found.plain.sources)
    return {
        "schema": SCHEMA,
        "release": found.plain.release,
        "do": [to.term(term) for term in found.forced],
        "remove": [to.term(term) for term in found.removed],
        "changes": [
            {
                "effect": to.term(change.effect),
                "before": to.verdict(change.before),
                "after": to.verdict(change.after),
                "lost": list(change.lost),
                "gained": list(change.gained),
            }
            for change in found.changes
        ],
        "modifiers": [claim.key for claim in found.modifiers],
        "plain": answer_json.encode(found.plain),
        "changed": answer_json.encode(found.changed),
    }
