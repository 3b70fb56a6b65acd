"""Counts as text and as JSON."""

from __future__ import annotations

from leukograph.render.answer_json import Json
from leukograph.stats import Stats

_TITLES = {
    "terms_by_kind": "Terms by kind",
    "causes_by_kind": "Causes by kind",
    "causes_by_route": "Causes by route (one cause may have several)",
    "claims_by_grade": "Claims by grade, the backbone apart",
    "evidence_by_kind": "Evidence rows by kind",
    "sources_by_years": "Sources by year",
    "sources_by_reading": "Sources by what was read",
}


def text(stats: Stats) -> str:
    """Return the counts as text."""
    lines = [f"{number:>7}  {name}" for name, number in stats.totals.items()]
    for table, title in _TITLES.items():
        lines += ["", title]
        lines += [f"{number:>7}  {name}" for name, number in getattr(stats, table).items()]
    return "\n".join(lines) + "\n"


def encode(stats: Stats) -> Json:
    """Return the counts as a JSON object."""
    return {"schema": "leukograph.stats/1", **stats._asdict(), "way_not_known": list(stats.way_not_known)}
