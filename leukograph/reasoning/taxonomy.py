"""Classes under one another, from pairs that a reasoner gives to what a reader is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leukograph.reasoning.axioms import BOTTOM, TOP, Axiom, Named, SubClass
from leukograph.reasoning.loops import REACHES

#: (class, class above it), by IRI
Pair = tuple[str, str]


class Taxonomy:
    """Every class with itself and all classes above it; reach classes are passed through and left out."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        """Close pairs of (class, class above it or equal to it)."""
        direct: dict[str, set[str]] = {}
        for sub, sup in pairs:
            direct.setdefault(sub, set()).add(sup)
            direct.setdefault(sup, set())
        closed = {name: _reached(name, direct) for name in direct if not name.startswith(REACHES)}
        self.above = {name: {one for one in found if not one.startswith(REACHES)} for name, found in closed.items()}
        self.unsatisfiable = {name for name, higher in self.above.items() if BOTTOM in higher} - {BOTTOM}

    def equal(self) -> tuple[tuple[str, ...], ...]:
        """Return the groups of classes that are under one another, each in order; none is empty."""
        groups = {tuple(sorted(self._equal_to(name))) for name in self._satisfiable()}
        return tuple(sorted(group for group in groups if len(group) > 1))

    def nearest(self) -> Iterator[Pair]:
        """Yield (class, class right above it); equal classes run in a ring: A, B, C, A.

        Of equal classes right above one stands for all.
        """
        for group in self.equal():
            yield from zip(group, (*group[1:], group[0]), strict=True)
        for name in self._satisfiable():
            covered: set[str] = set()
            strict = self.above[name] - self._equal_to(name)
            # what has more above it is further down, so it comes before all that it covers
            for one in sorted(strict, key=lambda one: (-len(self._higher(one)), one)):
                if one not in covered:
                    covered |= self._higher(one)
                    yield name, one

    def beyond(self, axioms: Iterable[Axiom]) -> tuple[Pair, ...]:
        """Return the nearest pairs that do not follow from subclasses as they are stated, in order."""
        stated: dict[str, set[str]] = {}
        for axiom in axioms:
            if isinstance(axiom, SubClass) and isinstance(axiom.sub, Named) and isinstance(axiom.sup, Named):
                stated.setdefault(axiom.sub.name, set()).add(axiom.sup.name)
        new = []
        for sub, sup in self.nearest():
            told = sup in stated.get(sub, ()) or sup == TOP
            if not told and not self._same(sub, sup) & _reached(sub, stated):
                new.append((sub, sup))
        return tuple(sorted(new))

    def _same(self, sub: str, sup: str) -> set[str]:
        """Return what stands for the higher class: its equals, unless the lower one is among them."""
        equal = self._equal_to(sup) if sup in self.above else {sup}
        return {sup} if sub in equal else equal

    def _satisfiable(self) -> Iterator[str]:
        return (name for name in self.above if name != BOTTOM and name not in self.unsatisfiable)

    def _higher(self, name: str) -> set[str]:
        return self.above.get(name, set())

    def _equal_to(self, name: str) -> set[str]:
        return {one for one in self.above[name] if name in self._higher(one)}


def _reached(start: str, direct: dict[str, set[str]]) -> set[str]:
    found, queue = {start}, [start]
    for lower in queue:
        fresh = direct.get(lower, set()) - found
        found |= fresh
        queue += fresh
    return found
