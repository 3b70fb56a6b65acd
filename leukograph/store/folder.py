"""A store in a folder: reading one, and changing it so that it is always old or new.

    DIR/leukograph-store.json    the record (see `marker`)
    DIR/data-N/                  the engine's files, of generation N
    DIR/leukograph.lock          held while somebody writes; names the process, and that the store was written

Data are never changed in place. A writer makes the next generation beside the current
one (unchanged files are hard links, so this costs next to nothing), and then replaces
the record, which names the generation. A reader holds its generation, and goes on
reading it while the next one is written; nobody removes a generation that is held.
What a killed writer left is removed by the next one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from leukograph.errors import CannotRead, CannotWrite, DamagedStore, LeukographError, NotAStore, StoreInUse
from leukograph.store import marker as markers
from leukograph.store.limits import WRITING_MEMORY
from leukograph.store.marker import EMPTY, MARKER, Contents, Marker

if TYPE_CHECKING:
    from pyoxigraph import Store

    from leukograph.store.writing import Compacted, Loaded, Progress, Verified

try:
    import fcntl
except ImportError:  # Windows has no such locks; there a store wants one process at a time
    fcntl = None  # type: ignore[assignment]

LOCK = "leukograph.lock"
#: Stands in the lock of a store that was ever written: without its record it is not taken for a killed first load.
_WRITTEN = b"written"
_DATA = "data-"


class Folder:
    """A store on disk, as it was when it was opened. As long as this value lives, its data stay."""

    def __init__(self, path: Path, marker: Marker, hold: int | None) -> None:
        """Take what `open` found."""
        self.path, self.marker, self._hold = path, marker, hold

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, sizes: bool = True) -> Folder:
        """Open a store for reading; others may read and write it meanwhile.

        Looks at the record and, unless `sizes` is false, at the size of each file; not
        into the files, which is what `verify` is for.

        Raises:
            NotAStore: when the folder is none, or one of another version.
            DamagedStore: when its record is damaged, or a file is missing or of another size.
        """
        folder = Path(path)
        for _ in range(10):  # a writer may remove a generation between the two looks
            marker = markers.read(folder)
            hold = _held(_generation(folder, marker))
            if markers.read(folder).generation == marker.generation:
                opened = cls(folder, marker, hold)
                if sizes:
                    opened._look_at_sizes()
                return opened
            _release(hold)
        raise StoreInUse(str(folder), None)

    @property
    def data(self) -> Path:
        """The folder of the engine, for `embedded.open_cached` and `child.Request`; nobody may write to it."""
        return _generation(self.path, self.marker)

    def reading(self) -> Store:
        """Return the store, read-only.

        Raises:
            DamagedStore: when the engine cannot open it.
        """
        from leukograph.store.embedded import open_cached

        try:
            return open_cached(self.data)
        except CannotRead as error:
            raise DamagedStore(f"{self.path}: the engine cannot open it: {error.__cause__}") from error

    def is_current(self) -> bool:
        """Say whether nothing was written since this store was opened."""
        return markers.read(self.path).generation == self.marker.generation

    def close(self) -> None:
        """Let the data go."""
        _release(self._hold)
        self._hold = None

    def __enter__(self) -> Folder:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let the data go."""
        self.close()

    def __del__(self) -> None:
        """Let the data go."""
        self.close()

    def _look_at_sizes(self) -> None:
        for name, expected in self.marker.contents.items():
            try:
                size = (self.data / name).stat().st_size
            except OSError as error:
                raise DamagedStore(f"{self.path}: its file {name} cannot be read: {error.strerror}") from error
            if size != expected.size:
                raise DamagedStore(f"{self.path}: its file {name} has {size} bytes and should have {expected.size}")

    @staticmethod
    def load(
        path: str | os.PathLike[str],
        files: Sequence[str | os.PathLike[str]],
        *,
        graph: str | None = None,
        base: str | None = None,
        lenient: bool = False,
        prefixes: dict[str, str] | None = None,
        imports: str | os.PathLike[str] | None = None,
        memory: int | None = WRITING_MEMORY,
        progress: Progress | None = None,
    ) -> Loaded:
        """Load files into a store, all or nothing; make the store when there is none.

        See `writing.load`.
        """
        from leukograph.store import writing

        return writing.load(
            Path(path),
            [Path(file) for file in files],
            graph=graph,
            base=base,
            lenient=lenient,
            prefixes=prefixes or {},
            imports=Path(imports) if imports is not None else None,
            memory=memory,
            progress=progress,
        )

    @staticmethod
    def compact(path: str | os.PathLike[str]) -> Compacted:
        """Write a store anew, and remove what is no part of it.

        See `writing.compact`.
        """
        from leukograph.store import writing

        return writing.compact(Path(path))

    def verify(self, progress: Progress | None = None) -> Verified:
        """Read everything and compare it with the record; see `writing.verify`."""
        from leukograph.store import writing

        return writing.verify(self, progress=progress)


class Writer:
    """The one process that may change a store, between `locked` and its end."""

    def __init__(self, path: Path, marker: Marker, lock: int) -> None:
        """Take what `locked` found."""
        self.path, self.before, self.lock = path, marker, lock
        #: bytes that killed or earlier writers had left, and that were removed
        self.leftovers = 0
        #: where the next generation is to lie, closed
        self.stage = path / f"{_DATA}{marker.generation + 1}"
        #: where it is worked on; what the engine still does there when it is done harms nobody
        self.work = path / f"{self.stage.name}.work"

    @property
    def data(self) -> Path | None:
        """The folder of the generation before, None when nothing was loaded yet."""
        return _generation(self.path, self.before) if self.before.generation else None

    def commit(self, marker: Marker) -> Marker:
        """Make what lies in `stage` the store; return its record.

        Args:
            marker: counts and files; generation and contents are filled in here.

        Raises:
            CannotWrite: when it cannot be written; then the store is what it was.
        """
        try:
            done = replace(marker, generation=self.before.generation + 1, contents=self._contents())
            part = self.path / f".{MARKER}.part"
            with part.open("wb") as file:
                file.write(done.to_bytes())
                file.flush()
                os.fsync(file.fileno())
            _sync(self.stage)
            os.replace(part, self.path / MARKER)
            _sync(self.path)
            os.write(self.lock, _WRITTEN + b"\n")
        except OSError as error:
            raise _cannot_write(self.path, error) from error
        tidy(self.path, done)
        return done

    def _contents(self) -> dict[str, Contents]:
        """Return what each file of the next generation is; what it shares with this one keeps its record.

        To look again would be slow, and would take damage since then for what was written.
        """
        found = {}
        for path in sorted(self.stage.iterdir()):
            before = self.before.contents.get(path.name)
            if before and self.data and _same(self.data / path.name, path):
                found[path.name] = before
                continue
            with path.open("rb") as file:
                found[path.name] = Contents(path.stat().st_size, markers.digest_of(file))
                os.fsync(file.fileno())
        return found


@contextlib.contextmanager
def locked(path: Path) -> Iterator[Writer]:
    """Become the one writer of a store, which is made when it does not exist.

    What a killed writer left behind is removed. When the block ends without a commit
    the store is what it was; a folder that was made for it is removed again.

    Raises:
        StoreInUse: when another process writes.
        NotAStore: when the folder holds something else.
        DamagedStore: when its record is damaged.
        CannotWrite: when it may not be written.
    """
    made = not path.exists()
    try:
        if path.exists() and not path.is_dir():
            raise NotAStore(f"{path} is no folder", "name a folder, or one that does not exist yet")
        if not made:
            _refuse_foreign(path)
        path.mkdir(parents=True, exist_ok=True)
        lock = _lock(path)
    except OSError as error:
        if isinstance(error, LeukographError):
            raise
        raise _cannot_write(path, error) from error
    try:
        marker = markers.read(path) if (path / MARKER).exists() else EMPTY
        writer = Writer(path, marker, lock)
        writer.leftovers = tidy(path, marker)
        try:
            yield writer
        finally:
            if _recorded(path) == writer.before.generation:  # nothing was committed
                tidy(path, writer.before)
    finally:
        if not (path / MARKER).exists():  # nothing was ever loaded
            (path / LOCK).unlink(missing_ok=True)
            if made:
                with contextlib.suppress(OSError):
                    path.rmdir()
        os.close(lock)


@contextlib.contextmanager
def changing(path: Path) -> Iterator[Store]:
    """Yield a store that may be changed in this process; at the end of the block the change holds.

    When the block raises, the store is what it was. The engine cannot be interrupted
    here; what is not ours is run in a process of its own.

    Raises:
        NotAStore, DamagedStore, StoreInUse, CannotWrite: as `locked` does.
    """
    from leukograph.store import staging

    markers.read(path)  # only what exists is changed
    with locked(path) as writer:
        store = staging.begin(writer.data, writer.work)
        try:
            yield store
            counts = staging.finish(store, writer.stage)
        except OSError as error:
            if isinstance(error, LeukographError):
                raise
            raise _cannot_write(path, error) from error
        finally:
            del store
        writer.commit(replace(writer.before, quads=sum(counts.values()), graphs=counts))


def tidy(path: Path, marker: Marker) -> int:
    """Remove what is no part of the store and what nobody reads; return its bytes. Only a writer may."""
    freed = 0
    current = _generation(path, marker).name
    for entry in list(path.iterdir()):
        if entry.name == f".{MARKER}.part":
            entry.unlink(missing_ok=True)
        elif entry.name.startswith(_DATA) and entry.name != current and entry.is_dir() and not _is_held(entry):
            freed += sum(map(_freed_by, entry.iterdir()))
            shutil.rmtree(entry, ignore_errors=True)
    return freed


def _freed_by(file: Path) -> int:
    """Return the bytes that go with a file: none of one that the current generation shares."""
    try:
        found = file.stat()
    except FileNotFoundError:  # the engine still tidies up in a thread of its own
        return 0
    return found.st_size if found.st_nlink == 1 else 0


def _recorded(path: Path) -> int:
    """Return the generation that the record names, 0 when there is none."""
    with contextlib.suppress(LeukographError):
        return markers.read(path).generation
    return 0


def _generation(path: Path, marker: Marker) -> Path:
    return path / f"{_DATA}{marker.generation}"


def _refuse_foreign(path: Path) -> None:
    """Refuse a folder with something in it that is no store."""
    if (path / MARKER).exists():
        return
    # a first load that was killed has left the lock and its stage
    foreign = sorted(
        name
        for name in os.listdir(path)
        if name != LOCK and not (name.startswith(_DATA) and (path / LOCK).exists()) and name != f".{MARKER}.part"
    )
    if foreign:
        raise NotAStore(
            f"{path} is no store and not empty: it holds {foreign[0]!r}",
            "name an empty folder, or one that does not exist",
        )


def _lock(path: Path) -> int:
    handle = os.open(path / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        if fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        said = os.pread(handle, 40, 0)
        if _WRITTEN in said and not (path / MARKER).exists():
            raise DamagedStore(
                f"{path} was a store, and its record {MARKER} is gone",
                "put the record back, or load the files again into a new folder; nothing here was touched",
            )
        os.ftruncate(handle, 0)
        again = _WRITTEN + b"\n" if (path / MARKER).exists() else b""
        os.pwrite(handle, f"{os.getpid()}\n".encode() + again, 0)
        os.lseek(handle, 0, os.SEEK_END)
    except BlockingIOError:
        said = os.pread(handle, 20, 0).partition(b"\n")[0]
        os.close(handle)
        raise StoreInUse(str(path), int(said) if said.isdigit() else None) from None
    except DamagedStore:
        os.close(handle)
        raise
    except OSError:
        os.close(handle)
        raise
    return handle


def _held(folder: Path) -> int | None:
    """Hold a generation, so that no writer removes it; None where that cannot be done."""
    if fcntl is None:
        return None
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return None  # it is missing; the sizes tell
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def _release(hold: int | None) -> None:
    if hold is not None:
        os.close(hold)


def _is_held(folder: Path) -> bool:
    if fcntl is None:
        return False
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _sync(folder: Path) -> None:
    """Bring the names in a folder to disk, where the platform can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _cannot_write(path: Path, error: OSError) -> CannotWrite:
    return cannot_write(path, error.strerror or str(error))


def cannot_write(path: Path, said: str) -> CannotWrite:
    """Return the error of a store that could not be written, whatever the engine says about it."""
    full = "No space left on device"
    if full in said:
        return CannotWrite(
            f"{path} cannot be written: {full}", "free some space and try again; the store is what it was"
        )
    return CannotWrite(f"{path} cannot be written: {said}", "the store is what it was")
