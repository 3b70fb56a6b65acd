"""What a worker does for a query: opens the store once, evaluates, counts the bytes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from leukograph.store import embedded
from leukograph.store.marker import stamp
from leukograph.store.worker import Bounded, Handler

if TYPE_CHECKING:
    from pyoxigraph import Store


class _Opened(NamedTuple):
    """A store, and what must be kept as long as it is read."""

    store: Store
    kept: object


#: What was opened last.
_open: dict[tuple[Any, ...], _Opened] = {}


def handlers() -> dict[str, Handler]:
    """Return what a worker can do without more."""
    return {"query": _query}


def opened(request: Mapping[str, Any]) -> Store:
    """Return the store that a request names, opened when it was not the last one.

    A store in a `folder` is opened anew when it was written to; else `store` names what
    the engine opens, and `turtle` the file to read when there is none, in any form that `load` takes.

    Raises:
        CannotRead: when there is no store, or it is damaged.
    """
    folder = request.get("folder")
    key = (folder, stamp(folder)) if folder else (request["store"], request["turtle"])
    if key not in _open:
        _open.clear()
        _open[key] = _opened(request)
    return _open[key].store


def _opened(request: Mapping[str, Any]) -> _Opened:
    if request.get("folder"):
        from leukograph.store.folder import Folder

        folder = Folder.open(request["folder"])
        return _Opened(folder.reading(), folder)
    if request["store"]:
        return _Opened(embedded.open_cached(request["store"]), None)
    from leukograph.store.formats import Format, detect, quads

    path = Path(request["turtle"])
    if detect(path) is Format.TURTLE:
        return _Opened(embedded.open_store(path), None)
    return _Opened(embedded.in_memory(quads(path)), None)


def _query(request: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    output = Bounded(request["size"])
    asked = request["default_graphs"], request["named_graphs"]
    dataset = embedded.Dataset(*asked) if any(asked) else embedded.Dataset.said_in(request["query"])
    cut = embedded.evaluate(opened(request), request["query"], request["form"], output, request["rows"], dataset)
    return output.getvalue(), {"truncated": cut}
