"""What the graph holds, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from leukograph.knowledge import Knowledge
from leukograph.model import GRADES, ROUTES, UNKNOWN_ROUTE, Causes

#: Sources are counted by the span of years in which they appeared.
SPAN = 10


class Stats(NamedTuple):
    """Counts of one release; each table maps a name to a number."""

    release: str
    totals: dict[str, int]
    terms_by_kind: dict[str, int]
    causes_by_kind: dict[str, int]
    #: causes by route; a cause with several routes counts in each
    causes_by_route: dict[str, int]
    #: causes of which only the outcome is known
    way_not_known: tuple[str, ...]
    claims_by_grade: dict[str, int]
    evidence_by_kind: dict[str, int]
    sources_by_years: dict[str, int]
    sources_by_reading: dict[str, int]


def count(knowledge: Knowledge, causes: Causes) -> Stats:
    """Count what a release holds.

    Args:
        knowledge: the release.
        causes: all causes of any low count (of the umbrella condition).
    """
    routes: dict[str, set[str]] = {}
    for row in causes.rows:
        routes.setdefault(row.cause.key, set()).add(row.route)
    kinds = {row.cause.key: row.cause.kind for row in causes.rows}
    way_not_known = sorted(key for key, found in routes.items() if found == {UNKNOWN_ROUTE})
    evidence = [row for claim in knowledge.claims.values() for row in claim.evidence]
    terms = Counter(entry.term.kind for entry in knowledge.entries.values())
    return Stats(
        release=knowledge.release,
        totals={
            "terms": len(knowledge.entries),
            "claims": len(knowledge.claims),
            "evidence rows": len(evidence),
            "figures": len(knowledge.figures),
            "sources": len(knowledge.sources),
            "mappings": sum(len(entry.mappings) for entry in knowledge.entries.values()),
            "causes that reach a low count": len(routes),
            "of these through a lever": len(routes) - len(way_not_known),
            "tests": terms["test"],
        },
        terms_by_kind=_ordered(terms),
        causes_by_kind=_ordered(Counter(kinds.values())),
        causes_by_route={route: sum(route in found for found in routes.values()) for route in ROUTES},
        way_not_known=tuple(way_not_known),
        claims_by_grade={grade: _how_many(knowledge, grade) for grade in GRADES},
        evidence_by_kind=_ordered(Counter(row.kind for row in evidence)),
        sources_by_years=_by_years(source.year for source in knowledge.sources.values()),
        sources_by_reading=_ordered(Counter(source.read for source in knowledge.sources.values())),
    )


def _ordered(counter: Counter[str]) -> dict[str, int]:
    return dict(sorted(counter.items(), key=lambda item: (-item[1], item[0])))


def _how_many(knowledge: Knowledge, grade: str) -> int:
    return sum(claim.grade == grade and not claim.definitional for claim in knowledge.claims.values())


def _by_years(years: Iterable[int | None]) -> dict[str, int]:
    spans: Counter[str] = Counter()
    for year in years:
        first = None if year is None else year // SPAN * SPAN
        spans["not stated" if first is None else f"{first} to {first + SPAN - 1}"] += 1
    return dict(sorted(spans.items()))
