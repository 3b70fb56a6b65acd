"""Each fault of a row is found, with file, line and column; clean tables stay silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from leukograph.build.tables import read_tables
from leukograph.errors import CannotRead, FaultyOntology

TERM = "{}\t{}\tdrug\t\t\tA drug for the test.\t\t\t"
SOURCE = "pmid_1\tPMID:1\thttps://pubmed.ncbi.nlm.nih.gov/1/\tA title\t1990\tabstract\t"
CLAIM = "testdrug\t{}\t{}\tpmid_1\tsupports\ttrial\t\tseen"


def rows(folder: Path, name: str, *lines: str) -> None:
    """Add rows to a table, in order."""
    path = folder / name
    if not path.exists():
        header = (folder / name.split("/")[0] / "backbone.tsv").read_text(encoding="utf-8").split("\n")[0]
        path.write_text(header + "\n", encoding="utf-8")
    head, *old = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    comments = [line for line in (head, *old) if line.startswith("#")]
    table = [line for line in (head, *old) if not line.startswith("#")]
    path.write_text("\n".join([*comments, table[0], *sorted([*table[1:], *lines])]) + "\n", encoding="utf-8")


def spoil(folder: Path, name: str, old: str, new: str) -> None:
    """Replace text in a file; it must be there."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def small(ontology: Path) -> Path:
    """The backbone with one drug, one source and three claims."""
    rows(ontology, "terms/test.tsv", TERM.format("testdrug", "test drug"))
    rows(ontology, "sources.tsv", SOURCE)
    rows(
        ontology,
        "evidence/test.tsv",
        CLAIM.format("causes", "neutropenia"),
        CLAIM.format("kills", "neutrophil_mitotic_pool"),
    )
    return ontology


def faults(folder: Path) -> list[str]:
    with pytest.raises(FaultyOntology) as caught:
        read_tables(folder)
    return list(caught.value.faults)


def test_clean_tables_have_no_fault(small: Path) -> None:
    tables = read_tables(small)

    assert "testdrug" in tables.terms
    assert ("testdrug", "kills", "neutrophil_mitotic_pool") in tables.claims()


@pytest.mark.parametrize(
    ("name", "old", "new", "place", "words"),
    [
        ("terms/test.tsv", "testdrug\t", "TestDrug\t", "terms/test.tsv:2:1", "is not a key"),
        ("terms/test.tsv", "testdrug\t", "neutropenia\t", "terms/test.tsv:2:1", "is taken"),
        ("terms/test.tsv", "\tdrug\t", "\tdrugg\t", "terms/test.tsv:2:3", "no kind of term; closest: drug"),
        ("terms/test.tsv", "\tdrug\t\t", "\tdrug\tnobody\t", "terms/test.tsv:2:4", "'nobody' is no term"),
        ("terms/test.tsv", "A drug for the test.", "", "terms/test.tsv:2:6", "needs a definition"),
        ("terms/test.tsv", "\ttest drug\t", "\tneutropenia\t", "terms/test.tsv:2:5", "already names"),
        ("terms/test.tsv", "test.\t\t\t", "test.\tup only\t\t", "terms/test.tsv:2:7", "both clauses"),
        ("terms/test.tsv", "\tdrug\t", "\tmolecule\t", "terms/test.tsv:2:7", "needs a clause"),
        ("terms/test.tsv", "test drug", " test drug", "terms/test.tsv:2:2", "blanks"),
        ("terms/test.tsv", "test drug", '"test drug"', "terms/test.tsv:2:2", "quoted"),
        ("terms/test.tsv", "test drug", "test \x1b[31mdrug", "terms/test.tsv:2:2", "control character U+001B"),
        ("terms/test.tsv", "test drug", "test\u202edrug", "terms/test.tsv:2:2", "control character U+202E"),
        ("terms/test.tsv", "test drug\tdrug", "test drug", "terms/test.tsv:2:1", "8 cells, 9 were expected"),
        ("terms/test.tsv", "key\tlabel", "key\tname", "terms/test.tsv:1:1", "the header should be"),
        ("evidence/test.tsv", "\tkills\t", "\tkils\t", "evidence/test.tsv:3:2", "no relation; closest: kills"),
        (
            "evidence/test.tsv",
            "mitotic_pool",
            "mitotik_pool",
            "evidence/test.tsv:3:3",
            "closest: neutrophil_mitotic_pool",
        ),
        (
            "evidence/test.tsv",
            "\tkills\tneutrophil_mitotic_pool",
            "\tkills\tneutrophil_count",
            "evidence/test.tsv:3:3",
            "may be: pool",
        ),
        ("evidence/test.tsv", "\tpmid_1\t", "\tpmid_2\t", "evidence/test.tsv:2:4", "no key in sources.tsv"),
        ("evidence/test.tsv", "\tsupports\t", "\tproves\t", "evidence/test.tsv:2:5", "supports or refutes"),
        ("evidence/test.tsv", "\ttrial\t", "\thearsay\t", "evidence/test.tsv:2:6", "no kind of evidence"),
        ("evidence/test.tsv", "\ttrial\t", "\tdefinition\t", "evidence/test.tsv:2:6", "go together"),
        ("evidence/test.tsv", "\ttrial\t", "\tweak_null\t", "evidence/test.tsv:2:6", "a kind of null result"),
        ("evidence/test.tsv", "\ttrial\t\t", "\ttrial\tmoon=full\t", "evidence/test.tsv:2:7", "no key of a context"),
        ("evidence/test.tsv", "\ttrial\t\t", "\ttrial\tdose\t", "evidence/test.tsv:2:7", "key=value"),
        ("evidence/test.tsv", "\ttrial\t\t", "\ttrial\tstage=soon\t", "evidence/test.tsv:2:7", "stage is one of"),
        ("evidence/test.tsv", "\ttrial\t\t", "\ttrial\trange=low\t", "evidence/test.tsv:2:7", "range is one of"),
        ("sources.tsv", "PMID:1", "PMID:x", "sources.tsv:3:2", "neither PMID"),
        ("sources.tsv", "https://pubmed", "ftp://pubmed", "sources.tsv:3:3", "the address of the page"),
        ("sources.tsv", "\t1990\t", "\t3990\t", "sources.tsv:3:5", "no year"),
        ("sources.tsv", "\tabstract\t", "\tskimmed\t", "sources.tsv:3:6", "what was read"),
    ],
)
def test_a_planted_fault_is_found_at_its_place(
    small: Path, name: str, old: str, new: str, place: str, words: str
) -> None:
    spoil(small, name, old, new)

    assert any(fault.startswith(f"{place}: ") and words in fault for fault in faults(small)), faults(small)


def test_one_source_says_one_thing_once_in_one_context(small: Path) -> None:
    again = CLAIM.format("causes", "neutropenia")
    rows(small, "evidence/test.tsv", again.replace("\ttrial\t\t", "\ttrial\tdose=high\t"))
    assert len(read_tables(small).claims()[("testdrug", "causes", "neutropenia")]) == 2

    rows(small, "evidence/more.tsv", again.replace("\ttrial\t\tseen", "\tcohort\t\tseen again"))

    (fault,) = faults(small)
    assert fault.startswith("evidence/test.tsv:2:4: ")
    assert "evidence/more.tsv:2 says this of the same source" in fault


FIGURE = "testdrug\tneutropenia\t{quantity}\t{value}\t{low}\t{high}\t{spread}\t{unit}\t{population}\t\tpmid_1\t\t"
GOOD = {
    "quantity": "nadir",
    "value": "10",
    "low": "8",
    "high": "12",
    "spread": "range",
    "unit": "d",
    "population": "adults",
}


@pytest.mark.parametrize(
    ("change", "column", "words"),
    [
        ({"unit": "days"}, 8, "no unit in use"),
        ({"unit": "%"}, 8, "has the dimension time, not share"),
        ({"quantity": "length"}, 3, "no quantity"),
        ({"value": "", "low": "", "high": "", "spread": ""}, 4, "needs a number"),
        ({"value": "ten"}, 4, "is no number"),
        ({"value": "20"}, 4, "not in rising order"),
        ({"value": "99999", "high": "99999"}, 4, "outside what is plausible"),
        ({"spread": ""}, 7, "say what low and high are"),
        ({"spread": "about"}, 7, "was expected"),
        ({"population": ""}, 9, "of whom"),
    ],
)
def test_a_faulty_figure_is_found(small: Path, change: dict[str, str], column: int, words: str) -> None:
    rows(small, "figures.tsv", FIGURE.format(**GOOD))
    read_tables(small)
    spoil(small, "figures.tsv", FIGURE.format(**GOOD), FIGURE.format(**{**GOOD, **change}))

    assert any(f":2:{column}: " in fault and words in fault for fault in faults(small)), faults(small)


def test_two_words_for_one_fact_are_a_fault(small: Path) -> None:
    rows(small, "evidence/test.tsv", CLAIM.format("decreases", "neutrophil_mitotic_pool"))

    assert any("use one word" in fault for fault in faults(small))


def test_a_loop_is_named_edge_by_edge(small: Path) -> None:
    back = "neutrophil_count\tincreases\thematopoietic_stem_cell_pool\tleukograph_model\tsupports\tdefinition\t\t"
    rows(small, "evidence/test.tsv", back)

    (fault,) = [fault for fault in faults(small) if "loop" in fault]
    assert "neutrophil_count increases hematopoietic_stem_cell_pool" in fault
    assert "neutrophil_release increases neutrophil_count" in fault


def test_a_loop_through_a_kind_is_found(small: Path) -> None:
    rows(
        small,
        "terms/test.tsv",
        "first\tfirst thing\tmolecule\t\t\tA thing.\tit rises\tit falls\t",
        "second\tsecond thing\tmolecule\tfirst\t\tA kind of the first.\tit rises too\tit falls too\t",
    )
    rows(small, "evidence/test.tsv", "first\tincreases\tsecond\tpmid_1\tsupports\ttrial\t\t")

    assert any("second is a first" in fault for fault in faults(small))


def test_a_member_that_refutes_its_class_is_a_fault(small: Path) -> None:
    rows(small, "terms/test.tsv", "member\tmember drug\tdrug\ttestdrug\t\tA member.\t\t\t")
    rows(small, "evidence/test.tsv", "member\tkills\tneutrophil_mitotic_pool\tpmid_1\trefutes\ttrial\t\tno death")

    assert any("refutes what evidence/test.tsv" in fault for fault in faults(small))


def test_unsorted_and_repeated_rows_are_found(small: Path) -> None:
    path = small / "evidence" / "test.tsv"
    head, first, second = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    path.write_text("\n".join([head, second, first, first]) + "\n", encoding="utf-8")

    found = faults(small)
    assert any(fault.startswith("evidence/test.tsv:3:1") and "not sorted" in fault for fault in found)
    assert any(fault.startswith("evidence/test.tsv:4:1") and "says the same" in fault for fault in found)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbfkey\tlabel", "byte-order mark"),
        (b"key\tlabel\n\xff\xfe", "is not UTF-8"),
        ("schlüssel".encode("utf-16"), "is not UTF-8"),
    ],
)
def test_files_that_are_no_tables(small: Path, content: bytes, words: str) -> None:
    (small / "terms" / "test.tsv").write_bytes(content)

    assert any(words in fault for fault in faults(small))


def test_a_cut_off_file_is_found(small: Path) -> None:
    path = small / "terms" / "test.tsv"
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n"), encoding="utf-8")

    assert any("was the file cut off" in fault for fault in faults(small))


def test_a_source_that_nothing_cites_is_found(small: Path) -> None:
    rows(small, "sources.tsv", SOURCE.replace("pmid_1", "pmid_2").replace("PMID:1", "PMID:2"))

    assert any("no row cites this source" in fault for fault in faults(small))


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match="nowhere"):
        read_tables(tmp_path / "nowhere")
