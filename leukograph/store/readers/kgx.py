"""KGX: nodes and edges of a Biolink knowledge graph, as tables (TSV) or JSON lines.

A node becomes its categories, its label and one triple a cell. An edge becomes the
triple that it states, unless it is negated, and a node of its own (a
`biolink:Association`) that holds subject, predicate, object and every other column.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from leukograph.errors import CannotRead
from leukograph.namespaces import DCTERMS, RDFS, XSD
from leukograph.store.curies import BIOLINK, UnknownPrefix, expanded
from leukograph.store.formats import Format, Tally
from leukograph.store.readers.nodes import TYPE, Value, boolean, encoded
from leukograph.store.textgate import Stream

#: columns whose cells hold several values, parted by "|"
MANY = frozenset(
    {"category", "provided_by", "xref", "synonym", "same_as", "in_taxon", "type", "publications", "qualifiers"}
    | {"aggregator_knowledge_source", "knowledge_source", "has_evidence", "supporting_data_source", "has_topic"}
    | {"exact_synonym", "broad_synonym", "narrow_synonym", "related_synonym", "phenotypic_state"}
)
#: columns that must name something
_NAMES = frozenset({"id", "subject", "predicate", "object", "category"})
#: columns whose values are names where they can be read as such
_LINKS = frozenset(
    {"publications", "xref", "same_as", "in_taxon", "provided_by", "has_evidence", "type", "qualified_predicate"}
    | {"primary_knowledge_source", "aggregator_knowledge_source", "knowledge_source", "supporting_data_source"}
    | {"onset_qualifier", "frequency_qualifier", "disease_context_qualifier", "species_context_qualifier"}
    | {"sex_qualifier", "stage_qualifier", "anatomical_context_qualifier", "subclass_of"}
)
_PREDICATES = {"name": RDFS + "label", "description": DCTERMS + "description"}
_EDGE = frozenset({"subject", "predicate", "object"})
_ASSOCIATION = NamedNode(BIOLINK + "Association")
Row = dict[str, Any]


class _Malformed(Exception):
    """A row that says nothing that can be kept; the message says why, the second argument what to do."""


def read(
    path: Path,
    stream: Stream,
    form: Format,
    _base: str | None,
    lenient: bool,
    prefixes: dict[str, str],
    tally: Tally,
) -> Iterator[Quad]:
    """Yield the quads of each row.

    Raises:
        CannotRead: at the first faulty row, unless it is to be left out.
    """
    lines = io.TextIOWrapper(io.BufferedReader(stream), "utf-8", newline="\n")
    rows = _json_rows(lines) if form is Format.KGX_JSONL else _table_rows(lines)
    for number, row in rows:
        try:
            if isinstance(row, _Malformed):
                raise row
            found = list(_quads(row, prefixes))
        except (_Malformed, UnknownPrefix, ValueError) as error:
            fault, hint = _said(error)
            if not lenient:
                raise CannotRead(f"{path} cannot be read at line {number}: {fault}", hint) from None
            tally.skip(f"at line {number}: {fault}")
        else:
            yield from found


def _said(error: Exception) -> tuple[str, str]:
    if isinstance(error, UnknownPrefix):
        prefix = error.args[0]
        return f"the prefix {prefix!r} is not known", f"say what it stands for: --prefix {prefix}=IRI"
    if isinstance(error, _Malformed):
        return error.args[0], error.args[1] if len(error.args) > 1 else "mend the row"
    return str(error), "mend the row"


def _table_rows(lines: Iterable[str]) -> Iterator[tuple[int, Row | _Malformed]]:
    columns: list[str] = []
    for number, line in enumerate(lines, start=1):
        cells = line.rstrip("\r\n").split("\t")
        if not columns:
            columns = cells
        elif any(cells):
            if len(cells) > len(columns):
                yield number, _Malformed(f"{len(cells)} cells stand under {len(columns)} columns")
            else:
                yield (
                    number,
                    {
                        name: cell.split("|") if name in MANY else cell
                        for name, cell in zip(columns, cells, strict=False)
                        if cell and name
                    },
                )


def _json_rows(lines: Iterable[str]) -> Iterator[tuple[int, Row | _Malformed]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield number, _Malformed(f"it is no JSON ({getattr(error, 'msg', error)})", "one JSON object a line")
            continue
        yield number, row if isinstance(row, dict) else _Malformed("it is no JSON object", "one JSON object a line")


def _quads(row: Row, prefixes: dict[str, str]) -> Iterator[Quad]:
    found = {name: [one for one in _values(value) if one not in (None, "")] for name, value in row.items()}
    found = {name: values for name, values in found.items() if values}
    if "subject" in found or "object" in found:
        yield from _edge(found, prefixes)
    elif "id" in found:
        node = _name("id", found.pop("id")[0], prefixes)
        yield from _about(node, found, prefixes)
    else:
        raise _Malformed("it has neither id nor subject, predicate and object")


def _edge(found: dict[str, list[Any]], prefixes: dict[str, str]) -> Iterator[Quad]:
    ends = []
    for name in ("subject", "predicate", "object"):
        if name not in found:
            raise _Malformed(f"the edge has no {name}")
        if len(found[name]) > 1:
            raise _Malformed(f"the edge has more than one {name}")
        ends.append(_name(name, found[name][0], prefixes))
    subject, predicate, target = ends
    negated = any(str(value).lower() == "true" for value in found.get("negated", ()))
    if not negated:
        yield Quad(subject, predicate, target)
    node = _edge_node(found, prefixes)
    if "category" not in found:
        yield Quad(node, TYPE, _ASSOCIATION)
    found.pop("id", None)
    yield from _about(node, found, prefixes)


def _edge_node(found: dict[str, list[Any]], prefixes: dict[str, str]) -> NamedNode:
    """Return the node of an edge: named by its id, else by all that it says; so a file loaded twice adds none."""
    if "id" in found:
        text = str(found["id"][0])
        try:
            if iri := expanded(text, prefixes):
                return NamedNode(iri)
        except UnknownPrefix:
            pass
        return NamedNode(f"urn:leukograph:edge:{encoded(text).replace('#', '%23')}")
    said = json.dumps(sorted(found.items()), default=str)
    return NamedNode("urn:leukograph:edge:" + blake2b(said.encode(errors="surrogatepass"), digest_size=12).hexdigest())


def _about(node: NamedNode, found: dict[str, list[Any]], prefixes: dict[str, str]) -> Iterator[Quad]:
    for column, values in found.items():
        predicate = NamedNode(
            _PREDICATES.get(column) or BIOLINK + encoded(column.replace(" ", "_")).replace("#", "%23")
        )
        for value in values:
            if column in _NAMES:
                name = _name(column, value, prefixes)
                if column == "category":
                    yield Quad(node, TYPE, name)
                else:
                    yield Quad(node, predicate, name)
            else:
                yield Quad(node, predicate, _value(column, value, prefixes))


def _name(column: str, value: Any, prefixes: dict[str, str]) -> NamedNode:
    if isinstance(value, str) and (iri := expanded(value.strip(), prefixes)):
        return NamedNode(iri)
    raise _Malformed(f"{column} is {str(value)[:80]!r}, which is neither CURIE nor IRI")


def _value(column: str, value: Any, prefixes: dict[str, str]) -> Value:
    if isinstance(value, bool) or (column == "negated" and str(value).lower() in ("true", "false")):
        return boolean(str(value).lower() == "true")
    if isinstance(value, int | float):
        kind = "integer" if isinstance(value, int) else "double"
        return Literal(str(value), datatype=NamedNode(XSD + kind))
    if not isinstance(value, str):
        return Literal(json.dumps(value, sort_keys=True))
    if column in _LINKS or column.endswith("_knowledge_source"):
        try:
            if iri := expanded(value, prefixes):
                return NamedNode(iri)
        except (UnknownPrefix, ValueError):
            pass  # kept as the text that it is
    return Literal(value)


def _values(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
