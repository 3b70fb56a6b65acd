"""What a check found, and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

#: A note tells something and is no complaint.
Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule found."""

    rule: str
    severity: Severity
    #: `file:line:column` for a row, an IRI or key for a node
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.place}: {self.message} [{self.rule}]"


@dataclass(frozen=True, slots=True)
class Report:
    """All findings about one ontology folder."""

    findings: tuple[Finding, ...]
    #: what was looked at: name -> how many
    counts: dict[str, int]

    @property
    def faults(self) -> list[Finding]:
        """The findings that fail the check."""
        return [finding for finding in self.findings if finding.severity == "error"]

    def to_text(self) -> str:
        """Return one line a finding, and a last line that sums up."""
        lines = [str(finding) for finding in self.findings]
        counted = ", ".join(f"{number} {name}" for name, number in self.counts.items())
        warnings = sum(finding.severity == "warning" for finding in self.findings)
        verdict = f"{len(self.faults)} faults" if self.faults else "no fault"
        lines.append(f"{verdict}, {warnings} warnings" + (f" in {counted}" if counted else ""))
        return "\n".join(lines) + "\n"

    def to_json(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return {
            "schema": "leukograph.check/1",
            "faults": len(self.faults),
            "counts": self.counts,
            "findings": [
                {
                    "rule": finding.rule,
                    "severity": finding.severity,
                    "place": finding.place,
                    "message": finding.message,
                }
                for finding in self.findings
            ],
        }
