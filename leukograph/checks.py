"""The quality gate: rows, the graph they make, the check queries, the shapes.

Row faults (keys, kinds, signs, units, loops, citations) are found while reading
and name file, line and column. What can only be seen in the whole graph is asked
in SPARQL, one file a rule in `queries/checks/`, or in Python where it needs the
effective claims of a term.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from leukograph.errors import FaultyOntology

if TYPE_CHECKING:
    from pyoxigraph import Store

    from leukograph.build.tables import Tables

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule found."""

    rule: str
    severity: Severity
    #: `file:line:column` for a row, an IRI or key for a node
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.place}: {self.message} [{self.rule}]"


@dataclass(frozen=True, slots=True)
class Report:
    """All findings about one ontology folder."""

    findings: tuple[Finding, ...]
    #: what was looked at: name -> how many
    counts: dict[str, int]

    @property
    def faults(self) -> list[Finding]:
        """The findings that fail the check."""
        return [finding for finding in self.findings if finding.severity == "error"]

    def to_text(self) -> str:
        """Return one line a finding, and a last line that sums up."""
        lines = [str(finding) for finding in self.findings]
        counted = ", ".join(f"{number} {name}" for name, number in self.counts.items())
        warnings = len(self.findings) - len(self.faults)
        verdict = f"{len(self.faults)} faults" if self.faults else "no fault"
        lines.append(f"{verdict}, {warnings} warnings" + (f" in {counted}" if counted else ""))
        return "\n".join(lines) + "\n"

    def to_json(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return {
            "schema": "leukograph.check/1",
            "faults": len(self.faults),
            "counts": self.counts,
            "findings": [
                {
                    "rule": finding.rule,
                    "severity": finding.severity,
                    "place": finding.place,
                    "message": finding.message,
                }
                for finding in self.findings
            ],
        }


def check_folder(folder: Path, *, shapes: bool = False) -> Report:
    """Check an ontology folder.

    Args:
        folder: holds `core.ttl` and the tables.
        shapes: whether to validate against `shapes.ttl` too.

    Raises:
        CannotRead: when the folder or `core.ttl` is missing or unreadable.
    """
    from pyoxigraph import RdfFormat, Store

    from leukograph import __version__
    from leukograph.build.release import OWL_FILE, TURTLE, owl_bytes, turtle_bytes
    from leukograph.build.tables import read_tables

    try:
        tables = read_tables(folder)
    except FaultyOntology as error:
        return Report(tuple(_row_finding(line) for line in error.faults), {})
    turtle, _ = turtle_bytes(tables)
    xml, _ = owl_bytes(tables, __version__)
    store = Store()
    store.bulk_load(turtle, format=RdfFormat.TURTLE)
    findings = [
        *_stale(folder / TURTLE, turtle),
        *_stale(folder / OWL_FILE, xml),
        *_dead_ends(store),
        *_check_queries(store),
    ]
    if shapes:
        findings += _shape_findings(folder / "shapes.ttl", turtle)
    order = {"error": 0, "warning": 1}
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


def _dead_ends(store: Store) -> Iterator[Finding]:
    """Find causes and links that lead to no count, and links to which nothing leads."""
    from leukograph.network import Network
    from leukograph.store.reading import read_knowledge

    knowledge = read_knowledge(store, "")
    network = Network(knowledge)
    relations = knowledge.language.relations
    for key, entry in knowledge.entries.items():
        role = knowledge.language.kinds[entry.term.kind].role
        if role not in {"cause", "link"} or knowledge.children(key):
            continue
        graph = network.reach(key, with_outcomes=True)
        ends = {node for node, _ in graph if knowledge.term(node).kind in {"level", "condition"}}
        claims = [claim for claim, _ in knowledge.claims_of(key)]
        beside = any(relations[claim.relation].family != "act" for claim in (*claims, *knowledge.claims_to(key)))
        refuted = any(not claim.holds for claim in claims)
        if not ends and not beside and not refuted:
            yield Finding("leads-nowhere", "error", key, f"no chain leads from this {entry.term.kind} to a count")
        if role == "link" and not knowledge.claims_to(key) and entry.term.kind != "lever":
            feeds = any(relations[claim.relation].family != "act" for claim in claims)
            if not feeds and not any(claim.definitional for claim in claims):
                yield Finding("nothing-leads-in", "warning", key, f"nothing acts on this {entry.term.kind}")


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


def _shape_findings(shapes: Path, turtle: bytes) -> Iterator[Finding]:
    import pyshacl
    import rdflib

    data = rdflib.Graph().parse(data=turtle, format="turtle")
    _, results, _ = pyshacl.validate(data, shacl_graph=str(shapes), shacl_graph_format="turtle")
    shacl = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    for result in results.subjects(rdflib.RDF.type, shacl.ValidationResult):
        node, message = results.value(result, shacl.focusNode), results.value(result, shacl.resultMessage)
        yield Finding("shapes", "error", str(node), str(message))
