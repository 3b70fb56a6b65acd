"""OBO, OBO Graphs and KGX become the quads that they mean."""

from __future__ import annotations

import io
import json
from pathlib import Path

import fastobo
import pytest
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Quad

from leukograph.store.formats import Format, Tally, quads

OBO = "http://purl.obolibrary.org/obo/"
BIOLINK = "https://w3id.org/biolink/vocab/"
ONTOLOGY = """format-version: 1.2
data-version: releases/2024-01-01
ontology: demo
default-namespace: cell

[Term]
id: CL:0000001
name: cell
def: "A \\"unit\\" of life." [PMID:1, DOI:2]
synonym: "unit" EXACT [PMID:3]
synonym: "corpuscle" RELATED []
xref: MESH:D1
is_a: CL:0000002 {source="PMID:4"}
relationship: part_of CL:0000003
relationship: has_part CL:0000004 {cardinality="1"}
disjoint_from: CL:0000005
comment: a remark
alt_id: CL:0000009

[Term]
id: CL:0000006
name: blood cell
namespace: other
intersection_of: CL:0000001
intersection_of: part_of CL:0000007
is_a: CL:0000001 {gci_relation="part_of", gci_filler="CL:0000008"}

[Term]
id: CL:0000010
name: old
is_obsolete: true
replaced_by: CL:0000001
consider: CL:0000002

[Typedef]
id: part_of
name: part of
is_transitive: true
inverse_of: has_part
holds_over_chain: part_of part_of
"""


def written(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def canonical(found: list[Quad]) -> set[str]:
    dataset = Dataset(found)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in dataset}


def read(path: Path, **options: object) -> list[Quad]:
    return list(quads(path, **options))  # type: ignore[arg-type]


def test_obo_means_the_owl_that_the_converter_of_its_parser_writes(tmp_path: Path) -> None:
    """fastobo's own conversion, in Rust, is the oracle. It takes a subclass within a relation for a plain one."""
    text = "\n".join(line for line in ONTOLOGY.split("\n") if "gci_relation" not in line)
    ours = [quad for quad in read(written(tmp_path, "demo.obo", text)) if "versionInfo" not in quad.predicate.value]
    output = io.BytesIO()
    fastobo.dump_owl(fastobo.loads(text), output, "rdf")
    (tmp_path / "demo.owl").write_bytes(output.getvalue())

    assert canonical(ours) == canonical(read(tmp_path / "demo.owl"))
    assert len(ours) > 70


def test_a_relation_goes_by_the_identifier_that_it_stands_for(tmp_path: Path) -> None:
    text = ONTOLOGY.replace("id: part_of\n", "id: part_of\nxref: BFO:0000050\n")

    found = [str(quad) for quad in read(written(tmp_path, "demo.obo", text))]

    assert [line for line in found if "#part_of" in line] == []
    assert f'<{OBO}BFO_0000050> <http://www.w3.org/2000/01/rdf-schema#label> "part of"' in found
    restrictions = [line for line in found if "onProperty" in line and "BFO_0000050" in line]
    assert len(restrictions) == 3


@pytest.mark.parametrize(
    ("qualifier", "how"),
    [
        ("", "someValuesFrom"),
        ('{cardinality="0"}', "qualifiedCardinality"),
        ('{maxCardinality="2"}', "maxQualifiedCardinality"),
        ('{minCardinality="2"}', "minQualifiedCardinality"),
        ('{all_only="true"}', "allValuesFrom"),
    ],
)
def test_a_qualifier_that_changes_the_meaning_is_no_mere_note(tmp_path: Path, qualifier: str, how: str) -> None:
    text = f"format-version: 1.2\nontology: x\n\n[Term]\nid: CL:1\nrelationship: has_part CL:2 {qualifier}\n"

    found = [str(quad) for quad in read(written(tmp_path, "x.obo", text))]

    names = [line.split(" ")[1].partition("#")[2].rstrip(">") for line in found]
    said = [name for name in names if name.endswith(("ValuesFrom", "ualifiedCardinality"))]
    assert said == [how]


def test_a_frame_that_holds_only_within_a_relation_is_no_plain_subclass(tmp_path: Path) -> None:
    found = read(written(tmp_path, "demo.obo", ONTOLOGY))

    plain = [
        str(quad.object)
        for quad in found
        if str(quad.subject) == f"<{OBO}CL_0000006>" and quad.predicate.value.endswith("subClassOf")
    ]
    assert plain == []


def test_instances_are_told_as_left_out(tmp_path: Path) -> None:
    tally = Tally()

    read(written(tmp_path, "demo.obo", ONTOLOGY + "\n[Instance]\nid: CL:11\nname: x\n"), tally=tally)

    assert tally.notes == ["demo.obo: [Instance] frames are not read; left out: 1"]


def test_reading_obo_twice_gives_the_same_blank_nodes(tmp_path: Path) -> None:
    path = written(tmp_path, "demo.obo", ONTOLOGY)

    first = read(path)

    assert [str(quad) for quad in first] == [str(quad) for quad in read(path)]
    assert any(isinstance(quad.subject, BlankNode) for quad in first)


GRAPH = {
    "graphs": [
        {
            "id": f"{OBO}demo.owl",
            "nodes": [
                {
                    "id": f"{OBO}CL_0000001",
                    "lbl": "cell",
                    "type": "CLASS",
                    "meta": {
                        "definition": {"val": 'A "unit" of life.', "xrefs": ["PMID:1", "DOI:2"]},
                        "synonyms": [
                            {"pred": "hasExactSynonym", "val": "unit", "xrefs": ["PMID:3"]},
                            {"pred": "hasRelatedSynonym", "val": "corpuscle", "xrefs": []},
                        ],
                        "xrefs": [{"val": "MESH:D1"}],
                        "comments": ["a remark"],
                    },
                },
                {"id": f"{OBO}CL_0000010", "lbl": "old", "type": "CLASS", "meta": {"deprecated": True}},
                {"id": f"{OBO}BFO_0000050", "lbl": "part of", "type": "PROPERTY", "propertyType": "OBJECT"},
                {"id": f"{OBO}x", "type": "INDIVIDUAL"},
            ],
            "edges": [
                {"sub": f"{OBO}CL_0000001", "pred": "is_a", "obj": f"{OBO}CL_0000002"},
                {"sub": f"{OBO}CL_0000001", "pred": f"{OBO}BFO_0000050", "obj": f"{OBO}CL_0000003"},
                {"sub": f"{OBO}BFO_0000050", "pred": "subPropertyOf", "obj": f"{OBO}RO_1"},
                {"sub": f"{OBO}x", "pred": f"{OBO}BFO_0000050", "obj": f"{OBO}y"},
            ],
            "logicalDefinitionAxioms": [
                {
                    "definedClassId": f"{OBO}CL_0000006",
                    "genusIds": [f"{OBO}CL_0000001"],
                    "restrictions": [{"propertyId": f"{OBO}BFO_0000050", "fillerId": f"{OBO}CL_0000007"}],
                }
            ],
            "equivalentNodesSets": [{"nodeIds": [f"{OBO}CL_1", f"{OBO}CL_2"]}],
            "domainRangeAxioms": [{"predicateId": f"{OBO}BFO_0000050", "domainClassIds": [f"{OBO}CL_1"]}],
            "propertyChainAxioms": [{"predicateId": f"{OBO}a", "chainPredicateIds": [f"{OBO}b", f"{OBO}c"]}],
        }
    ]
}


def test_obo_graphs_mean_what_the_same_obo_means(tmp_path: Path) -> None:
    obo = """format-version: 1.2
ontology: demo

[Term]
id: CL:0000001
name: cell
def: "A \\"unit\\" of life." [PMID:1, DOI:2]
synonym: "unit" EXACT [PMID:3]
synonym: "corpuscle" RELATED []
xref: MESH:D1
is_a: CL:0000002
relationship: BFO:0000050 CL:0000003
comment: a remark

[Term]
id: CL:0000006
intersection_of: CL:0000001
intersection_of: BFO:0000050 CL:0000007

[Term]
id: CL:0000010
name: old
is_obsolete: true
"""
    expected = {
        line
        for line in map(str, read(written(tmp_path, "demo.obo", obo)))
        if "oboInOwl#id>" not in line and "FormatVersion" not in line
    } - {f"<{OBO}CL_0000006> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/2002/07/owl#Class>"}

    found = set(map(str, read(written(tmp_path, "demo.json", json.dumps(GRAPH)))))

    assert expected - found == set()
    # what is read beyond is what this OBO does not say
    beyond = [line for line in found - expected if "#type>" not in line and "_:" not in line]
    assert sorted(line.split("> <")[1].rpartition("/")[2] for line in beyond) == [
        "BFO_0000050",
        "owl#equivalentClass",
        "rdf-schema#domain",
        'rdf-schema#label> "part of"',
        "rdf-schema#subPropertyOf",
    ]


NODES = """id\tcategory\tname\txref\tin_taxon\textra column
CL:0000738\tbiolink:Cell|biolink:NamedThing\tleukocyte\tMESH:D007962|ODD:1\tNCBITaxon:9606\tfree text
"""
EDGES = """id\tsubject\tpredicate\tobject\tnegated\tpublications\tprimary_knowledge_source\tknowledge_level
urn:uuid:1\tMONDO:1\tbiolink:has_phenotype\tHP:0001882\t\tPMID:1|PMID:2\tinfores:hpo\tknowledge_assertion
e2\tMONDO:2\tbiolink:has_phenotype\tHP:0001882\ttrue\t\t\tnot_provided
\tMONDO:3\tbiolink:has_phenotype\tHP:0001882
"""


def test_kgx_nodes_keep_every_cell(tmp_path: Path) -> None:
    found = [str(quad).removeprefix(f"<{OBO}CL_0000738> ") for quad in read(written(tmp_path, "a_nodes.tsv", NODES))]

    assert found == [
        f"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{BIOLINK}Cell>",
        f"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{BIOLINK}NamedThing>",
        '<http://www.w3.org/2000/01/rdf-schema#label> "leukocyte"',
        f"<{BIOLINK}xref> <https://id.nlm.nih.gov/mesh/D007962>",
        f'<{BIOLINK}xref> "ODD:1"',
        f"<{BIOLINK}in_taxon> <{OBO}NCBITaxon_9606>",
        f'<{BIOLINK}extra_column> "free text"',
    ]


def test_kgx_edges_are_triples_and_nodes_that_hold_their_evidence(tmp_path: Path) -> None:
    found = [str(quad) for quad in read(written(tmp_path, "a_edges.tsv", EDGES))]

    stated = [
        line for line in found if f"<{BIOLINK}has_phenotype> <{OBO}HP_0001882>" in line and "predicate" not in line
    ]
    assert stated == [f"<{OBO}MONDO_{n}> <{BIOLINK}has_phenotype> <{OBO}HP_0001882>" for n in (1, 3)], "no negated one"
    assert [line.removeprefix("<urn:uuid:1> ") for line in found if line.startswith("<urn:uuid:1>")] == [
        f"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{BIOLINK}Association>",
        f"<{BIOLINK}subject> <{OBO}MONDO_1>",
        f"<{BIOLINK}predicate> <{BIOLINK}has_phenotype>",
        f"<{BIOLINK}object> <{OBO}HP_0001882>",
        f"<{BIOLINK}publications> <https://pubmed.ncbi.nlm.nih.gov/1>",
        f"<{BIOLINK}publications> <https://pubmed.ncbi.nlm.nih.gov/2>",
        f"<{BIOLINK}primary_knowledge_source> <https://w3id.org/biolink/infores/hpo>",
        f'<{BIOLINK}knowledge_level> "knowledge_assertion"',
    ]
    assert f'<urn:leukograph:edge:e2> <{BIOLINK}negated> "true"^^<http://www.w3.org/2001/XMLSchema#boolean>' in found
    assert found == [str(quad) for quad in read(tmp_path / "a_edges.tsv")], "edges without an id get the same one again"


def test_kgx_as_json_lines_says_what_the_table_says(tmp_path: Path) -> None:
    rows = []
    for text in (NODES, EDGES):
        header, *lines = (line.split("\t") for line in text.splitlines())
        for line in lines:
            row = {name: cell for name, cell in zip(header, line, strict=False) if cell}
            rows.append({name: cell.split("|") if "|" in cell else cell for name, cell in row.items()})
    path = written(tmp_path, "a.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    tables = read(written(tmp_path, "n.tsv", NODES)) + read(written(tmp_path, "e.tsv", EDGES))

    def named(found: list[Quad]) -> set[str]:
        # an edge without an id is named after how its row was written
        return {str(quad) for quad in found if "edge:" not in str(quad) or "edge:e2" in str(quad)}

    assert named(read(path)) == named(tables)


def test_numbers_and_objects_of_json_keep_their_type(tmp_path: Path) -> None:
    row = {"id": "CL:1", "score": 0.5, "count": 3, "flag": True, "nested": {"b": 1, "a": [2]}}

    found = [str(quad).split("> ", 2)[2] for quad in read(written(tmp_path, "a.jsonl", json.dumps(row) + "\n"))]

    xsd = "http://www.w3.org/2001/XMLSchema#"
    assert found == [
        f'"0.5"^^<{xsd}double>',
        f'"3"^^<{xsd}integer>',
        f'"true"^^<{xsd}boolean>',
        '"{\\"a\\": [2], \\"b\\": 1}"',
    ]


def test_prefixes_that_are_given_go_before_those_that_are_known(tmp_path: Path) -> None:
    path = written(tmp_path, "a_nodes.tsv", "id\tcategory\nODD:1\tbiolink:Cell\n")

    found = read(path, prefixes={"ODD": "http://e/odd/"}, form=Format.KGX_NODES)

    assert str(found[0].subject) == "<http://e/odd/1>"
