"""The report of a check as JUnit XML: a suite for what was checked, a test for each rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from xml.etree import ElementTree

from leukograph.checks.report import SEVERITIES, Finding, Report, Severity
from leukograph.checks.rules import Rule
from leukograph.render.safe import visible


def xml(report: Report, rules: Mapping[str, Rule], fail_on: Severity | None = "error") -> bytes:
    """Return the report as JUnit XML.

    Args:
        report: what was found.
        rules: name -> rule.
        fail_on: a rule fails when it has a finding as grave as this; None fails none. What
            it found beside that is told as its output.
    """
    grave = SEVERITIES[: SEVERITIES.index(fail_on) + 1] if fail_on else ()
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        by_rule[finding.rule].append(finding)
    names = list(dict.fromkeys((*report.rules, *by_rule)))
    failed = [name for name in names if any(finding.severity in grave for finding in by_rule[name])]
    numbers = {"tests": str(len(names)), "failures": str(len(failed)), "errors": "0", "time": "0"}
    root = ElementTree.Element("testsuites", {"name": "leukograph check", **numbers})
    suite = ElementTree.SubElement(
        root, "testsuite", {"name": visible(" ".join(report.checked)), **numbers, "skipped": "0"}
    )
    for name in names:
        case = ElementTree.SubElement(
            suite, "testcase", {"classname": f"leukograph.{rules[name].part}", "name": name, "time": "0"}
        )
        found = by_rule[name]
        if name in failed:
            message = f"{len(found)} found: {rules[name].summary}"
            failure = ElementTree.SubElement(case, "failure", {"message": message, "type": found[0].severity})
            failure.text = "\n".join([*(_line(finding) for finding in found), f"hint: {rules[name].fix}"])
        elif found:
            ElementTree.SubElement(case, "system-out").text = "\n".join(_line(finding) for finding in found)
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _line(finding: Finding) -> str:
    return visible(str(finding))
