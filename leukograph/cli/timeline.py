"""`leukograph timeline CAUSE`."""

from __future__ import annotations

from pathlib import Path

import click

from leukograph.cli.options import (
    Load,
    chosen_format,
    emit,
    format_option,
    graph_options,
    once,
    output_options,
    text_width,
)
from leukograph.errors import NOT_FOUND, WrongOption

_EXTENSIONS = {".json": "json", ".csv": "csv", ".svg": "svg", ".png": "png"}


@click.command("timeline")
@click.argument("cause", metavar="CAUSE")
@once("--effect", metavar="NAME", help="Only this low count, or this count.")
@graph_options
@format_option("text", "json", "csv", "svg", "png", default="text")
@output_options
def command(load: Load, cause: str, effect: str | None, format_: str | None, output: str, force: bool) -> int:
    """Tell which counts CAUSE lowers first, and when, computed from the figures.

    The delay follows from the stages of the backbone that cells still run through, with
    the ranges of their figures; what was seen stands beside it. Where a figure is missing
    there is no number. For a drug whose parameters are published, the course of the count
    by Friberg's model is added.

    Curves and charts (svg, png) need: pip install "leukograph[curves]"

    \b
    Example:
        leukograph timeline docetaxel
        leukograph timeline chemotherapy --effect neutropenia --format json
        leukograph timeline paclitaxel --output paclitaxel.svg
    """
    suffix = Path(output).suffix.lower()
    if format_ is None and suffix not in {"", ".txt", *_EXTENSIONS}:
        raise WrongOption(
            f"a timeline is not written as {suffix}", f"name a file in .txt, {', '.join(_EXTENSIONS)}, or say --format"
        )
    found = load().timeline(cause, effect=effect)
    form = chosen_format(format_, output, _EXTENSIONS, "text")
    content: str | bytes
    if form == "text":
        from leukograph.render.timeline_text import render

        content = render(found, text_width())
    elif form == "csv":
        from leukograph.render.timeline_json import as_csv

        content = as_csv(found)
    elif form == "json":
        from leukograph.render import answer_json, timeline_json

        content = answer_json.dumps(timeline_json.encode(found))
    else:
        from leukograph.render.chart import draw

        content = draw(found, "svg" if form == "svg" else "png")
    emit(content, output, force)
    return 0 if found.courses else NOT_FOUND
