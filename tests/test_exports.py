"""Exports: each format is read back by a reader of its own, with hostile labels too."""

from __future__ import annotations

import html
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import pytest
import rdflib
from pyoxigraph import Literal, RdfFormat, Store, Triple, parse

from leukograph.build.release import build
from leukograph.errors import CannotRead, WrongOption
from leukograph.exports import EXTENSIONS, FORMATS, Subgraph, export, subgraph
from leukograph.exports.base import NOTICE
from leukograph.knowledge import Knowledge
from leukograph.model import Answer, Chain, Effect, Question, Step, Verdict
from leukograph.namespaces import BASE, RDFS
from leukograph.render.diagram import chains_to_dot, chains_to_mermaid
from leukograph.render.drawing import LOOKS, dot_text, group_of, mermaid_text
from leukograph.serialise import turtle_of, xml_of, xml_safe
from leukograph.store.reading import read_knowledge

#: Labels that a careless writer would let out of their place.
HOSTILE = [
    'say "no"',
    "line one\nline two",
    "]]> end",
    "<script>alert(1)</script>",
    '"]; a [URL="javascript:alert(1)"];',
    '"]--> n2',
    "back\\slash\\",
    "red \x1b[31m\x07 and \u202e back",
    "a & b &lt; c &amp; d",
    "`ticks` %% {{braces}} #quot; (round) |pipe| *star* _low_",
    "-- // /* */ # comment",
    "1. first",
    "end",
    "θ → ↓ 漢字",
]

ROWS = {
    "terms/tiny.tsv": [
        "cytotoxic_tiny|cytotoxic tiny|drug_class|||Kills dividing cells.|more of it|less of it|",
        "lonely_drug|lonely drug|drug|||Does nothing.|more of it|less of it|",
        "tiny_genotype|tiny genotype|genotype|||A variant.|it is carried|it is not carried|",
        "tiny_test|tiny test|test|||A count.|||",
        "tinyprine|tinyprine|drug|cytotoxic_tiny|Tinyran;tiny pill|A tiny drug.|more of it|less of it|",
    ],
    "evidence/tiny.tsv": [
        "cytotoxic_tiny|kills|neutrophil_mitotic_pool|page_one|supports|trial||",
        "lonely_drug|kills|neutrophil_mitotic_pool|page_one|refutes|trial||no cell died",
        "neutropenia|shown_by|tiny_test|page_two|supports|guideline||",
        "tiny_test|measures|neutrophil_count|page_two|supports|guideline||",
        "tinyprine|associated_with|tiny_genotype|page_one|supports|case_report||",
        "tinyprine|causes|neutropenia|page_one|supports|cohort|dose=high|seen in 3 of 4",
        "tinyprine|causes|neutropenia|page_two|refutes|case_report||",
        "tinyprine|worsened_by|tiny_genotype|page_two|supports|cohort||",
    ],
    "figures.tsv": [
        "tinyprine|neutropenia|incidence|7|6|8|range|%|adults|cohort|page_one||",
        "tinyprine||half_life|2|||||h|adults||page_one||".replace("|||||h", "||||h"),
    ],
    "sources.tsv": [
        "page_one|PMID:1|https://pubmed.ncbi.nlm.nih.gov/1/|A page|1990|abstract|",
        "page_two||https://example.org/two|Another page|2001|full|",
    ],
    "mappings.sssom.tsv": [
        "leukograph:neutropenia|neutropenia|skos:exactMatch|MONDO:0001475|neutropenia|semapv:ManualMappingCuration",
    ],
}
HEADERS = {
    "terms/tiny.tsv": "key label kind parents synonyms definition up down replaced_by",
    "evidence/tiny.tsv": "subject relation object source verdict kind context note",
}


def add_rows(folder: Path) -> None:
    """Add a few made-up terms and claims to a copy of the backbone."""
    for name, rows in ROWS.items():
        path = folder / name
        old = path.read_text(encoding="utf-8") if path.exists() else HEADERS[name].replace(" ", "\t") + "\n"
        lines = [line for line in old.split("\n") if line]
        head = next(place for place, line in enumerate(lines) if not line.startswith("#")) + 1
        new = sorted([*lines[head:], *(row.replace("|", "\t").replace(";", "|") for row in rows)])
        path.write_text("\n".join([*lines[:head], *new]) + "\n", encoding="utf-8")


def knowledge_in(release: Path) -> Knowledge:
    store = Store()
    store.bulk_load(path=str(release), format=RdfFormat.TURTLE)
    return read_knowledge(store)


@pytest.fixture
def release(ontology: Path) -> Path:
    """A small release: the backbone, and a few made-up terms."""
    add_rows(ontology)
    build(ontology, "0.0.1")
    return ontology / "leukograph.ttl"


@pytest.fixture
def tiny(release: Path) -> Knowledge:
    return knowledge_in(release)


@pytest.fixture
def hostile(release: Path) -> tuple[Knowledge, Path]:
    """The same release with hostile labels, planted where no table could hold them."""
    turtle = [quad.triple for quad in parse(release.read_bytes(), format=RdfFormat.TURTLE)]
    owl = [quad.triple for quad in parse(release.with_name("leukograph.owl").read_bytes(), format=RdfFormat.RDF_XML)]
    release.write_bytes(turtle_of(planted(turtle), ["hostile"]))
    release.with_name("leukograph.owl").write_bytes(xml_of(planted(owl), ["hostile"]))
    return knowledge_in(release), release


def planted(triples: list[Triple]) -> Iterator[Triple]:
    targets = targeted()
    for triple in triples:
        label = targets.get(str(triple.subject))
        if label is not None and triple.predicate.value == RDFS + "label":
            yield Triple(triple.subject, triple.predicate, Literal(label, language="en"))
        else:
            yield triple


def targeted() -> dict[str, str]:
    """Return terms around neutropenia, as they are written in triples, with a hostile label each."""
    keys = [
        "tinyprine",
        "cytotoxic_tiny",
        "neutrophil_mitotic_pool",
        "neutrophil_production",
        "neutrophil_storage_pool",
        "neutrophil_release",
        "neutrophil_count",
        "neutropenia",
        "low_white_cell_count",
        "tiny_test",
        "leukocyte_count",
        "leukopenia",
        "neutrophil_destruction",
        "tiny_genotype",
    ]
    return {f"<{BASE}{key}>": label for key, label in zip(keys, HOSTILE, strict=True)}


def labels(knowledge: Knowledge, keys: set[str]) -> dict[str, str]:
    return {key: knowledge.term(key).label for key in keys}


# --- which part ------------------------------------------------------------------


def keys_of(part: Subgraph) -> set[str]:
    return {entry.key for entry in part.entries}


def test_the_whole_holds_every_term_and_every_claim_that_holds(tiny: Knowledge, release: Path) -> None:
    part = subgraph(tiny, release=release)

    assert keys_of(part) == set(tiny.entries)
    assert [claim.key for claim in part.claims] == [key for key, claim in sorted(tiny.claims.items()) if claim.holds]
    assert part.whole


def test_a_part_is_walked_up_and_down_but_never_back(tiny: Knowledge) -> None:
    near = keys_of(subgraph(tiny, "neutrophil_count", 1))

    assert {"neutrophil_release", "neutropenia", "leukocyte_count", "tiny_test"} <= near
    assert "agranulocytosis" not in near
    # what lowers the white-cell count in other ways does not come in over it
    assert "lymphocyte_count" not in keys_of(subgraph(tiny, "neutropenia", 9))


def test_a_kind_brings_in_its_class_and_what_the_class_does(tiny: Knowledge) -> None:
    assert keys_of(subgraph(tiny, "tinyprine", 2)) >= {"cytotoxic_tiny", "neutrophil_mitotic_pool"}
    assert "tinyprine" in keys_of(subgraph(tiny, "neutrophil_mitotic_pool", 2))


def test_depth_zero_is_the_term_alone(tiny: Knowledge) -> None:
    part = subgraph(tiny, "tinyprine", 0)

    assert keys_of(part) == {"tinyprine"}
    assert part.edges == 0


def test_refuted_claims_come_only_when_asked_for(tiny: Knowledge) -> None:
    refuted = "lonely_drug.kills.neutrophil_mitotic_pool"

    assert refuted not in [claim.key for claim in subgraph(tiny, "lonely_drug", 1).claims]
    assert refuted in [claim.key for claim in subgraph(tiny, "lonely_drug", 1, refuted=True).claims]


def test_wrong_questions_are_refused(tiny: Knowledge, release: Path) -> None:
    with pytest.raises(WrongOption):
        export(tiny, "gif", release)
    with pytest.raises(WrongOption):
        export(tiny, "dot", release, focus="neutropenia", depth=-1)
    with pytest.raises(CannotRead):
        export(tiny, "turtle", release.with_name("missing.ttl"))
    release.write_text("no turtle [")
    with pytest.raises(CannotRead):
        export(tiny, "jsonld", release)


def test_every_extension_leads_to_a_format() -> None:
    assert set(EXTENSIONS.values()) == set(FORMATS) - {"owl-signed"}  # .owl means the plain one


@pytest.mark.parametrize("format_", FORMATS)
def test_a_part_says_its_counts_and_its_limits(tiny: Knowledge, release: Path, format_: str) -> None:
    text = export(tiny, format_, release, focus="tinyprine").decode()
    part = subgraph(tiny, "tinyprine")

    assert NOTICE in text
    counts = rf"{len(part.entries)} nodes, {part.edges} edges|\D{len(part.entries)}\D[^\n]*\n[^\n]*\D{part.edges}\D"
    assert re.search(counts, text)


# --- RDF -------------------------------------------------------------------------


def triples_in(content: bytes, format_: RdfFormat) -> set[Triple]:
    return {quad.triple for quad in parse(content, format=format_)}


def test_the_whole_release_is_given_as_it_is(tiny: Knowledge, release: Path) -> None:
    assert export(tiny, "turtle", release) == release.read_bytes()
    assert export(tiny, "owl", release) == release.with_name("leukograph.owl").read_bytes()


def test_turtle_of_a_part_is_a_release_of_its_own(tiny: Knowledge, release: Path, tmp_path: Path) -> None:
    part = subgraph(tiny, "tinyprine", 2, release=release)
    path = tmp_path / "part.ttl"
    path.write_bytes(export(tiny, "turtle", release, focus="tinyprine"))

    again = knowledge_in(path)

    assert set(again.entries) == keys_of(part)
    assert again.claims == {claim.key: claim for claim in part.claims}
    assert [figure.key for figure in again.figures] == [
        figure.key for figure in tiny.figures if {term.key for term in figure.about} <= keys_of(part)
    ]
    assert again.sources.keys() == {"page_one", "page_two", "leukograph_model"} & again.sources.keys()
    assert {row.source for claim in part.claims for row in claim.evidence} <= again.sources.keys()
    whole = triples_in(release.read_bytes(), RdfFormat.TURTLE)
    assert triples_in(path.read_bytes(), RdfFormat.TURTLE) < whole


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # rdflib's own JSON-LD parser
@pytest.mark.parametrize("focus", [None, "tinyprine", "neutropenia"])
def test_jsonld_holds_the_triples_of_the_turtle(tiny: Knowledge, release: Path, focus: str | None) -> None:
    turtle = export(tiny, "turtle", release, focus=focus)
    jsonld = export(tiny, "jsonld", release, focus=focus)

    assert triples_in(jsonld, RdfFormat.JSON_LD) == triples_in(turtle, RdfFormat.TURTLE)
    ours, theirs = rdflib.Graph().parse(data=turtle, format="turtle"), rdflib.Graph()
    theirs.parse(data=jsonld, format="json-ld")
    assert set(ours) == set(theirs)


def test_jsonld_carries_its_context_and_is_compact(tiny: Knowledge, release: Path) -> None:
    value = json.loads(export(tiny, "jsonld", release, focus="tinyprine"))
    node = next(node for node in value["@graph"] if node["id"] == "lg:tinyprine")

    assert isinstance(value["@context"], dict)
    assert node["label"] == "tinyprine"
    assert node["synonyms"] == ["Tinyran", "tiny pill"]
    assert node["isA"] == ["lg:cytotoxic_tiny"]


def load_owl(content: bytes) -> Any:
    import owlready2

    return owlready2.World().get_ontology(BASE).load(fileobj=io.BytesIO(content), only_local=True)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("focus", [None, "tinyprine", "neutropenia"])
def test_owlready2_loads_the_owl(tiny: Knowledge, release: Path, focus: str | None) -> None:
    content = export(tiny, "owl", release, focus=focus)
    part = subgraph(tiny, focus, release=release)

    ontology = load_owl(content)

    found = {class_.iri.removeprefix(BASE) for class_ in ontology.classes()}
    kinds = {key for key in found if key.endswith("_kind")}
    assert found - kinds == keys_of(part)
    assert {entry.term.label for entry in part.entries} <= {str(label) for c in ontology.classes() for label in c.label}
    holding = {
        (class_.name, restriction.property.name, restriction.value.name)
        for class_ in ontology.classes()
        for restriction in class_.is_a
        if hasattr(restriction, "property")
    }
    assert holding == {(c.subject.key, c.relation, c.object.key) for c in part.claims if c.holds}
    for class_ in ontology.classes():  # each has a place, none dangles
        assert class_.is_a or class_.name in kinds


def test_no_axiom_of_a_part_speaks_of_a_class_that_is_not_there(tiny: Knowledge, release: Path) -> None:
    triples = triples_in(export(tiny, "owl", release, focus="neutropenia"), RdfFormat.RDF_XML)
    declared = {str(triple.subject) for triple in triples}
    for triple in triples:
        near = str(triple.object)
        if (near.startswith(f"<{BASE}") and "/releases/" not in near) or near.startswith("_:"):
            assert near in declared, triple
    whole = triples_in(release.with_name("leukograph.owl").read_bytes(), RdfFormat.RDF_XML)
    extra = {triple for triple in triples - whole if not str(triple.object).endswith("_kind>")}
    assert extra == set()
    axioms = [triple for triple in triples if str(triple.object).endswith("owl#Axiom>")]
    assert len(axioms) == len(subgraph(tiny, "neutropenia", release=release).claims)


# --- graphs ----------------------------------------------------------------------


def test_networkx_reads_the_graphml(tiny: Knowledge, release: Path) -> None:
    part = subgraph(tiny, "tinyprine")

    graph = nx.read_graphml(io.BytesIO(export(tiny, "graphml", release, focus="tinyprine")), force_multigraph=True)

    assert set(graph.nodes) == keys_of(part)
    assert graph.nodes["tinyprine"]["synonyms"] == "Tinyran|tiny pill"
    assert graph.graph["edge_count"] == graph.number_of_edges() == part.edges
    edge = graph.get_edge_data("tinyprine", "neutropenia")["tinyprine.causes.neutropenia"]
    assert (edge["relation"], edge["sign"], edge["grade"]) == ("causes", "+", tiny.claims[edge_key()].grade)
    assert edge["sources"] == "PMID:1|https://example.org/two"
    assert graph.number_of_edges("tinyprine", "tiny_genotype") == 2


def edge_key() -> str:
    return "tinyprine.causes.neutropenia"


def test_cytoscape_elements_have_ids_that_meet(tiny: Knowledge, release: Path) -> None:
    value = json.loads(export(tiny, "cytoscape", release, focus="tinyprine"))
    nodes = [node["data"] for node in value["elements"]["nodes"]]
    edges = [edge["data"] for edge in value["elements"]["edges"]]
    ids = [one["id"] for one in [*nodes, *edges]]

    assert len(set(ids)) == len(ids)
    assert {end for edge in edges for end in (edge["source"], edge["target"])} <= {node["id"] for node in nodes}
    assert (value["data"]["nodes"], value["data"]["edges"]) == (len(nodes), len(edges))
    assert [edge["interaction"] for edge in edges if edge["target"] == "cytotoxic_tiny"] == ["is_a"]


# --- diagrams --------------------------------------------------------------------

_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_ATTRIBUTES = rf"\[(?:\w+={_QUOTED}(?:, )?)*\];"


def read_dot(text: str) -> tuple[dict[str, dict[str, str]], list[tuple[str, str, dict[str, str]]]]:
    """Read our DOT strictly: a line that is neither a node nor an edge is a fault."""
    nodes, edges = {}, []
    for line in text.splitlines():
        if re.match(r"\s*(//|digraph leukograph \{$|(graph|node|edge) \[|\}$)", line):
            continue
        if match := re.fullmatch(rf"  {_QUOTED} -> {_QUOTED} ({_ATTRIBUTES})", line):
            edges.append((unquoted(match[1]), unquoted(match[2]), attributes(match[3])))
        elif match := re.fullmatch(rf"  {_QUOTED} ({_ATTRIBUTES})", line):
            nodes[unquoted(match[1])] = attributes(match[2])
        else:
            raise AssertionError(f"not DOT: {line}")
    return nodes, edges


def attributes(text: str) -> dict[str, str]:
    return {name: unquoted(value) for name, value in re.findall(rf"(\w+)={_QUOTED}", text)}


def unquoted(text: str) -> str:
    codes = {"n": " ", '"': '"', "\\": "\\"}
    return html.unescape(re.sub(r"\\(.)", lambda match: codes[match[1]], text))


def shown(label: str) -> str:
    """Return a label as a diagram may show it: on one line, with escapes for what is hidden."""
    hidden = {"\n": " ", "\x1b": "\\x1b", "\x07": "\\x07", "\u202e": "\\u202e"}
    return "".join(hidden.get(letter, letter) for letter in label)


def test_dot_draws_every_node_and_edge_once(tiny: Knowledge, release: Path) -> None:
    part = subgraph(tiny, "tinyprine", 3, refuted=True)

    nodes, edges = read_dot(export(tiny, "dot", release, focus="tinyprine", depth=3, refuted=True).decode())

    assert set(nodes) == keys_of(part)
    assert len(edges) == part.edges
    heads = {(start, end): edge["arrowhead"] for start, end, edge in edges}
    assert heads["cytotoxic_tiny", "neutrophil_mitotic_pool"] == "tee"
    assert heads["tinyprine", "neutropenia"] == "normal"
    assert heads["tinyprine", "cytotoxic_tiny"] == "onormal"
    assert [edge["arrowhead"] for start, end, edge in edges if end == "tiny_genotype"] == ["vee", "vee"]


def test_every_kind_of_the_language_has_a_look(tiny: Knowledge) -> None:
    assert {kind for look in LOOKS.values() for kind in look.kinds} == set(tiny.language.kinds)
    assert group_of("a kind of one's own") == "fact"


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_reads_the_dot(hostile: tuple[Knowledge, Path]) -> None:
    knowledge, release = hostile
    content = export(knowledge, "dot", release, focus="neutropenia", depth=9)

    done = subprocess.run(["dot", "-Tjson"], input=content, capture_output=True, timeout=60, check=True)

    value = json.loads(done.stdout)
    part = subgraph(knowledge, "neutropenia", 9)
    assert {one["name"] for one in value["objects"]} == keys_of(part)
    assert len(value["edges"]) == part.edges
    assert not any("URL" in one or "href" in one for one in [*value["objects"], *value["edges"]])
    svg = subprocess.run(["dot", "-Tsvg"], input=content, capture_output=True, timeout=60, check=True).stdout
    root = ElementTree.fromstring(svg)
    assert not [node for node in root.iter() if node.tag.endswith("script")]
    titles = {node.get("{http://www.w3.org/1999/xlink}title") for node in root.iter()}
    assert {f"{shown(HOSTILE[3])} (lever)", f"{shown(HOSTILE[8])} (condition)"} <= titles


_MERMAID_NODE = re.compile(r'  (n\d+)(?:\(|\(\[|\[\(|\{\{|\[|\[\[|>)"([^"]*)"(?:\)|\]\)|\)\]|\}\}|\]|\]\])')
_MERMAID_EDGE = re.compile(
    r'  n\d+ (?:(?:--|==)[>xo]|-\.-[>xo]|-- "[^"]*" --[>xo]|== "[^"]*" ==[>xo]|-\. "[^"]*" \.-[>xo]) n\d+'
)
_MERMAID_OTHER = re.compile(r"flowchart LR|%% .*|  (classDef|class|linkStyle) [\w,#: ;-]+")


def read_mermaid(text: str) -> tuple[dict[str, str], int]:
    """Read our Mermaid strictly: labels by node, and the number of edges."""
    nodes, edges = {}, 0
    for line in text.splitlines():
        if match := _MERMAID_NODE.fullmatch(line):
            nodes[match[1]] = re.sub(r"#(\d+);", lambda code: chr(int(code[1])), match[2])
        elif _MERMAID_EDGE.fullmatch(line):
            edges += 1
        else:
            assert _MERMAID_OTHER.fullmatch(line), f"not Mermaid: {line}"
    return nodes, edges


def test_mermaid_draws_every_node_and_edge_once(tiny: Knowledge, release: Path) -> None:
    part = subgraph(tiny, "tinyprine", 3)

    nodes, edges = read_mermaid(export(tiny, "mermaid", release, focus="tinyprine", depth=3).decode())

    assert sorted(nodes.values()) == sorted(entry.term.label for entry in part.entries)
    assert edges == part.edges


_PARSE_MERMAID = """
import {JSDOM} from 'jsdom'; import fs from 'fs';
const page = new JSDOM('<body></body>'); globalThis.window = page.window; globalThis.document = page.window.document;
const mermaid = (await import('mermaid')).default;
const text = fs.readFileSync(0, 'utf8');
await mermaid.parse(text);
const diagram = await mermaid.mermaidAPI.getDiagramFromText(text);
const nodes = [...diagram.db.getVertices().values()].map(node => node.text);
console.log(JSON.stringify([nodes, diagram.db.getEdges().length]));
"""


def test_mermaid_itself_reads_the_mermaid(hostile: tuple[Knowledge, Path], tmp_path: Path) -> None:
    """LEUKOGRAPH_NODE_MODULES names a node_modules folder with mermaid and jsdom."""
    modules = Path(os.environ.get("LEUKOGRAPH_NODE_MODULES", "node_modules"))
    if shutil.which("node") is None or not (modules / "mermaid").is_dir() or not (modules / "jsdom").is_dir():
        pytest.skip("the npm packages mermaid and jsdom are not there (set LEUKOGRAPH_NODE_MODULES)")
    knowledge, release = hostile
    content = export(knowledge, "mermaid", release, focus="neutropenia", depth=9)
    (tmp_path / "node_modules").symlink_to(modules.resolve())
    (tmp_path / "parse.mjs").write_text(_PARSE_MERMAID)

    done = subprocess.run(["node", "parse.mjs"], cwd=tmp_path, input=content, capture_output=True, timeout=120)

    assert done.returncode == 0, done.stderr.decode()
    nodes, edges = json.loads(done.stdout)
    part = subgraph(knowledge, "neutropenia", 9)
    # Mermaid keeps entity codes between two marks of its own until it draws
    read = {re.sub(r"ﬂ°°(\d+)¶ß", lambda code: chr(int(code[1])), text) for text in nodes}
    assert read == {shown(entry.term.label) for entry in part.entries}
    assert edges == part.edges


# --- hostile labels ----------------------------------------------------------------


def in_turtle(content: bytes) -> dict[str, str]:
    return labels_in(triples_in(content, RdfFormat.TURTLE))


def in_jsonld(content: bytes) -> dict[str, str]:
    return labels_in(triples_in(content, RdfFormat.JSON_LD))


def in_owl(content: bytes) -> dict[str, str]:
    ElementTree.fromstring(content)
    return labels_in(triples_in(content, RdfFormat.RDF_XML))


def in_signed(content: bytes) -> dict[str, str]:
    """Return the labels of the classes for more, under the keys of their terms."""
    ElementTree.fromstring(content)
    labels = labels_in(triples_in(content, RdfFormat.RDF_XML))
    return {
        key.removeprefix("up_"): label.removesuffix(" (up)") for key, label in labels.items() if label[-5:] == " (up)"
    }


def labels_in(triples: set[Triple]) -> dict[str, str]:
    return {
        str(triple.subject).strip("<>").removeprefix(BASE): triple.object.value
        for triple in triples
        if triple.predicate.value == RDFS + "label" and isinstance(triple.object, Literal)
    }


def in_graphml(content: bytes) -> dict[str, str]:
    return dict(nx.read_graphml(io.BytesIO(content), force_multigraph=True).nodes(data="label"))


def in_cytoscape(content: bytes) -> dict[str, str]:
    assert b"<" not in content
    return {node["data"]["id"]: node["data"]["label"] for node in json.loads(content)["elements"]["nodes"]}


def in_dot(content: bytes) -> dict[str, str]:
    nodes, _ = read_dot(content.decode())
    return {key: node["tooltip"].rpartition(" (")[0] for key, node in nodes.items()}


def in_mermaid(content: bytes) -> dict[str, str]:
    nodes, _ = read_mermaid(content.decode())
    return {str(place): label for place, label in enumerate(sorted(nodes.values()))}


def same(label: str) -> str:
    return label


@pytest.mark.parametrize("focus", ["neutropenia", None])
@pytest.mark.parametrize(
    ("format_", "read", "becomes"),
    [
        ("turtle", in_turtle, same),
        ("owl", in_owl, xml_safe),
        ("owl-signed", in_signed, xml_safe),
        ("jsonld", in_jsonld, same),
        ("graphml", in_graphml, xml_safe),
        ("cytoscape", in_cytoscape, same),
        ("dot", in_dot, shown),
        ("mermaid", in_mermaid, shown),
    ],
    ids=list(FORMATS),
)
def test_hostile_labels_come_back_or_are_escaped(
    hostile: tuple[Knowledge, Path],
    format_: str,
    read: Callable[[bytes], dict[str, str]],
    becomes: Callable[[str], str],
    focus: str | None,
) -> None:
    knowledge, release = hostile
    part = subgraph(knowledge, focus, 9)
    assert set(HOSTILE[:10]) <= {entry.term.label for entry in part.entries}
    expected = {entry.key: becomes(entry.term.label) for entry in part.entries}

    content = export(knowledge, format_, release, focus=focus, depth=9)
    found = read(content)

    if format_ == "mermaid":
        assert sorted(found.values()) == sorted(expected.values())
    else:
        assert {key: found[key] for key in expected} == expected
    if format_ in {"owl", "owl-signed", "graphml", "dot", "mermaid"}:
        assert not set(content.decode()) & {"\x1b", "\x07"}


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_owlready2_loads_hostile_labels(hostile: tuple[Knowledge, Path]) -> None:
    knowledge, release = hostile
    ontology = load_owl(export(knowledge, "owl", release, focus="neutropenia", depth=9))

    found = {class_.name: str(label) for class_ in ontology.classes() for label in class_.label}
    assert found["neutropenia"] == xml_safe(HOSTILE[7])


def test_a_hostile_focus_stays_in_its_comment(hostile: tuple[Knowledge, Path]) -> None:
    knowledge, release = hostile
    for label in HOSTILE:
        entry = knowledge.entries["tinyprine"]
        named = entry._replace(term=entry.term._replace(label=label))
        spoiled = replace(knowledge, entries={**knowledge.entries, "tinyprine": named})
        read_dot(export(spoiled, "dot", release, focus="tinyprine").decode())
        read_mermaid(export(spoiled, "mermaid", release, focus="tinyprine").decode())
        in_owl(export(spoiled, "owl", release, focus="tinyprine"))
        in_turtle(export(spoiled, "turtle", release, focus="tinyprine"))


@pytest.mark.parametrize("label", HOSTILE)
def test_escaping_leaves_no_way_out(label: str) -> None:
    assert re.fullmatch(_QUOTED, f'"{dot_text(label)}"')
    assert unquoted(dot_text(label)) == shown(label)
    assert not set('"`[]{}|<>\\%_*') & set(mermaid_text(label))


# --- the same bytes ----------------------------------------------------------------

_ALL_FORMATS = """
import sys
from hashlib import sha256
from pathlib import Path
from pyoxigraph import RdfFormat, Store
from leukograph.exports import FORMATS, export
from leukograph.store.reading import read_knowledge
store = Store(); store.bulk_load(path=sys.argv[1], format=RdfFormat.TURTLE)
knowledge = read_knowledge(store)
for format_ in FORMATS:
    for focus in (None, "tinyprine", "neutropenia"):
        print(format_, focus, sha256(export(knowledge, format_, Path(sys.argv[1]), focus=focus)).hexdigest())
"""


def test_two_hash_seeds_give_the_same_bytes(release: Path) -> None:
    runs = [
        subprocess.run(
            [sys.executable, "-c", _ALL_FORMATS, str(release)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout
        for seed in ("1", "2")
    ]

    assert runs[0] == runs[1]
    assert len(runs[0].splitlines()) == 3 * len(FORMATS)


# --- chains ------------------------------------------------------------------------


@pytest.fixture
def answer(tiny: Knowledge) -> Answer:
    """Two chains that meet: by way of the class, and the outcome alone."""
    claims = tiny.claims
    tinyprine, class_ = tiny.term("tinyprine"), tiny.term("cytotoxic_tiny")
    steps = (
        Step(claims["cytotoxic_tiny.kills.neutrophil_mitotic_pool"], class_, "down"),
        Step(claims["neutrophil_mitotic_pool.increases.neutrophil_production"], None, "down"),
        Step(claims["neutrophil_count.has_low_state.neutropenia"], None, "up"),
    )
    seen = (Step(claims["tinyprine.causes.neutropenia"], None, "up"),)
    chains = tuple(
        Chain(n, tinyprine, "+", "probable", 0.7, True, "", "production", None, way)
        for n, way in enumerate((steps, seen, steps), start=1)
    )
    effect = Effect(tiny.term("neutropenia"), Verdict("+", "probable", 0.7), chains=chains)
    return Answer("0.0.1", Question("tinyprine", tinyprine, None), (effect,))


def test_chains_are_drawn_from_cause_to_effect(answer: Answer) -> None:
    nodes, edges = read_dot(chains_to_dot(answer))

    assert [node["label"].replace("\u00a0", " ") for node in nodes.values()] == [
        "tinyprine",
        "dividing neutrophil precursors ↓",
        "neutrophil production ↓",
        "neutropenia",
    ] or set(nodes) == {
        "tinyprine up",
        "neutrophil_mitotic_pool down",
        "neutrophil_production down",
        "neutropenia up",
    }
    first = next(edge for start, end, edge in edges if end == "neutrophil_mitotic_pool down")
    assert first["label"] == "kills · established, as cytotoxic tiny"
    assert first["arrowhead"] == "tee"
    assert len(edges) == 4  # two equal chains are drawn once


def test_chains_in_mermaid_show_the_same(answer: Answer) -> None:
    text = chains_to_mermaid(answer)
    nodes, edges = read_mermaid(text)

    assert sorted(nodes.values()) == [
        "dividing neutrophil precursors ↓",
        "neutropenia",
        "neutrophil production ↓",
        "tinyprine",
    ]
    assert edges == 4
    assert "3 chains, 4 nodes, 4 edges" in text
    assert NOTICE in text
