"""`leukograph why-not CAUSE EFFECT`."""

from __future__ import annotations

from typing import Any

import click

from leukograph.cli.options import (
    Load,
    chain_options,
    chosen_format,
    emit,
    format_option,
    graph_options,
    once,
    output_options,
    text_width,
)


@click.command("why-not")
@click.argument("cause")
@click.argument("effect")
@once("--within", metavar="TIME", help="The effect was there so soon after the cause, such as 12h or 3d.")
@once("--after", metavar="TIME", help="The effect was still there so long after the cause, such as 6wk.")
@chain_options
@graph_options
@format_option("text", "json", default="text")
@output_options
def command(
    load: Load, cause: str, effect: str, format_: str | None, output: str, force: bool, **narrowing: Any
) -> int:
    """Say why CAUSE does not explain EFFECT, and what would be missing.

    The reason is one of: nothing is known of the cause, its way stops short, it was
    looked for and not found, it raises that count, it acts on another cell, it acts
    sooner or later than that, or the options leave its chains out.

    \b
    Example:
        leukograph why-not filgrastim neutropenia
        leukograph why-not clozapine lymphopenia
        leukograph why-not doxorubicin neutropenia --within 12h
        leukograph why-not mercaptopurine neutropenia --route destruction
    """
    found = load().why_not(cause, effect, **narrowing)
    if chosen_format(format_, output, {".json": "json"}, "text") == "json":
        from leukograph.render import answer_json, whynot_json

        content = answer_json.dumps(whynot_json.encode(found))
    else:
        from leukograph.render import whynot_text

        content = whynot_text.render(found, text_width())
    emit(content, output, force)
    return 0
