"""What a check found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

#: An info tells something and is no complaint.
Severity = Literal["error", "warning", "info"]
#: From the worst on.
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


class Hit(NamedTuple):
    """What a rule over the statements of a file found, before it has a place in the file."""

    #: an IRI, or "" for the whole file
    subject: str
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule found."""

    rule: str
    severity: Severity
    message: str
    #: the file as it was named; a row names its table below the ontology folder; "" where there is none
    file: str = ""
    #: from 1 on; None where it is not known
    line: int | None = None
    column: int | None = None
    #: IRI or key of what it is about, or ""
    subject: str = ""
    #: the folder, as it was named, below which `file` lies, or ""
    root: str = ""

    @property
    def path(self) -> str:
        """The file as it can be opened from here, or ""."""
        return f"{self.root}/{self.file}" if self.root and self.file else self.file or self.root

    @property
    def place(self) -> str:
        """`file:line:column` as far as it is known; the subject where there is no file."""
        if not self.file:
            return self.subject
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)

    def __str__(self) -> str:
        about = f"{self.subject}: " if self.subject and self.file else ""
        return f"{self.severity}: {self.place}: {about}{self.message} [{self.rule}]"


@dataclass(frozen=True, slots=True)
class Report:
    """All findings about what was checked."""

    findings: tuple[Finding, ...]
    #: what was looked at: name -> how many
    counts: Mapping[str, int]
    #: the files or folders that were checked, as they were named
    checked: tuple[str, ...] = ()
    #: names of the rules that were run
    rules: tuple[str, ...] = ()

    @property
    def faults(self) -> list[Finding]:
        """The findings that are errors."""
        return [finding for finding in self.findings if finding.severity == "error"]

    def fails(self, level: Severity) -> bool:
        """Tell whether a finding is as grave as a level."""
        return any(SEVERITIES.index(finding.severity) <= SEVERITIES.index(level) for finding in self.findings)

    def number(self, severity: Severity) -> int:
        """Return how many findings are of a severity."""
        return sum(finding.severity == severity for finding in self.findings)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings: the gravest first, then by file, rule and place."""
    return tuple(
        sorted(
            findings,
            key=lambda one: (
                SEVERITIES.index(one.severity),
                one.file,
                one.rule,
                one.line or 0,
                one.column or 0,
                one.subject,
                one.message,
            ),
        )
    )


def joined(reports: Iterable[Report]) -> Report:
    """Make one report of several."""
    reports = tuple(reports)
    if len(reports) == 1:
        return reports[0]
    counts: Counter[str] = Counter()
    for report in reports:
        counts.update(report.counts)
    return Report(
        in_order(finding for report in reports for finding in report.findings),
        dict(counts),
        tuple(name for report in reports for name in report.checked),
        tuple(dict.fromkeys(name for report in reports for name in report.rules)),
    )
