"""Where the compiled release lies: in the wheel, else in the user's cache folder.

It is keyed by the release and the code that makes answers, so it is not used when
either has changed. It is never needed for a right answer: where it cannot be
written answers are worked out afresh, and a damaged one is made again.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import sys
import zlib
from pathlib import Path

from leukograph.resources import PACKAGE, folder

ANSWERS = "answers.sqlite"
STORE = "store"
#: Written last; holds size and checksum of all files, by which damage is noticed.
CONTENTS = "contents.json"
#: Caches that are kept, the newest.
KEPT = 8
#: The code on which stored answers depend.
ANSWER_CODE = (
    "__init__.py",
    "belief.py",
    "beside.py",
    "cache.py",
    "chains.py",
    "compiled.py",
    "compiling.py",
    "effects.py",
    "explain.py",
    "knowledge.py",
    "lookup.py",
    "model.py",
    "namespaces.py",
    "network.py",
    "options.py",
    "render/answer_json.py",
    "render/causes_json.py",
    "sentences.py",
    "store/embedded.py",
    "store/reading.py",
)


def release_file() -> Path:
    """Return the release graph that belongs to this package, `leukograph.ttl`."""
    return folder("ontology") / "leukograph.ttl"


def key(release: Path) -> str:
    """Return the name of the cache of a release: lengths and checksums of data and code.

    A checksum is enough to notice a change, and unlike a digest it costs a start nothing.
    """
    data = release.read_bytes()
    code = b"".join((PACKAGE / name).read_bytes() for name in ANSWER_CODE)
    return "-".join(f"{len(content):x}-{zlib.crc32(content):08x}" for content in (data, code))


def home() -> Path:
    """Return the folder for caches: LEUKOGRAPH_HOME, else the user's cache folder."""
    if given := os.environ.get("LEUKOGRAPH_HOME"):
        return Path(given).expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or "~/AppData/Local").expanduser() / "leukograph"
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "leukograph"


def place(release: Path) -> Path | None:
    """Return the folder of the compiled release; make it when it is missing or damaged.

    Returns:
        The folder, or None when it is missing and cannot be written.
    """
    name = key(release)
    for parent in (PACKAGE / "_data" / "compiled", home()):
        if _is_whole(parent / name):
            return parent / name
    with contextlib.suppress(OSError, sqlite3.Error):
        return make(release, home(), name)
    return None


def drop(folder: Path) -> None:
    """Remove a cache that turned out to be damaged; it is made again when next needed.

    What came with the package is left alone.
    """
    import shutil

    if PACKAGE not in folder.parents:
        shutil.rmtree(folder, ignore_errors=True)


def make(release: Path, parent: Path, name: str) -> Path:
    """Compile a release into `parent / name` and return that folder.

    It is built beside its place and moved there when complete, so that another
    process finds all of it or nothing.

    Raises:
        OSError, sqlite3.Error: when the folder cannot be written.
    """
    import tempfile

    from leukograph.compiling import compile_release
    from leukograph.store.embedded import write_store

    if sys.stderr is not None and sys.stderr.isatty():
        print("Compiling the answers, once; this takes some seconds ...", file=sys.stderr)  # noqa: T201
    parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=parent, prefix=".part-"))
    try:
        compile_release(release, part / ANSWERS)
        write_store(part / STORE, release)
        (part / CONTENTS).write_text(json.dumps(_contents(part)), encoding="utf-8")
        if not _is_whole(parent / name):
            drop(parent / name)
        with contextlib.suppress(OSError):  # another process may have been quicker
            part.rename(parent / name)
        _forget(parent)
    finally:
        drop(part)
    if not _is_whole(parent / name):
        raise OSError(f"{parent / name} is not complete")
    return parent / name


def _forget(parent: Path) -> None:
    """Drop the oldest caches; each change of the data or the code leaves one behind."""
    with contextlib.suppress(OSError):
        found = [path for path in parent.iterdir() if _is_key(path.name)]
        for path in sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
            drop(path)


def _is_key(name: str) -> bool:
    """Tell whether a folder is called as `key` calls one."""
    parts = name.split("-")
    return len(parts) == 4 and all(part and not set(part) - set("0123456789abcdef") for part in parts)


def _contents(folder: Path) -> dict[str, tuple[int, int]]:
    """Return size and checksum of each file that never changes; the engine's own log may."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("LOG"))
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_size, zlib.crc32(path.read_bytes()))
        for path in files
        if path.name != CONTENTS
    }


def _is_whole(folder: Path, checked: str = "") -> bool:
    """Tell whether all files are there in their size, and those under `checked` unchanged.

    The answers carry checksums of their own; the engine may hang on a store that is
    damaged, so a store is read through before it is opened.
    """
    try:
        contents = json.loads((folder / CONTENTS).read_bytes())
        return all(
            (folder / name).stat().st_size == size
            and (not checked or not name.startswith(checked) or zlib.crc32((folder / name).read_bytes()) == checksum)
            for name, (size, checksum) in contents.items()
        )
    except (OSError, ValueError, AttributeError, TypeError):
        return False


def store_path(release: Path | None = None) -> Path | None:
    """Return the on-disk store of a release, read through, or None when there is no cache.

    Args:
        release: the shipped one when left out.
    """
    release = release or release_file()
    found = place(release)
    if found and not _is_whole(found, checked=STORE):
        drop(found)
        found = place(release)
    return found / STORE if found and _is_whole(found, checked=STORE) else None
