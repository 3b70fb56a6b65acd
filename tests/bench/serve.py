"""`make bench-serve`: what the server takes, and whether it stays the same while it does.

Three parts, on this machine alone, less than a minute, and it stops by itself:

1. The same cheap query evaluated in this process, and asked of a warm worker (lower
   quartiles): the worker may cost three times as much.
2. 1, 8 and 64 clients that ask one question after the other over HTTP.
3. A soak: good and hostile questions together. Memory, processes and open files before
   and after; the time of a cheap question in the first and in the last quarter.

The clients run on the same cores as the server. A limit that is passed is marked and
ends the run with exit code 1. LEUKOGRAPH_BENCH_SECONDS sets how long each load lasts.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

from leukograph import cache
from leukograph.store import guard
from leukograph.store.child import Request
from leukograph.store.embedded import evaluate, open_cached, open_store
from leukograph.store.pool import Pool
from tests.serving import Server

SECONDS = float(os.environ.get("LEUKOGRAPH_BENCH_SECONDS", "6"))
ROUNDS = 300
#: The most that a warm worker may cost of the same query in this process.
MOST = 3.0
#: How much more memory may be held after the soak than before [kB].
GROWTH = 100_000

CHEAP = {
    "one row": "SELECT * { ?s ?p ?o } LIMIT 1",
    "a term": "SELECT ?p ?o { lg:neutropenia ?p ?o }",
    "a path": "SELECT ?kind { ?kind rdfs:subClassOf+ lg:leukopenia }",
    "a join": "SELECT ?drug ?label { ?drug lg:inhibits ?enzyme ; rdfs:label ?label } ORDER BY ?label LIMIT 20",
}
HOSTILE = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?a",
    "SELECT * { ?a ?b ?c . ?d ?e ?f }",
    "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * " + "{" * 500 + "}" * 500,
    "DROP ALL",
    "SELECT",
)


def timed(action: Callable[[], object]) -> float:
    """Return how long an action takes [ms]."""
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def workers_against_this_process() -> bool:
    """Print both, per query; return whether a worker costs too much."""
    turtle, place = cache.release_file(), cache.store_path()
    store = open_cached(place) if place else open_store(turtle)
    pool = Pool(1)
    failed = False
    print(f"{'a cheap query, gate and answer [ms]':<44} {'here':>8} {'worker':>8} {'ratio':>6} {'limit':>6}")
    try:
        for name, query in CHEAP.items():

            def here(query: str = query) -> None:
                guard.check(query)
                evaluate(store, query, "json", BytesIO(), 1000)

            def there(query: str = query) -> None:
                guard.check(query)
                pool.ask(Request(query, "json", turtle, place, rows=1000).fields(), 30)

            here()
            there()
            pairs = [(timed(here), timed(there)) for _ in range(ROUNDS)]
            # the lower quartile: on busy cores two processes wait for each other, one never does
            own, other = (statistics.quantiles(column)[0] for column in zip(*pairs, strict=True))
            over = other / own > MOST
            failed |= over
            print(f"{name:<44} {own:8.3f} {other:8.3f} {other / own:6.2f} {MOST:>6g}{'  OVER' if over else ''}")
    finally:
        pool.close()
    return failed


class Clients:
    """Clients that ask one question after the other, each on one connection."""

    def __init__(self, port: int, targets: Sequence[str]) -> None:
        self._port, self._targets = port, targets
        #: when an answer came, and how long it took [s]
        self.times: list[tuple[float, float]] = []
        self.failures = 0
        self._stop = threading.Event()

    def run(self, count: int, seconds: float) -> None:
        """Let them ask for so long."""
        threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        self._stop.set()
        for thread in threads:
            thread.join()

    def _ask(self, number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        while not self._stop.is_set():
            target = self._targets[number % len(self._targets)]
            number += 1
            start = time.perf_counter()
            try:
                connection.request("GET", target)
                response = connection.getresponse()
                response.read()
                self.failures += response.status != 200
            except (OSError, http.client.HTTPException):
                self.failures += 1
                connection.close()
            self.times.append((start, time.perf_counter() - start))
        connection.close()

    def quantile(self, share: float, times: Sequence[float] | None = None) -> float:
        """Return how long so large a share of the answers took at the most [ms]."""
        ordered = sorted([took for _, took in self.times] if times is None else times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def target(query: str) -> str:
    """Return the address of a query."""
    return "/sparql?" + urlencode({"query": query})


def load(server: Server) -> None:
    """Print throughput and times for 1, 8 and 64 clients."""
    targets = [target(query) for query in CHEAP.values()] + ["/api/why?cause=chemotherapy&effect=neutropenia"]
    print(f"\n{'over HTTP':<44} {'per s':>8} {'p50 ms':>8} {'p99 ms':>8} {'failed':>7}")
    for count in (1, 8, 64):
        clients = Clients(server.port, targets)
        clients.run(count, SECONDS)
        rate = len(clients.times) / SECONDS
        figures = f"{rate:8.0f} {clients.quantile(0.5):8.1f} {clients.quantile(0.99):8.1f} {clients.failures:7}"
        print(f"{count} client{'s' if count > 1 else '':<36} {figures}")


def state(server: Server) -> tuple[int, int, int]:
    """Return memory [kB], processes and open files of a server and its workers."""
    pids = [server.process.pid, *server.workers()]
    memory = files = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            memory += next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
            files += len(os.listdir(f"/proc/{pid}/fd")) if pid == server.process.pid else 0
    return memory, len(pids), files


def soak(server: Server) -> bool:
    """Print what is held before and after, and the times; return whether something leaks."""
    warm = Clients(server.port, [target(query) for query in CHEAP.values()])
    warm.run(4, 2)
    before = state(server)
    good = Clients(server.port, [target(query) for query in CHEAP.values()])
    bad = Clients(server.port, [target(query) for query in HOSTILE])
    start = time.perf_counter()
    other = threading.Thread(target=bad.run, args=(2, 2 * SECONDS))
    other.start()
    good.run(4, 2 * SECONDS)
    other.join()
    time.sleep(1)
    after = state(server)
    span = time.perf_counter() - start
    parts = [[took for at, took in good.times if low <= (at - start) / span < low + 0.25] for low in (0.0, 0.6)]
    print(f"\n{f'a soak of {2 * SECONDS:g} s, good and hostile together':<44} {'before':>8} {'after':>8}")
    for name, old, new in zip(("memory [MB]", "processes", "open files"), before, after, strict=True):
        scale = 1024 if "MB" in name else 1
        print(f"{name:<44} {old // scale:8} {new // scale:8}")
    first, last = (good.quantile(0.5, part) for part in parts)
    print(f"{'a cheap query, median [ms], early and late':<44} {first:8.1f} {last:8.1f}")
    print(f"answered: {len(good.times)} good ({good.failures} failed), {len(bad.times)} hostile")
    leaks = after[0] > before[0] + GROWTH or after[1] != before[1] or after[2] > before[2] + 2
    return leaks or good.failures > 0


def main() -> int:
    """Run all three and return the exit code."""
    failed = workers_against_this_process()
    server = Server("--timeout", "1", "--max-memory", "1G", "--max-rows", "10000")
    try:
        load(server)
        if Path("/proc/self/status").exists():
            failed |= soak(server)
    finally:
        server.stop()
    print("\nFAILED" if failed else "")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
