"""What is served, to whom, and within which limits."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from leukograph.errors import WrongOption

#: Names under which a server that listens to this machine alone is reached.
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
#: Scheme, host and port; browsers send no path.
_ORIGIN = re.compile(r"https?://[^\s/?#@*]+")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may cost, and all of them together."""

    #: seconds for a query or a question, the wait for a worker not counted
    time: float = 30.0
    #: bytes of address space of a worker, where the platform can limit it
    memory: int | None = 2 << 30
    #: rows, or triples, of an answer
    rows: int = 100_000
    #: bytes of an answer
    size: int = 64 << 20
    #: bytes of the body of a request
    body: int = 1 << 20
    #: requests that are worked on at once, each in a process of its own; more than there are cores, so
    #: that a few long ones do not keep all others waiting
    workers: int = field(default_factory=lambda: max(4, min(16, 2 * (os.cpu_count() or 2))))
    #: requests that may wait for a worker; more are turned away
    waiting: int = 128
    #: connections that are open at once; more are turned away
    connections: int = 512
    #: seconds in which a client must send its request, and take each piece of the answer
    client: float = 20.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What is served and to whom."""

    #: the shipped release
    turtle: Path
    #: the shipped graph as the engine opens it; without it the file is read
    store: Path | None = None
    #: a store of the user's own (`leukograph.store.folder`), served instead
    folder: Path | None = None
    #: how its questions are answered when it is no release of leukograph
    profile: str | None = None
    limits: Limits = Limits()
    #: names under which the server is reached; a request for any other is refused
    hosts: frozenset[str] = LOCAL
    #: origins of pages whose scripts may read the answers; `*` for all
    origins: tuple[str, ...] = ()
    #: hosts that SERVICE may ask
    services: tuple[str, ...] = ()
    #: the address under which others reach it, with a slash at the end, when a proxy stands before it
    public_url: str | None = None
    #: what a client must show to change the store; None when nobody may
    token: str | None = None

    @property
    def writable(self) -> bool:
        """Whether updates are taken."""
        return self.token is not None and self.folder is not None


def check_origin(origin: str) -> None:
    """Check that a text is an origin as browsers send it, or `*` for all.

    Raises:
        WrongOption: when it is none.
    """
    if origin != "*" and not _ORIGIN.fullmatch(origin):
        raise WrongOption(f"{origin!r} is no origin", "an origin is a scheme and a host: https://example.org, or *")


def host_of(url: str) -> str:
    """Return the host in an address of the service.

    Raises:
        WrongOption: when it is no http(s) address.
    """
    from leukograph.errors import RefusedAddress
    from leukograph.store.address import split

    try:
        return split(url).host
    except RefusedAddress as error:
        raise WrongOption(
            f"{url[:100]!r} is no address of a server: {error.why}", "write it as https://HOST/"
        ) from error
