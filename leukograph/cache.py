"""Where the compiled release lies: in the wheel, else in the user's cache folder.

It is keyed by a digest of the release and of the code that makes answers, so it
can never be stale, and it is never needed for a right answer: where it cannot be
written, answers are worked out afresh.
"""

from __future__ import annotations

import contextlib
import os
import sys
import zlib
from pathlib import Path

from leukograph.resources import PACKAGE, folder

ANSWERS = "answers.sqlite"
STORE = "store"
#: The code on which stored answers depend.
ANSWER_CODE = (
    "cache.py",
    "chains.py",
    "compiled.py",
    "explain.py",
    "knowledge.py",
    "lookup.py",
    "model.py",
    "namespaces.py",
    "network.py",
    "render/answer_json.py",
    "sentences.py",
    "store/embedded.py",
    "store/reading.py",
)


def release_file() -> Path:
    """Return the release graph that belongs to this package, `leukograph.ttl`."""
    return folder("ontology") / "leukograph.ttl"


def digest(release: Path) -> str:
    """Return the digest by which answers name their release, 12 hexadecimal digits."""
    from hashlib import blake2b

    return blake2b(release.read_bytes(), digest_size=6).hexdigest()


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
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or "~/AppData/Local").expanduser() / "leukograph"
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "leukograph"


def place(release: Path) -> Path | None:
    """Return the folder of the compiled release; make it when it is missing.

    Returns:
        The folder, or None when it is missing and cannot be written.
    """
    name = key(release)
    for parent in (PACKAGE / "_data" / "compiled", home()):
        if (parent / name / ANSWERS).is_file():
            return parent / name
    with contextlib.suppress(OSError):
        return make(release, home(), name)
    return None


def make(release: Path, parent: Path, name: str) -> Path:
    """Compile a release into `parent / name` and return that folder.

    It is built beside its place and moved there when complete, so that another
    process finds all of it or nothing.

    Raises:
        OSError: when the folder cannot be written.
    """
    import shutil
    import tempfile

    from leukograph.compiling import compile_release
    from leukograph.store.embedded import write_store

    parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=parent, prefix=".part-"))
    try:
        compile_release(release, part / ANSWERS)
        write_store(part / STORE, release)
        with contextlib.suppress(OSError):  # another process may have been quicker
            part.rename(parent / name)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return parent / name


def store_path() -> Path | None:
    """Return the on-disk store of the shipped release, or None when there is no cache."""
    found = place(release_file())
    return found / STORE if found else None
