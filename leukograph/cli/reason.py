"""`leukograph reason [FILE]`."""

from __future__ import annotations

from pathlib import Path

import click

from leukograph.cli.options import chosen_format, emit, format_option, output_options, text_width
from leukograph.errors import NOT_FOUND


@click.command("reason")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--engine", type=click.Choice(("elk", "hermit")), default="elk", show_default=True, help="Which reasoner."
)
@format_option("text", "json", default="text")
@output_options
def command(file: Path | None, engine: str, format_: str | None, output: str, force: bool) -> int:
    """Classify the ontology, or any OWL FILE, and tell whether it is consistent.

    elk (pyelk: OWL 2 EL, no Java) is quick; hermit (OWL 2 DL) is the referee and needs
    Java. FILE may be RDF/XML, Turtle, N-Triples, OWL/XML or functional syntax; imports
    are listed and not followed. What FILE marks as inferred is set aside and found anew.
    The exit code is 1 when a class is unsatisfiable.

    \b
    Example:
        leukograph reason
        leukograph reason ontology/leukograph.owl --engine hermit
    """
    from leukograph.api import load
    from leukograph.reasoning.classify import classify
    from leukograph.reasoning.read import read
    from leukograph.render import answer_json, reason_text

    ontology = read(file) if file else load().ontology()
    found = classify(ontology, engine)
    if chosen_format(format_, output, {".json": "json"}, "text") == "json":
        content = answer_json.dumps(reason_text.encode(ontology, found))
    else:
        content = reason_text.text(ontology, found, text_width())
    emit(content, output, force)
    return NOT_FOUND if found.unsatisfiable or not found.consistent else 0
