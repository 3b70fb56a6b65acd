"""The report of a check, and the list of rules, as people read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from leukograph.checks.report import Report
from leukograph.checks.rules import PARTS, Rule
from leukograph.render.safe import visible


def text(report: Report, rules: Mapping[str, Rule], limit: int = 0) -> str:
    """Return one line a finding, what to do about each rule, and a last line that sums up.

    Args:
        report: what was found.
        rules: name -> rule.
        limit: how many findings of one rule are shown; 0 shows all.
    """
    total = Counter(finding.rule for finding in report.findings)
    shown: Counter[str] = Counter()
    lines = []
    for finding in report.findings:
        shown[finding.rule] += 1
        if not limit or shown[finding.rule] <= limit:
            lines.append(visible(str(finding)))
        elif shown[finding.rule] == limit + 1:
            more = total[finding.rule] - limit
            lines.append(f"{finding.severity}: ... and {more} more [{finding.rule}] (all with --limit 0)")
    lines += [f"  hint: {name}: {rules[name].fix}" for name in total if name in rules and rules[name].fix]
    lines.append(_summary(report))
    return "\n".join(lines) + "\n"


def _summary(report: Report) -> str:
    faults = len(report.faults)
    verdict = "no fault" if not faults else "1 fault" if faults == 1 else f"{faults} faults"
    warnings, notes = report.number("warning"), report.number("info")
    verdict += f", {warnings} warning{'' if warnings == 1 else 's'}"
    if notes:
        verdict += f", {notes} note{'' if notes == 1 else 's'}"
    counted = ", ".join(f"{number} {name}" for name, number in report.counts.items())
    return verdict + (f" in {counted}" if counted else "")


def listing(rules: tuple[Rule, ...]) -> str:
    """Return the list of rules."""
    lines: list[str] = []
    width = max(len(rule.name) for rule in rules)
    for part, title in PARTS.items():
        members = [rule for rule in rules if rule.part == part]
        if members:
            lines += ["", f"{title} ({part})"] if lines else [f"{title} ({part})"]
            lines += [f"  {rule.code}  {rule.name:<{width}}  {rule.severity:<7}  {rule.summary}" for rule in members]
    return "\n".join(lines) + "\n"


def table(rules: tuple[Rule, ...]) -> str:
    """Return the rules as the table of `docs/check.md`."""
    lines = ["| code | rule | severity | for | finds | ROBOT |", "| --- | --- | --- | --- | --- | --- |"]
    for rule in rules:
        robot = ", ".join(f"`{name}`" for name in rule.robot)
        lines.append(
            f"| {rule.code} | `{rule.name}` | {rule.severity} | {rule.scope} | {rule.summary}. {rule.fix} | {robot} |"
        )
    return "\n".join(lines) + "\n"
