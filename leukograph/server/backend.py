"""Asks the workers without ever holding up the server."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import anyio
from anyio import to_thread

from leukograph.errors import BadRequest, LeukographError
from leukograph.server.settings import Settings
from leukograph.store.child import Answer
from leukograph.store.marker import stamp
from leukograph.store.pool import Asking, GivenUp, Pool

MODULE = "leukograph.server.worker"
#: Returns when the client is gone.
Gone = Callable[[], Awaitable[None]]


class Backend:
    """The workers of a server, and how many may be asked at once."""

    def __init__(self, settings: Settings) -> None:
        """Start the workers.

        Raises:
            QueryFailed: when a process cannot be started.
        """
        self._settings = settings
        self._limits = settings.limits
        self.pool = Pool(self._limits.workers, MODULE)
        self._threads = anyio.CapacityLimiter(self._limits.workers)
        self._writing = anyio.Lock()
        #: requests that are being worked on or wait
        self.busy = 0

    async def ask(self, do: str, fields: Mapping[str, Any], gone: Gone | None = None) -> Answer:
        """Return what a worker answers.

        Args:
            do: what it is asked to do; see `worker`.
            fields: what that takes.
            gone: returns when nobody waits for the answer any more; the worker is killed.

        Raises:
            BadRequest: when too many wait already.
            GivenUp: when nobody waits any more.
            LeukographError: whatever the worker raised.
        """
        if self.busy >= self._limits.workers + self._limits.waiting:
            raise BadRequest("too many requests wait already", "ask again soon", 503, {"Retry-After": "1"})
        asking = Asking()
        self.busy += 1
        try:
            async with self._watched(asking, gone):
                return await to_thread.run_sync(
                    self.pool.ask, self._request(do, fields), self._limits.time, asking, limiter=self._threads
                )
        finally:
            self.busy -= 1

    @contextlib.asynccontextmanager
    async def _watched(self, asking: Asking, gone: Gone | None) -> AsyncIterator[None]:
        if gone is None:
            yield
            return

        async def watch() -> None:
            await gone()
            asking.give_up()

        fault: LeukographError | GivenUp | None = None
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(watch)
            try:
                yield
            except (LeukographError, GivenUp) as error:  # a task group would wrap it
                fault = error
            tasks.cancel_scope.cancel()
        if fault is not None:
            raise fault

    async def update(self, fields: Mapping[str, Any]) -> None:
        """Change the store, one update at a time; who asks next sees it.

        Raises:
            LeukographError: whatever went wrong; then nothing was changed.
        """
        async with self._writing:
            await self.ask("update", fields)

    @property
    def state(self) -> object:
        """What is another when the store was written to."""
        return stamp(self._settings.folder) if self._settings.folder else None

    def _request(self, do: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        settings = self._settings
        return {
            "do": do,
            "turtle": str(settings.turtle),
            "store": str(settings.store) if settings.store else None,
            "folder": str(settings.folder) if settings.folder else None,
            "profile": settings.profile,
            "memory": self._limits.memory,
            "size": self._limits.size,
            "rows": self._limits.rows,
            "services": list(settings.services),
            "service_time": self._limits.time,
            **fields,
        }

    def close(self) -> None:
        """End the workers."""
        self.pool.close()
