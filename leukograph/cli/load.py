"""`leukograph load FILE... --store DIR`."""

from __future__ import annotations

from pathlib import Path

import click

from leukograph.cli.options import (
    chosen_format,
    emit,
    format_option,
    memory_option,
    output_options,
    progress_bar,
    text_width,
)
from leukograph.errors import NOT_FOUND, WrongOption
from leukograph.store.limits import WRITING_MEMORY


def _own(_context: click.Context, _parameter: click.Parameter, store: str) -> Path:
    """Refuse the address of an endpoint, which would be taken for the name of a folder."""
    from leukograph.origins import is_address

    if is_address(store):
        raise WrongOption(f"{store} is an address, and only a folder is loaded into", "name a folder: --store DIR")
    return Path(store)


@click.command("load")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option(
    "--store",
    "folder",
    required=True,
    metavar="DIR",
    callback=_own,
    help="The store; it is made when it does not exist.",
)
@click.option("--graph", metavar="IRI", help="Put triples into this graph instead of the default one.")
@click.option("--base", metavar="IRI", help="Resolve relative IRIs against this one.")
@click.option(
    "--prefix",
    "prefixes",
    multiple=True,
    metavar="NAME=IRI",
    help="What a prefix of CURIEs stands for; may be repeated.",
)
@click.option(
    "--imports", metavar="DIR", type=click.Path(path_type=Path), help="Load imported ontologies from the copies in DIR."
)
@click.option("--lenient", is_flag=True, help="Leave faulty parts out, count them, and end with exit code 1.")
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
@memory_option(WRITING_MEMORY)
@format_option("text", "json", default="text")
@output_options
def command(
    files: tuple[Path, ...],
    folder: Path,
    graph: str | None,
    base: str | None,
    prefixes: tuple[str, ...],
    imports: Path | None,
    lenient: bool,
    quiet: bool,
    memory: int,
    format_: str | None,
    output: str,
    force: bool,
) -> int:
    """Load files into a store of your own: all of them, or nothing.

    Turtle, TriG, N-Triples, N-Quads, RDF/XML, JSON-LD, OBO, OBO Graphs JSON, KGX (TSV
    and JSON lines), and gzip of each; the content tells the format, then the name.
    Nothing is fetched: imported ontologies are listed, or taken from --imports DIR.

    \b
    Example:
        leukograph load cl.obo mondo.owl.gz --store mine
        leukograph load kg_nodes.tsv kg_edges.tsv --store mine --graph https://example.org/kg
    """
    from leukograph.render import answer_json, store_text
    from leukograph.store import writing

    with progress_bar("Loading", quiet) as progress:
        loaded = writing.load(
            folder,
            files,
            graph=graph,
            base=base,
            lenient=lenient,
            prefixes=_prefixes(prefixes),
            imports=imports,
            memory=memory,
            progress=progress,
        )
    if chosen_format(format_, output, {".json": "json"}, "text") == "json":
        content = answer_json.dumps(store_text.encode_loaded(loaded))
    else:
        content = store_text.loaded_text(loaded, folder, text_width())
    emit(content, output, force)
    if loaded.skipped:
        click.echo(store_text.warning(loaded), err=True)
        return NOT_FOUND
    return 0


def _prefixes(given: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for one in given:
        name, equals, iri = one.partition("=")
        if not (name and equals and ":" in iri):
            raise WrongOption(f"--prefix {one!r} is not NAME=IRI", "such as --prefix EX=https://example.org/")
        found[name] = iri
    return found
