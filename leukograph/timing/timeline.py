"""When a cause lowers which count: delays along the backbone, from the figures.

For each effect of a cause and each way in which it enters the backbone:

1. The chain's own part ends where it hits a pool or a lever; that is where it enters.
   A cause that hits several pools of one way enters at each of them.
2. Cells that are already past that point still arrive. So the count begins to fall
   when the stages behind it have been run through: their times add up.
3. Then nothing more is added, and the count falls with the stay of its cells in the
   blood, from what is normal to what the condition's threshold says.
4. What was observed for this cause and effect stands beside it, with whether it agrees.

Where a figure is missing, there is no number, and the answer says which one is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from leukograph.beside import TIMING, Beside
from leukograph.errors import WrongOption
from leukograph.knowledge import Knowledge
from leukograph.model import UNKNOWN_ROUTE, Answer, Chain, Claim, Effect, Question, Source, Term
from leukograph.timing.forecasts import Forecast, Forecasts
from leukograph.timing.kinetics import Span, fall_to, in_days, in_turn
from leukograph.timing.observed import Observation, compare, stated
from leukograph.timing.stages import Limit, Stage, Stages

#: Routes that let fewer cells into the blood; what is there already falls at its usual pace.
SUPPLY = frozenset({"production", "maturation", "release"})
AT_ONCE = Span(0.0, 0.0, 0.0)
#: quantity of an observation -> the computed span that it is held against
HELD_AGAINST = {"onset": "onset", "nadir": "lowest"}


class Course(NamedTuple):
    """How one count falls by one way. Times are in days from the hit."""

    effect: Term
    #: the count that falls first on this way; not that of the effect where it is a part of it
    level: Term
    chain: Chain
    #: the pool or lever at which the cause enters the backbone
    entry: Term
    #: the claims that say so, where they are not those of the chain
    entry_claims: tuple[Claim, ...] = ()
    stages: tuple[Stage, ...] = ()
    #: until the count begins to fall
    begins: Span | None = None
    #: until it is at the threshold, when nothing is added any more
    below: Span | None = None
    #: when it is lowest after one hit that spares what is past the entry
    lowest: Span | None = None
    threshold: Limit | None = None
    baseline: Limit | None = None
    observed: tuple[Observation, ...] = ()
    #: what no figure says
    missing: tuple[str, ...] = ()


class Timeline(NamedTuple):
    """The answer to `timeline`: courses, the first to begin first."""

    release: str
    question: Question
    courses: tuple[Course, ...]
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()
    #: by Friberg's model, where figures give its parameters
    curves: tuple[Forecast, ...] = ()


class Clock:
    """Computes timelines over one graph."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.stages = Stages(knowledge)
        self._beside = Beside(knowledge)
        self._forecasts = Forecasts(knowledge, self.stages)

    def timeline(self, answer: Answer) -> Timeline:
        """Return when the effects in an answer to `why` come.

        Raises:
            WrongOption: when the answer is about a condition, not a cause.
        """
        if answer.question.cause is None:
            condition, text = answer.question.effect, answer.question.text
            # a cell or a count was answered for its low state
            what = f"stands for {condition.label} here" if condition and condition.label != text else "is a low count"
            raise WrongOption(
                f"{text} {what}, and a timeline starts from a cause",
                f"list its causes with: leukograph causes {answer.question.text!r}",
            )
        courses = [course for effect in answer.effects for course in self._courses(effect)]
        ordered = sorted(courses, key=_first_to_fall)
        curves, lacking = self._forecasts.of(answer)
        return Timeline(
            release=answer.release,
            question=answer.question,
            courses=tuple(ordered),
            sources=tuple(self.knowledge.sources[key] for key in dict.fromkeys(_source_keys(ordered, curves))),
            notes=(*self._notes(answer, ordered), *lacking),
            curves=tuple(curves),
        )

    def _courses(self, effect: Effect) -> Iterator[Course]:
        """Yield a course for each way and each entry, the ways that were seen before others.

        Of an effect that is countered only the ways of a stage of its own are left: an early fall before the rise.
        """
        told: set[tuple[str, str]] = set()
        chains = [one for one in effect.chains if one.sign == "+" and (one.stage or effect.verdict.sign != "-")]
        seen = any(chain.observed for chain in effect.chains)
        for chain in chains:
            if seen and not chain.observed:
                continue
            for entry, claims in self._entries(chain):
                slot = chain.route, entry.key
                if slot not in told:
                    told.add(slot)
                    yield self._course(effect, chain, entry, claims)

    def _entries(self, chain: Chain) -> Iterator[tuple[Term, tuple[Claim, ...]]]:
        """Yield where a cause enters the backbone: where its chain does, and at later pools that it hits too."""
        path = _backbone(chain)
        if not path:
            yield chain.cause, ()
            return
        yield path[0], ()
        if chain.route not in SUPPLY:
            return
        later = {term.key for term in path[1:] if term.kind == "pool"}
        hits: dict[str, list[Claim]] = {}
        for claim, _ in self.knowledge.claims_of(chain.cause.key):
            if claim.holds and claim.sign == "-" and claim.object.key in later:
                hits.setdefault(claim.object.key, []).append(claim)
        for key, claims in sorted(hits.items()):
            yield self.knowledge.term(key), tuple(claims)

    def _course(self, effect: Effect, chain: Chain, entry: Term, claims: tuple[Claim, ...]) -> Course:
        path = _backbone(chain)
        level = next((term for term in path if term.kind == "level"), None)
        if level is None:
            level = self.knowledge.term(self.knowledge.level_of.get(effect.effect.key, effect.effect.key))
        if chain.route == UNKNOWN_ROUTE:
            observed = tuple(self._observed(chain, effect, None, None, None))
            missing = ("how it comes about is not known, so nothing can be computed",)
            return Course(effect.effect, level, chain, entry, claims, observed=observed, missing=missing)
        delays = list(self._delays(chain, entry, level)) if chain.route in SUPPLY else []
        blood = self._blood(chain, level)
        begins = _sum(delays) if chain.route in SUPPLY else AT_ONCE
        threshold, baseline = self.stages.threshold(effect.effect.key), self.stages.normal(level.key)
        below = self._below(effect.effect, level, begins, blood, threshold, baseline)
        lowest = self._lowest(chain, entry, level, begins, blood)
        return Course(
            effect=effect.effect,
            level=level,
            chain=chain,
            entry=entry,
            entry_claims=claims,
            stages=(*delays, blood) if blood else tuple(delays),
            begins=begins,
            below=below,
            lowest=lowest,
            threshold=threshold,
            baseline=baseline,
            observed=tuple(self._observed(chain, effect, begins, below, lowest)),
            missing=tuple(self._missing(effect.effect, chain, level, delays, blood, threshold, baseline)),
        )

    # --- what is computed ----------------------------------------------------------

    def _delays(self, chain: Chain, entry: Term, level: Term) -> Iterator[Stage]:
        """Yield the stages behind the entry that cells still run through."""
        path = _backbone(chain)
        path = path[[term.key for term in path].index(entry.key) :]
        found = False
        for term in path:
            if term.kind == "lever" and self.knowledge.is_a(term.key, "production"):
                if stage := self._ripening(term, path, level):
                    found = True
                    yield stage
            elif term.kind == "pool" and term != entry and not self._is_of_body(term.key):
                found = True
                yield self.stages.of_pool(term.key, level.key)
        if not found and entry.kind == "pool" and not self._is_last_of_marrow(entry, path):
            yield Stage(entry, "delay", None)

    def _ripening(self, lever: Term, path: Sequence[Term], level: Term) -> Stage | None:
        """Return how long cells ripen behind a lever, unless a pool behind it stands for that."""
        behind = path[list(path).index(lever) + 1 :]
        if any(term.kind == "pool" and not self._is_of_body(term.key) for term in behind):
            return None
        return self.stages.of_lever(lever.key, level.key)

    def _is_of_body(self, pool: str) -> bool:
        """Tell whether a pool is the cells of the body, not a stage on the way to the blood."""
        return any(c.definitional and c.object.kind == "level" for c in self.knowledge.claims_from(pool))

    def _is_last_of_marrow(self, entry: Term, path: Sequence[Term]) -> bool:
        """Tell whether cells go from a pool straight into the blood."""
        return any(term.kind == "lever" and self.knowledge.is_a(term.key, "release") for term in path[1:2])

    def _below(
        self,
        effect: Term,
        level: Term,
        begins: Span | None,
        blood: Stage | None,
        threshold: Limit | None,
        baseline: Limit | None,
    ) -> Span | None:
        if begins is None or blood is None or blood.time is None or threshold is None or baseline is None:
            return None
        if self.knowledge.level_of.get(effect.key) != level.key:
            return None
        return in_turn([begins, fall_to(baseline.value, threshold.value, blood.time)])

    def _blood(self, chain: Chain, level: Term) -> Stage | None:
        """Return how fast the blood loses cells: as seen under the cause, or as usual when only the supply ends."""
        under = self.stages.under(chain.cause.key, level.key)
        return under or (self.stages.in_blood(level.key) if chain.route in SUPPLY else None)

    def _lowest(self, chain: Chain, entry: Term, level: Term, begins: Span | None, blood: Stage | None) -> Span | None:
        """Return when the gap that a hit tears into a pool of the marrow passes through the blood."""
        if chain.route not in SUPPLY or entry.kind != "pool" or begins is None or blood is None or blood.time is None:
            return None
        gap = self.stages.of_pool(entry.key, level.key).time
        if gap is None:
            return None
        return Span(begins.low, None, in_turn([begins, gap, blood.time]).high)

    # --- what was seen, and what is missing ------------------------------------------

    def _observed(
        self, chain: Chain, effect: Effect, begins: Span | None, below: Span | None, lowest: Span | None
    ) -> Iterator[Observation]:
        """Yield what was seen of this cause and effect.

        Without a window for the lowest count, the day of it can still not lie before the
        fall begins. A way that is a late stage of its own is not held against day 0.
        """
        # of an effect that is countered, they time what the cause is given against
        countered = effect.verdict.sign == "-"
        figures = [] if countered else list(self._beside.pair_figures(chain.cause, effect.effect, TIMING))
        figures += [
            figure
            for figure in self.knowledge.figures_about(chain.cause.key)
            if len(figure.about) == 1 and figure.quantity in TIMING
        ]
        computed: dict[str, Span | None] = {}
        if begins is not None and begins != AT_ONCE and not chain.stage:
            onset = None if below is None else Span(begins.low, None, below.high)
            computed = {"onset": onset, "lowest": lowest or Span(begins.low, None, None)}
        for figure in figures:
            against = computed.get(HELD_AGAINST.get(figure.quantity, ""))
            yield Observation(figure, "" if against is None else compare(in_days(stated(figure)), against))

    def _missing(
        self,
        effect: Term,
        chain: Chain,
        level: Term,
        delays: Sequence[Stage],
        blood: Stage | None,
        threshold: Limit | None,
        baseline: Limit | None,
    ) -> Iterator[str]:
        for stage in delays:
            if stage.time is None:
                yield f"no figure for how long cells stay among {stage.term.label}"
        if blood is not None and blood.time is None:
            yield f"no figure for the stay of these cells in the blood ({level.label})"
        if blood is None:
            yield f"no figure for how fast {chain.lever.label if chain.lever else 'it'} lowers the count"
        if self.knowledge.level_of.get(effect.key) != level.key:
            yield f"no day for {effect.label}: that count holds other cells too"
            return
        if threshold is None:
            yield f"no figure for the threshold of {effect.label} in adults"
        if baseline is None:
            yield f"no figure for the normal {level.label} in adults"

    @staticmethod
    def _notes(answer: Answer, courses: Sequence[Course]) -> Iterator[str]:
        if countered := [one.effect.label for one in answer.effects if one.verdict.sign == "-"]:
            early = {course.effect.label for course in courses} & set(countered)
            but = f" Of {' and '.join(sorted(early))} only a stage with a fall of its own is shown." if early else ""
            yield f"Left out, since it is countered: {', '.join(countered)}.{but}"
        if not courses and answer.effects:
            yield "No chain lowers a count, so there is nothing to compute."


def _backbone(chain: Chain) -> list[Term]:
    """Return what a chain meets from the first pool or lever on: the backbone, in order."""
    terms = [step.claim.object for step in chain.steps]
    if chain.cause.kind in {"pool", "lever"}:
        terms.insert(0, chain.cause)
    first = next((place for place, term in enumerate(terms) if term.kind in {"pool", "lever"}), len(terms))
    return terms[first:]


def _sum(delays: Sequence[Stage]) -> Span | None:
    """Return the delays in turn; none at all is at once, and one that is not known leaves no number."""
    times = [stage.time for stage in delays if stage.time is not None]
    if len(times) < len(delays):
        return None
    total = in_turn(times) if times else AT_ONCE
    return Span(total.low, None, None) if any(stage.at_least for stage in delays) else total


def _first_to_fall(course: Course) -> tuple[bool, bool, float, float, bool, str, str]:
    begins = course.begins
    low = 0.0 if begins is None else begins.low
    high = float("inf") if begins is None or begins.high is None else begins.high
    unseen = not course.chain.observed
    return unseen, begins is None, low, high, course.below is None, course.effect.key, course.entry.key


def _source_keys(courses: Iterable[Course], curves: Iterable[Forecast]) -> Iterator[str]:
    for course in courses:
        for claim in course.entry_claims:
            yield from (row.source for row in claim.evidence)
        figures = [figure for stage in course.stages for figure in stage.figures]
        for limit in (course.threshold, course.baseline):
            figures += limit.figures if limit else ()
        figures += [one.figure for one in course.observed]
        yield from (figure.source for figure in figures)
    for curve in curves:
        figures = [*curve.prediction.figures, *(one.figure for one in curve.observed)]
        figures += curve.threshold.figures if curve.threshold else ()
        figures += (figure for line in curve.lines for figure in line.figures)
        yield from (figure.source for figure in figures)
