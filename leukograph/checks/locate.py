"""Finds the line on which a file describes a thing: a good guess for people and for code scanners.

Parsers of RDF do not tell places, so the text is searched. A place is where the name
stands first as a subject, in the manner of the format; where that is not seen, none
is given rather than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple


class Place(NamedTuple):
    """Line and column, from 1 on."""

    line: int
    column: int


_OBO_ID = re.compile(r"^id:[ \t]*(\S+)", re.MULTILINE)
_OBO_HEADER = re.compile(r"^ontology:[ \t]*(\S+)", re.MULTILINE)
_OBO = "http://purl.obolibrary.org/obo/"
_XML_SUBJECT = re.compile(r"""rdf:(about|ID)\s*=\s*("[^"]*"|'[^']*')""")
_XML_ENTITY = re.compile(r"""<!ENTITY\s+([\w.-]+)\s+["']([^"']*)["']""")
_XML_BASE = re.compile(r"""xml:base\s*=\s*["']([^"']*)["']""")
_PREFIX = re.compile(r"^[ \t]*@?prefix[ \t]+([\w.-]*):[ \t]*<([^>]*)>", re.IGNORECASE | re.MULTILINE)
_TURTLE_SUBJECT = re.compile(
    r"^[ \t]*(?:<([^>\s]*)>|([A-Za-z_][\w.-]*)?:([^\s;,<\"\[\]()]*))(?=[ \t]|\r?$)", re.MULTILINE
)
_JSON_ID = re.compile(r'"(?:@id|id)"[ \t]*:[ \t]*"([^"\\]*)"')


def places(content: bytes, wanted: Collection[str]) -> dict[str, Place]:
    """Return where things are described in a file.

    Args:
        content: the file, in any text format of RDF or in OBO.
        wanted: their IRIs.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return {}
    wanted = set(wanted)
    found: dict[str, int] = {}
    for iri, start in _subjects(text):
        if iri in wanted:
            found.setdefault(iri, start)
    return dict(zip(found, _lines(text, list(found.values())), strict=True))


def _lines(text: str, starts: list[int]) -> Iterator[Place]:
    """Yield the place of each character; the text is gone through once."""
    known: dict[int, Place] = {}
    line, line_start = 1, 0
    for start in sorted(set(starts)):
        while (end := text.find("\n", line_start, start)) != -1:
            line, line_start = line + 1, end + 1
        known[start] = Place(line, start - line_start + 1)
    for start in starts:
        yield known[start]


def _subjects(text: str) -> Iterator[tuple[str, int]]:
    head = text[:4000].lstrip()
    if head.startswith("<") and ("<?xml" in head or "<rdf:RDF" in head or "<!DOCTYPE" in head):
        yield from _xml(text)
    elif head.startswith(("{", "[")):
        for found in _JSON_ID.finditer(text):
            yield _expanded(found[1]), found.start()
    elif _OBO_ID.search(text) and ("[Term]" in text or "[Typedef]" in text):
        for found in _OBO_ID.finditer(text):
            yield _expanded(found[1]), found.start()
        for found in _OBO_HEADER.finditer(text):
            yield found[1] if "://" in found[1] else f"{_OBO}{found[1]}.owl", found.start()
    else:
        yield from _turtle(text)


def _expanded(identifier: str) -> str:
    prefix, colon, local = identifier.partition(":")
    if colon and not local.startswith("//") and re.fullmatch(r"[A-Za-z_]+", prefix):
        return f"{_OBO}{prefix}_{local}"
    return identifier


def _xml(text: str) -> Iterator[tuple[str, int]]:
    entities = dict(_XML_ENTITY.findall(text[:20_000]))
    base = next(iter(_XML_BASE.findall(text[:20_000])), "")
    for found in _XML_SUBJECT.finditer(text):
        value = found[2][1:-1]
        for name, meaning in entities.items():
            value = value.replace(f"&{name};", meaning)
        value = value.replace("&amp;", "&")
        if found[1] == "ID":
            value = f"{base.partition('#')[0]}#{value}"
        elif "://" not in value and not value.startswith("urn:"):
            value = base.partition("#")[0] + value
        yield value, text.rfind("<", 0, found.start())


def _turtle(text: str) -> Iterator[tuple[str, int]]:
    prefixes = dict(_PREFIX.findall(text))
    for found in _TURTLE_SUBJECT.finditer(text):
        if not _begins(text, found.start()):
            continue
        at = found.start() + len(found[0]) - len(found[0].lstrip(" \t"))
        if found[1] is not None:
            yield found[1], at
        elif (found[2] or "") in prefixes:
            yield prefixes[found[2] or ""] + found[3].replace("\\", ""), at


def _begins(text: str, start: int) -> bool:
    """Tell whether a statement of Turtle begins on the line that starts here, and not an object."""
    end = start
    while end > 0:
        before = text.rfind("\n", 0, end - 1) + 1
        line = text[before : end - 1].strip()
        end = before
        if line and not line.startswith("#"):
            return line.endswith((".", "}", "{")) or line.lower().startswith(("prefix", "base")) or " . #" in line
    return True
