"""`leukograph bibliography`."""

from __future__ import annotations

import click

from leukograph.cli.options import Load, chosen_format, emit, format_option, graph_options, output_options

_EXTENSIONS = {".bib": "bibtex", ".ris": "ris", ".json": "csl"}


@click.command("bibliography")
@click.argument("name", required=False)
@graph_options
@format_option("bibtex", "csl", "ris", default="bibtex")
@output_options
def command(load: Load, name: str | None, format_: str | None, output: str, force: bool) -> int:
    """List the sources of the whole graph, or of what `why NAME` answers.

    \b
    Example:
        leukograph bibliography --output leukograph.bib
        leukograph bibliography clozapine --format ris
    """
    from leukograph.model import MODEL_SOURCE
    from leukograph.render import bibliography

    graph = load()
    found = graph.why(name).sources if name is not None else graph.knowledge.sources.values()
    sources = [source for source in found if source.key != MODEL_SOURCE]
    write = {"bibtex": bibliography.bibtex, "csl": bibliography.csl, "ris": bibliography.ris}
    emit(write[chosen_format(format_, output, _EXTENSIONS, "bibtex")](sources), output, force)
    return 0
