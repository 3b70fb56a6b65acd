"""The text that teaches to add a cause is followed step by step."""

from __future__ import annotations

from pathlib import Path

from leukograph import load
from leukograph.build.release import build
from tests.conftest import Run
from tests.test_tables import rows

README = (Path(__file__).parent.parent / "ontology" / "README.md").read_text(encoding="utf-8")


def test_adding_a_cause_as_the_readme_says(ontology: Path, run: Run) -> None:
    for word in ("examplamab", "pmid_12345678", "`causes`, `neutropenia`", "`increases` `neutrophil_destruction`"):
        assert word in " ".join(README.split()), word

    rows(
        ontology,
        "sources.tsv",
        "pmid_12345678\tPMID:12345678\thttps://pubmed.ncbi.nlm.nih.gov/12345678/\tA title\t2010\tabstract\t",
    )
    rows(
        ontology, "terms/test.tsv", "examplamab\texamplamab\tdrug\t\tExampla\tAn antibody, made up for this text.\t\t\t"
    )
    rows(ontology, "evidence/test.tsv", "examplamab\tcauses\tneutropenia\tpmid_12345678\tsupports\tcohort\t\tseen")
    build(ontology, "0")
    answer = load(ontology / "leukograph.ttl", cached=False).why("examplamab")
    assert [chain.route for chain in answer.effects[0].chains] == ["unknown"]

    rows(
        ontology,
        "evidence/test.tsv",
        "examplamab\tincreases\tneutrophil_destruction\tpmid_12345678\tsupports\tcohort\t\tseen too",
    )
    assert run("build", str(ontology)).returncode == 0
    assert "examplamab" not in run("check", str(ontology)).stdout
    answer = load(ontology / "leukograph.ttl", cached=False).why("Exampla", effect="neutropenia")
    (chain,) = answer.effects[0].chains
    assert (chain.route, chain.observed) == ("destruction", True)
