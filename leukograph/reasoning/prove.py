"""Why one class is under another: minimal justifications, each with a proof to read.

A saturation keeps every way in which each conclusion was drawn. The cheapest proof
(fewest axioms) names some axioms; dropping each in turn leaves a set from which none
can be spared. More justifications are found by taking out one axiom of a known one
at a time (Reiter's hitting-set tree).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from leukograph.reasoning.axioms import Axiom, Expression
from leukograph.reasoning.saturation import Conclusion, Inference, Saturation, Theory

#: Sets of axioms that the search for more justifications may try.
PATIENCE = 200


class Proof(NamedTuple):
    """A minimal set of axioms, and the steps from them to the conclusion, in order."""

    axioms: tuple[Axiom, ...]
    steps: tuple[Inference, ...]


class Proofs(NamedTuple):
    """The proofs of one conclusion; none when it does not follow."""

    conclusion: Conclusion
    proofs: tuple[Proof, ...]
    #: whether there may be more
    truncated: bool = False


def prove(theory: Theory, sub: Expression, sup: Expression, limit: int = 1) -> Proofs:
    """Return up to `limit` minimal justifications of `sub SubClassOf sup`, each with its proof."""
    goal = Conclusion(sub, sup)
    saturation = Saturation(theory, sub, sup)
    if not saturation.holds(goal):
        return Proofs(goal, ())
    module = _module(saturation, goal)
    found: list[frozenset[Axiom]] = []
    tried: set[frozenset[Axiom]] = set()
    paths: list[frozenset[Axiom]] = [frozenset()]
    truncated = False
    for removed in paths:
        if len(found) > limit or len(tried) > PATIENCE:
            truncated = True
            break
        if removed in tried:
            continue
        tried.add(removed)
        known = next((one for one in found if not one & removed), None)
        justification = known or _justify(module - removed, goal)
        if justification is None:
            continue
        if known is None:
            found.append(justification)
        paths += [removed | {axiom} for axiom in sorted(justification, key=repr)]
    proofs = tuple(_proof(one, goal) for one in found[:limit])
    return Proofs(goal, proofs, truncated=truncated or len(found) > limit)


def _module(saturation: Saturation, goal: Conclusion) -> frozenset[Axiom]:
    """Return the axioms that some way to the goal uses."""
    axioms: set[Axiom] = set()
    seen = {goal}
    queue = [goal]
    for conclusion in queue:
        for inference in saturation.inferences[conclusion]:
            axioms.update(inference.axioms)
            fresh = [premise for premise in inference.premises if premise not in seen]
            seen.update(fresh)
            queue += fresh
    return frozenset(axioms)


def _justify(axioms: Iterable[Axiom], goal: Conclusion) -> frozenset[Axiom] | None:
    """Return a minimal set of these axioms from which the goal follows, or None."""
    saturation = _saturated(axioms, goal)
    if not saturation.holds(goal):
        return None
    kept = _used(_cheapest(saturation), goal)
    for axiom in sorted(kept, key=repr):
        fewer = kept - {axiom}
        if _saturated(fewer, goal).holds(goal):
            kept = fewer
    return frozenset(kept)


def _saturated(axioms: Iterable[Axiom], goal: Conclusion) -> Saturation:
    return Saturation(Theory(sorted(axioms, key=repr)), goal.sub, goal.sup)


def _cheapest(saturation: Saturation) -> dict[Conclusion, Inference]:
    """Return, for each conclusion, the inference of the proof with the fewest steps and axioms.

    Knuth's generalisation of Dijkstra's algorithm: costs are added up over a proof,
    and a conclusion is settled once all of its premises are.
    """
    import heapq

    uses: dict[Conclusion, list[Inference]] = {}
    waiting: dict[Inference, int] = {}
    cost: dict[Conclusion, int] = {}
    best: dict[Conclusion, Inference] = {}
    heap: list[tuple[int, str, Inference]] = []

    def offer(inference: Inference) -> None:
        total = 1 + len(inference.axioms) + sum(cost[premise] for premise in inference.premises)
        heapq.heappush(heap, (total, repr(inference.conclusion), inference))

    for inferences in saturation.inferences.values():
        for inference in inferences:
            premises = set(inference.premises)
            waiting[inference] = len(premises)
            for premise in premises:
                uses.setdefault(premise, []).append(inference)
            if not premises:
                offer(inference)
    while heap:
        total, _, inference = heapq.heappop(heap)
        if inference.conclusion in cost:
            continue
        cost[inference.conclusion] = total
        best[inference.conclusion] = inference
        for use in uses.get(inference.conclusion, ()):
            waiting[use] -= 1
            if waiting[use] == 0:
                offer(use)
    return best


def _used(best: dict[Conclusion, Inference], goal: Conclusion) -> set[Axiom]:
    return {axiom for inference in _ordered(best, goal) for axiom in inference.axioms}


def _ordered(best: dict[Conclusion, Inference], goal: Conclusion) -> list[Inference]:
    """Return the steps of a proof, premises before conclusions."""
    done: dict[Conclusion, Inference] = {}
    stack = [(goal, False)]
    while stack:
        conclusion, ready = stack.pop()
        if conclusion in done:
            continue
        inference = best[conclusion]
        if ready:
            done[conclusion] = inference
        else:
            stack.append((conclusion, True))
            stack += [(premise, False) for premise in reversed(inference.premises)]
    return list(done.values())


def _proof(axioms: frozenset[Axiom], goal: Conclusion) -> Proof:
    saturation = _saturated(axioms, goal)
    steps = [step for step in _ordered(_cheapest(saturation), goal) if step.axioms or step.premises]
    told = tuple(dict.fromkeys(axiom for step in steps for axiom in step.axioms))
    return Proof(told, tuple(steps))
