"""`leukograph export`."""

from __future__ import annotations

import click

from leukograph.cli.options import Load, chosen_format, emit, format_option, graph_options, output_options
from leukograph.exports import CHOICES, DEPTH, EXTENSIONS, FORMATS, Inferred


@click.command("export")
@click.option("--focus", metavar="NAME", help="Only what lies around this term.  [default: the whole graph]")
@click.option(
    "--depth",
    type=click.IntRange(0, 100),
    metavar="N",
    help=f"Steps away from the focus, both ways.  [default: {DEPTH}]",
)
@click.option("--refuted", is_flag=True, help="With claims that were refuted.")
@click.option(
    "--inferred",
    type=click.Choice(CHOICES),
    help="What the reasoner added: with what is stated, without, or alone.  [default: include]",
)
@graph_options
@format_option(*FORMATS, default="turtle")
@output_options
def command(
    load: Load,
    focus: str | None,
    depth: int | None,
    refuted: bool,
    inferred: Inferred | None,
    format_: str | None,
    output: str,
    force: bool,
) -> int:
    """Write the graph, or the part around one term, for other tools.

    owl is RDF/XML for Protege and owlready2; owl-signed has a class for more and one for
    less of each term, so that a reasoner composes signs; cytoscape is Cytoscape.js JSON; dot and
    mermaid are diagrams.

    \b
    Example:
        leukograph export --format owl --output leukograph.owl
        leukograph export --focus neutropenia --depth 1 --output neutropenia.cyjs
        leukograph export --focus mercaptopurine --format mermaid
        leukograph export --format owl --inferred only --output inferred.owl
    """
    from leukograph.errors import WrongOption

    if depth is not None and focus is None:
        raise WrongOption("--depth says how far from a term, and no term was given", "add --focus NAME")
    form = chosen_format(format_, output, EXTENSIONS, "turtle")
    steps = DEPTH if depth is None else depth
    content = load().export(form, focus=focus, depth=steps, refuted=refuted, inferred=inferred)
    emit(content, output, force)
    return 0
