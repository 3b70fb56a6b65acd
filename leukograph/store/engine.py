"""What a worker does for a query: opens the store once, evaluates, counts the bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from leukograph.store import embedded
from leukograph.store.worker import Bounded, Handler

if TYPE_CHECKING:
    from pyoxigraph import Store

#: What was opened last, and its store.
_open: dict[tuple[Any, ...], Store] = {}


def handlers() -> dict[str, Handler]:
    """Return what a worker can do without more."""
    return {"query": _query}


def opened(request: Mapping[str, Any]) -> Store:
    """Return the store that a request names, opened when it was not the last one.

    `generation` changes when the store was written to: what was opened before would
    still show the old state.

    Raises:
        CannotRead: when there is no store, or it is damaged.
    """
    key = (request["store"], request["turtle"], request.get("generation"))
    if key not in _open:
        _open.clear()
        _open[key] = (
            embedded.open_cached(request["store"]) if request["store"] else embedded.open_store(request["turtle"])
        )
    return _open[key]


def _query(request: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    output = Bounded(request["size"])
    dataset = embedded.Dataset(request["default_graphs"], request["named_graphs"])
    cut = embedded.evaluate(opened(request), request["query"], request["form"], output, request["rows"], dataset)
    return output.getvalue(), {"truncated": cut}
