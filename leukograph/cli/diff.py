"""`leukograph diff OLD [NEW]`."""

from __future__ import annotations

import click

from leukograph.cli.options import chosen_format, emit, format_option, output_options, text_width
from leukograph.errors import NOT_FOUND


@click.command("diff")
@click.argument("old")
@click.argument("new", required=False)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Lines under each heading.  [default: 5; JSON: all]")
@format_option("text", "markdown", "json", default="text")
@output_options
def command(old: str, new: str | None, limit: int | None, format_: str | None, output: str, force: bool) -> int:
    """Tell what changed from the release OLD to NEW: terms, claims, evidence, beliefs, answers.

    A release is a leukograph.ttl, a folder that holds one or, inside a checkout, a
    git revision with a colon. NEW is the shipped release when left out. Exit codes
    are those of `diff`: 0 nothing changed, 1 something did, 2 a release is missing
    or faulty.

    \b
    Example:
        leukograph diff HEAD~3:
        leukograph diff old/leukograph.ttl new/leukograph.ttl --format markdown
    """
    from leukograph.api import Leukograph, load
    from leukograph.revisions import release_path

    def opened(name: str) -> Leukograph:
        with release_path(name) as path:
            return load(path, cached=False)

    before = opened(old)
    after = load() if new is None else opened(new)
    found = before.diff(after)
    form = chosen_format(format_, output, {".json": "json", ".md": "markdown"}, "text")
    if form == "json":
        from leukograph.render import answer_json, diff_json

        content = answer_json.dumps(diff_json.encode(found))
    else:
        from leukograph.render import diff_text

        graphs, lines = (before.knowledge, after.knowledge), limit or diff_text.LINES
        if form == "markdown":
            content = diff_text.markdown(found, *graphs, limit=lines)
        else:
            content = diff_text.render(found, *graphs, text_width(), lines)
    emit(content, output, force)
    return 0 if found.is_empty else NOT_FOUND
