"""Courses of counts for an answer: each regimen of its cause, with thresholds and with what was seen."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

from leukograph.beside import TIMING, Beside
from leukograph.errors import MissingExtra
from leukograph.knowledge import Knowledge
from leukograph.model import Answer, Figure, Term
from leukograph.timing.kinetics import Span, in_days
from leukograph.timing.observed import Observation, Verdict, compare, stated
from leukograph.timing.regimens import Prediction, Regimen, Regimens, predict
from leukograph.timing.stages import CONCENTRATION, Limit, Stages

#: quantity of an observation -> what of a prediction it is held against
_HELD_AGAINST = {"nadir": "nadir", "onset": "below"}
#: Drugs of this class are those that curves are published for.
_CYTOTOXIC = "cytotoxic_drug"

_FEEDBACK = "The curve holds the body's own feedback only; no figure says how much a G-CSF drug adds to division."


class Line(NamedTuple):
    """A threshold as it is drawn."""

    #: [10*9/L]
    value: float
    #: the condition that begins below it
    term: Term
    figures: tuple[Figure, ...]


class Forecast(NamedTuple):
    """The course of one count under one regimen, and what stands beside it."""

    effect: Term
    prediction: Prediction
    #: the threshold of the effect; `prediction.threshold` is the highest of its figures
    threshold: Limit | None
    lines: tuple[Line, ...]
    observed: tuple[Observation, ...]


class Forecasts:
    """Computes the courses that figures allow."""

    def __init__(self, knowledge: Knowledge, stages: Stages) -> None:
        self.knowledge, self.stages = knowledge, stages
        self._regimens = Regimens(knowledge)
        self._beside = Beside(knowledge)

    def of(self, answer: Answer) -> tuple[list[Forecast], list[str]]:
        """Return the courses for an answer, and notes on what there is no course for, and why."""
        cause = answer.question.cause
        if cause is None:
            return [], []
        regimens, notes = self._regimens.of(cause)
        effects = {
            level: one.effect
            for one in answer.effects
            if one.verdict.sign != "-" and (level := self.knowledge.level_of.get(one.effect.key))
        }
        held = _levels(regimens)
        regimens = [regimen for regimen in regimens if regimen.level.key in effects]
        if held and not regimens:
            notes = [*notes, f"No curve here: the parameters that the graph holds for {cause.label} are for {held}."]
        elif not regimens and not notes:
            notes = list(self._without(cause, effects))
        try:
            found = [self._forecast(regimen, effects[regimen.level.key]) for regimen in regimens]
        except MissingExtra as error:
            return [], [*notes, f"No curve: {error}; {error.hint}."]
        return found, [*notes, _FEEDBACK] if found else notes

    def _without(self, cause: Term, levels: Container[str]) -> Iterator[str]:
        """Yield why there is no curve: it is a class of drugs that have some, or a cytotoxic without parameters."""
        kinds = [self.knowledge.term(key) for key in self.knowledge.descendants(cause.key)]
        have = {kind.label: regimens for kind in kinds if (regimens := self._regimens.of(kind)[0])}
        asked = [drug for drug, regimens in have.items() if any(one.level.key in levels for one in regimens)]
        if asked:
            yield f"Curves are of single drugs; of this class: {', '.join(sorted(asked))}."
        elif have:
            held = _levels([one for regimens in have.values() for one in regimens])
            yield f"No curve here: those of single drugs of this class are for {held}."
        elif self.knowledge.is_a(cause.key, _CYTOTOXIC):
            yield f"No curve for {cause.label}: the graph holds no published parameters for it."

    def _forecast(self, regimen: Regimen, effect: Term) -> Forecast:
        threshold = self.stages.threshold(effect.key)
        prediction = predict(regimen, threshold.value.high if threshold else None)
        figures = self._beside.pair_figures(regimen.drug, effect, TIMING)
        return Forecast(
            effect=effect,
            prediction=prediction,
            threshold=threshold,
            lines=tuple(self._lines(effect)),
            observed=tuple(Observation(figure, _verdict(figure, effect, prediction)) for figure in figures),
        )

    def _lines(self, effect: Term) -> Iterator[Line]:
        """Yield the thresholds of an effect and its kinds, from the highest.

        Where several begin at one value, the effect gives the line its name, else the kind with most figures.
        """
        found: dict[float, dict[str, list[Figure]]] = {}
        for key in (effect.key, *self.knowledge.descendants(effect.key)):
            limit = self.stages.threshold(key)
            for figure in limit.figures if limit else ():
                value = (figure.value or 0.0) * CONCENTRATION[figure.unit]
                found.setdefault(value, {}).setdefault(key, []).append(figure)
        for value, named in sorted(found.items(), reverse=True):
            name = effect.key if effect.key in named else max(named, key=lambda key: (len(named[key]), key))
            yield Line(value, self.knowledge.term(name), tuple(named[name]))


def _levels(regimens: Iterable[Regimen]) -> str:
    """Return the counts that regimens are for, in words."""
    return " and ".join(f"the {label}" for label in sorted({one.level.label for one in regimens}))


def _verdict(figure: Figure, effect: Term, prediction: Prediction) -> Verdict:
    spans: dict[str, Span | None] = {"nadir": prediction.nadir, "below": prediction.below}
    computed = spans.get(_HELD_AGAINST.get(figure.quantity, ""))
    if computed is None or not {term.key for term in figure.about} & {effect.key, prediction.level.key}:
        return ""
    return compare(in_days(stated(figure)), computed)
