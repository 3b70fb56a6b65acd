"""The one way out to the network: requests whose every address is judged first.

The name is resolved once and the connection goes to an address that was judged
(`address`), so that a name that changes its mind in between gains nothing. Every
redirect begins anew.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Collection, Mapping
from typing import NamedTuple
from urllib.parse import urljoin

from leukograph.errors import LimitReached, QueryFailed, RefusedAddress
from leukograph.store.address import Place, judge, split

#: Redirects that are followed.
REDIRECTS = 5
_AGENT = "leukograph"
#: Headers by which servers say that they gave only a part: our own, and Virtuoso's.
_CUT = ("Leukograph-Truncated", "X-SPARQL-MaxRows")


class Reply(NamedTuple):
    """What an endpoint answered."""

    status: int
    media_type: str
    body: bytes
    #: whether the server says that it gave only a part of the answer
    cut: bool = False


class Policy(NamedTuple):
    """Whom requests may go to."""

    #: names of hosts; no other is asked, not even after a redirect
    hosts: Collection[str]
    #: hosts and addresses that may be asked although they are not public
    private: Collection[str] = ()

    @classmethod
    def of_hosts(cls, hosts: Collection[str]) -> Policy:
        """Return the policy in which each host was named by the user."""
        names = frozenset(host.rstrip(".").lower().strip("[]") for host in hosts)
        return cls(names, names)


def fetch(
    url: str, policy: Policy, *, body: bytes | None, headers: Mapping[str, str], timeout: float, size: int
) -> Reply:
    """Ask an endpoint: POST with a body, GET without.

    Args:
        url: the endpoint.
        policy: whom requests may go to.
        body: what is posted.
        headers: further header lines.
        timeout: seconds for all of it, redirects included.
        size: bytes that the answer may have at the most.

    Raises:
        RefusedAddress: when it, or where it redirects to, may not be asked.
        QueryFailed: when it does not answer, or not in HTTP.
        LimitReached: at the limit of time or size.
    """
    end = time.monotonic() + timeout
    secure = False
    for _ in range(REDIRECTS + 1):
        place = split(url)
        if place.host not in policy.hosts:
            raise RefusedAddress(f"{place.scheme}://{place.host}", "this host was not allowed")
        if secure and place.scheme == "http":
            raise RefusedAddress(url, "it follows from an https address by a redirect")
        secure = place.scheme == "https"
        addresses = judge(place, _resolved(place), policy.private)
        try:
            status, place_next, reply = _ask(place, addresses, body, headers, end, size)
        except TimeoutError as error:
            raise LimitReached(f"{place.host} did not answer within {timeout:g} s") from error
        except (OSError, http.client.HTTPException) as error:
            raise QueryFailed(f"{place.host} cannot be asked: {str(error) or type(error).__name__}") from error
        if place_next is None:
            return reply
        url = urljoin(url, place_next)
        body = None if status == 303 else body
    raise QueryFailed(f"{url[:200]} redirects too often")


def _resolved(place: Place) -> list[str]:
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise QueryFailed(f"{place.host} has no address: {error}") from error
    return [str(entry[4][0]) for entry in found]


def _ask(
    place: Place, addresses: Collection[str], body: bytes | None, headers: Mapping[str, str], end: float, size: int
) -> tuple[int, str | None, Reply]:
    """Return the status, where it redirects to, and the reply."""
    connection = _Pinned(place, addresses, end)
    try:
        method = "GET" if body is None else "POST"
        connection.request(method, place.target, body, {"User-Agent": _AGENT, **headers})
        with connection.getresponse() as response:
            if response.status in {301, 302, 303, 307, 308} and (location := response.getheader("Location")):
                return response.status, location, Reply(response.status, "", b"")
            media_type = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
            cut = any(response.getheader(name) for name in _CUT)
            body = _read(connection, response, end, size)
            return response.status, None, Reply(response.status, media_type, body, cut)
    finally:
        connection.close()


def _read(connection: _Pinned, response: http.client.HTTPResponse, end: float, size: int) -> bytes:
    pieces, length = [], 0
    while piece := response.read1(1 << 16):
        length += len(piece)
        if length > size:
            raise LimitReached(f"the answer of an endpoint is larger than {size >> 20} MB", "ask it for less", "size")
        pieces.append(piece)
        connection.wait_until(end)
    return b"".join(pieces)


class _Pinned(http.client.HTTPConnection):
    """A connection to addresses that were judged, whatever the name leads to by now."""

    def __init__(self, place: Place, addresses: Collection[str], end: float) -> None:
        super().__init__(place.host, place.port)
        self._place, self._addresses, self._end = place, addresses, end
        #: the same as `sock`, which is given away when the answer ends the connection
        self._socket: socket.socket | None = None

    def connect(self) -> None:
        """Connect to the first address that answers."""
        fault: OSError | None = None
        for address in self._addresses:
            try:
                self.sock = socket.create_connection((address, self._place.port), self._left())
                break
            except OSError as error:
                fault = error
        else:
            raise fault or OSError("there is no address")
        if self._place.scheme == "https":
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self._place.host)
        self._socket = self.sock

    def wait_until(self, end: float) -> None:
        """Set how long the next read may take.

        Raises:
            TimeoutError: when no time is left.
        """
        self._end = end
        if self._socket is not None:
            self._socket.settimeout(self._left())

    def _left(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left
