"""Transitive properties that run in a circle, and classes that do the same work without it.

Where a transitive property has a loop, everything on the loop reaches everything behind
it, and a reasoner that composes each pair of links may not end. A reach class needs no
pair: for each thing L that is asked for, with `r` the property,

    r some L            SubClassOf reaches_L
    r some reaches_L    SubClassOf reaches_L

and wherever an axiom asks for `r some L` it asks for reaches_L instead. Every conclusion
about the classes of the ontology stays the same (Kazakov's elimination of transitivity),
so long as the property takes part in no other chain of properties.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from leukograph.reasoning.axioms import And, Axiom, Chain, Expression, Named, Some, SubClass, SubRole, words

#: What the IRI of a reach class begins with; none is ever shown.
REACHES = "urn:leukograph:reaches:"


class Rewritten(NamedTuple):
    """Axioms with reach classes, and for whose sake."""

    axioms: tuple[Axiom, ...]
    #: IRI of each transitive property with a loop -> how many classes lie on its loops
    loops: dict[str, int]


def rewritten(axioms: Iterable[Axiom]) -> Rewritten | None:
    """Return the axioms with reach classes for the transitive properties that have a loop; None without one."""
    axioms = tuple(axioms)
    chains = [axiom for axiom in axioms if isinstance(axiom, Chain)]
    transitive = {chain.sup for chain in chains if chain.first == chain.second == chain.sup}
    if not transitive:
        return None
    below = _below(axioms)
    entangled = {
        role
        for chain in chains
        if not chain.first == chain.second == chain.sup
        for role in (chain.first, chain.second, chain.sup)
    }
    edges = list(_edges(axioms))
    loops = {}
    for role in sorted(transitive):
        # a property above or below one in another chain is left as it is: the chain could need the pairs
        near = below[role] | {upper for upper, lower in below.items() if role in lower}
        if near & entangled:
            continue
        on_loops = _on_loops(
            [(sub, sup) for sub, link, sup in edges if not link or link in below[role]],
            {(sub, sup) for sub, link, sup in edges if link in below[role]},
        )
        if on_loops:
            loops[role] = len(on_loops)
    return Rewritten(_rewrite(axioms, transitive & loops.keys(), below), loops) if loops else None


def _below(axioms: Iterable[Axiom]) -> dict[str, set[str]]:
    """Return every property with itself and all properties below it."""
    direct: dict[str, set[str]] = defaultdict(set)
    for axiom in axioms:
        match axiom:
            case SubRole(lower, upper):
                direct[upper].add(lower)
                direct[lower] |= set()
            case Chain(first, second, upper):
                for role in (first, second, upper):
                    direct[role] |= set()
    closed = {}
    for role in direct:
        found, queue = {role}, [role]
        for upper in queue:
            fresh = direct[upper] - found
            found |= fresh
            queue += fresh
        closed[role] = found
    return defaultdict(set, closed)


def _edges(axioms: Iterable[Axiom]) -> Iterable[tuple[Expression, str, Expression]]:
    """Yield (class, property or "", class): what a class leads to, by a property or by is-a."""
    seen: set[Expression] = set()

    def inside(expression: Expression) -> Iterable[tuple[Expression, str, Expression]]:
        if expression in seen:
            return
        seen.add(expression)
        if isinstance(expression, Some):
            yield expression, expression.role, expression.filler
            yield from inside(expression.filler)
        elif isinstance(expression, And):
            for part in expression.parts:
                yield expression, "", part
                yield from inside(part)

    for axiom in axioms:
        if isinstance(axiom, SubClass):
            yield axiom.sub, "", axiom.sup
            yield from inside(axiom.sup)


def _on_loops(edges: list[tuple[Expression, Expression]], links: set[tuple[Expression, Expression]]) -> set[Expression]:
    """Return the named classes on circles that hold at least one link of the property."""
    component = _components(edges)
    looped = {component[sub] for sub, sup in links if component[sub] == component[sup]}
    return {node for node, number in component.items() if number in looped and isinstance(node, Named)}


def _components(edges: Iterable[tuple[Expression, Expression]]) -> dict[Expression, int]:
    """Return the number of the strongly connected component of each node (Tarjan's algorithm, without recursion)."""
    onward: dict[Expression, list[Expression]] = defaultdict(list)
    nodes: dict[Expression, None] = {}
    for sub, sup in edges:
        onward[sub].append(sup)
        nodes |= {sub: None, sup: None}
    order: dict[Expression, int] = {}
    low: dict[Expression, int] = {}
    found: dict[Expression, int] = {}
    stack: list[Expression] = []
    for start in nodes:
        if start in order:
            continue
        work = [(start, iter(onward[start]))]
        order[start] = low[start] = len(order)
        stack.append(start)
        while work:
            node, rest = work[-1]
            for near in rest:
                if near not in order:
                    order[near] = low[near] = len(order)
                    stack.append(near)
                    work.append((near, iter(onward[near])))
                    break
                if near not in found:
                    low[node] = min(low[node], order[near])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == order[node]:
                    number = len(found)
                    while node not in found:
                        found[stack.pop()] = number
    return found


def _rewrite(axioms: Iterable[Axiom], looped: set[str], below: dict[str, set[str]]) -> tuple[Axiom, ...]:
    """Ask for reach classes where an axiom asks for something by a looped property or one above it."""
    made: dict[Axiom, None] = {}
    changed: list[Axiom] = []

    def asked(expression: Expression) -> Expression:
        match expression:
            case Some(role, filler):
                filler = asked(filler)
                within = sorted(looped & below[role] | (looped & {role}))
                if not within:
                    return Some(role, filler)
                target = Named(f"{REACHES}{role} {words(filler)}".replace(" ", "%20"))
                made[SubClass(Some(role, filler), target)] = None
                for lower in within:
                    # along a transitive property below the one asked for, too
                    step = Named(f"{REACHES}{lower} {words(filler)}".replace(" ", "%20"))
                    made[SubClass(Some(lower, filler), step)] = None
                    made[SubClass(Some(lower, step), step)] = None
                    if step != target:
                        made[SubClass(step, target)] = None
                return target
            case And(parts):
                return And(tuple(map(asked, parts)))
            case Named():
                return expression

    for axiom in axioms:
        if isinstance(axiom, SubClass):
            changed.append(axiom._replace(sub=asked(axiom.sub), claim=None))
        elif not (isinstance(axiom, Chain) and axiom.first == axiom.second == axiom.sup and axiom.sup in looped):
            changed.append(axiom)
    return (*changed, *made)
