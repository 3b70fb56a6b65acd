"""Finds the release that a name means: a file, a folder that holds one, a git revision.

`REV:` is the release as git has it at a revision. Git is asked for the bytes of the
committed file alone; it runs no filter, no hook and no pager for that.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leukograph.errors import CannotRead

FILE = "leukograph.ttl"
#: Where the release lies in a checkout.
IN_CHECKOUT = f"ontology/{FILE}"
_HINT = f"name a {FILE}, a folder that holds one, or a git revision such as HEAD~3:"


@contextmanager
def release_path(name: str) -> Iterator[Path]:
    """Give the path of the release that a name means, for as long as it is looked at.

    Raises:
        CannotRead: when there is no such file, or git cannot give it.
    """
    path = Path(name)
    try:
        candidates = [path, path / FILE, path / IN_CHECKOUT]
        found = next((one for one in candidates if name and one.is_file()), None)
    except (OSError, ValueError) as error:
        raise CannotRead(f"{name[:200]!r} cannot be read: {error}", _HINT) from error
    if found is None and name.endswith(":") and not path.exists():
        with tempfile.TemporaryDirectory(prefix="leukograph-") as folder:
            found = Path(folder) / FILE
            found.write_bytes(_committed(name.removesuffix(":")))
            try:
                yield found
            except CannotRead as error:
                raise CannotRead(str(error).replace(str(found), name + IN_CHECKOUT), error.hint) from error
        return
    if found is None:
        raise CannotRead(f"{name[:200] or 'an empty name'} holds no release of leukograph", _HINT)
    yield found


def _committed(revision: str) -> bytes:
    """Return the release as it is committed at a revision."""
    if not revision or revision.startswith("-"):
        raise CannotRead(f"{revision + ':'!r} names no git revision", _HINT)
    command = ["git", "cat-file", "blob", f"{revision}:{IN_CHECKOUT}"]
    try:
        done = subprocess.run(command, capture_output=True, check=False, env={**os.environ, "LC_ALL": "C"})
    except OSError as error:
        raise CannotRead(f"git cannot be run for {revision}: ({error.strerror})", "name a file instead") from error
    except ValueError as error:  # a name with a null character
        raise CannotRead(f"{revision!r} names no git revision", _HINT) from error
    if done.returncode:
        reason = (done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"])[0]
        raise CannotRead(
            f"git has no {IN_CHECKOUT} at {revision}: {reason.removeprefix('fatal: ')}",
            "run it inside a checkout of leukograph, or name a file",
        )
    return done.stdout
