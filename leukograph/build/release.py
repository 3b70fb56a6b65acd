"""Writes the two release files, byte for byte the same on every run and machine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pyoxigraph import BlankNode, RdfFormat, Triple, serialize

from leukograph.build import assemble, owl
from leukograph.build.tables import Tables, read_tables
from leukograph.files import write_atomically
from leukograph.namespaces import BASE, PREFIXES

TURTLE = "leukograph.ttl"
OWL_FILE = "leukograph.owl"
NOTICE = "generated from the tables by `leukograph build`; change those instead"


def build(folder: Path, version: str) -> tuple[int, int]:
    """Build both release files in the ontology folder.

    Returns:
        How many triples each holds: `leukograph.ttl`, `leukograph.owl`.

    Raises:
        FaultyOntology: when any row breaks a rule; nothing is written then.
        CannotRead: when the folder or `core.ttl` is missing or unreadable.
        CannotWrite: when a file cannot be written; the old one stays.
    """
    tables = read_tables(folder)
    turtle, turtle_count = turtle_bytes(tables)
    xml, xml_count = owl_bytes(tables, version)
    write_atomically(folder / TURTLE, turtle)
    write_atomically(folder / OWL_FILE, xml)
    return turtle_count, xml_count


def turtle_bytes(tables: Tables) -> tuple[bytes, int]:
    """Return `leukograph.ttl` and the number of its triples."""
    ordered = list(_ordered(assemble.triples(tables)))
    body = serialize(ordered, format=RdfFormat.TURTLE, prefixes=PREFIXES)
    return f"# {NOTICE}\n".encode() + _spaced(_sorted_prefixes(body or b"")), len(ordered)


def owl_bytes(tables: Tables, version: str) -> tuple[bytes, int]:
    """Return `leukograph.owl` (RDF/XML) and the number of its triples."""
    ordered = list(_ordered(owl.triples(tables, version)))
    body = serialize(ordered, format=RdfFormat.RDF_XML, prefixes=PREFIXES) or b""
    declaration, _, rest = _sorted_namespaces(body).partition(b"\n")
    return declaration + f"\n<!-- {NOTICE} -->\n".encode() + rest, len(ordered)


def _ordered(triples: Iterable[Triple]) -> Iterator[Triple]:
    """Sort triples: the ontology first, named subjects before blank ones."""

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

    return iter(sorted(set(triples), key=place))


def _sorted_prefixes(turtle: bytes) -> bytes:
    """Sort the prefix lines: the serialiser keeps them in a hash map."""
    lines = turtle.split(b"\n")
    prefixes = sorted(line for line in lines if line.startswith(b"@prefix "))
    return b"\n".join(prefixes + lines[len(prefixes) :])


def _sorted_namespaces(xml: bytes) -> bytes:
    """Sort the namespaces of the root element, for the same reason."""
    return re.sub(
        rb"<rdf:RDF ([^>]*)>", lambda match: b"<rdf:RDF " + b" ".join(sorted(match[1].split())) + b">", xml, count=1
    )


def _spaced(turtle: bytes) -> bytes:
    """Put an empty line between blocks, so that people can read the file."""
    return re.sub(rb" \.\n(?=[^\s@])", b" .\n\n", turtle)
