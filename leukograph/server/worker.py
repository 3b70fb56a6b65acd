"""What a worker of the server does: judges, binds and evaluates; answers in JSON.

Everything that a stranger could make expensive happens here, in a process that can be
killed: reading the query, its evaluation, and the questions of `verbs` too.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leukograph.store import clauses, embedded, engine, guard
from leukograph.store import worker as processes
from leukograph.store.marker import stamp
from leukograph.store.worker import Bounded

if TYPE_CHECKING:
    from leukograph.api import Leukograph


def main() -> None:
    """Answer the requests of a server on stdin."""
    processes.main(
        {"ask": _ask, "named": _named, "update": _update, "verb": _verb, "describe": _describe, "examples": _examples}
    )


#: How an answer says that it was cut, at its top level.
_TRUNCATED = '\n "truncated": true'
#: What was loaded last, to answer questions from.
_loaded: dict[Any, Leukograph] = {}


def _graph(request: Mapping[str, Any]) -> Leukograph:
    """Return the graph that a request is about, loaded anew when it was written to."""
    from leukograph.api import load

    folder = request["folder"]
    key = stamp(folder) if folder else None
    if key not in _loaded:
        _loaded.clear()
        _loaded[key] = load(folder, profile=request["profile"])
    return _loaded[key]


def _ask(request: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """Judge a query of a stranger's and answer it."""
    text = request["query"]
    form = guard.check(text, data_set=True, service=bool(request["services"]))
    return _evaluated(request, text, form)


def _named(request: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """Answer a query that came with leukograph."""
    from leukograph.queries import bound, find

    query = find(request["name"])
    form = guard.check(query.text)
    return _evaluated(request, bound(query, request["params"], _graph(request).resolve_class), form)


def _evaluated(request: dict[str, Any], text: str, form: str) -> tuple[bytes, dict[str, Any]]:
    is_rows = form in {"SELECT", "ASK"}
    wanted = request["rows_as"] if is_rows else request["triples_as"]
    if wanted is None:
        return b"", {"is_rows": is_rows, "form": None, "truncated": False}
    if request["services"]:
        from leukograph.store.federation import asker, expand
        from leukograph.store.outbound import Policy

        policy = Policy.of_hosts(request["services"])
        text = expand(text, asker(policy, request["service_time"]), request["base"])
    output = Bounded(request["size"])
    engine_form = {"html": "json" if is_rows else "turtle"}.get(wanted, wanted)
    store = engine.opened(request)
    cut = embedded.evaluate(
        store, text, engine_form, output, request["rows"], _data_set(request, text), request["base"]
    )
    return output.getvalue(), {"is_rows": is_rows, "form": wanted, "truncated": cut}


def _data_set(request: dict[str, Any], text: str) -> embedded.Dataset:
    """Return the graphs that a query sees: those of the request, else those it names itself."""
    if request["default_graphs"] or request["named_graphs"]:
        return embedded.Dataset(request["default_graphs"], request["named_graphs"])
    return embedded.Dataset.said_in(text, request["base"])


def _update(request: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """Change the store; the only place where a server writes."""
    from leukograph.store.folder import changing

    guard.check_update(request["query"])
    text = clauses.using(request["query"], request["default_graphs"], request["named_graphs"])
    with changing(Path(request["folder"])) as store:
        embedded.update(store, text, request["base"])
    return b"", {}


def _verb(request: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """Answer a question of the Python interface in JSON."""
    from leukograph.server.verbs import VERBS

    output = Bounded(request["size"])
    text = VERBS[request["name"]].answer(_graph(request), request["arguments"])
    output.write(text.encode())
    return output.getvalue(), {"truncated": _TRUNCATED in text}


def _describe(request: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """Count what the store holds, for its description."""
    from json import dumps

    from leukograph.server.description import counted

    return dumps(counted(engine.opened(request))).encode(), {}


def _examples(request: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """Write the named queries as data."""
    from leukograph.queries import all_queries, as_turtle

    return as_turtle(all_queries(), _graph(request).resolve_class, request["endpoint"]).encode(), {}
