"""The report of a check as SARIF 2.1.0, which code scanners and editors show beside the lines."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from leukograph.checks.report import Finding, Report
from leukograph.checks.rules import PARTS, Rule

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def encode(report: Report, rules: Mapping[str, Rule], version: str) -> dict[str, Any]:
    """Return the report as a SARIF log with one run.

    Args:
        report: what was found; lines and columns begin at 1, columns count characters.
        rules: name -> rule.
        version: of leukograph.
    """
    names = list(dict.fromkeys((*report.rules, *(finding.rule for finding in report.findings))))
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "leukograph",
                        "version": version,
                        "rules": [_rule(rules[name]) for name in names],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [{"executionSuccessful": True}],
                "artifacts": [{"location": {"uri": _uri(name)}} for name in report.checked],
                "results": [_result(finding, names.index(finding.rule)) for finding in report.findings],
            }
        ],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    properties: dict[str, Any] = {"code": rule.code, "tags": [rule.part, rule.scope]}
    if rule.robot:
        properties["robot"] = list(rule.robot)
    return {
        "id": rule.name,
        "shortDescription": {"text": _sentence(rule.summary)},
        "fullDescription": {"text": f"{PARTS[rule.part]}: {rule.summary}."},
        "help": {"text": rule.fix or _sentence(rule.summary)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": properties,
    }


def _result(finding: Finding, place: int) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if finding.path:
        location["physicalLocation"] = {"artifactLocation": {"uri": _uri(finding.path)}}
        if finding.line is not None:
            region = {"startLine": finding.line}
            if finding.column is not None:
                region["startColumn"] = finding.column
            location["physicalLocation"]["region"] = region
    if finding.subject:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.subject}]
    about = f"{finding.subject}: " if finding.subject else ""
    result = {
        "ruleId": finding.rule,
        "ruleIndex": place,
        "level": _LEVELS[finding.severity],
        "message": {"text": about + finding.message},
        # the same fault keeps its mark when lines are added above it
        "partialFingerprints": {"leukograph/v1": _fingerprint(finding)},
    }
    if location:
        result["locations"] = [location]
    return result


def _fingerprint(finding: Finding) -> str:
    parts = (finding.rule, finding.path, finding.subject, finding.message)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _uri(path: str) -> str:
    """Return a path as a URI, relative if the path is."""
    return Path(path).as_uri() if Path(path).is_absolute() else quote(Path(path).as_posix())


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."
