"""From a part of the graph to boxes and arrows, for DOT and Mermaid."""

from __future__ import annotations

from leukograph.exports.base import Subgraph
from leukograph.model import Claim, Relation, Sign
from leukograph.render.drawing import HAS_LOW_STATE, LOW_STATE_WORDS, Drawing, Edge, Node, edge_words


def drawing_of(part: Subgraph) -> Drawing:
    """Return a part with one box a term, and one arrow a claim or is-a."""
    nodes = tuple(
        Node(entry.key, entry.term.label, entry.term.kind, focus=entry.key == part.focus) for entry in part.entries
    )
    edges = [_edge(claim, part.knowledge.language.relations[claim.relation]) for claim in part.claims]
    edges += [Edge(kind, class_, "", style="is_a") for kind, class_ in part.is_a]
    return Drawing(tuple(part.about()), nodes, tuple(edges))


def _edge(claim: Claim, relation: Relation) -> Edge:
    # "is made worse by" has a sign, and yet does not raise what makes it worse; a low
    # state is its level seen from below, and the level does not prevent it
    unsigned = relation.family == "modifier" or claim.relation == HAS_LOW_STATE
    sign: Sign = "" if unsigned else claim.sign
    return Edge(claim.subject.key, claim.object.key, _words(claim), sign=sign, grade=claim.grade)


def _words(claim: Claim) -> str:
    """Return what is written on a claim; the head of the arrow is enough for what is so by definition."""
    if claim.relation == HAS_LOW_STATE:
        return LOW_STATE_WORDS
    if claim.definitional:
        return "" if claim.relation in {"increases", "decreases"} else edge_words(claim.relation, "")
    return edge_words(claim.relation, claim.grade)
