"""`leukograph serve` as a process: its limits, who may ask and write, how it ends."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.conftest import Run
from tests.serving import TOKEN, Server, listening

#: Three times everything: never ends on the shipped graph.
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")


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


@pytest.mark.parametrize(
    ("update", "told"),
    [
        ("DROP GRAPH <http://x/none>", "holds no graph <http://x/none>"),
        ("CLEAR GRAPH <http://x/none>", "holds no graph <http://x/none>"),
        (
            "INSERT DATA { GRAPH <http://x/here> { <a:a> <a:b> 1 } } ; CREATE GRAPH <http://x/here>",
            "<http://x/here> already",
        ),
    ],
)
def test_a_graph_that_is_not_as_an_update_has_it_is_the_clients_fault(writable: Server, update: str, told: str) -> None:
    reply = writable.update(update)

    assert reply.status == 400
    assert told in reply.json["title"]
    assert writable.query("ASK { GRAPH <http://x/here> {} }").json["boolean"] is False
    silent = update.replace("GRAPH <http://x/none>", "SILENT GRAPH <http://x/none>")
    assert writable.update(silent).status == (204 if silent != update else 400)


@pytest.mark.parametrize("word", ["COPY", "MOVE", "ADD"])
def test_what_is_taken_from_nowhere_empties_nothing(writable: Server, word: str) -> None:
    assert writable.update("INSERT DATA { GRAPH <http://x/kept> { <a:a> <a:b> 1 } }").status == 204

    for target in ("<http://x/kept>", "DEFAULT"):
        refused = writable.update(f"{word} <http://x/none> TO {target}")
        assert (refused.status, "holds no graph <http://x/none>" in refused.json["title"]) == (400, True)
        assert writable.update(f"{word} SILENT GRAPH <http://x/none> TO {target}").status == 204
    assert writable.query("ASK { GRAPH <http://x/kept> { ?s ?p ?o } }").json["boolean"] is True
    made = f"INSERT DATA {{ GRAPH <http://x/new> {{ <a:a> <a:b> 2 }} }} ; {word} <http://x/new> TO <http://x/kept>"
    assert writable.update(made).status == 204
    assert writable.query("ASK { GRAPH <http://x/kept> { ?s ?p 2 } }").json["boolean"] is True
    assert writable.update("DROP GRAPH <http://x/kept> ; DROP SILENT GRAPH <http://x/new>").status == 204


def test_a_packed_body_is_refused(writable: Server) -> None:
    headers = {"Content-Type": "application/sparql-query", "Content-Encoding": "gzip"}

    assert writable.ask("POST", "/sparql", headers, "ASK {}").status == 415
    assert writable.ask("POST", "/sparql", {**headers, "Content-Encoding": "identity"}, "ASK {}").status == 200


@pytest.mark.parametrize("origin", ["app.example", "https://app.example/page", "https://*.example", "null"])
def test_an_origin_that_no_browser_sends_is_refused_at_the_start(run: Run, origin: str) -> None:
    done = run("serve", "--allow-origin", origin)

    assert (done.returncode, done.stdout) == (2, "")
    assert "is no origin" in done.stderr


def test_a_faulty_profile_is_told_at_the_start(run: Run, grid: Path) -> None:
    for profile, told in (("nosuch", "there is no profile 'nosuch'"), ("obo", "has none of the predicates")):
        done = run("serve", "--store", str(grid), "--profile", profile)
        assert (done.returncode, done.stdout) == (2, "")
        assert told in done.stderr


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
