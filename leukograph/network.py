"""The causal network: claims as a signed graph. The home of networkx.

A node is a term with the direction in which it runs, `(key, 1)` up or
`(key, -1)` down; a raising claim links like with like, a lowering one crosses
over. So a path in this graph is a chain with all its signs, and two chains of
opposite sign end at two different nodes. Since `influences` has no loop, neither
has this graph, and no path can meet a term twice.

Only claims that hold are edges. Outcomes are not: an outcome tells that an
effect was seen and is never a step inside a chain.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, pairwise

import networkx as nx

from leukograph.knowledge import Knowledge
from leukograph.model import Claim, Direction, Step, Term

#: A term and its direction: 1 up, -1 down.
Node = tuple[str, int]


class Network:
    """The effective claims of every term, and the walks along them."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self._edges: dict[str, list[tuple[Claim, Term | None]]] = {}

    def edges(self, key: str) -> list[tuple[Claim, Term | None]]:
        """Return what a term acts on, by claims of its own and of its classes.

        One claim for each object and sign: the surest, and of equals the nearest.
        """
        if key not in self._edges:
            best: dict[tuple[str, str], tuple[Claim, Term | None]] = {}
            relations = self.knowledge.language.relations
            for claim, owner in self.knowledge.claims_of(key):
                if relations[claim.relation].family != "act" or not claim.holds or self.knowledge.is_outcome(claim):
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
            if claim.holds and self.knowledge.is_outcome(claim)
        ]

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
                if end not in graph:
                    queue.append(end)
                graph.add_edge(node, end, claim=claim, owner=owner)
        return graph


def shortest_paths(graph: nx.DiGraph[Node], start: Node, end: Node, limit: int) -> list[list[Node]]:
    """Return up to `limit` simple paths, shortest first; none when there is no way."""
    if start not in graph or end not in graph:
        return []
    try:
        return list(islice(nx.shortest_simple_paths(graph, start, end), limit))
    except nx.NetworkXNoPath:
        return []


def steps_of(graph: nx.DiGraph[Node], path: list[Node]) -> tuple[Step, ...]:
    """Return the claims along a path of nodes, each with its running direction."""
    return tuple(_steps(graph, path))


def _steps(graph: nx.DiGraph[Node], path: list[Node]) -> Iterator[Step]:
    for start, end in pairwise(path):
        data = graph.edges[start, end]
        direction: Direction = "up" if end[1] > 0 else "down"
        yield Step(data["claim"], data["owner"], direction)
