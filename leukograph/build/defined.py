"""Reads `defined.ttl`: classes that say by logic what belongs to them, and what excludes what.

Each class is equivalent to one expression of OWL 2 EL: a name, an intersection, or
"some" of a property. Whatever else the file says is a fault, so that no domain, range,
inverse, union or complement slips in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from leukograph.build.core import Core
from leukograph.build.rows import Faults
from leukograph.errors import CannotRead
from leukograph.model import DEFINED_KIND, Defined, Term
from leukograph.namespaces import BASE, IAO, KEY, OBOINOWL, OWL, RDF, RDFS
from leukograph.reasoning.axioms import And, Expression, Named, Some, names_in, roles_in, words

FILE = "defined.ttl"
#: What stands in the file beside the definition itself.
LABEL, DEFINITION, NOTE, SYNONYM = RDFS + "label", IAO + "0000115", IAO + "0000116", OBOINOWL + "hasExactSynonym"
_EQUIVALENT, _DISJOINT = OWL + "equivalentClass", OWL + "disjointWith"
_TEXTS = {LABEL: "rdfs:label", DEFINITION: "IAO:0000115 (definition)", NOTE: "IAO:0000116 (editor note)"}
_ALLOWED = {RDF + "type", RDFS + "isDefinedBy", SYNONYM, _EQUIVALENT, _DISJOINT, *_TEXTS}

_Node = NamedNode | BlankNode
_Values = Mapping[str, list[NamedNode | BlankNode | Literal]]


class _NotEL(ValueError):
    """An expression that is more than a name, an intersection or "some"."""


def read_defined(
    path: Path, core: Core, terms: Mapping[str, str], faults: Faults
) -> tuple[dict[str, Defined], tuple[tuple[str, str], ...]]:
    """Read the defined classes, and the pairs of kinds that share nothing.

    Args:
        path: the file; one that is missing defines nothing.
        core: the language.
        terms: key of every term -> its label.
        faults: collects what is amiss.

    Returns:
        Key -> defined class, and pairs of keys, both in order.

    Raises:
        CannotRead: when the file is no Turtle.
    """
    if not path.is_file():
        return {}, ()
    text = path.read_bytes()
    nodes: dict[str, dict[str, list[NamedNode | BlankNode | Literal]]] = defaultdict(lambda: defaultdict(list))
    try:
        for quad in parse(text, format=RdfFormat.TURTLE):
            if isinstance(quad.object, NamedNode | BlankNode | Literal):
                nodes[str(quad.subject)][quad.predicate.value].append(quad.object)
    except SyntaxError as error:
        raise CannotRead(f"{path}:{error.lineno}: not Turtle: {error.msg}", "mend that line") from error
    reader = _Reader(nodes, core, terms, text.decode().splitlines(), faults)
    return reader.classes(), tuple(sorted(set(reader.disjoint())))


class _Reader:
    def __init__(
        self, nodes: Mapping[str, _Values], core: Core, terms: Mapping[str, str], lines: list[str], faults: Faults
    ) -> None:
        self._nodes = nodes
        self._lines = lines
        self._faults = faults
        self._terms = terms
        kinds = {f"{kind}_kind" for kind in core.kinds}
        self._roles = {*core.relations, "influences", "promotes", "opposes"}
        self._defined = {
            node[1:-1].removeprefix(BASE)
            for node, values in nodes.items()
            if node.startswith(f"<{BASE}") and _EQUIVALENT in values
        }
        self._classes = kinds | set(terms) | self._defined

    def _fault(self, key: str, message: str) -> None:
        line = next((n for n, line in enumerate(self._lines, 1) if line.split(" ")[0] == f"lg:{key}"), 1)
        self._faults.add(FILE, line, 1, f"{key}: {message}")

    def classes(self) -> dict[str, Defined]:
        """Return the defined classes in key order."""
        found = {}
        for key in sorted(self._defined):
            values = self._nodes[f"<{BASE}{key}>"]
            if self._is_sound(key, values) and (expression := self._expression(key, values)):
                texts = {name: str(getattr(values[name][0], "value", "")) for name in _TEXTS}
                found[key] = Defined(
                    term=Term(key, texts[LABEL], DEFINED_KIND),
                    expression=words(expression, lambda iri: iri.removeprefix(BASE)),
                    definition=texts[DEFINITION],
                    note=texts[NOTE],
                    synonyms=tuple(sorted(str(getattr(one, "value", "")) for one in values.get(SYNONYM, ()))),
                )
        return found

    def disjoint(self) -> Iterator[tuple[str, str]]:
        """Yield the pairs that share nothing, each once, the smaller key first."""
        for node, values in self._nodes.items():
            if _DISJOINT not in values:
                continue
            for other in values[_DISJOINT]:
                one, two = sorted(str(name).strip("<>").removeprefix(BASE) for name in (node, other))
                for key in (one, two):
                    if key not in self._classes:
                        self._fault(key, "disjoint with something, but no kind, term or defined class")
                yield one, two

    def _is_sound(self, key: str, values: _Values) -> bool:
        faults = [f"{name} is no property of a defined class" for name in values if name not in _ALLOWED]
        faults += [f"one {name} was expected" for value, name in _TEXTS.items() if len(values.get(value, ())) != 1]
        if not KEY.fullmatch(key):
            faults.append("no key: small letters, digits and single underscores")
        if key in self._terms:
            faults.append("a term has this key")
        labels = {
            str(getattr(one, "value", "")).casefold() for one in (*values.get(LABEL, ()), *values.get(SYNONYM, ()))
        }
        faults += [f"the term {term} is called so" for term, label in self._terms.items() if label.casefold() in labels]
        for fault in faults:
            self._fault(key, fault)
        return not faults

    def _expression(self, key: str, values: _Values) -> Expression | None:
        if len(values[_EQUIVALENT]) != 1:
            self._fault(key, "one owl:equivalentClass was expected")
            return None
        try:
            expression = self._read(values[_EQUIVALENT][0])
        except _NotEL as error:
            self._fault(key, str(error))
            return None
        unknown = [
            f"{name.removeprefix(BASE)} is no term, kind or defined class"
            for name in sorted(names_in(expression))
            if name.removeprefix(BASE) not in self._classes
        ]
        unknown += [
            f"{role.removeprefix(BASE)} is no relation"
            for role in sorted(roles_in(expression))
            if role.removeprefix(BASE) not in self._roles
        ]
        for fault in unknown:
            self._fault(key, fault)
        return None if unknown else expression

    def _read(self, node: object) -> Expression:
        """Return the expression at a node; lists and restrictions are blank nodes."""
        if isinstance(node, NamedNode):
            return Named(node.value)
        values = self._nodes.get(str(node), {})
        content = {name for name in values if name != RDF + "type"}
        if content == {OWL + "onProperty", OWL + "someValuesFrom"}:
            role = values[OWL + "onProperty"][0]
            if isinstance(role, NamedNode):
                return Some(role.value, self._read(values[OWL + "someValuesFrom"][0]))
        if content == {OWL + "intersectionOf"}:
            return And(tuple(self._read(part) for part in self._list(values[OWL + "intersectionOf"][0])))
        raise _NotEL("only intersections and 'some' restrictions keep to OWL 2 EL here")

    def _list(self, node: object) -> Iterator[object]:
        while str(node) != f"<{RDF}nil>":
            values = self._nodes.get(str(node), {})
            if not values:
                raise _NotEL("a list that does not end")
            yield values[RDF + "first"][0]
            node = values[RDF + "rest"][0]
