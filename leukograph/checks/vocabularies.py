"""Holds mappings against term tables of other vocabularies.

A table is a tab-separated file with the columns `id`, `label`, `synonyms` (parted
by "|") and `obsolete`; a mapping's identifier must be in one of them, not obsolete,
and its label or a synonym must be the one that the mapping names.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from leukograph.build.rows import SEPARATOR, Row
from leukograph.checks.report import Finding
from leukograph.errors import CannotRead


class _Known(NamedTuple):
    names: frozenset[str]
    label: str
    obsolete: bool


def check_mappings(mappings: Iterable[Row], folder: Path) -> Iterator[Finding]:
    """Yield what differs between the mappings and the tables in a folder.

    A prefix of which no table holds a single identifier is told once, as a warning.

    Raises:
        CannotRead: when the folder holds no term table.
    """
    mappings = list(mappings)
    wanted = {row["object_id"].upper() for row in mappings}
    known, prefixes = _read(folder, wanted)
    untold = set()
    for row in mappings:
        identifier = row["object_id"]
        prefix = identifier.partition(":")[0].upper()
        place = (row.file, row.line, row.columns.index("object_id") + 1)
        if prefix not in prefixes:
            if prefix not in untold:
                yield Finding("mapping", "warning", f"no table in {folder} holds {prefix} identifiers", *place)
            untold.add(prefix)
            continue
        found = known.get(identifier.upper())
        if found is None:
            yield Finding("mapping", "error", f"{identifier} is in none of the tables", *place)
        elif found.obsolete:
            yield Finding("mapping", "error", f"{identifier} is obsolete", *place)
        elif row["object_label"].casefold() not in found.names:
            yield Finding("mapping", "error", f"{identifier} is {found.label!r}, not {row['object_label']!r}", *place)


def _read(folder: Path, wanted: set[str]) -> tuple[dict[str, _Known], set[str]]:
    """Return the wanted identifiers of all tables, and every prefix that they hold."""
    known: dict[str, _Known] = {}
    prefixes: set[str] = set()
    tables = 0
    for path in sorted(folder.glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            if not {"id", "label"} <= set(reader.fieldnames or ()):
                continue
            tables += 1
            for line in reader:
                identifier = (line["id"] or "").upper()
                prefixes.add(identifier.partition(":")[0])
                if identifier in wanted:
                    known[identifier] = _merged(known.get(identifier), line)
    if not tables:
        raise CannotRead(f"{folder} holds no term table", "a term table has the columns id, label, synonyms, obsolete")
    return known, prefixes


def _merged(before: _Known | None, line: dict[str, str]) -> _Known:
    """Join what several tables say of one identifier; one that lives in any is not obsolete."""
    names = {line["label"].casefold(), *(line.get("synonyms") or "").casefold().split(SEPARATOR)}
    obsolete = (line.get("obsolete") or "").lower() == "true"
    if before is None:
        return _Known(frozenset(names), line["label"], obsolete)
    return _Known(before.names | names, before.label, before.obsolete and obsolete)
