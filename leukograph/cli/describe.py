"""`leukograph describe NAME`."""

from __future__ import annotations

import click

from leukograph.cli.options import Load, chosen_format, emit, format_option, graph_options, output_options, text_width


@click.command("describe")
@click.argument("name")
@graph_options
@format_option("text", "json", default="text")
@output_options
def command(load: Load, name: str, format_: str | None, output: str, force: bool) -> int:
    """Show what the graph knows about NAME: names, classes, figures, claims.

    \b
    Example:
        leukograph describe neutrophil
        leukograph describe HP:0001875 --format json
    """
    graph = load()
    found = graph.describe(name)
    if chosen_format(format_, output, {".json": "json"}, "text") == "json":
        from leukograph.render import answer_json, describe_json

        content = answer_json.dumps(describe_json.description(found))
    else:
        from leukograph.render.page import describe_text

        content = describe_text(found, graph.language, text_width())
    emit(content, output, force)
    return 0
