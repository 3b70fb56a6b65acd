"""Runs a query of the user's own in a child process, so that it can be stopped.

Inside the engine no query can be interrupted, and some queries exhaust memory or
crash. The child can be killed: at the time limit, on Ctrl-C, and (by the lifeline,
see `worker`) when this process dies.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from leukograph.errors import BadQuery, LeukographError, LimitReached, QueryFailed, WrongOption
from leukograph.resources import PACKAGE

#: Seconds.
TIMEOUT = 60.0
#: Bytes of address space, where the platform can limit it.
MEMORY = 4 << 30
#: Bytes of the answer; it is held in memory before it is written.
SIZE = 256 << 20


@dataclass(frozen=True, slots=True)
class Request:
    """A query that has passed the gate, and where to ask it."""

    query: str
    #: a format that `embedded.evaluate` takes
    form: str
    turtle: Path
    #: a store made by `embedded.write_store`; without one the Turtle file is read
    store: Path | None = None
    #: with the form "json": no more rows than this
    rows: int | None = None
    memory: int | None = MEMORY
    size: int = SIZE

    def to_json(self) -> bytes:
        """Return the line that the worker reads."""
        fields = {
            "query": self.query,
            "form": self.form,
            "turtle": str(self.turtle),
            "store": str(self.store) if self.store else None,
            "rows": self.rows,
            "memory": self.memory,
            "size": self.size,
        }
        return json.dumps(fields).encode() + b"\n"


def run_in_child(request: Request, timeout: float = TIMEOUT) -> bytes:
    """Return the answer to a query, or stop it at a limit.

    Raises:
        LimitReached: at the limit of time, memory or size.
        BadQuery: when the engine cannot parse the query.
        WrongOption: when the format does not fit the form of the query.
        QueryFailed: when the engine gives up or crashes.
    """
    with started() as worker:
        return worker.ask(request, timeout)


class Worker:
    """A child process that waits for its one query."""

    def __init__(self, process: subprocess.Popen[bytes], lifeline: IO[bytes]) -> None:
        self._process, self._lifeline = process, lifeline

    def ask(self, request: Request, timeout: float) -> bytes:
        """Return the answer; see `run_in_child`."""
        with contextlib.suppress(BrokenPipeError):  # it died at once; its exit code says why
            self._lifeline.write(request.to_json())
            self._lifeline.flush()
        try:
            answer, complaint = self._process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            raise LimitReached(
                f"the query did not end within {timeout:g} s",
                "bind one end of each path, or raise the limit with --timeout SECONDS",
            ) from None
        if self._process.returncode:
            raise _error(self._process.returncode, complaint, request)
        return answer


@contextlib.contextmanager
def started() -> Iterator[Worker]:
    """Start a worker, which loads the engine while the query is still being judged.

    When the block ends, however it ends, the worker is gone.

    Raises:
        QueryFailed: when no process can be started.
    """
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as lifeline:
        try:
            process = subprocess.Popen(
                # -P: a module of the same name in the current folder must not be taken
                [sys.executable, "-P", "-c", "from leukograph.store.worker import main; main()"],
                stdin=reading,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment(),
            )
        except OSError as error:
            raise QueryFailed(f"no process could be started: {error.strerror}") from error
        finally:
            os.close(reading)
        try:
            yield Worker(process, lifeline)
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()


def environment() -> dict[str, str]:
    """Return an environment in which the worker finds this very package."""
    inherited = os.environ.get("PYTHONPATH")
    path = os.pathsep.join(filter(None, (str(PACKAGE.parent), inherited)))
    return {**os.environ, "PYTHONPATH": path, "RUST_BACKTRACE": "0"}


def _error(code: int, complaint: bytes, request: Request) -> LeukographError:
    last = complaint.decode(errors="replace").strip().rpartition("\n")[2]
    try:
        fault = json.loads(last)
        kind = fault["kind"]
    except (ValueError, TypeError, KeyError):
        return _crash(code, complaint, request)
    if kind == "syntax":
        return BadQuery(fault["message"], fault["line"], fault["column"])
    if kind == "option":
        return WrongOption(fault["message"], fault["hint"])
    if kind == "size":
        return LimitReached(
            f"the answer is larger than {request.size >> 20} MB", "ask for less: LIMIT, or fewer variables"
        )
    if kind == "memory":
        return _out_of_memory(request)
    error = QueryFailed(fault["message"].removeprefix("the query failed: "))
    error.hint = fault["hint"]
    return error


def _crash(code: int, complaint: bytes, request: Request) -> LeukographError:
    if b"memory allocation" in complaint or b"MemoryError" in complaint or b"bad_alloc" in complaint:
        return _out_of_memory(request)
    # at the limit the engine may not even have the memory to say so
    if code == -6 and request.memory and not complaint.strip():
        return _out_of_memory(request)
    if code == -9:
        return QueryFailed("its process was killed, probably for want of memory")
    return QueryFailed(f"its process ended with code {code}")


def _out_of_memory(request: Request) -> LimitReached:
    size = f"{(request.memory or 0) / (1 << 30):.3g} GB"
    return LimitReached(f"the query needs more than {size} of memory", "leave out ORDER BY, or ask for fewer rows")
