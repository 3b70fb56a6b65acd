"""Turtle: the release as it is, or the triples of a part of it.

The triples of a part are those of its terms, of the claims among them with their
evidence, of the figures about them, of the sources cited, and of the words in use
(kinds, relations, kinds of evidence), so that the file can be read as a release.
No triple points to a node of ours that was left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from leukograph.errors import CannotRead
from leukograph.exports.base import TURTLE, Subgraph
from leukograph.exports.inferred import of_turtle
from leukograph.namespaces import BASE, CLAIM, DCTERMS, FIGURE, RDF, RDFS, iri
from leukograph.serialise import turtle_of

#: Properties by which a node in use brings another one in.
_FOLLOWED = frozenset(
    [RDF + "type", RDFS + "subPropertyOf", DCTERMS + "source"]
    + [iri(name) for name in ("kind", "relation", "evidence", "evidenceKind", "quantity")]
)


def write(part: Subgraph) -> bytes:
    """Return the release file, or Turtle with the triples of the part, sorted."""
    return part.read(TURTLE) if part.whole and part.inferred == "include" else turtle_of(triples_of(part), part.about())


def triples_of(part: Subgraph) -> list[Triple]:
    """Return the triples of a part; of the whole, those that are wanted.

    Raises:
        CannotRead: when the release is missing or is no Turtle.
    """
    try:
        triples = [quad.triple for quad in parse(part.read(TURTLE), format=RdfFormat.TURTLE)]
    except SyntaxError as error:
        raise CannotRead(f"{part.release} is not Turtle: {error}", "make it with: leukograph build") from error
    if part.whole:
        return of_turtle(triples, part.inferred)
    kept = _kept(part, triples)
    return [
        triple
        for triple in triples
        if isinstance(triple.subject, NamedNode)
        and triple.subject.value in kept
        and (not (near := _ours(triple)) or near in kept)
    ]


def _ours(triple: Triple) -> str:
    """Return the IRI of the object when it is a node of ours, else an empty string."""
    value = triple.object
    return value.value if isinstance(value, NamedNode) and value.value.startswith(BASE) else ""


def _kept(part: Subgraph, triples: Iterable[Triple]) -> set[str]:
    """Return the IRIs of the nodes of a part: its own, and all that they bring in."""
    followed: dict[str, list[str]] = defaultdict(list)
    for triple in triples:
        if isinstance(triple.subject, NamedNode) and triple.predicate.value in _FOLLOWED and (near := _ours(triple)):
            followed[triple.subject.value].append(near)
    keys = {entry.key for entry in part.entries}
    queue = [BASE, *map(iri, keys), *(CLAIM + claim.key for claim in part.claims)]
    queue += [
        FIGURE + figure.key for figure in part.knowledge.figures if all(term.key in keys for term in figure.about)
    ]
    kept = set(queue)
    for node in queue:
        new = [near for near in followed[node] if near not in kept]
        kept.update(new)
        queue.extend(new)
    return kept
