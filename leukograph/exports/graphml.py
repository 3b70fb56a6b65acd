"""GraphML, written by networkx: lists joined with "|", control characters dropped.

Nodes are terms; edges are claims and is-a, each with its own id, so that two
claims about one pair stay two edges.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from leukograph.exports.base import IS_A, NOTICE, Subgraph
from leukograph.serialise import xml_safe

if TYPE_CHECKING:
    import networkx as nx


def write(part: Subgraph) -> bytes:
    """Return the part as a directed multigraph."""
    import networkx as nx

    page = io.BytesIO()
    # without lxml, which would write other bytes where it is installed
    nx.write_graphml_xml(_graph(part), page, prettyprint=True)
    return page.getvalue()


def _graph(part: Subgraph) -> nx.MultiDiGraph[str]:
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(
        name="leukograph",
        release=xml_safe(part.knowledge.release),
        focus=part.focus or "",
        node_count=len(part.entries),
        edge_count=part.edges,
        notice=NOTICE,
    )
    for entry in part.entries:
        texts = {
            "label": entry.term.label,
            "kind": entry.term.kind,
            "iri": entry.term.iri,
            "definition": entry.definition,
            "synonyms": "|".join(entry.synonyms),
            "up": entry.up,
            "down": entry.down,
            "mappings": "|".join(f"{match} {curie}" for match, curie in entry.mappings),
        }
        graph.add_node(entry.key, **{name: xml_safe(text) for name, text in texts.items()})
    for claim in part.claims:
        graph.add_edge(
            claim.subject.key,
            claim.object.key,
            key=claim.key,
            relation=claim.relation,
            sign=claim.sign,
            grade=claim.grade,
            belief=claim.belief,
            sources=xml_safe("|".join(part.sources_of(claim))),
        )
    for kind, class_ in part.is_a:
        graph.add_edge(kind, class_, key=f"{kind}.{IS_A}.{class_}", relation=IS_A, sign="")
    return graph
