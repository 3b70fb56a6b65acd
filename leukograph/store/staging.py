"""The next generation of a store: begun from the current one, counted when it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Store

from leukograph.errors import DamagedStore
from leukograph.store.marker import DEFAULT_GRAPH

#: Quads that the engine sorts at once. More is no faster and takes more memory (400 MB with
#: half a million), less makes the store larger.
BATCH = 500_000
#: The same for compacting, where size is the point.
LARGE_BATCH = 1_000_000
_COUNTS = "SELECT ?graph (COUNT(*) AS ?quads) { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph"


def begin(data: Path | None, work: Path) -> Store:
    """Return a store in `work` that holds what `data` does, and may be changed.

    Raises:
        DamagedStore: when the engine cannot read the data.
        OSError: when `work` cannot be written.
    """
    if data is None:
        work.mkdir()
        return Store(str(work))
    try:
        before = Store.read_only(str(data))
    except (OSError, RuntimeError, ValueError) as error:
        raise DamagedStore(f"{data.parent}: the engine cannot open it: {error}") from error
    before.backup(str(work))
    return Store(str(work))


def rewrite(data: Path, work: Path, said: Callable[[int], None]) -> Store:
    """Return a store in `work` that holds what `data` does, written anew, and may be changed.

    Unlike the engine's own compaction this leaves out texts that no quad uses any more.

    Args:
        data: the store to read.
        work: the folder to write; it must not exist.
        said: called with the quads that were read, now and then.

    Raises:
        DamagedStore: when the engine cannot read the data.
        OSError: when `work` cannot be written.
    """
    try:
        before = Store.read_only(str(data))
    except (OSError, RuntimeError, ValueError) as error:
        raise DamagedStore(f"{data.parent}: the engine cannot open it: {error}") from error
    work.mkdir()
    store = Store(str(work))
    for graph in before.named_graphs():
        store.add_graph(graph)
    add(store, _counting(before, said), LARGE_BATCH)
    return store


def add(store: Store, quads: Iterable[Quad], batch: int = BATCH) -> None:
    """Add quads in batches, so that memory does not grow with their number.

    Raises:
        OSError: when the disk is full.
    """
    source = iter(quads)
    while (first := next(source, None)) is not None:
        store.bulk_extend(_batch(first, source, batch))


def finish(store: Store, stage: Path) -> dict[str, int]:
    """Put what a store holds into `stage`, and return how many quads each graph has; "" is the default graph.

    The files there are links to those of the store, and the engine has none of them open.

    Raises:
        OSError: when the disk is full.
    """
    store.flush()
    store.backup(str(stage))
    counts: dict[str, int] = {}
    for row in store.query(_COUNTS):  # type: ignore[union-attr]
        graph, quads = row["graph"], row["quads"]
        name = graph.value if isinstance(graph, NamedNode) else str(graph)
        counts[name] = int(quads.value)
    rest = len(store) - sum(counts.values())
    return {DEFAULT_GRAPH: rest, **dict(sorted(counts.items()))} if rest else dict(sorted(counts.items()))


def _batch(first: Quad, source: Iterator[Quad], size: int) -> Iterator[Quad]:
    yield first
    yield from islice(source, size - 1)


def _counting(quads: Iterable[Quad], said: Callable[[int], None]) -> Iterator[Quad]:
    for number, quad in enumerate(quads):
        if not number % 10_000:
            said(number)
        yield quad
