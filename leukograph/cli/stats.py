"""`leukograph stats`."""

from __future__ import annotations

import click

from leukograph.cli.options import Load, chosen_format, emit, format_option, graph_options, output_options


@click.command("stats")
@graph_options
@format_option("text", "json", default="text")
@output_options
def command(load: Load, format_: str | None, output: str, force: bool) -> int:
    """Count what the graph holds: terms, causes by kind and route, claims, evidence, sources.

    \b
    Example:
        leukograph stats
        leukograph stats --format json
    """
    from leukograph.render import answer_json, stats_text

    found = load().stats()
    if chosen_format(format_, output, {".json": "json"}, "text") == "json":
        content = answer_json.dumps(stats_text.encode(found))
    else:
        content = stats_text.text(found)
    emit(content, output, force)
    return 0
