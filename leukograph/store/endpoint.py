"""A SPARQL 1.1 endpoint, asked over HTTP as the protocol says.

Only the host that was typed is asked, wherever it lies; a redirect is followed where
it stays on that host. Every answer has a limit of time and of size.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Iterator
from typing import IO
from urllib.parse import urlencode

from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, RdfFormat, parse, parse_query_results

from leukograph import __version__
from leukograph.errors import AnswerCut, BadQuery, EndpointFailed, LeukographError
from leukograph.store import outbound
from leukograph.store.address import split
from leukograph.store.backend import Row
from leukograph.store.embedded import write_answer

#: Seconds for one answer.
TIMEOUT = 60.0
#: Bytes of one answer.
SIZE = 256 << 20
_JSON = "application/sparql-results+json"
_TRIPLES = "application/n-triples"
_GRAPHS = frozenset({"turtle", "ntriples", "rdfxml", "jsonld"})
#: Letters of a server's complaint that are repeated.
_COMPLAINT = 200


class Endpoint:
    """A SPARQL 1.1 endpoint.

    Args:
        url: its address, as it was typed; parameters such as `default-graph-uri` are kept.
        timeout: seconds for one answer.
        size: bytes of one answer.

    Raises:
        RefusedAddress: when the address is none of http or https, or holds a password.
    """

    def __init__(self, url: str, timeout: float = TIMEOUT, size: int = SIZE) -> None:
        self.name = url
        self._policy = outbound.Policy.of_hosts([split(url).host])
        self._timeout, self._size = timeout, size

    def __repr__(self) -> str:
        return f"<Endpoint {self.name}>"

    def rows(self, query: str) -> list[Row]:
        """Return the rows of a SELECT; see `Backend`."""
        reply = self._fetch(query, _JSON)
        if reply.cut:
            raise AnswerCut(self.name)
        with self._reading():
            return _tuples(self._results(reply.body))

    def evaluate(self, query: str, form: str, output: IO[bytes], rows: int | None = None) -> bool:
        """Ask and write the answer in the named format; see `Backend`.

        A prefix of ours that the query uses without a PREFIX line is declared to the endpoint.

        Raises:
            WrongOption: when the format does not fit the form of the query.
            BadQuery: when the endpoint finds the query faulty.
            EndpointFailed, QueryFailed: when it fails, or cannot be reached.
            LimitReached: when the answer takes too long, or is too large.
            RefusedAddress: when it redirects to another host.
        """
        from leukograph.store.binding import with_prefixes

        query = with_prefixes(query)
        if form in _GRAPHS:
            reply = self._fetch(query, _TRIPLES)
            try:
                triples = [quad.triple for quad in parse(reply.body, format=RdfFormat.N_TRIPLES)]
            except (SyntaxError, ValueError) as error:
                raise EndpointFailed(self.name, "answered, but not in N-Triples") from error
            return write_answer(triples, form, output, rows) or reply.cut
        reply = self._fetch(query, _JSON)
        with self._reading():  # rows are read as they are written
            return write_answer(self._results(reply.body), form, output, rows) or reply.cut

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        """Turn what the reader of rows raises into an error of ours."""
        try:
            yield
        except LeukographError:
            raise
        except (SyntaxError, ValueError, OSError) as error:
            # the engine's iterator must not outlive its thread, and a traceback would keep it
            traceback.clear_frames(error.__traceback__)
            raise EndpointFailed(self.name, "broke off its answer") from None

    def _results(self, content: bytes) -> QuerySolutions | QueryBoolean:
        try:
            return parse_query_results(content, QueryResultsFormat.JSON)
        except (SyntaxError, ValueError, OSError) as error:
            raise EndpointFailed(self.name, "answered, but not in SPARQL results (JSON)") from error

    def _fetch(self, query: str, accept: str) -> outbound.Reply:
        """Send a query that stands by itself, with all its prefixes."""
        headers = {
            "Accept": accept,
            "Content-Type": "application/x-www-form-urlencoded",
            "User-Agent": f"leukograph/{__version__}",
        }
        body = urlencode({"query": query}).encode()
        reply = outbound.fetch(
            self.name, self._policy, body=body, headers=headers, timeout=self._timeout, size=self._size
        )
        if 200 <= reply.status < 300:
            return reply
        complaint = reply.body[:4096].decode(errors="replace").strip().partition("\n")[0][:_COMPLAINT]
        if reply.status == 400 and not complaint.startswith("<"):
            raise BadQuery(f"{self.name} says: {complaint or 'bad request'}")
        raise EndpointFailed(self.name, f"answered with status {reply.status}")


def _tuples(answer: QuerySolutions | QueryBoolean) -> list[Row]:
    return [] if isinstance(answer, QueryBoolean) else [tuple(solution) for solution in answer]
