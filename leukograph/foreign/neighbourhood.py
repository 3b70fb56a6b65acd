"""Fetches the part of a foreign graph around some terms, and makes plain values of it.

The search goes forward from the causes and backward from the effects, one level at a
time, the smaller side first, until one side is exhausted, the two together are as
deep as a chain may be long, or there are too many terms. What classes claim holds
for their members, so the classes of every term are opened with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode

from leukograph.belief import Said, weigh
from leukograph.foreign.profile import Causal, Profile
from leukograph.knowledge import Knowledge
from leukograph.model import Claim, Entry, Evidence, Kind, Language, Limits, Relation, Sign, Source, Term
from leukograph.namespaces import OWL, RDFS, shortened
from leukograph.store.backend import THOSE, Backend, Row, Value, in_batches

#: Steps of a chain in a graph that is not ours.
DEPTH = 12
#: The kind of a term that the graph gives none.
THING = "thing"
#: A publication of unknown kind weighs as much as a statement in passing; see `ontology/core.ttl`.
RELIABILITY = {"statement": 0.5}
#: The limits of the grades, as `ontology/core.ttl` states them.
LIMITS = Limits(established=0.84, probable=0.6, contested=0.5)
#: Where a publication can be read.
_PAGES = {"PMID": "https://pubmed.ncbi.nlm.nih.gov/{}/", "DOI": "https://doi.org/{}", "doi": "https://doi.org/{}"}
#: What a node of its own gives an edge.
_EDGE_PARTS = ("publications", "source", "note", "negated", "direction")


class Bounds(NamedTuple):
    """How much is fetched before the rest is cut."""

    #: terms whose edges are fetched
    terms: int = 2_000
    #: the same where all causes of an effect are asked for, each of which is searched from
    causes: int = 400


class _Link(NamedTuple):
    """An edge with a sign."""

    subject: NamedNode
    relation: str
    sign: Sign
    object: NamedNode


class Found(NamedTuple):
    """A part of a foreign graph, and what of it could not be used."""

    knowledge: Knowledge
    #: predicate -> edges left out because their sign is not known
    unsigned: dict[str, int]


def fetch(
    backend: Backend,
    profile: Profile,
    causes: Iterable[str],
    effects: Iterable[str] = (),
    named: Iterable[str] = (),
    *,
    bounds: Bounds | None = None,
) -> Found:
    """Return the part of a graph in which chains from causes, or to effects, lie.

    Args:
        backend: where the graph lies.
        profile: how to read it.
        causes: IRIs of terms to search forward from.
        effects: IRIs of terms to search backward from.
        named: IRIs of terms that are given their names whether they are met or not.
        bounds: how much to fetch at the most; `Knowledge.whole` tells whether it was enough.

    Raises:
        LeukographError: when the backend cannot be asked.
    """
    part = _Part(backend, profile)
    start, ends = ({NamedNode(iri) for iri in those} for those in (causes, effects))
    part.search(start, ends, bounds or Bounds())
    if start and ends:
        part.prune(start, ends)
    return Found(part.knowledge({*start, *ends, *map(NamedNode, named)}), part.unsigned())


def described(backend: Backend, profile: Profile, iris: Iterable[str]) -> dict[str, Entry]:
    """Return the names and kinds of terms, by key.

    Raises:
        LeukographError: when the backend cannot be asked.
    """
    return _Part(backend, profile).entries({NamedNode(iri) for iri in iris})


class _Part:
    """What was fetched so far."""

    def __init__(self, backend: Backend, profile: Profile) -> None:
        self._backend, self._profile = backend, profile
        self._whole = True
        self._parents: dict[NamedNode, set[NamedNode]] = defaultdict(set)
        self._links: dict[_Link, list[Evidence]] = {}
        self._unsigned: set[tuple[NamedNode, str, NamedNode]] = set()
        #: edges that have a sign by one node at least, also those that were dropped since
        self._signed_edges: set[tuple[NamedNode, str, NamedNode]] = set()

    # --- the search ------------------------------------------------------------------

    def search(self, causes: set[NamedNode], effects: set[NamedNode], bounds: Bounds) -> None:
        """Fetch the edges level by level from both ends."""
        room = bounds.terms if causes else bounds.causes
        sides = {True: causes, False: effects}
        opened: dict[bool, set[NamedNode]] = {True: set(), False: set()}
        for _ in range(DEPTH):
            waiting = [forward for forward in (True, False) if sides[forward]]
            if not waiting or (causes and effects and len(waiting) < 2):
                return  # one end has been seen all round: what lies between is complete
            forward = min(waiting, key=lambda side: len(sides[side]))
            near = self._with_kin(sides[forward], forward) - opened[forward]
            if len(opened[True]) + len(opened[False]) + len(near) > room:
                self._whole = False
                near = set(sorted(near, key=str)[: max(room - len(opened[True]) - len(opened[False]), 0)])
            opened[forward] |= near
            sides[forward] = self._edges(near, forward) - opened[forward]
        self._whole &= not any(sides.values())

    def _with_kin(self, terms: set[NamedNode], forward: bool) -> set[NamedNode]:
        """Return terms with their classes, of which they inherit; backward with their kinds too."""
        found, queue = set(terms), set(terms)
        while queue and self._profile.parent:
            near = self._related(queue, up=True)
            if not forward:
                near |= self._related(queue, up=False)
            queue = near - found
            found |= queue
        return found

    def _related(self, terms: set[NamedNode], *, up: bool) -> set[NamedNode]:
        step = "?x ?p ?y" if up else "?y ?p ?x"
        parents = _one_of("p", self._profile.parent)
        found = set()
        for x, y in self._in_batches(terms, f"SELECT ?x ?y WHERE {{ {THOSE} {step} . {parents} }}"):
            # owl:Thing is no class worth a step
            if not isinstance(x, NamedNode) or not isinstance(y, NamedNode) or y.value.startswith((OWL, RDFS)):
                continue
            member, above = (x, y) if up else (y, x)
            self._parents[member].add(above)
            found.add(y)
        return found

    def _edges(self, terms: set[NamedNode], forward: bool) -> set[NamedNode]:
        """Fetch the edges that begin, or end, at terms; return their other ends."""
        found: set[NamedNode] = set()
        for turned in (False, True):
            relations = [r for r in self._profile.relations.values() if r.reversed == turned]
            if relations:
                found |= self._edges_by(terms, relations, as_subject=forward != turned)
        return found

    def _edges_by(self, terms: set[NamedNode], relations: list[Causal], *, as_subject: bool) -> set[NamedNode]:
        """Fetch edges of some predicates in which terms are the subject, or the object, as it is written."""
        predicates = _one_of("p", (relation.iri for relation in relations))
        x, y = ("?x", "?y") if as_subject else ("?y", "?x")
        patterns = [f"{x} ?p {y}"]
        if self._profile.restrictions:
            some = f"?r <{OWL}onProperty> ?p ; <{OWL}someValuesFrom> {y}"
            patterns.append(f"{x} <{RDFS}subClassOf> ?r . {some}")
        found: set[NamedNode] = set()
        for pattern in patterns:
            query = f"SELECT ?x ?p ?y WHERE {{ {THOSE} {pattern} . {predicates} }}"
            for near, p, far in self._in_batches(terms, query):
                if all(isinstance(value, NamedNode) for value in (near, p, far)):
                    found |= self._link(near, p, far, as_subject)  # type: ignore[arg-type]
        if self._profile.edge:
            found |= self._edge_nodes(terms, predicates, as_subject)
        return found

    def _link(self, near: NamedNode, predicate: NamedNode, far: NamedNode, as_subject: bool) -> set[NamedNode]:
        """Keep a plain edge; without a sign it is only counted."""
        relation = self._profile.relations[predicate.value]
        actor, target = (near, far) if as_subject != relation.reversed else (far, near)
        if actor == target:
            return set()
        if relation.sign:
            self._links.setdefault(_Link(actor, relation.key, relation.sign, target), [])
            self._signed_edges.add((actor, relation.key, target))
        else:
            self._unsigned.add((actor, relation.key, target))
            if not self._profile.edge:
                return set()
        return {far}

    def prune(self, causes: set[NamedNode], effects: set[NamedNode]) -> None:
        """Drop the edges that lie on no way from a cause to an effect."""
        by_subject, by_object = defaultdict(list), defaultdict(list)
        for link in self._links:
            by_subject[link.subject].append(link.object)
            by_object[link.object].append(link.subject)
        kinds: dict[NamedNode, set[NamedNode]] = defaultdict(set)
        for member, above in self._parents.items():
            for one in above:
                kinds[one].add(member)
        # a member inherits from its classes, and what reaches a kind of an end reaches the end
        forward = _closure(causes, lambda node: [*by_subject[node], *self._parents.get(node, ())])
        ends = _closure(effects, lambda node: kinds[node])
        backward = _closure(ends, lambda node: [*by_object[node], *kinds[node]])
        self._links = {
            link: rows for link, rows in self._links.items() if link.subject in forward and link.object in backward
        }

    def _above(self, node: NamedNode) -> set[NamedNode]:
        return _closure({node}, lambda one: self._parents.get(one, ()))

    # --- edges that are nodes ----------------------------------------------------------

    def _edge_nodes(self, terms: set[NamedNode], predicates: str, as_subject: bool) -> set[NamedNode]:
        edge = self._profile.edge
        assert edge is not None
        near, far = (edge.subject, edge.object) if as_subject else (edge.object, edge.subject)
        query = (
            f"SELECT DISTINCT ?e ?x ?p ?y WHERE {{ {THOSE} "
            f"?e {_any(near)} ?x ; {_any(edge.predicate)} ?p ; {_any(far)} ?y . {predicates} }}"
        )
        rows = self._in_batches(terms, query)
        told = self._told({row[0] for row in rows if isinstance(row[0], NamedNode)})
        found: set[NamedNode] = set()
        for e, x, p, y in rows:
            if not (isinstance(x, NamedNode) and isinstance(p, NamedNode) and isinstance(y, NamedNode)):
                continue
            relation = self._profile.relations[p.value]
            actor, target = (x, y) if as_subject != relation.reversed else (y, x)
            parts = told.get(e, {}) if isinstance(e, NamedNode) else {}
            key, sign = self._signed(relation, parts.get("direction", []))
            if not sign or actor == target:
                if not sign:
                    self._unsigned.add((actor, relation.key, target))
                continue
            self._links.setdefault(_Link(actor, key, sign, target), []).extend(_evidence(parts))
            self._signed_edges.add((actor, relation.key, target))
            found.add(y)
        return found

    def _signed(self, relation: Causal, directions: Iterable[str]) -> tuple[str, Sign]:
        """Return the key and the sign of a relation, where an edge may say which way it goes."""
        edge = self._profile.edge
        assert edge is not None
        for direction in directions:
            word = direction.rpartition("/")[2].rpartition(":")[2]
            if word in edge.raises:
                return f"{relation.key} ({word})", "+"
            if word in edge.lowers:
                return f"{relation.key} ({word})", "-"
        return relation.key, relation.sign

    def _told(self, edges: set[NamedNode]) -> dict[NamedNode, dict[str, list[str]]]:
        """Return what nodes of edges say of themselves, by part."""
        edge = self._profile.edge
        assert edge is not None
        parts = {iri: part for part in _EDGE_PARTS for iri in getattr(edge, part)}
        properties = _one_of("p", parts)
        found: dict[NamedNode, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for e, p, o in self._in_batches(edges, f"SELECT ?x ?p ?o WHERE {{ {THOSE} ?x ?p ?o . {properties} }}"):
            if isinstance(e, NamedNode) and isinstance(p, NamedNode):
                found[e][parts[p.value]].append(_text(o))
        return found

    # --- values ------------------------------------------------------------------------

    def unsigned(self) -> dict[str, int]:
        """Return how many edges were left out because nothing says which way they go, by predicate."""
        left: dict[str, int] = defaultdict(int)
        for edge in self._unsigned - self._signed_edges:
            left[edge[1]] += 1
        return dict(sorted(left.items()))

    def knowledge(self, asked: set[NamedNode]) -> Knowledge:
        """Return the values of all that was fetched."""
        nodes = asked | {node for link in self._links for node in (link.subject, link.object)}
        nodes |= {above for node in nodes for above in self._above(node)}
        entries = self.entries(nodes)
        claims = sorted((self._claim(link, rows, entries) for link, rows in self._links.items()), key=lambda c: c.key)
        cited = {row.source for claim in claims for row in claim.evidence}
        return Knowledge(
            release=self._profile.name,
            language=self._language({entry.term.kind for entry in entries.values()}),
            entries=entries,
            claims={claim.key: claim for claim in claims},
            figures=(),
            sources={name: _source(name) for name in sorted(cited)},
            whole=self._whole,
            has_levers=False,
        )

    def _claim(self, link: _Link, rows: list[Evidence], entries: dict[str, Entry]) -> Claim:
        unique = sorted(set(rows))
        weight = weigh((Said(row.source, row.verdict, row.kind) for row in unique), RELIABILITY, LIMITS)
        subject, target = (entries[shortened(node.value)].term for node in (link.subject, link.object))
        key = f"{subject.key} {link.relation} {target.key}"
        return Claim(key, subject, link.relation, link.sign, target, weight.grade, weight.belief, tuple(unique))

    def _language(self, kinds: Iterable[str]) -> Language:
        relations = {}
        for relation in self._profile.relations.values():
            relations[relation.key] = Relation(relation.key, "act", relation.sign, relation.reads, "")
        for link in self._links:
            if link.relation not in relations:
                reads = "raises" if link.sign == "+" else "lowers"
                relations[link.relation] = Relation(link.relation, "act", link.sign, reads, "")
        more, less = "there is more {label}", "there is less {label}"
        return Language(
            relations=dict(sorted(relations.items())),
            kinds={
                kind: Kind(kind, kind, "either" if self._is_end(kind) else "cause", more, less)
                for kind in sorted(kinds)
            },
            evidence_kinds={"statement": "publication"},
            quantities={},
        )

    def _is_end(self, kind: str) -> bool:
        ends = self._profile.ends
        return ends is None or kind in {shortened(iri) for iri in ends}

    def entries(self, nodes: set[NamedNode]) -> dict[str, Entry]:
        """Fetch names, definitions and kinds; what has no label is called by its key."""
        profile = self._profile
        parts = {iri: part for part in ("definition", "synonym", "label", "kind") for iri in getattr(profile, part)}
        properties = _one_of("p", parts)
        told: dict[Value, dict[str, list[tuple[int, str]]]] = defaultdict(lambda: defaultdict(list))
        for x, p, o in self._in_batches(nodes, f"SELECT ?x ?p ?o WHERE {{ {THOSE} ?x ?p ?o . {properties} }}"):
            if isinstance(p, NamedNode):
                part = parts[p.value]
                place = getattr(profile, part).index(p.value)
                if isinstance(o, Literal) and o.language not in {None, "en"}:
                    place += len(parts)
                told[x][part].append((place, _text(o)))
        entries = {}
        for node in sorted(nodes, key=lambda node: shortened(node.value)):
            said = {part: [text for _, text in sorted(found)] for part, found in told[node].items()}
            key = shortened(node.value)
            label = (said.get("label") or [key])[0]
            kinds = said.get("kind") or [THING]
            kind = next((kind for kind in kinds if self._profile.ends and self._is_end(kind)), kinds[0])
            entries[key] = Entry(
                term=Term(key, label, kind),
                parents=tuple(sorted(shortened(above.value) for above in self._parents.get(node, ()))),
                synonyms=tuple(dict.fromkeys(said.get("synonym", []))),
                definition=(said.get("definition") or [""])[0],
                up=f"there is more {label}",
                down=f"there is less {label}",
            )
        return entries

    # --- asking ------------------------------------------------------------------------

    def _in_batches(self, terms: Iterable[NamedNode], query: str) -> list[Row]:
        return in_batches(self._backend, terms, query)


def _one_of(variable: str, iris: Iterable[str]) -> str:
    """Return a filter: bound with VALUES, each term would be looked up with each predicate."""
    return f"FILTER(?{variable} IN ({', '.join(f'<{iri}>' for iri in iris)}))"


def _any(properties: Iterable[str]) -> str:
    """Return a property path that takes any of some properties."""
    return f"({'|'.join(f'<{iri}>' for iri in properties)})"


def _closure(start: set[NamedNode], near: Callable[[NamedNode], Iterable[NamedNode]]) -> set[NamedNode]:
    found, queue = set(start), list(start)
    for node in queue:
        new = set(near(node)) - found
        found |= new
        queue.extend(new)
    return found


def _text(value: Value) -> str:
    if isinstance(value, NamedNode):
        return shortened(value.value)
    return value.value if isinstance(value, Literal) else ""


def _evidence(parts: dict[str, list[str]]) -> list[Evidence]:
    """Return a row for each publication of an edge; where there is none, for the source that asserts it."""
    negated = any(value in {"true", "1"} for value in parts.get("negated", []))
    note = ", ".join(parts.get("note", []))
    cited = [one for value in parts.get("publications", []) for one in value.split("|")] or parts.get("source", [])
    verdict = "refutes" if negated else "supports"
    return [Evidence(verdict, "statement", "", note, source) for source in sorted(set(filter(None, cited)))]  # type: ignore[arg-type]


def _source(name: str) -> Source:
    prefix, _, local = name.partition(":")
    url = name if "://" in name else _PAGES.get(prefix, "").format(local)
    return Source(key=name, title=name, id="", url=url, year=None, read="")
