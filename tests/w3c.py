"""Reads the manifests of the W3C's SPARQL 1.1 tests, which lie beside the project."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store

from tests.conftest import SHARED

FOLDER = SHARED / "w3c-sparql11"
BASE = "http://w3c.example/"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"
HT = "http://www.w3.org/2011/http#"
CNT = "http://www.w3.org/2011/content#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"


class Manifest:
    """The tests of one file."""

    def __init__(self, path: Path) -> None:
        self._store = Store()
        base = BASE + path.relative_to(FOLDER).as_posix()
        self._store.load(path=str(path), format=RdfFormat.TURTLE, base_iri=base)

    def values(self, node: Any, predicate: str) -> list[Any]:
        """Return the objects, in no order."""
        return [quad.object for quad in self._store.quads_for_pattern(node, NamedNode(predicate), None)]

    def value(self, node: Any, predicate: str) -> Any:
        """Return the object, or None."""
        found = self.values(node, predicate)
        return found[0] if found else None

    def text(self, node: Any, predicate: str) -> str:
        """Return the text of the object, or an empty string."""
        found = self.value(node, predicate)
        return "" if found is None else str(found.value)

    def members(self, node: Any) -> Iterator[Any]:
        """Yield the members of an RDF list."""
        while node is not None and node != NamedNode(RDF + "nil"):
            yield self.value(node, RDF + "first")
            node = self.value(node, RDF + "rest")

    def entries(self) -> list[Any]:
        """Return the tests in the order of the file."""
        (quad,) = self._store.quads_for_pattern(None, NamedNode(MF + "entries"), None)
        return list(self.members(quad.object))


def local(node: Any) -> str:
    """Return the last part of an IRI."""
    return str(node.value).rpartition("#")[2].rpartition("/")[2]


def parameters(found: list[Any], ids: list[str]) -> list[Any]:
    """Return the parameters of a test; one that skips when the files are not there."""
    if not found:
        missing = pytest.mark.skip(reason="the W3C tests are not beside the project")
        return [pytest.param(None, marks=missing, id="none")]
    return [pytest.param(one, id=name) for one, name in zip(found, ids, strict=True)]
