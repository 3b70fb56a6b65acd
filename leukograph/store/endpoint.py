"""A SPARQL 1.1 endpoint, asked over HTTP as the protocol says.

The product goes to the network only here, and only to the address that was typed.
A redirect is followed where it stays on the host that was named. Every answer has a
limit of time and of size.
"""

from __future__ import annotations

import time
from http.client import HTTPException, HTTPMessage, HTTPResponse
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

from leukograph import __version__
from leukograph.errors import BadQuery, EndpointFailed, LimitReached, WrongOption
from leukograph.store.backend import Row

#: Seconds for one answer.
TIMEOUT = 60.0
#: Bytes of one answer.
SIZE = 256 << 20
_JSON = "application/sparql-results+json"
_CHUNK = 1 << 16
#: Letters of a server's complaint that are repeated.
_COMPLAINT = 200


class Endpoint:
    """A SPARQL 1.1 endpoint.

    Args:
        url: its address, as it was typed; parameters such as `default-graph-uri` are kept.
        timeout: seconds for one answer.
        size: bytes of one answer.

    Raises:
        WrongOption: when the address is none of http or https, or holds a password.
    """

    def __init__(self, url: str, timeout: float = TIMEOUT, size: int = SIZE) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise WrongOption(f"{url!a} is no address of an endpoint", "write it as https://host/sparql")
        if parts.username or parts.password:
            raise WrongOption("the address of the endpoint holds a name or password", "leave it out")
        self.name = url
        self._timeout, self._size = timeout, size
        self._opener: OpenerDirector = build_opener(_SameHost(parts.hostname))

    def __repr__(self) -> str:
        return f"<Endpoint {self.name}>"

    def rows(self, query: str) -> list[Row]:
        """Return the rows of a SELECT; see `Backend`."""
        content = self.fetch(query, _JSON)
        try:
            answer = parse_query_results(content, QueryResultsFormat.JSON)
            assert isinstance(answer, QuerySolutions)
            return [tuple(solution) for solution in answer]
        except (SyntaxError, ValueError, AssertionError, OSError) as error:
            raise EndpointFailed(self.name, "answered, but not in SPARQL results (JSON)") from error

    def fetch(self, query: str, accept: str) -> bytes:
        """Send a query and return the answer as the endpoint gave it.

        Args:
            query: SPARQL; it must stand by itself, with all its prefixes.
            accept: the media type wanted.

        Raises:
            BadQuery: when the endpoint finds the query faulty.
            EndpointFailed: when it cannot be reached, or fails.
            LimitReached: when the answer takes too long, or is too large.
        """
        request = Request(
            self.name,
            urlencode({"query": query}).encode(),
            {
                "Accept": accept,
                "Content-Type": "application/x-www-form-urlencoded",
                "User-Agent": f"leukograph/{__version__}",
            },
        )
        deadline = time.monotonic() + self._timeout
        try:
            with self._opener.open(request, timeout=self._timeout) as response:
                return self._body(response, deadline)
        except HTTPError as error:
            with error:
                raise self._refused(error) from error
        except TimeoutError as error:
            raise self._too_late() from error
        except URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise self._too_late() from error
            raise EndpointFailed(self.name, f"cannot be reached: {_reason(error.reason)}") from error
        except (OSError, HTTPException) as error:
            raise EndpointFailed(self.name, f"broke off: {_reason(error)}") from error

    def _body(self, response: HTTPResponse, deadline: float) -> bytes:
        pieces, size = [], 0
        while piece := response.read1(_CHUNK):
            pieces.append(piece)
            size += len(piece)
            if size > self._size:
                raise LimitReached(f"{self.name} sent more than {self._size >> 20} MB", "ask for less")
            if time.monotonic() > deadline:
                raise self._too_late()
        return b"".join(pieces)

    def _refused(self, error: HTTPError) -> BadQuery | EndpointFailed:
        complaint = error.read(4096).decode(errors="replace").strip().split("\n")[0][:_COMPLAINT]
        if error.code == 400 and "<" not in complaint[:1]:
            return BadQuery(f"{self.name} says: {complaint or 'bad request'}")
        return EndpointFailed(self.name, f"answered {error.code} {error.reason}")

    def _too_late(self) -> LimitReached:
        return LimitReached(
            f"{self.name} did not answer within {self._timeout:g} s", "ask for less, or try again later"
        )


def _reason(error: object) -> str:
    return str(getattr(error, "strerror", None) or error)[:_COMPLAINT]


class _SameHost(HTTPRedirectHandler):
    """Follows a redirect only where it stays on the host that was named, and on https once there."""

    max_redirections = 5

    def __init__(self, host: str) -> None:
        self._host = host

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        """Return the request to make next.

        Raises:
            EndpointFailed: when the redirect leaves the host, or leaves https.
        """
        parts = urlsplit(newurl)
        if parts.hostname != self._host or (req.type == "https" and parts.scheme != "https"):
            raise EndpointFailed(req.full_url, f"sends on to {newurl}, which is not followed")
        kept: dict[str, Any] = dict(req.header_items())
        return Request(newurl, req.data, kept, method=req.get_method())
