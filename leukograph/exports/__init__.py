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
from leukograph.exports.inferred import CHOICES, Inferred
from leukograph.knowledge import Knowledge

#: format -> its module, which has a function `write(part: Subgraph) -> bytes`
FORMATS = {
    "turtle": "turtle",
    "owl": "owl",
    "owl-signed": "owl_signed",
    "jsonld": "jsonld",
    "graphml": "graphml",
    "cytoscape": "cytoscape",
    "dot": "dot",
    "mermaid": "mermaid",
}

#: formats that can tell what is stated from what the reasoner added
WITH_INFERRED = ("turtle", "owl", "jsonld")

#: formats that are taken from the files of a release
OF_A_RELEASE = frozenset({"turtle", "owl", "jsonld"})
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
    inferred: Inferred | None = None,
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
        inferred: of the whole graph in an RDF format, whether what the reasoner added is
            in it ("include", as when left out), left out ("exclude") or all of it ("only").

    Raises:
        WrongOption: when there is no such format, the depth is negative, or nothing that is
            inferred could be in the file.
        CannotRead: when an RDF format is asked for and the release is missing.
    """
    write = writer(format_)
    if inferred not in {None, *CHOICES}:
        raise WrongOption(f"there is no choice {inferred!r} of what is inferred", "one of: " + ", ".join(CHOICES))
    if inferred is not None and format_ not in WITH_INFERRED:
        raise WrongOption(
            f"{format_} holds nothing that is inferred", "leave the choice out, or take " + ", ".join(WITH_INFERRED)
        )
    if inferred not in {None, "exclude"} and focus is not None:
        raise WrongOption(
            "what is inferred rests on the whole graph, and a part was asked for", "leave out the focus or the choice"
        )
    return write(subgraph(knowledge, focus, depth, refuted, release, inferred or "include"))


__all__ = [
    "CHOICES",
    "DEPTH",
    "EXTENSIONS",
    "FORMATS",
    "OF_A_RELEASE",
    "Inferred",
    "Subgraph",
    "export",
    "subgraph",
    "writer",
]
