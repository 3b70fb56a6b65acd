"""`leukograph serve` as a process: what it answers, what it refuses, where it stops."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from pyoxigraph import (
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    parse,
    parse_query_results,
)

from leukograph import queries
from leukograph.api import Leukograph
from leukograph.server.verbs import VERBS
from tests.conftest import Run
from tests.serving import TOKEN, Server, make_store

#: Three times everything: never ends on the shipped graph.
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The shipped graph, with limits that are soon reached."""
    found = Server(
        *("--timeout", "4", "--max-rows", "1000", "--max-memory", "1500M", "--max-size", "4M", "--max-body", "100K"),
        *("--workers", "2", "--client-timeout", "2"),
    )
    yield found
    found.stop()


@pytest.fixture(scope="module")
def plain() -> Iterator[Server]:
    """The shipped graph, with the limits that a user gets."""
    found = Server()
    yield found
    found.stop()


def hill(store: Store) -> None:
    """A grid of 30 by 30 with a way back, and a label that says bad things."""
    for x in range(30):
        for y in range(30):
            for to in ((x + 1, y), (x, y + 1)):
                if max(to) < 30:
                    store.add(Quad(_cell(x, y), NamedNode("http://x/p"), _cell(*to)))
    store.add(Quad(_cell(29, 29), NamedNode("http://x/p"), _cell(0, 0)))
    hostile = "<script>alert(1)</script>\x1b]0;x\x07\u202e=cmd()"
    store.add(Quad(NamedNode("http://x/bad"), NamedNode("http://x/label"), Literal(hostile)))
    store.add(Quad(NamedNode("javascript:alert(1)"), NamedNode("http://x/label"), Literal("x")))
    store.add(Quad(NamedNode("http://x/s"), NamedNode("http://x/p"), Literal("in"), NamedNode("http://x/graph")))


def _cell(x: int, y: int) -> NamedNode:
    return NamedNode(f"http://x/{x}-{y}")


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("grid") / "store", hill)


@pytest.fixture(scope="module")
def writable(grid: Path) -> Iterator[Server]:
    """A store of the user's own, writable."""
    found = Server(
        "--store",
        str(grid),
        "--writable",
        "--timeout",
        "3",
        "--allow-origin",
        "https://app.example",
        environment={"LEUKOGRAPH_TOKEN": TOKEN},
    )
    yield found
    found.stop()


# --- formats ---


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("application/sparql-results+json", QueryResultsFormat.JSON),
        ("application/sparql-results+xml", QueryResultsFormat.XML),
        ("text/tab-separated-values", QueryResultsFormat.TSV),
        ("text/html;q=0.1, application/xml", QueryResultsFormat.XML),
        ("*/*", QueryResultsFormat.JSON),
    ],
)
def test_rows_in_the_format_that_is_liked(server: Server, graph: Leukograph, accept: str, form: Any) -> None:
    reply = server.query("SELECT ?k { ?k a lg:Kind } ORDER BY ?k", accept)

    answer = parse_query_results(reply.body, form)
    assert isinstance(answer, QuerySolutions)
    own = graph.query("SELECT ?k { ?k a lg:Kind } ORDER BY ?k")
    assert not isinstance(own, str)
    assert [row["k"].value for row in answer] == [row["k"]["value"] for row in own.rows]
    assert reply.headers["vary"] == "Accept"


def test_rows_in_csv(server: Server) -> None:
    reply = server.query("SELECT (1 AS ?a) ('x,y' AS ?b) {}", "text/csv")

    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert reply.body == b'a,b\r\n1,"x,y"\r\n'


@pytest.mark.parametrize(
    "media_type", ["text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"]
)
def test_triples_in_the_format_that_is_liked(server: Server, media_type: str) -> None:
    reply = server.query("CONSTRUCT { ?k rdfs:label ?l } WHERE { ?k a lg:Kind ; rdfs:label ?l }", media_type)

    assert reply.type == media_type
    assert len(list(parse(reply.body, format=RdfFormat.from_media_type(media_type)))) > 10


def test_a_format_may_be_named_where_accept_cannot_be_set(server: Server) -> None:
    assert server.query("ASK {}", "text/html", format="xml").type == "application/sparql-results+xml"
    assert server.query("DESCRIBE lg:neutropenia", "text/html", format="json").type == "application/ld+json"
    assert server.query("ASK {}", format="shoe").status == 400


def test_a_type_that_nobody_knows_is_not_acceptable(server: Server) -> None:
    reply = server.query("ASK {}", "image/png")

    assert reply.status == 406
    assert "application/sparql-results+json" in reply.json["hint"]
    assert server.query("DESCRIBE lg:neutropenia", "text/csv").status == 406
    assert server.get("/api/stats", "text/csv").status == 406


# --- what is refused (reliability: 1, 2, 3, 6, 10) ---


def test_bad_syntax_is_shown_with_its_place(server: Server) -> None:
    reply = server.query("SELECT * {\n  ?s ?p }")

    assert reply.status == 400
    assert reply.type == "application/problem+json"
    assert (reply.json["code"], reply.json["line"]) == ("LG201", 2)
    assert server.query("SELECT * { ?s ex:p ?o }").json["column"] == 15


@pytest.mark.parametrize("iri", ["file:///etc/passwd", "http://127.0.0.1:9/x", "http://x/none"])
@pytest.mark.parametrize("clause", ["FROM", "FROM NAMED"])
def test_a_graph_from_outside_is_refused(server: Server, writable: Server, iri: str, clause: str) -> None:
    for one in (server, writable):
        reply = one.query(f"SELECT * {clause} <{iri}> {{ ?s ?p ?o }}")
        assert (reply.status, reply.json["code"]) == (400, "LG205")
        assert one.query("ASK {}", **{"default-graph-uri": iri}).status == 400


def test_a_graph_of_the_store_is_seen(writable: Server) -> None:
    def values(text: str, **parameters: str) -> list[str]:
        return [row["o"]["value"] for row in writable.query(text, **parameters).json["results"]["bindings"]]

    inside = "http://x/graph"
    assert values(f"SELECT ?o FROM <{inside}> {{ ?s ?p ?o }}") == ["in"]
    assert values("PREFIX x: <http://x/> SELECT ?o FROM NAMED x:graph { GRAPH ?g { ?s ?p ?o } }") == ["in"]
    assert values(f"SELECT ?o FROM NAMED <{inside}> {{ ?s ?p ?o }}") == []
    assert values("SELECT ?o FROM <http://x/none> { ?s ?p ?o }", **{"default-graph-uri": inside}) == ["in"]
    assert values("SELECT ?o { <http://x/s> ?p ?o }") == ["in"]  # without a data set: all graphs as one


def test_no_request_goes_out(server: Server) -> None:
    """SERVICE and LOAD in many disguises: refused, and nobody calls."""
    with listening() as (url, calls):
        for query in (
            f"SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
            f"SELECT * {{ SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}",
            f"PREFIX : <{url}> SELECT * {{ SERVICE:a {{ ?s ?p ?o }} }}",
            f"SELECT * FROM <{url}> {{ ?s ?p ?o }}",
            f"LOAD <{url}>",
        ):
            assert server.query(query).status == 400, query
        assert calls == []


@contextlib.contextmanager
def listening() -> Iterator[tuple[str, list[object]]]:
    """A socket that notes who connects, and never answers."""
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def note() -> None:
            with contextlib.suppress(OSError):
                while True:
                    calls.append(listener.accept())

        threading.Thread(target=note, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/", calls


def test_updates_are_refused_where_nothing_is_written(server: Server) -> None:
    for update in (
        "LOAD <file:///etc/passwd>",
        "LOAD <http://127.0.0.1:9/>",
        "DROP ALL",
        "INSERT DATA { <a:a> <a:b> <a:c> }",
    ):
        assert server.update(update).status == 403
        assert server.query(update).status == 400
    assert server.ask("GET", "/sparql?update=DROP+ALL").status == 405


HOSTILE = [
    'x") } UNION { ?s ?p ?o } #',
    "x' } UNION { ?s ?p ?o } #",
    "\\u0022) } #",
    "x\n} #",
    "?s ?p ?o",
    "<http://x/>",
    "} SERVICE <http://127.0.0.1:9/> {",
    "\x00",
    "\u202e",
    "' OR 1=1 --",
    "../../etc/passwd",
    "%00",
    "{{7*7}}",
    "$(id)",
    "lg:neutropenia . ?a ?b ?c",
    "_:b",
    '"""',
    "'''",
    "\\",
    "a" * 5000,
]


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_find_nothing(server: Server, label: str) -> None:
    for reply in (
        server.get("/queries/causes-of-condition", condition=label),
        server.get("/api/why", cause=label),
    ):
        assert reply.status == 404, reply.body
        assert reply.json["code"] == "LG101"
    found = server.get("/queries/text-search", text=label).json["results"]["bindings"]
    assert len(found) < 100


def test_texts_that_are_too_deep_never_reach_the_engine(server: Server) -> None:
    for query in (
        "SELECT * " + "{" * 20_000 + "}" * 20_000,
        "SELECT * { {}" + " UNION {}" * 20_000 + " }"[:0] + " }",
        "SELECT * { ?s <a:a>" + "/<a:a>" * 2_000 + " ?o }",
    ):
        reply = server.ask("POST", "/sparql", {"Content-Type": "application/sparql-query"}, query[:100_000])
        assert reply.status == 400
        assert reply.json["code"] in {"LG201", "LG202"}


# --- limits (reliability: 5, 7, 8, 9, 11, 39) ---


@needs_proc
def test_time_is_limited_and_the_worker_is_gone(server: Server) -> None:
    before = set(server.workers())

    reply = server.query(ENDLESS)

    assert (reply.status, reply.json["code"]) == (504, "LG301")
    after = set(server.workers())
    assert len(after) == len(before)
    assert len(after - before) == 1
    assert server.query("ASK {}").json["boolean"] is True


def test_a_path_over_a_grid_ends_at_the_limit(writable: Server) -> None:
    reply = writable.query("SELECT (COUNT(*) AS ?n) { ?s (<http://x/p>*)* ?o }")

    assert reply.status in {504, 507}
    assert writable.query("ASK {}").status == 200


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited there")
def test_memory_is_limited() -> None:
    one = Server("--max-memory", "512M", "--timeout", "60", "--workers", "1")
    try:
        reply = one.query("SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?a")
        assert reply.status == 507, reply.body
        assert "memory" in reply.json["title"]
        assert one.query("ASK {}").status == 200
    finally:
        one.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited there")
def test_memory_is_limited_on_the_command_line(run: Run) -> None:
    done = run("query", "-e", "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?a", "--max-memory", "512M")

    assert done.returncode == 124
    assert "0.5 GB of memory" in done.stderr


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_rows_are_cut_and_the_cut_is_told(server: Server, form: str) -> None:
    reply = server.query("SELECT ?a ?d { ?a ?b ?c . ?d ?e ?f }", format=form)

    assert reply.headers["leukograph-truncated"] == "rows; limit=1000"
    if form == "json":
        assert reply.json["truncated"] is True
        assert len(reply.json["results"]["bindings"]) == 1000
    else:
        assert len(re.findall(rb"<result>" if form == "xml" else rb"\n", reply.body)) in {1000, 1001}
    assert "leukograph-truncated" not in server.query("SELECT ?a { ?a ?b ?c } LIMIT 1000", format=form).headers


@needs_proc
def test_an_answer_that_is_cut_takes_little_memory(server: Server) -> None:
    """Thousands of millions of rows are there to be had; no worker holds more than the first."""
    assert "leukograph-truncated" in server.query("SELECT * { ?a ?b ?c . ?d ?e ?f }").headers

    for pid in server.workers():
        held = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
        assert held < 400 << 20


def test_an_answer_that_was_cut_says_so_in_the_header_too(server: Server) -> None:
    ends = {"start": "mercaptopurine", "end": "neutrophil count"}
    for limit in (1, 1000):
        reply = server.get("/api/path", limit=limit, max_length=100, **ends)
        assert reply.json["truncated"] is (limit == 1)
        assert reply.headers.get("leukograph-truncated") == ("answer" if limit == 1 else None)


def test_a_body_that_nobody_asked_for_does_no_harm(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(head("GET", "Content-Length: 50", "/api/stats") + b"half")
        assert client.recv(100).startswith(b"HTTP/1.1 200")
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        query = urlencode({"query": ENDLESS})
        client.sendall(head("GET", "Content-Length: 50", f"/sparql?{query}") + b"half")
        assert client.recv(100).startswith(b"HTTP/1.1 408")


def test_triples_are_cut_and_the_cut_is_told(server: Server) -> None:
    reply = server.get("/graphs", default="", format="ntriples")

    assert reply.headers["leukograph-truncated"] == "triples; limit=1000"
    assert reply.body.count(b"\n") == 1000


def test_the_size_of_an_answer_is_limited(server: Server) -> None:
    reply = server.query("SELECT ?a ?long { ?a ?b ?c BIND(CONCAT(" + ",".join(["STR(?a)"] * 200) + ") AS ?long) }")

    assert (reply.status, reply.json["code"]) == (507, "LG301")


def test_a_body_over_the_limit_is_refused(server: Server) -> None:
    kind = {"Content-Type": "application/sparql-query"}
    assert server.ask("POST", "/sparql", kind, "#" * 200_000).status == 413

    with socket.create_connection(("127.0.0.1", server.port)) as client:  # without saying how long it will be
        client.sendall(head("POST", "Content-Type: application/sparql-query\r\nTransfer-Encoding: chunked"))
        with contextlib.suppress(OSError):
            for _ in range(30):
                client.sendall(b"2000\r\n" + b"#" * 0x2000 + b"\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 413")


def head(method: str, lines: str = "", target: str = "/sparql") -> bytes:
    return f"{method} {target} HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n\r\n".encode()


def test_slow_clients_are_dropped(server: Server) -> None:
    """One says nothing, one half a head, one half a body, one takes no answer."""
    body = "Content-Type: application/sparql-query\r\nContent-Length: 50"
    query = urlencode({"query": "SELECT * { ?s ?p ?o }", "format": "json"})
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(socket.create_connection(("127.0.0.1", server.port))) for _ in range(3)]
        clients[1].sendall(b"GET /sparql HTTP/1.1\r\nHost: loc")
        clients[2].sendall(head("POST", body) + b"ASK")
        greedy = stack.enter_context(socket.socket())
        greedy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        greedy.connect(("127.0.0.1", server.port))
        for _ in range(40):  # more than any buffer on the way holds
            greedy.sendall(head("GET", target=f"/sparql?{query}"))
        start = time.monotonic()
        for client in (*clients, greedy):
            client.settimeout(30)
        assert clients[0].recv(10) == b""
        assert clients[1].recv(10) == b""
        assert clients[2].recv(100).startswith(b"HTTP/1.1 408")
        time.sleep(max(0.0, start + 6 - time.monotonic()))
        with contextlib.suppress(ConnectionResetError):
            while greedy.recv(1 << 20):
                pass
    assert server.query("ASK {}").status == 200


def test_a_hundred_clients_at_once(server: Server) -> None:
    def ask(number: int) -> int:
        answer = server.query(f"SELECT (({number} + 1) AS ?n) {{}}").json
        return int(answer["results"]["bindings"][0]["n"]["value"])

    with ThreadPoolExecutor(100) as clients:
        assert list(clients.map(ask, range(100))) == [number + 1 for number in range(100)]


@needs_proc
def test_a_query_whose_client_leaves_is_stopped(server: Server) -> None:
    before = set(server.workers())
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(head("GET", target="/sparql?" + urlencode({"query": ENDLESS})))
        time.sleep(0.5)
    deadline = time.monotonic() + 2.5  # the limit of time would come later
    while set(server.workers()) <= before and time.monotonic() < deadline:
        time.sleep(0.02)
    assert set(server.workers()) - before


def test_too_many_at_once_are_turned_away() -> None:
    one = Server("--workers", "1", "--max-waiting", "1", "--timeout", "2")
    try:
        with ThreadPoolExecutor(6) as clients:
            replies = list(clients.map(lambda _: one.query(ENDLESS), range(6)))
        assert {reply.status for reply in replies} == {503, 504}
        assert all(reply.headers["retry-after"] == "1" for reply in replies if reply.status == 503)
        assert one.get("/health").json["status"] == "ok"
    finally:
        one.stop()


# --- who may ask, and what pages may do (reliability: 39) ---


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8033", "127.0.0.1.evil.example", "", "localhost@evil"])
def test_another_host_is_refused(server: Server, host: str) -> None:
    for path in ("/", "/sparql?query=ASK%7B%7D", "/api/stats", "/health"):
        assert server.ask("GET", path, {"Host": host}).status == 421


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:8033", "LOCALHOST."])
def test_names_of_this_machine_pass(server: Server, host: str) -> None:
    assert server.ask("GET", "/sparql?query=ASK%7B%7D", {"Host": host}).status == 200


def test_it_listens_to_this_machine_alone(server: Server) -> None:
    lines = Path("/proc/net/tcp").read_text().splitlines() if Path("/proc/net/tcp").exists() else []
    bound = [line.split()[1] for line in lines if f":{server.port:04X} " in line and line.split()[3] == "0A"]

    assert bound == ["0100007F:" + f"{server.port:04X}"] or not lines


def test_other_origins_read_only_what_is_allowed(server: Server, writable: Server) -> None:
    evil = {"Origin": "https://evil.example"}
    for one in (server, writable):
        reply = one.ask("GET", "/sparql?query=ASK%7B%7D", evil)
        assert "access-control-allow-origin" not in reply.headers
        assert "access-control-allow-credentials" not in reply.headers

    reply = writable.ask("GET", "/sparql?query=ASK%7B%7D", {"Origin": "https://app.example"})
    assert reply.headers["access-control-allow-origin"] == "https://app.example"
    assert "access-control-allow-credentials" not in reply.headers
    preflight = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    assert writable.ask("OPTIONS", "/sparql", preflight).status == 200


def test_every_answer_carries_the_headers_of_safety(server: Server) -> None:
    for path in ("/", "/sparql?query=ASK%7B%7D", "/api/stats", "/nothing", "/style.css", "/sparql?query=x"):
        headers = server.get(path).headers

        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert "server" not in headers


class Page(HTMLParser):
    """Notes the tags and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.links: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}
        self.links |= {value or "" for name, value in attrs if name in {"href", "src", "action"}}


def test_pages_hold_nothing_that_runs(server: Server, writable: Server) -> None:
    pages = [server.get(path, "text/html") for path in ("/", "/queries", "/sparql", "/nothing")]
    pages += [writable.query("SELECT * { ?s <http://x/label> ?o }", "text/html")]
    pages += [writable.query("CONSTRUCT WHERE { ?s <http://x/label> ?o }", "text/html")]
    pages += [server.query("SELECT '<script>' {", "text/html"), server.get("/queries/<script>", "text/html")]
    for reply in pages:
        assert reply.type == "text/html"
        page = Page(reply.body.decode())
        assert not {"script", "iframe", "object", "img", "style"} & page.tags
        assert not {name for name in page.names if name.startswith("on")} | ({"style"} & page.names)
        assert not [link for link in page.links if link.partition(":")[0] not in {"http", "https"} and ":" in link]
        assert not set("\x1b\x07\u202e") & set(reply.body.decode())
    assert b"&lt;script&gt;alert(1)" in pages[4].body


# --- writing ---


def test_an_update_needs_the_token(writable: Server) -> None:
    insert = "INSERT DATA { <http://x/new> <http://x/p> 1 }"
    assert writable.update(insert, token="another token 1234").status == 401
    assert writable.ask("POST", "/sparql", {"Content-Type": "application/sparql-update"}, insert).status == 401
    assert writable.query("ASK { <http://x/new> ?p ?o }").json["boolean"] is False

    assert writable.update(insert).status == 204

    assert writable.query("ASK { <http://x/new> ?p ?o }").json["boolean"] is True
    assert writable.update("DELETE WHERE { <http://x/new> ?p ?o }").status == 204
    assert writable.query("ASK { <http://x/new> ?p ?o }").json["boolean"] is False


def test_an_update_reaches_nothing_else(writable: Server, grid: Path) -> None:
    before = writable.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").body
    with listening() as (url, calls):
        for update in (
            "LOAD <file:///etc/passwd>",
            "LOAD SILENT <file:///etc/passwd> INTO GRAPH <a:a>",
            f"LOAD <{url}>",
            f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
            "DROP ALL ; LOAD <file:///etc/passwd>",
            "DELETE WHERE { ?s ?p ?o } ; INSERT DATA { <a:a> <a:b> }",
        ):
            assert writable.update(update).status == 400, update
        assert calls == []
    assert writable.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").body == before


def test_what_others_load_is_seen_at_once(writable: Server, grid: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "more.nt").write_text("<http://x/loaded> <http://x/p> <http://x/o> .\n")

    assert run("load", str(tmp_path / "more.nt"), "--store", str(grid)).returncode == 0

    assert writable.query("ASK { <http://x/loaded> ?p ?o }").json["boolean"] is True
    assert writable.update("DELETE WHERE { <http://x/loaded> ?p ?o }").status == 204


@pytest.mark.parametrize(
    ("arguments", "token", "word"),
    [
        (["--writable"], TOKEN, "--store"),
        (["--writable", "--store", "STORE"], "", "token"),
        (["--writable", "--store", "STORE"], "short", "16"),
        (["--store", "/nowhere/at/all"], "", "store"),
        (["--store", "https://sparql.example.org/"], "", "endpoint"),
        (["--max-memory", "lots"], "", "512M"),
        (["--public-url", "ftp://x/"], "", "https://"),
        (["--host", "203.0.113.1"], "", "listen"),
    ],
)
def test_what_cannot_be_served(run: Run, grid: Path, arguments: list[str], token: str, word: str) -> None:
    given = [str(grid) if argument == "STORE" else argument for argument in arguments]

    done = run("serve", "--port", "0", *given, environment={"LEUKOGRAPH_TOKEN": token})

    assert done.returncode in {2, 3}
    assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken(run: Run, server: Server) -> None:
    done = run("serve", "--port", str(server.port))

    assert done.returncode == 3
    assert "another --port" in done.stderr


def test_without_the_extra_it_says_what_to_install(run: Run, tmp_path: Path) -> None:
    (tmp_path / "uvicorn.py").write_text("raise ModuleNotFoundError('no uvicorn', name='uvicorn')")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])

    done = run("serve", environment={"PYTHONPATH": path})

    assert done.returncode == 3
    assert "leukograph[serve]" in done.stderr


# --- answers ---


EXAMPLES = [(name, list(verb.example)) for name, verb in VERBS.items()] + [
    ("why", [("cause", "chemotherapy"), ("do", "filgrastim")]),
    ("describe", [("name", "acts through margination")]),
    ("why", [("cause", "neutropenia"), ("limit", "2"), ("route", "destruction")]),
    ("why-not", [("cause", "doxorubicin"), ("effect", "neutropenia"), ("within", "12h")]),
    ("workup", [("names", "ANC=0.9"), ("names", "hypersegmented neutrophils"), ("age", "5")]),
]


def command_line(name: str, given: list[tuple[str, str]]) -> list[str]:
    import importlib

    import click

    command = importlib.import_module(f"leukograph.cli.{name.replace('-', '_')}").command
    options = {param.name: param.opts[0] for param in command.params if isinstance(param, click.Option)}
    words = [value for key, value in given if key not in options]
    for key, value in given:
        if key in options:
            words += [options[key], value]
    return [name, *words, "--format", "json"]


@pytest.mark.parametrize(
    ("name", "given"), EXAMPLES, ids=[f"{name}-{number}" for number, (name, _) in enumerate(EXAMPLES)]
)
def test_answers_are_those_of_the_command_line_to_the_byte(
    server: Server, capfd: pytest.CaptureFixture[str], name: str, given: list[tuple[str, str]]
) -> None:
    from leukograph.cli import run

    reply = server.ask("GET", f"/api/{name}?{urlencode(given)}")

    assert reply.status == 200, reply.body
    assert reply.type == "application/json"
    assert run(command_line(name, given)) == 0
    assert reply.body.decode() == capfd.readouterr().out


def test_parameters_are_those_of_the_commands() -> None:
    """Names, choices and bounds are written twice; they may not drift apart."""
    import importlib

    import click

    own = {"format_", "output", "force", "store", "profile", "file"}
    for name, verb in VERBS.items():
        command = importlib.import_module(f"leukograph.cli.{name.replace('-', '_')}").command
        theirs = {param.name: param for param in command.params if param.name not in own}
        assert {param.name for param in verb.params} == theirs.keys(), name
        for param in verb.params:
            other = theirs[param.name]
            assert param.required == other.required, (name, param.name)
            assert param.many == ((other.multiple and other.callback is None) or other.nargs == -1), (name, param.name)
            if isinstance(other.type, click.Choice):
                assert param.choices == tuple(other.type.choices), (name, param.name)
            if isinstance(other.type, click.IntRange):
                assert (param.least, param.most) == (other.type.min, other.type.max), (name, param.name)


@pytest.mark.parametrize(
    ("target", "status", "word"),
    [
        ("/api/why", 400, "missing"),
        ("/api/why?cause=chemotherapi", 404, "closest"),
        ("/api/why?cause=a&cause=b", 400, "more than once"),
        ("/api/why?cause=chemotherapy&limit=0", 400, "range"),
        ("/api/why?cause=chemotherapy&limit=x", 400, "whole number"),
        ("/api/why?cause=chemotherapy&route=x", 400, "one of"),
        ("/api/why?cause=chemotherapy&feedback=perhaps", 400, "true"),
        ("/api/why?cause=chemotherapy&shoe=42", 400, "shoe"),
        ("/api/shoe", 404, "why"),
        ("/queries/shoe", 404, "/queries"),
        ("/queries/causes-of-condition", 400, "condition"),
        ("/queries/causes-of-condition?condition=neutropenia&x=1", 400, "x"),
        ("/queries/sources-by-year?since=long+ago", 400, "number"),
        ("/sparql?query=ASK%7B%7D&query=ASK%7B%7D", 400, "more than one"),
        ("/sparql?default-graph-uri=http://x/", 400, "no query"),
        ("/sparql?query=%FF", 400, "UTF-8"),
        ("/nothing", 404, "nothing"),
    ],
)
def test_wrong_questions(server: Server, target: str, status: int, word: str) -> None:
    reply = server.ask("GET", target)

    assert reply.status == status
    assert word in reply.body.decode()
    assert reply.json["status"] == status


def test_the_openapi_document_describes_what_is_served(server: Server, graph: Leukograph) -> None:
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT202012

    document = server.get("/openapi.json").json
    assert document["openapi"].startswith("3.1")
    registry = Registry().with_resource(
        "urn:openapi", Resource.from_contents(document, default_specification=DRAFT202012)
    )
    for name, given in EXAMPLES:
        operation = document["paths"][f"/api/{name}"]["get"]
        content = operation["responses"]["200"]["content"]["application/json"]["schema"]
        schema = {"anyOf": [{"$ref": "urn:openapi" + one["$ref"]} for one in content["anyOf"]]}
        answer = server.ask("GET", f"/api/{name}?{urlencode(given)}").json
        Draft202012Validator(schema, registry=registry).validate(answer)
    assert {f"/queries/{query.name}" for query in queries.all_queries()} <= document["paths"].keys()
    for path in ("/health", "/queries", "/.well-known/void", "/sparql"):
        assert path in document["paths"]
        assert server.get(path).status == 200


# --- queries by name ---


@pytest.mark.parametrize(
    "query", [query for query in queries.all_queries() if not query.is_check], ids=lambda query: query.name
)
def test_every_named_query_answers_over_http(plain: Server, query: queries.NamedQuery) -> None:
    given = {param.name: param.example for param in query.params}

    reply = plain.get(f"/queries/{query.name}", "application/sparql-results+json, application/n-triples;q=0.5", **given)

    assert reply.status == 200, reply.body
    if reply.type == "application/n-triples":
        assert reply.body.count(b"\n") >= query.min_rows
    else:
        assert len(reply.json["results"]["bindings"]) >= query.min_rows
    assert query.min_rows >= 1
    assert "format" not in {param.name for param in query.params}


def test_the_queries_are_published_as_examples(plain: Server) -> None:
    """In the convention of the SIB, each runs as it is."""
    turtle = plain.get("/queries", "text/turtle")
    store = Store()
    store.load(turtle.body, format=RdfFormat.TURTLE)
    answer = store.query(
        """
        PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX schema: <https://schema.org/>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        SELECT ?example ?text ?endpoint {
          ?example a sh:SPARQLExecutable ; sh:prefixes/sh:declare/sh:prefix "lg" ; rdfs:comment ?comment ;
            sh:select|sh:construct ?text ; schema:target ?endpoint ; schema:keywords ?tag .
          FILTER (LANG(?comment) = "en")
        } GROUP BY ?example ?text ?endpoint
        """
    )
    assert isinstance(answer, QuerySolutions)
    rows = list(answer)
    assert len(rows) == len(queries.all_queries())
    for row in rows:
        assert row["endpoint"].value == f"http://127.0.0.1:{plain.port}/sparql"
        assert plain.query(row["text"].value, "*/*").status == 200
    listed = plain.get("/queries", "application/json").json["queries"]
    assert [one["name"] for one in listed] == [query.name for query in queries.all_queries()]


# --- description ---


def test_void_counts_what_is_there(server: Server, graph: Leukograph) -> None:
    void = Store()
    void.load(server.get("/.well-known/void", "application/n-triples").body, format=RdfFormat.N_TRIPLES)
    answer = void.query(
        """
        PREFIX void: <http://rdfs.org/ns/void#> PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX owl: <http://www.w3.org/2002/07/owl#>
        SELECT ?triples ?license ?entities {
          ?d a void:Dataset ; void:triples ?triples ; dcterms:license ?license ; void:classPartition ?c .
          ?c void:class owl:Class ; void:entities ?entities }
        """
    )
    assert isinstance(answer, QuerySolutions)
    (row,) = answer
    counted = graph.query(
        "SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?c) AS ?classes) "
        "{ ?s ?p ?o OPTIONAL { ?s a owl:Class BIND(?s AS ?c) } }"
    )
    assert not isinstance(counted, str)
    assert row["triples"].value == counted.rows[0]["n"]["value"]
    assert row["entities"].value == counted.rows[0]["classes"]["value"]
    assert row["license"].value.startswith("https://creativecommons.org/")


def test_health(server: Server) -> None:
    assert server.get("/health").json["status"] == "ok"


# --- the end (reliability: 12) ---


@needs_proc
@pytest.mark.parametrize(
    ("end", "code", "busy"), [(signal.SIGTERM, 0, False), (signal.SIGINT, 130, False), (signal.SIGINT, 130, True)]
)
def test_it_stops_when_told_and_leaves_nothing_behind(end: signal.Signals, code: int, busy: bool) -> None:
    one = Server("--timeout", "60", "--workers", "2")
    workers = one.workers()
    assert len(workers) == 2
    if busy:
        client = socket.create_connection(("127.0.0.1", one.port))
        client.sendall(head("GET", target="/sparql?" + urlencode({"query": ENDLESS})))
        time.sleep(0.3)

    assert one.stop(end) == code

    if busy:
        client.close()
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]
    assert "".join(one.said).strip() == ""


@needs_proc
def test_killed_it_leaves_no_worker_behind() -> None:
    one = Server("--workers", "2")
    workers = one.workers()

    one.stop(signal.SIGKILL)

    deadline = time.monotonic() + 3
    while [pid for pid in workers if Path(f"/proc/{pid}").exists()] and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]
