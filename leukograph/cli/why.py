"""`leukograph why CAUSE`."""

from __future__ import annotations

import click

from leukograph.cli.options import chosen_format, emit, format_option, output_options, text_width
from leukograph.errors import NOT_FOUND

_EXTENSIONS = {".json": "json", ".dot": "dot", ".gv": "dot", ".mmd": "mermaid", ".mermaid": "mermaid"}


@click.command("why")
@click.argument("cause", metavar="NAME")
@click.option("--effect", metavar="NAME", help="Only this low count, or this count.")
@click.option("--limit", type=click.IntRange(1, 1000), metavar="K", help="Chains for each effect.  [default: 5]")
@format_option("text", "json", "mermaid", "dot", default="text")
@output_options
def command(cause: str, effect: str | None, limit: int | None, format_: str | None, output: str, force: bool) -> int:
    """Explain why NAME lowers white cells; for a low count, what brings it about.

    NAME may be a label, a synonym, a brand, an abbreviation or an identifier.

    \b
    Example:
        leukograph why chemotherapy
        leukograph why mercaptopurine --effect neutropenia --format json
        leukograph why neutropenia --limit 10
    """
    from leukograph.api import load

    answer = load().why(cause, effect=effect, limit=limit)
    kind = chosen_format(format_, output, _EXTENSIONS, "text")
    content: str
    if kind == "json":
        from leukograph.render import answer_json

        content = answer_json.dumps(answer_json.encode(answer))
    elif kind == "text":
        from leukograph.render.text import render

        content = render(answer, text_width())
    else:
        from leukograph.render.diagram import chains_to_dot, chains_to_mermaid

        content = chains_to_dot(answer) if kind == "dot" else chains_to_mermaid(answer)
    emit(content, output, force)
    return 0 if answer.effects else NOT_FOUND
