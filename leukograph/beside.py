"""What stands beside the chains of an effect: modifiers, figures, tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from leukograph.knowledge import Knowledge
from leukograph.model import Chain, Claim, Figure, Term

FREQUENCY = frozenset({"incidence", "prevalence", "odds_ratio", "mortality"})
TIMING = frozenset({"onset", "nadir", "recovery_time", "duration"})
STAGE_TIMING = frozenset({"transit_time", "half_life"})


class Beside:
    """Finds what to tell with an effect."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge

    def modifiers(self, cause: Term) -> tuple[Claim, ...]:
        """Return what worsens or eases the effect of a cause, the surest first."""
        relations = self.knowledge.language.relations
        found = {
            claim.key: claim
            for claim, _ in self.knowledge.claims_of(cause.key)
            if relations[claim.relation].family == "modifier" and claim.holds
        }
        return tuple(sorted(found.values(), key=lambda claim: (-claim.belief, claim.key)))

    def pair_figures(self, cause: Term, effect: Term, quantities: frozenset[str]) -> tuple[Figure, ...]:
        """Return the figures about this very cause and the effect; of those of one kind the most typical first.

        A figure of its class may come from quite another member, so none is inherited.
        """
        ends = {effect.key, *self.knowledge.descendants(effect.key), self.knowledge.level_of.get(effect.key, "")}
        return _typical_first(
            figure
            for figure in self.knowledge.figures_about(cause.key)
            if figure.quantity in quantities and len(figure.about) == 2 and _other(figure, cause.key) in ends
        )

    def timing(self, cause: Term, effect: Term, chains: Sequence[Chain]) -> tuple[Figure, ...]:
        """Return when the effect comes and goes, and how long the stages of its best chain take."""
        found = list(self.pair_figures(cause, effect, TIMING))
        found += [
            figure
            for figure in self.knowledge.figures_about(cause.key)
            if len(figure.about) == 1 and figure.quantity in TIMING
        ]
        stages = [step.claim.object.key for chain in chains[:1] for step in chain.steps]
        for stage in stages:
            found += [
                figure
                for figure in self.knowledge.figures_about(stage)
                if figure.quantity in STAGE_TIMING and len(figure.about) == 1
            ]
        return tuple(dict.fromkeys(found))

    def tests(self, cause: Term, effect: Term) -> tuple[Claim, ...]:
        """Return what shows the cause, each down to the test; where nothing does, what screens for the effect."""
        own = self._shown_by(cause.key)
        return own or tuple(claim for claim in self._shown_by(effect.key) if cause == effect or _screens(claim))

    def _shown_by(self, key: str) -> tuple[Claim, ...]:
        found: dict[str, Claim] = {}
        for claim, _ in self.knowledge.claims_of(key):
            if claim.relation == "shown_by" and claim.holds:
                found.setdefault(claim.key, claim)
                for further in self.knowledge.claims_from(claim.object.key):
                    if further.relation == "shown_by" and further.holds:
                        found.setdefault(further.key, further)
        return tuple(found.values())


def _screens(claim: Claim) -> bool:
    return any("role=screen" in row.context.split("|") for row in claim.evidence)


def _typical_first(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """Order figures of one quantity, unit and pair by how near they are to the middle one.

    An answer shows few of them, and one at a far cut-off would stand for all.
    """
    alike: dict[tuple[tuple[Term, ...], str, str], list[Figure]] = {}
    for figure in figures:
        alike.setdefault((figure.about, figure.quantity, figure.unit), []).append(figure)
    ordered: list[Figure] = []
    for group in alike.values():
        numbers = sorted(map(_number, group))
        middle = (numbers[(len(numbers) - 1) // 2] + numbers[len(numbers) // 2]) / 2
        ordered += sorted(group, key=lambda figure: abs(_number(figure) - middle))
    return tuple(ordered)


def _number(figure: Figure) -> float:
    """Return the number of a figure; where it is a range, its middle."""
    if figure.value is not None:
        return figure.value
    ends = [end for end in (figure.low, figure.high) if end is not None]
    return sum(ends) / len(ends)


def _other(figure: Figure, key: str) -> str:
    return next((term.key for term in figure.about if term.key != key), "")
