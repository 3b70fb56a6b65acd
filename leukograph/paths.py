"""The chains between any two terms: the path search itself, without levers and verdicts."""

from __future__ import annotations

from leukograph.belief import grade_of_chain
from leukograph.chains import route_of
from leukograph.effects import source_numbers
from leukograph.knowledge import Knowledge
from leukograph.model import MODEL_SOURCE, Chain, Paths, Step, own_steps
from leukograph.network import Network, shortest_paths, steps_of
from leukograph.sentences import Narrator


def find_paths(knowledge: Knowledge, start: str, end: str, limit: int, max_length: int) -> Paths:
    """Return the shortest chains between any two terms, by networkx.

    A path to a kind of the end reaches the end. Outcomes stand only at the start of
    a path, never inside one.

    Args:
        knowledge: the graph.
        start: key of the first term, which is taken to rise or to be present.
        end: key of the last.
        limit: how many paths at the most.
        max_length: how many steps a path may have.
    """
    graph = Network(knowledge).reach(start, with_outcomes=True)
    ends = {end, *knowledge.descendants(end)}
    found = []
    for node in sorted(node for node in graph if node[0] in ends):
        found += shortest_paths(graph, (start, 1), node, limit + 1)
    found = sorted((path for path in found if len(path) > 1), key=lambda path: (len(path), path))
    short = [path for path in found if len(path) - 1 <= max_length]
    chains = [_chain(knowledge, start, n, steps_of(graph, path)) for n, path in enumerate(short[:limit], start=1)]
    keys = dict.fromkeys(row.source for chain in chains for step in chain.steps for row in step.claim.evidence)
    sources = tuple(knowledge.sources[key] for key in sorted(keys, key=lambda key: key == MODEL_SOURCE))
    numbers, narrator = source_numbers(sources), Narrator(knowledge)
    return Paths(
        knowledge.release,
        knowledge.term(start),
        knowledge.term(end),
        tuple(chain._replace(text=narrator.tell(chain, numbers)) for chain in chains),
        sources,
        truncated=len(found) > len(chains) or not knowledge.whole,
    )


def _chain(knowledge: Knowledge, start: str, n: int, steps: tuple[Step, ...]) -> Chain:
    own = own_steps(steps)
    lever = next((step.claim.object for step in steps if step.claim.object.kind == "lever"), None)
    return Chain(
        n=n,
        cause=knowledge.term(start),
        sign="+" if steps[-1].direction == "up" else "-",
        grade=grade_of_chain(step.claim.grade for step in own),
        belief=min((step.claim.belief for step in own), default=1.0),
        observed=False,
        stage="",
        route=route_of(knowledge, lever.key) if lever else "",
        lever=lever,
        steps=steps,
    )
