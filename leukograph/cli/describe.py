"""`leukograph describe NAME`."""

from __future__ import annotations

import click

from leukograph.cli.options import Load, chosen_format, emit, format_option, graph_options, output_options, text_width
from leukograph.errors import DefinedName


@click.command("describe")
@click.argument("name")
@graph_options
@format_option("text", "json", default="text")
@output_options
def command(load: Load, name: str, format_: str | None, output: str, force: bool) -> int:
    """Show what the graph knows about NAME: names, classes, figures, claims.

    Of a defined class, such as "acts through margination", it shows what the class means
    and all that the reasoner put in it.

    \b
    Example:
        leukograph describe neutrophil
        leukograph describe "acts through margination"
        leukograph describe HP:0001875 --format json
    """
    from leukograph.model import Description, Membership

    graph = load()
    found: Description | Membership
    try:
        found = graph.describe(name)
    except DefinedName as error:
        found = graph.defined(error.key)
    if chosen_format(format_, output, {".json": "json"}, "text") == "json":
        from leukograph.render import answer_json, describe_json

        if isinstance(found, Description):
            content = answer_json.dumps(describe_json.description(found))
        else:
            content = answer_json.dumps(describe_json.membership(found))
    else:
        from leukograph.render.page import describe_text, membership_text

        if isinstance(found, Description):
            content = describe_text(found, graph.language, text_width())
        else:
            content = membership_text(found, text_width())
    emit(content, output, force)
    return 0
