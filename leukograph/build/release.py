"""Writes the two release files, byte for byte the same on every run and machine."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

from pyoxigraph import Literal, Triple

from leukograph.build import assemble, owl
from leukograph.build.tables import Tables, read_tables
from leukograph.files import write_atomically
from leukograph.namespaces import DIGEST
from leukograph.serialise import turtle_of, xml_of

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
    """Return `leukograph.ttl` and the number of its triples.

    It holds the digest of all its other triples, by which answers name their release
    wherever they are read from: file, store or endpoint.
    """
    triples = set(assemble.triples(tables))
    triples.add(Triple(assemble.lg(""), assemble.lg(DIGEST), Literal(_digest(turtle_of(triples, [])))))
    return turtle_of(triples, [NOTICE]), len(triples)


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=6).hexdigest()


def owl_bytes(tables: Tables, version: str) -> tuple[bytes, int]:
    """Return `leukograph.owl` (RDF/XML) and the number of its triples."""
    triples = set(owl.triples(tables, version))
    return xml_of(triples, [NOTICE]), len(triples)
