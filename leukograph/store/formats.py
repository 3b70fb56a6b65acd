"""Which format a file has, by what it holds and by its name, and its quads.

The content decides; the extension decides only where the content leaves it open. What
can be told but not read (OWL/XML, functional syntax, a web page) is named with a way
round.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from leukograph.errors import CannotRead
from leukograph.store import textgate, xmlgate

if TYPE_CHECKING:
    from pyoxigraph import Quad


class Format(StrEnum):
    """A format that can be read."""

    TURTLE = "turtle"
    TRIG = "trig"
    NTRIPLES = "ntriples"
    NQUADS = "nquads"
    RDFXML = "rdfxml"
    JSONLD = "jsonld"
    OBO = "obo"
    OBOGRAPHS = "obographs"
    KGX_NODES = "kgx-nodes"
    KGX_EDGES = "kgx-edges"
    KGX_JSONL = "kgx-jsonl"


#: extension -> format; one of .gz is seen through
EXTENSIONS = {
    ".ttl": Format.TURTLE,
    ".turtle": Format.TURTLE,
    ".trig": Format.TRIG,
    ".nt": Format.NTRIPLES,
    ".ntriples": Format.NTRIPLES,
    ".nq": Format.NQUADS,
    ".nquads": Format.NQUADS,
    ".rdf": Format.RDFXML,
    ".owl": Format.RDFXML,
    ".xml": Format.RDFXML,
    ".jsonld": Format.JSONLD,
    ".obo": Format.OBO,
    ".jsonl": Format.KGX_JSONL,
}
#: formats of which the rest can be read when one part is faulty
LENIENT = frozenset(set(Format) - {Format.RDFXML, Format.JSONLD})
#: Faults that are kept with their places; the others are counted.
TOLD = 10

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_KNOWN = "known: " + ", ".join(Format)
_TERM = r'(?:<[^<>"{}|^`\\\x00-\x20]*>|_:\S+|"(?:[^"\\]|\\.)*"(?:@[\w-]+|\^\^<[^>]*>)?)'
_LINE = re.compile(rf"\s*{_TERM}\s*<[^<>\s]*>\s*{_TERM}\s*({_TERM})?\s*\.\s*(?:#.*)?$")
_XML = re.compile(r"\s*<(?:\?|!DOCTYPE\s|!--|[A-Za-z][\w.-]*(?::[\w.-]+)?\s+[\w:.-]+\s*=)", re.IGNORECASE)
_TAG = re.compile(r"\s*<[A-Za-z][\w.-]*(?::[\w.-]+)?[\s/>]")
_NOT_RDF = {
    re.compile(r"\s*(?:<!doctype html|<html)", re.IGNORECASE): (
        "is a web page, no data",
        "the address may have answered with an error page; fetch the file again",
    ),
    re.compile(r"\s*(?:Prefix|Ontology)\s*\("): (
        "is OWL in functional syntax, which cannot be loaded",
        "save it as RDF/XML or Turtle, for instance with Protege or ROBOT; leukograph reason FILE reads it",
    ),
    re.compile(r"\s*(?:Prefix|Ontology):\s"): (
        "is OWL in Manchester syntax, which cannot be loaded",
        "save it as RDF/XML or Turtle, for instance with Protege or ROBOT",
    ),
}


@dataclass(slots=True)
class Tally:
    """What was met while a file was read."""

    statements: int = 0
    skipped: int = 0
    #: the first faults that were skipped, each with its place
    faults: list[str] = field(default_factory=list)
    #: what else the reader of the answer must know
    notes: list[str] = field(default_factory=list)

    def skip(self, fault: str) -> None:
        """Count a faulty part; keep what is wrong with the first ones."""
        self.skipped += 1
        if len(self.faults) < TOLD:
            self.faults.append(fault)

    def note(self, text: str) -> None:
        """Keep what else must be known, once."""
        if text not in self.notes:
            self.notes.append(text)


def detect(path: Path) -> Format:
    """Return the format of a file.

    Raises:
        CannotRead: when it is missing, empty, no UTF-8, or of no format that can be read.
    """
    data = textgate.head(path)
    text = data.decode(errors="ignore")
    if not text.strip():
        raise CannotRead(f"{path} is empty", "fetch or write it again")
    for pattern, (what, hint) in _NOT_RDF.items():
        if pattern.match(text):
            raise CannotRead(f"{path} {what}", hint)
    by_name = EXTENSIONS.get(_extension(path))
    if _XML.match(text) or (by_name is Format.RDFXML and _TAG.match(text)):
        return _xml(path)
    if text.lstrip()[0] in "{[" and by_name not in (Format.TURTLE, Format.TRIG):
        return _json(path, text, by_name)
    found = _obo(text) or _table(text) or _rdf_text(text, by_name) or by_name
    if found is None or found in (Format.RDFXML, Format.JSONLD, Format.KGX_JSONL):
        raise CannotRead(f"{path} is of no format that is known", _KNOWN)
    return found


def gate(path: Path) -> None:
    """Look through the text of a file before a parser of another kind reads it.

    Raises:
        CannotRead: when it is missing or no UTF-8, or when it is XML whose entities grow
            too large or lie elsewhere.
        LimitReached: when it is too large.
    """
    checks: tuple[textgate.Check, ...] = ()
    if _XML.match(textgate.head(path).decode(errors="ignore")):
        found = xmlgate.prolog(path, textgate.head(path, xmlgate.PROLOG))
        checks = (xmlgate.Growth(path, found.entities),)
    with textgate.Stream(path, checks) as stream:
        while stream.read(textgate.BLOCK):
            pass


def quads(
    path: Path,
    *,
    form: Format | None = None,
    base: str | None = None,
    lenient: bool = False,
    prefixes: dict[str, str] | None = None,
    tally: Tally | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Quad]:
    """Yield the quads of a file of any format, as they are read.

    The parsers run in this process; what a stranger made to crash them should be read
    in another one (see `writing`).

    Args:
        path: the file; gzip is seen through.
        form: its format; without one it is told by `detect`.
        base: the IRI against which relative ones are resolved; without one they are faults.
        lenient: leave out faulty parts and count them in `tally`.
        prefixes: prefixes of CURIEs (KGX, OBO), before those that are known.
        tally: counts statements and what was left out.
        progress: called with the bytes that were read from disk, now and then.

    Raises:
        CannotRead: at the first fault, with its place; at once when the file is none of ours.
        LimitReached: when it is too large.
        WrongOption: when it is to be read leniently, and its format has no parts.
    """
    from leukograph.store.readers import read

    return read(
        path,
        form or detect(path),
        base=base,
        lenient=lenient,
        prefixes=prefixes or {},
        tally=Tally() if tally is None else tally,
        progress=progress,
    )


def _extension(path: Path) -> str:
    name = path.name.lower().removesuffix(".gz")
    return Path(name).suffix


def _xml(path: Path) -> Format:
    found = xmlgate.prolog(path, textgate.head(path, xmlgate.PROLOG))
    if found.root.lower() == "html":
        raise CannotRead(f"{path} is a web page, no data", "fetch the file again")
    if found.root == "Ontology" and _RDF not in found.attributes.partition("xmlns:")[0]:
        raise CannotRead(
            f"{path} is OWL/XML, which cannot be loaded",
            "save it as RDF/XML or Turtle, for instance with Protege or ROBOT; leukograph reason FILE reads it",
        )
    if found.root.lower() == "trix":
        raise CannotRead(f"{path} is TriX, which cannot be loaded", "save it as TriG or N-Quads")
    return Format.RDFXML


def _json(path: Path, text: str, by_name: Format | None) -> Format:
    if re.match(r"\s*\{.*?\}[ \t]*\n\s*\{", text[:4096], re.DOTALL) or by_name == Format.KGX_JSONL:
        return Format.KGX_JSONL
    if re.search(r'"(?:@context|@graph|@id|@type)"\s*:', text) and '"graphs"' not in text[:4096]:
        return Format.JSONLD
    if re.search(r'"graphs"\s*:\s*\[', text):
        return Format.OBOGRAPHS
    if re.match(r'\s*\{\s*"(?:nodes|edges)"\s*:', text):
        raise CannotRead(f"{path} is KGX as one JSON object, which cannot be loaded", "write KGX as TSV or JSON lines")
    if re.search(r'"(?:meta|nodes)"\s*:', text):
        return Format.OBOGRAPHS
    return Format.JSONLD


def _obo(text: str) -> Format | None:
    return Format.OBO if re.search(r"^(?:format-version:|\[(?:Term|Typedef|Instance)\]\s*$)", text, re.M) else None


def _table(text: str) -> Format | None:
    columns = text.partition("\n")[0].rstrip("\r").split("\t")
    if {"subject", "predicate", "object"} <= set(columns):
        return Format.KGX_EDGES
    return Format.KGX_NODES if "id" in columns and len(columns) > 1 else None


def _rdf_text(text: str, by_name: Format | None) -> Format | None:
    """Tell the formats of RDF that are text apart; None where nothing speaks for any."""
    lines = [line for line in text.split("\n")[:200] if line.strip() and not line.lstrip().startswith("#")]
    plain = [match for line in lines[:20] if (match := _LINE.match(line))]
    directive = re.search(r"^\s*(?:@prefix|@base|prefix\s|base\s)", text, re.M | re.IGNORECASE)
    if by_name in (Format.TURTLE, Format.TRIG) or (by_name in (Format.NTRIPLES, Format.NQUADS) and not directive):
        return by_name
    if plain and not directive:
        return Format.NQUADS if any(match[1] for match in plain) else Format.NTRIPLES
    if directive or plain:
        bare = re.sub(r'"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|<[^<>\s]*>|#[^\n]*', "", text)
        return Format.TRIG if "{" in bare else Format.TURTLE
    return None
