"""`make bench`: what commands cost, as ratios to a named reference.

Whole processes; each command and its reference run in turn, so that a change of
the machine's mood hits both; medians. A ratio above its limit is marked and ends
the run with exit code 1. Nothing here is a timed test.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
BIN = Path(sys.executable).parent
LEUKOGRAPH = str(BIN / "leukograph")
PYTHON = sys.executable
ROUNDS = int(os.environ.get("LEUKOGRAPH_BENCH_ROUNDS", "15"))

BARE = ("a bare interpreter", [PYTHON, "-c", "pass"])
GRAPH_LIBRARIES = ("importing click and networkx", [PYTHON, "-c", "import click, networkx"])
STORE = ("importing pyoxigraph", [PYTHON, "-c", "import pyoxigraph"])
BUILD = ("leukograph build", [LEUKOGRAPH, "build", "ontology"])
OWL = (ROOT / "ontology" / "leukograph.owl").as_uri()
READING = (
    "owlready2 reading leukograph.owl",
    [PYTHON, "-c", f"import owlready2; owlready2.World().get_ontology({OWL!r}).load()"],
)
#: Every so many pairs of a cause and a count that it influences are proven.
PROVEN = 25
#: The most that the median proof may cost of reading all values of the release.
PROOF_LIMIT = 1.0


@dataclass(frozen=True)
class Case:
    """One command, what it is measured against, and the most it may cost of that."""

    command: list[str]
    reference: tuple[str, list[str]]
    limit: float | None = None
    #: how it is shown; without one as it is called
    name: str = ""
    rounds: int = ROUNDS


def loading(triples: int) -> Case:
    """Loading a file of N-Triples into a new store, against the engine's own loader of the same file."""
    folder = Path(tempfile.gettempdir()) / "leukograph-bench"
    folder.mkdir(exist_ok=True)
    data, store = folder / f"{triples}.nt", folder / "store"
    with data.open("w", encoding="utf-8") as file:
        for number in range(triples):
            file.write(
                f'<http://e.org/s{number // 10}> <http://e.org/p{number % 10}> "value {number} of some length" .\n'
            )
    engine = (
        f"import pyoxigraph as p; p.Store({str(store)!r}).bulk_load(path={str(data)!r}, format=p.RdfFormat.N_TRIPLES)"
    )
    return Case(
        ["sh", "-c", f"rm -rf {store}; {LEUKOGRAPH} load {data} --store {store}"],
        ("pyoxigraph bulk_load", ["sh", "-c", f'rm -rf {store}; {PYTHON} -c "{engine}"']),
        2,
        f"leukograph load, {triples:,} N-Triples",
        rounds=min(ROUNDS, 3),
    )


CASES = [
    Case([LEUKOGRAPH, "--help"], BARE, 6),
    Case([LEUKOGRAPH, "why", "chemotherapy"], BARE, 7),
    Case([LEUKOGRAPH, "why", "chemotherapy", "--format", "json"], BARE),
    Case([LEUKOGRAPH, "causes", "neutropenia"], BARE),
    Case([LEUKOGRAPH, "describe", "neutrophil count"], BARE),
    Case([LEUKOGRAPH, "search", "azathioprin"], BARE),
    Case([LEUKOGRAPH, "why", "chemotherapy", "--effect", "neutropenia"], GRAPH_LIBRARIES, 1.3),
    Case([LEUKOGRAPH, "path", "mercaptopurine", "neutrophil count"], GRAPH_LIBRARIES),
    Case([LEUKOGRAPH, "why", "HIV", "--route", "production"], GRAPH_LIBRARIES),
    Case([LEUKOGRAPH, "why", "chemotherapy", "--do", "filgrastim"], GRAPH_LIBRARIES),
    Case([LEUKOGRAPH, "why-not", "clozapine", "lymphopenia"], GRAPH_LIBRARIES),
    Case([LEUKOGRAPH, "compare", "mercaptopurine", "azathioprine"], GRAPH_LIBRARIES),
    Case([LEUKOGRAPH, "timeline", "docetaxel"], GRAPH_LIBRARIES),
    Case([LEUKOGRAPH, "workup", "ANC=0.9"], GRAPH_LIBRARIES),
    Case([LEUKOGRAPH, "prove", "fingolimod", "influences", "ALC"], GRAPH_LIBRARIES),
    # a loop, or an engine that lost its way, would take both far beyond these
    Case([LEUKOGRAPH, "reason"], READING, 6),
    Case([LEUKOGRAPH, "reason", "--engine", "hermit"], READING, 10),
    Case([LEUKOGRAPH, "query", "-e", "SELECT * { ?s ?p ?o } LIMIT 1"], STORE),
    Case([LEUKOGRAPH, "check", "ontology"], BUILD, 2),
]


#: As a user has it: with compiled bytecode, which some machines switch off.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(command: list[str]) -> float:
    """Run a command once and return how long the whole process took [s]."""
    start = time.perf_counter()
    subprocess.run(
        command, cwd=ROOT, env=ENVIRONMENT, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    return time.perf_counter() - start


def measure(case: Case) -> tuple[float, float]:
    """Return the median times of a command and of its reference [s], run in turn."""
    pairs = [(seconds(case.command), seconds(case.reference[1])) for _ in range(case.rounds)]
    return statistics.median(own for own, _ in pairs), statistics.median(other for _, other in pairs)


def proofs() -> tuple[float, float]:
    """Return the median times of a proof and of reading all values, in this process, once loaded [s]."""
    from leukograph import load
    from leukograph.compiled import Compiled

    graph = load()
    graph.prove("clozapine", "influences", "neutrophil count")  # the axioms are indexed once
    knowledge = graph.knowledge
    told = "influences_the_"
    pairs = [(key, one) for key in knowledge.entries for one in knowledge.defined_above(key) if one.startswith(told)]
    compiled = graph._compiled
    assert isinstance(compiled, Compiled)
    own, other = [], []
    for cause, class_ in pairs[::PROVEN]:
        start = time.perf_counter()
        graph.prove(cause, "influences", class_.removeprefix(told))
        own.append(time.perf_counter() - start)
    for _ in range(ROUNDS):
        start = time.perf_counter()
        compiled.knowledge()
        other.append(time.perf_counter() - start)
    return statistics.median(own), statistics.median(other)


def row(name: str, own: float, other: float, limit: float | None, reference: str) -> bool:
    """Print one line of the table and tell whether it is over its limit."""
    ratio = own / other
    over = limit is not None and ratio > limit
    shown = "" if limit is None else f"{limit:g}"
    print(f"{name[:52]:<52} {own * 1000:7.1f} {ratio:6.2f} {shown:>6}  {reference}{'  OVER' if over else ''}")
    return over


def main() -> int:
    """Print the table and return the exit code."""
    seconds([LEUKOGRAPH, "why", "chemotherapy"])  # the compiled answers are made once, outside the measurement
    failed = False
    print(f"{'command':<52} {'ms':>7} {'ratio':>6} {'limit':>6}  reference")
    for case in [*CASES, loading(1_000_000)]:
        name = case.name or " ".join(["leukograph", *case.command[1:]])
        failed |= row(name, *measure(case), case.limit, case.reference[0])
    failed |= row("a proof, once loaded", *proofs(), PROOF_LIMIT, "reading the values of the release")
    shutil.rmtree(Path(tempfile.gettempdir()) / "leukograph-bench")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
