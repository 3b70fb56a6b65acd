"""Reads `core.ttl`, the language of the ontology, with rdflib."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import rdflib
from rdflib import RDF, RDFS, XSD, Namespace, URIRef
from rdflib.term import Node

from leukograph.belief import Said, Weight, weigh
from leukograph.errors import CannotRead
from leukograph.model import Kind, Limits, Relation, Sign

LG = Namespace("https://w3id.org/leukograph/")


@dataclass(frozen=True)
class RowRule:
    """Which kinds of term a relation may join; empty means any."""

    subjects: frozenset[str]
    objects: frozenset[str]


@dataclass(frozen=True)
class Core:
    """The language of the ontology, as `core.ttl` declares it."""

    graph: rdflib.Graph
    relations: dict[str, Relation]
    #: key of every property between terms, relations and those above them -> its label
    labels: dict[str, str]
    rules: dict[str, RowRule]
    kinds: dict[str, Kind]
    #: kind of evidence -> reliability of one source of that kind, 0 to 1
    reliability: dict[str, float]
    limits: Limits
    context_keys: frozenset[str]
    stages: frozenset[str]
    #: what `range` may say: a count that moved within its normal range is no low count
    ranges: frozenset[str]
    #: quantity -> dimension of its unit
    dimensions: dict[str, str]

    @cached_property
    def acting(self) -> frozenset[str]:
        """The relations under `influences`."""
        return frozenset(r.key for r in self.relations.values() if r.family == "act")

    def weigh(self, said: Iterable[Said]) -> Weight:
        """Weigh the evidence rows of one claim by what the language says of kinds, grades and stages."""
        return weigh(said, self.reliability, self.limits, sorted(self.stages))


def read_core(path: Path) -> Core:
    """Read `core.ttl`.

    Raises:
        CannotRead: when the file is missing or is no Turtle.
    """
    graph = rdflib.Graph()
    try:
        graph.parse(data=path.read_text(encoding="utf-8"), format="turtle")
    except OSError as error:
        raise CannotRead(f"{path}: {error.strerror}") from error
    except Exception as error:  # rdflib's parser raises many classes
        line = getattr(error, "lines", None)
        place = f"{path}:{line + 1}" if isinstance(line, int) else str(path)
        reason = " ".join(str(getattr(error, "_why", "") or error).split())
        raise CannotRead(f"{place}: not Turtle: {reason}", "mend that line") from error

    def text(subject: Node, name: str) -> str:
        value = graph.value(subject, LG[name])
        return "" if value is None else str(value)

    def texts(subject: Node, name: str) -> frozenset[str]:
        return frozenset(str(value) for value in graph.objects(subject, LG[name]))

    relations, rules = {}, {}
    for subject in graph.subjects(LG.family):
        name = str(subject).removeprefix(str(LG))
        sign = text(subject, "sign")
        relations[name] = Relation(
            name, text(subject, "family"), _sign(sign), text(subject, "reads"), text(subject, "readsBackwards")
        )
        rules[name] = RowRule(texts(subject, "subjectKind"), texts(subject, "objectKind"))
    kinds = {}
    for subject in graph.subjects(RDF.type, LG.Kind):
        name = text(subject, "notation")
        label = str(graph.value(subject, RDFS.label))
        kinds[name] = Kind(name, label, text(subject, "role"), text(subject, "upPhrase"), text(subject, "downPhrase"))
    return Core(
        graph=graph,
        relations=relations,
        labels={
            str(subject).removeprefix(str(LG)): str(graph.value(subject, RDFS.label))
            for subject in graph.subjects(RDF.type, rdflib.OWL.ObjectProperty)
        },
        rules=rules,
        kinds=kinds,
        reliability={
            text(subject, "notation"): float(text(subject, "reliability"))
            for subject in graph.subjects(RDF.type, LG.EvidenceKind)
        },
        limits=Limits(
            established=_number(graph, LG.establishedFrom),
            probable=_number(graph, LG.probableFrom),
            contested=_number(graph, LG.contestedFrom),
        ),
        context_keys=texts(LG.Context, "contextKey"),
        stages=texts(LG.Context, "stage"),
        ranges=texts(LG.Context, "range"),
        dimensions={
            text(subject, "notation"): text(subject, "dimension") for subject in graph.subjects(RDF.type, LG.Quantity)
        },
    )


def _sign(text: str) -> Sign:
    return "+" if text == "+" else "-" if text == "-" else ""


def _number(graph: rdflib.Graph, name: URIRef) -> float:
    value = graph.value(LG.Grades, name)
    if value is None:
        raise CannotRead(f"core.ttl does not state {name}")
    return float(rdflib.Literal(value, datatype=XSD.decimal))
