"""`leukograph path FROM TO`."""

from __future__ import annotations

import click

from leukograph.cli.options import Load, chosen_format, emit, format_option, graph_options, output_options, text_width
from leukograph.errors import NOT_FOUND


@click.command("path")
@click.argument("start", metavar="FROM")
@click.argument("end", metavar="TO")
@click.option("--limit", type=click.IntRange(1, 1000), default=5, show_default=True, metavar="K", help="Paths to give.")
@click.option(
    "--max-length", type=click.IntRange(1, 100), default=12, show_default=True, metavar="N", help="Steps in a path."
)
@graph_options
@format_option("text", "json", default="text")
@output_options
def command(
    load: Load, start: str, end: str, limit: int, max_length: int, format_: str | None, output: str, force: bool
) -> int:
    """Find the shortest chains from FROM to TO, any two terms.

    \b
    Example:
        leukograph path mercaptopurine "neutrophil count"
        leukograph path "vitamin B12 deficiency" neutropenia --limit 2
    """
    graph = load()
    found = graph.paths(start, end, limit=limit, max_length=max_length)
    if chosen_format(format_, output, {".json": "json"}, "text") == "json":
        from leukograph.render import answer_json, describe_json

        content = answer_json.dumps(describe_json.paths(found))
    else:
        from leukograph.render.page import paths_text

        content = paths_text(found, graph.language, text_width())
    emit(content, output, force)
    return 0 if found.paths else NOT_FOUND
