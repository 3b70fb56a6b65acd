"""The record of a store: what was loaded, how much it is, and the checksum of every file.

The record decides which data are valid. It is written last and in one piece, so that a
store is at any moment exactly the old or exactly the new one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any

from leukograph.errors import DamagedStore, NotAStore

#: Name of the record; a folder without it is no store.
MARKER = "leukograph-store.json"
VERSION = 1
#: How the default graph is written among the names of graphs.
DEFAULT_GRAPH = ""


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """A file as it was loaded."""

    #: without its folder
    name: str
    format: str
    #: size on disk
    bytes: int
    #: BLAKE2b of the file as it lies on disk, 32 hexadecimal digits
    digest: str
    #: the graph that its triples went to, "" for the default graph
    graph: str
    #: as many as it states; some may have been there before
    statements: int
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Contents:
    """Size [bytes] and BLAKE2b of one data file."""

    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Marker:
    """The record of a store."""

    version: int
    #: counts the writes; the data lie in `data-N`
    generation: int
    #: statements in all graphs
    quads: int
    #: graph -> statements in it; "" is the default graph
    graphs: Mapping[str, int]
    files: tuple[LoadedFile, ...]
    #: name of each data file -> what it must be
    contents: Mapping[str, Contents]

    @property
    def digest(self) -> str:
        """Digest of the data files, 24 hexadecimal digits: another one after every write."""
        lines = "".join(f"{name} {one.size} {one.digest}\n" for name, one in sorted(self.contents.items()))
        return blake2b(lines.encode(), digest_size=12).hexdigest()

    @property
    def size(self) -> int:
        """Bytes of all data files."""
        return sum(one.size for one in self.contents.values())

    def with_file(self, *files: LoadedFile) -> Marker:
        """Return the record with more files; one of the same name, graph and content replaces the older."""
        latest = {(one.name, one.graph, one.digest): one for one in self.files + files}
        return replace(self, files=tuple(latest.values()))

    def to_bytes(self) -> bytes:
        """Return the record as JSON, with a checksum of its own."""
        record = asdict(self)
        record["digest"] = self.digest
        record["check"] = _check(record)
        return (json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


#: the record of a store in which nothing is yet
EMPTY = Marker(VERSION, 0, 0, {}, (), {})


def read(folder: Path) -> Marker:
    """Return the record of a store.

    Raises:
        NotAStore: when there is none, or one of another version.
        DamagedStore: when it is not as it was written.
    """
    try:
        data = (folder / MARKER).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        what = "does not exist" if not folder.exists() else "is no store" if folder.is_dir() else "is no folder"
        raise NotAStore(f"{folder} {what}", f"make one with: leukograph load FILE --store {folder}") from None
    except (OSError, ValueError) as error:
        raise NotAStore(f"{folder} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    try:
        record = json.loads(data)
        version = record["version"]
        check = record.pop("check")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DamagedStore(f"{folder}: its record {MARKER} is damaged") from None
    if check != _check(record):
        raise DamagedStore(f"{folder}: its record {MARKER} is damaged")
    if version != VERSION:
        raise NotAStore(
            f"{folder} is a store of version {version}; this program reads version {VERSION}",
            "load its files again into a new folder",
        )
    files = tuple(LoadedFile(**one) for one in record["files"])
    contents = {name: Contents(**one) for name, one in record["contents"].items()}
    return Marker(version, record["generation"], record["quads"], record["graphs"], files, contents)


def digest_of(file: IO[bytes], block: int = 1 << 20) -> str:
    """Return the BLAKE2b of what is left of a file, 32 hexadecimal digits."""
    found = blake2b(digest_size=16)
    while data := file.read(block):
        found.update(data)
    return found.hexdigest()


def _check(record: dict[str, Any]) -> str:
    text = json.dumps(record, ensure_ascii=False, sort_keys=True)
    return blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def stamp(folder: str | os.PathLike[str]) -> tuple[int, int]:
    """Return what is another after every write; it costs one look at the record, not a reading.

    Raises:
        NotAStore: when there is no record.
    """
    try:
        found = os.stat(os.path.join(folder, MARKER))
    except OSError as error:
        raise NotAStore(f"there is no store in {os.fspath(folder)}", "make one with: leukograph load") from error
    return found.st_ino, found.st_mtime_ns
