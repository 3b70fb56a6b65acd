"""`leukograph check [PATH]...`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from leukograph.cli.options import chosen_format, emit, format_option, output_options
from leukograph.errors import NOT_FOUND, WrongOption

if TYPE_CHECKING:
    from leukograph.checks.report import Report, Severity
    from leukograph.checks.rules import Rule

_EXTENSIONS = {".json": "json", ".sarif": "sarif", ".xml": "junit"}


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--rule", "only", multiple=True, metavar="RULE", help="Only this rule, or part of the list; repeatable.")
@click.option("--skip", "skipped", multiple=True, metavar="RULE", help="All but this rule, or part; repeatable.")
@click.option(
    "--fail-on",
    type=click.Choice(("error", "warning", "info", "never")),
    default="error",
    show_default=True,
    help="The least severity for which the exit code is 1.",
)
@click.option("--full", is_flag=True, help="Of a folder: general rules, reasoner and shapes too (slower).")
@click.option("--shapes", is_flag=True, help="Validate leukograph data against its shapes.ttl too (slower).")
@click.option(
    "--shacl",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Validate against the SHACL shapes in FILE too; repeatable.",
)
@click.option(
    "--engine", type=click.Choice(("elk", "hermit")), default="elk", show_default=True, help="Which reasoner."
)
@click.option("--members", is_flag=True, help="Tell what each claim about a class says of its members.")
@click.option(
    "--terms",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="Hold mappings against the term tables in DIR.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    metavar="N",
    help="In text, show N findings of each rule; 0 shows all.",
)
@click.option("--list", "listed", is_flag=True, help="List the rules and check nothing.")
@format_option("text", "json", "sarif", "junit", default="text")
@output_options
def command(
    paths: tuple[Path, ...],
    only: tuple[str, ...],
    skipped: tuple[str, ...],
    fail_on: str,
    full: bool,
    shapes: bool,
    shacl: tuple[Path, ...],
    engine: str,
    members: bool,
    terms: Path | None,
    limit: int,
    listed: bool,
    format_: str | None,
    output: str,
    force: bool,
) -> int:
    """Check an ontology for faults: any file, or a folder of leukograph tables.

    A file may be in Turtle, N-Triples, RDF/XML, JSON-LD, OBO and more; it is held
    against general rules (labels, definitions, references, literals, header) and a
    reasoner; imports are listed and never followed. A folder is held against the
    rules of its tables and of the graph they make. Without PATH the ontology that
    came with leukograph is checked.

    The exit code is 0 when nothing is found, 1 when something is (--fail-on), 2 when
    a file cannot be read.

    \b
    Example:
        leukograph check
        leukograph check cl.obo --skip missing-definition --fail-on warning
        leukograph check my.owl --format sarif --output my.sarif
        leukograph check --list
    """
    from leukograph import resources
    from leukograph.checks import Settings, check_paths
    from leukograph.checks.rules import chosen

    form = chosen_format(format_, output, _EXTENSIONS, "text")
    rules = chosen(only, skipped)
    if listed:
        emit(_listing(rules, form), output, force)
        return 0
    picked = {rule.name for rule in rules} if only else set()
    settings = Settings(
        rules,
        shapes or "shapes" in picked,
        shacl,
        members or "class-claim" in picked,
        terms,
        engine,
        # who asks for a general rule by name wants it of a folder too
        full or any(rule.name in picked and rule.scope == "any" for rule in rules),
    )
    report = check_paths(paths or (resources.folder("ontology"),), settings)
    if not report.rules:
        raise WrongOption(
            f"none of these rules looks at {', '.join(report.checked)}",
            "rules of ours look at leukograph folders and releases, shapes need --shacl; see: leukograph check --list",
        )
    level: Severity | None = None if fail_on == "never" else fail_on  # type: ignore[assignment]
    emit(_rendered(report, form, level, limit), output, force)
    return NOT_FOUND if level and report.fails(level) else 0


def _listing(rules: tuple[Rule, ...], form: str) -> str:
    from leukograph.render import check_json, check_text
    from leukograph.render.answer_json import dumps

    return dumps(check_json.encode_rules(rules)) if form == "json" else check_text.listing(rules)


def _rendered(report: Report, form: str, level: Severity | None, limit: int) -> str | bytes:
    from leukograph import __version__
    from leukograph.checks.rules import all_rules
    from leukograph.render import check_json, check_junit, check_sarif, check_text
    from leukograph.render.answer_json import dumps

    rules = {rule.name: rule for rule in all_rules()}
    if form == "json":
        return dumps(check_json.encode(report, rules))
    if form == "sarif":
        return dumps(check_sarif.encode(report, rules, __version__))
    if form == "junit":
        return check_junit.xml(report, rules, level)
    return check_text.text(report, rules, limit)
