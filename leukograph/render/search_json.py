"""Matches of a search as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from leukograph.namespaces import iri
from leukograph.render.answer_json import Json

if TYPE_CHECKING:
    from leukograph.lookup import Match

SCHEMA = "leukograph.search/1"


def encode(text: str, matches: Sequence[Match]) -> Json:
    """Return what `dumps` writes for a search."""
    found = [
        {
            "key": match.key,
            "iri": iri(match.key),
            "label": match.label,
            "kind": match.kind,
            "name": match.name,
            "score": match.score,
        }
        for match in matches
    ]
    return {"schema": SCHEMA, "question": {"text": text}, "matches": found}
