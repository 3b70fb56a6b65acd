"""Reads the tables and checks every row against the language and the other rows.

`read_tables` either returns tables without a fault or raises `FaultyOntology`
with all of them; nothing is ever built from half a table.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from leukograph.belief import Said
from leukograph.build.core import Core, read_core
from leukograph.build.defined import FILE, read_defined
from leukograph.build.rows import COLUMNS, Faults, Row, read_grid
from leukograph.errors import CannotRead, FaultyOntology
from leukograph.model import MODEL_SOURCE, Defined
from leukograph.namespaces import FOREIGN_PREFIXES, KEY
from leukograph.units import UNITS

SPREADS = frozenset({"", "iqr", "interval", "limits", "range", "reference", "sd", "se"})
READS = frozenset({"abstract", "excerpt", "full"})
VERDICTS = frozenset({"refutes", "supports"})
MATCHES = frozenset({"skos:broadMatch", "skos:closeMatch", "skos:exactMatch", "skos:narrowMatch"})
SOURCE_ID = re.compile(r"PMID:[1-9]\d*|PMCID:PMC\d+|DOI:10\.\d{4,9}/\S+")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{1,2})?")
#: Where relations are set beside those of other vocabularies; a folder may do without.
ALIGNMENTS = "relations.sssom.tsv"
#: Names that were looked for in vain; a folder may do without.
GAPS = "gaps.tsv"
#: The kind of a null result that could have missed the effect.
WEAK_NULL = "weak_null"
MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
#: Kinds whose terms rise and fall, and so need a clause for each.
MOVING_ROLES = frozenset({"link", "end"})


@dataclass(frozen=True)
class Tables:
    """All rows of the ontology, checked, with the language they are written in."""

    core: Core
    terms: dict[str, Row]
    evidence: tuple[Row, ...]
    figures: tuple[Row, ...]
    sources: dict[str, Row]
    mappings: tuple[Row, ...]
    #: rows of `relations.sssom.tsv`: relations and their like in other vocabularies
    alignments: tuple[Row, ...] = ()
    #: key -> class that logic fills
    defined: Mapping[str, Defined] = field(default_factory=dict)
    #: pairs of keys of classes that share nothing
    disjoint: tuple[tuple[str, str], ...] = ()
    #: names that were looked for in vain
    gaps: tuple[Row, ...] = ()

    def claims(self) -> dict[tuple[str, str, str], list[Row]]:
        """Return the evidence rows gathered by (subject, relation, object)."""
        found: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        for row in self.evidence:
            found[row["subject"], row["relation"], row["object"]].append(row)
        return dict(found)


def read_tables(folder: Path) -> Tables:
    """Read and check the ontology in `folder`.

    Raises:
        CannotRead: when the folder or `core.ttl` is missing or unreadable.
        FaultyOntology: when any row breaks a rule; it names all of them.
    """
    if not folder.is_dir():
        raise CannotRead(f"{folder} is not a folder", "give the folder that holds core.ttl and the tables")
    core = read_core(folder / "core.ttl")
    faults = Faults()

    def grid(name: str, columns: str) -> list[Row]:
        return read_grid(folder / name, name, COLUMNS[columns], faults)

    def grids(name: str) -> list[Row]:
        files = sorted(path.name for path in (folder / name).glob("*.tsv"))
        return [row for file in files for row in grid(f"{name}/{file}", name)]

    terms = _by_key(grids("terms"), faults)
    sources = _by_key(grid("sources.tsv", "sources"), faults)
    labels = {key: row["label"] for key, row in terms.items() if not row["replaced_by"]}
    defined, disjoint = read_defined(folder / FILE, core, labels, faults)
    tables = Tables(
        core=core,
        terms=terms,
        evidence=tuple(grids("evidence")),
        figures=tuple(grid("figures.tsv", "figures")),
        sources=sources,
        mappings=tuple(grid("mappings.sssom.tsv", "mappings")),
        alignments=tuple(grid(ALIGNMENTS, "mappings")) if (folder / ALIGNMENTS).is_file() else (),
        defined=defined,
        disjoint=disjoint,
        gaps=tuple(grid(GAPS, "gaps")) if (folder / GAPS).is_file() else (),
    )
    _check_terms(tables, faults)
    _check_sources(tables, faults)
    _check_evidence(tables, faults)
    _check_figures(tables, faults)
    _check_mappings(tables.mappings, {key: row["label"] for key, row in terms.items()}, "term", faults)
    _check_mappings(tables.alignments, core.labels, "relation", faults)
    _check_gaps(tables, faults)
    _check_loops(tables, faults)
    _check_members(tables, faults)
    if lines := faults.lines():
        raise FaultyOntology(lines)
    return tables


def _by_key(rows: Iterable[Row], faults: Faults) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for row in rows:
        key = row["key"]
        if not KEY.fullmatch(key):
            row.fault(faults, "key", f"{key!r} is not a key: small letters, digits and single underscores")
        elif first := found.get(key):
            row.fault(faults, "key", f"{key} is taken, in {first.file}:{first.line}")
        else:
            found[key] = row
    return found


def _known(row: Row, column: str, value: str, known: Iterable[str], what: str, faults: Faults) -> bool:
    """Record a fault unless `value` is among `known`; name the closest ones."""
    known = list(known)
    if value in known:
        return True
    from difflib import get_close_matches

    close = get_close_matches(value, known, n=3)
    hint = f"; closest: {', '.join(close)}" if close else ""
    row.fault(faults, column, f"{value!r} is no {what}{hint}")
    return False


# --- terms -------------------------------------------------------------------


def _check_terms(tables: Tables, faults: Faults) -> None:
    names: dict[str, Row] = {}
    for row in tables.terms.values():
        replaced = bool(row["replaced_by"])
        if not row["label"]:
            row.fault(faults, "label", "a term needs a label")
        if not row["definition"]:
            row.fault(faults, "definition", "a term needs a definition")
        for parent in row.values("parents"):
            known = _known(row, "parents", parent, tables.terms, "term", faults)
            if known and tables.terms[parent]["replaced_by"]:
                row.fault(faults, "parents", f"{parent} was dropped; use its successor")
        if replaced:
            _known(row, "replaced_by", row["replaced_by"], tables.terms, "term", faults)
            continue
        if _known(row, "kind", row["kind"], sorted(tables.core.kinds), "kind of term", faults):
            _check_phrases(row, tables, faults)
        if len(set(row.values("synonyms"))) < len(row.values("synonyms")):
            row.fault(faults, "synonyms", "a synonym stands twice")
        for name in (row["label"], *row.values("synonyms")):
            first = names.setdefault(name.casefold(), row)
            if first is not row:
                row.fault(faults, "synonyms", f"{name!r} already names {first['key']}, in {first.file}:{first.line}")
    if loop := _loop({row["key"]: row.values("parents") for row in tables.terms.values()}):
        row = tables.terms[loop[0]]
        row.fault(faults, "parents", "a term cannot be a kind of itself: " + " is a ".join(loop))


def _check_phrases(row: Row, tables: Tables, faults: Faults) -> None:
    kind = tables.core.kinds[row["kind"]]
    if bool(row["up"]) != bool(row["down"]):
        row.fault(faults, "up", "give both clauses, for rising and for falling, or none")
    elif kind.role in MOVING_ROLES and not row["up"] and not kind.up:
        row.fault(faults, "up", f"a {kind.label} needs a clause for rising and one for falling")


def _loop(successors: dict[str, tuple[str, ...]]) -> list[str]:
    """Return a cycle as a list of keys (first = last), or an empty list."""
    try:
        TopologicalSorter(successors).prepare()
    except CycleError as error:
        found: list[str] = list(reversed(error.args[1]))
        return found
    return []


# --- sources -----------------------------------------------------------------


def _check_sources(tables: Tables, faults: Faults) -> None:
    used = {row["source"] for row in (*tables.evidence, *tables.figures)}
    seen: dict[str, Row] = {}
    for key, row in tables.sources.items():
        identifier, url, year = row["id"], row["url"], row["year"]
        if not row["title"]:
            row.fault(faults, "title", "a source needs a title")
        if identifier and not SOURCE_ID.fullmatch(identifier):
            row.fault(faults, "id", f"{identifier!r} is neither PMID:, PMCID: nor DOI: with its number")
        if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", url):
            row.fault(faults, "url", "the address of the page that was read was expected (http or https)")
        if year and not (re.fullmatch(r"[12]\d{3}", year) and 1850 <= int(year) <= date.today().year):
            row.fault(faults, "year", f"{year!r} is no year between 1850 and now")
        if row["read"] not in READS:
            row.fault(faults, "read", f"say what was read of it: {', '.join(sorted(READS))}")
        if key not in used:
            row.fault(faults, "key", "no row cites this source")
        if identifier:
            first = seen.setdefault(identifier, row)
            if first is not row:
                row.fault(faults, "id", f"{identifier} is already {first['key']}, in line {first.line}")


# --- evidence ----------------------------------------------------------------


def _check_gaps(tables: Tables, faults: Faults) -> None:
    """A gap has a name that no term has, once it has been found it is a gap no more."""
    live = [row for row in tables.terms.values() if not row["replaced_by"]]
    taken = {name.casefold(): row for row in live for name in (row["label"], *row.values("synonyms"))}
    for row in tables.gaps:
        if not row["name"]:
            row.fault(faults, "name", "needs a name")
        for column, names in (("name", [row["name"]]), ("synonyms", row.values("synonyms"))):
            for name in names:
                if (first := taken.setdefault(name.casefold(), row)) is not row:
                    row.fault(faults, column, f"{name!r} is a name in {first.file}:{first.line} already")
        if not MONTH.fullmatch(row["month"]):
            row.fault(faults, "month", "when it was looked for, as YYYY-MM, was expected")


#: What tells evidence rows apart; two that differ in kind or note alone are one.
_ONE_ROW = ("subject", "relation", "object", "source", "verdict", "context")


def _check_evidence(tables: Tables, faults: Faults) -> None:
    core = tables.core
    wordings: dict[tuple[str, str, str], Row] = {}
    told: dict[tuple[str, ...], Row] = {}
    for row in tables.evidence:
        subject, relation, object_ = row["subject"], row["relation"], row["object"]
        joined = _known(row, "relation", relation, sorted(core.relations), "relation", faults)
        for column in ("subject", "object"):
            joined &= _known_term(row, column, tables, faults)
        if joined:
            _check_kinds(row, tables, faults)
            sign = core.relations[relation].sign
            family = core.relations[relation].family
            if sign and family == "act":
                first = wordings.setdefault((subject, sign, object_), row)
                if first["relation"] != relation:
                    row.fault(
                        faults,
                        "relation",
                        f"{first.file}:{first.line} says the same with {first['relation']!r}; use one word",
                    )
        if subject == object_:
            row.fault(faults, "object", "is the subject itself")
        same = told.setdefault(tuple(row[column] for column in _ONE_ROW), row)
        if same is not row:  # what two branches changed, a merge keeps twice
            where = f"{same.file}:{same.line}"
            row.fault(faults, "source", f"{where} says this of the same source in the same context; join them")
        if row["verdict"] not in VERDICTS:
            row.fault(faults, "verdict", "supports or refutes was expected")
        _known(row, "source", row["source"], tables.sources, "key in sources.tsv", faults)
        _known(row, "kind", row["kind"], sorted(core.reliability), "kind of evidence", faults)
        if (row["kind"] == "definition") != (row["source"] == MODEL_SOURCE):
            row.fault(faults, "kind", f"kind definition and source {MODEL_SOURCE} go together")
        if row["kind"] == WEAK_NULL and row["verdict"] != "refutes":
            row.fault(faults, "kind", f"{WEAK_NULL} is a kind of null result, and refutes")
        _check_context(row, core, faults)


def _known_term(row: Row, column: str, tables: Tables, faults: Faults) -> bool:
    if not _known(row, column, row[column], tables.terms, "term", faults):
        return False
    if successor := tables.terms[row[column]]["replaced_by"]:
        row.fault(faults, column, f"{row[column]} was dropped; use {successor}")
        return False
    return True


def _check_kinds(row: Row, tables: Tables, faults: Faults) -> None:
    rule = tables.core.rules[row["relation"]]
    for column, allowed in (("subject", rule.subjects), ("object", rule.objects)):
        kind = tables.terms[row[column]]["kind"]
        if allowed and kind not in allowed:
            row.fault(
                faults,
                column,
                f"{row[column]} is a {kind}; the {column} of {row['relation']!r} may be: {', '.join(sorted(allowed))}",
            )


def context_pairs(context: str) -> dict[str, str]:
    """Return the `key=value` pairs of a context cell."""
    return dict(pair.split("=", 1) for pair in context.split("|") if "=" in pair)


def what_is_said(row: Row) -> Said:
    """Return what of an evidence row is weighed."""
    return Said(row["source"], row["verdict"], row["kind"], context_pairs(row["context"]).get("stage", ""))


def _check_context(row: Row, core: Core, faults: Faults) -> None:
    seen = set()
    for pair in row.values("context"):
        key, equals, value = pair.partition("=")
        if not equals or not value:
            row.fault(faults, "context", f"{pair!r} is not of the form key=value")
        elif key not in core.context_keys:
            row.fault(faults, "context", f"{key!r} is no key of a context: {', '.join(sorted(core.context_keys))}")
        elif key in seen:
            row.fault(faults, "context", f"{key!r} is given twice")
        elif key == "stage" and value not in core.stages:
            row.fault(
                faults, "context", f"stage is one of {', '.join(sorted(core.stages))}; put the detail in the note"
            )
        elif key == "range" and value not in core.ranges:
            row.fault(faults, "context", f"range is one of {', '.join(sorted(core.ranges))}; put numbers in the note")
        seen.add(key)


def _check_loops(tables: Tables, faults: Faults) -> None:
    """`influences` has no loop, also none that closes through a kind."""
    successors: dict[str, set[str]] = defaultdict(set)
    places: dict[tuple[str, str], Row] = {}
    for row in tables.evidence:
        if row["relation"] in tables.core.acting and row["verdict"] == "supports":
            successors[row["subject"]].add(row["object"])
            places.setdefault((row["subject"], row["object"]), row)
    for key, term in tables.terms.items():
        successors[key].update(term.values("parents"))
    loop = _loop({key: tuple(sorted(ends)) for key, ends in successors.items()})
    edges = list(itertools.pairwise(loop))
    claims = [edge for edge in edges if edge in places]
    if claims:
        row = places[claims[0]]
        words = [f"{a} {places[a, b]['relation'] if (a, b) in places else 'is a'} {b}" for a, b in edges]
        row.fault(
            faults, "object", "closes a loop, which would make every cause a cause of itself: " + ", ".join(words)
        )


def _check_members(tables: Tables, faults: Faults) -> None:
    """No member of a class refutes a mechanism that holds for its class."""
    core = tables.core
    claims = {key: rows for key, rows in tables.claims().items() if key[1] in core.acting and _joins(key, tables)}

    def refuted(rows: list[Row]) -> bool:
        sound = [row for row in rows if row["kind"] in core.reliability and row["verdict"] in VERDICTS]
        return core.weigh(map(what_is_said, sound)).grade == "refuted"

    holding = {
        (subject, core.relations[relation].sign, object_): rows[0]
        for (subject, relation, object_), rows in claims.items()
        if not refuted(rows)
    }
    for (subject, relation, object_), rows in claims.items():
        outcome = tables.terms[object_]["kind"] in {"level", "condition"}
        if outcome or not refuted(rows):
            continue
        for owner in _classes(subject, tables):
            if first := holding.get((owner, core.relations[relation].sign, object_)):
                rows[0].fault(
                    faults,
                    "verdict",
                    f"{subject} refutes what {first.file}:{first.line} says of its class {owner}; "
                    "give it another parent, or move that claim down",
                )


def _joins(claim: tuple[str, str, str], tables: Tables) -> bool:
    return claim[0] in tables.terms and claim[2] in tables.terms


def _classes(key: str, tables: Tables) -> list[str]:
    """Return all classes of a term."""
    found: dict[str, None] = {}
    queue = list(tables.terms[key].values("parents"))
    for parent in queue:
        if parent in tables.terms and parent not in found:
            found[parent] = None
            queue.extend(tables.terms[parent].values("parents"))
    return list(found)


# --- figures -----------------------------------------------------------------


def _check_figures(tables: Tables, faults: Faults) -> None:
    for row in tables.figures:
        _known_term(row, "about", tables, faults)
        if row["about2"]:
            _known_term(row, "about2", tables, faults)
        if row["spread"] not in SPREADS:
            row.fault(faults, "spread", "one of " + ", ".join(sorted(SPREADS - {""})) + " was expected")
        if not row["population"]:
            row.fault(faults, "population", "say of whom the number holds")
        _known(row, "source", row["source"], tables.sources, "key in sources.tsv", faults)
        unit = UNITS.get(row["unit"])
        if unit is None:
            row.fault(faults, "unit", f"{row['unit']!r} is no unit in use: {' '.join(UNITS)}")
        if _known(row, "quantity", row["quantity"], sorted(tables.core.dimensions), "quantity", faults) and unit:
            dimension = tables.core.dimensions[row["quantity"]]
            if unit.dimension != dimension:
                row.fault(faults, "unit", f"{row['quantity']} has the dimension {dimension}, not {unit.dimension}")
        numbers = [_number(row, column, faults) for column in ("low", "value", "high")]
        given = [number for number in numbers if number is not None]
        if not given:
            row.fault(faults, "value", "a figure needs a number: a value, or low, or high")
        if given != sorted(given):
            row.fault(faults, "value", "low, value and high are not in rising order")
        if (row["low"] or row["high"]) and not row["spread"]:
            row.fault(faults, "spread", "say what low and high are: " + ", ".join(sorted(SPREADS - {""})))
        if unit and any(not unit.low <= number <= unit.high for number in given):
            row.fault(faults, "value", f"outside what is plausible in {row['unit']}: {unit.low:g} to {unit.high:g}")


def _number(row: Row, column: str, faults: Faults) -> float | None:
    if not row[column]:
        return None
    if NUMBER.fullmatch(row[column]) and math.isfinite(number := float(row[column])):
        return number
    row.fault(faults, column, f"{row[column]!r} is no number")
    return None


# --- mappings ----------------------------------------------------------------


def _check_mappings(rows: Iterable[Row], labels: Mapping[str, str], what: str, faults: Faults) -> None:
    checks: list[tuple[str, Callable[[str], object], str]] = [
        ("predicate_id", MATCHES.__contains__, "one of " + ", ".join(sorted(MATCHES)) + " was expected"),
        ("mapping_justification", re.compile(r"semapv:[A-Za-z]+").fullmatch, "a semapv: term was expected"),
        ("object_label", bool, "the label in the other vocabulary was expected"),
    ]
    for row in rows:
        prefix, _, key = row["subject_id"].partition(":")
        if prefix != "leukograph":
            row.fault(faults, "subject_id", "leukograph:KEY was expected")
        elif _known(row, "subject_id", key, labels, what, faults) and row["subject_label"] != labels[key]:
            row.fault(faults, "subject_label", f"the label of {key} is {labels[key]!r}")
        prefix, colon, local = row["object_id"].partition(":")
        if not colon or not re.fullmatch(r"[\w.-]+", local) or prefix not in FOREIGN_PREFIXES:
            row.fault(faults, "object_id", "a CURIE was expected, with one of " + ", ".join(sorted(FOREIGN_PREFIXES)))
        for column, passes, message in checks:
            if not passes(row[column]):
                row.fault(faults, column, message)
