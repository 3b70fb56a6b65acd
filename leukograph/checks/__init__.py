"""The quality gate: any ontology by general rules, leukograph's own tables and releases by rules of their own.

Row faults (keys, kinds, signs, units, loops, citations) are found while reading and
name file, line and column. What can only be seen in the whole graph of ours is asked
in SPARQL, one file a rule in `queries/checks/`, or in Python where it needs the
effective claims of a term. The rules for any ontology look at its statements; a
reasoner looks at its axioms, pySHACL at its shapes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from leukograph.checks.report import Finding, Report, in_order, joined
from leukograph.checks.rules import Rule, all_rules
from leukograph.errors import CannotRead, FaultyOntology

if TYPE_CHECKING:
    from pyoxigraph import Store, Triple

    from leukograph.build.tables import Tables
    from leukograph.checks.reading import Read


@dataclass(frozen=True, slots=True)
class Settings:
    """What to check, and how."""

    rules: tuple[Rule, ...] = field(default_factory=all_rules)
    #: validate leukograph data against `shapes.ttl`
    shapes: bool = False
    #: files with shapes of the user's own
    shacl: tuple[Path, ...] = ()
    #: tell what each claim about a class says of its members
    members: bool = False
    #: a folder with term tables of other vocabularies, to hold mappings against
    terms: Path | None = None
    #: "elk" or "hermit"
    engine: str = "elk"
    #: run the general rules, the reasoner and the shapes over the release of a folder too
    full: bool = False

    def has(self, *names: str) -> bool:
        """Tell whether one of these rules, or parts, is to be run."""
        return any(rule.name in names or rule.part in names for rule in self.rules)

    @property
    def general(self) -> tuple[Rule, ...]:
        """The rules that look at statements."""
        return tuple(rule for rule in self.rules if rule.find is not None)


def check_paths(paths: Iterable[Path], settings: Settings) -> Report:
    """Check several files and folders.

    Raises:
        CannotRead: when one is missing, or is nothing that can be checked.
        NoReasoner: when HermiT is asked for and there is no Java.
    """
    return joined([check_path(path, settings) for path in paths])


def check_path(path: Path, settings: Settings) -> Report:
    """Check a file, or a leukograph folder.

    Raises:
        CannotRead: when it is missing, or is nothing that can be checked.
        NoReasoner: when HermiT is asked for and there is no Java.
    """
    if not path.is_dir():
        return check_file(path, settings)
    if not (path / "core.ttl").is_file():
        raise CannotRead(f"{path} is no leukograph folder: it holds no core.ttl", "name the files to check instead")
    return check_folder(path, settings)


# --- a file ------------------------------------------------------------------------------


def check_file(path: Path, settings: Settings) -> Report:
    """Check an ontology file of any format.

    Raises:
        CannotRead: when it is missing, or holds no ontology that can be parsed.
        NoReasoner: when HermiT is asked for and there is no Java.
    """
    from leukograph.checks.reading import read_file

    read = read_file(path)
    findings = [*_general(read.path, read.triples, settings)]
    counts = {"statements": len(read.triples)}
    ours = read.is_release
    if ours:
        findings += _release(read, settings)
    if settings.has("shapes"):
        own_shapes = [_own_shapes()] if ours and settings.shapes else []
        findings += _shapes([*own_shapes, *settings.shacl], read.ntriples())
    findings = [replace(finding, file=str(path)) for finding in findings]
    placed = _placed(findings, read.content)
    run = tuple(rule.name for rule in settings.rules if _runs(rule, settings, ours=ours, folder=False))
    return Report(_kept(placed, settings), counts, (str(path),), run)


def _placed(findings: Iterable[Finding], content: bytes) -> Iterator[Finding]:
    """Give findings the lines on which their subjects are described in a file."""
    from leukograph.checks.locate import places

    findings = tuple(findings)
    where = places(content, {finding.subject for finding in findings if finding.subject})
    for finding in findings:
        place = where.get(finding.subject)
        yield replace(finding, line=place.line, column=place.column) if place else finding


def _general(path: Path, triples: Iterable[Triple], settings: Settings) -> Iterator[Finding]:
    """Run the rules for any ontology, and the reasoner."""
    from leukograph.checks.logic import logic_hits
    from leukograph.checks.statements import Statements

    triples = tuple(triples)
    if settings.general:
        statements = Statements(triples)
        for rule in settings.general:
            assert rule.find is not None  # that is what makes it general
            for hit in rule.find(statements):
                # a blank node has no name outside the file; the named thing it is a part of has
                yield Finding(rule.name, rule.severity, hit.message, subject=statements.holder(hit.subject))
    if settings.has("logic"):
        severities = {rule.name: rule.severity for rule in settings.rules}
        for name, hit in logic_hits(path, triples, settings.engine):
            if name in severities:
                yield Finding(name, severities[name], hit.message, subject=hit.subject)


def _release(read: Read, settings: Settings) -> Iterator[Finding]:
    """Run the rules of ours over a release."""
    from pyoxigraph import RdfFormat, Store

    store = Store()
    store.bulk_load(read.ntriples(), format=RdfFormat.N_TRIPLES)
    yield from _graph_rules(store, settings)


def _own_shapes() -> Path:
    from leukograph import resources

    return resources.folder("ontology") / "shapes.ttl"


def _shapes(files: Iterable[Path], ntriples: bytes) -> Iterator[Finding]:
    from leukograph.checks.shapes import shape_hits

    for file in files:
        for severity, subject, message in shape_hits(file, ntriples):
            yield Finding("shapes", severity, message, subject=subject)


def _runs(rule: Rule, settings: Settings, *, ours: bool, folder: bool) -> bool:
    """Tell whether a rule really looked at something, for the lists of what was run."""
    if rule.name == "class-claim":
        return ours and settings.members
    if rule.name == "mapping":
        return folder and settings.terms is not None
    if rule.name in {"row", "stale-release"}:
        return folder
    if rule.scope == "ours":
        return ours
    if rule.part == "shapes":
        return bool(settings.shacl) or (ours and settings.shapes) or (folder and settings.full)
    return settings.full or not folder


def _kept(findings: Iterable[Finding], settings: Settings) -> tuple[Finding, ...]:
    wanted = {rule.name for rule in settings.rules}
    return in_order(dict.fromkeys(finding for finding in findings if finding.rule in wanted))


# --- a leukograph folder -----------------------------------------------------------------


def check_folder(folder: Path, settings: Settings | None = None) -> Report:
    """Check a leukograph folder.

    Args:
        folder: holds `core.ttl` and the tables.
        settings: what to check; when left out, all that the plain check holds.

    Raises:
        CannotRead: when the folder or `core.ttl` is missing or unreadable.
        NoReasoner: when HermiT is asked for and there is no Java.
    """
    from pyoxigraph import RdfFormat, Store, parse

    from leukograph import __version__
    from leukograph.build.release import OWL_FILE, TURTLE, inferred_of, owl_bytes, turtle_bytes
    from leukograph.build.tables import read_tables
    from leukograph.checks import vocabularies

    settings = settings or Settings()
    run = tuple(rule.name for rule in settings.rules if _runs(rule, settings, ours=True, folder=True))
    try:
        tables = read_tables(folder)
    except FaultyOntology as error:
        found = [_row_finding(line, str(folder)) for line in error.faults]
        return Report(_kept(found, settings), {}, (str(folder),), run)
    findings: list[Finding] = []
    inferred = inferred_of(tables)
    turtle, _ = turtle_bytes(tables, inferred)
    xml, _ = owl_bytes(tables, __version__, inferred) if settings.full or settings.has("stale-release") else (b"", None)
    if settings.has("stale-release"):
        findings += [*_stale(folder / TURTLE, turtle), *_stale(folder / OWL_FILE, xml)]
    store = Store()
    store.bulk_load(turtle, format=RdfFormat.TURTLE)
    findings += _graph_rules(store, settings)
    if settings.terms:
        findings += vocabularies.check_mappings((*tables.mappings, *tables.alignments), settings.terms)
    if settings.full:
        triples = [quad.triple for quad in parse(xml, format=RdfFormat.RDF_XML)]
        found = [replace(finding, file=OWL_FILE) for finding in _general(folder / OWL_FILE, triples, settings)]
        findings += _placed(found, xml)
    shapes = [folder / "shapes.ttl"] if settings.shapes or settings.full else []
    if settings.has("shapes"):
        findings += _shapes([*shapes, *settings.shacl], turtle)
    rooted = [replace(finding, root=str(folder)) for finding in findings]
    return Report(_kept(rooted, settings), _counts(tables), (str(folder),), run)


def _graph_rules(store: Store, settings: Settings) -> Iterator[Finding]:
    """Run the rules over the whole graph of a release."""
    from leukograph.checks import shape
    from leukograph.store.reading import read_knowledge

    if settings.has("tables"):
        knowledge = read_knowledge(store)
        yield from shape.dead_ends(knowledge)
        yield from shape.idle_levers(knowledge)
        yield from shape.restatements(knowledge)
        if settings.members:
            yield from shape.members(knowledge)
    yield from _check_queries(store, settings)


def _row_finding(line: str, root: str) -> Finding:
    file, row, column, message = line.split(":", 3)
    return Finding("row", "error", message.strip(), file, int(row), int(column), root=root)


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
            "stale-release", "error", "is not what the tables make; build it with: leukograph build", path.name
        )


def _check_queries(store: Store, settings: Settings) -> Iterator[Finding]:
    """Run the queries of `queries/checks/`; each row that one returns is a finding."""
    from pyoxigraph import QuerySolutions

    from leukograph.queries import all_queries

    rules = {rule.name: rule for rule in settings.rules if rule.part == "queries"}
    for query in all_queries():
        if not query.is_check or query.name not in rules:
            continue
        rows = store.query(query.text)
        assert isinstance(rows, QuerySolutions)
        for row in rows:
            entity, property_, value = (row[name] for name in ("entity", "property", "value"))
            details = " ".join(str(part.value) for part in (property_, value) if part is not None)
            yield Finding(
                query.name,
                rules[query.name].severity,
                f"{query.summary}: {details}",
                subject=entity.value if entity else "",
            )
