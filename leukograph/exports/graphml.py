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
    from leukograph.network import claims_graph

    graph = claims_graph(xml_safe(part.knowledge.release), part.entries, part.claims)
    graph.graph.update(focus=part.focus or "", node_count=len(part.entries), edge_count=part.edges, notice=NOTICE)
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
        graph.nodes[entry.key].update({name: xml_safe(text) for name, text in texts.items()})
    for claim in part.claims:
        edge = graph.edges[claim.subject.key, claim.object.key, claim.key]
        edge["sources"] = xml_safe("|".join(part.sources_of(claim)))
    for kind, class_ in part.is_a:
        graph.add_edge(kind, class_, key=f"{kind}.{IS_A}.{class_}", relation=IS_A, sign="")
    return graph
