"""A process that answers queries, one after the other, until its parent is gone.

It reads one line of JSON from stdin for each request and writes one line of JSON to
stdout, followed by as many bytes as its `length` says:

    {"do": "query", "query": "...", "form": "json", ...}   ->  {"kind": "answer", "length": 42, ...}

A fault has the kind "error" (with the `code` and what else there is to say), "memory" or
"size", and no bytes. What a query asks for is said in `child.Request`.

The parent keeps stdin open as a lifeline: when it closes, the parent is gone or has
lost interest, and the worker ends at once, even within the engine.
"""

from __future__ import annotations

import _thread
import os
import signal
import sys
from collections.abc import Callable, Mapping
from io import BytesIO
from json import dumps, loads
from queue import SimpleQueue
from typing import Any

from leukograph.errors import LeukographError

#: Answers a request: the bytes, and what is to be told about them.
Handler = Callable[[dict[str, Any]], tuple[bytes, dict[str, Any]]]


class TooLarge(Exception):
    """The answer has outgrown its limit."""


class Bounded(BytesIO):
    """Takes bytes until there are too many."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def write(self, data: Any) -> int:
        """Take bytes.

        Raises:
            TooLarge: when there are more than the limit.
        """
        if self.tell() + len(data) > self._limit:
            raise TooLarge
        return super().write(data)


def main(more: Mapping[str, Handler] | None = None) -> None:
    """Answer the requests on stdin.

    Args:
        more: handlers of further requests, by what they are asked to do.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python's own handler waits for the engine
    from leukograph.store.engine import handlers  # before a request comes: the parent is still busy

    known = {**handlers(), **(more or {})}
    requests: SimpleQueue[bytes] = SimpleQueue()
    _thread.start_new_thread(_read, (requests,))
    while True:
        request = loads(requests.get())
        try:
            limit_memory(request["memory"])
            body, told = known[request["do"]](request)
        except BaseException as error:  # whatever it was, the parent must hear of it
            _reply(_fault(error))
        else:
            _reply({"kind": "answer", "length": len(body), "held": _held(), **told}, body)


def _read(requests: SimpleQueue[bytes]) -> None:
    for line in sys.stdin.buffer:
        requests.put(line)
    os._exit(1)  # the parent is gone


def _reply(head: dict[str, Any], body: bytes = b"") -> None:
    try:
        sys.stdout.buffer.write(dumps(head).encode() + b"\n")
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()
    except OSError:
        os._exit(1)


def _fault(error: BaseException) -> dict[str, Any]:
    if isinstance(error, MemoryError | TooLarge):
        return {"kind": "memory" if isinstance(error, MemoryError) else "size", "held": _held()}
    if not isinstance(error, LeukographError):
        raise error
    return {
        "kind": "error",
        "code": error.code,
        "message": str(error),
        "hint": error.hint,
        "line": getattr(error, "line", None),
        "column": getattr(error, "column", None),
        "limit": getattr(error, "limit", ""),
        "held": _held(),
    }


def end_with_parent() -> None:
    """End this process when its stdin closes; for a process with one request only."""
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


def _held() -> int:
    """Return how much memory this process holds [kB], or 0 where that is not told.

    The peak that the system counts would do elsewhere, but a process inherits it from
    the one that started it.
    """
    try:
        with open("/proc/self/statm", "rb") as file:
            pages = int(file.read().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGESIZE") // 1024


if __name__ == "__main__":
    main()
