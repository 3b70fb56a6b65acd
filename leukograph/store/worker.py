"""`python -m leukograph.store.worker`: answers one query and ends.

Reads one line of JSON from stdin: `store` (folder or null), `turtle` (file, used when
there is no store), `query`, `form`, `rows` (or null), `memory` (bytes or null),
`size` (bytes). Writes the answer to stdout. A fault goes to stderr as one line of
JSON with its `kind`, and ends the process with exit code 3.

The parent keeps stdin open as a lifeline: when it closes, the parent is gone or has
lost interest, and the worker ends at once, even within the engine.
"""

from __future__ import annotations

import _thread
import os
import signal
import sys
from json import dumps, loads
from typing import Any

from leukograph.errors import BadQuery, LeukographError, WrongOption

FAULT = 3


class _TooLarge(Exception):
    """The answer has outgrown its limit."""


class _Bounded:
    """Passes bytes on until there are too many."""

    def __init__(self, limit: int) -> None:
        self._left = limit

    def write(self, data: bytes) -> int:
        self._left -= len(data)
        if self._left < 0:
            raise _TooLarge
        return sys.stdout.buffer.write(data)

    def flush(self) -> None:
        sys.stdout.buffer.flush()


def main() -> None:
    """Answer the request on stdin."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python's own handler waits for the engine
    from leukograph.store import embedded  # before the request comes: the parent is still busy

    line = sys.stdin.buffer.readline()
    if not line:  # the parent thought better of it
        return
    request = loads(line)
    _thread.start_new_thread(end_with_parent, ())
    try:
        limit_memory(request["memory"])
        _answer(embedded, request)
        sys.stdout.buffer.flush()
        os._exit(0)  # nothing is left to tidy up
    except _TooLarge:
        _fail("size", "")
    except MemoryError:
        _fail("memory", "")
    except BadQuery as error:
        _fail("syntax", str(error).partition(": ")[2], error.line, error.column)
    except WrongOption as error:
        _fail("option", str(error), hint=error.hint)
    except LeukographError as error:
        _fail("failed", str(error), hint=error.hint)


def _answer(engine: Any, request: dict[str, Any]) -> None:
    store = engine.open_cached(request["store"]) if request["store"] else engine.open_store(request["turtle"])
    output: Any = _Bounded(request["size"])
    engine.evaluate(store, request["query"], request["form"], output, request["rows"])


def end_with_parent() -> None:
    """End this process when its stdin closes."""
    os.read(0, 1)
    os._exit(1)


def limit_memory(limit: int | None) -> None:
    """Limit the address space of this process [bytes], where the platform can."""
    if limit is None:
        return
    try:
        import resource
    except ImportError:  # Windows
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    least = limit if most == resource.RLIM_INFINITY else min(limit, most)
    resource.setrlimit(resource.RLIMIT_AS, (least, most))


def _fail(kind: str, message: str, line: int | None = None, column: int | None = None, hint: str = "") -> None:
    fault = {"kind": kind, "message": message, "line": line, "column": column, "hint": hint}
    sys.stderr.write(dumps(fault) + "\n")
    sys.stderr.flush()
    os._exit(FAULT)


if __name__ == "__main__":
    main()
