"""The next generation of a store: begun from the current one, counted when it is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Store

from leukograph.errors import DamagedStore
from leukograph.store.marker import DEFAULT_GRAPH

#: Quads that the engine sorts at once; more is no faster and takes more memory.
BATCH = 250_000
_COUNTS = "SELECT ?graph (COUNT(*) AS ?quads) { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph"


def begin(data: Path | None, stage: Path) -> Store:
    """Return a store in `stage` that holds what `data` does, and may be changed.

    Raises:
        DamagedStore: when the engine cannot read the data.
        OSError: when the stage cannot be written.
    """
    if data is None:
        stage.mkdir()
        return Store(str(stage))
    try:
        before = Store.read_only(str(data))
    except (OSError, RuntimeError, ValueError) as error:
        raise DamagedStore(f"{data.parent}: the engine cannot open it: {error}") from error
    before.backup(str(stage))
    return Store(str(stage))


def add(store: Store, quads: Iterable[Quad]) -> None:
    """Add quads in batches, so that memory does not grow with their number.

    Raises:
        OSError: when the disk is full.
    """
    source = iter(quads)
    while (first := next(source, None)) is not None:
        store.bulk_extend(_batch(first, source))


def finish(store: Store) -> dict[str, int]:
    """Write out what is in memory and return how many quads each graph holds; "" is the default graph.

    Raises:
        OSError: when the disk is full.
    """
    store.flush()
    counts: dict[str, int] = {}
    for row in store.query(_COUNTS):  # type: ignore[union-attr]
        graph, quads = row["graph"], row["quads"]
        name = graph.value if isinstance(graph, NamedNode) else str(graph)
        counts[name] = int(quads.value)
    rest = len(store) - sum(counts.values())
    return {DEFAULT_GRAPH: rest, **dict(sorted(counts.items()))} if rest else dict(sorted(counts.items()))


def _batch(first: Quad, source: Iterator[Quad]) -> Iterator[Quad]:
    yield first
    yield from islice(source, BATCH - 1)
