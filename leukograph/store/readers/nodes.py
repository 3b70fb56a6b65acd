"""Small makers of RDF terms that the readers share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from urllib.parse import quote

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from leukograph.namespaces import OWL, RDF, XSD

OBO = "http://purl.obolibrary.org/obo/"
TYPE = NamedNode(RDF + "type")
_NIL = NamedNode(RDF + "nil")
Subject = NamedNode | BlankNode
Value = NamedNode | BlankNode | Literal


def owl(name: str) -> NamedNode:
    """Return a name of OWL."""
    return NamedNode(OWL + name)


def encoded(local: str) -> str:
    """Return the end of an IRI with what no IRI may hold written as %XX."""
    return quote(local, safe="!$&'()*+,;=:@/?#~-._%")


def boolean(value: bool) -> Literal:
    """Return a literal of xsd:boolean."""
    return Literal("true" if value else "false", datatype=NamedNode(XSD + "boolean"))


def blank(*parts: object) -> BlankNode:
    """Return a blank node named after what it stands for, so that a file loaded twice adds nothing."""
    text = "\x1f".join(map(str, parts))
    return BlankNode("b" + blake2b(text.encode(errors="surrogatepass"), digest_size=12).hexdigest())


def some(
    subject: object, role: NamedNode, filler: NamedNode, how: str = "someValuesFrom", number: int | None = None
) -> tuple[BlankNode, list[Quad]]:
    """Return `role some filler` as a node of its own for one subject, and its quads.

    Args:
        subject: what it is said of; the node is named after it too.
        role: the property.
        filler: the class.
        how: another kind of restriction, by its name in OWL.
        number: how many, for a restriction of number.
    """
    node = blank(subject, role, filler, how, number)
    made = [Quad(node, TYPE, owl("Restriction")), Quad(node, owl("onProperty"), role)]
    if number is None:
        return node, [*made, Quad(node, owl(how), filler)]
    count = Literal(str(number), datatype=NamedNode(XSD + "nonNegativeInteger"))
    return node, [*made, Quad(node, owl(how), count), Quad(node, owl("onClass"), filler)]


def combined(subject: object, how: str, members: Sequence[Subject]) -> tuple[BlankNode, list[Quad]]:
    """Return the `intersectionOf` or `unionOf` some classes as a node of its own for one subject, and its quads."""
    whole = blank(how, subject, *members)
    first, quads = listed(members, how, subject, *members)
    return whole, [*quads, Quad(whole, TYPE, owl("Class")), Quad(whole, owl(how), first)]


def listed(members: Sequence[Subject], *owner: object) -> tuple[Subject, list[Quad]]:
    """Return an RDF list and its quads."""
    nodes: list[Subject] = [blank("list", *owner, number) for number in range(len(members))]
    nodes.append(_NIL)
    made: list[Quad] = []
    for node, member, rest in zip(nodes, members, nodes[1:], strict=False):
        made += [Quad(node, NamedNode(RDF + "first"), member), Quad(node, NamedNode(RDF + "rest"), rest)]
    return nodes[0], made


def annotated(
    subject: Subject, predicate: NamedNode, value: Value, notes: Iterable[tuple[NamedNode, Value]]
) -> Iterator[Quad]:
    """Yield a statement and, where there are notes on it, the OWL axiom that carries them."""
    yield Quad(subject, predicate, value)
    notes = list(notes)
    if not notes:
        return
    axiom = blank("axiom", subject, predicate, value)
    yield Quad(axiom, TYPE, owl("Axiom"))
    yield Quad(axiom, owl("annotatedSource"), subject)
    yield Quad(axiom, owl("annotatedProperty"), predicate)
    yield Quad(axiom, owl("annotatedTarget"), value)
    for note, said in notes:
        yield Quad(axiom, note, said)
