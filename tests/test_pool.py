"""Warm workers: replaced when they die or grow, given up when nobody waits, gone when closed."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukograph.cache import release_file, store_path
from leukograph.errors import BadQuery, BadRequest, LimitReached, QueryFailed
from leukograph.server import negotiation, protocol
from leukograph.store import pool as pools
from leukograph.store.child import Request
from leukograph.store.pool import Asking, GivenUp, Pool

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")


def fields(query: str, **options: object) -> dict[str, object]:
    return Request(query, "json", release_file(), store_path(), **options).fields()  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    found = Pool(2)
    yield found
    found.close()


def answers(pool: Pool) -> bool:
    return pool.ask(fields("ASK {}"), 20).body == b'{"head":{},"boolean":true}'


def test_a_worker_answers_again_and_again_whatever_came_before(pool: Pool) -> None:
    assert answers(pool)
    before = sorted(pool.pids())
    for _ in range(5):
        with pytest.raises(BadQuery) as fault:
            pool.ask(fields("SELECT * {\n ?s ?p }"), 20)
        assert fault.value.line == 2
        assert answers(pool)
    assert sorted(pool.pids()) == before


def test_as_many_run_at_once_as_there_are_workers(pool: Pool) -> None:
    with ThreadPoolExecutor(8) as clients:
        assert list(clients.map(lambda _: answers(pool), range(40))) == [True] * 40


@needs_proc
def test_a_worker_that_was_stopped_or_died_is_replaced(pool: Pool) -> None:
    with pytest.raises(LimitReached) as stop:
        pool.ask(fields(ENDLESS), 0.3)
    assert stop.value.limit == "time"
    assert answers(pool)
    for pid in pool.pids():
        os.kill(pid, signal.SIGKILL)
    time.sleep(0.1)
    assert answers(pool)
    with pytest.raises(QueryFailed):
        pool.ask(fields("ASK { FILTER(" + "STR(" * 5000 + "1" + ")" * 5000 + ") }"), 20)
    assert answers(pool)
    assert len(pool.pids()) == 2


@needs_proc
def test_a_worker_that_grew_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "GROWTH", 20 << 10)
    one = Pool(1)
    try:
        assert answers(one)
        (before,) = one.pids()
        one.ask(fields("SELECT * { ?a ?b ?c }"), 30)
        assert one.pids() != [before]
        assert answers(one)
    finally:
        one.close()


@needs_proc
def test_what_nobody_waits_for_is_given_up(pool: Pool) -> None:
    asking = Asking()
    threading.Timer(0.3, asking.give_up).start()

    with pytest.raises(GivenUp):
        pool.ask(fields(ENDLESS), 20, asking)
    with pytest.raises(GivenUp):  # before it began
        pool.ask(fields("ASK {}"), 20, asking)

    assert answers(pool)


@needs_proc
def test_closing_ends_what_runs() -> None:
    one = Pool(1)
    pids = one.pids()
    threading.Timer(0.3, one.close).start()

    with pytest.raises(GivenUp):
        one.ask(fields(ENDLESS), 20)
    with pytest.raises(GivenUp):
        one.ask(fields("ASK {}"), 20)

    one.close()
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


# --- reading requests and choosing formats, without a server ---


@given(
    st.sampled_from(["GET", "POST"]),
    st.binary(max_size=60) | st.sampled_from([b"query=ASK{}", b"query=a&query=b", b"update=x", b"default-graph-uri=x"]),
    st.none()
    | st.text(max_size=40)
    | st.sampled_from([protocol.FORM, protocol.QUERY, protocol.UPDATE + "; charset=x"]),
    st.binary(max_size=60),
)
def test_a_request_is_read_or_refused(method: str, address: bytes, kind: str | None, body: bytes) -> None:
    with contextlib.suppress(BadRequest):
        asked = protocol.read(method, address, kind, body)
        assert (asked.query is None) or (asked.update is None)
        assert not (method == "GET" and asked.update is not None)


@given(
    st.text(max_size=60) | st.lists(st.sampled_from([*negotiation.ROWS, "*/*", "text/*", ";q=0.5", ","])).map("".join)
)
def test_what_is_chosen_was_accepted(accept: str) -> None:
    form = negotiation.chosen(accept, negotiation.ROWS)

    assert form is None or form in negotiation.ROWS.values()
    exact = [name for name in negotiation.ROWS if name == accept]
    assert not exact or form == negotiation.ROWS[exact[0]]


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, "json"),
        ("", "json"),
        ("text/csv", "csv"),
        ("text/*", "xml"),
        ("text/csv;q=0, */*", "json"),
        ("application/json;q=0.1, text/csv;q=0.2", "csv"),
        ("TEXT/CSV; charset=utf-8", "csv"),
        ("image/png", None),
        ("text/csv;q=0", None),
    ],
)
def test_what_is_chosen(accept: str | None, form: str | None) -> None:
    assert negotiation.chosen(accept, negotiation.ROWS) == form
