"""`leukograph workup NAME...`."""

from __future__ import annotations

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


@click.command("workup")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@once("--age", metavar="AGE", help="Age in years, or with a unit: 5d, 2wk, 3mo. Limits for adults without it.")
@click.option("--duffy-null", is_flag=True, help="The person is known to be Duffy-null; their own limits are used.")
@once("--limit", type=click.IntRange(1, 1000), metavar="K", help="List so many causes.  [default: 8]")
@graph_options
@format_option("text", "json", default="text")
@output_options
def command(
    load: Load,
    names: tuple[str, ...],
    age: str | None,
    duffy_null: bool,
    limit: int | None,
    format_: str | None,
    output: str,
    force: bool,
) -> int:
    """Weigh what may be behind a picture, and say which test would tell more.

    \b
    NAME is one of:
      a count       ANC=0.4  WBC=2.1  CD4=350/uL  (10*9/L when it has no unit)
      a low count   neutropenia, pancytopenia
      a finding     "hypersegmented neutrophils"
      a cause       clozapine, "HIV infection": it is weighed, with what explains as much
      no:NAME       looked for, and not there: no:"large spleen"
      TEST=positive, TEST=negative, for a test that has one result

    The order is explained, and is one of reasons, not of probabilities. When what was
    given does not tell causes apart, the answer says "insufficient". A number below the
    limits of the age is a low count; limits and causes carry their sources.

    \b
    Example:
        leukograph workup ANC=0.9 "hypersegmented neutrophils" "macrocytes on the smear"
        leukograph workup ANC=1.1 --duffy-null
        leukograph workup pancytopenia "large spleen" no:"hairy cells on the smear"
    """
    graph = load()
    found = graph.workup(*names, age=age, duffy_null=duffy_null, limit=limit)
    if chosen_format(format_, output, {".json": "json"}, "text") == "json":
        from leukograph.render import answer_json, workup_json

        content = answer_json.dumps(workup_json.encode(found))
    else:
        from leukograph.render import workup_text

        content = workup_text.render(found, graph.language, text_width())
    emit(content, output, force)
    return 0
