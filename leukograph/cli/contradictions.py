"""`leukograph contradictions [NAME]`."""

from __future__ import annotations

import click

from leukograph.cli.options import Load, chosen_format, emit, format_option, graph_options, output_options, text_width


@click.command("contradictions")
@click.argument("name", required=False)
@click.option(
    "--kind",
    type=click.Choice(("refuted", "sign", "context", "number")),
    help="Only contradictions of this kind.",
)
@graph_options
@format_option("text", "json", default="text")
@output_options
def command(load: Load, name: str | None, kind: str | None, format_: str | None, output: str, force: bool) -> int:
    """Show where sources disagree, in the whole graph or about NAME, with both sides.

    A finding that some made and others did not, opposite signs, findings under
    different conditions, and numbers that differ are told apart.

    \b
    Example:
        leukograph contradictions glucocorticoid
        leukograph contradictions --kind number --format json
    """
    graph = load()
    found = graph.contradictions(name)
    if kind:
        found = found._replace(found=tuple(one for one in found.found if one.kind == kind))
    if chosen_format(format_, output, {".json": "json"}, "text") == "json":
        from leukograph.render import answer_json, contradictions_json

        content = answer_json.dumps(contradictions_json.encode(found))
    else:
        from leukograph.render import contradictions_text

        content = contradictions_text.render(found, graph.language, text_width())
    emit(content, output, force)
    return 0
