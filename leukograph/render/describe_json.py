"""The answers to `describe` and `path` as JSON."""

from __future__ import annotations

from leukograph.model import Description, Membership, Paths
from leukograph.render.answer_json import Encoder, Json


def description(found: Description) -> Json:
    """Return a description: the object TERM with everything else beside its keys."""
    to = Encoder(found.sources)
    entry = found.entry
    return {
        "schema": "leukograph.describe/1",
        "release": found.release,
        **to.term(entry.term),
        "synonyms": list(entry.synonyms),
        "definition": entry.definition,
        "up": entry.up,
        "down": entry.down,
        "replaced_by": entry.replaced_by or None,
        "parents": [to.term(term) for term in found.parents],
        "kinds": [to.term(term) for term in found.kinds],
        "identifiers": [{"match": match, "id": identifier} for match, identifier in entry.mappings],
        "figures": [to.figure(figure) for figure in found.figures],
        "claims_out": [to.claim(claim) for claim in found.claims_out],
        "claims_in": [to.claim(claim) for claim in found.claims_in],
        "defined_classes": [to.term(term) for term in found.defined],
        "sources": to.source_list(),
    }


def membership(found: Membership) -> Json:
    """Return a defined class: the object TERM with what it means and what is in it."""
    to = Encoder(())
    return {
        "schema": "leukograph.defined/1",
        "release": found.release,
        **to.term(found.defined.term),
        "synonyms": list(found.defined.synonyms),
        "definition": found.defined.definition,
        "note": found.defined.note,
        "expression": found.defined.expression,
        "above": [to.term(term) for term in found.above],
        "below": [to.term(term) for term in found.below],
        "members": None if found.members is None else [to.term(term) for term in found.members],
    }


def paths(found: Paths) -> Json:
    """Return the paths between two terms."""
    to = Encoder(found.sources)
    return {
        "schema": "leukograph.path/1",
        "release": found.release,
        "from": to.term(found.start),
        "to": to.term(found.end),
        "paths": [to.chain(chain) for chain in found.paths],
        "sources": to.source_list(),
        "truncated": found.truncated,
    }
