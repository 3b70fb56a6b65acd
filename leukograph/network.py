"""The causal network: claims as a signed graph, and what walks along it amount to.

A node is a term with the direction in which it runs, `(key, 1)` up or
`(key, -1)` down; a raising claim links like with like, a lowering one crosses
over. So a path in this graph is a chain with all its signs, and two chains of
opposite sign end at two different nodes. `influences` has no loop, so neither has
this graph, as long as nobody asks for feedback. With feedback a path may come back
to a term; such a path is no chain, and `shortest_paths` and `net_signs` leave it out.

Only claims that hold are edges. Outcomes are not: an outcome tells that an
effect was seen and is never a step inside a chain. The home of networkx.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from itertools import pairwise

import networkx as nx

from leukograph.knowledge import Knowledge
from leukograph.model import Claim, Direction, Entry, Step, Term
from leukograph.options import Rules

#: A term and its direction: 1 up, -1 down.
Node = tuple[str, int]

#: Families of relations that are walked, plainly and with feedback.
ACTS = frozenset({"act"})
WITH_FEEDBACK = frozenset({"act", "feedback", "consequence"})
#: A term on which as many causes act, and which acts on as many things, tells little of the way.
HUB = 4
#: Paths that are looked at for each one wanted, where loops may spoil some.
PATIENCE = 50
#: The same behind a lever, where loops of feedback lie and the short ways matter.
PATIENCE_BEHIND = 12
#: Steps that the search for signs may take inside one knot of loops.
EFFORT = 200_000


class Network:
    """The effective claims of every term under some rules, and the walks along them."""

    def __init__(self, knowledge: Knowledge, rules: Rules | None = None) -> None:
        self.knowledge = knowledge
        self.rules = rules or Rules()
        self._families = WITH_FEEDBACK if self.rules.feedback else ACTS
        self._edges: dict[str, list[tuple[Claim, Term | None]]] = {}
        self._behind: dict[str, nx.DiGraph[Node]] = {}
        self._ways: dict[tuple[str, Node, int], list[list[Node]]] = {}

    def edges(self, key: str) -> list[tuple[Claim, Term | None]]:
        """Return what a term acts on, by claims of its own and of its classes.

        One claim for each object and sign: the surest, and of equals the nearest.
        """
        if key not in self._edges:
            best: dict[tuple[str, str], tuple[Claim, Term | None]] = {}
            relations = self.knowledge.language.relations
            for claim, owner in self.knowledge.claims_of(key):
                if relations[claim.relation].family not in self._families or not self.rules.admits(claim):
                    continue
                if owner is not None and owner.key in self.rules.without:
                    continue
                if self.knowledge.is_outcome(claim):
                    continue
                slot = claim.object.key, claim.sign
                if slot not in best or claim.belief > best[slot][0].belief:
                    best[slot] = claim, owner
            self._edges[key] = [best[slot] for slot in sorted(best)]
        return self._edges[key]

    def outcomes(self, key: str) -> list[tuple[Claim, Term | None]]:
        """Return the outcomes that were seen for a term or its classes."""
        return [
            (claim, owner)
            for claim, owner in self.knowledge.claims_of(key)
            if claim.holds
            and self.knowledge.is_outcome(claim)
            and (owner is None or owner.key not in self.rules.without)
        ]

    @cached_property
    def hubs(self) -> frozenset[str]:
        """Links through which so much runs that they tell little of any one way."""
        acts = [c for c in self.knowledge.claims.values() if c.holds and not c.definitional]
        acts = [c for c in acts if self.knowledge.language.relations[c.relation].family == "act"]
        ends = {"lever", "level", "condition", "pool"}
        subjects: dict[str, set[str]] = {}
        objects: dict[str, set[str]] = {}
        for claim in acts:
            subjects.setdefault(claim.object.key, set()).add(claim.subject.key)
            objects.setdefault(claim.subject.key, set()).add(claim.object.key)
        actors = self.knowledge.actors
        acting = {key: len(found) for key, found in subjects.items()} if actors is None else actors
        return frozenset(
            key
            for key, acted_on in objects.items()
            if min(acting.get(key, 0), len(acted_on)) >= HUB and self.knowledge.term(key).kind not in ends
        )

    def reach(self, start: str, with_outcomes: bool = False) -> nx.DiGraph[Node]:
        """Return the part of the network that lies behind a term that runs up.

        With `with_outcomes` the start's own outcomes are edges too.
        """
        graph: nx.DiGraph[Node] = nx.DiGraph()
        queue: list[Node] = [(start, 1)]
        graph.add_node(queue[0])
        for node in queue:
            key, direction = node
            extra = self.outcomes(key) if with_outcomes and key == start else []
            for claim, owner in [*self.edges(key), *extra]:
                end = claim.object.key, direction * (1 if claim.sign == "+" else -1)
                if end[0] == start:
                    continue
                if end not in graph:
                    queue.append(end)
                graph.add_edge(node, end, claim=claim, owner=owner)
        for key in sorted(self.rules.via):
            kinds = {key, *self.knowledge.descendants(key)}
            if start not in kinds:
                _lead_through(graph, kinds)
        return graph

    def ways_on(self, start: Node, end: Node, limit: int) -> list[list[Node]]:
        """Return the shortest ways from one term on to another, whatever led to the first.

        They are the same for every cause, so they are looked for once.
        """
        key, direction = start
        slot = key, (end[0], end[1] * direction), limit
        if slot not in self._ways:
            if key not in self._behind:
                self._behind[key] = self.reach(key)
            self._ways[slot] = shortest_paths(self._behind[key], (key, 1), slot[1], limit, PATIENCE_BEHIND)
        return [[(term, its * direction) for term, its in way] for way in self._ways[slot]]


def _lead_through(graph: nx.DiGraph[Node], kinds: Collection[str]) -> None:
    """Take out the edges by which a walk would miss a term and all its kinds.

    Where no loop is, what lies before the term and what lies behind it are apart, so
    an edge from the one to the other goes around it.
    """
    met = {node for node in graph if node[0] in kinds}
    before = {node for end in met for node in nx.ancestors(graph, end)} - met
    behind = {node for end in met for node in nx.descendants(graph, end)}
    around = [(a, b) for a, b in graph.edges if a in before - behind and b not in before | met]
    graph.remove_edges_from(around if met else list(graph.edges))


def shortest_paths(
    graph: nx.DiGraph[Node], start: Node, end: Node, limit: int, patience: int = PATIENCE
) -> list[list[Node]]:
    """Return up to `limit` paths that meet no term twice, shortest first; none when there is no way."""
    if start not in graph or end not in graph:
        return []
    found: list[list[Node]] = []
    try:
        for tried, path in enumerate(nx.shortest_simple_paths(graph, start, end), start=1):
            if meets_each_once(path):
                found.append(path)
            if len(found) == limit or tried == limit * patience:
                break
    except nx.NetworkXNoPath:
        return []
    return found


def meets_each_once(path: Collection[Node]) -> bool:
    """Tell whether a path meets no term twice, not even in the other direction."""
    return len({key for key, _ in path}) == len(path)


def net_signs(graph: nx.DiGraph[Node], start: Node, ends: Collection[str]) -> tuple[set[int], bool]:
    """Return the signs of all chains from a start to any of some ends, and whether the search was whole.

    A chain meets no term twice, so no loop can turn a sign over by going round. A
    chain goes through each knot of loops (strongly connected part) in one stretch;
    inside a knot every stretch is tried, between knots signs are handed on. Without
    loops this is plain reachability.

    Args:
        graph: what `Network.reach` returned for the start, or a part of it.
        start: where the chains begin.
        ends: keys of the terms where they may end.

    Returns:
        1 where a chain leads to an end that runs up, -1 where one leads to an end
        that runs down; and False when a knot was too large to be tried out.
    """
    terms: nx.DiGraph[str] = nx.DiGraph()
    terms.add_node(start[0])
    for (key, direction), (other, its) in graph.edges:
        terms.add_edge(key, other)
        terms.edges[key, other].setdefault("signs", set()).add(direction * its)
    if nx.is_directed_acyclic_graph(terms):
        return {direction for key, direction in nx.descendants(graph, start) if key in ends}, True
    knots = nx.condensation(terms)
    arrived: dict[str, set[int]] = {start[0]: {start[1]}}
    found: set[int] = set()
    whole = True
    for knot in nx.topological_sort(knots):
        members = knots.nodes[knot]["members"]
        passed, complete = _through_knot(terms, members, {key: arrived[key] for key in members if key in arrived})
        whole &= complete
        for key, signs in passed.items():
            if key in ends:
                found |= signs
            for other in terms.successors(key):
                if other not in members:
                    steps = terms.edges[key, other]["signs"]
                    arrived.setdefault(other, set()).update(a * b for a in signs for b in steps)
    return found, whole


def _through_knot(
    terms: nx.DiGraph[str], members: set[str], arrived: dict[str, set[int]]
) -> tuple[dict[str, set[int]], bool]:
    """Return with which signs each member of a knot is reached from where chains arrive in it."""
    if len(members) == 1:
        return dict(arrived), True
    reached: dict[str, set[int]] = {}
    effort = 0
    for entry, signs in sorted(arrived.items()):
        # a stack of (where the stretch is, its sign, the terms it met)
        stack = [(entry, 1, frozenset({entry}))]
        while stack:
            key, sign, met = stack.pop()
            reached.setdefault(key, set()).update(sign * arriving for arriving in signs)
            effort += 1
            if effort > EFFORT:
                return reached, False
            if all(len(reached.get(member, ())) == 2 for member in members):
                break
            stack += [
                (other, sign * step, met | {other})
                for other in terms.successors(key)
                if other in members and other not in met
                for step in terms.edges[key, other]["signs"]
            ]
    return reached, True


def steps_of(graph: nx.DiGraph[Node], path: list[Node]) -> tuple[Step, ...]:
    """Return the claims along a path of nodes, each with its running direction."""
    return tuple(_steps(graph, path))


def _steps(graph: nx.DiGraph[Node], path: list[Node]) -> Iterator[Step]:
    for start, end in pairwise(path):
        data = graph.edges[start, end]
        direction: Direction = "up" if end[1] > 0 else "down"
        yield Step(data["claim"], data["owner"], direction)


def claims_graph(release: str, entries: Iterable[Entry], claims: Iterable[Claim]) -> nx.MultiDiGraph[str]:
    """Return terms and claims as they are, for other tools: no directions, no inheritance.

    Nodes are keys with `label` and `kind`; edges are keyed by the claim and have
    `relation`, `sign`, `grade` and `belief`.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(name="leukograph", release=release)
    for entry in entries:
        graph.add_node(entry.key, label=entry.term.label, kind=entry.term.kind)
    for claim in claims:
        graph.add_edge(
            claim.subject.key,
            claim.object.key,
            key=claim.key,
            relation=claim.relation,
            sign=claim.sign,
            grade=claim.grade,
            belief=claim.belief,
        )
    return graph
