"""Reads a file for the rules: its statements, its text for places, and whether it is a release of ours."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from leukograph.errors import CannotRead
from leukograph.namespaces import BASE, RDF

if TYPE_CHECKING:
    from pyoxigraph import Triple

HINT = "known are Turtle, N-Triples, RDF/XML, JSON-LD, OBO and OBO Graphs, also gzipped; or a leukograph folder"


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
        CannotRead: when the file is missing, or holds no ontology that can be parsed.
    """
    from pyoxigraph import RdfFormat, parse

    if (other := _other_syntax(path)) is not None:
        return other
    if not path.is_file():
        raise CannotRead(f"{path} is not a file", "name an ontology file, or a leukograph folder")
    content = path.read_bytes()
    for form in (RdfFormat.RDF_XML, RdfFormat.TURTLE):
        try:
            return Read(path, tuple(quad.triple for quad in parse(content, format=form)), content)
        except (SyntaxError, ValueError) as error:
            last = error
    raise CannotRead(f"{path} cannot be read: {last}", HINT)


#: How OWL that is no RDF begins: functional syntax, OWL/XML.
_FUNCTIONAL = re.compile(rb"\s*(?:#[^\n]*\n\s*)*(?:Prefix|Ontology)\s*\(")
_OWL_XML = re.compile(rb"\s*<\?xml.*?<Ontology[\s>]", re.DOTALL)
_HEAD = 100_000


def _other_syntax(path: Path) -> Read | None:
    """Read OWL that is no RDF, by way of RDF; None when it is something else."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not (_FUNCTIONAL.match(head) or (_OWL_XML.match(head) and b"<rdf:RDF" not in head)):
        return None
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
