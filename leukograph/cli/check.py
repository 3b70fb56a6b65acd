"""`leukograph check`."""

from __future__ import annotations

from pathlib import Path

import click

from leukograph.cli.options import chosen_format, emit, format_option, output_options
from leukograph.errors import NOT_FOUND


@click.command("check")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--shapes", is_flag=True, help="Validate against shapes.ttl with pySHACL too (slower).")
@format_option("text", "json", default="text")
@output_options
def command(folder: Path | None, shapes: bool, format_: str | None, output: str, force: bool) -> int:
    """Check the tables in FOLDER, and the graph they make, for faults.

    Finds faults of keys, kinds, signs, units, loops and citations and names file,
    line and column; then runs the queries of queries/checks over the graph.

    \b
    Example:
        leukograph check
        leukograph check ontology --shapes
    """
    from leukograph import resources
    from leukograph.checks import check_folder
    from leukograph.render.answer_json import dumps

    report = check_folder(folder or resources.folder("ontology"), shapes=shapes)
    if chosen_format(format_, output, {".json": "json"}, "text") == "json":
        content = dumps(report.to_json())
    else:
        content = report.to_text()
    emit(content, output, force)
    return NOT_FOUND if report.faults else 0
