"""Workers that are kept warm, for a server: starting one costs more than most queries."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping
from queue import Empty, LifoQueue
from typing import Any

from leukograph.errors import LeukographError
from leukograph.store.child import WORKER, Answer, Worker, start

#: A worker that grew by more than this is replaced: the engine does not give memory back [kB].
GROWTH = 256 << 10
#: A worker is replaced after so many answers, whatever it looks like.
ANSWERS = 10_000


class Asking:
    """One request on its way; it can be given up from another thread."""

    def __init__(self) -> None:
        self._worker: Worker | None = None
        self._given_up = False
        self._lock = threading.Lock()

    @property
    def given_up(self) -> bool:
        """Whether nobody waits for the answer any more."""
        return self._given_up

    def begin(self, worker: Worker) -> bool:
        """Note which worker is busy; False when the request was given up before."""
        with self._lock:
            self._worker = worker
            return not self._given_up

    def end(self) -> None:
        """Note that no worker is busy with it any more."""
        with self._lock:
            self._worker = None

    def give_up(self) -> None:
        """Kill the worker that is busy with it: nobody waits for the answer."""
        with self._lock:
            self._given_up = True
            if self._worker is not None:
                self._worker.kill()


class GivenUp(Exception):
    """Nobody waits for the answer any more."""


class Pool:
    """A number of workers, each of which answers one request at a time.

    `ask` may be called from many threads; as many requests run at once as there are
    workers. A worker that was killed, crashed or grew is replaced.
    """

    def __init__(self, size: int, module: str = WORKER) -> None:
        """Start the workers; they load while the server does.

        Raises:
            QueryFailed: when a process cannot be started.
        """
        self.size = size
        self._module = module
        self._idle: LifoQueue[_Slot] = LifoQueue()
        self._slots = [_Slot() for _ in range(size)]
        self._closed = False
        try:
            for slot in self._slots:
                slot.worker = start(module, apart=True)
                self._idle.put(slot)
        except LeukographError:
            self.close()
            raise

    def ask(self, request: Mapping[str, Any], timeout: float, asking: Asking | None = None) -> Answer:
        """Return what a worker answers; waits for one that is idle.

        Raises:
            LimitReached: at a limit of time, memory or size.
            GivenUp: when the request was given up, or the pool is closed.
            LeukographError: whatever the worker raised, or when it crashed.
        """
        asking = asking or Asking()
        slot = self._idle.get()
        try:
            if self._closed:
                raise GivenUp
            worker = self._ready(slot)
            if not asking.begin(worker):
                raise GivenUp
            try:
                return worker.ask(request, timeout)
            except LeukographError:
                if asking.given_up or self._closed:
                    raise GivenUp from None
                raise
            finally:
                asking.end()
                slot.answers += 1
                self._renew(slot)
        finally:
            self._idle.put(slot)

    def _ready(self, slot: _Slot) -> Worker:
        """Return the worker of a slot; one that died while it was idle is replaced."""
        if slot.worker is None or not slot.worker.alive:
            self._replace(slot)
        assert slot.worker is not None
        return slot.worker

    def _renew(self, slot: _Slot) -> None:
        worker = slot.worker
        assert worker is not None
        slot.first_held = slot.first_held or worker.held
        if not worker.alive or slot.answers >= ANSWERS or worker.held > slot.first_held + GROWTH:
            with contextlib.suppress(LeukographError):  # tried again when it is next needed
                self._replace(slot)

    def _replace(self, slot: _Slot) -> None:
        if slot.worker is not None:
            slot.worker.stop()
        slot.worker, slot.answers, slot.first_held = None, 0, 0
        if not self._closed:
            slot.worker = start(self._module, apart=True)

    def pids(self) -> list[int]:
        """Return the numbers of the processes that are there."""
        return [slot.worker.pid for slot in self._slots if slot.worker is not None]

    def close(self) -> None:
        """End all workers, whatever they are doing; a second time does no harm."""
        if self._closed:
            return
        self._closed = True
        for slot in self._slots:
            if slot.worker is not None:
                slot.worker.kill()
        idle: list[_Slot] = []
        with contextlib.suppress(Empty):  # each is idle once its answer broke off
            while len(idle) < len(self._slots):
                idle.append(self._idle.get(timeout=2))
        for slot in self._slots:
            if slot.worker is not None:
                slot.worker.stop()
        for slot in idle:  # who asks from now on is told so
            self._idle.put(slot)


class _Slot:
    """A place for one worker."""

    def __init__(self) -> None:
        self.worker: Worker | None = None
        self.answers = 0
        #: what the worker held after its first answer [kB]
        self.first_held = 0
