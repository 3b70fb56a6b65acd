"""`owl:imports`: which ontologies a store asks for and does not hold, and local copies of them.

Nothing is ever fetched. A folder of copies may say in a `catalog-v001.xml` (Protege
writes them) which file stands for which IRI; else the IRI that an ontology in the
folder gives itself decides, else the name of the file.
"""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

from pyoxigraph import NamedNode, Store

from leukograph.errors import CannotRead, LeukographError
from leukograph.namespaces import OWL, RDF
from leukograph.store import formats, textgate, xmlgate

CATALOG = "catalog-v001.xml"
#: Quads of a file among which its header must stand.
_HEADER = 20_000
#: Bytes of a catalog; what lies behind is a fault.
_CATALOG_SIZE = 4 << 20
_IMPORTS = NamedNode(OWL + "imports")
_ONTOLOGY = NamedNode(OWL + "Ontology")
_VERSION = NamedNode(OWL + "versionIRI")
_TYPE = NamedNode(RDF + "type")


def missing(store: Store) -> list[str]:
    """Return the ontologies that a store imports and does not hold, sorted."""
    asked = {
        quad.object.value
        for quad in store.quads_for_pattern(None, _IMPORTS, None)
        if isinstance(quad.object, NamedNode)
    }
    held = {
        quad.subject.value
        for quad in store.quads_for_pattern(None, _TYPE, _ONTOLOGY)
        if isinstance(quad.subject, NamedNode)
    }
    held |= {
        quad.object.value
        for quad in store.quads_for_pattern(None, _VERSION, None)
        if isinstance(quad.object, NamedNode)
    }
    return sorted(asked - held)


class Copies:
    """The ontologies in a folder."""

    def __init__(self, folder: Path) -> None:
        """Look at a folder.

        Raises:
            CannotRead: when it is none, or its catalog cannot be read.
        """
        if not folder.is_dir():
            raise CannotRead(f"{folder} is no folder", "name the folder with copies of the imported ontologies")
        self._files = sorted(path for path in folder.iterdir() if path.is_file() and _has_extension(path))
        self._catalog = _catalog(folder)
        self._declared: dict[str, Path] | None = None

    def find(self, iri: str) -> Path | None:
        """Return the copy of an ontology, None when there is none."""
        if found := self._catalog.get(iri):
            return found
        if self._declared is None:
            self._declared = {}
            for path in self._files:
                for name in _names_itself(path):
                    self._declared.setdefault(name, path)
        if found := self._declared.get(iri):
            return found
        name = re.split(r"[/#]", iri.rstrip("/#"))[-1]
        return next((path for path in self._files if name in (path.name, path.name.partition(".")[0])), None)


def _has_extension(path: Path) -> bool:
    return Path(path.name.lower().removesuffix(".gz")).suffix in formats.EXTENSIONS and path.name != CATALOG


def _catalog(folder: Path) -> dict[str, Path]:
    path = folder / CATALOG
    if not path.exists():
        return {}
    from xml.etree import ElementTree

    data = textgate.head(path, _CATALOG_SIZE)
    xmlgate.prolog(path, data)
    try:
        tree = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise CannotRead(f"{path} cannot be read: {error}", "mend it, or take it away") from error
    found = {}
    for element in tree.iter():
        name, uri = element.get("name"), element.get("uri")
        if element.tag.rpartition("}")[2] == "uri" and name and uri:
            copy = (folder / uri.removeprefix("file:")).resolve()
            if copy.is_relative_to(folder.resolve()) and copy.is_file():  # never a file elsewhere
                found[name] = copy
    return found


def _names_itself(path: Path) -> list[str]:
    """Return the IRIs by which the ontology in a file goes."""
    names = []
    try:
        for quad in islice(formats.quads(path), _HEADER):
            if quad.object == _ONTOLOGY and quad.predicate == _TYPE and isinstance(quad.subject, NamedNode):
                names.append(quad.subject.value)
            elif quad.predicate == _VERSION and isinstance(quad.object, NamedNode):
                names.append(quad.object.value)
    except LeukographError:
        pass  # when it is asked for by its name, its fault is told
    return names
