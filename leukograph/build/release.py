"""Writes the two release files, byte for byte the same on every run and machine."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

from pyoxigraph import Literal, Quad, Store, Triple

from leukograph.build import assemble, owl
from leukograph.build.tables import Tables, read_tables
from leukograph.files import write_atomically
from leukograph.namespaces import DIGEST, key
from leukograph.reasoning.axioms import axioms_of
from leukograph.serialise import turtle_of, xml_of

TURTLE = "leukograph.ttl"
OWL_FILE = "leukograph.owl"
#: (key, key of a class right above it), as the reasoner found them
Inferred = tuple[tuple[str, str], ...]
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
    inferred = inferred_of(tables)
    turtle, turtle_count = turtle_bytes(tables, inferred)
    xml, xml_count = owl_bytes(tables, version, inferred)
    write_atomically(folder / TURTLE, turtle)
    write_atomically(folder / OWL_FILE, xml)
    return turtle_count, xml_count


def inferred_of(tables: Tables) -> Inferred:
    """Return what the reasoner adds to what the tables state: (key, key of a class right above it), in order.

    Raises:
        ReasonerFailed: when the reasoner gives up.
    """
    if not tables.defined:
        return ()  # nothing else has members that are not stated
    from leukograph.reasoning.classify import nearest
    from leukograph.store.reading import read_knowledge

    store = Store()
    store.extend(Quad(*triple) for triple in assemble.triples(tables))
    found = nearest(axioms_of(read_knowledge(store)))
    return tuple(sorted((key(sub), key(sup)) for sub, sup in found))


def turtle_bytes(tables: Tables, inferred: Inferred | None = None) -> tuple[bytes, int]:
    """Return `leukograph.ttl` and the number of its triples; what is inferred is worked out when left out.

    It holds the digest of all its other triples, by which answers name their release
    wherever they are read from: file, store or endpoint.
    """
    pairs = inferred_of(tables) if inferred is None else inferred
    triples = {*assemble.triples(tables), *assemble.inferred(pairs)}
    triples.add(Triple(assemble.lg(""), assemble.lg(DIGEST), Literal(_digest(turtle_of(triples, [])))))
    return turtle_of(triples, [NOTICE]), len(triples)


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=6).hexdigest()


def owl_bytes(tables: Tables, version: str, inferred: Inferred | None = None) -> tuple[bytes, int]:
    """Return `leukograph.owl` (RDF/XML) and the number of its triples; see `turtle_bytes`."""
    triples = set(owl.triples(tables, version, inferred_of(tables) if inferred is None else inferred))
    return xml_of(triples, [NOTICE]), len(triples)
