"""The quality gate: rows, the graph they make, the check queries, the shapes.

Row faults (keys, kinds, signs, units, loops, citations) are found while reading
and name file, line and column. What can only be seen in the whole graph is asked
in SPARQL, one file a rule in `queries/checks/`, or in Python where it needs the
effective claims of a term.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from leukograph.checks.report import Finding, Report, Severity
from leukograph.errors import FaultyOntology

if TYPE_CHECKING:
    from pyoxigraph import Store

    from leukograph.build.tables import Tables


def check_folder(folder: Path, *, shapes: bool = False, members: bool = False, terms: Path | None = None) -> Report:
    """Check an ontology folder.

    Args:
        folder: holds `core.ttl` and the tables.
        shapes: whether to validate against `shapes.ttl` too.
        members: whether to tell what each claim about a class says of its members.
        terms: a folder with term tables of other vocabularies, to hold mappings against.

    Raises:
        CannotRead: when the folder or `core.ttl` is missing or unreadable.
    """
    from pyoxigraph import RdfFormat, Store

    from leukograph import __version__
    from leukograph.build.release import OWL_FILE, TURTLE, inferred_of, owl_bytes, turtle_bytes
    from leukograph.build.tables import read_tables
    from leukograph.checks import shape, vocabularies
    from leukograph.store.reading import read_knowledge

    try:
        tables = read_tables(folder)
    except FaultyOntology as error:
        return Report(tuple(_row_finding(line) for line in error.faults), {})
    inferred = inferred_of(tables)
    turtle, _ = turtle_bytes(tables, inferred)
    xml, _ = owl_bytes(tables, __version__, inferred)
    store = Store()
    store.bulk_load(turtle, format=RdfFormat.TURTLE)
    knowledge = read_knowledge(store, "")
    findings = [
        *_stale(folder / TURTLE, turtle),
        *_stale(folder / OWL_FILE, xml),
        *shape.dead_ends(knowledge),
        *shape.idle_levers(knowledge),
        *shape.restatements(knowledge),
        *_check_queries(store),
    ]
    if members:
        findings += shape.members(knowledge)
    if terms:
        findings += vocabularies.check_mappings((*tables.mappings, *tables.alignments), terms)
    if shapes:
        findings += shape_findings(folder / "shapes.ttl", turtle)
    order = {"error": 0, "warning": 1, "note": 2}
    findings.sort(key=lambda finding: (order[finding.severity], finding.rule, finding.place))
    return Report(tuple(findings), _counts(tables))


def _row_finding(line: str) -> Finding:
    file, row, column, message = line.split(":", 3)
    return Finding("row", "error", f"{file}:{row}:{column}", message.strip())


def _counts(tables: Tables) -> dict[str, int]:
    return {
        "terms": len(tables.terms),
        "claims": len(tables.claims()),
        "evidence rows": len(tables.evidence),
        "figures": len(tables.figures),
        "sources": len(tables.sources),
        "mappings": len(tables.mappings),
    }


def _stale(path: Path, fresh: bytes) -> Iterator[Finding]:
    if not path.is_file() or path.read_bytes() != fresh:
        yield Finding(
            "stale-release", "error", path.name, "is not what the tables make; build it with: leukograph build"
        )


def _check_queries(store: Store) -> Iterator[Finding]:
    """Run every query of `queries/checks/`; each row it returns is a finding."""
    from pyoxigraph import QuerySolutions

    from leukograph.queries import all_queries

    for query in all_queries():
        if query.folder != "checks":
            continue
        rows = store.query(query.text)
        assert isinstance(rows, QuerySolutions)
        for row in rows:
            entity, property_, value = (row[name] for name in ("entity", "property", "value"))
            details = " ".join(str(part.value) for part in (property_, value) if part is not None)
            severity: Severity = "warning" if query.header.get("severity") == "warning" else "error"
            yield Finding(query.name, severity, entity.value if entity else "", f"{query.summary}: {details}")


def shape_findings(shapes: Path, turtle: bytes) -> Iterator[Finding]:
    """Yield what breaks the public shapes in a graph given as Turtle."""
    import pyshacl
    import rdflib

    data = rdflib.Graph().parse(data=turtle, format="turtle")
    _, results, _ = pyshacl.validate(data, shacl_graph=str(shapes), shacl_graph_format="turtle")
    shacl = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    for result in results.subjects(rdflib.RDF.type, shacl.ValidationResult):
        node, message = results.value(result, shacl.focusNode), results.value(result, shacl.resultMessage)
        yield Finding("shapes", "error", str(node), str(message))
