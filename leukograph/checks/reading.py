"""Reads a file for the rules: its statements, its text for places, and whether it is a release of ours."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from leukograph.errors import CannotRead
from leukograph.namespaces import BASE, RDF
from leukograph.reasoning.triples import is_other_syntax

if TYPE_CHECKING:
    from pyoxigraph import Triple


class Read(NamedTuple):
    """A file that was read."""

    path: Path
    triples: tuple[Triple, ...]
    #: bytes as they are in the file, unzipped
    content: bytes

    def ntriples(self) -> bytes:
        """Return the statements as N-Triples."""
        from pyoxigraph import RdfFormat, serialize

        written = serialize(self.triples, format=RdfFormat.N_TRIPLES)
        assert written is not None  # it was not asked to write to a file
        return written

    @property
    def is_release(self) -> bool:
        """Whether the file holds claims of leukograph's kind."""
        claim = BASE + "Claim"
        return any(
            triple.predicate.value == RDF + "type" and getattr(triple.object, "value", "") == claim
            for triple in self.triples
        )


def read_file(path: Path) -> Read:
    """Read an ontology in any known format.

    Raises:
        CannotRead: when the file is missing or empty, or holds no ontology that can be parsed.
        LimitReached: when it is too large.
    """
    from leukograph.store import formats

    if (other := _other_syntax(path)) is not None:
        return other
    triples = tuple(quad.triple for quad in formats.quads(path))
    if not triples:
        raise CannotRead(f"{path} says nothing", "name a file that holds an ontology")
    return Read(path, triples, _text(path))


def _text(path: Path) -> bytes:
    """Return the bytes of a file, unzipped; nothing of one that is too large to be searched for places."""
    with path.open("rb") as file:
        zipped = file.read(2) == b"\x1f\x8b"
    with gzip.open(path) if zipped else path.open("rb") as file:
        content = file.read(_SEARCHED + 1)
    return content if len(content) <= _SEARCHED else b""


#: Larger files get no places. [bytes]
_SEARCHED = 500_000_000


def _other_syntax(path: Path) -> Read | None:
    """Read OWL that is no RDF, by way of RDF; None when it is something else."""
    if not path.is_file() or not is_other_syntax(path):
        return None
    from leukograph.store.formats import gate

    gate(path)
    import pyowl_core as owl
    from pyoxigraph import RdfFormat, parse

    try:
        document = owl.parse_document(str(path))
        rdf = owl.render_document(document, format=owl.DocumentFormat.RDF_XML)
        triples = tuple(quad.triple for quad in parse(rdf, format=RdfFormat.RDF_XML))
    except (owl.PyOWLCoreError, UnicodeDecodeError, ValueError, SyntaxError) as error:
        first = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
        raise CannotRead(f"{path} is no OWL that can be read: {first}", "check it with another parser") from error
    return Read(path, triples, b"")
