"""Compact JSON-LD. Its context lies in this package and in every file; it is never fetched.

What the context does not know is written out in full, so the triples are exactly
those of the Turtle.
"""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from leukograph.exports.base import NOTICE, Subgraph
from leukograph.exports.turtle import triples_of
from leukograph.namespaces import BASE, RDF, XSD
from leukograph.serialise import ordered

CONTEXT = Path(__file__).with_name("context.jsonld")
_STRING = XSD + "string"
_Json = dict[str, Any]


def write(part: Subgraph) -> bytes:
    """Return the triples of the part as JSON-LD, one object a node, in set order."""
    objects: dict[str, _Json] = {}
    for triple in ordered(triples_of(part)):
        node = _name(triple.subject)
        _add(objects.setdefault(node, {"id": node}), triple)
    # names that the context does not know say nothing in RDF; they must stand inside
    # a node, since beside "@graph" they would make it a graph with a name
    header = objects.setdefault(BASE, {"id": BASE})
    header.update({"nodes": len(part.entries), "edges": part.edges, "notice": NOTICE})
    value = {"@context": context(), "@graph": list(objects.values())}
    return (json.dumps(value, ensure_ascii=False, indent=1).replace("<", "\\u003c") + "\n").encode()


@cache
def context() -> _Json:
    """Return the context that is shipped."""
    value: _Json = json.loads(CONTEXT.read_text(encoding="utf-8"))["@context"]
    return value


@cache
def _prefixes() -> list[tuple[str, str]]:
    """Return the prefixes of the context, the longest first."""
    found = [(name, value) for name, value in context().items() if isinstance(value, str) and not value.startswith("@")]
    return sorted(found, key=lambda pair: -len(pair[1]))


@cache
def _terms() -> dict[str, list[tuple[str, _Json]]]:
    """Return IRI of a property -> the names that the context has for it."""
    found: dict[str, list[tuple[str, _Json]]] = defaultdict(list)
    for name, value in context().items():
        if isinstance(value, dict):
            found[_expanded(value["@id"])].append((name, value))
    return found


def _expanded(compact: str) -> str:
    prefix, _, local = compact.partition(":")
    return dict(_prefixes()).get(prefix, f"{prefix}:") + local


def _add(object_: _Json, triple: Triple) -> None:
    predicate, value = triple.predicate.value, triple.object
    if predicate == RDF + "type" and not isinstance(value, Literal):
        name, written = "type", _name(value)
    else:
        name, written = _written(predicate, value)
    many = object_.get(name)
    if many is None:
        container = context().get(name, {}).get("@container") if name != "type" else None
        object_[name] = [written] if container == "@set" else written
    elif isinstance(many, list):
        many.append(written)
    else:
        object_[name] = [many, written]


def _written(predicate: str, value: object) -> tuple[str, Any]:
    """Return the name of a property and its value, as short as the context allows."""
    for name, rule in _terms().get(predicate, ()):
        if isinstance(value, Literal):
            type_ = RDF + "langString" if "@language" in rule else _expanded(rule.get("@type", "xsd:string"))
            if (value.language, value.datatype.value) == (rule.get("@language"), type_):
                return name, value.value
        elif rule.get("@type") == "@id":
            return name, _name(value)
    return _name(NamedNode(predicate)), _in_full(value)


def _in_full(value: object) -> Any:
    if not isinstance(value, Literal):
        return {"id": _name(value)}
    if value.language:
        return {"@value": value.value, "@language": value.language}
    if value.datatype.value == _STRING:
        return {"@value": value.value}
    return {"@value": value.value, "@type": _name(value.datatype)}


@lru_cache(maxsize=1 << 16)
def _name(node: object) -> str:
    """Return an IRI, shortened when that reads back as the same, or a blank node's name."""
    if not isinstance(node, NamedNode):
        return str(node)
    for prefix, base in _prefixes():
        local = node.value.removeprefix(base)
        if node.value.startswith(base) and local and not local.startswith("//"):
            return f"{prefix}:{local}"
    return node.value
