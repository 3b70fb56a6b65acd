"""OWL as RDF/XML, for Protege, ROBOT and owlready2.

The whole is the release as it is. A part is filtered from it: the header, all
properties, the classes of the part with the axioms that hold between them, and
the sources that these cite. A class whose parents were all left out stays under
its kind, and no axiom speaks of a class that is not declared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple, parse

from leukograph.errors import CannotRead
from leukograph.exports.base import OWL, Subgraph
from leukograph.exports.inferred import of_owl
from leukograph.namespaces import BASE, DCTERMS, RDF, RDFS, SOURCE, iri
from leukograph.namespaces import OWL as OWL_NAMESPACE
from leukograph.serialise import xml_of

_CLASS = OWL_NAMESPACE + "Class"
_AXIOM = OWL_NAMESPACE + "Axiom"
_SUBCLASS = NamedNode(RDFS + "subClassOf")

_Nodes = dict[str, list[Triple]]


def write(part: Subgraph) -> bytes:
    """Return the release file, or RDF/XML with the axioms of the part, sorted."""
    if part.whole and part.inferred == "include":
        return part.read(OWL)
    triples = of_owl(_read(part), part.inferred) if part.whole else _triples(part)
    return xml_of(triples, part.about())


def _read(part: Subgraph) -> list[Triple]:
    try:
        return [quad.triple for quad in parse(part.read(OWL), format=RdfFormat.RDF_XML)]
    except SyntaxError as error:
        raise CannotRead(f"{part.release.with_name(OWL)} is not RDF/XML: {error}") from error


def _triples(part: Subgraph) -> Iterator[Triple]:
    nodes: _Nodes = defaultdict(list)
    for triple in of_owl(_read(part), "exclude"):
        nodes[str(triple.subject)].append(triple)
    kept = _kept(part, nodes)
    for node in kept:
        yield from (triple for triple in nodes[node] if _may_stay(triple, kept))
    yield from _under_kinds(part)


def _kept(part: Subgraph, nodes: _Nodes) -> set[str]:
    """Return the nodes that a part keeps, as they are written in triples."""
    wanted = {iri(entry.key) for entry in part.entries} | {
        iri(f"{_kind(entry.term.kind)}_kind") for entry in part.entries
    }
    kept = {
        node
        for node, triples in nodes.items()
        if isinstance(triples[0].subject, NamedNode) and _is_named(triples, wanted)
    }
    sound = {node for node in nodes if node.startswith("_:") and _is_sound(node, nodes, kept)}
    # what hangs on a class that stays, then the axioms that annotate it
    kept |= _reached(kept, nodes, sound)
    kept |= {node for node in sound if _is_axiom(nodes[node]) and _parts(nodes[node]) <= kept}
    cited = {str(t.object) for node in kept for t in nodes[node] if t.predicate.value == DCTERMS + "source"}
    return kept | (cited & nodes.keys())


def _is_named(triples: Iterable[Triple], wanted: set[str]) -> bool:
    """Tell whether a named node stays: a wanted class, a property or the header."""
    for triple in triples:
        subject = triple.subject
        if isinstance(subject, NamedNode) and subject.value.startswith(SOURCE):
            return False
        if triple.predicate.value == RDF + "type" and triple.object == NamedNode(_CLASS):
            return isinstance(subject, NamedNode) and subject.value in wanted
    return True


def _is_sound(node: str, nodes: _Nodes, kept: set[str]) -> bool:
    """Tell whether an anonymous node speaks of nothing that was left out."""
    queue, seen = [node], {node}
    for one in queue:
        for triple in nodes[one]:
            value = triple.object
            if isinstance(value, BlankNode) and str(value) not in seen:
                seen.add(str(value))
                queue.append(str(value))
            elif _is_ours(value) and str(value) not in kept:
                return False
    return True


def _is_ours(value: object) -> bool:
    """Tell whether a value is a term or property of ours (sources are not)."""
    return isinstance(value, NamedNode) and value.value.startswith(BASE) and not value.value.startswith(SOURCE)


def _reached(start: set[str], nodes: _Nodes, sound: set[str]) -> set[str]:
    queue, found = list(start), set[str]()
    for node in queue:
        for triple in nodes[node]:
            near = str(triple.object)
            if near in sound and near not in found:
                found.add(near)
                queue.append(near)
    return found


def _is_axiom(triples: Iterable[Triple]) -> bool:
    return any(triple.object == NamedNode(_AXIOM) for triple in triples)


def _parts(triples: Iterable[Triple]) -> set[str]:
    """Return the two ends of an annotated axiom."""
    ends = {OWL_NAMESPACE + "annotatedSource", OWL_NAMESPACE + "annotatedTarget"}
    return {str(triple.object) for triple in triples if triple.predicate.value in ends}


def _may_stay(triple: Triple, kept: set[str]) -> bool:
    value = triple.object
    return str(value) in kept if isinstance(value, BlankNode) or _is_ours(value) else True


def _under_kinds(part: Subgraph) -> Iterator[Triple]:
    """Yield the place of the classes whose parents were all left out."""
    placed = {kind for kind, _ in part.is_a}
    for entry in part.entries:
        if entry.key not in placed:
            yield Triple(NamedNode(entry.term.iri), _SUBCLASS, NamedNode(iri(f"{_kind(entry.term.kind)}_kind")))


def _kind(kind: str) -> str:
    # a class of drugs is a class whose members are drugs
    return "drug" if kind == "drug_class" else kind
