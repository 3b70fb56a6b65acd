"""A store in a folder: always old or new, never somebody else's folder, and damage is found."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from leukograph.errors import CannotRead, CannotWrite, DamagedStore, LeukographError, NotAStore, StoreInUse, WrongOption
from leukograph.store import child, marker, writing
from leukograph.store.folder import LOCK, Folder, changing, locked, tidy
from leukograph.store.marker import MARKER
from tests.conftest import Run

#: Kills of a load; a release may ask for more.
KILLS = int(os.environ.get("LEUKOGRAPH_KILLS", "3"))
Mounted = Callable[[str], Path]


def lines(count: int, name: str = "s") -> str:
    return "".join(f'<http://e/{name}{n}> <http://e/p> "value {n}" .\n' for n in range(count))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.nt"
    path.write_text(lines(300), encoding="utf-8")
    return path


@pytest.fixture
def store(tmp_path: Path, small: Path) -> Path:
    """A store with 300 statements in the default graph."""
    folder = tmp_path / "store"
    Folder.load(folder, [small])
    return folder


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Mounted]:
    """Mount a small file system in memory."""
    places: list[Path] = []

    def mount(options: str) -> Path:
        place = tmp_path / f"mount{len(places)}"
        place.mkdir()
        try:
            done = subprocess.run(
                ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], capture_output=True, text=True
            )
        except OSError as error:
            pytest.skip(f"no file system can be mounted here: {error.strerror}")
        if done.returncode:
            pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
        places.append(place)
        return place

    yield mount
    for place in places:
        subprocess.run(["umount", str(place)], check=False)


def state(folder: Path) -> tuple[int, str]:
    """What a reader sees: how much, and which."""
    with Folder.open(folder) as opened:
        return len(opened.reading()), opened.marker.digest


def count(folder: Path, timeout: float = 20) -> int:
    """Count in the engine, in a process of its own, as `query` does."""
    with Folder.open(folder) as opened:
        request = child.Request(
            "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "csv", opened.path, store=opened.data, memory=1 << 30
        )
        return int(child.run_in_child(request, timeout).split()[1])


def entries(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_load_makes_a_store_with_its_record(store: Path, small: Path) -> None:
    found = marker.read(store)

    assert (found.quads, dict(found.graphs), found.generation) == (300, {"": 300}, 1)
    assert [(one.name, one.format, one.statements, one.bytes) for one in found.files] == [
        ("small.nt", "ntriples", 300, small.stat().st_size)
    ]
    assert count(store) == 300
    assert entries(store) == {MARKER, LOCK, "data-1"}


def test_loading_again_adds_nothing_and_another_graph_adds_all(store: Path, small: Path) -> None:
    again = Folder.load(store, [small])
    beside = Folder.load(store, [small, small], graph="http://e/g")

    assert (again.added, beside.added) == (0, 300)
    assert dict(beside.marker.graphs) == {"": 300, "http://e/g": 300}
    assert len(beside.marker.files) == 2, "a file is listed once for each graph"


def test_one_faulty_file_and_nothing_of_any_is_loaded(store: Path, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.nt", tmp_path / "bad.nt"
    good.write_text(lines(5, "new"), encoding="utf-8")
    bad.write_text(lines(600, "bad") + "<http://e/a> nonsense .\n" + lines(600, "worse"), encoding="utf-8")
    before = state(store)

    with pytest.raises(CannotRead, match=r"bad\.nt cannot be read at line 601"):
        Folder.load(store, [good, bad])

    assert state(store) == before
    assert entries(store) == {MARKER, LOCK, "data-1"}


def test_lenient_loading_keeps_the_rest(store: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.nt"
    bad.write_text(lines(6, "bad") + "<http://e/a> nonsense .\n" + lines(6, "worse"), encoding="utf-8")

    loaded = Folder.load(store, [bad], lenient=True)

    assert (loaded.added, loaded.skipped) == (12, 1)
    assert loaded.faults[0].startswith("bad.nt at line 7")
    assert marker.read(store).files[-1].skipped == 1


def test_a_failed_first_load_leaves_nothing(tmp_path: Path) -> None:
    bad = tmp_path / "bad.nt"
    bad.write_text(lines(3) + "nonsense\n", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "new", tmp_path / "empty"):
        with pytest.raises(CannotRead):
            Folder.load(folder, [bad])

    assert not (tmp_path / "new").exists()
    assert entries(tmp_path / "empty") == set()


@pytest.mark.parametrize("what", ["notes.txt", ".hidden", "data-1"])
def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path, small: Path, what: str) -> None:
    folder = tmp_path / "mine"
    (folder / what).mkdir(parents=True)

    with pytest.raises(NotAStore, match="is no store and not empty"):
        Folder.load(folder, [small])
    with pytest.raises(NotAStore, match="is no store"):
        Folder.open(folder)

    assert entries(folder) == {what}


def test_what_is_no_store_is_told(tmp_path: Path, small: Path, store: Path) -> None:
    for folder, said in (
        (tmp_path / "no", "does not exist"),
        (small, "is no folder"),
        (Path("a\0b"), "cannot be read"),
    ):
        with pytest.raises(NotAStore, match=said):
            Folder.open(folder)
    with pytest.raises(NotAStore, match="is no folder"):
        Folder.load(small, [small])
    with pytest.raises(WrongOption, match="is no IRI"):
        Folder.load(store, [small], graph="not an iri")
    with pytest.raises(NotAStore):
        Folder.compact(tmp_path / "no")
    assert not (tmp_path / "no").exists()


def test_a_store_of_another_version_is_refused(store: Path) -> None:
    record = replace(marker.read(store), version=99)
    (store / MARKER).write_bytes(record.to_bytes())

    with pytest.raises(NotAStore, match="version 99"):
        Folder.open(store)


def test_a_reader_goes_on_with_what_it_opened(store: Path, tmp_path: Path) -> None:
    more = tmp_path / "more.nt"
    more.write_text(lines(7, "more"), encoding="utf-8")
    with Folder.open(store) as reader:
        opened = reader.reading()
        Folder.load(store, [more])
        Folder.compact(store)

        assert (len(opened), len(reader.reading()), reader.is_current()) == (300, 300, False)
        assert sum(1 for _ in opened) == 300
        assert count(store) == 307
    del opened
    Folder.load(store, [more])

    assert {name for name in entries(store) if name.startswith("data-")} == {f"data-{marker.read(store).generation}"}


def test_while_one_writes_others_are_told_who_and_readers_go_on(store: Path, small: Path, run: Run) -> None:
    with locked(store):
        done = run("load", str(small), "--store", str(store))
        assert count(store) == 300
        with pytest.raises(StoreInUse):
            Folder.load(store, [small])

    assert done.returncode == 3
    assert f"store in use by pid {os.getpid()} [LG405]" in done.stderr
    assert Folder.load(store, [small]).added == 0


def test_a_change_holds_when_its_block_ends_well_and_only_then(store: Path) -> None:
    with changing(store) as opened:
        opened.update("INSERT DATA { GRAPH <http://e/g> { <http://e/a> <http://e/b> 1 } }")
        opened.update("DELETE WHERE { <http://e/s0> ?p ?o }")
    assert dict(marker.read(store).graphs) == {"": 299, "http://e/g": 1}
    before = state(store)

    with contextlib.suppress(KeyError), changing(store) as opened:
        opened.update("CLEAR ALL")
        raise KeyError

    assert state(store) == before
    assert Folder.open(store).verify().is_sound


def test_kill_at_any_moment_leaves_the_old_or_the_new(tmp_path: Path, small: Path) -> None:
    """SIGKILL while a load runs, at moments spread over it: nothing between, nothing left behind."""
    big = tmp_path / "big.nt"
    big.write_text(lines(20_000, "big"), encoding="utf-8")
    base, fixed = tmp_path / "base", random.Random(7)
    Folder.load(base, [small])

    def copy(name: str) -> tuple[Path, list[str]]:
        folder = tmp_path / name
        shutil.copytree(base, folder)
        return folder, [sys.executable, "-m", "leukograph", "load", str(big), "--store", str(folder), "--quiet"]

    start = time.perf_counter()
    subprocess.run(copy("trial")[1], check=True, capture_output=True)
    whole = time.perf_counter() - start
    seen = []
    for turn in range(KILLS):
        folder, command = copy(f"turn{turn}")
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(whole * (0.3 + (turn + fixed.random()) / KILLS))
        process.kill()
        process.wait()
        seen.append(state(folder)[0])
        for _ in range(200):  # the process that works follows its parent
            try:
                with locked(folder):
                    break
            except StoreInUse:
                time.sleep(0.05)
        assert Folder.open(folder).verify().is_sound
        assert state(folder)[0] == seen[-1]
        assert len(entries(folder)) == 3, "what was left is gone when the next writer has been there"
        assert Folder.load(folder, [big]).marker.quads == 20_300
        shutil.rmtree(folder)

    assert 300 in seen, "no load was killed in time"
    assert set(seen) <= {300, 20_300}, seen


@pytest.mark.parametrize("delay", [0.0, 0.3])
def test_an_interrupt_ends_a_load_at_once_and_changes_nothing(store: Path, tmp_path: Path, delay: float) -> None:
    big = tmp_path / "big.nt"
    big.write_text(lines(200_000, "big"), encoding="utf-8")
    command = [sys.executable, "-m", "leukograph", "load", str(big), "--store", str(store)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    for _ in range(400):
        if (store / "data-2.work").exists():
            break
        time.sleep(0.01)
    time.sleep(delay)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the process that works, too
    _, complaint = process.communicate(timeout=10)

    assert (process.returncode, complaint.strip()) == (130, "")
    assert entries(store) == {MARKER, LOCK, "data-1"}
    assert count(store) == 300


@pytest.mark.parametrize("moment", ["before the record", "after the record"])
def test_a_writer_that_dies_at_the_commit(
    store: Path, tmp_path: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Data and record never disagree: before its record is there, the new generation is nothing."""
    more = tmp_path / "more.nt"
    more.write_text(lines(9, "more"), encoding="utf-8")
    rename = os.replace

    def dying(source: Path, target: Path) -> None:
        if moment == "after the record":
            rename(source, target)
        raise SystemExit

    monkeypatch.setattr("leukograph.store.folder.os.replace", dying)
    monkeypatch.setattr("leukograph.store.folder.tidy", lambda *_: 0)  # a dead process tidies nothing
    with pytest.raises(SystemExit):
        Folder.load(store, [more])
    monkeypatch.undo()

    expected = 309 if moment == "after the record" else 300
    assert (state(store)[0], count(store)) == (expected, expected)
    assert Folder.open(store).verify().is_sound
    assert Folder.load(store, [more]).marker.quads == 309
    assert len(entries(store)) == 3


def test_a_full_disk_leaves_the_old_store(mounted: Mounted, small: Path, tmp_path: Path, run: Run) -> None:
    disk, big = mounted("size=4m"), tmp_path / "big.nt"
    big.write_text(lines(60_000, "big"), encoding="utf-8")
    Folder.load(disk / "store", [small])
    before = state(disk / "store")

    done = run("load", str(big), "--store", str(disk / "store"))

    assert (done.returncode, done.stderr.count("\n")) == (3, 2)
    assert "cannot be written: No space left on device [LG402]" in done.stderr
    assert state(disk / "store") == before
    assert entries(disk / "store") == {MARKER, LOCK, "data-1"}
    with (disk / "fill").open("wb", buffering=0) as fill, contextlib.suppress(OSError):
        while True:
            fill.write(b"x" * 4096)
    with pytest.raises(CannotWrite, match="No space left"):
        Folder.load(disk / "store", [small], graph="http://e/g")
    assert Folder.open(disk / "store").verify().is_sound
    (disk / "fill").unlink()
    assert Folder.load(disk / "store", [small]).added == 0


def test_an_export_to_a_full_disk_leaves_no_part_of_it(mounted: Mounted, run: Run) -> None:
    disk = mounted("size=64k")

    done = run("export", "--format", "turtle", "--output", str(disk / "out.ttl"))

    assert done.returncode == 3
    assert "No space left on device" in done.stderr
    assert entries(disk) == set()


def test_on_a_disk_that_cannot_be_written_reading_works_and_loading_says_why(
    mounted: Mounted, small: Path, run: Run
) -> None:
    disk = mounted("size=4m")
    Folder.load(disk / "store", [small])
    if subprocess.run(["mount", "-o", "remount,ro", str(disk)], capture_output=True).returncode:
        pytest.skip("no file system can be made read-only here")

    assert count(disk / "store") == 300
    assert Folder.open(disk / "store").verify().is_sound
    done = run("load", str(small), "--store", str(disk / "store"))
    assert done.returncode == 3
    assert "cannot be written: Read-only file system [LG402]" in done.stderr


def damaged(store: Path, tmp_path: Path, damage: Callable[[bytes], bytes]) -> Iterator[tuple[Path, Path]]:
    """Yield copies of a store, one for each file that is not empty, with that file damaged."""
    with Folder.open(store) as opened:
        names = [MARKER, *(f"{opened.data.name}/{name}" for name in opened.marker.contents)]
    for number, name in enumerate(names):
        if (store / name).stat().st_size:
            copy = tmp_path / f"copy{number}"
            shutil.copytree(store, copy)
            (copy / name).write_bytes(damage((copy / name).read_bytes()))
            yield copy, copy / name


def flipped(content: bytes) -> bytes:
    """Flip sixteen bytes somewhere."""
    start = random.Random(len(content)).randrange(max(1, len(content) - 16))
    return content[:start] + bytes(byte ^ 0xFF for byte in content[start : start + 16]) + content[start + 16 :]


def test_flipped_bytes_are_found_and_never_give_a_wrong_count(store: Path, tmp_path: Path) -> None:
    """In a data file they can make a count within the engine run for ever; so it runs where it can be ended."""
    found = 0
    for copy, file in damaged(store, tmp_path, flipped):
        with contextlib.suppress(LeukographError):
            assert count(copy, timeout=3) == 300, file.name
        try:
            verified = Folder.open(copy, sizes=False).verify()
        except DamagedStore:
            assert file.name == MARKER
        else:
            assert [fault for fault in verified.faults if file.name in fault], file.name
        found += 1

    assert found > 8


def test_a_query_of_a_damaged_store_never_says_to_remove_it(store: Path, tmp_path: Path, run: Run) -> None:
    """A cache may be removed, since it is made again; a store of the user's own is all there is."""
    refused = 0
    for copy, file in damaged(store, tmp_path, flipped):
        if file.suffix == ".sst" or file.name.startswith(("MANIFEST", "CURRENT")):
            asked = "SELECT ?s { ?s ?p ?o } LIMIT 1"
            done = run("query", "-e", asked, "--store", str(copy), "--timeout", "5")
            assert "made again" not in done.stderr
            refused += "[LG404]\n  hint: leukograph store verify tells what is damaged" in done.stderr

    assert refused


def test_a_store_that_lost_its_record_is_never_written_to(store: Path, tmp_path: Path, run: Run) -> None:
    more = tmp_path / "more.nt"
    more.write_text(lines(9, "more"), encoding="utf-8")
    record = (store / MARKER).read_bytes()
    before = sorted(path.name for path in store.rglob("*"))
    (store / MARKER).unlink()

    for _ in range(2):
        done = run("load", str(more), "--store", str(store))
        assert done.returncode == 3
        assert "its record leukograph-store.json is gone" in done.stderr

    (store / MARKER).write_bytes(record)
    assert sorted(path.name for path in store.rglob("*")) == before
    assert count(store) == 300


def test_info_tells_what_a_truncated_store_held(store: Path, run: Run) -> None:
    (Folder.open(store).data / "CURRENT").unlink()

    assert "300 statements" in run("store", "info", str(store)).stdout


def test_damage_is_not_taken_for_data_by_the_next_writer(store: Path, tmp_path: Path) -> None:
    """Files that the next generation shares keep their record; else a load would hide the damage."""
    more = tmp_path / "more.nt"
    more.write_text(lines(9, "more"), encoding="utf-8")
    committed = 0
    for copy, file in damaged(store, tmp_path, flipped):
        if file.suffix == ".sst":
            with contextlib.suppress(DamagedStore):  # where the engine happens to look
                Folder.load(copy, [more])
                committed += 1
            assert not Folder.open(copy, sizes=False).verify().is_sound

    assert committed


def test_a_tail_that_was_cut_off_is_found(store: Path, tmp_path: Path) -> None:
    with changing(store) as opened:
        opened.update("INSERT DATA { <http://e/last> <http://e/p> 1 }")
    for copy, file in damaged(store, tmp_path, lambda content: content[:-5]):
        with pytest.raises(DamagedStore):
            Folder.open(copy)
        if file.name != MARKER:
            assert [fault for fault in Folder.open(copy, sizes=False).verify().faults if file.name in fault]


def test_a_file_that_is_missing_is_found(store: Path, run: Run) -> None:
    (Folder.open(store).data / "CURRENT").unlink()

    with pytest.raises(DamagedStore, match="CURRENT cannot be read"):
        Folder.open(store)
    done = run("store", "verify", str(store))
    assert done.returncode == 1
    assert "CURRENT cannot be read" in done.stdout


def test_fewer_statements_than_the_record_says_are_found(store: Path) -> None:
    """Even where every file is as it was written: what the engine gives is counted too."""
    record = marker.read(store)
    (store / MARKER).write_bytes(replace(record, quads=302, graphs={"": 301, "http://e/g": 1}).to_bytes())

    verified = Folder.open(store).verify()

    assert verified.faults == (
        "the default graph holds 300 statements and should hold 301",
        "graph <http://e/g> holds 0 statements and should hold 1",
    )
    with pytest.raises(DamagedStore, match="not as many as its record says"):
        Folder.compact(store)


def test_files_that_the_engine_removes_meanwhile_do_no_harm(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine tidies up in a thread of its own, even when its store is closed."""
    left = store / "data-99"
    left.mkdir()
    (left / "stays").write_bytes(b"x" * 10)
    iterdir = Path.iterdir

    def with_one_that_goes(self: Path) -> list[Path]:
        return [*iterdir(self), self / "gone.sst"] if self == left else list(iterdir(self))

    monkeypatch.setattr(Path, "iterdir", with_one_that_goes)

    assert tidy(store, Folder.open(store).marker) == 10
    assert not left.exists()


def test_what_changed_on_disk_is_not_compacted_into_data(store: Path) -> None:
    data = Folder.open(store).data
    file = max(data.glob("*.sst"), key=lambda path: path.stat().st_size)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))

    with pytest.raises(DamagedStore, match="bytes in it have changed"):
        Folder.compact(store)
    assert file.read_bytes() == bytes(content)
    assert not Folder.open(store).verify().is_sound


def test_compacting_keeps_every_statement_and_removes_what_was_left(store: Path, tmp_path: Path) -> None:
    more = tmp_path / "more.nq"
    more.write_text(
        '<http://e/a> <http://e/b> "c" <http://e/g> .\n_:x <http://e/b> _:x <http://e/g> .\n', encoding="utf-8"
    )
    for _ in range(3):
        Folder.load(store, [more])
    with changing(store) as opened:
        opened.update('DELETE WHERE { ?s <http://e/p> "value 1" }')
    before = sorted(map(str, Folder.open(store).reading()))
    left = store / "data-99"
    left.mkdir()
    (left / "x").write_bytes(b"x" * 1000)

    compacted = writing.compact(store)

    assert sorted(map(str, Folder.open(store).reading())) == before
    assert compacted.leftovers >= 1000
    assert not left.exists()
    assert compacted.after <= compacted.before
    assert Folder.open(store).verify().is_sound
