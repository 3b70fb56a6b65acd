"""Draws nodes and edges as DOT or Mermaid: one set of shapes and colours for both.

The look of a node says its kind, the head of an edge its sign (an arrow raises, a
bar lowers), the line its certainty. Causes stand at the left, low counts at the
right. All text from the graph is escaped here and nowhere else.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from leukograph.model import Grade, Sign
from leukograph.render.safe import visible
from leukograph.sentences import spaced

#: How an edge is drawn: a claim by its sign and grade, is-a on its own.
EdgeStyle = Literal["claim", "is_a"]


@dataclass(frozen=True, slots=True)
class Node:
    """A box: an id, what is written in it, the kind of its term."""

    id: str
    label: str
    kind: str
    focus: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow between two boxes."""

    start: str
    end: str
    label: str
    style: EdgeStyle = "claim"
    sign: Sign = ""
    grade: Grade | Literal[""] = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Nodes and edges in the order in which they are written, under comment lines."""

    comment: tuple[str, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class _Look:
    """How a group of kinds is drawn, and what the legend calls it."""

    words: str
    kinds: tuple[str, ...]
    shape: str
    #: the Mermaid brackets around a label
    brackets: tuple[str, str]
    fill: str
    line: str


#: Groups of kinds in the order in which they are read, left to right.
LOOKS: Mapping[str, _Look] = {
    "treatment": _Look(
        "drug, class of drugs, procedure", ("drug", "drug_class", "procedure"), "box", ("(", ")"), "#dce9f7", "#2f6299"
    ),
    "illness": _Look(
        "infection, disease, genotype", ("infection", "disease", "genotype"), "box", ("(", ")"), "#eadff2", "#6f4a8e"
    ),
    "setting": _Look(
        "exposure, state, artefact", ("exposure", "state", "artefact"), "box", ("(", ")"), "#e3e6ea", "#4f5b66"
    ),
    "link": _Look(
        "molecule, process, quantity",
        ("molecule", "process", "quantity"),
        "ellipse",
        ("([", "])"),
        "#ffffff",
        "#6b7480",
    ),
    "pool": _Look("pool of cells", ("pool",), "cylinder", ("[(", ")]"), "#f3eee1", "#84713a"),
    "lever": _Look("lever: a way to move a count", ("lever",), "hexagon", ("{{", "}}"), "#fdeecb", "#9a6b00"),
    "level": _Look("count in blood", ("level",), "box", ("[", "]"), "#d9efe5", "#1f7355"),
    "condition": _Look("low count", ("condition",), "box", ("[[", "]]"), "#fbdcd4", "#a63a22"),
    "fact": _Look(
        "cell, site, role, finding, test",
        ("cell", "site", "role", "finding", "test"),
        "note",
        (">", "]"),
        "#f7f7f7",
        "#8a8f96",
    ),
}
_GROUP = {kind: name for name, look in LOOKS.items() for kind in look.kinds}

_RAISES, _LOWERS, _NEITHER = "#2a6f97", "#b3401f", "#8a8f96"
_COLOURS: Mapping[Sign, str] = {"+": _RAISES, "-": _LOWERS, "": _NEITHER}
_BREAKS = re.compile(r"[\t\n\r\v\f\x85\u2028\u2029]+")
#: Edges that Mermaid draws unless told otherwise.
MERMAID_EDGES = 500
#: The relation that is drawn without a sign, and what is written on it.
HAS_LOW_STATE, LOW_STATE_WORDS = "has_low_state", "when low"
#: How wide a line of a label is, in letters: in a box, on an edge.
_WIDTH, _EDGE_WIDTH = 22, 26


def group_of(kind: str) -> str:
    """Return the group whose look a kind has."""
    return _GROUP.get(kind, "fact")


def edge_words(relation: str, grade: str) -> str:
    """Return what is written on an edge: the relation, and how well it is supported."""
    return " · ".join(filter(None, (spaced(relation), grade)))


# --- DOT -------------------------------------------------------------------------


def to_dot(drawing: Drawing) -> str:
    """Return Graphviz source; every id and label is quoted, and none is HTML."""
    lines = [f"// {_comment(line)}" for line in (*drawing.comment, *_legend("a bar", "a hollow arrow"))]
    lines += [
        "digraph leukograph {",
        "  graph [rankdir=LR, bgcolor=white, pad=0.3, nodesep=0.22, ranksep=0.7, splines=spline,"
        ' fontname="Helvetica, Arial, sans-serif"];',
        '  node [style="filled,rounded", fontname="Helvetica, Arial, sans-serif", fontsize=11,'
        ' fontcolor="#1c2126", margin="0.12,0.07", penwidth=1.1];',
        '  edge [fontname="Helvetica, Arial, sans-serif", fontsize=9, arrowsize=0.7];',
    ]
    for name, nodes in _grouped(drawing.nodes):
        lines.append(f"  // {LOOKS[name].words}")
        lines += [f"  {_dot_node(node, LOOKS[name])}" for node in nodes]
    facts = {node.id for node in drawing.nodes if group_of(node.kind) == "fact"}
    lines += [f"  {_dot_edge(edge, edge.end in facts)}" for edge in drawing.edges]
    lines.append("}")
    return "\n".join(lines) + "\n"


def _dot_node(node: Node, look: _Look) -> str:
    attributes = {
        "label": _dot_lines(node.label, _WIDTH),
        "tooltip": dot_text(f"{node.label} ({node.kind.replace('_', ' ')})"),
        "shape": look.shape,
        "fillcolor": look.fill,
        "color": look.line,
    }
    if look.shape != "box":
        attributes["style"] = "filled"
    if look.shape in {"hexagon", "ellipse"}:  # both leave much room around the words
        attributes["margin"] = "0.01,0.02"
    if node.focus:
        attributes["penwidth"] = "2.8"
    return f'"{dot_text(node.id)}" [{_dot_attributes(attributes)}];'


def _dot_edge(edge: Edge, to_fact: bool) -> str:
    if edge.style == "is_a":
        attributes = {"arrowhead": "onormal", "style": "dotted", "color": _NEITHER}
    else:
        attributes = {
            "arrowhead": {"+": "normal", "-": "tee", "": "vee"}[edge.sign],
            "color": _COLOURS[edge.sign],
        }
        if edge.sign == "-":
            attributes["arrowsize"] = "1.1"
        attributes.update(_dot_certainty(edge))
    if edge.style == "claim" and not edge.sign and not to_fact:
        attributes["constraint"] = "false"  # what does not act must not push a cause to the right of its effect
    if edge.label:
        attributes |= {"label": _dot_lines(edge.label, _EDGE_WIDTH), "fontcolor": attributes["color"]}
    return f'"{dot_text(edge.start)}" -> "{dot_text(edge.end)}" [{_dot_attributes(attributes)}];'


def _dot_certainty(edge: Edge) -> dict[str, str]:
    if edge.grade in {"contested", "refuted"}:
        return {"style": "dashed" if edge.grade == "contested" else "dotted", "penwidth": "1.0"}
    if not edge.sign:
        return {"style": "dashed", "penwidth": "0.8"}
    return {"penwidth": {"established": "1.9", "probable": "1.3"}.get(edge.grade, "0.9")}


def _dot_attributes(attributes: Mapping[str, str]) -> str:
    return ", ".join(f'{name}="{value}"' for name, value in attributes.items())


def _dot_lines(text: str, width: int) -> str:
    return "\\n".join(dot_text(line) for line in _wrapped(text, width))


def dot_text(text: str) -> str:
    """Return text as it may stand between the quotation marks of DOT."""
    text = _printable(text).replace("\\", "\\\\").replace('"', '\\"')
    # Graphviz reads entities such as &lt; in plain labels too
    return re.sub(r"&(?=#?\w+;)", "&amp;", text)


# --- Mermaid ---------------------------------------------------------------------


def to_mermaid(drawing: Drawing) -> str:
    """Return a Mermaid flowchart; ids are n1, n2 and so on, and every label is quoted."""
    names = {node.id: f"n{place}" for place, node in enumerate(drawing.nodes, start=1)}
    lines = ["flowchart LR"]
    lines += [f"%% {_comment(line)}" for line in (*drawing.comment, *_legend("a cross", "a ring"))]
    if len(drawing.edges) > MERMAID_EDGES:
        lines.append(f"%% more than {MERMAID_EDGES} edges: call mermaid.initialize with a higher maxEdges")
    for name, nodes in _grouped(drawing.nodes):
        opening, closing = LOOKS[name].brackets
        lines += [f'  {names[node.id]}{opening}"{mermaid_text(node.label)}"{closing}' for node in nodes]
    lines += [f"  {names[edge.start]} {_mermaid_arrow(edge)} {names[edge.end]}" for edge in drawing.edges]
    for name, nodes in _grouped(drawing.nodes):
        look = LOOKS[name]
        lines.append(f"  classDef {name} fill:{look.fill},stroke:{look.line},color:#1c2126")
        lines.append(f"  class {','.join(names[node.id] for node in nodes)} {name}")
    if focus := [names[node.id] for node in drawing.nodes if node.focus]:
        lines.append("  classDef focus stroke-width:3px")
        lines.append(f"  class {','.join(focus)} focus")
    lines += _mermaid_colours(drawing.edges)
    return "\n".join(lines) + "\n"


def _mermaid_arrow(edge: Edge) -> str:
    tip = "o" if edge.style == "is_a" else "x" if edge.sign == "-" else ">"
    if edge.style == "is_a" or not edge.sign or edge.grade in {"contested", "refuted"}:
        start, end = "-.", f".-{tip}"
    elif edge.grade == "established":
        start, end = "==", f"=={tip}"
    else:
        start, end = "--", f"--{tip}"
    if edge.label:
        return f'{start} "{mermaid_text(edge.label)}" {end}'
    return f"-{end}" if start == "-." else end


def _mermaid_colours(edges: Sequence[Edge]) -> list[str]:
    by_colour: dict[str, list[str]] = {}
    for place, edge in enumerate(edges):
        colour = _NEITHER if edge.style == "is_a" else _COLOURS[edge.sign]
        by_colour.setdefault(colour, []).append(str(place))
    return [f"  linkStyle {','.join(places)} stroke:{colour}" for colour, places in sorted(by_colour.items())]


def mermaid_text(text: str) -> str:
    """Return text as it may stand between the quotation marks of Mermaid.

    Everything but letters, digits and a few harmless marks becomes an entity code
    (`#34;`), since brackets, quotes, backticks and %% have a meaning of their own.
    """
    return re.sub(r"[^\w ,.()'/·↑↓-]|_", lambda match: f"#{ord(match[0])};", _printable(text))


# --- both ------------------------------------------------------------------------


def _grouped(nodes: Iterable[Node]) -> list[tuple[str, list[Node]]]:
    groups: dict[str, list[Node]] = {name: [] for name in LOOKS}
    for node in nodes:
        groups[group_of(node.kind)].append(node)
    return [(name, group) for name, group in groups.items() if group]


def _legend(lowers: str, is_a: str) -> list[str]:
    looks = "; ".join(f"{look.words}: {look.fill}" for look in LOOKS.values())
    return [
        f"legend: an arrow raises or brings about, {lowers} lowers or prevents, {is_a} leads to a class",
        "the thicker a line, the better supported; broken: contested, or neither raises nor lowers",
        f"fills: {looks}",
    ]


def _wrapped(text: str, width: int) -> list[str]:
    # an arrow at the end stays on the line of its word
    whole = re.sub(" (?=[↑↓]$)", "\u00a0", _printable(text))
    return textwrap.wrap(whole, width, break_long_words=False, break_on_hyphens=False) or [""]


def _printable(text: str) -> str:
    """Return text with blanks for line breaks and escapes for what cannot be seen."""
    return visible(_BREAKS.sub(" ", text))


def _comment(text: str) -> str:
    return _printable(text).replace("{", "(").replace("}", ")").replace("%", "")
