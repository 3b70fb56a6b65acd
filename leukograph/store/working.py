"""The process that loads, compacts or verifies for `writing`, and ends.

Reads one line of JSON from stdin (`action`, what it needs, `memory`). Writes lines of
JSON to stdout: `{"read": bytes, "at": file}` while it works, and `{"done": ...}` or
`{"fault": {"kind", "message", "hint"}}` at the end. When stdin closes, the parent is
gone, and so is this process.
"""

from __future__ import annotations

import _thread
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from leukograph.errors import CannotRead, DamagedStore, LeukographError
from leukograph.store import marker
from leukograph.store.formats import Format, Tally, detect, quads
from leukograph.store.worker import end_with_parent, limit_memory

#: Seconds between two words of progress.
_PAUSE = 0.1


def main() -> None:
    """Carry out the request on stdin."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python's own handler waits for the engine
    line = sys.stdin.buffer.readline()
    if not line:
        return
    request = json.loads(line)
    _thread.start_new_thread(end_with_parent, ())
    try:
        limit_memory(request["memory"])
        _say({"done": _ACTIONS[request["action"]](request)})
    except MemoryError:
        os.write(2, b"MemoryError\n")
        os._exit(3)
    except LeukographError as error:
        _fault(type(error).__name__, str(error), error.hint)
    except (OSError, RuntimeError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        if "Corruption" in said:  # as the engine says it, whatever it raises
            _fault("DamagedStore", f"the engine cannot read what is there: {said}", DamagedStore("").hint)
        else:
            _fault("CannotWrite" if isinstance(error, OSError) else "StoreFailed", said, "")
    os._exit(0)  # nothing is left to tidy up


class _Progress:
    """Tells the parent how far it is, but not too often."""

    def __init__(self) -> None:
        self._before = 0
        self._next = 0.0

    def at(self, name: str, read: int) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _PAUSE
            _say({"read": self._before + read, "at": name})

    def begin(self, name: str) -> None:
        _say({"read": self._before, "at": name})

    def done(self, read: int) -> None:
        self._before += read


def _load(request: dict[str, Any]) -> dict[str, Any]:
    from leukograph.store import imports, staging

    store = staging.begin(Path(request["data"]) if request["data"] else None, Path(request["work"]))
    _compare(request, len(store))
    progress, loaded, faults, notes = _Progress(), [], [], []
    waiting = [(Path(path), Format(form)) for path, form in request["files"]]
    copies = imports.Copies(Path(request["imports"])) if request["imports"] else None
    tried: set[Path] = {path.resolve() for path, _ in waiting}
    while waiting:
        for path, form in waiting:
            tally = Tally()
            loaded.append(_load_one(store, request, path, form, tally, progress))
            faults += [f"{path.name} {fault}" for fault in tally.faults]
            notes += tally.notes
        found = [copies.find(iri) for iri in imports.missing(store)] if copies else []
        fresh = dict.fromkeys(path for path in found if path is not None and path.resolve() not in tried)
        tried |= {path.resolve() for path in fresh}
        waiting = [(path, detect(path)) for path in fresh]
    missing = imports.missing(store)
    counts = staging.finish(store, Path(request["stage"]))
    return {"files": loaded, "graphs": counts, "faults": faults, "notes": notes, "not_followed": missing}


def _load_one(
    store: Any,
    request: dict[str, Any],
    path: Path,
    form: Format,
    tally: Tally,
    progress: _Progress,
) -> dict[str, Any]:
    from leukograph.store import staging

    size = path.stat().st_size
    found = quads(
        path,
        form=form,
        base=request["base"],
        lenient=request["lenient"],
        prefixes=request["prefixes"],
        tally=tally,
        progress=lambda read: progress.at(path.name, read),
    )
    progress.begin(path.name)
    staging.add(store, _moved(found, request["graph"]) if request["graph"] else found)
    progress.done(size)
    with path.open("rb") as file:
        digest = marker.digest_of(file)
    return {
        "name": path.name,
        "format": form,
        "bytes": size,
        "digest": digest,
        "graph": request["graph"] or "",
        "statements": tally.statements,
        "skipped": tally.skipped,
    }


def _moved(found: Iterator[Any], graph: str) -> Iterator[Any]:
    """Yield quads, those without a graph of their own moved into one."""
    from pyoxigraph import DefaultGraph, NamedNode, Quad

    target, none = NamedNode(graph), DefaultGraph()
    for quad in found:
        yield Quad(quad.subject, quad.predicate, quad.object, target) if quad.graph_name == none else quad


def _compact(request: dict[str, Any]) -> dict[str, Any]:
    from leukograph.store import staging

    progress = _Progress()
    store = staging.rewrite(Path(request["data"]), Path(request["work"]), lambda read: progress.at("", read))
    counts = staging.finish(store, Path(request["stage"]))
    return {"graphs": counts}


def _compare(request: dict[str, Any], holds: int) -> None:
    if holds != request["before"]:
        folder = Path(request["stage"]).parent
        raise DamagedStore(f"{folder}: it holds {holds} statements and should hold {request['before']}")


def _verify(request: dict[str, Any]) -> dict[str, Any]:
    """Count by reading every quad: counting within the engine may never end on damaged data."""
    from pyoxigraph import BlankNode, DefaultGraph, RdfFormat

    from leukograph.errors import DamagedStore
    from leukograph.store.embedded import open_cached

    try:
        store = open_cached(request["data"])
        names = {str(name) if isinstance(name, BlankNode) else name.value: name for name in store.named_graphs()}
        counts: dict[str, int] = {}
        lines = _Lines()
        for graph, name in {"": DefaultGraph(), **names}.items():
            before = lines.count
            store.dump(lines, format=RdfFormat.N_TRIPLES, from_graph=name)  # type: ignore[arg-type]
            if lines.count > before:
                counts[graph] = lines.count - before
    except (OSError, RuntimeError, ValueError, CannotRead) as error:
        raise DamagedStore(str(error)) from error
    return {"graphs": counts}


class _Lines:
    """Counts the lines that are written to it; a line end within a text is written as an escape."""

    def __init__(self) -> None:
        self.count = 0
        self._next = 0.0

    def write(self, data: bytes) -> int:
        self.count += data.count(b"\n")
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _PAUSE
            _say({"read": self.count, "at": ""})
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""


_ACTIONS = {"load": _load, "compact": _compact, "verify": _verify}


def _fault(kind: str, message: str, hint: str) -> None:
    _say({"fault": {"kind": kind, "message": message, "hint": hint}})


def _say(said: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
