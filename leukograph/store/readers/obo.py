"""OBO files, parsed by fastobo, as the OWL that they mean.

`is_a` becomes a subclass, `relationship` a subclass of `role some filler`, and so on;
identifiers become IRIs under http://purl.obolibrary.org/obo/. Relations without a
prefix (`part_of`) stand for the identifier that their `[Typedef]` gives as `xref`.
fastobo does not give the content of `[Instance]` frames; they are told as left out.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from leukograph.errors import CannotRead
from leukograph.namespaces import IAO, OBOINOWL, RDFS, XSD
from leukograph.store.curies import PREFIXES, SCHEMES
from leukograph.store.formats import Format, Tally
from leukograph.store.readers.nodes import (
    OBO,
    TYPE,
    Subject,
    Value,
    annotated,
    boolean,
    combined,
    encoded,
    listed,
    owl,
    some,
)
from leukograph.store.textgate import Stream

#: qualifiers that change what a clause means -> restriction of OWL with a number
_NUMBERS = {
    "cardinality": "qualifiedCardinality",
    "minCardinality": "minQualifiedCardinality",
    "maxCardinality": "maxQualifiedCardinality",
}
_QUALIFIERS = {*_NUMBERS, "all_only", "all_some", "gci_relation", "gci_filler"}
_SUBCLASS = NamedNode(RDFS + "subClassOf")
_XREF = NamedNode(OBOINOWL + "hasDbXref")
_SYNONYMS = {
    scope: NamedNode(f"{OBOINOWL}has{scope.title()}Synonym") for scope in ("EXACT", "BROAD", "NARROW", "RELATED")
}
#: tag -> predicate, where the value is text
_TEXTS = {
    "name": RDFS + "label",
    "comment": RDFS + "comment",
    "namespace": OBOINOWL + "hasOBONamespace",
    "alt_id": OBOINOWL + "hasAlternativeId",
    "created_by": OBOINOWL + "created_by",
    "creation_date": OBOINOWL + "creation_date",
    "remark": RDFS + "comment",
    "date": OBOINOWL + "date",
    "saved-by": OBOINOWL + "savedBy",
    "auto-generated-by": OBOINOWL + "auto-generated-by",
    "default-namespace": OBOINOWL + "hasDefaultNamespace",
    "format-version": OBOINOWL + "hasOBOFormatVersion",
}
#: tag -> predicate, where the value is another frame
_LINKS = {
    "disjoint_from": owl("disjointWith").value,
    "replaced_by": IAO + "0100001",
    "consider": OBOINOWL + "consider",
    "inverse_of": owl("inverseOf").value,
    "domain": RDFS + "domain",
    "range": RDFS + "range",
    "disjoint_over": OBOINOWL + "disjointOver",
}
#: tag of a relation that holds or not -> the class of OWL that it then has
_TRAITS = {
    "is_transitive": "TransitiveProperty",
    "is_symmetric": "SymmetricProperty",
    "is_asymmetric": "AsymmetricProperty",
    "is_reflexive": "ReflexiveProperty",
    "is_functional": "FunctionalProperty",
    "is_inverse_functional": "InverseFunctionalProperty",
}
#: prefixes that an OBO file may use for names that are no OBO identifiers
_VOCABULARIES = frozenset(
    {"dc", "dcterms", "dct", "foaf", "oboInOwl", "oio", "owl", "rdf", "rdfs", "schema", "skos", "xsd"}
)


def read(
    path: Path,
    stream: Stream,
    _format: Format,
    _base: str | None,
    lenient: bool,
    prefixes: dict[str, str],
    tally: Tally,
) -> Iterator[Quad]:
    """Yield the quads of the header and of each frame.

    Raises:
        CannotRead: at the first fault; when it is to be left out, with its whole frame.
    """
    import fastobo

    names = _Names(path, prefixes)
    with _faults(path, stream):
        frames = fastobo.iter(_Ended(stream), threads=1, ordered=True)
        found = list(_Header(names).quads(frames.header()))
    yield from found
    instances = 0
    while True:
        try:
            with _faults(path, stream):
                frame = next(frames, None)
                if frame is None:
                    break
                if isinstance(frame, fastobo.instance.InstanceFrame):
                    instances += 1
                    continue
                made = _Frame(names, frame, isinstance(frame, fastobo.typedef.TypedefFrame))
                found = list(made.quads())
        except CannotRead as error:
            if not lenient or stream.fault:
                raise
            tally.skip(str(error).removeprefix(f"{path} cannot be read").lstrip(" :"))
        else:
            yield from found
    if instances:
        tally.note(f"{path.name}: [Instance] frames are not read; left out: {instances}")


@contextlib.contextmanager
def _faults(path: Path, stream: Stream) -> Iterator[None]:
    """Turn what fastobo raises into errors of ours; also a panic, which is no `Exception`."""
    try:
        yield
    except CannotRead:
        raise
    except BaseException as error:
        if stream.fault:  # fastobo hides what the file raised
            raise stream.fault from None
        if isinstance(error, SyntaxError):
            where = f" at line {error.lineno}, column {error.offset}" if error.lineno else ""
            raise CannotRead(f"{path} cannot be read{where}: {error.msg}", "mend it there") from None
        # the last two are fastobo's own, in no documentation of it: what it cannot make, and where it breaks
        if isinstance(error, ValueError | NotImplementedError) or type(error).__name__ == "PanicException":
            raise CannotRead(f"{path} cannot be read: {str(error)[:200]}", "check it with another tool") from None
        raise


class _Ended(io.RawIOBase):
    """A file that ends with a line end, as fastobo wants it."""

    def __init__(self, stream: Stream) -> None:
        self._stream, self._last = stream, b"\n"

    def read(self, size: int = -1) -> bytes:
        """Read as a file does."""
        data = self._stream.read(size) or b""
        if not data and size and self._last != b"\n":
            data = b"\n"
        self._last = data[-1:] or self._last
        return data


class _Names:
    """How the identifiers of one file become IRIs."""

    def __init__(self, path: Path, prefixes: dict[str, str]) -> None:
        self.ontology = path.name.partition(".")[0]
        #: of frames that name none
        self.namespace = ""
        self._spaces = dict(prefixes)
        self._shorthands: dict[str, str] = {}
        self._scan(path)

    def iri(self, ident: object) -> NamedNode:
        """Return the IRI of an identifier."""
        kind, text = type(ident).__name__, str(ident)
        if kind == "Url":
            return NamedNode(text)
        if kind == "PrefixedIdent":
            return NamedNode(self._prefixed(ident.prefix, ident.local))  # type: ignore[attr-defined]
        return self.unprefixed(getattr(ident, "unescaped", text))

    def unprefixed(self, name: str) -> NamedNode:
        """Return the IRI of a name without a prefix."""
        if known := self._shorthands.get(name):
            prefix, _, local = known.partition(":")
            return NamedNode(self._prefixed(prefix, local))
        return NamedNode(f"{OBO}{encoded(self.ontology)}#{encoded(name.replace(' ', '_').replace('#', '_'))}")

    def _prefixed(self, prefix: str, local: str) -> str:
        if prefix.lower() in SCHEMES:
            return f"{prefix}:{local}"
        if space := self._spaces.get(prefix):
            return space + encoded(local)
        if prefix in _VOCABULARIES:
            return PREFIXES[prefix] + encoded(local)
        return f"{OBO}{encoded(prefix)}_{encoded(local)}"

    def _scan(self, path: Path) -> None:
        """Find the ontology, id spaces and shorthands before the first frame is read."""
        typedef, name, space = False, "", re.compile(r"idspace:\s+(\S+)\s+(\S+)")
        with Stream(path) as stream, io.TextIOWrapper(io.BufferedReader(stream), "utf-8") as lines:
            for line in lines:
                if line.startswith("["):
                    typedef, name = line.startswith("[Typedef]"), ""
                elif typedef and line.startswith("id:"):
                    name = line[3:].partition("!")[0].strip()
                elif typedef and ":" not in name and (found := re.match(r"xref:\s*([A-Z][A-Za-z]*:\d{7})\b", line)):
                    self._shorthands.setdefault(name, found[1])
                elif line.startswith("default-namespace:"):
                    self.namespace = line.partition(":")[2].strip()
                elif line.startswith("ontology:"):
                    self.ontology = line[9:].strip() or self.ontology
                elif found := space.match(line):
                    self._spaces.setdefault(found[1], found[2])


class _Header:
    def __init__(self, names: _Names) -> None:
        self._names = names

    def quads(self, header: Any) -> Iterator[Quad]:
        ontology = self._names.ontology
        node = NamedNode(ontology if "://" in ontology else f"{OBO}{encoded(ontology)}.owl")
        yield Quad(node, TYPE, owl("Ontology"))
        for clause in header:
            tag = clause.raw_tag()
            if tag == "data-version":
                yield Quad(node, owl("versionInfo"), Literal(clause.raw_value()))
                if "://" not in ontology:
                    short = encoded(ontology)
                    address = f"{OBO}{short}/{encoded(clause.raw_value())}/{short}.owl"
                    yield Quad(node, owl("versionIRI"), NamedNode(address))
            elif tag == "import":
                yield Quad(node, owl("imports"), _address(clause.raw_value()))
            elif tag in ("subsetdef", "synonymtypedef"):
                name = self._names.iri(clause.subset if tag == "subsetdef" else clause.typedef)
                kind = "SubsetProperty" if tag == "subsetdef" else "SynonymTypeProperty"
                yield Quad(name, TYPE, owl("AnnotationProperty"))
                yield Quad(name, NamedNode(RDFS + "subPropertyOf"), NamedNode(OBOINOWL + kind))
                yield Quad(name, NamedNode(RDFS + "label"), Literal(clause.description))
            elif tag == "property_value":
                yield _property_value(self._names, node, clause.property_value)
            elif predicate := _TEXTS.get(tag):
                yield Quad(node, NamedNode(predicate), Literal(clause.raw_value()))


class _Frame:
    """A term or a relation."""

    def __init__(self, names: _Names, frame: Any, relation: bool) -> None:
        self._names, self._frame, self._relation = names, frame, relation
        self._node = names.iri(frame.id)

    def quads(self) -> Iterator[Quad]:
        yield Quad(self._node, TYPE, self._kind())
        yield Quad(self._node, NamedNode(OBOINOWL + "id"), Literal(str(self._frame.id)))
        parts, union, namespace = [], [], self._names.namespace
        for clause in self._frame:
            tag = clause.raw_tag()
            if tag == "namespace":
                namespace = ""
            if tag == "intersection_of":
                parts.append(clause)
            elif tag == "union_of":
                union.append(self._names.iri(clause.term))
            else:
                yield from self._clause(tag, clause)
        if namespace:
            yield Quad(self._node, NamedNode(OBOINOWL + "hasOBONamespace"), Literal(namespace))
        if union:
            whole, made = combined(self._node, "unionOf", union)
            yield from made
            yield Quad(self._node, owl("equivalentClass"), whole)
        if parts:
            yield from self._intersection(parts)

    def _kind(self) -> NamedNode:
        if not self._relation:
            return owl("Class")
        tagged = any(clause.raw_tag() == "is_metadata_tag" and clause.raw_value() == "true" for clause in self._frame)
        return owl("AnnotationProperty" if tagged else "ObjectProperty")

    def _clause(self, tag: str, clause: Any) -> Iterator[Quad]:
        node, names = self._node, self._names
        qualifiers = {str(one.key): one.value for one in clause.qualifiers or ()}
        notes: list[tuple[NamedNode, Value]] = [
            (names.iri(one.key), Literal(one.value))
            for one in clause.qualifiers or ()
            if str(one.key) not in _QUALIFIERS
        ]
        if predicate := _TEXTS.get(tag):
            text = clause.raw_value() if tag not in ("name", "comment") else getattr(clause, tag)
            yield from annotated(node, NamedNode(predicate), Literal(text.strip()), notes)
        elif tag == "def":
            notes += _xrefs(clause.xrefs)
            yield from annotated(node, NamedNode(IAO + "0000115"), Literal(clause.definition), notes)
        elif tag == "synonym":
            yield from self._synonym(clause.synonym, notes)
        elif tag == "xref":
            if clause.xref.desc:
                notes.append((NamedNode(RDFS + "label"), Literal(clause.xref.desc)))
            yield from annotated(node, _XREF, Literal(str(clause.xref.id)), notes)
        elif tag == "is_a":
            below = NamedNode(RDFS + "subPropertyOf") if self._relation else _SUBCLASS
            subject, quads = self._within(qualifiers)
            yield from quads
            yield from annotated(subject, below, names.iri(clause.typedef if self._relation else clause.term), notes)
        elif tag == "relationship":
            yield from self._relationship(clause, qualifiers, notes)
        elif tag == "equivalent_to":
            same = owl("equivalentProperty" if self._relation else "equivalentClass")
            yield from annotated(node, same, names.iri(clause.typedef if self._relation else clause.term), notes)
        elif predicate := _LINKS.get(tag):
            value = next(
                getattr(clause, name) for name in ("term", "typedef", "domain", "range") if hasattr(clause, name)
            )
            yield from annotated(node, NamedNode(predicate), names.iri(value), notes)
        elif tag == "subset":
            yield Quad(node, NamedNode(OBOINOWL + "inSubset"), names.iri(clause.subset))
        elif tag == "is_obsolete" and clause.raw_value() == "true":
            yield Quad(node, owl("deprecated"), boolean(True))
        elif tag == "property_value":
            said = _property_value(names, node, clause.property_value)
            yield from annotated(node, said.predicate, said.object, notes)  # type: ignore[arg-type]
        elif tag in _TRAITS and clause.raw_value() == "true":
            yield Quad(node, TYPE, owl(_TRAITS[tag]))
        elif tag == "transitive_over":
            yield from self._chain(node, names.iri(clause.typedef))
        elif tag in ("holds_over_chain", "equivalent_to_chain"):
            yield from self._chain(names.iri(clause.first), names.iri(clause.last))

    def _synonym(self, synonym: Any, notes: list[tuple[NamedNode, Value]]) -> Iterator[Quad]:
        notes += _xrefs(synonym.xrefs)
        if synonym.type is not None:
            notes.append((NamedNode(OBOINOWL + "hasSynonymType"), self._names.iri(synonym.type)))
        yield from annotated(self._node, _SYNONYMS[synonym.scope], Literal(synonym.desc), notes)

    def _relationship(
        self, clause: Any, qualifiers: dict[str, str], notes: list[tuple[NamedNode, Value]]
    ) -> Iterator[Quad]:
        role = self._names.iri(clause.typedef)
        if self._relation:
            yield from annotated(self._node, role, self._names.iri(clause.target), notes)
            return
        subject, quads = self._within(qualifiers)
        yield from quads
        kinds: list[tuple[str, int | None]] = []
        for name, how in _NUMBERS.items():
            if name in qualifiers:
                if not qualifiers[name].isdecimal():
                    raise ValueError(f"{name} is {qualifiers[name]!r} and no number")
                kinds.append((how, int(qualifiers[name])))
        if qualifiers.get("all_only") == "true":
            kinds.append(("allValuesFrom", None))
        if not kinds or qualifiers.get("all_some") == "true":
            kinds.append(("someValuesFrom", None))
        for how, number in kinds:
            restriction, quads = some(subject, role, self._names.iri(clause.term), how, number)
            yield from quads
            yield from annotated(subject, _SUBCLASS, restriction, notes)

    def _within(self, qualifiers: dict[str, str]) -> tuple[Subject, list[Quad]]:
        """Return what a clause is about: the term, or only those of it that also stand in a relation (GCI)."""
        if "gci_relation" not in qualifiers or "gci_filler" not in qualifiers:
            return self._node, []
        import fastobo

        role, filler = (self._names.iri(fastobo.id.parse(qualifiers[name])) for name in ("gci_relation", "gci_filler"))
        restriction, quads = some(f"{self._node} within", role, filler)
        whole, more = combined(f"{self._node} within", "intersectionOf", [self._node, restriction])
        return whole, quads + more

    def _intersection(self, clauses: list[Any]) -> Iterator[Quad]:
        members: list[Subject] = []
        for clause in clauses:
            term = self._names.iri(clause.typedef if self._relation else clause.term)
            if self._relation or clause.typedef is None:
                members.append(term)
            else:
                restriction, quads = some(f"{self._node} is", self._names.iri(clause.typedef), term)
                yield from quads
                members.append(restriction)
        whole, made = combined(self._node, "intersectionOf", members)
        yield from made
        yield Quad(self._node, owl("equivalentClass"), whole)

    def _chain(self, first: NamedNode, last: NamedNode) -> Iterator[Quad]:
        chain, quads = listed([first, last], "chain", self._node, first, last)
        yield from quads
        yield Quad(self._node, owl("propertyChainAxiom"), chain)


def _xrefs(xrefs: Iterable[Any]) -> list[tuple[NamedNode, Value]]:
    return [(_XREF, Literal(str(xref.id))) for xref in xrefs]


def _property_value(names: _Names, node: Subject, said: Any) -> Quad:
    predicate = names.iri(said.relation)
    if type(said).__name__ == "ResourcePropertyValue":
        return Quad(node, predicate, names.iri(said.value))
    datatype = names.iri(said.datatype)
    plain = datatype.value == XSD + "string"
    return Quad(node, predicate, Literal(said.value) if plain else Literal(said.value, datatype=datatype))


def _address(text: str) -> NamedNode:
    return NamedNode(text if "://" in text else f"{OBO}{encoded(text)}.owl")
