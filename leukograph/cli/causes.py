"""`leukograph causes CONDITION`."""

from __future__ import annotations

import click

from leukograph.cli.options import (
    Load,
    chosen_format,
    emit,
    format_option,
    graph_options,
    once,
    output_options,
    text_width,
)
from leukograph.errors import NOT_FOUND
from leukograph.model import ROUTES

_EXTENSIONS = {".json": "json", ".csv": "csv", ".tsv": "tsv"}


@click.command("causes")
@click.argument("condition")
@once("--route", type=click.Choice(ROUTES), help="Only causes by this route.")
@once("--kind", metavar="KIND", help="Only causes of this kind: drug, infection, disease, ...")
@graph_options
@format_option("text", "json", "csv", "tsv", default="text")
@output_options
def command(
    load: Load, condition: str, route: str | None, kind: str | None, format_: str | None, output: str, force: bool
) -> int:
    """List all causes of CONDITION, grouped by route, the strongest first.

    \b
    Example:
        leukograph causes lymphopenia --route destruction
        leukograph causes neutropenia --kind infection
    """
    found = load().causes(condition, route=route, kind=kind)
    form = chosen_format(format_, output, _EXTENSIONS, "text")
    if form == "json":
        from leukograph.render import answer_json, causes_json

        content = answer_json.dumps(causes_json.encode(found))
    elif form == "text":
        from leukograph.render.tables import causes_text

        content = causes_text(found, text_width())
    else:
        from leukograph.render.tables import causes_table

        content = causes_table(found, form)
    emit(content, output, force)
    return 0 if found.rows else NOT_FOUND
