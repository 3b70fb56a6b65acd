"""`leukograph store info|verify|compact DIR`."""

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
from leukograph.errors import NOT_FOUND
from leukograph.store.limits import WRITING_MEMORY

_folder = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
_formats = format_option("text", "json", default="text")


@click.group("store", no_args_is_help=False)
def command() -> None:
    """Look at a store that was made with `leukograph load`, verify or compact it.

    \b
    Example:
        leukograph store info mine
        leukograph store verify mine
    """


@command.command("info")
@_folder
@_formats
@output_options
def info(folder: Path, format_: str | None, output: str, force: bool) -> int:
    """Tell what a store holds: statements, graphs, files, digest.

    \b
    Example:
        leukograph store info mine --format json
    """
    from leukograph.render import answer_json, store_text
    from leukograph.store.folder import Folder

    with Folder.open(folder, sizes=False) as opened:  # the record tells, whatever became of the data
        if chosen_format(format_, output, {".json": "json"}, "text") == "json":
            content = answer_json.dumps(store_text.encode_info(opened.marker))
        else:
            content = store_text.info_text(opened.marker, folder, text_width())
    emit(content, output, force)
    return 0


@command.command("verify")
@_folder
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
@_formats
@output_options
def verify(folder: Path, quiet: bool, format_: str | None, output: str, force: bool) -> int:
    """Read every byte and every statement of a store, and compare with its record.

    The exit code is 1 when something differs.

    \b
    Example:
        leukograph store verify mine
    """
    from leukograph.render import answer_json, store_text
    from leukograph.store import writing
    from leukograph.store.folder import Folder

    with Folder.open(folder, sizes=False) as opened, progress_bar("Verifying", quiet) as progress:
        verified = writing.verify(opened, progress)
    if chosen_format(format_, output, {".json": "json"}, "text") == "json":
        content = answer_json.dumps(store_text.encode_verified(verified))
    else:
        content = store_text.verified_text(verified, folder)
    emit(content, output, force)
    return 0 if verified.is_sound else NOT_FOUND


@command.command("compact")
@_folder
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
@memory_option(WRITING_MEMORY)
@_formats
@output_options
def compact(folder: Path, quiet: bool, memory: int, format_: str | None, output: str, force: bool) -> int:
    """Write a store anew, and remove what killed writers left.

    A large store takes some minutes. Where the old data are smaller they stay.

    \b
    Example:
        leukograph store compact mine
    """
    from leukograph.render import answer_json, store_text
    from leukograph.store import writing

    with progress_bar("Compacting", quiet) as progress:
        compacted = writing.compact(folder, memory, progress)
    if chosen_format(format_, output, {".json": "json"}, "text") == "json":
        content = answer_json.dumps(store_text.encode_compacted(compacted))
    else:
        content = store_text.compacted_text(compacted, folder)
    emit(content, output, force)
    return 0
