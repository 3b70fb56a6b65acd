"""`leukograph why CAUSE`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
from leukograph.errors import NOT_FOUND, WrongOption

if TYPE_CHECKING:
    from leukograph.model import Answer
    from leukograph.whatif import WhatIf

_EXTENSIONS = {".json": "json", ".dot": "dot", ".gv": "dot", ".mmd": "mermaid", ".mermaid": "mermaid"}


@click.command("why")
@click.argument("cause", metavar="NAME")
@once("--effect", metavar="NAME", help="Only this low count, or this count.")
@once("--limit", type=click.IntRange(1, 1000), metavar="K", help="Chains for each effect.  [default: 5]")
@chain_options
@click.option("--do", multiple=True, metavar="TERM", help="What if TERM were held up, whatever else happens?")
@click.option("--remove", multiple=True, metavar="TERM", help="What if TERM were taken out?")
@graph_options
@format_option("text", "json", "mermaid", "dot", default="text")
@output_options
def command(
    load: Load,
    cause: str,
    do: tuple[str, ...],
    remove: tuple[str, ...],
    format_: str | None,
    output: str,
    force: bool,
    **narrowing: Any,
) -> int:
    """Explain why NAME lowers white cells; for a low count, what brings it about.

    NAME may be a label, a synonym, a brand, an abbreviation or an identifier. With
    --do or --remove the answer is shown against the plain one.

    \b
    Example:
        leukograph why chemotherapy
        leukograph why mercaptopurine --effect neutropenia --format json
        leukograph why neutropenia --limit 10 --route destruction
        leukograph why chemotherapy --do filgrastim
    """
    graph = load()
    kind = chosen_format(format_, output, _EXTENSIONS, "text")
    if do or remove:
        changed = graph.what_if(cause, do=do, remove=remove, **narrowing)
        emit(_what_if(changed, kind), output, force)
        return 0 if changed.changes else NOT_FOUND
    answer = graph.why(cause, **narrowing)
    emit(_answer(answer, kind), output, force)
    return 0 if answer.effects else NOT_FOUND


def _answer(answer: Answer, kind: str) -> str:
    if kind == "json":
        from leukograph.render import answer_json

        return answer_json.dumps(answer_json.encode(answer))
    if kind == "text":
        from leukograph.render.text import render

        return render(answer, text_width())
    from leukograph.render.diagram import chains_to_dot, chains_to_mermaid

    return chains_to_dot(answer) if kind == "dot" else chains_to_mermaid(answer)


def _what_if(changed: WhatIf, kind: str) -> str:
    if kind == "json":
        from leukograph.render import answer_json, whatif_json

        return answer_json.dumps(whatif_json.encode(changed))
    if kind != "text":
        raise WrongOption(f"{kind} draws one answer, not two", "use text or json with --do and --remove")
    from leukograph.render import whatif_text

    return whatif_text.render(changed, text_width())
