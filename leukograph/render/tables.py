"""The causes of a condition as text and as a table."""

from __future__ import annotations

from itertools import groupby

from leukograph.model import UNKNOWN_ROUTE, CauseRow, Causes
from leukograph.render.figures import amount
from leukograph.render.layout import DISCLAIMER
from leukograph.render.safe import visible
from leukograph.render.text import HEADLINES
from leukograph.sentences import capitalized

COLUMNS = (
    "route",
    "cause",
    "key",
    "kind",
    "grade",
    "belief",
    "observed",
    "stage",
    "lever",
    "inherited_from",
    "frequency",
)


def causes_text(causes: Causes, width: int = 88) -> str:
    """Return the causes grouped by route, one line each."""
    condition = causes.condition.label
    if not causes.rows:
        return f"No cause of {visible(condition)} fits.\n"
    count = len({row.cause.key for row in causes.rows})
    lines = [f"{capitalized(condition)}: {count} cause{'' if count == 1 else 's'}"]
    for route, rows in groupby(causes.rows, key=lambda row: row.route):
        headline = HEADLINES.get(route, (route, ""))[0]
        lines += ["", headline if route in {UNKNOWN_ROUTE, ""} else f"{headline} ({route})"]
        lines += [_line(row, width) for row in rows]
    lines += [
        "",
        "(a class in brackets: the chain is that of the class; * not reported with this cause itself)",
        DISCLAIMER,
    ]
    return "\n".join(visible(line) for line in lines) + "\n"


def _line(row: CauseRow, width: int) -> str:
    name = row.cause.label + (f" ({row.inherited_from.label})" if row.inherited_from else "")
    stage = f", {row.stage}" if row.stage else ""
    often = f"  in {amount(row.frequency[0])}" if row.frequency else ""
    mark = " " if row.observed else "*"
    line = f"  {row.grade:<12}{mark} {name}{stage}{often}"
    return line if len(line) <= width else line[: width - 1] + "…"


def causes_table(causes: Causes, form: str) -> str:
    """Return the causes as CSV (guarded against spreadsheet formulas) or TSV."""
    from leukograph.render.results import csv_line

    rows = [COLUMNS, *(_cells(row) for row in causes.rows)]
    if form == "csv":
        return "".join(csv_line(row) for row in rows)
    return "".join("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in row) + "\n" for row in rows)


def _cells(row: CauseRow) -> tuple[str, ...]:
    return (
        row.route,
        row.cause.label,
        row.cause.key,
        row.cause.kind,
        row.grade,
        f"{row.belief:.4f}",
        "yes" if row.observed else "no",
        row.stage,
        row.lever.key if row.lever else "",
        row.inherited_from.key if row.inherited_from else "",
        "; ".join(amount(figure) for figure in row.frequency),
    )
