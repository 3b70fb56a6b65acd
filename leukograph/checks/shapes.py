"""SHACL, through pySHACL: what breaks the shapes of a file in a graph."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from leukograph.checks.report import Severity
from leukograph.errors import CannotRead

if TYPE_CHECKING:
    import rdflib


class ShapeHit(NamedTuple):
    """A validation result."""

    severity: Severity
    subject: str
    message: str


def shape_hits(shapes: Path, ntriples: bytes) -> Iterator[ShapeHit]:
    """Validate a graph, given as N-Triples or Turtle, and yield what breaks its shapes.

    Only core SHACL and SPARQL constraints that stay in the graph are run; nothing is
    imported or fetched.

    Raises:
        CannotRead: when the shapes cannot be read, or are no shapes.
        RefusedQuery: when a SPARQL constraint would leave the graph.
    """
    import pyshacl
    import rdflib

    rules = _shapes_graph(shapes)
    with _quiet():
        data = rdflib.Graph().parse(data=ntriples, format="turtle")
        try:
            _, results, text = pyshacl.validate(data, shacl_graph=rules, do_owl_imports=False)
        except Exception as error:  # what a shape can be amiss in, pySHACL meets with errors of any kind
            raise CannotRead(f"{shapes} holds shapes that cannot be used: {_first(error)}") from error
    if not isinstance(results, rdflib.Graph):
        raise CannotRead(f"{shapes} holds shapes that cannot be used: {_first(text)}")
    shacl = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    severities: dict[rdflib.term.Node | None, Severity] = {shacl.Warning: "warning", shacl.Info: "info"}
    for result in results.subjects(rdflib.RDF.type, shacl.ValidationResult):
        node, message = results.value(result, shacl.focusNode), results.value(result, shacl.resultMessage)
        path = results.value(result, shacl.resultPath)
        about = f" (property {path})" if isinstance(path, rdflib.URIRef) else ""
        severity = severities.get(results.value(result, shacl.resultSeverity), "error")
        # a blank node has another name on each run
        subject = "" if isinstance(node, rdflib.BNode) else str(node)
        yield ShapeHit(severity, subject, f"{_first(message)}{about}")


def _shapes_graph(shapes: Path) -> rdflib.Graph:
    import rdflib

    from leukograph.checks.reading import read_file
    from leukograph.store.guard import check

    read = read_file(shapes)
    with _quiet():
        graph = rdflib.Graph().parse(data=read.ntriples(), format="turtle")
    shacl = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    prefixes = {str(name) for name in graph.objects(None, shacl.prefix)}
    for form in (shacl.select, shacl.ask, shacl.construct):
        for text in graph.objects(None, form):
            check(str(text).replace("$PATH", "?PATH"), prefixes)  # pySHACL would run SERVICE
    if not any(graph.subjects(rdflib.RDF.type, shacl.NodeShape)) and not any(
        graph.subjects(rdflib.RDF.type, shacl.PropertyShape)
    ):
        raise CannotRead(f"{shapes} holds no SHACL shape", "name a file with sh:NodeShape in it")
    return graph


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep rdflib and pySHACL from printing what they think of values and shapes; what matters is told by us."""
    logs = [logging.getLogger(name) for name in ("rdflib.term", "pyshacl.validate", "pyshacl")]
    before = [log.disabled for log in logs]
    for log in logs:
        log.disabled = True
    try:
        with warnings.catch_warnings(), redirect_stderr(StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        for log, was in zip(logs, before, strict=True):
            log.disabled = was


def _first(text: object) -> str:
    lines = str(text).strip().splitlines()
    return " ".join(lines[0].split())[:300] if lines else "no message"
