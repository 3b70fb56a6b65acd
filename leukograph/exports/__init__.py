"""Writes the graph, or the part around one term, for other tools: one file a format.

Each format is a function from a `Subgraph` to bytes, loaded when it is asked for.
To add one, write its file and enter it in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from leukograph.errors import WrongOption
from leukograph.exports.base import DEPTH, Subgraph, subgraph
from leukograph.knowledge import Knowledge

#: format -> its module, which has a function `write(part: Subgraph) -> bytes`
FORMATS = {
    "turtle": "turtle",
    "owl": "owl",
    "jsonld": "jsonld",
    "graphml": "graphml",
    "cytoscape": "cytoscape",
    "dot": "dot",
    "mermaid": "mermaid",
}

#: extension of a file -> the format that is meant
EXTENSIONS = {
    ".ttl": "turtle",
    ".owl": "owl",
    ".rdf": "owl",
    ".xml": "owl",
    ".jsonld": "jsonld",
    ".graphml": "graphml",
    ".cyjs": "cytoscape",
    ".json": "cytoscape",
    ".dot": "dot",
    ".gv": "dot",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
}


def writer(format_: str) -> Callable[[Subgraph], bytes]:
    """Return the function that writes a format.

    Raises:
        WrongOption: when there is no such format.
    """
    if format_ not in FORMATS:
        raise WrongOption(f"there is no format {format_!r} to export", "one of: " + ", ".join(FORMATS))
    write: Callable[[Subgraph], bytes] = import_module(f"{__name__}.{FORMATS[format_]}").write
    return write


def export(
    knowledge: Knowledge,
    format_: str,
    release: Path | None = None,
    *,
    focus: str | None = None,
    depth: int = DEPTH,
    refuted: bool = False,
) -> bytes:
    """Return the graph, or the part around one term, as a file of another format.

    Args:
        knowledge: the graph.
        format_: one of `FORMATS`.
        release: the `leukograph.ttl` that the graph was read from; the shipped one
            when left out. The RDF formats are taken from it and from the
            `leukograph.owl` beside it.
        focus: the key of the term in the middle; the whole graph when left out.
        depth: how many steps away from it terms may be.
        refuted: whether claims that were refuted are written too.

    Raises:
        WrongOption: when there is no such format, or the depth is negative.
        CannotRead: when an RDF format is asked for and the release is missing.
    """
    write = writer(format_)
    return write(subgraph(knowledge, focus, depth, refuted, release))


__all__ = ["DEPTH", "EXTENSIONS", "FORMATS", "Subgraph", "export", "subgraph", "writer"]
