"""What is exported: a part of the graph, found by walking from a term.

The part around a term holds what leads to it and what it leads to, within a
number of steps. A step is a claim that acts, or is-a from a kind to its class,
because what a class does its kinds do. The way up and the way down are walked
apart: two drugs that lower the same count do not bring one another in. What is
said of the term itself in any other way (tests, modifiers, roles) is in it too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from leukograph.errors import CannotRead, WrongOption
from leukograph.exports.inferred import Inferred
from leukograph.knowledge import Knowledge
from leukograph.model import Claim, Entry
from leukograph.render.safe import visible
from leukograph.resources import folder

#: Steps away from the focus unless asked for more.
DEPTH = 2
#: What the edge from a kind to its class is called.
IS_A = "is_a"
NOTICE = "For education and data work; not advice about treating a patient."

TURTLE = "leukograph.ttl"
OWL = "leukograph.owl"


@dataclass(frozen=True)
class Subgraph:
    """The terms to export, the claims among them, and is-a among them, in key order."""

    knowledge: Knowledge
    #: key of the term in the middle, or None for the whole graph
    focus: str | None
    depth: int
    refuted: bool
    entries: tuple[Entry, ...]
    claims: tuple[Claim, ...]
    #: (kind, class) pairs of keys
    is_a: tuple[tuple[str, str], ...]
    #: the `leukograph.ttl` that the graph was read from
    release: Path
    #: whether the RDF formats hold what the reasoner added, or nothing else
    inferred: Inferred = "include"

    @property
    def whole(self) -> bool:
        """Whether nothing was left out."""
        return self.focus is None

    @property
    def edges(self) -> int:
        """How many edges there are: claims and is-a."""
        return len(self.claims) + len(self.is_a)

    def sources_of(self, claim: Claim) -> list[str]:
        """Return the identifiers of the sources of a claim, or their addresses, each once, sorted."""
        cited = (self.knowledge.sources[row.source] for row in claim.evidence if row.kind != "definition")
        return sorted({source.id or source.url for source in cited})

    def about(self) -> list[str]:
        """Return the lines that every export carries: what it holds, its counts, its limits."""
        what = "the whole graph"
        if self.focus is not None:
            steps = "1 step" if self.depth == 1 else f"{self.depth} steps"
            what = f"{one_line(self.knowledge.term(self.focus).label)} and what lies within {steps} of it"
        return [
            f"leukograph {one_line(self.knowledge.release)}: {what}",
            f"{len(self.entries)} nodes, {self.edges} edges",
            NOTICE,
        ]

    def read(self, name: str) -> bytes:
        """Return one of the two release files.

        Raises:
            CannotRead: when it is missing.
        """
        path = self.release.with_name(name) if name == OWL else self.release
        try:
            return path.read_bytes()
        except OSError as error:
            raise CannotRead(f"{path}: {error.strerror}", "make it with: leukograph build") from error


def subgraph(
    knowledge: Knowledge,
    focus: str | None = None,
    depth: int = DEPTH,
    refuted: bool = False,
    release: Path | None = None,
    inferred: Inferred = "include",
) -> Subgraph:
    """Return the part of a graph around a term, or all of it.

    Args:
        knowledge: the graph.
        focus: the key of the term in the middle, or None for the whole graph.
        depth: how many steps away from it terms may be.
        refuted: whether claims that were refuted are in it.
        release: the file it was read from; the shipped one when left out.
        inferred: whether the RDF formats of the whole hold what the reasoner added ("include"),
            what is stated ("exclude") or what was added ("only"); a part holds what is stated.

    Raises:
        WrongOption: when the depth is negative.
    """
    if depth < 0:
        raise WrongOption(f"the depth is {depth}", "give 0 or more steps")
    keys = set(knowledge.entries) if focus is None else _around(knowledge, focus, depth, refuted)
    return Subgraph(
        knowledge=knowledge,
        focus=focus,
        depth=depth,
        refuted=refuted,
        entries=tuple(knowledge.entries[key] for key in sorted(keys)),
        claims=tuple(
            claim
            for key, claim in sorted(knowledge.claims.items())
            if claim.subject.key in keys and claim.object.key in keys and (claim.holds or refuted)
        ),
        is_a=tuple(
            (key, parent) for key in sorted(keys) for parent in sorted(knowledge.entries[key].parents) if parent in keys
        ),
        release=release or folder("ontology") / TURTLE,
        inferred=inferred,
    )


def _around(knowledge: Knowledge, focus: str, depth: int, refuted: bool) -> set[str]:
    acting = {relation.key for relation in knowledge.language.relations.values() if relation.family == "act"}

    def acts(claims: Iterable[Claim]) -> list[Claim]:
        return [claim for claim in claims if claim.holds and claim.relation in acting]

    def onwards(key: str) -> list[str]:
        return [claim.object.key for claim in acts(knowledge.claims_from(key))] + list(knowledge.entries[key].parents)

    def backwards(key: str) -> list[str]:
        return [claim.subject.key for claim in acts(knowledge.claims_to(key))] + knowledge.children(key)

    found = _within(focus, depth, onwards) | _within(focus, depth, backwards)
    if depth:
        said = [*knowledge.claims_from(focus), *knowledge.claims_to(focus)]
        for claim in said:
            if claim.holds or refuted:
                found |= {claim.subject.key, claim.object.key}
    return found


def _within(start: str, depth: int, neighbours: Callable[[str], list[str]]) -> set[str]:
    found, edge = {start}, [start]
    for _ in range(depth):
        edge = [near for key in edge for near in neighbours(key) if near not in found]
        if not edge:
            break
        found.update(edge)
    return found


def one_line(text: str) -> str:
    """Return text as it may stand in a comment: one line, nothing hidden."""
    return visible(" ".join(text.split()))
