"""Why a white-cell count is low: signed, graded and cited cause chains.

Stable are the names in `__all__`, and nothing else. They are loaded when first
used, so that importing the package costs next to nothing.

Example:
    >>> import leukograph
    >>> graph = leukograph.load()
    >>> answer = graph.why("chemotherapy", effect="neutropenia")
    >>> answer.effects[0].verdict.sign
    '+'
"""

from __future__ import annotations

__version__ = "0.1.0"

TYPE_CHECKING = False  # what typing calls it; importing typing would be most of the cost of this module
if TYPE_CHECKING:
    from leukograph.api import Leukograph, load
    from leukograph.diff import Diff
    from leukograph.errors import (
        AmbiguousName,
        BadQuery,
        CannotRead,
        LeukographError,
        RefusedQuery,
        UnknownName,
        WrongOption,
    )
    from leukograph.lookup import Match
    from leukograph.model import (
        Answer,
        CauseRow,
        Causes,
        Chain,
        Claim,
        Description,
        Effect,
        Entry,
        Evidence,
        Figure,
        Paths,
        Question,
        Source,
        Step,
        Term,
        Verdict,
    )
    from leukograph.render.results import Results
    from leukograph.stats import Stats

__all__ = [
    "AmbiguousName",
    "Answer",
    "BadQuery",
    "CannotRead",
    "CauseRow",
    "Causes",
    "Chain",
    "Claim",
    "Description",
    "Diff",
    "Effect",
    "Entry",
    "Evidence",
    "Figure",
    "Leukograph",
    "LeukographError",
    "Match",
    "Paths",
    "Question",
    "RefusedQuery",
    "Results",
    "Source",
    "Stats",
    "Step",
    "Term",
    "UnknownName",
    "Verdict",
    "WrongOption",
    "__version__",
    "load",
]

_HOMES = {
    "Leukograph": "api",
    "load": "api",
    "Diff": "diff",
    "Match": "lookup",
    "Results": "render.results",
    "Stats": "stats",
    **dict.fromkeys(
        ("AmbiguousName", "BadQuery", "CannotRead", "LeukographError", "RefusedQuery", "UnknownName", "WrongOption"),
        "errors",
    ),
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'model')}"), name)


def __dir__() -> list[str]:
    return __all__
