"""Mermaid source, drawn left to right; shapes and colours are those of `render.drawing`."""

from __future__ import annotations

from leukograph.exports.base import Subgraph
from leukograph.exports.drawing import drawing_of
from leukograph.render.drawing import to_mermaid


def write(part: Subgraph) -> bytes:
    """Return the part as a picture in Mermaid."""
    return to_mermaid(drawing_of(part)).encode("utf-8", errors="replace")
