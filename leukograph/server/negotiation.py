"""Which format a client wants: the Accept header, and the formats there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

#: Media type -> format of rows; the first of a format is the one that answers carry.
ROWS = {
    "application/sparql-results+json": "json",
    "application/json": "json",
    "application/sparql-results+xml": "xml",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "text/html": "html",
}
#: Media type -> format of triples.
TRIPLES = {
    "text/turtle": "turtle",
    "application/x-turtle": "turtle",
    "application/n-triples": "ntriples",
    "application/rdf+xml": "rdfxml",
    "application/xml": "rdfxml",
    "application/ld+json": "jsonld",
    "application/json": "jsonld",
    "text/html": "html",
}


def media_type(form: str, formats: Mapping[str, str]) -> str:
    """Return the Content-Type of a format."""
    found = next(name for name, value in formats.items() if value == form)
    return found if "json" in found else f"{found}; charset=utf-8"


def chosen(accept: str | None, formats: Mapping[str, str]) -> str | None:
    """Return the format that a client likes best, or None when it takes none.

    Args:
        accept: the Accept header; without one the first format will do.
        formats: media type -> format, the best first.

    Example:
        >>> chosen("text/csv;q=0.5, application/sparql-results+xml", ROWS)
        'xml'
    """
    ranges = _ranges(accept or "*/*")
    best, quality = None, 0.0
    for name, form in formats.items():
        found = _quality(name, ranges)
        if found > quality:
            best, quality = form, found
    return best


def _ranges(accept: str) -> Sequence[tuple[str, float]]:
    found = []
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                try:
                    quality = min(1.0, max(0.0, float(value)))
                except ValueError:
                    quality = 0.0
        if name:
            found.append((name, quality))
    return found


def _quality(name: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Return how much a media type is liked: the most exact range decides."""
    group = name.partition("/")[0] + "/*"
    for wanted in (name, group, "*/*"):
        matches = [quality for pattern, quality in ranges if pattern == wanted]
        if matches:
            return max(matches)
    return 0.0
