"""`leukograph diff` and `Leukograph.diff`: releases that were built, files that are faulty, git revisions."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import leukograph
from leukograph.api import Leukograph, load
from leukograph.build.release import turtle_bytes
from leukograph.build.tables import read_tables
from leukograph.cache import release_file
from leukograph.diff import Diff
from leukograph.errors import WrongOption
from leukograph.resources import PACKAGE
from tests.conftest import ROOT, Run

VALIDATOR = Draft202012Validator(json.loads((PACKAGE / "schemas" / "answers.schema.json").read_text(encoding="utf-8")))

TERM_HEAD = "key label kind parents synonyms definition up down replaced_by".replace(" ", "\t")
ROW_HEAD = "subject relation object source verdict kind context note".replace(" ", "\t")


def built(folder: Path, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(turtle_bytes(read_tables(folder))[0])
    return path


def write(path: Path, *lines: str) -> None:
    path.write_text("\n".join([lines[0], *sorted(line.replace("|", "\t") for line in lines[1:])]) + "\n", "utf-8")


def tables(folder: Path, sources: list[str], terms: list[str], drug: str, pages: int) -> None:
    """Write tables in which some pages say of one drug that it causes neutropenia."""
    told = [f"page_{n}||https://example.org/{n}|Page {n}|2001|full|" for n in range(1, pages + 1)]
    write(folder / "sources.tsv", *sources, *told)
    write(folder / "terms/tiny.tsv", TERM_HEAD, *terms)
    rows = (f"{drug}|causes|neutropenia|page_{n}|supports|case_report||" for n in range(1, pages + 1))
    write(folder / "evidence/tiny.tsv", ROW_HEAD, *rows)


@pytest.fixture
def tiny(ontology: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Two small releases; in the later one a drug has another key and name, and one more source."""
    sources = [line for line in _read(ontology / "sources.tsv").split("\n") if line]
    tables(ontology, sources, ["oldine|oldine|drug|||A drug.|||"], "oldine", 1)
    old = built(ontology, tmp_path / "old" / "leukograph.ttl")
    renamed = ["newine|newine|drug|||A drug.|||", "oldine|oldine|drug|||A drug.|||newine"]
    tables(ontology, sources, renamed, "newine", 2)
    return old, built(ontology, tmp_path / "new.ttl")


def test_two_releases_that_were_built(tiny: tuple[Path, Path], run: Run) -> None:
    old, new = tiny

    done = run("diff", str(old.parent), str(new))

    assert done.returncode == 1, done.stderr
    assert "  - oldine (drug); in its place: newine\n" in done.stdout
    assert "  - newine now explains neutropenia" in done.stdout
    assert "  - newine causes neutropenia [1, 2]" in done.stdout
    assert "[2] Page 2 (2001). https://example.org/2" in done.stdout


def test_markdown_and_json_from_the_command_line(tiny: tuple[Path, Path], run: Run, tmp_path: Path) -> None:
    old, new = map(str, tiny)

    markdown = run("diff", old, new, "-o", str(tmp_path / "changes.md"))
    found = json.loads(run("diff", old, new, "--format", "json").stdout)
    lines = (tmp_path / "changes.md").read_text(encoding="utf-8").splitlines()

    assert markdown.returncode == 1
    assert lines[0].startswith("## 0.1.0-")
    assert "### Dropped terms (1)" in lines
    assert any("([example.org](<https://example.org/1>), " in line for line in lines if line.startswith("- newine"))
    assert found["schema"] == "leukograph.diff/1"
    assert [(one["what"], one["replaced_by"]["key"]) for one in found["terms"] if one["before"]] == [
        (["dropped"], "newine")
    ]
    assert [error.message for error in VALIDATOR.iter_errors(found)] == []


def test_a_release_and_itself(run: Run) -> None:
    done = run("diff", str(release_file()))

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Nothing changed between ")


def test_the_shipped_release_with_one_row_changed(graph: Leukograph, tmp_path: Path) -> None:
    folder = tmp_path / "ontology"
    shutil.copytree(ROOT / "ontology", folder, ignore=shutil.ignore_patterns("leukograph.*"))
    table = next(path for path in sorted(folder.glob("evidence/*.tsv")) if "\nlevamisole\tcauses\tagran" in _read(path))
    lines = _read(table).split("\n")
    kept = [line for line in lines if not line.startswith("levamisole\tcauses\tagran")]
    gone = len(lines) - len(kept)
    table.write_text("\n".join(kept), encoding="utf-8")

    before = load(built(folder, tmp_path / "leukograph.ttl"), cached=False)
    found = before.diff(graph)

    assert gone > 0
    assert [one.claim.key for one in found.claims] == ["levamisole.causes.agranulocytosis"]
    assert {one.cause.key for one in found.answers} == {"levamisole"}
    assert [(one.what, one.term.key, one.ancestor.key) for one in found.inferred] == [
        ("came", "levamisole", "drug_with_agranulocytosis_seen")
    ]
    assert not any((found.terms, found.names, found.figures, found.source_changes, found.language))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


SPOILS = ("parent", "source", "grade")


def spoiled(release: str, how: str) -> str:
    """Return a release in which one thing names what is not there."""
    base = "https://w3id.org/leukograph"
    if how == "parent":
        subclass = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
        return f"{release}\n<{base}/newine> <{subclass}> <{base}/nowhere> .\n"
    if how == "source":
        return release.replace("source source:page_1", "source source:page_9", 1)
    return re.sub('grade "[a-z]+"', 'grade "rumoured"', release, count=1)


@pytest.mark.parametrize(
    "content", [None, b"", b"not turtle {", b"<http://a> <http://b> <http://c> .", b"\xff\xfe\x00", *SPOILS]
)
def test_a_faulty_release_is_one_line_and_exit_code_2(
    run: Run, tmp_path: Path, content: bytes | str | None, tiny: tuple[Path, Path]
) -> None:
    path = tmp_path / "faulty.ttl"
    if isinstance(content, str):
        text = spoiled(_read(tiny[1]), content)
        assert text != _read(tiny[1])
        path.write_text(text, encoding="utf-8")
    elif content is not None:
        path.write_bytes(content)

    for arguments in ((str(path),), (str(release_file()), str(path))):
        done = run("diff", *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert re.fullmatch(r"Error: .*faulty\.ttl.* \[LG401\]\n(  hint: .*\n)?", done.stderr), done.stderr


# --- git -----------------------------------------------------------------------------


@pytest.fixture
def checkout(tiny: tuple[Path, Path], tmp_path: Path) -> Path:
    """A git repository of two commits, the first with the earlier release."""
    folder = tmp_path / "checkout"
    (folder / "ontology").mkdir(parents=True)
    for n, path in enumerate(tiny):
        shutil.copy(path, folder / "ontology" / "leukograph.ttl")
        for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", str(n)]):
            subprocess.run(
                ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *command], cwd=folder, check=True
            )
    return folder


def test_a_git_revision(checkout: Path, run: Run) -> None:
    done = run("diff", "HEAD~1:", "HEAD:", cwd=checkout / "ontology", environment={"PYTHONPATH": str(ROOT)})
    same = run("diff", "HEAD:", str(checkout), cwd=checkout, environment={"PYTHONPATH": str(ROOT)})

    assert (done.returncode, done.stderr) == (1, "")
    assert "oldine (drug); in its place: newine" in done.stdout
    assert same.returncode == 0


@pytest.mark.parametrize(
    ("revision", "said"),
    [
        ("nowhere:", "git has no ontology/leukograph.ttl at nowhere: "),
        ("--output=x:", "names no git revision"),
        (":", "names no git revision"),
        ("nowhere", "holds no release of leukograph"),
        ("", "an empty name holds no release"),
    ],
)
def test_a_revision_that_git_has_not(checkout: Path, run: Run, revision: str, said: str) -> None:
    done = run("diff", "--", revision, cwd=checkout, environment={"PYTHONPATH": str(ROOT)})

    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 2
    assert sorted(path.name for path in checkout.iterdir()) == [".git", "ontology"]


def test_outside_a_checkout_and_without_git(run: Run, tmp_path: Path) -> None:
    outside = run(
        "diff", "HEAD:", cwd=tmp_path, environment={"PYTHONPATH": str(ROOT), "GIT_CEILING_DIRECTORIES": str(tmp_path)}
    )
    no_git = run("diff", "HEAD:", cwd=tmp_path, environment={"PYTHONPATH": str(ROOT), "PATH": str(tmp_path)})

    assert (outside.returncode, no_git.returncode) == (2, 2)
    assert "git has no ontology/leukograph.ttl at HEAD" in outside.stderr
    assert "git cannot be run" in no_git.stderr


# --- the Python side -----------------------------------------------------------------


def test_in_python(graph: Leukograph) -> None:
    assert graph.diff(graph).is_empty
    assert leukograph.Diff is Diff
    with pytest.raises(WrongOption, match="not with str"):
        graph.diff("leukograph.ttl")  # type: ignore[arg-type]
