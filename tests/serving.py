"""Runs `leukograph serve` as a process, and asks it over HTTP."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from pyoxigraph import Literal, NamedNode, Quad, Store

from leukograph.store.folder import Folder, changing

TOKEN = "a token for the tests"


class Reply(NamedTuple):
    """What the server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]


def make_store(folder: Path, fill: Callable[[Store], None]) -> Path:
    """Make a store of leukograph's, and let a function fill it."""
    seed = folder.with_suffix(".nt")
    seed.write_text("<a:a> <a:a> <a:a> .\n")
    Folder.load(folder, [seed])
    with changing(folder) as store:
        store.clear()
        fill(store)
    return folder


class Server:
    """A server on a free port of this machine."""

    def __init__(self, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "leukograph", "serve", "--port", "0", *arguments],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
        assert self.process.stderr is not None
        first = self.process.stderr.readline()
        found = re.search(r":(\d+)/", first)
        assert found, first + self.process.stderr.read()
        self.port = int(found[1])
        #: what it says after its first line
        self.said: list[str] = []
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.get("/health")

    def _listen(self) -> None:
        assert self.process.stderr is not None
        self.said.extend(self.process.stderr)

    def ask(
        self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes | str | None = None
    ) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            data = body.encode() if isinstance(body, str) else body
            connection.request(method, target, data, dict(headers or {}))
            response = connection.getresponse()
            return Reply(
                response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
            )
        finally:
            connection.close()

    def get(self, path: str, accept: str | None = None, **parameters: Any) -> Reply:
        target = path + (f"?{urlencode(parameters, doseq=True)}" if parameters else "")
        return self.ask("GET", target, {"Accept": accept} if accept else None)

    def query(self, text: str, accept: str | None = None, **parameters: Any) -> Reply:
        return self.get("/sparql", accept, query=text, **parameters)

    def update(self, text: str, token: str = TOKEN) -> Reply:
        headers = {"Content-Type": "application/sparql-update", "Authorization": f"Bearer {token}"}
        return self.ask("POST", "/sparql", headers, text)

    def workers(self) -> list[int]:
        """Return the numbers of its worker processes."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                    command = (entry / "cmdline").read_bytes()
                except OSError:
                    continue
                if parent == self.process.pid and b"leukograph.server.worker" in command:
                    found.append(int(entry.name))
        return found

    def stop(self, end: signal.Signals = signal.SIGTERM) -> int:
        """End it and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(end)
        try:
            return self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self._listener.join()
            assert self.process.stderr is not None
            self.process.stderr.close()


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
