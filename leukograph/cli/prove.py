"""`leukograph prove SUB [RELATION] SUPER`."""

from __future__ import annotations

from pathlib import Path

import click

from leukograph.cli.options import Load, chosen_format, emit, format_option, graph_options, output_options, text_width
from leukograph.errors import NOT_FOUND


@click.command("prove")
@click.argument("names", nargs=-1, required=True, metavar="SUB [RELATION] SUPER")
@click.option("--file", type=click.Path(path_type=Path), metavar="FILE", help="Prove in this OWL file instead.")
@click.option("--max", "limit", type=click.IntRange(1, 20), default=1, show_default=True, help="Proofs to give.")
@graph_options
@format_option("text", "json", default="text")
@output_options
def command(
    load: Load, names: tuple[str, ...], file: Path | None, limit: int, format_: str | None, output: str, force: bool
) -> int:
    """Prove that SUB is a kind of SUPER, or stands in RELATION to some SUPER.

    The best graded proof comes first: its weakest axiom is the strongest there is.
    Without any one of its axioms a proof fails. Each step names its rule and its
    axioms, each axiom the evidence for it. With "nothing" for
    SUPER it tells why a class is unsatisfiable.

    \b
    Example:
        leukograph prove clozapine influences "neutrophil count"
        leukograph prove mercaptopurine "antineoplastic drug"
        leukograph prove Clozaril influences ANC --max 3 --format json
    """
    from leukograph.render import answer_json, prove_text

    found = load().prove(*names, limit=limit, file=file)
    if chosen_format(format_, output, {".json": "json"}, "text") == "json":
        content = answer_json.dumps(prove_text.encode(found.proofs, found.name, found.sources))
    else:
        content = prove_text.text(found.proofs, found.name, found.sources, text_width())
    emit(content, output, force)
    return 0 if found.proofs.proofs else NOT_FOUND
