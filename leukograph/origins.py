"""Where a graph lies when it is no release file: a store on disk, a file of triples, an endpoint.

An `Origin` gives the part of a graph that a question needs, as plain values: the
neighbourhood of what it names. What comes after, search, verdict and text, is the
same for all.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pyoxigraph import Literal, NamedNode

from leukograph.errors import CannotRead, WrongOption
from leukograph.lookup import Match, NameIndex, names_of
from leukograph.namespaces import BASE, OWL
from leukograph.store.backend import Backend, Embedded, values

if TYPE_CHECKING:
    from leukograph.foreign import Profile
    from leukograph.knowledge import Knowledge
    from leukograph.model import Gap

#: Names that are fetched from an endpoint before it is too large to search by name.
NAMES = 200_000
#: Predicates that are named where a graph has no profile.
_SHOWN = 12


class Origin(Protocol):
    """A graph to ask, wherever it lies."""

    @property
    def backend(self) -> Backend:
        """What answers SPARQL there."""

    def knowledge(self) -> Knowledge:
        """Return the whole graph.

        Raises:
            WrongOption: when it is only to be had in parts.
        """

    def around(
        self, keys: Iterable[str], *, effect: str | None = None, beside: Iterable[str] = (), feedback: bool = False
    ) -> Knowledge:
        """Return all that an answer about some terms looks at.

        Args:
            keys: the terms that are asked about; of an effect, all that leads to it.
            effect: where all chains that are asked for end, if the question says.
            beside: other terms that the question names.
            feedback: whether what follows from a low count is walked too.
        """

    def resolve(self, name: str) -> str:
        """Return the key of the term that a name stands for.

        Raises:
            UnknownName, AmbiguousName: when it is not clear.
        """

    def gaps(self) -> tuple[Gap, ...]:
        """Return the names that were looked for in vain."""

    def search(self, text: str, limit: int) -> list[Match]:
        """Return the terms whose names match a text best, best first."""


def is_address(name: str | Path) -> bool:
    """Tell whether a name is that of an endpoint rather than of a file or folder."""
    return isinstance(name, str) and name.lower().startswith(("http://", "https://"))


def opened(name: str | Path, profile: str | Path | None = None) -> Origin:
    """Return the graph that lies at an address, in a store on disk or in a file.

    Args:
        name: the address of a SPARQL endpoint, the folder of a store, or a file of triples.
        profile: how to read a graph that is no release of leukograph: the name of a
            profile that comes with leukograph, or a TOML file.

    Raises:
        CannotRead: when there is nothing to read, or it needs a profile.
        WrongOption: when the profile is amiss.
        EndpointFailed, LimitReached: when an endpoint does not answer.
    """
    backend = _backend(name)
    if profile is not None:
        from leukograph.foreign import ForeignGraph, read_profile

        chosen = read_profile(profile)
        if not _occurs(backend, chosen):
            raise _unreadable(backend, f"has none of the predicates of the profile {chosen.name}")
        return ForeignGraph(backend, chosen)
    if not backend.rows(f"SELECT ?s WHERE {{ ?s <{BASE}family> ?family }} LIMIT 1"):
        raise _unreadable(backend, "is no release of leukograph")
    return Release(backend, near=not is_address(name))


def _backend(name: str | Path) -> Backend:
    if is_address(name):
        from leukograph.store.endpoint import Endpoint

        return Endpoint(str(name))
    path = Path(name)
    if path.is_dir():
        from leukograph.store.folder import Folder

        folder = Folder.open(path)
        return Embedded(folder.reading(), str(path), keep=folder)
    if not path.is_file():
        raise CannotRead(f"{path} is neither a store nor a file", "make a store with: leukograph load FILE --store DIR")
    from leukograph.store.embedded import in_memory
    from leukograph.store.formats import quads

    return Embedded(in_memory(quads(path)), str(path))


def _occurs(backend: Backend, profile: Profile) -> bool:
    """Tell whether a predicate of a profile is used: in a triple, in a restriction, or by a node of an edge."""
    causal = values("p", map(NamedNode, profile.relations))
    naming = [OWL + "onProperty", *(profile.edge.predicate if profile.edge else ())]
    by = values("by", map(NamedNode, naming))
    return any(
        backend.rows(f"SELECT ?s WHERE {{ {causal} {pattern} }} LIMIT 1") for pattern in ("?s ?p ?o", f"{by} ?s ?by ?p")
    )


def _unreadable(backend: Backend, why: str) -> CannotRead:
    """Return the error that names the predicates of a graph that is not read like this."""
    from leukograph.foreign import PROFILES
    from leukograph.namespaces import shortened

    rows = backend.rows(
        "SELECT ?p (COUNT(*) AS ?n) WHERE { { SELECT ?p WHERE { ?s ?p ?o } LIMIT 100000 } } "
        "GROUP BY ?p ORDER BY DESC(?n) ?p"
    )
    used = [f"{shortened(p.value)} ({n.value})" for p, n in rows if isinstance(p, NamedNode) and isinstance(n, Literal)]
    if not used:
        return CannotRead(f"{backend.name} holds no triples", "fill a store with: leukograph load FILE --store DIR")
    predicates = {p for p, _ in rows}
    if {NamedNode(BASE + "grade"), NamedNode(OWL + "annotatedSource")} <= predicates:  # ours, as reasoners read it
        return CannotRead(
            f"{backend.name} is leukograph as OWL, which holds no claims to explain by",
            "give the Turtle of the same release: leukograph.ttl",
        )
    more = f" and {len(used) - _SHOWN} more" if len(used) > _SHOWN else ""
    return CannotRead(
        f"{backend.name} {why}; its predicates are {', '.join(used[:_SHOWN])}{more}",
        f"say which of them are causal with --profile: {', '.join(PROFILES)}, or a FILE.toml (docs/foreign.md)",
    )


class Release:
    """A release of leukograph in a store or at an endpoint: a question is given the part that it needs.

    Args:
        backend: where it lies.
        near: whether it is at hand, so that it may be read as a whole.
    """

    def __init__(self, backend: Backend, *, near: bool) -> None:
        self.backend, self._near = backend, near
        self._parts: dict[tuple[frozenset[str], frozenset[str], bool], Knowledge] = {}

    @cached_property
    def _whole(self) -> Knowledge:
        from leukograph.store.neighbourhood import whole

        return whole(self.backend)

    def knowledge(self) -> Knowledge:
        """Return the whole graph; see `Origin`."""
        if self._near:
            return self._whole
        raise WrongOption(
            "this question needs the whole graph, and an endpoint is asked for parts only",
            "load the release into a store of your own: leukograph load FILE --store DIR",
        )

    def around(
        self, keys: Iterable[str], *, effect: str | None = None, beside: Iterable[str] = (), feedback: bool = False
    ) -> Knowledge:
        """Return all that an answer about some terms looks at; see `Origin`."""
        from leukograph.store.neighbourhood import fetch

        asked = frozenset(keys), frozenset((*beside, *([effect] if effect else ()))), feedback
        if asked not in self._parts:
            self._parts[asked] = fetch(self.backend, asked[0], beside=asked[1], feedback=feedback)
        return self._parts[asked]

    @cached_property
    def _names(self) -> NameIndex:
        from leukograph.store.neighbourhood import fetch_names

        return NameIndex([row for entry in fetch_names(self.backend, NAMES) for row in names_of(entry)])

    def resolve(self, name: str) -> str:
        """Return the key of the term that a name stands for; see `Origin`."""
        return self._names.resolve(name)

    def gaps(self) -> tuple[Gap, ...]:
        """Return the names that were looked for in vain; see `Origin`."""
        from leukograph.store.neighbourhood import fetch_gaps

        return fetch_gaps(self.backend)

    def search(self, text: str, limit: int) -> list[Match]:
        """Return the terms whose names match a text best; see `Origin`."""
        return self._names.search(text, limit)
