"""OBO Graphs JSON as the OWL that it means, like the reader of OBO.

The format does not tell texts from links in `basicPropertyValues`; they are kept as
texts, except under properties that only ever link.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from leukograph.errors import CannotRead
from leukograph.namespaces import IAO, OBOINOWL, RDFS, SKOS
from leukograph.store.curies import UnknownPrefix, expanded
from leukograph.store.formats import Format, Tally
from leukograph.store.readers.nodes import TYPE, Subject, Value, annotated, boolean, combined, listed, owl, some
from leukograph.store.textgate import Stream

_KINDS = {"CLASS": "Class", "INDIVIDUAL": "NamedIndividual"}
_PROPERTIES = {"ANNOTATION": "AnnotationProperty", "OBJECT": "ObjectProperty", "DATA": "DatatypeProperty"}
_LINKING = frozenset(
    {IAO + "0100001", OBOINOWL + "consider", OBOINOWL + "inSubset"}
    | {SKOS + f"{how}Match" for how in ("exact", "close", "broad", "narrow", "related")}
)
_SUBCLASS = NamedNode(RDFS + "subClassOf")
_SUBPROPERTY = NamedNode(RDFS + "subPropertyOf")
_XREF = NamedNode(OBOINOWL + "hasDbXref")
_Json = dict[str, Any]


class _Malformed(Exception):
    """A part that is not as the schema has it; the message says how."""


def read(
    path: Path,
    stream: Stream,
    _format: Format,
    _base: str | None,
    lenient: bool,
    prefixes: dict[str, str],
    tally: Tally,
) -> Iterator[Quad]:
    """Yield the quads of each graph, node, edge and axiom.

    Raises:
        CannotRead: at the first fault; when it is to be left out, with its node, edge or axiom.
    """
    try:
        document = json.loads(stream.read())
    except json.JSONDecodeError as error:
        raise CannotRead(
            f"{path} cannot be read at line {error.lineno}, column {error.colno}: {error.msg}",
            "the file may have been cut short; fetch it again",
        ) from None
    except (RecursionError, ValueError) as error:  # a number of thousands of digits is a ValueError
        raise CannotRead(f"{path} cannot be read: {error}") from None
    graphs = document.get("graphs") if isinstance(document, dict) else None
    if not isinstance(graphs, list):
        graphs = [document]  # one graph without its wrapper
    for number, graph in enumerate(graphs):
        if not isinstance(graph, dict) or not isinstance(graph.get("nodes", graph.get("edges")), list):
            raise CannotRead(f"{path} holds no OBO graph: graph {number} has no nodes", "see the OBO Graphs schema")
        for where, make in _parts(_Graph(graph, prefixes)):
            try:
                found = list(make())
            except (_Malformed, UnknownPrefix, ValueError, AttributeError, TypeError, KeyError) as error:
                fault = f"in graph {number}, {where}: {_said(error)}"
                if not lenient:
                    hint = (
                        "give the prefix with --prefix NAME=IRI"
                        if isinstance(error, UnknownPrefix)
                        else "mend it there"
                    )
                    raise CannotRead(f"{path} cannot be read {fault}", hint) from None
                tally.skip(fault)
            else:
                yield from found


def _said(error: Exception) -> str:
    if isinstance(error, UnknownPrefix):
        return f"the prefix {error.args[0]!r} is not known"
    if isinstance(error, KeyError):
        return f"{error.args[0]!r} is missing"
    return str(error) if isinstance(error, _Malformed) else f"it is not as the schema has it ({error})"


def _parts(graph: _Graph) -> Iterator[tuple[str, Callable[[], Iterator[Quad]]]]:
    yield "the header", graph.header
    for name, make in (
        ("nodes", graph.node),
        ("edges", graph.edge),
        ("equivalentNodesSets", graph.equivalent),
        ("logicalDefinitionAxioms", graph.definition),
        ("domainRangeAxioms", graph.domain_range),
        ("propertyChainAxioms", graph.chain),
    ):
        for number, item in enumerate(graph.content.get(name) or []):
            yield f"{name}[{number}]", lambda make=make, item=item: make(item)  # type: ignore[misc]


class _Graph:
    def __init__(self, content: _Json, prefixes: dict[str, str]) -> None:
        self.content, self._prefixes = content, prefixes
        nodes = [node for node in content.get("nodes") or [] if isinstance(node, dict)]
        self._kinds = {node.get("id"): node.get("type") for node in nodes if isinstance(node.get("id"), str)}

    def iri(self, text: Any) -> NamedNode:
        if not isinstance(text, str):
            raise _Malformed(f"{text!r} is no identifier"[:200])
        found = expanded(text, self._prefixes)
        if found is None:
            raise _Malformed(f"{text[:200]!r} is neither IRI nor CURIE")
        return NamedNode(found)

    def header(self) -> Iterator[Quad]:
        if not self.content.get("id"):
            return
        node = self.iri(self.content["id"])
        yield Quad(node, TYPE, owl("Ontology"))
        meta = self.content.get("meta") or {}
        yield from self._meta(node, meta)
        if meta.get("version"):
            version = _text(meta["version"])
            yield Quad(node, owl("versionInfo"), Literal(version))

    def node(self, item: _Json) -> Iterator[Quad]:
        node = self.iri(item["id"])
        kind = item.get("type")
        if kind == "PROPERTY":
            yield Quad(node, TYPE, owl(_PROPERTIES.get(item.get("propertyType") or "", "ObjectProperty")))
        elif kind in _KINDS:
            yield Quad(node, TYPE, owl(_KINDS[kind]))
        if item.get("lbl"):
            yield Quad(node, NamedNode(RDFS + "label"), Literal(_text(item["lbl"])))
        yield from self._meta(node, item.get("meta") or {})

    def _meta(self, node: NamedNode, meta: _Json) -> Iterator[Quad]:
        if definition := meta.get("definition"):
            yield from annotated(
                node, NamedNode(IAO + "0000115"), Literal(_text(definition["val"])), _xrefs(definition)
            )
        for comment in meta.get("comments") or []:
            yield Quad(node, NamedNode(RDFS + "comment"), Literal(_text(comment)))
        for subset in meta.get("subsets") or []:
            yield Quad(node, NamedNode(OBOINOWL + "inSubset"), self.iri(subset))
        for synonym in meta.get("synonyms") or []:
            pred = _text(synonym["pred"])
            predicate = self.iri(pred) if ":" in pred else NamedNode(OBOINOWL + pred)
            notes = _xrefs(synonym)
            if synonym.get("synonymType"):
                notes.append((NamedNode(OBOINOWL + "hasSynonymType"), self.iri(synonym["synonymType"])))
            yield from annotated(node, predicate, Literal(_text(synonym["val"])), notes)
        for xref in meta.get("xrefs") or []:
            yield Quad(node, _XREF, Literal(_text(xref["val"])))
        for said in meta.get("basicPropertyValues") or []:
            predicate, value = self.iri(said["pred"]), _text(said["val"])
            linked = predicate.value in _LINKING and expanded(value, self._prefixes)
            yield Quad(node, predicate, NamedNode(linked) if linked else Literal(value))
        if meta.get("deprecated"):
            yield Quad(node, owl("deprecated"), boolean(True))

    def edge(self, item: _Json) -> Iterator[Quad]:
        subject, pred, target = self.iri(item["sub"]), _text(item["pred"]), self.iri(item["obj"])
        kind = self._kinds.get(item["sub"])
        if pred in ("is_a", "subPropertyOf"):
            yield Quad(subject, _SUBPROPERTY if pred != "is_a" or kind == "PROPERTY" else _SUBCLASS, target)
        elif pred == "type":
            yield Quad(subject, TYPE, target)
        elif pred == "inverseOf":
            yield Quad(subject, owl("inverseOf"), target)
        elif kind == "INDIVIDUAL" or kind == "PROPERTY":
            yield Quad(subject, self.iri(pred), target)
        else:
            restriction, quads = some(subject, self.iri(pred), target)
            yield from quads
            yield Quad(subject, _SUBCLASS, restriction)

    def equivalent(self, item: _Json) -> Iterator[Quad]:
        nodes = [self.iri(node) for node in item["nodeIds"]]
        first = self.iri(item.get("representativeNodeId") or item["nodeIds"][0])
        for other in nodes:
            if other != first:
                yield Quad(first, owl("equivalentClass"), other)

    def definition(self, item: _Json) -> Iterator[Quad]:
        node = self.iri(item["definedClassId"])
        members: list[Subject] = [self.iri(genus) for genus in item.get("genusIds") or []]
        for difference in item.get("restrictions") or []:
            role, filler = self.iri(difference["propertyId"]), self.iri(difference["fillerId"])
            restriction, quads = some(f"{node} is", role, filler)
            yield from quads
            members.append(restriction)
        whole, quads = combined(node, "intersectionOf", members)
        yield from quads
        yield Quad(node, owl("equivalentClass"), whole)

    def domain_range(self, item: _Json) -> Iterator[Quad]:
        role = self.iri(item["predicateId"])
        for name, predicate in (("domainClassIds", "domain"), ("rangeClassIds", "range")):
            for found in item.get(name) or []:
                yield Quad(role, NamedNode(RDFS + predicate), self.iri(found))

    def chain(self, item: _Json) -> Iterator[Quad]:
        role = self.iri(item["predicateId"])
        links = [self.iri(link) for link in item["chainPredicateIds"]]
        chain, quads = listed(links, "chain", role, *links)
        yield from quads
        yield Quad(role, owl("propertyChainAxiom"), chain)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Malformed(f"{value!r} is no text"[:200])
    return value


def _xrefs(item: _Json) -> list[tuple[NamedNode, Value]]:
    found: Iterable[Any] = item.get("xrefs") or []
    return [(_XREF, Literal(_text(xref))) for xref in found]
