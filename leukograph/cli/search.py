"""`leukograph search TEXT`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from leukograph.cli.options import Load, chosen_format, emit, format_option, graph_options, output_options
from leukograph.errors import NOT_FOUND

if TYPE_CHECKING:
    from leukograph.lookup import Match

_COLUMNS = ("label", "kind", "key", "name", "score")
_EXTENSIONS = {".json": "json", ".csv": "csv", ".tsv": "tsv"}


@click.command("search")
@click.argument("text")
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, metavar="N", help="Most matches.")
@graph_options
@format_option("text", "json", "csv", "tsv", default="text")
@output_options
def command(load: Load, text: str, limit: int, format_: str | None, output: str, force: bool) -> int:
    """Find terms whose label, synonym or identifier is like TEXT.

    Case, accents, Greek letters, plurals, British or American spelling and small
    slips make no difference.

    \b
    Example:
        leukograph search neutropnia
        leukograph search "low white cells" --limit 3 --format json
    """
    graph = load()
    matches = graph.search(text, limit)
    form = chosen_format(format_, output, _EXTENSIONS, "text")
    if not matches and form == "text":
        from leukograph.render.safe import visible

        click.echo(f"Nothing in the graph has a name like '{visible(text)}'.", err=True)
        if month := graph.looked_for(text):
            click.echo(f"It was looked for in {month}, and no page ties it to a white-cell count.", err=True)
        return NOT_FOUND
    emit({"text": _as_text, "json": _as_json, "csv": _as_csv, "tsv": _as_tsv}[form](text, matches), output, force)
    return 0 if matches else NOT_FOUND


def _as_text(text: str, matches: Sequence[Match]) -> str:
    """Return one line a match: label, kind, key, and the name that matched when it is another."""
    from leukograph.render.safe import visible

    rows = [(match.label, match.kind, match.key, _other_name(match)) for match in matches]
    widths = [max(len(visible(row[column])) for row in rows) for column in range(3)]
    lines = []
    for *cells, name in rows:
        padded = "  ".join(visible(cell).ljust(width) for cell, width in zip(cells, widths, strict=True))
        lines.append(f"{padded}  {visible(name)}".rstrip() + "\n")
    return "".join(lines)


def _other_name(match: Match) -> str:
    return "" if match.name in {match.label, match.key} else f"({match.name})"


def _as_json(text: str, matches: Sequence[Match]) -> str:
    from leukograph.render import answer_json, search_json

    return answer_json.dumps(search_json.encode(text, matches))


def _as_csv(text: str, matches: Sequence[Match]) -> str:
    from leukograph.render.results import csv_line

    return "".join(csv_line(row) for row in [_COLUMNS, *_cells(matches)])


def _as_tsv(text: str, matches: Sequence[Match]) -> str:
    rows = [_COLUMNS, *_cells(matches)]
    return "".join("\t".join(re.sub(r"[\t\r\n]", " ", cell) for cell in row) + "\n" for row in rows)


def _cells(matches: Sequence[Match]) -> list[list[str]]:
    return [[match.label, match.kind, match.key, match.name, f"{match.score:.4f}"] for match in matches]
