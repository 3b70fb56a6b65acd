"""`leukograph compare A B`."""

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
from leukograph.errors import NOT_FOUND

_EXTENSIONS = {".json": "json", ".dot": "dot", ".gv": "dot", ".mmd": "mermaid", ".mermaid": "mermaid"}


@click.command("compare")
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@once("--effect", metavar="NAME", help="Only this low count, or this count.")
@chain_options
@graph_options
@format_option("text", "json", "mermaid", "dot", default="text")
@output_options
def command(load: Load, one: str, other: str, format_: str | None, output: str, force: bool, **narrowing: Any) -> int:
    """Set two causes side by side: shared steps, where the ways part, which cells each touches.

    \b
    Example:
        leukograph compare clozapine methimazole
        leukograph compare palbociclib doxorubicin --format mermaid
    """
    graph = load()
    found = graph.compare(one, other, **narrowing)
    kind = chosen_format(format_, output, _EXTENSIONS, "text")
    if kind == "json":
        from leukograph.render import answer_json, compare_json

        content = answer_json.dumps(compare_json.encode(found))
    elif kind == "text":
        from leukograph.render import compare_text

        content = compare_text.render(found, graph.language, text_width())
    else:
        from leukograph.render.diagram import comparison_to_dot, comparison_to_mermaid

        content = comparison_to_dot(found) if kind == "dot" else comparison_to_mermaid(found)
    emit(content, output, force)
    return 0 if found.rows else NOT_FOUND
