"""The report of a check, and the list of rules, as JSON of our own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leukograph.checks.report import Report
from leukograph.checks.rules import Rule


def encode(report: Report, rules: Mapping[str, Rule]) -> dict[str, Any]:
    """Return the report as a JSON object."""
    return {
        "schema": "leukograph.check/2",
        "checked": list(report.checked),
        "faults": len(report.faults),
        "warnings": report.number("warning"),
        "infos": report.number("info"),
        "counts": dict(report.counts),
        "rules": list(report.rules),
        "findings": [
            {
                "rule": finding.rule,
                "code": rules[finding.rule].code,
                "severity": finding.severity,
                "file": finding.path or None,
                "line": finding.line,
                "column": finding.column,
                "subject": finding.subject or None,
                "message": finding.message,
                "hint": rules[finding.rule].fix,
            }
            for finding in report.findings
        ],
    }


def encode_rules(rules: tuple[Rule, ...]) -> dict[str, Any]:
    """Return the list of rules as a JSON object."""
    return {
        "schema": "leukograph.rules/1",
        "rules": [
            {
                "name": rule.name,
                "code": rule.code,
                "severity": rule.severity,
                "part": rule.part,
                "scope": rule.scope,
                "summary": rule.summary,
                "fix": rule.fix,
                "robot": list(rule.robot),
            }
            for rule in rules
        ],
    }
