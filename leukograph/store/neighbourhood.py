"""Fetches the part of a remote release around some terms, level by level.

A term is *named* (its row, and the rows of its classes) or *opened* (its claims as
well). The start is opened, with its classes and its kinds; so is what an opened
term acts on, and what shows it. Opened are also levels, conditions, levers, pools
and cells: the backbone is small, and every chain ends in it. What all this cites is
fetched at the end. So whatever an answer about the start may look at is there, and
it is the same as over the whole graph, as long as nothing was cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, Quad, Store

from leukograph.errors import CannotRead, LimitReached
from leukograph.knowledge import Knowledge
from leukograph.model import Defined, Entry, Gap
from leukograph.namespaces import BASE, DCTERMS, INFERRED_SUBCLASS, KEY, RDFS
from leukograph.store.backend import THOSE, Backend, Row, in_batches, values
from leukograph.store.reading import NAMING, read_gaps, read_knowledge, read_named

_SUBCLASS = RDFS + "subClassOf"
_SUBJECT, _OBJECT, _RELATION = BASE + "subject", BASE + "object", BASE + "relation"
_EVIDENCE, _SOURCE = BASE + "evidence", DCTERMS + "source"
_ABOUT, _CONTEXT = (BASE + "about", BASE + "about2"), BASE + "context"
_CLASSES = ("Kind", "EvidenceKind", "Quantity")
#: Kinds of term that are opened always.
_BACKBONE = ("level", "condition", "lever", "pool", "cell")
#: Ends have figures about everything that acts on them; those are told with the actor.
_ENDS = ("level", "condition")
#: A term in the context of an evidence row.
_NEEDS = "needs="


class Bounds(NamedTuple):
    """How much is fetched before the rest is cut."""

    #: terms whose claims are fetched
    terms: int = 20_000


def fetch(
    backend: Backend,
    start: Iterable[str],
    *,
    beside: Iterable[str] = (),
    feedback: bool = False,
    bounds: Bounds | None = None,
) -> Knowledge:
    """Return all that an answer about some terms looks at.

    Args:
        backend: where a leukograph release lies.
        start: keys of the terms that are asked about. Of a low count, a count or a cell
            all causes are fetched.
        beside: keys of other terms that the question names.
        feedback: whether what follows from a low count is walked too.
        bounds: how much to fetch at the most; `Knowledge.whole` tells whether it was enough.

    Raises:
        CannotRead: when what comes back is no release of leukograph.
        LeukographError: when the backend cannot be asked.
    """
    part = _Part(backend, bounds or Bounds(), feedback)
    part.language()
    part.backbone()
    keys = sorted(set(start))
    nodes = {NamedNode(BASE + key) for key in (*keys, *beside)}
    part.open(nodes)  # before their kinds, so that a cut leaves these out first
    part.open(part.related(nodes, down=True))
    part.incoming({NamedNode(BASE + key) for key in keys})
    knowledge = part.knowledge()
    terms = [knowledge.term(key) for key in keys if key in knowledge.entries]
    meant = {NamedNode(low.iri) for low in map(knowledge.effect_meant, terms) if low}
    if meant:
        part.open(part.causes_of(meant))
        knowledge = part.knowledge()
    return replace(knowledge, whole=part.whole, actors=part.actors())


def whole(backend: Backend) -> Knowledge:
    """Return all of a release, whatever else lies beside it.

    Raises:
        CannotRead: when there is no whole release.
    """
    part = _Part(backend, Bounds(), feedback=False)
    rows = backend.rows(f'SELECT ?s ?p ?o WHERE {{ ?s ?p ?o . FILTER(STRSTARTS(STR(?s), "{BASE}")) }}')
    part.add_rows(rows)
    return part.read()


def fetch_names(backend: Backend, limit: int) -> list[Entry | Defined]:
    """Return all terms and defined classes with their names and nothing else.

    Args:
        backend: where a leukograph release lies.
        limit: rows to fetch at the most.

    Raises:
        LimitReached: when there are more.
    """
    part = _Part(backend, Bounds(), feedback=False)
    part.language()
    known = f"{{ ?s <{BASE}kind> ?kind }} UNION {{ ?s a <{BASE}DefinedClass> }}"
    names = f"{known} ?s ?x ?o . BIND(?x AS ?p)"
    query = f"SELECT ?s ?p ?o WHERE {{ {THOSE} {names} }} LIMIT {limit + 1}"
    rows = in_batches(backend, map(NamedNode, NAMING), query)
    part.add_rows(rows)
    if len(rows) > limit:
        raise LimitReached(f"{backend.name} holds more than {limit} names", "name the term by its key or IRI")
    return read_named(part.store)


def fetch_gaps(backend: Backend) -> tuple[Gap, ...]:
    """Return the names that were looked for in vain.

    Raises:
        LeukographError: when the backend cannot be asked.
    """
    part = _Part(backend, Bounds(), feedback=False)
    part.add_rows(backend.rows(f"SELECT ?s ?p ?o WHERE {{ ?s <{BASE}lookedFor> ?month . ?s ?p ?o }}"))
    return read_gaps(part.store)


class _Part:
    """What was fetched so far."""

    def __init__(self, backend: Backend, bounds: Bounds, feedback: bool) -> None:
        self.store = Store()
        self.whole = True
        self._backend, self._bounds = backend, bounds
        self._described: set[NamedNode] = set()
        self._opened: set[NamedNode] = set()
        self._asked: set[NamedNode] = set()
        self._families = {"act", "feedback", "consequence"} if feedback else {"act"}
        self._walked: set[NamedNode] = set()
        self._acts: set[object] = set()

    def language(self) -> None:
        """Fetch relations, kinds, kinds of evidence and quantities, and the name of the release."""
        classes = values("type", (NamedNode(BASE + name) for name in _CLASSES))
        self.add_rows(self._ask(f"SELECT ?s ?p ?o WHERE {{ {classes} ?s a ?type . ?s ?p ?o }}"))
        self.add_rows(self._ask(f"SELECT ?s ?p ?o WHERE {{ ?s <{BASE}family> ?family . ?s ?p ?o }}"))
        self._describe([NamedNode(BASE)])
        for quad in self.store.quads_for_pattern(None, NamedNode(BASE + "family"), None):
            assert isinstance(quad.subject, NamedNode)
            if isinstance(quad.object, Literal) and quad.object.value in self._families:
                self._walked.add(quad.subject)
            if isinstance(quad.object, Literal) and quad.object.value == "act":
                self._acts.add(quad.subject)
        self._walked.add(NamedNode(BASE + "shown_by"))

    def backbone(self) -> None:
        """Open levels, conditions, levers, pools and cells."""
        kinds = values("kind", (NamedNode(f"{BASE}{kind}_kind") for kind in _BACKBONE))
        self.open(_nodes(self._ask(f"SELECT ?s WHERE {{ {kinds} ?s <{BASE}kind> ?kind }}")))

    def open(self, terms: Iterable[NamedNode]) -> None:
        """Fetch the claims of terms and of their classes, and go on to what these act on."""
        given = queue = set(terms)
        while queue:
            queue = {*queue, *self.related(queue, down=False)} - self._opened
            room = self._bounds.terms - len(self._opened)
            if len(queue) > room:
                self.whole = False
                queue = set(sorted(queue, key=str)[: max(room, 0)])
            self._opened |= queue
            self._described |= queue
            claims = f"{THOSE} ?claim <{_SUBJECT}> ?x . ?claim ?p ?o . BIND(?claim AS ?s)"
            own = f"{THOSE} ?x ?p ?o . BIND(?x AS ?s)"
            rows = self._in_batches(queue, f"SELECT ?s ?p ?o WHERE {{ {{ {claims} }} UNION {{ {own} }} }}")
            self.add_rows(rows)
            queue = self._further(rows)
        self._name({*given, *self._mentioned(_OBJECT)})

    def incoming(self, terms: set[NamedNode]) -> None:
        """Fetch the claims about the terms that are asked about; their subjects are named, not opened."""
        self._asked |= set(terms)
        claims = f"SELECT ?claim ?p ?o WHERE {{ {THOSE} ?claim <{_OBJECT}> ?x . ?claim ?p ?o }}"
        self.add_rows(self._in_batches(terms, claims))
        self._name(self._mentioned(_SUBJECT))

    def related(self, terms: Iterable[NamedNode], *, down: bool) -> set[NamedNode]:
        """Return the classes, or the kinds, of some terms, all the way, without the terms."""
        step = f"?y <{_SUBCLASS}> ?x" if down else f"?x <{_SUBCLASS}> ?y"
        start = set(terms)
        found: set[NamedNode] = set()
        queue = start
        while queue:
            near = _nodes(self._in_batches(queue, f"SELECT DISTINCT ?y WHERE {{ {THOSE} {step} }}"))
            queue = {node for node in near - found - start if node.value.startswith(BASE)}
            found |= queue
        return found

    def causes_of(self, effects: set[NamedNode]) -> set[NamedNode]:
        """Return everything from which a chain of claims, or is-a, leads to an effect."""
        found, queue = set(effects), set(effects)
        queue |= self.related(effects, down=True) | self.related(effects, down=False)
        while queue:
            found |= queue
            acts = f"?c <{_OBJECT}> ?x . ?c <{_RELATION}> ?r . ?c <{_SUBJECT}> ?y"
            rows = self._in_batches(queue, f"SELECT DISTINCT ?y ?r WHERE {{ {THOSE} {acts} }}")
            acting = _nodes(row for row in rows if row[1] in self._acts) - found
            queue = (acting | self.related(acting, down=True)) - found
            if len(found) + len(queue) > self._bounds.terms:
                self.whole = False
                break
        return found

    def knowledge(self) -> Knowledge:
        """Return what was fetched, with all that it cites.

        Raises:
            CannotRead: when it is no release of leukograph.
        """
        self._cite()
        return self.read()

    def read(self) -> Knowledge:
        """Return what was fetched, as it is; see `knowledge`."""
        try:
            return read_knowledge(self.store)
        except (KeyError, ValueError) as error:
            raise CannotRead(f"{self._backend.name} holds no whole release of leukograph: {error}") from error

    def _cite(self) -> None:
        """Fetch the figures about what was opened, and all evidence and sources."""
        ends = values("kind", (NamedNode(f"{BASE}{kind}_kind") for kind in _ENDS))
        of_an_end = f"{ends} ?x <{BASE}kind> ?kind . ?y <{_ABOUT[1]}> ?other"
        for about in _ABOUT:
            query = f"SELECT DISTINCT ?y WHERE {{ {THOSE} ?y <{about}> ?x . FILTER NOT EXISTS {{ {of_an_end} }} }}"
            self._describe(_nodes(self._in_batches(self._opened - self._asked, query)))
            everything = f"SELECT DISTINCT ?y WHERE {{ {THOSE} ?y <{about}> ?x }}"
            self._describe(_nodes(self._in_batches(self._asked, everything)))
        self._describe(self._mentioned(_EVIDENCE))
        self._describe(self._mentioned(_SOURCE))
        while further := self._mentioned(INFERRED_SUBCLASS) - self._described:
            self._describe(further)
        needed = (
            NamedNode(BASE + value.value.removeprefix(_NEEDS))
            for value in self._values(_CONTEXT)
            if isinstance(value, Literal) and KEY.fullmatch(value.value.removeprefix(_NEEDS))
        )
        self._name({*self._mentioned(_ABOUT[0]), *self._mentioned(_ABOUT[1]), *needed})

    def actors(self) -> dict[str, int]:
        """Return how many terms act on each link that was opened, by a claim that holds."""
        acts = f"?c <{_OBJECT}> ?x . ?c <{_RELATION}> ?r . ?c <{_SUBJECT}> ?y . ?c <{BASE}grade> ?g"
        kinds = f"?c <{_EVIDENCE}> ?e . ?e <{BASE}evidenceKind> ?k"
        holds = f'FILTER(?g != "refuted" && ?k != <{BASE}definition_evidence>)'
        rows = self._in_batches(
            self._opened, f"SELECT DISTINCT ?x ?y ?r WHERE {{ {THOSE} {acts} . {kinds} . {holds} }}"
        )
        acting: dict[str, set[object]] = {}
        for link, actor, relation in rows:
            if isinstance(link, NamedNode) and relation in self._acts:
                acting.setdefault(link.value.removeprefix(BASE), set()).add(actor)
        return {link: len(actors) for link, actors in acting.items()}

    # --- asking ------------------------------------------------------------------

    def _ask(self, query: str) -> list[Row]:
        return self._backend.rows(query)

    def _in_batches(self, terms: Iterable[NamedNode], query: str) -> list[Row]:
        return in_batches(self._backend, terms, query)

    def _describe(self, nodes: Iterable[NamedNode]) -> None:
        new = set(nodes) - self._described
        self._described |= new
        self.add_rows(self._in_batches(new, f"SELECT ?x ?p ?o WHERE {{ {THOSE} ?x ?p ?o }}"))

    def _name(self, terms: Iterable[NamedNode]) -> None:
        new = set(terms) - self._described
        self._describe({*new, *self.related(new, down=False)})

    # --- what is there -------------------------------------------------------------

    def add_rows(self, rows: Sequence[Row]) -> None:
        """Keep the triples that rows hold."""
        self.store.extend(
            Quad(s, p, o)
            for s, p, o in rows
            if isinstance(s, NamedNode) and isinstance(p, NamedNode) and isinstance(o, NamedNode | Literal)
        )

    def _values(self, predicate: str) -> list[object]:
        return [quad.object for quad in self.store.quads_for_pattern(None, NamedNode(predicate), None)]

    def _mentioned(self, predicate: str) -> set[NamedNode]:
        return {value for value in self._values(predicate) if isinstance(value, NamedNode)}

    def _further(self, rows: Iterable[Row]) -> set[NamedNode]:
        """Return the objects of those claims among the rows that are walked."""
        relations: dict[object, object] = {}
        objects: dict[object, object] = {}
        for s, p, o in rows:
            if isinstance(p, NamedNode) and p.value == _RELATION:
                relations[s] = o
            elif isinstance(p, NamedNode) and p.value == _OBJECT:
                objects[s] = o
        walked = (objects.get(claim) for claim, relation in relations.items() if relation in self._walked)
        return {node for node in walked if isinstance(node, NamedNode)}


def _nodes(rows: Iterable[Row]) -> set[NamedNode]:
    return {row[0] for row in rows if isinstance(row[0], NamedNode)}
