"""The wheel, built from a clean clone, works where the checkout is not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of what is committed."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("there is no git clone to build from")
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder / "clone")], check=True, timeout=120)
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), folder / "clone"],
        check=True,
        timeout=400,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a process that sees the unpacked wheel and no checkout."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return {**os.environ, "PYTHONPATH": str(folder), "LEUKOGRAPH_HOME": str(folder / "no-cache")}


def call(installed: dict[str, str], tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "leukograph", *arguments],
        env=installed,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


def test_the_wheel_answers_from_its_compiled_release(installed: dict[str, str], tmp_path: Path) -> None:
    done = call(installed, tmp_path, "why", "chemotherapy", "--format", "json")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["effects"]
    assert not Path(installed["LEUKOGRAPH_HOME"]).exists(), "the wheel's own compiled answers were not used"


def test_the_wheel_holds_ontology_queries_and_types(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())

    assert "leukograph/_data/ontology/leukograph.owl" in names
    assert "leukograph/_data/ontology/core.ttl" in names
    assert "leukograph/py.typed" in names
    assert "leukograph/schemas/answers.schema.json" in names
    assert any(name.startswith("leukograph/_data/queries/explain/") for name in names)
    assert any(name.endswith("answers.sqlite") for name in names)


def test_the_wheel_queries_its_store(installed: dict[str, str], tmp_path: Path) -> None:
    done = call(installed, tmp_path, "query", "-e", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "--format", "csv")

    assert done.returncode == 0, done.stderr
    assert int(done.stdout.splitlines()[1]) > 1000
