"""The plain commands stay clear of heavy libraries."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from leukograph.api import Leukograph

HEAVY = {"rdflib", "owlready2", "networkx", "rich", "numpy", "pyshacl", "pyoxigraph", "scipy", "matplotlib"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["why", "chemotherapy"],
        ["why", "neutropenia", "--format", "json"],
        ["causes", "lymphopenia", "--route", "destruction"],
        ["describe", "neutrophil count"],
        ["search", "neutropenia"],
    ],
    ids=" ".join,
)
def test_no_heavy_library_is_loaded(graph: Leukograph, arguments: list[str]) -> None:
    assert graph.resolve("neutropenia") == "neutropenia"  # the cache is there
    probe = (
        "import sys; from leukograph.cli import run; code = run(sys.argv[1:]); "
        "print('LOADED', *sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr); sys.exit(code)"
    )

    done = subprocess.run(
        [sys.executable, "-c", probe, *arguments], capture_output=True, text=True, timeout=60, env=os.environ
    )

    assert done.returncode == 0, done.stderr
    loaded = set(done.stderr.rpartition("LOADED")[2].split())
    assert loaded & HEAVY == set()


def test_importing_the_package_loads_nothing_of_it() -> None:
    probe = "import leukograph, sys; print(*(name for name in sys.modules if name.startswith('leukograph.')))"

    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=60)

    assert done.stdout.strip() == ""


def test_public_names_can_be_imported() -> None:
    import leukograph

    for name in leukograph.__all__:
        assert getattr(leukograph, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        leukograph.nonsense  # noqa: B018 - reading the attribute is the test
