"""From checked tables to the triples of `leukograph.ttl`.

Every node has an IRI. A claim that holds stands twice: as a node with its
evidence, and as a plain triple (an acting one also with `lg:influences`, so that
one property path asks what leads to what). Refuted claims are nodes only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import rdflib
from pyoxigraph import Literal, NamedNode, Triple

from leukograph.belief import Said, Weight
from leukograph.build.rows import Row
from leukograph.build.tables import Tables, what_is_said
from leukograph.model import Defined, Sign
from leukograph.namespaces import (
    BASE,
    CLAIM,
    DCTERMS,
    EVIDENCE,
    FIGURE,
    GAP,
    IAO,
    INFERRED_SUBCLASS,
    OBOINOWL,
    OWL,
    RDF,
    RDFS,
    SKOS,
    SOURCE,
    XSD,
    expand,
)

TYPE = NamedNode(RDF + "type")
LABEL = NamedNode(RDFS + "label")
COMMENT = NamedNode(RDFS + "comment")
SUBCLASS = NamedNode(RDFS + "subClassOf")
SEE_ALSO = NamedNode(RDFS + "seeAlso")
DEFINED_BY = NamedNode(RDFS + "isDefinedBy")
CLASS = NamedNode(OWL + "Class")
DEPRECATED = NamedNode(OWL + "deprecated")
DEFINITION = NamedNode(IAO + "0000115")
EDITOR_NOTE = NamedNode(IAO + "0000116")
DISJOINT = NamedNode(OWL + "disjointWith")
REPLACED_BY = NamedNode(IAO + "0100001")
SYNONYM = NamedNode(OBOINOWL + "hasExactSynonym")
CROSS_REFERENCE = NamedNode(OBOINOWL + "hasDbXref")
IDENTIFIER = NamedNode(DCTERMS + "identifier")
TITLE = NamedNode(DCTERMS + "title")
DATE = NamedNode(DCTERMS + "date")
CITES = NamedNode(DCTERMS + "source")
INFERRED = NamedNode(INFERRED_SUBCLASS)
DECIMAL = NamedNode(XSD + "decimal")
YEAR = NamedNode(XSD + "gYear")
TRUE = Literal("true", datatype=NamedNode(XSD + "boolean"))


@dataclass(frozen=True)
class WeighedClaim:
    """A claim with its evidence rows and what they weigh together."""

    key: str
    subject: str
    relation: str
    sign: Sign
    object: str
    rows: tuple[Row, ...]
    weight: Weight
    stage: str

    @property
    def holds(self) -> bool:
        """Whether the claim may be used: it is not refuted."""
        return self.weight.grade != "refuted"


def lg(name: str) -> NamedNode:
    """Return the node of a term, relation or property of ours."""
    return NamedNode(BASE + name)


def text(words: str) -> Literal:
    """Return English text."""
    return Literal(words, language="en")


def number(cell: str | float) -> Literal:
    """Return a decimal without an exponent."""
    return Literal(format(Decimal(str(cell)), "f"), datatype=DECIMAL)


def weighed_claims(tables: Tables) -> list[WeighedClaim]:
    """Return all claims in key order, each with belief and grade."""
    claims = []
    for (subject, relation, object_), rows in tables.claims().items():
        said = [what_is_said(row) for row in rows]
        weight = tables.core.weigh(said)
        claims.append(
            WeighedClaim(
                key=f"{subject}.{relation}.{object_}",
                subject=subject,
                relation=relation,
                sign=tables.core.relations[relation].sign,
                object=object_,
                rows=tuple(rows),
                weight=weight,
                stage=_stage(said, weight),
            )
        )
    return sorted(claims, key=lambda claim: claim.key)


def _stage(said: Iterable[Said], weight: Weight) -> str:
    """Return the stage of which all speak that a claim rests on: those for it, or those against where none is."""
    stages: dict[str, set[str]] = {"supports": set(), "refutes": set()}
    for row in said:
        if row.bears_on(weight.reading):
            stages[row.verdict].add(row.stage)
    named = stages["supports"] or stages["refutes"]
    return named.pop() if len(named) == 1 else ""


def triples(tables: Tables) -> Iterator[Triple]:
    """Yield every triple of `leukograph.ttl`, in no particular order."""
    yield from _language(tables.core.graph)
    for row in tables.terms.values():
        yield from _term(row)
    for row in (*tables.mappings, *tables.alignments):
        yield from mapping(row)
    yield from _gaps(tables.gaps)
    for defined in tables.defined.values():
        subject = lg(defined.term.key)
        yield from defined_class(defined)
        yield Triple(subject, TYPE, lg("DefinedClass"))
        yield Triple(subject, lg("definedAs"), Literal(defined.expression))
    for one, other in tables.disjoint:
        yield Triple(lg(one), DISJOINT, lg(other))
    for claim in weighed_claims(tables):
        yield from _claim(claim, tables)
    yield from _figures(tables)
    for row in tables.sources.values():
        yield from _source(row)


def mapping(row: Row) -> Iterator[Triple]:
    """Yield what a row says of a term or relation and its like in another vocabulary."""
    subject = lg(row["subject_id"].removeprefix("leukograph:"))
    match = NamedNode(SKOS + row["predicate_id"].removeprefix("skos:"))
    yield Triple(subject, match, NamedNode(expand(row["object_id"])))
    yield Triple(subject, CROSS_REFERENCE, Literal(row["object_id"]))


def defined_class(defined: Defined) -> Iterator[Triple]:
    """Yield the words of a defined class; both release files have them."""
    subject = lg(defined.term.key)
    yield Triple(subject, TYPE, CLASS)
    yield Triple(subject, LABEL, text(defined.term.label))
    yield Triple(subject, DEFINED_BY, NamedNode(BASE))
    yield Triple(subject, DEFINITION, text(defined.definition))
    yield Triple(subject, EDITOR_NOTE, text(defined.note))
    for synonym in defined.synonyms:
        yield Triple(subject, SYNONYM, text(synonym))


def _gaps(rows: Iterable[Row]) -> Iterator[Triple]:
    for row in rows:
        node = NamedNode(GAP + re.sub(r"\W+", "_", row["name"].casefold()))
        yield Triple(node, TYPE, lg("Gap"))
        yield Triple(node, LABEL, text(row["name"]))
        yield Triple(node, lg("lookedFor"), Literal(row["month"], datatype=NamedNode(XSD + "gYearMonth")))
        for synonym in row.values("synonyms"):
            yield Triple(node, SYNONYM, text(synonym))


def inferred(pairs: Iterable[tuple[str, str]]) -> Iterator[Triple]:
    """Yield what the reasoner found, by a property of its own, apart from what is stated."""
    for key, above in pairs:
        yield Triple(lg(key), INFERRED, lg(above))


def _language(graph: rdflib.Graph) -> Iterator[Triple]:
    for subject, predicate, object_ in graph:
        if isinstance(object_, rdflib.Literal):
            datatype = None if object_.language or object_.datatype is None else NamedNode(str(object_.datatype))
            value: NamedNode | Literal = Literal(str(object_), language=object_.language, datatype=datatype)
        else:
            value = NamedNode(str(object_))
        yield Triple(NamedNode(str(subject)), NamedNode(str(predicate)), value)


def _term(row: Row) -> Iterator[Triple]:
    subject = lg(row["key"])
    yield Triple(subject, TYPE, CLASS)
    yield Triple(subject, LABEL, text(row["label"]))
    yield Triple(subject, DEFINED_BY, NamedNode(BASE))
    yield Triple(subject, DEFINITION, text(row["definition"]))
    if row["replaced_by"]:
        yield Triple(subject, DEPRECATED, TRUE)
        yield Triple(subject, REPLACED_BY, lg(row["replaced_by"]))
        return
    yield Triple(subject, lg("kind"), lg(f"{row['kind']}_kind"))
    for parent in row.values("parents"):
        yield Triple(subject, SUBCLASS, lg(parent))
    for synonym in row.values("synonyms"):
        yield Triple(subject, SYNONYM, text(synonym))
    for column in ("up", "down"):
        if row[column]:
            yield Triple(subject, lg(f"{column}Phrase"), text(row[column]))


def _claim(claim: WeighedClaim, tables: Tables) -> Iterator[Triple]:
    node = NamedNode(CLAIM + claim.key)
    subject, relation, object_ = lg(claim.subject), lg(claim.relation), lg(claim.object)
    if claim.holds:
        yield Triple(subject, relation, object_)
        if claim.relation in tables.core.acting:
            yield Triple(subject, lg("influences"), object_)
    yield Triple(node, TYPE, lg("Claim"))
    yield Triple(node, lg("subject"), subject)
    yield Triple(node, lg("relation"), relation)
    yield Triple(node, lg("object"), object_)
    yield Triple(node, lg("grade"), Literal(claim.weight.grade))
    for name in ("belief", "support", "refutation"):
        yield Triple(node, lg(name), number(f"{getattr(claim.weight, name):.4f}"))
    if claim.stage:
        yield Triple(node, lg("stage"), Literal(claim.stage))
    taken: Counter[str] = Counter()
    for row in claim.rows:
        taken[row["source"]] += 1
        again = taken[row["source"]]
        key = f"{claim.key}.{row['source']}" + (f".{again}" if again > 1 else "")
        evidence = NamedNode(EVIDENCE + key)
        yield Triple(node, lg("evidence"), evidence)
        yield Triple(evidence, TYPE, lg("Evidence"))
        yield Triple(evidence, lg("verdict"), Literal(row["verdict"]))
        yield Triple(evidence, lg("evidenceKind"), lg(f"{row['kind']}_evidence"))
        yield Triple(evidence, CITES, NamedNode(SOURCE + row["source"]))
        for pair in row.values("context"):
            yield Triple(evidence, lg("context"), Literal(pair))
        if row["note"]:
            yield Triple(evidence, COMMENT, text(row["note"]))


def _figures(tables: Tables) -> Iterator[Triple]:
    taken: Counter[str] = Counter()
    for row in tables.figures:
        about = ".".join(filter(None, (row["about"], row["about2"])))
        key = f"{about}.{row['quantity']}.{row['source']}"
        taken[key] += 1
        node = NamedNode(FIGURE + key + (f".{taken[key]}" if taken[key] > 1 else ""))
        yield Triple(node, TYPE, lg("Figure"))
        yield Triple(node, lg("about"), lg(row["about"]))
        if row["about2"]:
            yield Triple(node, lg("about2"), lg(row["about2"]))
        yield Triple(node, lg("quantity"), lg(f"quantity_{row['quantity']}"))
        yield Triple(node, CITES, NamedNode(SOURCE + row["source"]))
        for column in ("value", "low", "high"):
            if row[column]:
                yield Triple(node, lg(column), number(row[column]))
        for column in ("spread", "unit", "disagreement"):
            if row[column]:
                yield Triple(node, lg(column), Literal(row[column]))
        for column in ("population", "method"):
            if row[column]:
                yield Triple(node, lg(column), text(row[column]))
        if row["note"]:
            yield Triple(node, COMMENT, text(row["note"]))


def _source(row: Row) -> Iterator[Triple]:
    node = NamedNode(SOURCE + row["key"])
    yield Triple(node, TYPE, lg("Source"))
    yield Triple(node, TITLE, Literal(row["title"]))
    yield Triple(node, SEE_ALSO, NamedNode(row["url"]))
    yield Triple(node, lg("read"), Literal(row["read"]))
    if row["id"]:
        yield Triple(node, IDENTIFIER, Literal(row["id"]))
    if row["year"]:
        yield Triple(node, DATE, Literal(row["year"], datatype=YEAR))
    if row["note"]:
        yield Triple(node, COMMENT, text(row["note"]))
