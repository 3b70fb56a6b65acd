"""Draws conclusions from EL axioms and remembers how: a small consequence-based reasoner.

It works for one subject at a time, with the rules of ELK: what is said of a class,
parts of an intersection, "some" of a wider property or class, two properties in a row.
Only classes that the subject leads to are looked at, so a question about one cause
touches a small part of the graph. Every way to draw a conclusion is kept, so that
proofs can be read off. Kazakov, Kroetzsch and Simancik, "The Incredible ELK" (2014),
describes the calculus.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from functools import cached_property
from itertools import product
from typing import NamedTuple

from leukograph.reasoning.axioms import (
    BOTTOM,
    TOP,
    And,
    Axiom,
    Chain,
    Expression,
    Named,
    Some,
    SubClass,
    SubRole,
    names_in,
    roles_in,
)

#: Ways from one property up to another that are kept; knotted hierarchies have too many.
MOST_WAYS = 16


class Conclusion(NamedTuple):
    """One class is under another."""

    sub: Expression
    sup: Expression


class Inference(NamedTuple):
    """One step: by this rule, from these conclusions and axioms, this follows."""

    rule: str
    conclusion: Conclusion
    premises: tuple[Conclusion, ...]
    axioms: tuple[Axiom, ...]


class Theory:
    """Axioms, indexed for the rules."""

    def __init__(self, axioms: Iterable[Axiom]) -> None:
        self.axioms = tuple(dict.fromkeys(axioms))
        self.told: dict[Expression, list[SubClass]] = defaultdict(list)
        self._wider: dict[str, list[SubRole]] = defaultdict(list)
        self.chains: dict[str, list[Chain]] = defaultdict(list)
        self.sought_some: dict[Expression, set[Some]] = defaultdict(set)
        self.sought_and: dict[Expression, set[And]] = defaultdict(set)
        self._above: dict[str, dict[str, list[tuple[SubRole, ...]]]] = {}
        self._complex: list[SubClass] = []
        for axiom in self.axioms:
            match axiom:
                case SubClass(sub, _, _):
                    self.told[sub].append(axiom)
                    self.seek(sub)
                    if not isinstance(sub, Named):
                        self._complex.append(axiom)
                case SubRole(lower, _):
                    self._wider[lower].append(axiom)
                case Chain(first, _, _):
                    self.chains[first].append(axiom)

    def seek(self, expression: Expression) -> None:
        """Note that an expression, and its parts, are to be concluded where they follow."""
        match expression:
            case Some(_, filler):
                self.sought_some[filler].add(expression)
                self.seek(filler)
            case And(parts):
                for part in parts:
                    self.sought_and[part].add(expression)
                    self.seek(part)
            case Named():
                pass

    @cached_property
    def roles(self) -> frozenset[str]:
        """The IRIs of all properties."""
        found: set[str] = set()
        for axiom in self.axioms:
            if isinstance(axiom, SubClass):
                found |= roles_in(axiom.sub) | roles_in(axiom.sup)
            else:
                found |= set(axiom)
        return frozenset(found)

    def needed(self, goal: Expression) -> set[Expression]:
        """Return the expressions that a proof of something being under a goal may have to conclude.

        `C SubClassOf D` is of no use where D is not asked for, and all that is said of D is
        that it is under C: a class that is merely defined, and that nothing needs.
        """
        wanted = names_in(goal) | {BOTTOM}
        needed = _parts(goal)
        left = self._complex
        while True:
            useful = [axiom for axiom in left if self._tells(axiom, wanted)]
            if not useful:
                return needed
            left = [axiom for axiom in left if axiom not in useful]
            for axiom in useful:
                wanted |= names_in(axiom.sub)
                needed |= _parts(axiom.sub)

    def _tells(self, axiom: SubClass, wanted: set[str]) -> bool:
        sup = axiom.sup
        if not isinstance(sup, Named) or sup.name in wanted:
            return True
        return any(told.sup != axiom.sub for told in self.told.get(sup, ()))

    def above(self, role: str) -> dict[str, list[tuple[SubRole, ...]]]:
        """Return the properties above one, itself included, each with the axioms of every way there."""
        if role not in self._above:
            found: dict[str, list[tuple[SubRole, ...]]] = {role: [()]}
            queue: list[tuple[str, tuple[SubRole, ...]]] = [(role, ())]
            for lower, way in queue:
                for axiom in self._wider[lower]:
                    met = {role, *(one.sup for one in way)}
                    ways = found.setdefault(axiom.sup, [])
                    if axiom.sup not in met and len(ways) < MOST_WAYS:
                        ways.append((*way, axiom))
                        queue.append((axiom.sup, (*way, axiom)))
            self._above[role] = found
        return self._above[role]


def _parts(expression: Expression) -> set[Expression]:
    """Return an expression and all that it is made of."""
    match expression:
        case Some(_, filler):
            return {expression} | _parts(filler)
        case And(parts):
            return {expression}.union(*map(_parts, parts))
        case Named():
            return {expression}


class Saturation:
    """All conclusions about one subject, and about what it leads to."""

    def __init__(self, theory: Theory, subject: Expression, goal: Expression) -> None:
        self.theory = theory
        theory.seek(goal)
        self._needed = theory.needed(goal)
        self.inferences: dict[Conclusion, list[Inference]] = defaultdict(list)
        self._supers: dict[Expression, set[Expression]] = defaultdict(set)
        self._links_out: dict[Expression, set[Some]] = defaultdict(set)
        self._links_in: dict[Expression, set[Conclusion]] = defaultdict(set)
        self._queue: deque[Conclusion] = deque()
        self._begin(subject)
        while self._queue:
            self._draw(self._queue.popleft())

    def holds(self, conclusion: Conclusion) -> bool:
        """Tell whether a conclusion was drawn."""
        return conclusion in self.inferences

    def _begin(self, subject: Expression) -> None:
        self._conclude(Inference("what it is", Conclusion(subject, subject), (), ()))
        everything = Named(TOP)
        if everything in self.theory.sought_some or everything in self.theory.told:
            self._conclude(Inference("all things", Conclusion(subject, everything), (), ()))

    def _conclude(self, inference: Inference) -> None:
        conclusion = inference.conclusion
        if conclusion in inference.premises:
            return
        known = self.inferences[conclusion]
        if not known:
            self._queue.append(conclusion)
        if inference not in known:
            known.append(inference)

    def _draw(self, new: Conclusion) -> None:
        sub, sup = new
        self._supers[sub].add(sup)
        for axiom in self.theory.told.get(sup, ()):
            self._conclude(Inference("is under", Conclusion(sub, axiom.sup), (new,), (axiom,)))
        self._draw_parts(new)
        if isinstance(sup, Some):
            self._draw_link(new, sup)
        for wider in tuple(self._links_in.get(sub, ())):
            self._draw_some(wider, new)
            self._draw_bottom(wider, new)

    def _draw_parts(self, new: Conclusion) -> None:
        sub, sup = new
        if isinstance(sup, And):
            for part in sup.parts:
                self._conclude(Inference("part of both", Conclusion(sub, part), (new,), ()))
        for whole in self.theory.sought_and.get(sup, ()):
            if whole in self._needed and self._supers[sub].issuperset(whole.parts):
                premises = tuple(Conclusion(sub, part) for part in whole.parts)
                self._conclude(Inference("both together", Conclusion(sub, whole), premises, ()))

    def _draw_link(self, new: Conclusion, link: Some) -> None:
        sub = new.sub
        self._links_out[sub].add(link)
        self._links_in[link.filler].add(new)
        if link.filler not in self._supers and not self.holds(Conclusion(link.filler, link.filler)):
            self._begin(link.filler)
        for sup in tuple(self._supers[link.filler]):
            behind = Conclusion(link.filler, sup)
            self._draw_some(new, behind)
            self._draw_bottom(new, behind)

    def _draw_some(self, link: Conclusion, behind: Conclusion) -> None:
        """From "some r of B" and "B is under E": some of a wider property, of E, or of what E leads to."""
        some = link.sup
        assert isinstance(some, Some)
        above = self.theory.above(some.role)
        for sought in self.theory.sought_some.get(behind.sup, ()):
            if sought.role in above and sought in self._needed and sought != some:
                premises = (link,) if behind.sub == behind.sup else (link, behind)
                for axioms in above[sought.role]:
                    rule = "some of a wider kind"
                    self._conclude(Inference(rule, Conclusion(link.sub, sought), premises, axioms))
        if isinstance(behind.sup, Some):
            self._draw_chain(link, behind, above)

    def _draw_chain(self, link: Conclusion, behind: Conclusion, above: dict[str, list[tuple[SubRole, ...]]]) -> None:
        further = behind.sup
        assert isinstance(further, Some)
        above_further = self.theory.above(further.role)
        for first, ways in above.items():
            for chain in self.theory.chains.get(first, ()):
                for one, other in product(ways, above_further.get(chain.second, ())):
                    conclusion = Conclusion(link.sub, Some(chain.sup, further.filler))
                    axioms: tuple[Axiom, ...] = (*one, *other, chain)
                    self._conclude(Inference("one after the other", conclusion, (link, behind), axioms))

    def _draw_bottom(self, link: Conclusion, behind: Conclusion) -> None:
        if behind.sup == Named(BOTTOM):
            self._conclude(Inference("some of nothing", Conclusion(link.sub, Named(BOTTOM)), (link, behind), ()))
