"""The command line: exit codes, errors with a way out, broken outputs, hostile text."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from leukograph.cli import COMMANDS
from tests.conftest import Run

ROOT = Path(__file__).parent.parent


def test_why_answers(run: Run) -> None:
    done = run("why", "clozapine")

    assert done.returncode == 0
    assert "agranulocytosis" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("name", ["Clozaril", "CLOZAPINE", "clozapine", "https://w3id.org/leukograph/clozapine"])
def test_any_name_a_person_would_type_will_do(run: Run, name: str) -> None:
    assert json.loads(run("why", name, "-f", "json").stdout)["question"]["cause"]["key"] == "clozapine"


def test_a_typo_gets_suggestions_and_exit_code_2(run: Run) -> None:
    done = run("why", "clozapin")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: nothing in the graph is called 'clozapin' [LG101]\n")
    assert "clozapine" in done.stderr.splitlines()[1]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["why"], 2),
        (["why", "clozapine", "--limit", "0"], 2),
        (["why", "clozapine", "--effect", "mercaptopurine"], 2),
        (["why", "neutropenia", "--effect", "leukopenia"], 2),
        (["why", "clozapine", "--format", "pdf"], 2),
        (["wy", "clozapine"], 2),
        (["causes", "clozapine"], 2),
        (["causes", "neutropenia", "--route", "magic"], 2),
        (["causes", "neutropenia", "--kind", "unicorn"], 2),
        (["causes", "pseudoleukopenia", "--route", "consumption"], 1),
        (["why", "\udcff\udcfe"], 2),
        (["why", "x" * 100_000], 2),
        (["why", "clozapine", "-o", "x" * 300], 3),
        (["why", "clozapine", "-o", ""], 2),
        (["query", "--timeout", "nan", "-e", "ASK {}"], 2),
        (["query", "--timeout", "inf", "-e", "ASK {}"], 2),
        (["path", "neutropenia", "clozapine"], 1),
        (["search", "qqqqqqqqqqqqqq"], 1),
        (["query", "-e", "SELECT"], 2),
        (["query", "-e", "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"], 2),
        (["query", "no-such-query"], 2),
        (["export", "--focus", "qqqqqqqqqqqqqq"], 2),
        (["check", "/nonexistent"], 2),
        (["build", "/nonexistent"], 2),
    ],
    ids=lambda value: ascii(" ".join(value)[:60]) if isinstance(value, list) else str(value),
)
def test_exit_codes(run: Run, arguments: list[str], code: int) -> None:
    done = run(*arguments)

    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


def test_an_error_is_one_line_and_a_way_out(run: Run) -> None:
    for arguments in (["why"], ["why", "x", "--limit", "none"], ["why", "nobody-is-called-this"], ["query", "-e", "x"]):
        lines = run(*arguments).stderr.splitlines()
        assert lines[0].startswith("Error: "), lines
        assert lines[0].endswith("]"), lines
        assert [line.startswith("  hint: ") for line in lines[1:]] == [True], lines


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
@pytest.mark.parametrize(("closed", "code"), [(">&-", 0), ("2>&-", 0), (">&- 2>&-", 0)])
def test_closed_streams_leave_no_traceback(closed: str, code: int) -> None:
    command = f"{sys.executable} -m leukograph why clozapine {closed}"

    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60)

    assert done.returncode == code
    assert done.stderr == ""


def test_a_wrong_command_is_met_with_the_closest(run: Run) -> None:
    assert "Did you mean: why" in run("whyy", "clozapine").stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_each_help_has_an_example(run: Run, command: str) -> None:
    done = run(command, "--help")

    assert done.returncode == 0
    assert f"leukograph {command}" in done.stdout.partition("Example:")[2]


@pytest.mark.parametrize("command", ["why neutropenia", "causes neutropenia", "export -f turtle", "query --list"])
def test_a_closed_pipe_ends_quietly(command: str) -> None:
    done = subprocess.run(
        f"{sys.executable} -m leukograph {command} | head -1", shell=True, capture_output=True, text=True, timeout=60
    )

    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("command", [["why", "neutropenia"], ["query", "--list"], ["export", "-f", "turtle"]])
def test_a_full_disk_is_one_line(command: list[str]) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "leukograph", *command], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60
        )

    assert done.returncode == 3
    assert "No space left" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_device_named_as_output_is_one_line(run: Run) -> None:
    done = run("why", "clozapine", "-o", "/dev/full")

    assert done.returncode == 3
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"NO_COLOR": "1"},
        {"TERM": "dumb"},
        {"COLUMNS": "20"},
    ],
    ids=str,
)
@pytest.mark.parametrize("command", [["why", "clozapine"], ["describe", "neutrophil count"], ["query", "--list"]])
def test_odd_surroundings_leave_no_traceback(run: Run, environment: dict[str, str], command: list[str]) -> None:
    done = run(*command, environment=environment)

    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_ctrl_c_ends_with_130() -> None:
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    process = subprocess.Popen(
        [sys.executable, "-m", "leukograph", "query", "-e", slow],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    time.sleep(2)
    os.killpg(process.pid, signal.SIGINT)

    _, stderr = process.communicate(timeout=5)

    assert process.returncode == 130
    assert "Traceback" not in stderr


def test_output_goes_to_a_file_and_never_over_one(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "answer.json"

    assert run("why", "clozapine", "-o", str(target)).returncode == 0
    first = target.read_text(encoding="utf-8")
    assert json.loads(first)["schema"] == "leukograph.why/1"
    again = run("why", "mercaptopurine", "-o", str(target))

    assert again.returncode == 2
    assert "--force" in again.stderr
    assert target.read_text(encoding="utf-8") == first
    assert run("why", "mercaptopurine", "-o", str(target), "--force").returncode == 0
    assert list(tmp_path.iterdir()) == [target]


def test_output_into_a_missing_folder_is_one_line(run: Run, tmp_path: Path) -> None:
    done = run("why", "clozapine", "-o", str(tmp_path / "no" / "answer.json"))

    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", ["\x1b[31mred", "a\x07b", "\u202egnp", "x\ry"])
def test_hostile_names_are_shown_escaped(run: Run, name: str) -> None:
    done = run("why", name)

    assert done.returncode == 2
    assert not {"\x1b", "\x07", "\u202e", "\r"} & set(done.stderr)


def test_hostile_labels_are_shown_escaped(run: Run, tmp_path: Path, ontology: Path) -> None:
    """A release of somebody else's making may hold anything; the terminal never sees it raw."""
    from leukograph.build.release import build
    from leukograph.render.text import render

    build(ontology, "0")
    spoiled = tmp_path / "spoiled.ttl"
    text = (ontology / "leukograph.ttl").read_text(encoding="utf-8")
    spoiled.write_text(text.replace('"neutropenia"@en', '"neutro\\u001B[31mpenia\\u202E"@en'), encoding="utf-8")
    import leukograph

    answer = leukograph.load(spoiled, cached=False).why("neutrophil_destruction")

    assert not {"\x1b", "\u202e"} & set(render(answer))


def test_faulty_tables_are_named_and_nothing_is_built(run: Run, ontology: Path) -> None:
    table = ontology / "terms" / "backbone.tsv"
    table.write_text(table.read_text(encoding="utf-8").replace("\tcondition\t", "\tcondishun\t", 1), encoding="utf-8")

    built = run("build", str(ontology))
    checked = run("check", str(ontology))

    assert built.returncode == 2
    assert "terms/backbone.tsv:" in built.stderr
    assert not (ontology / "leukograph.ttl").exists()
    assert checked.returncode == 1
    assert "terms/backbone.tsv:" in checked.stdout


def test_without_a_cache_the_answer_is_the_same(run: Run, tmp_path: Path) -> None:
    locked = tmp_path / "file"
    locked.write_text("a file where a folder should be", encoding="utf-8")

    without = run("why", "clozapine", "-f", "json", environment={"LEUKOGRAPH_HOME": str(locked)})

    assert without.returncode == 0, without.stderr
    assert without.stdout == run("why", "clozapine", "-f", "json").stdout


def test_a_second_demo_does_no_work_again() -> None:
    stamp, project = ROOT / ".venv" / "installed", ROOT / "pyproject.toml"
    if not stamp.exists() or stamp.stat().st_mtime < project.stat().st_mtime or shutil.which("make") is None:
        pytest.skip("the demo has not been run in this checkout since pyproject.toml changed")
    done = subprocess.run(["make", "-n", "demo"], cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert "pip" not in done.stdout
