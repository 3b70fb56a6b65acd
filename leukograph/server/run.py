"""Serves the application on an address until it is told to stop."""

from __future__ import annotations

import signal
import socket
import sys

import uvicorn

from leukograph.errors import CannotServe
from leukograph.server.app import create_app
from leukograph.server.guards import strict
from leukograph.server.settings import Settings

#: Seconds in which running requests may end when the server stops.
GRACE = 5


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
    config = uvicorn.Config(
        create_app(settings),
        http=strict(settings.limits.client),
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=settings.limits.connections,
        timeout_graceful_shutdown=GRACE,
    )
    server = uvicorn.Server(config)
    if not quiet:
        shown = f"[{host}]" if ":" in host else host
        what = settings.folder or "the shipped graph"
        _tell(f"Serving {what} at http://{shown}:{listener.getsockname()[1]}/ (Ctrl-C stops it)")
    before = signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn stops on it, then raises it once more
    try:
        server.run(sockets=[listener])
    finally:
        signal.signal(signal.SIGTERM, before)
        listener.close()
    if not server.started:
        raise CannotServe("the server did not start", "what it said stands above")


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
