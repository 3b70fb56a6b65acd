"""Writes triples as Turtle and RDF/XML: in a set order, the same bytes on every run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pyoxigraph import BlankNode, Literal, RdfFormat, Triple, serialize

from leukograph.namespaces import BASE, PREFIXES

#: Characters that no XML file may hold.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def ordered(triples: Iterable[Triple]) -> list[Triple]:
    """Sort triples: the ontology first, named subjects before blank ones, types first."""

    def place(triple: Triple) -> tuple[bool, bool, str, bool, str, str]:
        subject = str(triple.subject)
        return (
            isinstance(triple.subject, BlankNode),
            subject != f"<{BASE}>",
            subject,
            not triple.predicate.value.endswith("#type"),
            triple.predicate.value,
            str(triple.object),
        )

    return sorted(set(triples), key=place)


def turtle_of(triples: Iterable[Triple], comment: Sequence[str]) -> bytes:
    """Return Turtle under a comment, with an empty line between blocks."""
    lines = (serialize(ordered(triples), format=RdfFormat.TURTLE, prefixes=PREFIXES) or b"").split(b"\n")
    # the serialiser keeps prefixes in a hash map
    prefixes = sorted(line for line in lines if line.startswith(b"@prefix "))
    body = b"\n".join(prefixes + lines[len(prefixes) :])
    return "".join(f"# {line}\n" for line in comment).encode() + re.sub(rb" \.\n(?=[^\s@])", b" .\n\n", body)


def xml_of(triples: Iterable[Triple], comment: Sequence[str]) -> bytes:
    """Return RDF/XML under a comment; characters that XML cannot hold are dropped."""
    body = serialize(ordered(map(_xml_safe, triples)), format=RdfFormat.RDF_XML, prefixes=PREFIXES) or b""
    body = re.sub(
        rb"<rdf:RDF ([^>]*)>", lambda match: b"<rdf:RDF " + b" ".join(sorted(match[1].split())) + b">", body, count=1
    )
    declaration, _, rest = body.partition(b"\n")
    words = " | ".join(comment).replace("--", "- -")
    return declaration + f"\n<!-- {words} -->\n".encode() + rest


def xml_safe(text: str) -> str:
    """Return a text without the characters that no XML file may hold."""
    return _NOT_XML.sub("", text)


def _xml_safe(triple: Triple) -> Triple:
    value = triple.object
    if not isinstance(value, Literal) or (safe := xml_safe(value.value)) == value.value:
        return triple
    literal = Literal(safe, language=value.language) if value.language else Literal(safe, datatype=value.datatype)
    return Triple(triple.subject, triple.predicate, literal)
