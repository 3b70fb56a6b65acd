"""Weighs causes against a picture, and orders them by one stated rule.

The order is lexicographic (`Standing`): who explains more of the low counts comes first;
then who has more findings for less against it, and more of them its own; then who has less else against it (a
refuted or opposite effect, a count that is usually low with it and is not); then who was
named; then who was seen with more of the low counts, and with one as low; then the grade;
then how often. No number is invented: findings are counted, not multiplied. What a cause
is not linked to counts neither way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from leukograph.beside import FREQUENCY, Beside
from leukograph.effects import EFFECTS
from leukograph.explain import CAUSE_ROLES, Explainer
from leukograph.model import GRADES, Effect, Figure, Term
from leukograph.workup.ages import ASSUMED, Age, about_other_ages
from leukograph.workup.counts import as_low_as
from leukograph.workup.predictions import Prediction, predictions
from leukograph.workup.values import Candidate, Given, Point, PointKind, Standing

#: The condition that collects all low counts.
ANY = "low_white_cell_count"
#: An artefact makes the count read low; it may stand behind these.
MISREAD, READ_LOW = "pseudoleukopenia", frozenset({"leukopenia", "neutropenia", ANY})
#: Causes of these kinds are met in the history, so they are weighed when they were named.
BY_HISTORY = ("drug", "drug_class", "exposure", "procedure", "state")
#: A count is usually low with a cause when so many percent have it.
USUAL = 50.0
#: Points that say that a low count is explained.
EXPLAINS: frozenset[PointKind] = frozenset({"seen", "seen_at_other_ages", "expected", "misread"})
#: The worth of a grade is its place, so that one that is better is higher.
_GRADE = {grade: -place for place, grade in enumerate(GRADES)}


class Picture(NamedTuple):
    """What was given, sorted by what it does to a candidate."""

    low: tuple[Term, ...]
    #: kinds of a low count, by degree or duration, that were given or follow from a number, each with those as low
    deeper: tuple[tuple[Term, ...], ...]
    not_low: tuple[Term, ...]
    #: findings that are there and that are not
    present: frozenset[Term]
    absent: frozenset[Term]
    #: causes that were named, and that were excluded
    named: frozenset[Term]
    excluded: frozenset[Term]
    #: causes that explain nothing further: what stands behind them is asked, or their own limits were used
    settled: frozenset[Term]
    #: of the person, in days
    days: float

    def with_finding(self, finding: Term, present: bool) -> Picture:
        """Return the picture with one more result."""
        if present:
            return self._replace(present=self.present | {finding}, absent=self.absent - {finding})
        return self._replace(absent=self.absent | {finding}, present=self.present - {finding})


class _Case(NamedTuple):
    """All about one cause that does not depend on findings."""

    cause: Term
    for_: tuple[Point, ...]
    against: tuple[Point, ...]
    predicted: dict[str, Prediction]
    seen: int
    depth: int
    grade: int
    frequency: tuple[Figure, ...]
    often: float


class Ranking(NamedTuple):
    """Candidates in order, and who is not among them."""

    candidates: tuple[Candidate, ...]
    set_aside: tuple[Candidate, ...]
    #: kind -> causes that only the history would show
    by_history: tuple[tuple[str, int], ...]

    @property
    def first(self) -> tuple[Candidate, ...]:
        """The candidates that share the best picture."""
        best = self.candidates[0].standing.picture if self.candidates else ()
        return tuple(one for one in self.candidates if one.standing.picture == best)


def picture_of(explainer: Explainer, given: Iterable[Given], age: Age | None) -> Picture:
    """Return what was given as a picture."""
    knowledge = explainer.knowledge
    given = tuple(given)
    readings = [one.reading for one in given if one.reading]
    low = {r.condition for r in readings if r.is_low and r.condition}
    deeper = {r.degrees[-1] for r in readings if r.degrees}
    for one in given:
        if one.kind == "low_count" and one.present:
            low.add(_state_of(explainer, one.term))
            deeper |= {one.term} - low
    not_low = {r.condition for r in readings if r.status in {"normal", "high"} and r.condition}
    not_low |= {one.term for one in given if one.kind == "low_count" and not one.present}

    def terms(kind: str, present: bool) -> frozenset[Term]:
        return frozenset(one.term for one in given if one.kind == kind and one.present == present)

    # whose own limits were used does not explain besides that a count is below them
    limited = {
        term for r in readings for limit in r.limits if len(limit.figure.about) == 2 for term in limit.figure.about
    }
    return Picture(
        _in_order(low),
        tuple(as_low_as(knowledge, one) for one in _in_order(deeper)),
        _in_order(not_low - low),
        terms("finding", True),
        terms("finding", False),
        terms("cause", True) - limited,
        terms("cause", False) | {one.named for one in given if one.named and not one.present},
        frozenset(one.named for one in given if one.named and one.present) | limited,
        age.days if age else ASSUMED,
    )


def _in_order(terms: Iterable[Term]) -> tuple[Term, ...]:
    return tuple(sorted(terms, key=lambda term: (EFFECTS.index(term.key) if term.key in EFFECTS else 99, term.key)))


def _state_of(explainer: Explainer, condition: Term) -> Term:
    """Return the low state of which a condition is a kind by degree, else the condition itself."""
    knowledge = explainer.knowledge
    low_states = {c.object.key for c in knowledge.claims.values() if c.relation == "has_low_state"}
    near = (condition.key, *knowledge.ancestors(condition.key))
    return next((knowledge.term(key) for key in near if key in low_states), condition)


class Weigher:
    """Orders causes for one picture; what does not depend on findings is worked out once."""

    def __init__(self, explainer: Explainer, picture: Picture) -> None:
        self.explainer = explainer
        self.knowledge = explainer.knowledge
        self.picture = picture
        self._modifiers = Beside(self.knowledge).modifiers
        self._cases = {cause: self._case(cause) for cause in self._universe()}

    def predicted(self, cause: Term) -> dict[str, Prediction]:
        """Return what a cause that is weighed predicts: key of a finding or of another term -> how."""
        return self._cases[cause].predicted

    # --- who is weighed ------------------------------------------------------------

    def _universe(self) -> list[Term]:
        """Return the causes that explain some low count, and those that were named, in key order."""
        wanted = self.picture.low or self._any_low_count()
        found = {term: None for condition in wanted for term in self._causes_of(condition)}
        named = [term for term in self.picture.named if self._is_cause(term)]
        return sorted({*found, *named}, key=lambda term: term.key)

    def _any_low_count(self) -> tuple[Term, ...]:
        """Return the condition that collects all low counts, or where there is none, each low state."""
        if ANY in self.knowledge.entries:
            return (self.knowledge.term(ANY),)
        return tuple(c.object for c in self.knowledge.claims.values() if c.relation == "has_low_state")

    def _is_cause(self, term: Term) -> bool:
        return self.knowledge.language.kinds[term.kind].role in CAUSE_ROLES

    def _causes_of(self, condition: Term) -> list[Term]:
        found = [term for term, effect in self.explainer.causes_of(condition.key) if effect.verdict.sign == "+"]
        if condition.key in READ_LOW and MISREAD in self.knowledge.entries:
            found += [term for term, effect in self.explainer.causes_of(MISREAD) if effect.verdict.sign == "+"]
        return found

    # --- one cause -------------------------------------------------------------------

    def _case(self, cause: Term) -> _Case:
        picture = self.picture
        effects = {low: self.explainer.effect(cause, low) for low in picture.low}
        for_: list[Point] = []
        against: list[Point] = []
        for low, effect in effects.items():
            point = self._of_low(cause, low, effect)
            (for_ if point.kind in EXPLAINS else against).append(point)
        against += filter(None, (self._of_normal(cause, one) for one in picture.not_low))
        explained = [effect for effect in effects.values() if effect.verdict.sign == "+"]
        ways = explained if picture.low else [self.explainer.effect(cause, one) for one in self._any_low_count()]
        grades = [_GRADE[point.grade] for point in for_ if point.grade]
        # how often it is as low as some degree asks for is another question
        frequency = [figure for effect in explained for figure in effect.frequency if effect.effect in figure.about]
        first = [figure for figure in frequency if set(picture.low[:1]) & set(figure.about)]
        middle = _middle(first)
        deeper = [[self.explainer.effect(cause, one) for one in group] for group in picture.deeper]
        return _Case(
            cause,
            tuple(for_),
            tuple(against),
            predictions(self.knowledge, cause, (chain for effect in ways for chain in effect.chains)),
            seen=sum(point.kind == "seen" for point in for_),
            depth=sum(any(one.verdict.sign == "+" and one.observed for one in group) for group in deeper),
            grade=max(grades, default=-len(GRADES)),
            frequency=tuple(dict.fromkeys([*([middle] if middle else []), *frequency])),
            often=-1.0 if middle is None else _share(middle) or 0.0,
        )

    def _of_low(self, cause: Term, low: Term, effect: Effect) -> Point:
        verdict = effect.verdict
        if verdict.sign == "+":
            seen = effect.observed
            if seen:
                contexts = [row.context for claim in seen for row in claim.evidence if row.verdict == "supports"]
                other = about_other_ages(contexts, self.picture.days)
                return Point("seen_at_other_ages" if other else "seen", low, seen[:2], verdict.grade)
            way = effect.chains[0].own_steps if effect.chains else ()
            return Point("expected", low, tuple(step.claim for step in way), verdict.grade)
        if low.key in READ_LOW and MISREAD in self.knowledge.entries:
            misread = self.explainer.effect(cause, self.knowledge.term(MISREAD))
            if misread.verdict.sign == "+":
                return Point("misread", low, misread.observed[:2], misread.verdict.grade)
        if effect.closed:
            return Point("not_seen", low, effect.closed, effect.closed[0].grade)
        if verdict.sign == "-":
            return Point("raised", low, effect.observed[:2], verdict.grade)
        return Point("open" if verdict.sign == "?" else "unexplained", low, (), verdict.grade)

    def _of_normal(self, cause: Term, condition: Term) -> Point | None:
        """Return a point against a cause with which a count that is not low usually is low."""
        effect = self.explainer.effect(cause, condition)
        if effect.verdict.sign != "+" or not effect.observed:
            return None
        middle = _middle([figure for figure in effect.frequency if condition in figure.about])
        usual = (_share(middle) or 0.0) >= USUAL if middle else effect.verdict.grade == "established"
        return Point("normal", condition, effect.observed[:2], effect.verdict.grade) if usual else None

    # --- all causes ------------------------------------------------------------------

    def ranked(self, picture: Picture | None = None) -> Ranking:
        """Order the causes, for the picture or for one that differs in its findings only."""
        picture = picture or self.picture
        excluded = {key for term in picture.excluded for key in self._kinds_of(term)}
        settled = {key for term in picture.settled for key in self._kinds_of(term)}
        by_history: dict[str, int] = {}
        shown, dropped = [], []
        for one in (self._weighed(case, picture) for case in self._cases.values()):
            if one.cause.key in excluded:
                dropped.append(one)
            elif one.cause.key in settled or not self._remains(one, picture):
                continue
            elif not one.standing.possible:
                dropped.append(one)
            elif one.cause.kind in BY_HISTORY and not self._is_linked(one):
                by_history[one.cause.kind] = by_history.get(one.cause.kind, 0) + 1
            else:
                shown.append(one)
        order = sorted(self._folded(shown), key=_sort_key)
        named = [one for one in order if one.standing.named]
        if named and picture.low:
            enough = max(one.standing.explained for one in named)
            order = [one for one in order if one.standing.named or one.standing.explained >= enough]
        told = [
            one
            for one in sorted(dropped, key=_sort_key)
            if one.cause in picture.excluded or not one.standing.possible or self._is_linked(one)
        ]
        counts = tuple((kind, by_history[kind]) for kind in BY_HISTORY if kind in by_history)
        return Ranking(_placed(order), _placed(told), counts)

    def _kinds_of(self, term: Term) -> tuple[str, ...]:
        return (term.key, *self.knowledge.descendants(term.key))

    def _remains(self, one: Candidate, picture: Picture) -> bool:
        """Tell whether a cause explains something of what was given, or was named."""
        if one.standing.explained or (one.standing.named and picture.low):
            return True
        return not picture.low and any(point.kind in {"finding", "link"} for point in one.for_)

    @staticmethod
    def _is_linked(one: Candidate) -> bool:
        """Tell whether something that was given points to this very cause, not only to what would make it worse."""
        return any(point.kind in {"finding", "link", "named"} for point in one.for_)

    def _weighed(self, case: _Case, picture: Picture) -> Candidate:
        for_, against = list(case.for_), list(case.against)
        beside: list[Point] = []
        doubted = _doubted(case, picture.absent)
        for finding in sorted(picture.present, key=lambda term: term.key):
            if prediction := case.predicted.get(finding.key):
                undercut = prediction.via is not None and prediction.via in doubted
                (beside if undercut else for_).append(
                    _point("undercut" if undercut else "finding", finding, prediction)
                )
        for finding in sorted(picture.absent, key=lambda term: term.key):
            if prediction := case.predicted.get(finding.key):
                if prediction.sets_aside:
                    against.append(_point("excluded", finding, prediction))
                elif prediction.counts_when_absent:
                    against.append(_point("absent", finding, prediction))
                else:
                    beside.append(_point("doubtful", finding, prediction))
        named_points, eased = self._of_named(case, picture)
        for_ += named_points
        beside += eased
        return Candidate(
            0, case.cause, _standing(case, for_, against), tuple(for_), tuple(against), tuple(beside), case.frequency
        )

    def _of_named(self, case: _Case, picture: Picture) -> tuple[list[Point], list[Point]]:
        """Return the points that causes which were named give another, or the same one."""
        for_: list[Point] = []
        beside: list[Point] = []
        for term in sorted(picture.named, key=lambda term: term.key):
            if term == case.cause:
                for_.append(Point("named", term))
                continue
            if prediction := case.predicted.get(term.key):
                for_.append(_point("link", term, prediction))
            fitting = [c for c in self._modifiers(case.cause) if self.knowledge.is_a(term.key, c.object.key)]
            for claim in {claim.relation: claim for claim in reversed(fitting)}.values():  # of each the surest
                worse = claim.relation == "worsened_by"
                point = Point("worsened" if worse else "eased", term, (claim,), claim.grade)
                (for_ if worse else beside).append(point)
        return for_, beside

    def _folded(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Fold a kind into a class that does as well; a kind that was named stands for its classes."""
        named = sorted((one for one in candidates if one.standing.named), key=lambda one: one.standing)
        stands_for = {key: one.standing for one in named for key in self.knowledge.ancestors(one.cause.key)}
        candidates = [
            one
            for one in candidates
            if one.standing.named or one.cause.key not in stands_for or one.standing > stands_for[one.cause.key]
        ]
        by_key = {one.cause.key: one for one in candidates}
        kinds: dict[str, list[Term]] = {}
        kept = []
        for one in candidates:
            above = [by_key[key] for key in self.knowledge.ancestors(one.cause.key) if key in by_key]
            home = next((up for up in above if one.standing[:8] <= up.standing[:8]), None)
            if home and not one.standing.named:
                kinds.setdefault(home.cause.key, []).append(one.cause)
            else:
                kept.append(one)
        return [one._replace(kinds=self._all_kinds(one.cause.key, kinds)) for one in kept]

    def _all_kinds(self, key: str, kinds: dict[str, list[Term]]) -> tuple[Term, ...]:
        """Return what was folded into a cause, and into what was folded into it."""
        found: dict[Term, None] = {}
        queue = list(kinds.get(key, ()))
        for term in queue:
            if term not in found:
                found[term] = None
                queue.extend(kinds.get(term.key, ()))
        return tuple(sorted(found, key=lambda term: term.label.casefold()))


def _doubted(case: _Case, absent: Iterable[Term]) -> set[Term]:
    """Return the steps of which a well-supported finding was looked for and is not there.

    What else would come through such a step does not speak for the cause.
    """
    missing = (case.predicted[finding.key] for finding in absent if finding.key in case.predicted)
    return {one.via for one in missing if one.via and _GRADE[one.grade] >= _GRADE["probable"]}


def _point(kind: str, about: Term, prediction: Prediction) -> Point:
    return Point(kind, about, prediction.claims, prediction.grade, prediction.via)  # type: ignore[arg-type]


def _standing(case: _Case, for_: Sequence[Point], against: Sequence[Point]) -> Standing:
    def number(points: Sequence[Point], *kinds: str) -> int:
        return sum(point.kind in kinds for point in points)

    return Standing(
        possible=int(not number(against, "excluded")),
        explained=number(for_, *EXPLAINS),
        findings=number(for_, "finding", "link", "worsened") - number(against, "absent", "excluded"),
        direct=sum(point.kind == "finding" and point.via is None for point in for_),
        contrary=-number(against, "not_seen", "raised", "normal"),
        named=number(for_, "named"),
        seen=case.seen,
        depth=case.depth,
        grade=case.grade,
        frequency=case.often,
    )


def _sort_key(one: Candidate) -> tuple[tuple[float, ...], str, str]:
    return tuple(-part for part in one.standing), one.cause.label.casefold(), one.cause.key


def _placed(order: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Give each candidate its place, and the criterion that sets it before the next."""
    placed: list[Candidate] = []
    for n, one in enumerate(order):
        tied = n > 0 and order[n - 1].standing == one.standing
        place = placed[-1].place if tied else n + 1
        placed.append(one._replace(place=place, before_next=_difference(one, order[n + 1 : n + 2])))
    return tuple(placed)


def _difference(one: Candidate, following: Sequence[Candidate]) -> str:
    for other in following:
        for name, mine, its in zip(Standing._fields, one.standing, other.standing, strict=True):
            if mine != its:
                return name
    return ""


def _share(figure: Figure) -> float | None:
    """Return how many percent have the effect, by one figure."""
    if figure.quantity not in FREQUENCY - {"odds_ratio", "mortality"} or figure.unit != "%":
        return None
    ends = [end for end in (figure.low, figure.high) if end is not None]
    return figure.value if figure.value is not None else sum(ends) / len(ends) if ends else None


def _middle(figures: Sequence[Figure]) -> Figure | None:
    """Return the figure with the middle share, the lower of two; None when no figure has one."""
    shares = sorted(((share, n) for n, one in enumerate(figures) if (share := _share(one)) is not None))
    return figures[shares[(len(shares) - 1) // 2][1]] if shares else None
