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
    from leukograph.compare import Comparison, Meeting
    from leukograph.contradictions import Contradiction, Contradictions
    from leukograph.diff import Diff
    from leukograph.errors import (
        AmbiguousName,
        BadQuery,
        CannotRead,
        DamagedStore,
        LeukographError,
        MissingExtra,
        NotAStore,
        RefusedQuery,
        StoreFailed,
        StoreInUse,
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
    from leukograph.reasoning.asking import Proven
    from leukograph.reasoning.prove import Proof, Proofs
    from leukograph.render.results import Results
    from leukograph.stats import Stats
    from leukograph.store.folder import Folder
    from leukograph.store.marker import LoadedFile, Marker
    from leukograph.store.writing import Compacted, Loaded, Verified
    from leukograph.timing.forecasts import Forecast
    from leukograph.timing.kinetics import Span
    from leukograph.timing.observed import Observation
    from leukograph.timing.regimens import CurvePoint, Prediction
    from leukograph.timing.stages import Limit, Stage
    from leukograph.timing.timeline import Course, Timeline
    from leukograph.whatif import Change, WhatIf
    from leukograph.whynot import Reason, WhyNot
    from leukograph.workup import Candidate, Given, NextTest, Outcome, Point, Workup

__all__ = [
    "AmbiguousName",
    "Answer",
    "BadQuery",
    "Candidate",
    "CannotRead",
    "CauseRow",
    "Causes",
    "Chain",
    "Change",
    "Claim",
    "Compacted",
    "Comparison",
    "Contradiction",
    "Contradictions",
    "Course",
    "CurvePoint",
    "DamagedStore",
    "Description",
    "Diff",
    "Effect",
    "Entry",
    "Evidence",
    "Figure",
    "Folder",
    "Forecast",
    "Given",
    "Leukograph",
    "LeukographError",
    "Limit",
    "Loaded",
    "LoadedFile",
    "Marker",
    "Match",
    "Meeting",
    "MissingExtra",
    "NextTest",
    "NotAStore",
    "Observation",
    "Outcome",
    "Paths",
    "Point",
    "Prediction",
    "Proof",
    "Proofs",
    "Proven",
    "Question",
    "Reason",
    "RefusedQuery",
    "Results",
    "Source",
    "Span",
    "Stage",
    "Stats",
    "Step",
    "StoreFailed",
    "StoreInUse",
    "Term",
    "Timeline",
    "UnknownName",
    "Verdict",
    "Verified",
    "WhatIf",
    "WhyNot",
    "Workup",
    "WrongOption",
    "__version__",
    "load",
]

_HOMES = {
    "Leukograph": "api",
    "load": "api",
    "Course": "timing.timeline",
    "Diff": "diff",
    "Forecast": "timing.forecasts",
    "Limit": "timing.stages",
    "Match": "lookup",
    "Observation": "timing.observed",
    "CurvePoint": "timing.regimens",
    "Prediction": "timing.regimens",
    "Results": "render.results",
    "Span": "timing.kinetics",
    "Stage": "timing.stages",
    "Stats": "stats",
    "Folder": "store.folder",
    **dict.fromkeys(("LoadedFile", "Marker"), "store.marker"),
    **dict.fromkeys(("Compacted", "Loaded", "Verified"), "store.writing"),
    "Proof": "reasoning.prove",
    "Proofs": "reasoning.prove",
    "Proven": "reasoning.asking",
    "Reason": "whynot",
    "WhyNot": "whynot",
    "Change": "whatif",
    "WhatIf": "whatif",
    "Contradiction": "contradictions",
    "Contradictions": "contradictions",
    "Comparison": "compare",
    "Meeting": "compare",
    "Timeline": "timing.timeline",
    **dict.fromkeys(("Candidate", "Given", "NextTest", "Outcome", "Point", "Workup"), "workup"),
    **dict.fromkeys(
        (
            "AmbiguousName",
            "BadQuery",
            "CannotRead",
            "DamagedStore",
            "LeukographError",
            "MissingExtra",
            "NotAStore",
            "RefusedQuery",
            "StoreFailed",
            "StoreInUse",
            "UnknownName",
            "WrongOption",
        ),
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
