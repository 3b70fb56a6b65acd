"""What the service says of itself: SPARQL Service Description, VoID and DCAT.

The numbers are counted once for each state of the store; when that takes too long the
description goes without them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pyoxigraph import Literal, NamedNode, QuerySolutions, RdfFormat, Store, Triple, serialize

from leukograph.namespaces import DCTERMS, OWL, PREFIXES, RDF, XSD

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
DCAT = "http://www.w3.org/ns/dcat#"
FORMATS = "http://www.w3.org/ns/formats/"
#: What the endpoint writes, by the names that the W3C gives to formats.
RESULT_FORMATS = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "RDF_XML",
    "JSON-LD",
)
_GRAPHS = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "rdfxml": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
    "html": RdfFormat.TURTLE,
}
#: Classes and properties that are listed one by one.
_PARTITIONS = 200
_COUNTS = {
    "triples": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "distinctSubjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
    "distinctObjects": "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }",
}
_CLASSES = "SELECT ?x (COUNT(DISTINCT ?s) AS ?n) { ?s a ?x FILTER(isIRI(?x)) } GROUP BY ?x ORDER BY DESC(?n) ?x"
_PROPERTIES = "SELECT ?x (COUNT(*) AS ?n) { ?s ?x ?o } GROUP BY ?x ORDER BY DESC(?n) ?x"
_HEADER = """
SELECT ?p ?o {
  ?ontology a owl:Ontology ; ?p ?o
  FILTER (?p IN (dcterms:title, dcterms:description, dcterms:license, owl:versionInfo))
}
"""

Counts = Mapping[str, Any]


def counted(store: Store) -> dict[str, Any]:
    """Return what a store holds, as plain values."""
    found: dict[str, Any] = {name: _rows(store, query)[0][0] for name, query in _COUNTS.items()}
    found["classes"] = _rows(store, _CLASSES)
    found["properties"] = _rows(store, _PROPERTIES)
    found["graphs"] = sorted(graph.value for graph in store.named_graphs() if isinstance(graph, NamedNode))[:1000]
    prefixes = {"owl": OWL, "dcterms": DCTERMS}
    header = store.query(_HEADER, prefixes=prefixes, use_default_graph_as_union=True)
    assert isinstance(header, QuerySolutions)
    found["header"] = sorted({(row["p"].value, str(row["o"])) for row in header})
    return found


def _rows(store: Store, query: str) -> list[list[Any]]:
    answer = store.query(query, use_default_graph_as_union=True)
    assert isinstance(answer, QuerySolutions)
    names = [variable.value for variable in answer.variables]
    return [
        [int(row[name].value) if name == "n" else row[name].value for name in sorted(names, reverse=True)]
        for row in answer
    ]


class Service:
    """A service, as its description tells of it."""

    def __init__(self, endpoint: str, root: str, counts: Counts | None, *, writable: bool, federated: bool) -> None:
        self.endpoint, self.root = endpoint, root
        self._counts = counts or {}
        self._writable, self._federated = writable, federated

    def description(self, form: str) -> bytes:
        """Return the SPARQL Service Description, with what VoID has to say."""
        return _written([*self._service(), *self._dataset()], form)

    def void(self, form: str) -> bytes:
        """Return the VoID description, and DCAT's of how the data are served."""
        return _written([*self._dataset(), *self._catalogue()], form)

    @property
    def dataset(self) -> str:
        """The IRI of the data set."""
        return f"{self.root}.well-known/void#dataset"

    def _service(self) -> Iterator[Triple]:
        service = self.endpoint
        yield _triple(service, RDF + "type", SD + "Service")
        yield _triple(service, SD + "endpoint", service)
        yield _triple(service, SD + "supportedLanguage", SD + "SPARQL11Query")
        if self._writable:
            yield _triple(service, SD + "supportedLanguage", SD + "SPARQL11Update")
        for name in RESULT_FORMATS:
            yield _triple(service, SD + "resultFormat", FORMATS + name)
        yield _triple(service, SD + "feature", SD + "UnionDefaultGraph")
        if self._federated:
            yield _triple(service, SD + "feature", SD + "BasicFederatedQuery")
        yield _triple(service, SD + "defaultDataset", self.dataset)
        yield _triple(self.dataset, RDF + "type", SD + "Dataset")
        graph = f"{self.dataset}-graph"
        yield _triple(self.dataset, SD + "defaultGraph", graph)
        yield _triple(graph, RDF + "type", SD + "Graph")
        if "triples" in self._counts:
            yield _triple(graph, VOID + "triples", self._counts["triples"])
        for number, iri in enumerate(self._counts.get("graphs", ()), 1):
            named = f"{self.dataset}-graph-{number}"
            yield _triple(self.dataset, SD + "namedGraph", named)
            yield _triple(named, RDF + "type", SD + "NamedGraph")
            yield _triple(named, SD + "name", iri)

    def _dataset(self) -> Iterator[Triple]:
        counts = self._counts
        yield _triple(self.dataset, RDF + "type", VOID + "Dataset")
        yield _triple(self.dataset, VOID + "sparqlEndpoint", self.endpoint)
        for name in _COUNTS:
            if name in counts:
                yield _triple(self.dataset, VOID + name, counts[name])
        for name, single, kind, entities in (
            ("classes", "class", "classPartition", "entities"),
            ("properties", "property", "propertyPartition", "triples"),
        ):
            if name not in counts:
                continue
            yield _triple(self.dataset, VOID + name, len(counts[name]))
            for number, (iri, count) in enumerate(counts[name][:_PARTITIONS], 1):
                part = f"{self.dataset}-{single}-{number}"
                yield _triple(self.dataset, VOID + kind, part)
                yield _triple(part, VOID + single, iri)
                yield _triple(part, VOID + entities, count)

    def _catalogue(self) -> Iterator[Triple]:
        yield _triple(self.dataset, RDF + "type", DCAT + "Dataset")
        for predicate, text in self._counts.get("header", ()):
            yield Triple(NamedNode(self.dataset), NamedNode(predicate), _parsed(text))
        yield _triple(self.dataset, DCAT + "distribution", f"{self.dataset}-sparql")
        yield _triple(f"{self.dataset}-sparql", RDF + "type", DCAT + "Distribution")
        yield _triple(f"{self.dataset}-sparql", DCAT + "accessURL", self.endpoint)
        yield _triple(f"{self.dataset}-sparql", DCAT + "accessService", self.endpoint)
        yield _triple(self.endpoint, RDF + "type", DCAT + "DataService")
        yield _triple(self.endpoint, DCAT + "endpointURL", self.endpoint)
        yield _triple(self.endpoint, DCAT + "servesDataset", self.dataset)


def _triple(subject: str, predicate: str, value: str | int) -> Triple:
    term = NamedNode(value) if isinstance(value, str) else Literal(str(value), datatype=NamedNode(XSD + "integer"))
    return Triple(NamedNode(subject), NamedNode(predicate), term)


def _parsed(text: str) -> NamedNode | Literal:
    """Return a term from its N-Triples form."""
    from pyoxigraph import parse

    quad = next(iter(parse(f"<a:a> <a:a> {text} .", format=RdfFormat.N_TRIPLES)))
    assert isinstance(quad.object, NamedNode | Literal)
    return quad.object


def _written(triples: Sequence[Triple], form: str) -> bytes:
    prefixes = {"sd": SD, "void": VOID, "dcat": DCAT, "formats": FORMATS, **PREFIXES}
    used = {name: iri for name, iri in prefixes.items() if any(iri in str(triple) for triple in triples)}
    return serialize(triples, format=_GRAPHS[form], prefixes=used if form in {"turtle", "html"} else None) or b""
