"""From the triples of a release to plain values (`Knowledge`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from pyoxigraph import Literal, NamedNode, Store

from leukograph import __version__
from leukograph.knowledge import Knowledge
from leukograph.model import (
    DEFINED_KIND,
    GRADES,
    Claim,
    Defined,
    Entry,
    Evidence,
    Figure,
    Gap,
    Grade,
    Kind,
    Language,
    Relation,
    Sign,
    Source,
    Term,
)
from leukograph.namespaces import (
    BASE,
    CLAIM,
    DCTERMS,
    DIGEST,
    EVIDENCE,
    FIGURE,
    FOREIGN_PREFIXES,
    GAP,
    IAO,
    INFERRED_SUBCLASS,
    OBOINOWL,
    OWL,
    RDF,
    RDFS,
    SKOS,
    SOURCE,
    key,
)

#: "term replaced by"
_REPLACED_BY = IAO + "0100001"
_EDITOR_NOTE = IAO + "0000116"
_DEFINED_AS = BASE + "definedAs"
_LOOKED_FOR = BASE + "lookedFor"
#: Properties that hold or qualify a name of a term.
NAMING = (
    RDFS + "label",
    OBOINOWL + "hasExactSynonym",
    BASE + "kind",
    _DEFINED_AS,
    *(SKOS + match for match in ("broadMatch", "closeMatch", "exactMatch", "narrowMatch")),
)


class _Node:
    """The properties of one node, by predicate."""

    def __init__(self) -> None:
        self._values: dict[str, list[str]] = defaultdict(list)

    def add(self, predicate: str, value: str) -> None:
        self._values[predicate].append(value)

    def all(self, predicate: str) -> list[str]:
        """Return all values, sorted."""
        return sorted(self._values.get(predicate, ()))

    def one(self, predicate: str) -> str:
        """Return the value, or an empty string."""
        values = self._values.get(predicate)
        return values[0] if values else ""

    def key(self, predicate: str) -> str:
        """Return the key in the IRI that is the value, or an empty string."""
        value = self.one(predicate)
        return key(value) if value else ""

    def number(self, predicate: str) -> float | None:
        """Return the value as a number, or None."""
        value = self.one(predicate)
        return float(value) if value else None


def read_knowledge(store: Store) -> Knowledge:
    """Read all that a store with a leukograph release holds.

    The release is named by the version of the code and the digest among its triples.

    Raises:
        KeyError, ValueError: when something names a term, a source or a word that is not there.
    """
    nodes = _nodes(store)
    language = _language(nodes)
    entries = _entries(nodes, language)
    terms = {name: entry.term for name, entry in entries.items()}
    evidence = {
        name: _evidence(nodes[EVIDENCE + name]) for name in _keys(nodes, EVIDENCE, lambda n: n.one(_LG("verdict")))
    }
    knowledge = Knowledge(
        release="-".join(filter(None, (__version__, nodes[BASE].one(_LG(DIGEST))))),
        language=language,
        entries=entries,
        claims={
            name: _claim(name, nodes[CLAIM + name], terms, language, evidence)
            for name in _keys(nodes, CLAIM, lambda n: n.one(_LG("relation")))
        },
        figures=tuple(
            _figure(name, nodes[FIGURE + name], terms)
            for name in _keys(nodes, FIGURE, lambda n: n.one(_LG("quantity")))
        ),
        sources={
            name: _source(name, nodes[SOURCE + name])
            for name in _keys(nodes, SOURCE, lambda n: n.one(DCTERMS + "title"))
        },
        retired={
            name: nodes[BASE + name].key(_REPLACED_BY)
            for name in _keys(nodes, BASE, lambda n: n.one(_REPLACED_BY) and not n.one(_LG("kind")))
        },
        defined=_all_defined(nodes),
        inferred=tuple(_pairs(nodes, INFERRED_SUBCLASS)),
        disjoint=tuple(_pairs(nodes, OWL + "disjointWith")),
        gaps=_gaps(nodes),
    )
    _check(knowledge)
    return knowledge


def read_named(store: Store) -> list[Entry | Defined]:
    """Read the terms and the defined classes of a store, as far as they are there, in the order of their keys."""
    nodes = _nodes(store)
    return [*_entries(nodes, _language(nodes)).values(), *_all_defined(nodes).values()]


def read_gaps(store: Store) -> tuple[Gap, ...]:
    """Read the names that were looked for in vain, as far as they are there."""
    return _gaps(_nodes(store))


def _gaps(nodes: Mapping[str, _Node]) -> tuple[Gap, ...]:
    found = (nodes[GAP + name] for name in _keys(nodes, GAP, lambda n: n.one(_LOOKED_FOR)))
    made = (
        Gap(node.one(RDFS + "label"), tuple(node.all(OBOINOWL + "hasExactSynonym")), node.one(_LOOKED_FOR))
        for node in found
    )
    return tuple(sorted(made))


def _nodes(store: Store) -> dict[str, _Node]:
    nodes: dict[str, _Node] = defaultdict(_Node)
    for quad in store:
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
            nodes[quad.subject.value].add(quad.predicate.value, quad.object.value)
    return nodes


def _entries(nodes: Mapping[str, _Node], language: Language) -> dict[str, Entry]:
    keys = _keys(nodes, BASE, lambda node: node.one(_LG("kind")))
    return {key: _entry(key, nodes[BASE + key], language) for key in keys}


def _pairs(nodes: Mapping[str, _Node], predicate: str) -> Iterator[tuple[str, str]]:
    """Yield the keys of two nodes of ours between which a predicate stands, in order."""
    for name in _keys(nodes, BASE, lambda n: n.one(predicate)):
        for other in nodes[BASE + name].all(predicate):
            yield name, key(other)


def _all_defined(nodes: Mapping[str, _Node]) -> dict[str, Defined]:
    return {name: _defined(name, nodes[BASE + name]) for name in _keys(nodes, BASE, lambda n: n.one(_DEFINED_AS))}


def _defined(name: str, node: _Node) -> Defined:
    return Defined(
        term=Term(name, node.one(RDFS + "label"), DEFINED_KIND),
        expression=node.one(_DEFINED_AS),
        definition=node.one(IAO + "0000115"),
        note=node.one(_EDITOR_NOTE),
        synonyms=tuple(node.all(OBOINOWL + "hasExactSynonym")),
    )


def _check(knowledge: Knowledge) -> None:
    """Refuse values that name what is not there; later nothing looks again."""
    for entry in knowledge.entries.values():
        for parent in entry.parents:
            knowledge.term(parent)
    cited = [row.source for claim in knowledge.claims.values() for row in claim.evidence]
    for source in (*cited, *(figure.source for figure in knowledge.figures)):
        knowledge.sources[source]
    for claim in knowledge.claims.values():
        if claim.grade not in GRADES:
            raise ValueError(f"{claim.key} has no grade that is known")
        if any(row.verdict not in {"supports", "refutes"} for row in claim.evidence):
            raise ValueError(f"{claim.key} has evidence that neither supports nor refutes it")


def _LG(name: str) -> str:  # noqa: N802 - reads like the prefix it stands for
    return BASE + name


def _keys(nodes: Mapping[str, _Node], folder: str, belongs: Any) -> Iterable[str]:
    """Return the sorted local names right below a folder whose nodes belong."""
    found = []
    for iri, node in nodes.items():
        local = iri.removeprefix(folder)
        if iri.startswith(folder) and "/" not in local and belongs(node):
            found.append(local)
    return sorted(found)


def _language(nodes: Mapping[str, _Node]) -> Language:
    language = Language({}, {}, {}, {})
    for iri, node in sorted(nodes.items()):
        type_ = node.one(RDF + "type")
        label = node.one(RDFS + "label")
        notation = node.one(_LG("notation"))
        if family := node.one(_LG("family")):
            name = key(iri)
            language.relations[name] = Relation(
                name, family, cast(Sign, node.one(_LG("sign"))), node.one(_LG("reads")), node.one(_LG("readsBackwards"))
            )
        elif type_ == _LG("Kind"):
            language.kinds[notation] = Kind(
                notation, label, node.one(_LG("role")), node.one(_LG("upPhrase")), node.one(_LG("downPhrase"))
            )
        elif type_ == _LG("EvidenceKind"):
            language.evidence_kinds[notation] = label
        elif type_ == _LG("Quantity"):
            language.quantities[notation] = label
    return language


def _entry(name: str, node: _Node, language: Language) -> Entry:
    term = Term(name, node.one(RDFS + "label"), node.key(_LG("kind")).removesuffix("_kind"))
    kind = language.kinds[term.kind]
    mappings = []
    for match in ("broadMatch", "closeMatch", "exactMatch", "narrowMatch"):
        mappings += [(match, _curie(iri)) for iri in node.all(SKOS + match)]
    return Entry(
        term=term,
        parents=tuple(key(parent) for parent in node.all(RDFS + "subClassOf")),
        synonyms=tuple(node.all(OBOINOWL + "hasExactSynonym")),
        definition=node.one(IAO + "0000115"),
        up=node.one(_LG("upPhrase")) or kind.up.replace("{label}", term.label),
        down=node.one(_LG("downPhrase")) or kind.down.replace("{label}", term.label),
        replaced_by=node.key(_REPLACED_BY),
        mappings=tuple(mappings),
    )


def _curie(iri: str) -> str:
    for prefix, base in FOREIGN_PREFIXES.items():
        if iri.startswith(base):
            return f"{prefix}:{iri.removeprefix(base)}"
    return iri


def _evidence(node: _Node) -> Evidence:
    return Evidence(
        verdict=cast(Any, node.one(_LG("verdict"))),
        kind=node.key(_LG("evidenceKind")).removesuffix("_evidence"),
        context="|".join(node.all(_LG("context"))),
        note=node.one(RDFS + "comment"),
        source=node.key(DCTERMS + "source"),
    )


def _claim(
    name: str, node: _Node, terms: Mapping[str, Term], language: Language, evidence: Mapping[str, Evidence]
) -> Claim:
    relation = node.key(_LG("relation"))
    return Claim(
        key=name,
        subject=terms[node.key(_LG("subject"))],
        relation=relation,
        sign=language.relations[relation].sign,
        object=terms[node.key(_LG("object"))],
        grade=cast(Grade, node.one(_LG("grade"))),
        belief=node.number(_LG("belief")) or 0.0,
        evidence=tuple(evidence[iri.removeprefix(EVIDENCE)] for iri in node.all(_LG("evidence"))),
        stage=node.one(_LG("stage")),
    )


def _figure(name: str, node: _Node, terms: Mapping[str, Term]) -> Figure:
    about = [terms[key(node.one(_LG("about")))]]
    if second := node.key(_LG("about2")):
        about.append(terms[second])
    return Figure(
        key=name,
        about=tuple(about),
        quantity=node.key(_LG("quantity")).removeprefix("quantity_"),
        value=node.number(_LG("value")),
        low=node.number(_LG("low")),
        high=node.number(_LG("high")),
        spread=node.one(_LG("spread")),
        unit=node.one(_LG("unit")),
        population=node.one(_LG("population")),
        method=node.one(_LG("method")),
        source=node.key(DCTERMS + "source"),
        disagreement=node.one(_LG("disagreement")),
        note=node.one(RDFS + "comment"),
    )


def _source(name: str, node: _Node) -> Source:
    year = node.one(DCTERMS + "date")
    return Source(
        key=name,
        title=node.one(DCTERMS + "title"),
        id=node.one(DCTERMS + "identifier"),
        url=node.one(RDFS + "seeAlso"),
        year=int(year) if year else None,
        read=node.one(_LG("read")),
        note=node.one(RDFS + "comment"),
    )
