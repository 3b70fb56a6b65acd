"""The statements of a file, indexed for the rules, and which of its names are its own.

A node is its IRI, or `_:` and a number for a blank node. An ontology answers for its
own names; those of other ontologies may be referred to without being described.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from leukograph.namespaces import DCTERMS, IAO, OBOINOWL, OWL, RDF, RDFS, SKOS, XSD

if TYPE_CHECKING:
    from pyoxigraph import Literal, Quad, Triple

#: An IRI, or "_:" and the name of a blank node.
Node: TypeAlias = str
Value: TypeAlias = "str | Literal"

TYPE, FIRST = RDF + "type", RDF + "first"
LABEL, COMMENT = RDFS + "label", RDFS + "comment"
SUBCLASS, SUBPROPERTY, DOMAIN, RANGE = (RDFS + name for name in ("subClassOf", "subPropertyOf", "domain", "range"))
EQUIVALENT, DISJOINT = OWL + "equivalentClass", OWL + "disjointWith"
DEPRECATED, IMPORTS, ONTOLOGY = OWL + "deprecated", OWL + "imports", OWL + "Ontology"
DEFINITION, REPLACED_BY = IAO + "0000115", IAO + "0100001"
PREFERRED, SKOS_DEFINITION = SKOS + "prefLabel", SKOS + "definition"
EXACT = OBOINOWL + "hasExactSynonym"
SCOPED = (EXACT, *(OBOINOWL + f"has{kind}Synonym" for kind in ("Broad", "Narrow", "Related")))
SYNONYMS = (*SCOPED, SKOS + "altLabel", IAO + "0000118")
XREF, SUBSET, SYNONYM_TYPE = (OBOINOWL + name for name in ("hasDbXref", "inSubset", "hasSynonymType"))
CLASS_TYPES = (OWL + "Class", RDFS + "Class")
INDIVIDUAL = OWL + "NamedIndividual"
PROPERTY_TYPES = (
    RDF + "Property",
    *(
        OWL + f"{kind}Property"
        for kind in (
            *("Object", "Datatype", "Annotation", "Ontology", "Transitive", "Symmetric", "Asymmetric"),
            *("Functional", "InverseFunctional", "Reflexive", "Irreflexive", "Deprecated"),
        )
    ),
)
#: Where a class may be named in an axiom; members of lists come on top.
CLASS_REFERENCES = (
    *(SUBCLASS, EQUIVALENT, DISJOINT, DOMAIN, RANGE),
    *(OWL + name for name in ("someValuesFrom", "allValuesFrom", "onClass", "complementOf", "disjointUnionOf")),
)
PROPERTY_REFERENCES = (
    SUBPROPERTY,
    *(OWL + name for name in ("onProperty", "inverseOf", "equivalentProperty", "propertyDisjointWith")),
)
#: Vocabularies that everybody uses and hardly anybody describes again.
COMMON = (
    OWL,
    RDF,
    RDFS,
    XSD,
    SKOS,
    DCTERMS,
    OBOINOWL,
    "http://purl.org/dc/elements/1.1/",
    "http://xmlns.com/foaf/0.1/",
)
OBO = "http://purl.obolibrary.org/obo/"
_OBO_ONTOLOGY = re.compile(re.escape(OBO) + r"([A-Za-z]+)(?:\.owl|\.obo|\.json|/|$)")
_NAMESPACE = re.compile(r"(.*[#/])(?:([A-Za-z]+_)\d+$)?", re.DOTALL)
_EXTENSION = re.compile(r"(\.(owl|ttl|rdf|obo|xml|jsonld|json|nt))+$")


class Statements:
    """All statements of a file."""

    def __init__(self, quads: Iterable[Quad | Triple]) -> None:
        from pyoxigraph import BlankNode, NamedNode
        from pyoxigraph import Literal as LiteralTerm

        self._by_predicate: dict[str, dict[Node, list[Value]]] = defaultdict(lambda: defaultdict(list))
        self._described: set[Node] = set()
        seen = set()
        for quad in quads:
            subject, predicate, value = quad.subject, quad.predicate.value, quad.object
            if not isinstance(subject, NamedNode | BlankNode) or not isinstance(
                value, NamedNode | BlankNode | LiteralTerm
            ):
                continue  # RDF 1.2 triples about triples: no ontology says anything with them yet
            node = subject.value if isinstance(subject, NamedNode) else str(subject)
            end: Value = value if isinstance(value, LiteralTerm) else str(value).strip("<>")
            if (node, predicate, end) in seen:
                continue  # the same statement in two graphs
            seen.add((node, predicate, end))
            self._by_predicate[predicate][node].append(end)
            if predicate != TYPE:
                self._described.add(node)
        self.size = len(seen)

    def pairs(self, *predicates: str) -> Iterator[tuple[Node, Value]]:
        """Yield subject and object of each statement with one of the predicates."""
        for predicate in predicates:
            for node, values in self._by_predicate.get(predicate, {}).items():
                for value in values:
                    yield node, value

    def links(self, *predicates: str) -> Iterator[tuple[Node, Node]]:
        """Yield subject and object where the object is no literal."""
        for node, value in self.pairs(*predicates):
            if isinstance(value, str):
                yield node, value

    def texts(self, *predicates: str) -> Iterator[tuple[Node, str, Literal]]:
        """Yield subject, predicate and object where the object is a literal."""
        for predicate in predicates:
            for node, value in self.pairs(predicate):
                if not isinstance(value, str):
                    yield node, predicate, value

    def values(self, node: Node, predicate: str) -> list[Value]:
        """Return what a node has by a predicate."""
        return self._by_predicate.get(predicate, {}).get(node, [])

    def has(self, node: Node, *predicates: str) -> bool:
        """Tell whether a node has one of the predicates."""
        return any(self.values(node, predicate) for predicate in predicates)

    @property
    def predicates(self) -> Iterator[str]:
        """Every predicate, once."""
        yield from self._by_predicate

    def subjects(self, predicate: str) -> Iterable[Node]:
        """Return the subjects that have a predicate."""
        return self._by_predicate.get(predicate, {})

    def described(self, node: Node) -> bool:
        """Tell whether the file says more of a node than what type it has."""
        return node in self._described

    def types(self, node: Node) -> list[Node]:
        """Return the types that a node is declared to have."""
        return [value for value in self.values(node, TYPE) if isinstance(value, str)]

    def declared(self, *types: str) -> set[Node]:
        """Return the IRIs declared to be of one of the types."""
        wanted = set(types)
        return {node for node, value in self.links(TYPE) if value in wanted and not is_blank(node)}

    @cached_property
    def classes(self) -> set[Node]:
        """The named classes that the file declares."""
        return self.declared(*CLASS_TYPES)

    @cached_property
    def properties(self) -> set[Node]:
        """The properties that the file declares."""
        return self.declared(*PROPERTY_TYPES)

    @cached_property
    def living(self) -> set[Node]:
        """The named classes that are not deprecated."""
        return self.classes - self.deprecated

    @cached_property
    def markers(self) -> set[Node]:
        """Subsets and types of synonyms: properties only in form, and often without a text."""
        kinds = (OBOINOWL + "SubsetProperty", OBOINOWL + "SynonymTypeProperty")
        return {node for node, value in self.links(SUBPROPERTY) if value in kinds}

    @cached_property
    def deprecated(self) -> set[Node]:
        """What is marked as deprecated."""
        marked = {node for node, _, value in self.texts(DEPRECATED) if value.value in {"true", "1"}}
        return marked | self.declared(OWL + "DeprecatedClass", OWL + "DeprecatedProperty")

    @cached_property
    def ontologies(self) -> list[Node]:
        """The ontologies that the file declares, in order."""
        return sorted({node for node, value in self.links(TYPE) if value == ONTOLOGY})

    @cached_property
    def imports(self) -> list[str]:
        """What the file imports, in order."""
        return sorted({value for _, value in self.links(IMPORTS)})

    @cached_property
    def own_classes(self) -> list[Node]:
        """The classes that are the file's own and alive, in order."""
        return sorted(node for node in self.classes - self.deprecated if self.is_own(node))

    @cached_property
    def own_properties(self) -> list[Node]:
        """The properties that are the file's own and alive, in order."""
        return sorted(node for node in self.properties - self.deprecated - self.markers if self.is_own(node))

    def is_own(self, node: Node) -> bool:
        """Tell whether a name is one that this file answers for."""
        return not is_blank(node) and node.lower().startswith(self._own)

    @cached_property
    def _own(self) -> tuple[str, ...]:
        """Beginnings of the names that are the file's own, in small letters.

        They follow from the IRI of the ontology; else they are the namespaces in which the
        file gives something a label or a definition, those beside the ontology before others.
        """
        named = [iri for iri in self.ontologies if not is_blank(iri)]
        known = self.classes | self.properties
        below = tuple(sorted({space.lower() for iri in named for space in _spaces(iri)}))
        if any(node.lower().startswith(below) for node in known):
            return below
        told = {
            namespace(node).lower()
            for predicate in (LABEL, PREFERRED, DEFINITION, SKOS_DEFINITION)
            for node in self.subjects(predicate)
            if node in known and not node.startswith(COMMON)
        } - {OBO}
        beside = {space for space in told for iri in named if space.startswith(_folder(iri).lower())}
        return tuple(sorted(beside or told))

    @cached_property
    def _holders(self) -> dict[Node, Node]:
        holders: dict[Node, Node] = {}
        for predicate in list(self._by_predicate):
            for node, value in self.links(predicate):
                if is_blank(value):
                    holders.setdefault(value, node)
        return holders

    def holder(self, node: Node) -> Node:
        """Return the named thing of whose axiom a blank node is a part, or "" when there is none."""
        seen = set()
        while is_blank(node):
            if node in seen or node not in self._holders:
                return ""
            seen.add(node)
            node = self._holders[node]
        return node

    def references(self, *predicates: str) -> Iterator[tuple[Node, Node]]:
        """Yield (named thing, what one of its axioms names), once each."""
        told = set()
        for node, value in self.links(*predicates):
            if is_blank(value):
                continue
            pair = self.holder(node), value
            if pair not in told:
                told.add(pair)
                yield pair

    def name(self, node: Node) -> str:
        """Return the label of a node, else its IRI."""
        for value in (*self.values(node, LABEL), *self.values(node, PREFERRED)):
            if not isinstance(value, str) and value.value.strip():
                return value.value.strip()
        return node

    def told(self, node: Node) -> str:
        """Return the label of a node with its IRI, for messages."""
        name = self.name(node)
        return node if name == node else f"{name} ({node})"


def is_blank(node: Node) -> bool:
    """Tell whether a node has no name."""
    return node.startswith("_:")


def namespace(iri: str) -> str:
    """Return the beginning of an IRI that it shares with its siblings.

    Example:
        >>> namespace("http://purl.obolibrary.org/obo/CL_0000738")
        'http://purl.obolibrary.org/obo/CL_'
    """
    found = _NAMESPACE.match(iri)
    return f"{found[1]}{found[2] or ''}" if found else iri


def _spaces(ontology: str) -> Iterator[str]:
    """Yield the beginnings of names that an ontology of this IRI would use."""
    if found := _OBO_ONTOLOGY.match(ontology):
        yield f"{OBO}{found[1]}_"
        yield f"{OBO}{found[1]}#"
        return
    base = ontology.rstrip("#/")
    for one in dict.fromkeys((base, _EXTENSION.sub("", base))):
        yield from (one + "#", one + "/")


def _folder(ontology: str) -> str:
    """Return the address below which an ontology and its names lie, or what nothing lies below."""
    folder = ontology.rstrip("#/").rpartition("/")[0] + "/"
    return folder if folder.count("/") > 3 and folder != OBO else "\n"
