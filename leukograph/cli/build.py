"""`leukograph build`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("build")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
def command(folder: Path | None) -> None:
    """Build leukograph.ttl and leukograph.owl from the tables in FOLDER.

    Nothing is written when a table has a fault. The answers of the shipped
    ontology are compiled too.

    \b
    Example:
        leukograph build
        leukograph build ontology
    """
    from leukograph import __version__, cache, resources
    from leukograph.build.release import build

    shipped = resources.folder("ontology")
    place = folder or shipped
    turtle, owl = build(place, __version__)
    click.echo(f"{place / 'leukograph.ttl'}: {turtle} triples")
    click.echo(f"{place / 'leukograph.owl'}: {owl} triples")
    if place.resolve() == shipped.resolve() and (compiled := cache.place(cache.release_file())):
        click.echo(f"{compiled}: answers and store")
