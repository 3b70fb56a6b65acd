"""Writing files so that a failure leaves the old one whole."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from leukograph.errors import CannotWrite


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there when it is complete.

    A symbolic link is followed, so that the file it points to is replaced.

    Raises:
        CannotWrite: when the folder is missing, full or not ours to write in.
    """
    import tempfile  # late: only writing needs it, and every start would pay

    path = path.resolve() if path.is_symlink() else path
    part = None
    try:
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(part, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~mask)
        os.replace(part, path)
    except OSError as error:
        if part is not None:
            with contextlib.suppress(OSError):
                os.unlink(part)
        raise CannotWrite(f"{path} cannot be written: {error.strerror}") from error
