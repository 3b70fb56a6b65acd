"""Results of queries for people and for spreadsheets.

The engine writes JSON, XML and TSV; what a label hides in them is escaped here in
the way of each format, so that nothing is lost and no terminal obeys it. Tables and
CSV are made here, from the engine's JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from leukograph.namespaces import FOREIGN_PREFIXES, PREFIXES, XSD
from leukograph.render.safe import escaped, visible

#: A cell that begins so is a formula to a spreadsheet; a plain number is not.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
_NUMBER = re.compile(r"[-+]?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?")
_LOCAL = re.compile(r"[\w.-]+")
_PREFIXES = sorted({**FOREIGN_PREFIXES, **PREFIXES}.items(), key=lambda item: -len(item[1]))
_NUMERIC = frozenset(XSD + name for name in ("integer", "decimal", "double", "float", "int", "long"))


@dataclass(frozen=True, slots=True)
class Results:
    """The answer to SELECT or ASK."""

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Mapping[str, str]], ...]
    truncated: bool = False
    #: the answer to ASK
    boolean: bool | None = None

    @classmethod
    def from_json(cls, data: bytes) -> Results:
        """Read SPARQL JSON results."""
        document = json.loads(data)
        if "boolean" in document:
            return cls((), (), boolean=document["boolean"])
        return cls(
            tuple(document["head"]["vars"]),
            tuple(document["results"]["bindings"]),
            truncated=document.get("truncated", False),
        )


def ordered(results: Results, columns: Sequence[str]) -> Results:
    """Return the results with the named columns first: the engine sorts them by name."""
    first = [column for column in columns if column in results.columns]
    rest = [column for column in results.columns if column not in first]
    return Results((*first, *rest), results.rows, results.truncated, results.boolean)


def table(results: Results) -> str:
    """Return an aligned table in plain text, every cell made visible."""
    if results.boolean is not None:
        return f"{str(results.boolean).lower()}\n"
    rows = [[visible(_shown(row.get(column))) for column in results.columns] for row in results.rows]
    head = [visible(column) for column in results.columns]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return "".join(_line(cells, widths) for cells in (head, ["-" * width for width in widths], *rows))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip() + "\n"


def colour_table(results: Results, width: int) -> str:
    """Return the table for a terminal: columns fitted to its width, with colour."""
    from io import StringIO

    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    def cell(term: Mapping[str, str] | None) -> Text:
        return Text(visible(_shown(term)), style="cyan" if term and term["type"] == "uri" else "")

    if results.boolean is not None:
        return table(results)
    grid = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in results.columns:
        grid.add_column(Text(visible(column)), overflow="fold")
    for row in results.rows:
        grid.add_row(*(cell(row.get(column)) for column in results.columns))
    page = StringIO()
    Console(file=page, force_terminal=True, width=width, legacy_windows=False).print(grid)
    return page.getvalue()


def _shown(term: Mapping[str, str] | None) -> str:
    if term is None:
        return ""
    if term["type"] == "uri":
        return short(term["value"])
    return f"_:{term['value']}" if term["type"] == "bnode" else str(term["value"])


def short(iri: str) -> str:
    """Return an IRI as a prefixed name where one of our prefixes fits.

    Example:
        >>> short("https://w3id.org/leukograph/neutropenia")
        'lg:neutropenia'
    """
    for prefix, base in _PREFIXES:
        if iri.startswith(base) and _LOCAL.fullmatch(local := iri[len(base) :]):
            return f"{prefix}:{local}"
    return iri


def csv(results: Results) -> str:
    """Return CSV (RFC 4180) in which no label is a formula to a spreadsheet."""
    if results.boolean is not None:
        return f"{str(results.boolean).lower()}\r\n"
    lines = [csv_line(results.columns)]
    for row in results.rows:
        lines.append(",".join(_csv_cell(row.get(column)) for column in results.columns) + "\r\n")
    return "".join(lines)


def csv_line(cells: Iterable[str]) -> str:
    """Return one line of CSV, guarded against formulas."""
    return ",".join(_quoted(_guarded(cell)) for cell in cells) + "\r\n"


def _csv_cell(term: Mapping[str, str] | None) -> str:
    if term is None:
        return ""
    if term["type"] == "uri" or term.get("datatype") in _NUMERIC:
        return _quoted(term["value"])
    return _quoted(_guarded(_shown(term)))


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell) else cell


def _quoted(cell: str) -> str:
    if any(mark in cell for mark in ',"\r\n'):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def engine_text(data: bytes, form: str) -> str:
    """Return what the engine wrote with everything hidden escaped as the format allows.

    XML cannot hold most control characters at all: they show as in a table.
    """
    text = data.decode()
    text += "" if text.endswith("\n") else "\n"
    if form in {"xml", "rdfxml"}:
        return escaped(text, _in_xml)
    return escaped(text, _in_json if form in {"json", "jsonld"} else _in_turtle)


def _in_json(code: int) -> str:
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def _in_turtle(code: int) -> str:
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def _in_xml(code: int) -> str:
    return visible(chr(code)) if (code < 0x20 and code != 0x0D) or code in {0xFFFE, 0xFFFF} else f"&#x{code:X};"
