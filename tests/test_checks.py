"""Each rule of the quality gate finds its planted fault, and is silent on clean tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from leukograph import __version__
from leukograph.build.release import build
from leukograph.checks import Settings, check_folder
from leukograph.checks.report import Finding
from tests.test_tables import CLAIM, SOURCE, TERM, rows

#: A cause for every lever of the backbone, so that the small ontology has no idle one.


def idle_without_a_cause(ontology: Path) -> list[str]:
    """Return the levers of the backbone that nothing of it moves, and that are no route by themselves."""

    def read(name: str) -> list[list[str]]:
        return [line.split("\t") for line in (ontology / name).read_text(encoding="utf-8").splitlines()[1:]]

    moved = {row[2] for row in read("evidence/backbone.tsv")}
    levers = [row for row in read("terms/backbone.tsv") if row[2] == "lever"]
    parents = {parent for row in levers for parent in row[3].split("|")}
    return [row[0] for row in levers if row[0] not in moved | parents]


def sound_tables(ontology: Path) -> Path:
    """The backbone with a drug that moves every lever and kills precursors; built."""
    rows(ontology, "terms/test.tsv", TERM.format("testdrug", "test drug"))
    rows(ontology, "sources.tsv", SOURCE)
    claims = [CLAIM.format("increases", lever) for lever in idle_without_a_cause(ontology)]
    claims += [CLAIM.format("kills", "hematopoietic_stem_cell_pool"), CLAIM.format("causes", "neutropenia")]
    claims.append(CLAIM.format("increases", "neutrophil_precursor_death_in_marrow"))
    rows(ontology, "evidence/test.tsv", *claims)
    build(ontology, __version__)
    return ontology


@pytest.fixture
def sound(ontology: Path) -> Path:
    """Tables without a fault."""
    return sound_tables(ontology)


def findings(folder: Path, **options: object) -> list[Finding]:
    """Build the folder and return what its check finds."""
    build(folder, __version__)
    return list(check_folder(folder, Settings(**options)).findings)  # type: ignore[arg-type]


def rules(folder: Path) -> set[str]:
    return {finding.rule for finding in findings(folder)}


def test_sound_tables_are_met_with_silence(sound: Path) -> None:
    assert findings(sound, shapes=True) == []


def test_a_cause_that_leads_nowhere(sound: Path) -> None:
    rows(sound, "terms/test.tsv", TERM.format("idler", "idle drug"))

    (found,) = findings(sound)
    assert (found.rule, found.severity, found.place) == ("leads-nowhere", "error", "idler")


def test_a_link_to_which_nothing_leads(sound: Path) -> None:
    rows(sound, "terms/test.tsv", "orphan\torphan molecule\tmolecule\t\t\tA molecule.\tit rises\tit falls\t")
    rows(sound, "evidence/test.tsv", "orphan\tincreases\tneutrophil_destruction\tpmid_1\tsupports\ttrial\t\t")

    assert rules(sound) == {"nothing-leads-in"}


def test_a_lever_that_nothing_moves(sound: Path) -> None:
    rows(sound, "terms/test.tsv", "new_lever\tnew lever\tlever\tdestruction\t\tA lever.\tit rises\tit falls\t")
    rows(
        sound,
        "evidence/test.tsv",
        "new_lever\tdecreases\tneutrophil_count\tleukograph_model\tsupports\tdefinition\t\t",
    )

    assert rules(sound) == {"idle-lever"}


def test_a_step_that_restates_the_one_before(sound: Path) -> None:
    rows(sound, "terms/test.tsv", "kind_of_death\tspecial death\tlever\tneutrophil_destruction\t\tA kind.\tup\tdown\t")
    rows(
        sound,
        "evidence/test.tsv",
        CLAIM.format("increases", "kind_of_death"),
        "kind_of_death\tincreases\tneutrophil_destruction\tpmid_1\tsupports\ttrial\t\t",
    )

    assert rules(sound) == {"restated-step"}


def test_a_release_that_is_not_what_the_tables_make(sound: Path) -> None:
    (sound / "leukograph.ttl").write_text("# edited by hand\n", encoding="utf-8")

    assert {finding.rule for finding in check_folder(sound).findings} == {"stale-release"}


def test_row_faults_come_with_their_place(sound: Path) -> None:
    table = sound / "terms" / "test.tsv"
    table.write_text(table.read_text(encoding="utf-8").replace("\tdrug\t", "\tpill\t"), encoding="utf-8")

    assert "terms/test.tsv:2:3" in {finding.place for finding in check_folder(sound).findings}


def test_what_a_class_claim_says_of_its_members_is_told(sound: Path) -> None:
    rows(sound, "terms/test.tsv", "member\tmember drug\tdrug\ttestdrug\t\tA member.\t\t\t")

    told = {finding.place: finding.message for finding in findings(sound, members=True)}

    assert told["testdrug.causes.neutropenia"] == "1 members gain: neutropenia +"
    assert "neutropenia +" in told["testdrug.increases.neutrophil_destruction"]


MAPPING = "leukograph:testdrug\ttest drug\tskos:exactMatch\t{}\t{}\tsemapv:ManualMappingCuration"


@pytest.mark.parametrize(
    ("identifier", "label", "words"),
    [
        ("CHEBI:1", "test drug", ""),
        ("CHEBI:1", "Tested", ""),
        ("CHEBI:1", "another drug", "is 'test drug', not 'another drug'"),
        ("CHEBI:2", "old drug", "is obsolete"),
        ("CHEBI:3", "test drug", "is in none of the tables"),
        ("MONDO:1", "test drug", "no table in"),
    ],
)
def test_mappings_are_held_against_term_tables(
    sound: Path, tmp_path: Path, identifier: str, label: str, words: str
) -> None:
    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "chebi.tsv").write_text(
        "id\tlabel\tsynonyms\tparents\txrefs\tobsolete\n"
        "CHEBI:1\ttest drug\ttested|proven\t\t\tfalse\nCHEBI:2\told drug\t\t\t\ttrue\n",
        encoding="utf-8",
    )
    rows(sound, "mappings.sssom.tsv", MAPPING.format(identifier, label))

    found = [finding for finding in findings(sound, terms=tables) if finding.rule == "mapping"]

    assert [words in finding.message for finding in found] == ([True] if words else [])


def test_the_shipped_mappings_agree_with_the_term_tables(shared: Path) -> None:
    folder = Path(__file__).parent.parent / "ontology"

    found = check_folder(folder, Settings(terms=shared / "terms")).findings

    assert [finding for finding in found if finding.severity == "error"] == []


def test_the_shapes_find_a_claim_without_evidence(sound: Path) -> None:
    from leukograph.checks.shapes import shape_hits

    turtle = (sound / "leukograph.ttl").read_bytes()
    spoiled = turtle + b"\n<https://w3id.org/leukograph/claim/bare> a <https://w3id.org/leukograph/Claim> .\n"

    assert list(shape_hits(sound / "shapes.ttl", turtle)) == []
    assert any("evidence" in finding.message for finding in shape_hits(sound / "shapes.ttl", spoiled))
