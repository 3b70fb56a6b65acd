"""One contract for everything that answers SPARQL: memory, a store on disk, an endpoint.

What is asked through it is ours: anchored, read-only and known to end. The queries
of others go through the gate and a child process (`child`), or to the endpoint as
they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import IO, Protocol

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Store, Triple

from leukograph.errors import AnswerCut

#: A value in a row.
Value = NamedNode | BlankNode | Literal | Triple | None
Row = tuple[Value, ...]
#: Stands in a query for the clause that binds ?x.
THOSE = "{those}"
#: Terms in one VALUES clause: the text stays short enough for every server.
BATCH = 200


class Backend(Protocol):
    """Something that holds triples and answers SPARQL 1.1."""

    @property
    def name(self) -> str:
        """What a person calls it: a file, a folder, an address."""

    def rows(self, query: str) -> list[Row]:
        """Return the rows of a SELECT, values in the order of its variables.

        Raises:
            AnswerCut: when only a part of them is given.
            LeukographError: when it cannot be asked, or gives up.
        """

    def evaluate(self, query: str, form: str, output: IO[bytes], rows: int | None = None) -> bool:
        """Write the answer to a query that has passed the gate, in a format of `embedded.evaluate`.

        Returns:
            Whether it is a part only, by the limit of rows or that of a server.

        Raises:
            LeukographError: when it cannot be asked, gives up, or the format does not fit.
        """


class Embedded:
    """A store of Oxigraph, in memory or read-only on disk.

    Args:
        store: what is asked.
        name: what a person calls it.
        keep: what must live as long as the store is used.
    """

    def __init__(self, store: Store, name: str, keep: object = None) -> None:
        self.store, self.name, self._keep = store, name, keep

    def __repr__(self) -> str:
        return f"<Embedded {self.name}>"

    def rows(self, query: str) -> list[Row]:
        """Return the rows of a SELECT; see `Backend`."""
        from leukograph.store.embedded import query as ask

        answer = ask(self.store, query)
        assert isinstance(answer, QuerySolutions)
        return [tuple(solution) for solution in answer]

    def evaluate(self, query: str, form: str, output: IO[bytes], rows: int | None = None) -> bool:
        """Write the answer to a query that has passed the gate; see `Backend`."""
        from leukograph.store.embedded import Dataset, evaluate

        return evaluate(self.store, query, form, output, rows, Dataset.said_in(query))


def values(variable: str, terms: Iterable[NamedNode]) -> str:
    """Return a VALUES clause that binds a variable to some terms."""
    return f"VALUES ?{variable} {{ {' '.join(map(str, terms))} }}"


def in_batches(backend: Backend, terms: Iterable[NamedNode], query: str) -> list[Row]:
    """Ask the same of many terms, some hundred at a time; fewer where a server cuts its answers.

    Args:
        backend: what is asked.
        terms: what ?x is bound to.
        query: a SELECT with `THOSE` where that is to happen.
    """
    rest = iter(sorted(terms, key=str))
    found: list[Row] = []
    while piece := list(islice(rest, BATCH)):
        found += _of_piece(backend, piece, query)
    return found


def _of_piece(backend: Backend, terms: list[NamedNode], query: str) -> list[Row]:
    try:
        return backend.rows(query.replace(THOSE, values("x", terms)))
    except AnswerCut:
        if len(terms) < 2:
            raise
    middle = len(terms) // 2
    return [*_of_piece(backend, terms[:middle], query), *_of_piece(backend, terms[middle:], query)]
