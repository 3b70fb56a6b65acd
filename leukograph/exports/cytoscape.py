"""Cytoscape.js JSON, which Cytoscape reads too (`.cyjs`)."""

from __future__ import annotations

import json
from typing import Any

from leukograph.exports.base import IS_A, NOTICE, Subgraph
from leukograph.model import Claim, Entry


def write(part: Subgraph) -> bytes:
    """Return the part as elements; every id is a string and used once."""
    value = {
        "data": {
            "name": "leukograph",
            "release": part.knowledge.release,
            "focus": part.focus,
            "nodes": len(part.entries),
            "edges": part.edges,
            "notice": NOTICE,
        },
        "elements": {
            "nodes": [{"data": _node(entry, entry.key == part.focus)} for entry in part.entries],
            "edges": [{"data": _edge(part, claim)} for claim in part.claims]
            + [{"data": _is_a(kind, class_)} for kind, class_ in part.is_a],
        },
    }
    # so that the file may stand in a page as it is
    text = json.dumps(value, ensure_ascii=False, indent=1).replace("<", "\\u003c")
    return text.encode("utf-8", errors="replace") + b"\n"


def _node(entry: Entry, focus: bool) -> dict[str, Any]:
    return {
        "id": entry.key,
        "label": entry.term.label,
        "kind": entry.term.kind,
        "iri": entry.term.iri,
        "definition": entry.definition,
        "synonyms": list(entry.synonyms),
        "mappings": [f"{match} {curie}" for match, curie in entry.mappings],
        "focus": focus,
    }


def _edge(part: Subgraph, claim: Claim) -> dict[str, Any]:
    return {
        "id": claim.key,
        "source": claim.subject.key,
        "target": claim.object.key,
        "interaction": claim.relation,
        "sign": claim.sign,
        "grade": claim.grade,
        "belief": claim.belief,
        "sources": part.sources_of(claim),
    }


def _is_a(kind: str, class_: str) -> dict[str, Any]:
    return {"id": f"{kind}.{IS_A}.{class_}", "source": kind, "target": class_, "interaction": IS_A, "sign": ""}
