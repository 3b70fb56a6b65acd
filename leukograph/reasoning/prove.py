"""Why one class is under another: minimal justifications, each with a proof to read.

A saturation keeps every way in which each conclusion was drawn. The cheapest proof
(fewest axioms) within the best grade names some axioms; dropping each in turn leaves a
set from which none can be spared. More justifications are found by taking out one axiom
of a known one at a time (Reiter's hitting-set tree), the best graded first.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from typing import NamedTuple

from leukograph.model import GRADES
from leukograph.reasoning.axioms import Axiom, Expression, SubClass
from leukograph.reasoning.saturation import Conclusion, Inference, Saturation, Theory

#: Sets of axioms that the search for more justifications may try.
PATIENCE = 400


class Proof(NamedTuple):
    """A minimal set of axioms, and the steps from them to the conclusion, in order."""

    axioms: tuple[Axiom, ...]
    steps: tuple[Inference, ...]


class Proofs(NamedTuple):
    """The proofs of one conclusion, the best graded first; none when it does not follow."""

    conclusion: Conclusion
    proofs: tuple[Proof, ...]
    #: whether there may be more
    truncated: bool = False


class _Justification(NamedTuple):
    """Places of axioms none of which can be spared; the first in order is the best."""

    #: place of the worst grade among them
    worst: int
    size: int
    axioms: tuple[int, ...]


class _Way(NamedTuple):
    """An inference, with the places of its axioms and the worst grade among them."""

    inference: Inference
    axioms: frozenset[int]
    worst: int


def prove(theory: Theory, sub: Expression, sup: Expression, limit: int = 1) -> Proofs:
    """Return up to `limit` minimal justifications of `sub SubClassOf sup`, each with its proof.

    The grade of a proof is that of its weakest axiom. The first proof is of the best grade
    that there is, and so are the others in turn, until the search runs out of patience. Of
    one grade, those with few axioms come first.
    """
    goal = Conclusion(sub, sup)
    saturation = Saturation(theory, sub, sup)
    if not saturation.holds(goal):
        return Proofs(goal, ())
    ways = _ways(saturation, goal)
    first = _justify(ways, goal)
    assert first is not None  # it was concluded
    found: list[_Justification] = []
    heap: list[tuple[_Justification, tuple[int, ...]]] = [(first, ())]
    tried = {frozenset[int]()}
    truncated = False
    while heap and not truncated and len(tried) <= PATIENCE:
        justification, gone = heapq.heappop(heap)
        if justification not in found:
            if len(found) == limit:
                truncated = True
                break
            found.append(justification)
        left = _without(ways, gone)
        for axiom in sorted(set(justification.axioms) - _needed(left, goal)):
            removed = frozenset({*gone, axiom})
            if removed in tried or len(tried) > PATIENCE:
                continue
            tried.add(removed)
            remaining = _without(left, {axiom})
            # what was found already is at least as well graded as all that is yet to be found
            fresh = next((one for one in found if removed.isdisjoint(one.axioms)), None)
            if fresh is None and len(found) == limit:
                if goal in _cheapest(remaining):  # there is another, whichever it is
                    truncated = True
                    break
            elif fresh := fresh or _justify(remaining, goal):
                heapq.heappush(heap, (fresh, tuple(sorted(removed))))
    truncated = truncated or len(tried) > PATIENCE
    found += {justification for justification, _ in heap}.difference(found) if len(found) < limit else ()
    proofs = tuple(_proof(ways, one, goal) for one in sorted(found)[:limit])
    return Proofs(goal, proofs, truncated)


def _ways(saturation: Saturation, goal: Conclusion) -> list[_Way]:
    """Return the inferences that some way to the goal uses, in an order that is always the same."""
    inferences: list[Inference] = []
    seen = {goal}
    queue = [goal]
    for conclusion in queue:
        for inference in saturation.inferences[conclusion]:
            inferences.append(inference)
            fresh = [premise for premise in inference.premises if premise not in seen]
            seen.update(fresh)
            queue += fresh
    inferences.sort(key=repr)
    axioms = sorted({axiom for inference in inferences for axiom in inference.axioms}, key=repr)
    places = {axiom: place for place, axiom in enumerate(axioms)}
    return [
        _Way(
            inference,
            frozenset(places[axiom] for axiom in inference.axioms),
            max((_grade(axiom) for axiom in inference.axioms), default=0),
        )
        for inference in inferences
    ]


def _grade(axiom: Axiom) -> int:
    claim = axiom.claim if isinstance(axiom, SubClass) else None
    return 0 if claim is None or claim.definitional else GRADES.index(claim.grade)


def _without(ways: Iterable[_Way], removed: Iterable[int]) -> list[_Way]:
    gone = frozenset(removed)
    return [way for way in ways if gone.isdisjoint(way.axioms)]


def _within(ways: Iterable[_Way], axioms: Iterable[int]) -> list[_Way]:
    allowed = frozenset(axioms)
    return [way for way in ways if way.axioms <= allowed]


def _justify(ways: list[_Way], goal: Conclusion) -> _Justification | None:
    """Return a minimal set of axioms from which the goal follows, of the best grade there is, or None."""
    for worst in sorted({way.worst for way in ways}):
        usable = [way for way in ways if way.worst <= worst]
        best = _cheapest(usable)
        if goal in best:
            kept = {axiom for way in _ordered(best, goal) for axiom in way.axioms}
            usable = _within(usable, kept)
            for axiom in sorted(kept - _needed(usable, goal)):
                fewer = _without(usable, {axiom})
                if goal in _cheapest(fewer):
                    usable = fewer
                    kept.discard(axiom)
            return _Justification(worst, len(kept), tuple(sorted(kept)))
    return None


def _needed(ways: Iterable[_Way], goal: Conclusion) -> set[int]:
    """Return axioms without which the goal cannot follow, since there is but one way to what needs them."""
    to: dict[Conclusion, list[_Way]] = {}
    for way in ways:
        to.setdefault(way.inference.conclusion, []).append(way)
    axioms: set[int] = set()
    seen = {goal}
    queue = [goal]
    for conclusion in queue:
        if len(to.get(conclusion, ())) == 1:
            (way,) = to[conclusion]
            axioms |= way.axioms
            fresh = set(way.inference.premises) - seen
            seen |= fresh
            queue += fresh
    return axioms


def _cheapest(ways: Iterable[_Way]) -> dict[Conclusion, _Way]:
    """Return, for each conclusion, the last step of the proof with the fewest steps and axioms.

    Knuth's generalisation of Dijkstra's algorithm: costs are added up over a proof,
    and a conclusion is settled once all of its premises are.
    """
    ways = list(ways)
    uses: dict[Conclusion, list[int]] = {}
    waiting: list[int] = []
    cost: dict[Conclusion, int] = {}
    best: dict[Conclusion, _Way] = {}
    heap: list[tuple[int, int]] = []

    def offer(place: int) -> None:
        inference = ways[place].inference
        total = 1 + len(inference.axioms) + sum(cost[premise] for premise in inference.premises)
        heapq.heappush(heap, (total, place))

    for place, way in enumerate(ways):
        premises = set(way.inference.premises)
        waiting.append(len(premises))
        for premise in premises:
            uses.setdefault(premise, []).append(place)
        if not premises:
            offer(place)
    while heap:
        total, place = heapq.heappop(heap)
        conclusion = ways[place].inference.conclusion
        if conclusion in cost:
            continue
        cost[conclusion] = total
        best[conclusion] = ways[place]
        for use in uses.get(conclusion, ()):
            waiting[use] -= 1
            if waiting[use] == 0:
                offer(use)
    return best


def _ordered(best: dict[Conclusion, _Way], goal: Conclusion) -> list[_Way]:
    """Return the steps of a proof, premises before conclusions."""
    done: dict[Conclusion, _Way] = {}
    stack = [(goal, False)]
    while stack:
        conclusion, ready = stack.pop()
        if conclusion in done:
            continue
        way = best[conclusion]
        if ready:
            done[conclusion] = way
        else:
            stack.append((conclusion, True))
            stack += [(premise, False) for premise in reversed(way.inference.premises)]
    return list(done.values())


def _proof(ways: list[_Way], justification: _Justification, goal: Conclusion) -> Proof:
    best = _cheapest(_within(ways, justification.axioms))
    inferences = [way.inference for way in _ordered(best, goal)]
    steps = [step for step in inferences if step.axioms or step.premises or step.conclusion == goal]
    told = tuple(dict.fromkeys(axiom for step in steps for axiom in step.axioms))
    return Proof(told, tuple(steps))
