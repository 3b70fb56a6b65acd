"""A query of the user's own can always be stopped, and leaves nothing behind."""

from __future__ import annotations

import io
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from leukograph.cache import release_file, store_path
from leukograph.errors import BadQuery, CannotRead, LimitReached, QueryFailed, WrongOption
from leukograph.store import child
from leukograph.store.child import Request, run_in_child
from leukograph.store.embedded import evaluate, open_cached, open_store, write_store

#: Three times everything: never ends on the shipped graph.
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
GREEDY = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?a"

posix = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX")


def request(query: str, form: str = "json", **options: object) -> Request:
    return Request(query=query, form=form, turtle=release_file(), store=store_path(), **options)  # type: ignore[arg-type]


def workers(parent: int) -> list[int]:
    """Return the processes whose parent this is, or that run a worker and lost theirs."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
                owner = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if b"leukograph.store.worker import main" in command and owner in {parent, 1}:
                found.append(int(entry.name))
    return found


def test_an_answer_comes_back() -> None:
    assert run_in_child(request("ASK { lg:neutropenia a owl:Class }")) == b'{"head":{},"boolean":true}'


def test_the_turtle_file_serves_without_a_store() -> None:
    answer = run_in_child(Request("ASK { lg:neutropenia ?p ?o }", "json", release_file()))

    assert b"true" in answer


def test_time_is_limited() -> None:
    start = time.perf_counter()

    with pytest.raises(LimitReached) as stop:
        run_in_child(request(ENDLESS), timeout=1)

    assert time.perf_counter() - start < 2
    assert stop.value.exit_code == 124
    assert "--timeout" in stop.value.hint
    assert run_in_child(request("ASK {}"))  # the next query works


@posix
def test_memory_is_limited() -> None:
    with pytest.raises(LimitReached) as stop:
        run_in_child(request(GREEDY, memory=1 << 30), timeout=60)

    assert "memory" in str(stop.value)


def test_size_is_limited() -> None:
    with pytest.raises(LimitReached) as stop:
        run_in_child(request("SELECT * { ?a ?b ?c . ?d ?e ?f }", size=1 << 20))

    assert "larger than 1 MB" in str(stop.value)


def test_rows_are_cut_and_the_cut_is_told() -> None:
    answer = run_in_child(request("SELECT * { ?a ?b ?c . ?d ?e ?f }", rows=3))

    assert answer.count(b'"a":{') == 3
    assert answer.endswith(b'"truncated":true}')


def test_a_crash_of_the_engine_is_an_error() -> None:
    deep = "ASK { FILTER(" + "STR(" * 5000 + "1" + ")" * 5000 + ") }"

    with pytest.raises(QueryFailed):
        run_in_child(request(deep))


def test_a_column_that_cannot_be_sorted_is_told_of() -> None:
    """In this process the engine would end it: sorting values of several types, it may lose its head."""
    faults = []
    for seed in range(20):
        order = random.Random(seed)
        values = [order.choice(("{0}", '"{0}"^^<http://e/t>')).format(order.randrange(1000)) for _ in range(64)]
        try:
            run_in_child(request(f"SELECT ?v {{ VALUES ?v {{ {' '.join(values)} }} }} ORDER BY ?v"))
        except QueryFailed as fault:
            faults.append(fault)
            break

    assert faults
    assert "several types" in str(faults[0])
    assert "STR" in faults[0].hint


@pytest.mark.parametrize(
    ("query", "form", "error"),
    [
        ("SELECT * {\n ?s ?p }", "json", BadQuery),
        ("SELECT ?a ?b {} GROUP BY ?a", "json", BadQuery),
        ("SELECT * {}", "turtle", WrongOption),
        ("DESCRIBE lg:x", "csv", WrongOption),
        ("SELECT * { FILTER(<http://x/f>(1)) ?s ?p ?o }", "json", QueryFailed),
    ],
)
def test_errors_cross_the_border(query: str, form: str, error: type[Exception]) -> None:
    with pytest.raises(error) as raised:
        run_in_child(request(query, form))

    with pytest.raises(error) as here:
        evaluate(open_store(release_file()), query, form, io.BytesIO())
    assert str(raised.value) == str(here.value)


def test_a_module_in_the_current_folder_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyoxigraph.py").write_text("raise SystemExit('taken')")
    monkeypatch.chdir(tmp_path)

    assert run_in_child(request("ASK {}"))


PROGRAM = f"""
import sys
from leukograph.cli import run
sys.exit(run(["query", "-e", {ENDLESS!r}]))
"""


@pytest.fixture
def busy() -> Iterator[subprocess.Popen[bytes]]:
    """A command line in the middle of an endless query, in a process group of its own."""
    assert store_path()
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    deadline = time.monotonic() + 20
    while not workers(process.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    yield process
    process.kill()
    process.communicate()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
@pytest.mark.parametrize("to_group", [True, False], ids=["to the group, as a terminal does", "to the parent alone"])
def test_an_interrupt_ends_it_at_once(busy: subprocess.Popen[bytes], to_group: bool) -> None:
    running = workers(busy.pid)
    assert running
    start = time.perf_counter()

    if to_group:
        os.killpg(busy.pid, signal.SIGINT)
    else:
        busy.send_signal(signal.SIGINT)
    _, complaint = busy.communicate(timeout=5)

    assert time.perf_counter() - start < 1
    assert busy.returncode == 130
    assert b"Traceback" not in complaint
    assert not [pid for pid in running if Path(f"/proc/{pid}").exists()]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_no_worker_outlives_its_parent(busy: subprocess.Popen[bytes], end: signal.Signals) -> None:
    running = workers(busy.pid)
    assert running

    busy.send_signal(end)
    busy.wait()

    deadline = time.monotonic() + 2
    while [pid for pid in running if _alive(pid)] and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not [pid for pid in running if _alive(pid)]


def _alive(pid: int) -> bool:
    """Tell whether a process runs; one that ended and waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_store_is_written_whole(tmp_path: Path) -> None:
    turtle = tmp_path / "x.ttl"
    turtle.write_text("<a:a> <a:b> <a:c> .")
    write_store(tmp_path / "store", turtle)
    write_store(tmp_path / "store", turtle)  # a second one does no harm

    assert len(open_cached(tmp_path / "store")) == 1
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["store", "x.ttl"]


def test_a_faulty_file_makes_no_store(tmp_path: Path) -> None:
    turtle = tmp_path / "x.ttl"
    turtle.write_text("<a:a> <a:b> <a:c> . <a:d>")

    with pytest.raises(CannotRead):
        write_store(tmp_path / "store", turtle)
    with pytest.raises(CannotRead):
        write_store(tmp_path / "store", tmp_path / "none.ttl")
    with pytest.raises(CannotRead):
        open_store(turtle)
    with pytest.raises(CannotRead):
        open_cached(tmp_path / "store")
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.ttl"]


def test_the_worker_loads_little() -> None:
    probe = (
        "import sys, leukograph.store.worker, leukograph.store.embedded; "
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    loaded = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True).stdout.split()

    assert not {"networkx", "rdflib", "owlready2", "rich", "click", "dataclasses", "subprocess"} & set(loaded)
    assert child.TIMEOUT == 60
