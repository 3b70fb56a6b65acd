"""SERVICE that is allowed: asked by us, each address judged, each answer bounded."""

from __future__ import annotations

import http.server
import io
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store

from leukograph.errors import LimitReached, QueryFailed, RefusedAddress, RefusedQuery
from leukograph.store import embedded, guard, outbound
from leukograph.store.federation import expand
from leukograph.store.outbound import Policy, fetch
from tests.serving import Server

LOCAL = Policy.of_hosts({"127.0.0.1"})
ASKED: dict[str, Any] = {"body": b"query=x", "headers": {"Accept": "application/sparql-results+json"}}


def there() -> Store:
    """What the other endpoint holds."""
    store = Store()
    for number, name in enumerate("abc"):
        store.add(Quad(NamedNode(f"http://x/{name}"), NamedNode("http://x/n"), Literal(number)))
    return store


def asked_of(store: Store, asked: list[str] | None = None) -> Any:
    """Return what asks a store in place of an endpoint."""

    def ask(_: str, query: str) -> QuerySolutions:
        if asked is not None:
            asked.append(query)
        answer = store.query(query)
        assert isinstance(answer, QuerySolutions)
        return answer

    return ask


def rows(store: Store, query: str) -> list[tuple[str, ...]]:
    answer = store.query(query)
    assert isinstance(answer, QuerySolutions)
    return sorted(tuple(str(row[variable.value]) for variable in answer.variables) for row in answer)


def test_a_call_becomes_its_rows() -> None:
    here, asked = Store(), list[str]()
    here.add(Quad(NamedNode("http://x/b"), NamedNode("http://x/label"), Literal("bee")))
    query = """
        PREFIX x: <http://x/>
        SELECT ?s ?label ?n { ?s x:label ?label . SERVICE <http://y/sparql> { ?s x:n ?n FILTER(?n > 0) } }
    """

    text = expand(query, asked_of(there(), asked))

    guard.check(text)
    assert "SERVICE" not in text
    assert len(asked) == 1
    assert asked[0].startswith("PREFIX x: <http://x/>\nSELECT * WHERE { ?s x:n ?n FILTER(?n > 0) }")
    assert rows(here, text) == [("<http://x/b>", '"bee"', '"1"^^<http://www.w3.org/2001/XMLSchema#integer>')]


PATTERNS = [
    "{ ?s <http://x/n> ?n }",
    "{ ?s <http://x/n> ?n OPTIONAL { ?s <http://x/m> ?m } }",
    "{ SELECT (COUNT(*) AS ?c) { ?s ?p ?o } }",
    "{ FILTER(1 = 1) }",
    "{ FILTER(1 = 2) }",
    "{ VALUES ?s { <http://x/a> UNDEF } }",
    "{ ?s <http://x/none> ?n }",
    "{ <http://x/a> <http://x/n> 0 }",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=3), st.booleans())
def test_where_both_hold_the_same_it_is_as_if_there_were_no_call(patterns: list[str], silent: bool) -> None:
    """The oracle: each group in place of the call, on the same data."""
    word = "SERVICE SILENT <http://y/>" if silent else "SERVICE <http://y/>"
    calls = "SELECT * { " + " ".join(f"{word} {pattern}" for pattern in patterns) + " }"
    plain = "SELECT * { " + " ".join(patterns) + " }"

    assert rows(there(), expand(calls, asked_of(there()))) == rows(there(), plain)


def test_a_call_must_say_whom_it_asks() -> None:
    for query in ("SELECT * { SERVICE ?x { ?s ?p ?o } }", "SELECT * { SERVICE <a:b> { SERVICE <c:d> { ?s ?p ?o } } }"):
        with pytest.raises(RefusedQuery):
            expand(query, asked_of(there()))


def test_silent_hides_a_fault_but_no_refusal() -> None:
    def broken(*_: str) -> QuerySolutions:
        raise QueryFailed("down")

    def forbidden(*_: str) -> QuerySolutions:
        raise RefusedAddress("http://y/", "no")

    query = "SELECT ?x { BIND(1 AS ?x) SERVICE SILENT <http://y/> { ?s ?p ?o } }"
    assert len(rows(Store(), expand(query, broken))) == 1
    with pytest.raises(QueryFailed):
        expand(query.replace("SILENT", ""), broken)
    with pytest.raises(RefusedAddress):
        expand(query, forbidden)


def test_blank_nodes_come_back_as_names() -> None:
    store = Store()
    store.update("INSERT DATA { _:a <http://x/p> _:b . _:b <http://x/p> _:a }")

    text = expand("SELECT * { SERVICE <http://y/> { ?s <http://x/p> ?o } }", asked_of(store))

    (one, other) = rows(Store(), text)
    assert one == other[::-1]
    assert one[0].startswith("<urn:uuid:")


def test_too_many_rows_are_an_error_not_a_cut() -> None:
    many = "SELECT * { " + " ".join(f"VALUES ?v{n} {{ {' '.join(map(str, range(25)))} }}" for n in range(3)) + " }"

    with pytest.raises(LimitReached, match="more than 10000 rows"):
        expand(f"SELECT * {{ SERVICE SILENT <http://y/> {{ {many} }} }}".replace("SILENT ", ""), asked_of(Store()))
    with pytest.raises(LimitReached, match="more than 10000 rows"):  # SILENT would make an empty answer of them
        expand(f"SELECT * {{ SERVICE SILENT <http://y/> {{ {many} }} }}", asked_of(Store()))


# --- over the network, on this machine alone ---


@contextmanager
def endpoint(answer: Any) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """A server whose `answer(handler)` says what it does; notes method, path and body."""
    seen: list[tuple[str, bytes]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            seen.append((f"{self.command} {self.path}", body))
            with suppress(OSError):  # nobody may be left to hear it
                answer(self)

        do_GET = do_POST  # noqa: N815 - the name is the library's

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/sparql", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def says(status: int, headers: dict[str, str], body: bytes = b"") -> Any:
    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def test_an_endpoint_is_asked() -> None:
    with endpoint(says(200, {"Content-Type": "application/json; charset=utf-8"}, b"{}")) as (url, seen):
        reply = fetch(url, LOCAL, timeout=5, size=100, **ASKED)

    assert reply == outbound.Reply(200, "application/json", b"{}")
    assert seen == [("POST /sparql", b"query=x")]


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.2:{port}/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://localhost:{port}/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "http://user@127.0.0.1:{port}/",
        "//10.0.0.1/",
    ],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_every_redirect_is_judged(location: str, status: int) -> None:
    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        port = str(handler.server.server_address).rpartition(" ")[2].rstrip(")")
        says(status, {"Location": location.format(port=port)})(handler)

    with endpoint(answer) as (url, seen), pytest.raises(RefusedAddress):
        fetch(url, LOCAL, timeout=5, size=100, **ASKED)
    assert len(seen) == 1


def test_redirects_that_are_allowed_are_followed_but_not_for_ever() -> None:
    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        if handler.path == "/sparql":
            says(307, {"Location": "/there"})(handler)
        else:
            says(200, {"Content-Type": "text/plain"}, b"ok")(handler)

    with endpoint(answer) as (url, seen):
        assert fetch(url, LOCAL, timeout=5, size=100, **ASKED).body == b"ok"
        assert [place for place, _ in seen] == ["POST /sparql", "POST /there"]
    with endpoint(says(302, {"Location": "/sparql"})) as (url, seen), pytest.raises(QueryFailed, match="too often"):
        fetch(url, LOCAL, timeout=5, size=100, **ASKED)
    assert len(seen) == outbound.REDIRECTS + 1


def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what was judged is what is connected to: the name is resolved once."""
    lookups = []

    def resolve(host: str, port: int, **_: object) -> list[Any]:
        lookups.append(host)
        return [(2, 1, 6, "", (address, port)) for address in ("93.184.216.34", "127.0.0.1")]

    monkeypatch.setattr("socket.getaddrinfo", resolve)
    monkeypatch.setattr("socket.create_connection", lambda *_: pytest.fail("it connected"))

    with pytest.raises(RefusedAddress, match=r"127\.0\.0\.1"):
        fetch("http://two.example/", Policy.of_hosts({"two.example"}), timeout=5, size=100, **ASKED)
    assert lookups == ["two.example"]


def test_a_host_that_was_not_named_is_not_asked() -> None:
    with endpoint(says(200, {})) as (url, seen), pytest.raises(RefusedAddress, match="not allowed"):
        fetch(url, Policy.of_hosts({"sparql.example.org"}), timeout=5, size=100, **ASKED)
    assert seen == []


def test_an_endpoint_that_never_answers_or_drips_is_left() -> None:
    def silent(_: object) -> None:
        time.sleep(3)

    def dripping(handler: http.server.BaseHTTPRequestHandler) -> None:
        says(200, {"Content-Length": "1000"})(handler)
        for _ in range(30):
            handler.wfile.write(b"x")
            time.sleep(0.1)

    for answer in (silent, dripping):
        with endpoint(answer) as (url, _), pytest.raises(LimitReached):
            fetch(url, LOCAL, timeout=0.6, size=10_000, **ASKED)


def test_an_answer_that_is_too_large_or_no_http_is_refused() -> None:
    with endpoint(says(200, {}, b"x" * 10_000)) as (url, _), pytest.raises(LimitReached, match="larger"):
        fetch(url, LOCAL, timeout=5, size=1000, **ASKED)

    def noise(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"\x00\x01 nothing\r\n\r\n")

    with endpoint(noise) as (url, _), pytest.raises(QueryFailed):
        fetch(url, LOCAL, timeout=5, size=1000, **ASKED)


def results(names: list[str], found: list[dict[str, Any]]) -> bytes:
    return json.dumps({"head": {"vars": names}, "results": {"bindings": found}}).encode()


def test_a_server_asks_only_the_hosts_it_was_told() -> None:
    """The whole way: over HTTP, through a worker, to an endpoint of this machine."""
    found = results(["kind"], [{"kind": {"type": "uri", "value": "https://w3id.org/leukograph/neutropenia"}}])
    other = endpoint(says(200, {"Content-Type": "application/sparql-results+json"}, found))
    silent = endpoint(lambda _: time.sleep(6))
    row = {"kind": {"type": "uri", "value": "https://w3id.org/leukograph/neutropenia"}}
    many = endpoint(says(200, {"Content-Type": "application/sparql-results+json"}, results(["kind"], [row] * 10_001)))
    server = Server("--allow-service", "127.0.0.1", "--timeout", "3", "--workers", "1")
    query = "SELECT ?kind ?label {{ SERVICE <{}> {{ ?x lg:kind ?kind }} ?kind rdfs:label ?label }}"
    try:
        with other as (url, seen), silent as (never, _), many as (large, _):
            reply = server.query(query.format(url))
            assert reply.json["results"]["bindings"][0]["label"]["value"] == "neutropenia"
            asked = parse_qs(seen[0][1].decode())["query"][0]
            assert "PREFIX lg: <https://w3id.org/leukograph/>\nSELECT * WHERE { ?x lg:kind ?kind } LIMIT" in asked
            for refused in ("http://localhost:1/", "http://[::1]/", "http://169.254.169.254/", "file:///etc/passwd"):
                reply = server.query(query.format(refused).replace("SERVICE", "SERVICE SILENT"))
                assert (reply.status, reply.json["code"]) == (403, "LG204")
            assert server.query(query.format(never)).status == 504
            reply = server.query(query.format(large))
            assert (reply.status, reply.json["code"]) == (507, "LG301")
            assert len(seen) == 1
    finally:
        server.stop()


# --- FROM reads no file: a named pipe tells who opens it ---


@pytest.mark.skipif(os.name != "posix", reason="needs named pipes")
def test_no_file_is_opened_for_from(tmp_path: Path) -> None:
    pipe = tmp_path / "secret.ttl"
    os.mkfifo(pipe)
    opened: list[int] = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.is_set():
            try:
                handle = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:
                time.sleep(0.002)
            else:
                opened.append(handle)
                os.close(handle)

    thread = threading.Thread(target=watch)
    thread.start()
    server = Server("--workers", "1", "--timeout", "3")
    try:
        for clause in ("FROM", "FROM NAMED"):
            query = f"SELECT * {clause} <{pipe.as_uri()}> {{ ?s ?p ?o }}"
            assert server.query(query).status == 400
            store = Store()
            with pytest.raises(Exception, match="no graph"):
                embedded.evaluate(store, query, "json", io.BytesIO(), dataset=embedded.Dataset([pipe.as_uri()], []))
        assert server.query("ASK {}", **{"named-graph-uri": pipe.as_uri()}).status == 400
    finally:
        stop.set()
        thread.join()
        server.stop()
    assert opened == []
