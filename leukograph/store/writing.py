"""Loading, verifying and compacting a store, each in a process of its own.

Parsers and engine can crash, exhaust memory or hang on what they are given, and cannot
be interrupted. The process that does the work can be killed: on Ctrl-C, when it stands
still, and (by the lifeline) when this process dies. It only ever writes to the next
generation; this process makes that the store when all went well.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from leukograph.errors import (
    CannotRead,
    CannotWrite,
    DamagedStore,
    LeukographError,
    LimitReached,
    StoreFailed,
    WrongOption,
)
from leukograph.store import formats, marker
from leukograph.store.child import environment
from leukograph.store.folder import Folder, Writer, cannot_write, locked
from leukograph.store.limits import READING_MEMORY, READING_PATIENCE, WRITING_MEMORY, WRITING_PATIENCE
from leukograph.store.marker import LoadedFile, Marker

_RAISED = {
    kind.__name__: kind for kind in (CannotRead, CannotWrite, DamagedStore, LimitReached, StoreFailed, WrongOption)
}

#: What a process says last that wants more memory than it may have.
_HUNGRY = (b"memory allocation", b"MemoryError", b"bad_alloc", b"mmap", b"Resource temporarily unavailable")

#: Called with the bytes done, the bytes in all, and the name of the file.
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load brought."""

    #: the record of the store, as it is now
    marker: Marker
    files: tuple[LoadedFile, ...]
    #: quads that were not there before
    added: int
    #: the first faulty parts that were left out, each with file and place
    faults: tuple[str, ...]
    notes: tuple[str, ...]
    #: ontologies that the store imports and does not hold
    not_followed: tuple[str, ...]

    @property
    def skipped(self) -> int:
        """Faulty parts that were left out."""
        return sum(file.skipped for file in self.files)


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether a store is what its record says."""

    marker: Marker
    #: one line for each difference; none when all is well
    faults: tuple[str, ...]
    #: quads that were read
    quads: int

    @property
    def is_sound(self) -> bool:
        """Whether everything was read and agrees."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class Compacted:
    """What compacting brought."""

    marker: Marker
    #: bytes of the data before
    before: int
    #: bytes of the data after
    after: int
    #: bytes that killed or earlier writers had left
    leftovers: int


def load(
    path: Path,
    files: Sequence[Path],
    *,
    graph: str | None = None,
    base: str | None = None,
    lenient: bool = False,
    prefixes: dict[str, str] | None = None,
    imports: Path | None = None,
    memory: int | None = WRITING_MEMORY,
    progress: Progress | None = None,
) -> Loaded:
    """Load files into a store, all of them or nothing; make the store when there is none.

    Args:
        path: the folder of the store.
        files: what to load; each format is told by content and name.
        graph: IRI of the graph for triples; formats that name graphs keep theirs.
        base: IRI against which relative IRIs are resolved.
        lenient: leave faulty parts out, and count them.
        prefixes: prefixes of CURIEs, before those that are known.
        imports: folder with copies of imported ontologies, which are loaded too.
        memory: bytes that the work may take, None for no limit.
        progress: is told how far it is.

    Raises:
        CannotRead: when a file is missing or faulty.
        WrongOption: when no file is named, an option does not fit, or a format cannot be read leniently.
        NotAStore: when the folder holds something else.
        DamagedStore: when what is there already is damaged.
        StoreInUse: when another process writes.
        CannotWrite: when the folder may not be written, or the disk is full.
        LimitReached: when more memory is needed, or nothing moves any more.
        StoreFailed: when the engine gives up.
    """
    if not files:
        raise WrongOption("no file was named", "name the files to load")
    _check_iri("--graph", graph)
    _check_iri("--base", base)
    found = [(file, formats.detect(file)) for file in files]
    with locked(path) as writer:
        request = {
            "action": "load",
            "files": [[str(file), form] for file, form in found],
            "graph": graph,
            "base": base,
            "lenient": lenient,
            "prefixes": prefixes or {},
            "imports": str(imports) if imports else None,
            "before": writer.before.quads,
        }
        total = sum(file.stat().st_size for file in files)
        done = _in_stage(writer, request, memory, lambda read, name: progress and progress(read, total, name))
        loaded = tuple(LoadedFile(**one) for one in done["files"])
        counts = done["graphs"]
        record = replace(writer.before.with_file(*loaded), quads=sum(counts.values()), graphs=counts)
        after = writer.commit(record)
    return Loaded(
        after,
        loaded,
        after.quads - writer.before.quads,
        tuple(done["faults"]),
        tuple(done["notes"]),
        tuple(done["not_followed"]),
    )


def verify(folder: Folder, progress: Progress | None = None, patience: float = READING_PATIENCE) -> Verified:
    """Read every byte and every quad of a store and compare with its record.

    Nothing is raised for what is found; open the folder with `sizes=False` so that a
    missing file is a fault among others.

    First the checksum of each file, by plain reading; then, when those agree, every
    quad through the engine, in a process with little memory that is ended when it
    stands still.
    """
    faults = _changed(folder.data, folder.marker, progress)
    if faults:
        return Verified(folder.marker, tuple(faults), 0)
    request = {"action": "verify", "data": str(folder.data), "graphs": list(folder.marker.graphs)}
    try:
        counted = _run(
            request,
            READING_MEMORY,
            patience,
            lambda read, name: progress and progress(read, folder.marker.quads, name),
        )["graphs"]
    except (DamagedStore, LimitReached, StoreFailed, CannotRead) as error:
        return Verified(folder.marker, (f"the engine cannot read it: {error}",), 0)
    for graph in sorted(counted.keys() | folder.marker.graphs.keys()):
        holds, should = counted.get(graph, 0), folder.marker.graphs.get(graph, 0)
        if holds != should:
            faults.append(f"{graph_name(graph)} holds {holds} statements and should hold {should}")
    return Verified(folder.marker, tuple(faults), sum(counted.values()))


def _changed(data: Path, record: marker.Marker, progress: Progress | None = None) -> list[str]:
    """Return which files of a store are not what was written, by plain reading."""
    faults = []
    done = 0
    for name, expected in record.contents.items():
        try:
            with (data / name).open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                if size != expected.size:
                    faults.append(f"{name} has {size} bytes and should have {expected.size}")
                elif marker.digest_of(file) != expected.digest:
                    faults.append(f"{name} is not what was written: bytes in it have changed")
        except OSError as error:
            faults.append(f"{name} cannot be read: {error.strerror}")
        done += expected.size
        if progress:
            progress(done, record.size, name)
    return faults


def compact(path: Path, memory: int | None = WRITING_MEMORY, progress: Progress | None = None) -> Compacted:
    """Write a store anew, and remove what is no part of it; keep the old data where they are smaller.

    Raises:
        as `load` does.
    """
    marker.read(path)  # only what exists is compacted
    with locked(path) as writer:
        if writer.data and (faults := _changed(writer.data, writer.before)):
            raise DamagedStore(f"{path}: {faults[0]}")  # what changed would be taken for data
        quads = writer.before.quads
        done = _in_stage(
            writer, {"action": "compact"}, memory, lambda read, name: progress and progress(read, quads, name)
        )
        if done["graphs"] != dict(writer.before.graphs):
            raise DamagedStore(f"{path}: its statements are not as many as its record says")
        smaller = sum(file.stat().st_size for file in writer.stage.iterdir()) < writer.before.size
        after = writer.commit(writer.before) if smaller else writer.before
    return Compacted(after, writer.before.size, after.size, writer.leftovers)


def graph_name(graph: str) -> str:
    """Return how a graph is called in a message."""
    return f"graph <{graph}>" if graph else "the default graph"


def _check_iri(option: str, iri: str | None) -> None:
    if iri is None:
        return
    from pyoxigraph import NamedNode

    try:
        NamedNode(iri)
    except ValueError as error:
        raise WrongOption(
            f"{option} {iri!r} is no IRI: {error}", "give a whole one, such as https://example.org/g"
        ) from None


def _in_stage(
    writer: Writer, request: dict[str, Any], memory: int | None, progress: Callable[[int, str], object]
) -> dict[str, Any]:
    """Run a request that fills the next generation."""
    request = {
        **request,
        "data": str(writer.data) if writer.data else None,
        "stage": str(writer.stage),
        "work": str(writer.work),
    }
    # the process inherits the lock, so that no other writer comes in before it has ended
    return _run(request, memory, WRITING_PATIENCE, progress, keep=(writer.lock,))


def _run(
    request: dict[str, Any],
    memory: int | None,
    patience: float,
    progress: Callable[[int, str], object],
    keep: Sequence[int] = (),
) -> dict[str, Any]:
    """Run a request in a process of its own and return what it found."""
    try:
        process = subprocess.Popen(
            # -P: a module of the same name in the current folder must not be taken
            [sys.executable, "-P", "-c", "from leukograph.store.working import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
            pass_fds=keep if os.name == "posix" else (),
        )
    except OSError as error:
        raise StoreFailed(f"no process could be started: {error.strerror}") from error
    try:
        with contextlib.suppress(BrokenPipeError):  # it died at once; its exit code says why
            os.write(process.stdin.fileno(), json.dumps({**request, "memory": memory}).encode() + b"\n")  # type: ignore[union-attr]
        return _listen(process, request, memory, patience, progress)
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


def _listen(
    process: subprocess.Popen[bytes],
    request: dict[str, Any],
    memory: int | None,
    patience: float,
    progress: Callable[[int, str], object],
) -> dict[str, Any]:
    """Follow what a process says until it is done."""
    rest, complaint, at = b"", b"", ""
    until = time.monotonic() + patience
    with selectors.DefaultSelector() as selector:
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                selector.register(pipe, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(max(0.0, until - time.monotonic()))
            if not ready:
                raise LimitReached(f"nothing moved for {patience:g} s{_while_reading(at)}", "the data may be damaged")
            for key, _ in ready:
                data = os.read(key.fd, 1 << 16)
                if not data:
                    selector.unregister(key.fileobj)
                elif key.fileobj is process.stderr:
                    complaint = (complaint + data)[-(1 << 16) :]
                else:
                    until = time.monotonic() + patience
                    *lines, rest = (rest + data).split(b"\n")
                    for line in lines:
                        said = json.loads(line)
                        if "done" in said:
                            result: dict[str, Any] = said["done"]
                            return result
                        if "fault" in said:
                            raise _raised(request, said["fault"])
                        at = said["at"]
                        progress(said["read"], at)
    raise _crash(process.wait(), complaint, memory, at)


def _raised(request: dict[str, Any], fault: dict[str, str]) -> LeukographError:
    kind = _RAISED.get(fault["kind"])
    if kind is None:
        return StoreFailed(fault["message"])
    if kind is CannotWrite:
        return cannot_write(Path(request["stage"]).parent, fault["message"])
    return kind(fault["message"], fault["hint"])


def _crash(code: int, complaint: bytes, memory: int | None, at: str) -> LeukographError:
    if code == -signal.SIGINT:  # Ctrl-C went to both, and it was quicker
        raise KeyboardInterrupt
    where = _while_reading(at)
    hungry = any(word in complaint for word in _HUNGRY)
    if hungry or (code == -6 and memory and not complaint.strip()):
        size = f"{(memory or 0) / (1 << 30):.3g} GB"
        return LimitReached(
            f"more than {size} of memory was needed{where}", "raise the limit with --max-memory, or cut the file"
        )
    if at:
        return CannotRead(f"{at} made its parser crash (code {code})", "check it with another tool")
    return StoreFailed(f"the process that worked on the store ended with code {code}")


def _while_reading(at: str) -> str:
    return f" while {at} was read" if at else ""
