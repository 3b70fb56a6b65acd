"""What changed between two releases: terms, claims, evidence, figures, sources, and answers.

1. What the two hold is set against each other key by key, sets as sets (`contents`).
2. The answers to `why` are worked out in both, for the causes whose answer can have
   changed at all, and their verdicts are compared (`answers`).
"""

from __future__ import annotations

from leukograph.diff import contents
from leukograph.diff.answers import answer_changes
from leukograph.diff.values import Diff
from leukograph.explain import Explainer

__all__ = ["Diff", "diff"]


def diff(old: Explainer, new: Explainer) -> Diff:
    """Return what changed from one release to another.

    Args:
        old: explainer of the earlier release.
        new: explainer of the later one.
    """
    before, after = old.knowledge, new.knowledge
    claims, figures = contents.claim_changes(before, after), contents.figure_changes(before, after)
    return Diff(
        old=before.release,
        new=after.release,
        terms=contents.term_changes(before, after),
        names=contents.name_changes(before, after),
        mappings=contents.mapping_changes(before, after),
        inferred=contents.inferred_changes(before, after),
        claims=claims,
        figures=figures,
        source_changes=contents.source_changes(before, after),
        language=contents.language_changes(before, after),
        answers=answer_changes(old, new),
        sources=contents.cited(before, after, claims, figures),
    )
