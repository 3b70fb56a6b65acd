"""How long cells stay at each stage of the backbone, from the figures.

Every figure of one thing counts: the range spans them all, and where sources
disagree the disagreement has a name. Figures about children, and figures that hold
only together with a drug, are no figures of the backbone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from leukograph.knowledge import Knowledge
from leukograph.model import Figure, Term
from leukograph.timing.kinetics import Span, either, in_days, mean_stay, scaled, stay_in_growing_pool
from leukograph.timing.observed import stated

#: Factor that brings a count to 10*9/L.
CONCENTRATION = {"10*9/L": 1.0, "10*6/L": 1e-3, "/uL": 1e-3}
_YOUNG = re.compile(r"\b(infants?|newborns?|child(ren)?|months|pregnan\w+|preeclampsia)\b|age \d+ to \d+ years")


class Stage(NamedTuple):
    """A stage of the backbone with how long cells stay there."""

    term: Term
    #: "delay" passes before the count begins to fall; "fall" is the stay in the blood itself
    part: Literal["delay", "fall"]
    #: [d]; None where no figure says
    time: Span | None
    #: how the time follows from the figures
    how: str = ""
    figures: tuple[Figure, ...] = ()
    #: whether cells may stay longer than that, since they divide on the way
    at_least: bool = False

    @property
    def disagreements(self) -> tuple[str, ...]:
        """Names of the disagreements between the figures."""
        return tuple(sorted({figure.disagreement for figure in self.figures} - {""}))


class Limit(NamedTuple):
    """A count that figures state: a threshold, or what is normal."""

    value: Span
    figures: tuple[Figure, ...]


class Stages:
    """Looks up the stages of the backbone."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge

    def cells(self, level: str) -> tuple[str, ...]:
        """Return the cells whose number a level or a pool is."""
        return tuple(c.object.key for c in self.knowledge.claims_from(level) if c.relation == "counts")

    def of_pool(self, pool: str, level: str) -> Stage:
        """Return the stay in a pool, on the way to a level.

        A transit time where there is one; else, for the pool that the production of
        the level draws on, its size over that production, which is a lower bound.
        """
        term = self.knowledge.term(pool)
        if figures := self._alone(pool, {"transit_time"}):
            return Stage(term, "delay", _days(figures), "transit time", tuple(figures))
        sizes = [figure for figure in self._alone(pool, {"pool_size"}) if figure.unit == "{cells}"]
        rates = [
            figure
            for cell in self.cells(level)
            for figure in self._alone(cell, {"production_rate"})
            if figure.unit == "{cells}/d"
        ]
        if not sizes or not rates or not self._feeds_production(pool, level):
            return Stage(term, "delay", None)
        time = stay_in_growing_pool(either(map(stated, sizes)), either(map(stated, rates)))
        return Stage(term, "delay", time, "number of cells over production", (*sizes, *rates), at_least=True)

    def of_lever(self, lever: str, level: str) -> Stage | None:
        """Return how long cells ripen behind a lever of production, or None when no figure says.

        Those figures count from the last division, so the way from a progenitor is longer.
        """
        figures = self._alone(lever, {"transit_time"}) or self._of_cells(level, {"transit_time"})
        if not figures:
            return None
        how = "transit time after the last division"
        return Stage(self.knowledge.term(lever), "delay", _days(figures), how, tuple(figures), at_least=True)

    def in_blood(self, level: str) -> Stage:
        """Return the mean stay of the cells of a level.

        Half-lives of the count and its cell come first; then lifespans of the cell;
        then those of the kinds of the cell, which it is made up of.
        """
        own = (level, *self.cells(level))
        figures = [figure for key in own for figure in self._alone(key, {"half_life", "duration"})]
        figures = figures or self._of_cells(level, {"half_life", "lifespan"})
        if not figures:
            return Stage(self.knowledge.term(level), "fall", None)
        words = {"half_life": "half-life over ln 2", "lifespan": "lifespan", "duration": "stay in the blood"}
        how = " or ".join(words[name] for name in words if any(figure.quantity == name for figure in figures))
        time = either(_stay(figure) for figure in figures)
        return Stage(self.knowledge.term(level), "fall", time, how, tuple(figures))

    def under(self, cause: str, level: str) -> Stage | None:
        """Return the stay in the blood while a cause acts, when a figure of the pair gives it."""
        figures = [
            figure
            for figure in self.knowledge.figures_about(cause)
            if figure.quantity == "half_life" and [term.key for term in figure.about] == [cause, level]
        ]
        if not figures:
            return None
        how = "half-life over ln 2, as seen under this cause"
        return Stage(self.knowledge.term(level), "fall", either(map(_stay, figures)), how, tuple(figures))

    def threshold(self, condition: str) -> Limit | None:
        """Return the count below which a condition begins in adults [10*9/L]."""
        figures = [
            figure
            for figure in self._alone(condition, {"threshold"})
            if figure.value is not None and figure.unit in CONCENTRATION
        ]
        return _limit(figures)

    def normal(self, level: str) -> Limit | None:
        """Return the reference interval of a count in adults [10*9/L], in all its figures."""
        figures = [
            figure
            for figure in self._alone(level, {"reference_interval"})
            if figure.low and figure.high is not None and figure.unit in CONCENTRATION
        ]
        return _limit(figures)

    def _of_cells(self, level: str, quantities: set[str]) -> list[Figure]:
        """Return the figures of the cells of a level; where a cell has none, those of its nearest kinds that have.

        Kinds with a count of their own stand for the rest, which may live outside the blood.
        """
        found: list[Figure] = []
        queue = list(self.cells(level))
        for cell in queue:
            own = self._alone(cell, quantities)
            found += own
            if not own:
                kinds = self.knowledge.children(cell)
                queue += [kind for kind in kinds if self._has_count(kind)] or [k for k in kinds if k not in queue]
        return found

    def _has_count(self, cell: str) -> bool:
        return any(c.relation == "counts" and c.subject.kind == "level" for c in self.knowledge.claims_to(cell))

    def _alone(self, key: str, quantities: set[str]) -> list[Figure]:
        """Return the figures about this term alone, in adults."""
        return [
            figure
            for figure in self.knowledge.figures_about(key)
            if figure.quantity in quantities and len(figure.about) == 1 and _grown_up(figure)
        ]

    def _feeds_production(self, pool: str, level: str) -> bool:
        levers = {c.object.key for c in self.knowledge.claims_from(pool) if c.definitional and c.object.kind == "lever"}
        return any(self.knowledge.is_a(lever, "production") for lever in levers) and bool(self.cells(level))


def _grown_up(figure: Figure) -> bool:
    population = figure.population.casefold()
    return "adult" in population or not _YOUNG.search(population)


def _days(figures: Iterable[Figure]) -> Span:
    return either(in_days(stated(figure)) for figure in figures)


def _stay(figure: Figure) -> Span:
    time = in_days(stated(figure))
    return mean_stay(time) if figure.quantity == "half_life" else time


def _limit(figures: Sequence[Figure]) -> Limit | None:
    if not figures:
        return None
    counts = (scaled(stated(figure), CONCENTRATION[figure.unit], "10*9/L") for figure in figures)
    return Limit(either(counts), tuple(figures))
