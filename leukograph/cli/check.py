"""`leukograph check`."""

from __future__ import annotations

from pathlib import Path

import click

from leukograph.cli.options import chosen_format, emit, format_option, output_options
from leukograph.errors import NOT_FOUND


@click.command("check")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--shapes", is_flag=True, help="Validate against shapes.ttl with pySHACL too (slower).")
@click.option("--members", is_flag=True, help="Tell what each claim about a class says of its members.")
@click.option(
    "--terms",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="Hold mappings against the term tables in DIR.",
)
@format_option("text", "json", default="text")
@output_options
def command(
    folder: Path | None, shapes: bool, members: bool, terms: Path | None, format_: str | None, output: str, force: bool
) -> int:
    """Check the tables in FOLDER, and the graph they make, for faults.

    Finds faults of keys, kinds, signs, units, loops and citations and names file,
    line and column; then runs the queries of queries/checks over the graph.

    \b
    Example:
        leukograph check
        leukograph check ontology --shapes --members
    """
    from leukograph import resources
    from leukograph.checks import check_folder
    from leukograph.render.answer_json import dumps

    report = check_folder(folder or resources.folder("ontology"), shapes=shapes, members=members, terms=terms)
    if chosen_format(format_, output, {".json": "json"}, "text") == "json":
        content = dumps(report.to_json())
    else:
        content = report.to_text()
    emit(content, output, force)
    return NOT_FOUND if report.faults else 0
