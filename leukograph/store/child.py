"""Runs queries that are not ours in a child process, so that they can be stopped.

Inside the engine no query can be interrupted, and some queries exhaust memory or
crash. The child can be killed: at the time limit, on Ctrl-C, and (by the lifeline,
see `worker`) when this process dies. A command starts one for its one query; a
server keeps some (`pool`).
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple, Self

from leukograph import errors
from leukograph.errors import LeukographError, LimitReached, QueryFailed
from leukograph.resources import PACKAGE

#: Seconds.
TIMEOUT = 60.0
#: Bytes of address space, where the platform can limit it.
MEMORY = 4 << 30
#: Bytes of the answer; it is held in memory before it is written.
SIZE = 256 << 20
#: The module whose `main` a worker runs.
WORKER = "leukograph.store.worker"
#: What a process says that ends for want of memory; the last is a thread that got no stack.
_SIGNS_OF_NO_MEMORY = (b"memory allocation", b"MemoryError", b"bad_alloc", b"Resource temporarily unavailable")
_BY_CODE = {
    value.code: value
    for value in vars(errors).values()
    if isinstance(value, type) and issubclass(value, LeukographError)
}


@dataclass(frozen=True, slots=True)
class Request:
    """A query that has passed the gate, and where to ask it."""

    query: str
    #: a format that `embedded.evaluate` takes
    form: str
    #: a file of triples in any form that `load` takes
    turtle: Path
    #: a store made by `embedded.write_store`; without one the Turtle file is read
    store: Path | None = None
    #: a store of the user's own (`folder.Folder`), asked instead of both
    folder: Path | None = None
    #: no more rows than this
    rows: int | None = None
    memory: int | None = MEMORY
    size: int = SIZE
    #: the data set, when it is not the whole store; see `embedded.Dataset`
    default_graphs: tuple[str | None, ...] | None = None
    named_graphs: tuple[str, ...] | None = None

    def fields(self) -> dict[str, Any]:
        """Return what the worker reads."""
        return {"do": "query", **asdict(self)}


class Answer(NamedTuple):
    """What a worker gave back."""

    body: bytes
    #: what it said of it, such as `truncated`
    told: Mapping[str, Any]


def run_in_child(request: Request, timeout: float = TIMEOUT) -> bytes:
    """Return the answer to a query, or stop it at a limit.

    Raises:
        LimitReached: at the limit of time, memory or size.
        BadQuery: when the engine cannot parse the query.
        WrongOption: when the format does not fit the form of the query.
        QueryFailed: when the engine gives up or crashes.
    """
    with started() as worker:
        return worker.ask(request.fields(), timeout).body


class Worker:
    """A child process that answers one request after the other."""

    def __init__(self, process: subprocess.Popen[bytes], lifeline: IO[bytes]) -> None:
        self._process, self._lifeline = process, lifeline
        self._late = False
        #: how much memory it held after its last answer [kB], as far as it told
        self.held = 0

    @property
    def alive(self) -> bool:
        """Whether it can be asked again."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._process.pid

    def ask(self, request: Mapping[str, Any], timeout: float) -> Answer:
        """Return the answer; see `run_in_child`. At a limit of time the worker is killed.

        Args:
            request: as `Request.fields` gives it, or what another `main` understands; it
                names the limits `memory` and `size` [bytes].
            timeout: seconds.
        """
        with contextlib.suppress(OSError):  # it died at once; its exit code says why
            self._lifeline.write(json.dumps(request, default=str).encode() + b"\n")
        with _Clock(timeout, self._stop_late) as clock:
            head, body = self._receive(clock)
        if head is None:
            raise self._ended(request, timeout)
        self.held = head["held"]
        if head["kind"] == "answer":
            return Answer(body, head)
        raise _error(head, request)

    def _receive(self, clock: _Clock) -> tuple[dict[str, Any] | None, bytes]:
        """Return the head and the body of an answer; no head when it broke off."""
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        received, head, length = bytearray(), None, 0
        while head is None or len(received) < length:
            clock.wait_for(pipe)
            piece = os.read(pipe, 1 << 20)
            if not piece:
                return None, b""
            received += piece
            if head is None and b"\n" in piece:
                line, _, received = received.partition(b"\n")
                head = json.loads(line)
                length = head.get("length", 0)
        return head, bytes(received)

    def _ended(self, request: Mapping[str, Any], timeout: float) -> LeukographError:
        self._process.kill()  # its output is closed: if it is not gone it will be of no use
        code = self._process.wait()
        assert self._process.stderr is not None
        complaint = self._process.stderr.read()
        if self._late:
            return LimitReached(
                f"the query did not end within {timeout:g} s",
                "bind one end of each path, or raise the limit with --timeout SECONDS",
                "time",
            )
        return _crash(code, complaint, request)

    def _stop_late(self) -> None:
        self._late = True
        self._process.kill()

    def kill(self) -> None:
        """Kill the process; who waits for its answer gets an error."""
        self._process.kill()

    def stop(self) -> None:
        """End the process, whatever it is doing, and tidy up."""
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(OSError):
            self._lifeline.close()
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()


class _Clock:
    """Calls an alarm when the time is up, at the latest when an answer is waited for."""

    def __init__(self, timeout: float, alarm: Callable[[], None]) -> None:
        self._end = time.monotonic() + timeout
        self._alarm = alarm
        # a pipe cannot be polled there; elsewhere a thread would cost more than most queries
        self._timer = threading.Timer(timeout, alarm) if sys.platform == "win32" else None

    def __enter__(self) -> Self:
        if self._timer is not None:
            self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def wait_for(self, pipe: int) -> None:
        """Return when there is something to read, which there is once the alarm killed the writer."""
        if sys.platform != "win32":
            poll = select.poll()
            poll.register(pipe, select.POLLIN)
            if not poll.poll(max(0, math.ceil((self._end - time.monotonic()) * 1000))):
                self._alarm()


@contextlib.contextmanager
def started() -> Iterator[Worker]:
    """Start a worker, which loads the engine while the query is still being judged.

    When the block ends, however it ends, the worker is gone.

    Raises:
        QueryFailed: when no process can be started.
    """
    worker = start()
    try:
        yield worker
    finally:
        worker.stop()


def start(module: str = WORKER, *, apart: bool = False) -> Worker:
    """Start a worker.

    Args:
        module: whose `main` it runs.
        apart: whether an interrupt from the terminal is kept away from it.

    Raises:
        QueryFailed: when no process can be started.
    """
    reading, writing = os.pipe()
    lifeline = os.fdopen(writing, "wb", buffering=0)
    try:
        process = subprocess.Popen(
            # -P: a module of the same name in the current folder must not be taken
            [sys.executable, "-P", "-c", f"from {module} import main; main()"],
            stdin=reading,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=environment(),
            process_group=0 if apart and os.name == "posix" else None,
        )
    except OSError as error:
        lifeline.close()
        raise QueryFailed(f"no process could be started: {error.strerror}") from error
    finally:
        os.close(reading)
    return Worker(process, lifeline)


def environment() -> dict[str, str]:
    """Return an environment in which the worker finds this very package."""
    inherited = os.environ.get("PYTHONPATH")
    path = os.pathsep.join(filter(None, (str(PACKAGE.parent), inherited)))
    # glibc reserves 64 MB of address space for each thread, which is what the limit of memory counts
    arenas = os.environ.get("MALLOC_ARENA_MAX", "1")
    return {**os.environ, "PYTHONPATH": path, "RUST_BACKTRACE": "0", "MALLOC_ARENA_MAX": arenas}


def _error(fault: Mapping[str, Any], request: Mapping[str, Any]) -> LeukographError:
    """Return the error that a worker told of, as if it had been raised here."""
    if fault["kind"] == "size":
        return LimitReached(
            f"the answer is larger than {request['size'] >> 20} MB", "ask for less: LIMIT, or fewer variables", "size"
        )
    if fault["kind"] == "memory":
        return _out_of_memory(request)
    type_ = _BY_CODE[fault["code"]]
    error = type_.__new__(type_)
    Exception.__init__(error, fault["message"])
    for name in ("hint", "line", "column", "limit"):
        setattr(error, name, fault[name])
    return error


def _crash(code: int, complaint: bytes, request: Mapping[str, Any]) -> LeukographError:
    if any(sign in complaint for sign in _SIGNS_OF_NO_MEMORY):
        return _out_of_memory(request)
    # at the limit the engine may not even have the memory to say so
    if code == -6 and request["memory"] and not complaint.strip():
        return _out_of_memory(request)
    if b"total order" in complaint:  # pyoxigraph 0.5.13 gives up on numbers, dates and texts in one column
        error = QueryFailed("the engine cannot sort values of several types")
        error.hint = "sort by their text: ORDER BY STR(?x)"
        return error
    if code == -9:
        return QueryFailed("its process was killed, probably for want of memory")
    return QueryFailed(f"its process ended with code {code}")


def _out_of_memory(request: Mapping[str, Any]) -> LimitReached:
    size = f"{(request['memory'] or 0) / (1 << 30):.3g} GB"
    hint = "leave out ORDER BY, or ask for fewer rows"
    return LimitReached(f"the query needs more than {size} of memory", hint, "memory")
