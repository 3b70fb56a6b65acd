"""The chains of an answer as a diagram: causes at the left, effects at the right.

A box is a term with the direction in which it runs; it stands there once, however
many chains meet in it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from leukograph.compare import Comparison
from leukograph.model import Answer, Chain, Step, Term
from leukograph.render.drawing import (
    HAS_LOW_STATE,
    LOW_STATE_WORDS,
    Drawing,
    Edge,
    Node,
    edge_words,
    to_dot,
    to_mermaid,
)
from leukograph.render.layout import DISCLAIMER, counted

_ARROWS = {"up": "↑", "down": "↓"}
#: Kinds that are there or not: that they are there needs no arrow.
_PRESENT = frozenset(
    {
        "artefact",
        "condition",
        "disease",
        "drug",
        "drug_class",
        "exposure",
        "genotype",
        "infection",
        "procedure",
        "state",
    }
)


def chains_to_dot(answer: Answer) -> str:
    """Return the chains of an answer as Graphviz source."""
    return to_dot(drawing_of(answer))


def chains_to_mermaid(answer: Answer) -> str:
    """Return the chains of an answer as a Mermaid flowchart."""
    return to_mermaid(drawing_of(answer))


def comparison_to_mermaid(found: Comparison) -> str:
    """Return two causes with the best chain of each route and effect as a Mermaid flowchart."""
    return to_mermaid(_comparison(found))


def comparison_to_dot(found: Comparison) -> str:
    """Return two causes with the best chain of each route and effect as Graphviz source."""
    return to_dot(_comparison(found))


def drawing_of(answer: Answer) -> Drawing:
    """Return the boxes and arrows of all chains of an answer, in the order of the chains."""
    asked = answer.question.cause or answer.question.effect
    chains = [chain for effect in answer.effects for chain in effect.chains]
    return _drawing(f"leukograph {answer.release}: {answer.question.text}", {asked} if asked else set(), chains)


def _comparison(found: Comparison) -> Drawing:
    chains: dict[tuple[Term, str, str], Chain] = {}
    for answer in (found.one, found.other):
        seen = any(chain.observed for effect in answer.effects for chain in effect.chains)
        for effect in answer.effects:
            for chain in effect.chains:
                if chain.observed or not seen:
                    chains.setdefault((chain.cause, effect.effect.key, chain.route), chain)
    names = " and ".join(cause.label for cause in found.causes)
    return _drawing(f"leukograph {found.release}: {names}", found.causes, [*chains.values()])


def _drawing(title: str, asked: Collection[Term], chains: Sequence[Chain]) -> Drawing:
    nodes: dict[str, Node] = {}
    edges: dict[tuple[str, str, str], Edge] = {}
    for chain in chains:
        start = _node(chain.cause, "up", asked)
        nodes.setdefault(start.id, start)
        for step in chain.steps:
            end = _node(step.claim.object, step.direction, asked)
            nodes.setdefault(end.id, end)
            edges.setdefault((start.id, end.id, step.claim.key), _edge(start, end, step))
            start = end
    counts = f"{counted(len(chains), 'chain')}, {len(nodes)} nodes, {len(edges)} edges"
    return Drawing((title, counts, DISCLAIMER), tuple(nodes.values()), tuple(edges.values()))


def _node(term: Term, direction: str, asked: Collection[Term]) -> Node:
    unmarked = direction == "up" and term.kind in _PRESENT
    label = term.label if unmarked else f"{term.label} {_ARROWS[direction]}"
    return Node(f"{term.key} {direction}", label, term.kind, focus=term in asked)


def _edge(start: Node, end: Node, step: Step) -> Edge:
    claim = step.claim
    # what is true by definition needs no grade
    words = edge_words(claim.relation, "" if claim.definitional else claim.grade)
    if step.inherited_from is not None:
        words += f", as {step.inherited_from.label}"
    if claim.relation == HAS_LOW_STATE:
        return Edge(start.id, end.id, LOW_STATE_WORDS, grade=claim.grade)
    return Edge(start.id, end.id, words, sign=claim.sign, grade=claim.grade)
