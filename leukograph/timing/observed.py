"""Figures as spans, and what was seen held against what is computed."""

from __future__ import annotations

from typing import Literal, NamedTuple

from leukograph.model import Figure
from leukograph.timing.kinetics import Span, span

#: "not earlier": nothing bounds what is computed from above, so that is all that can be said.
Verdict = Literal["agrees", "not earlier", "earlier", "later", ""]


class Observation(NamedTuple):
    """What was seen, and how it compares with what is computed."""

    figure: Figure
    #: "" where there is nothing to compare it with
    verdict: Verdict


def stated(figure: Figure) -> Span:
    """Return a figure as a span in its own unit."""
    return span(figure.low, figure.value, figure.high, figure.unit)


def compare(seen: Span, computed: Span) -> Verdict:
    """Say how what was seen lies to what is computed, both in days.

    Example:
        >>> compare(Span(7, 7, 7), Span(4.5, None, 13))
        'agrees'
        >>> compare(Span(21, 21, 21), Span(4.5, None, 13))
        'later'
        >>> compare(Span(21, 21, 21), Span(4.5, None, None))
        'not earlier'
    """
    if seen.meets(computed):
        return "not earlier" if computed.open else "agrees"
    return "earlier" if seen.low < computed.low else "later"
