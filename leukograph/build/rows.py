"""Reads the tables cell by cell: encoding, columns, blanks, order.

What a row means is checked in `tables`; here a table is only a grid, and every
fault names file, line and column.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

#: Several values in one cell are parted by this.
SEPARATOR = "|"

_COLUMNS = {
    "terms": "key label kind parents synonyms definition up down replaced_by",
    "evidence": "subject relation object source verdict kind context note",
    "figures": "about about2 quantity value low high spread unit population method source disagreement note",
    "sources": "key id url title year read note",
    "gaps": "name synonyms month",
    "mappings": "subject_id subject_label predicate_id object_id object_label mapping_justification",
}
#: table -> its columns, in order
COLUMNS = {table: names.split() for table, names in _COLUMNS.items()}


class Faults:
    """Collects faults, so that an author sees all of them at once."""

    def __init__(self) -> None:
        self._lines: list[tuple[str, int, int, str]] = []

    def add(self, file: str, line: int, column: int, message: str) -> None:
        """Record a fault at a place; lines and columns count from 1."""
        self._lines.append((file, line, column, message))

    def lines(self) -> list[str]:
        """Return `file:line:column: message` lines, in reading order."""
        return [
            f"{file}:{line}:{column}: {message}" for file, line, column, message in sorted(dict.fromkeys(self._lines))
        ]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, with the place it came from."""

    file: str
    line: int
    columns: tuple[str, ...]
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def values(self, column: str) -> tuple[str, ...]:
        """Return the several values of a cell; an empty cell has none."""
        cell = self.cells[column]
        return tuple(cell.split(SEPARATOR)) if cell else ()

    def fault(self, faults: Faults, column: str, message: str) -> None:
        """Record a fault in one cell of this row."""
        faults.add(self.file, self.line, self.columns.index(column) + 1, f"{column}: {message}")


def read_grid(path: Path, name: str, columns: list[str], faults: Faults) -> list[Row]:
    """Read one table; faulty rows are left out and recorded.

    `name` is how the file is called in faults. Comment lines (`#`) may stand
    before the header, as SSSOM wants it.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        faults.add(name, 1, 1, f"cannot be read: {error.strerror}")
        return []
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        faults.add(
            name, content.count(b"\n", 0, error.start) + 1, 1, f"byte {error.start + 1} of the file is not UTF-8"
        )
        return []
    if text.startswith("\ufeff"):
        faults.add(name, 1, 1, "starts with a byte-order mark; save as UTF-8 without one")
        return []
    if "\r" in text:
        faults.add(name, text.count("\n", 0, text.index("\r")) + 1, 1, "ends its lines with CR; save with LF line ends")
        return []
    lines = list(_numbered(text))
    if not lines:
        faults.add(name, 1, 1, "is empty; the header was expected: " + " ".join(columns))
        return []
    first, header = lines[0]
    if header.split("\t") != columns:
        faults.add(name, first, 1, "the header should be: " + " ".join(columns))
        return []
    if not text.endswith("\n"):
        faults.add(name, len(text.split("\n")), 1, "the last line does not end; was the file cut off?")
    rows = []
    previous = ""
    for number, line in lines[1:]:
        cells = line.split("\t")
        if len(cells) != len(columns):
            faults.add(name, number, 1, f"{len(cells)} cells, {len(columns)} were expected (parted by tabs)")
            continue
        row = Row(name, number, tuple(columns), dict(zip(columns, cells, strict=True)))
        if _clean(row, faults):
            rows.append(row)
        if line < previous:
            row.fault(faults, columns[0], "rows are not sorted; this one belongs further up")
        elif line == previous:
            row.fault(faults, columns[0], "the row above says the same")
        previous = line
    return rows


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line and not line.startswith("#"):
            yield number, line


def _clean(row: Row, faults: Faults) -> bool:
    """Check what every cell must be: trimmed, unquoted, without control characters."""
    clean = True
    for column, cell in row.cells.items():
        if cell != cell.strip():
            message = "blanks at the beginning or end of the cell"
        elif any(part != part.strip() or not part for part in cell.split(SEPARATOR) if cell):
            message = "an empty value or blanks beside '|'"
        elif len(cell) > 1 and cell[0] == cell[-1] == '"':
            message = "the cell is quoted; tables have no quoting"
        elif bad := next((c for c in cell if unicodedata.category(c) in {"Cc", "Cf", "Cs"}), None):
            message = f"control character U+{ord(bad):04X}"
        elif unicodedata.normalize("NFC", cell) != cell:
            message = "letters are not in Unicode form NFC"
        else:
            continue
        row.fault(faults, column, message)
        clean = False
    return clean
