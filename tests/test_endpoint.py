"""Endpoints that fail, dawdle, cut or send elsewhere; a server of our own stands in for each."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from pyoxigraph import NamedNode

from leukograph.errors import (
    AnswerCut,
    BadQuery,
    EndpointFailed,
    LeukographError,
    LimitReached,
    QueryFailed,
    RefusedAddress,
)
from leukograph.store.backend import THOSE, in_batches
from leukograph.store.binding import with_prefixes
from leukograph.store.endpoint import Endpoint
from tests.conftest import Run

RESULTS = "application/sparql-results+json"
EMPTY = json.dumps({"head": {"vars": ["s"]}, "results": {"bindings": []}}).encode()
Answering = Callable[[BaseHTTPRequestHandler, str], None]


@pytest.fixture
def serving() -> Iterator[Callable[[Answering], str]]:
    """Start servers that answer a query as a function says, and give their addresses."""
    servers: list[ThreadingHTTPServer] = []

    def start(answer: Answering) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                answer(self, parse_qs(body)["query"][0])

            def do_GET(self) -> None:
                answer(self, "")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name above
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/sparql"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def reply(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Type": RESULTS, "Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, b"<html>not found</html>", EndpointFailed),
        (200, b"", EndpointFailed),
        (200, b'{"head": {"vars": ["s"]}, "results": {"bindings": [{"s": 1}]}}', EndpointFailed),
        (404, b"nothing here", EndpointFailed),
        (500, b"oops", EndpointFailed),
        (400, b"unexpected '}'\nat line 1", BadQuery),
    ],
)
def test_what_goes_wrong_there_is_an_error_of_ours(
    serving: Callable[[Answering], str], status: int, body: bytes, error: type[LeukographError]
) -> None:
    url = serving(lambda handler, _: reply(handler, status, body))
    with pytest.raises(error) as caught:
        Endpoint(url).rows("SELECT ?s { ?s ?p ?o }")

    assert url in str(caught.value)


def test_one_that_never_answers_ends_at_the_limit(serving: Callable[[Answering], str]) -> None:
    url = serving(lambda *_: time.sleep(3))
    start = time.monotonic()
    with pytest.raises(LimitReached):
        Endpoint(url, timeout=0.4).rows("SELECT ?s { ?s ?p ?o }")

    assert time.monotonic() - start < 1.4


def test_one_that_drips_ends_at_the_limit(serving: Callable[[Answering], str]) -> None:
    def drip(handler: BaseHTTPRequestHandler, _: str) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _piece in range(60):
            handler.wfile.write(b" ")
            time.sleep(0.05)

    with pytest.raises(LimitReached):
        Endpoint(serving(drip), timeout=0.4).rows("SELECT ?s { ?s ?p ?o }")


def test_an_answer_without_end_is_too_large(serving: Callable[[Answering], str]) -> None:
    url = serving(lambda handler, _: reply(handler, 200, b" " * 300_000))
    with pytest.raises(LimitReached, match="larger"):
        Endpoint(url, size=100_000).rows("SELECT ?s { ?s ?p ?o }")


def test_another_host_is_not_followed(serving: Callable[[Answering], str]) -> None:
    asked: list[str] = []

    def note(handler: BaseHTTPRequestHandler, query: str) -> None:
        asked.append(query)
        reply(handler, 200, EMPTY)

    other = serving(note)
    away = other.replace("127.0.0.1", "localhost")
    url = serving(lambda handler, _: reply(handler, 307, b"", Location=away))
    with pytest.raises(RefusedAddress):
        Endpoint(url).rows("SELECT ?s { ?s ?p ?o }")

    assert not asked


def test_on_the_same_host_a_redirect_is_followed(serving: Callable[[Answering], str]) -> None:
    other = serving(lambda handler, _: reply(handler, 200, EMPTY))
    url = serving(lambda handler, _: reply(handler, 307, b"", Location=other))

    assert Endpoint(url).rows("SELECT ?s { ?s ?p ?o }") == []


def test_a_port_where_nobody_listens() -> None:
    with pytest.raises(QueryFailed, match="cannot be asked"):
        Endpoint("http://127.0.0.1:9/sparql").rows("SELECT ?s { ?s ?p ?o }")


@pytest.mark.parametrize("url", ["ftp://host/x", "http://", "http://me:secret@host/sparql", "http://a b/"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(RefusedAddress):
        Endpoint(url)


def test_a_cut_answer_is_asked_for_in_parts(serving: Callable[[Answering], str]) -> None:
    """The server gives no more than three rows, and says when there would be more."""
    asked: list[int] = []

    def answer(handler: BaseHTTPRequestHandler, query: str) -> None:
        terms = query.partition("{ <")[2].partition(" }")[0].split()
        asked.append(len(terms))
        bindings = [{"x": {"type": "uri", "value": term.strip("<>")}} for term in terms][:3]
        body = json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": bindings}}).encode()
        reply(handler, 200, body, **({"X-SPARQL-MaxRows": "3"} if len(terms) > 3 else {}))

    endpoint = Endpoint(serving(answer))
    terms = [NamedNode(f"https://example.org/{number}") for number in range(8)]
    rows = in_batches(endpoint, terms, f"SELECT ?x {{ {THOSE} }}".replace("VALUES ?x {", "VALUES ?x { "))

    assert [row[0] for row in rows] == sorted(terms, key=str)
    assert asked == [8, 4, 2, 2, 4, 2, 2]


def test_one_row_too_many_is_an_error(serving: Callable[[Answering], str]) -> None:
    url = serving(lambda handler, _: reply(handler, 200, EMPTY, Leukograph_Truncated="true"))
    with pytest.raises(AnswerCut, match="only a part"):
        in_batches(Endpoint(url), [NamedNode("https://example.org/1")], f"SELECT ?x {{ {THOSE} }}")


def test_the_command_ends_with_the_right_code(run: Run, serving: Callable[[Answering], str]) -> None:
    url = serving(lambda handler, _: reply(handler, 200, b"<html></html>"))
    for arguments, code in (
        (("why", "clozapine", "--store", url), 3),
        (("why", "clozapine", "--store", "http://127.0.0.1:9/"), 3),
        (("why", "clozapine", "--store", "http://me:secret@host/"), 2),
        (("query", "-e", "ASK {}", "--store", url), 3),
    ):
        ended = run(*arguments)
        assert ended.returncode == code, ended.stderr
        assert ended.stderr.startswith("Error: ")
        assert "Traceback" not in ended.stderr
        assert "secret" not in ended.stderr


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_rows_that_cannot_be_read_are_no_traceback(run: Run, serving: Callable[[Answering], str], form: str) -> None:
    url = serving(
        lambda handler, _: reply(handler, 200, b'{"head": {"vars": ["s"]}, "results": {"bindings": [{"s": 1}]}}')
    )

    ended = run("query", "-e", "SELECT ?s { ?s ?p ?o }", "--store", url, "--format", form)

    assert (ended.returncode, ended.stdout) == (3, "")
    assert ended.stderr.startswith(f"Error: {url} broke off its answer [LG206]")


def test_prefixes_that_are_used_are_declared() -> None:
    query = "PREFIX rdfs: <http://example.org/> SELECT ?x { ?x rdfs:label ?l ; lg:kind ?k # skos:x\n}"

    assert with_prefixes(query) == "PREFIX lg: <https://w3id.org/leukograph/> " + query
