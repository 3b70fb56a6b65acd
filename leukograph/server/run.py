"""Serves the application on an address until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType

import uvicorn

from leukograph.errors import CannotServe
from leukograph.server.app import create_app
from leukograph.server.guards import strict
from leukograph.server.settings import Settings

#: Seconds in which running requests may end when the server stops.
GRACE = 3


def serve(settings: Settings, host: str, port: int, *, quiet: bool = False) -> None:
    """Serve until SIGTERM or Ctrl-C; then running requests end, and the workers.

    Args:
        settings: what is served and to whom.
        host: the address to listen on.
        port: 0 for any that is free; it is told on stderr.
        quiet: whether nothing is told.

    Raises:
        CannotServe: when the address is taken or not ours.
        KeyboardInterrupt: after Ctrl-C, when all has ended.
    """
    listener = _listener(host, port)
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        http=strict(settings.limits.client),
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=settings.limits.connections,
        timeout_graceful_shutdown=2 * GRACE,
    )
    server = _Server(config, app.state.stop)
    if not quiet:
        shown = f"[{host}]" if ":" in host else host
        what = settings.folder or "the shipped graph"
        _tell(f"Serving {what} at http://{shown}:{listener.getsockname()[1]}/ (Ctrl-C stops it)")
    # uvicorn stops on these, and then raises them once more, which must not end us before we have tidied up
    before = {number: signal.signal(number, _ignore) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        server.run(sockets=[listener])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        listener.close()
    if not server.started:
        raise CannotServe("the server did not start", "what it said stands above")
    if server.interrupted:
        raise KeyboardInterrupt


class _Server(uvicorn.Server):
    """A server whose workers are ended when running requests do not end in time."""

    def __init__(self, config: uvicorn.Config, stop: Callable[[], None]) -> None:
        super().__init__(config)
        self._stop = stop
        self.interrupted = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Note why it stops."""
        self.interrupted = self.interrupted or sig == signal.SIGINT
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let running requests end, for a while."""
        timer = asyncio.get_running_loop().call_later(GRACE, self._stop)
        await super().shutdown(sockets)
        timer.cancel()


def _ignore(*_: object) -> None:
    pass


def _listener(host: str, port: int) -> socket.socket:
    try:
        family, kind, number, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, number)
    except (OSError, UnicodeError) as error:
        raise CannotServe(f"there is no address {host!r} here: {error}", "leave --host out") from error
    try:
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise CannotServe(f"cannot listen on {host}, port {port}: {error.strerror}", "choose another --port") from error
    return listener


def _tell(line: str) -> None:
    if sys.stderr is not None:
        print(line, file=sys.stderr, flush=True)  # noqa: T201 - it is for the person who started the server
