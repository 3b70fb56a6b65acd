"""The whole graph as plain values, with the look-ups that answers need.

`Knowledge` never changes. What a class claims holds for its members, so
`claims_of` looks upward along is-a; it never looks down.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from leukograph.model import Claim, Defined, Entry, Figure, Gap, Language, Source, Term

#: The role of a kind of term that may be cause and effect.
EITHER = "either"


@dataclass(frozen=True)
class Knowledge:
    """Terms, claims, figures and sources of one release."""

    #: version and digest of the release this was read from
    release: str
    language: Language
    #: key -> entry, in key order; so are claims, figures and sources
    entries: Mapping[str, Entry]
    claims: Mapping[str, Claim]
    figures: tuple[Figure, ...]
    sources: Mapping[str, Source]
    #: key of a dropped term -> key of the term that replaces it
    retired: Mapping[str, str] = field(default_factory=dict)
    #: whether nothing was cut off that a question about these terms may need
    whole: bool = True
    #: link -> how many terms act on it by a claim that holds, where not all of them are here
    actors: Mapping[str, int] | None = None
    #: whether every way leads through a lever and has a route; not in a graph that is not ours
    has_levers: bool = True
    #: what every answer from it must say
    notes: tuple[str, ...] = ()
    #: key -> class that logic fills, in key order
    defined: Mapping[str, Defined] = field(default_factory=dict)
    #: (key, key of a class right above it) as the reasoner found it when the release was made; nothing stated is in it
    inferred: tuple[tuple[str, str], ...] = ()
    #: pairs of kinds that share no term, as IRIs end
    disjoint: tuple[tuple[str, str], ...] = ()
    #: names that were looked for in vain, in the order of their names
    gaps: tuple[Gap, ...] = ()

    def term(self, key: str) -> Term:
        """Return the term with this key.

        Raises:
            KeyError: when there is none.
        """
        return self.entries[key].term

    @cached_property
    def _claims_from(self) -> dict[str, list[Claim]]:
        found: dict[str, list[Claim]] = defaultdict(list)
        for claim in self.claims.values():
            found[claim.subject.key].append(claim)
        return dict(found)

    @cached_property
    def _claims_to(self) -> dict[str, list[Claim]]:
        found: dict[str, list[Claim]] = defaultdict(list)
        for claim in self.claims.values():
            found[claim.object.key].append(claim)
        return dict(found)

    @cached_property
    def _figures_about(self) -> dict[str, list[Figure]]:
        found: dict[str, list[Figure]] = defaultdict(list)
        for figure in self.figures:
            for term in figure.about:
                found[term.key].append(figure)
        return dict(found)

    @cached_property
    def _ancestors(self) -> dict[str, list[str]]:
        return {}

    @cached_property
    def _descendants(self) -> dict[str, list[str]]:
        return {}

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for entry in self.entries.values():
            for parent in entry.parents:
                found[parent].append(entry.key)
        return dict(found)

    def claims_from(self, key: str) -> list[Claim]:
        """Return the claims whose subject is this very term."""
        return self._claims_from.get(key, [])

    def claims_to(self, key: str) -> list[Claim]:
        """Return the claims whose object is this very term."""
        return self._claims_to.get(key, [])

    def claims_of(self, key: str) -> Iterator[tuple[Claim, Term | None]]:
        """Yield the claims of a term and of its classes, nearest first.

        The second value is the class that a claim is inherited from, or None for
        a claim of the term's own.
        """
        for owner in (key, *self.ancestors(key)):
            for claim in self.claims_from(owner):
                yield claim, None if owner == key else self.term(owner)

    def figures_about(self, key: str) -> list[Figure]:
        """Return the figures about this term, alone or in a pair."""
        return self._figures_about.get(key, [])

    def children(self, key: str) -> list[str]:
        """Return the kinds of a term, one step down."""
        return self._children.get(key, [])

    def ancestors(self, key: str) -> list[str]:
        """Return the classes of a term, nearest first, without the term itself."""
        if key not in self._ancestors:
            self._ancestors[key] = self._closure(key, lambda k: self.entries[k].parents)
        return self._ancestors[key]

    def descendants(self, key: str) -> list[str]:
        """Return all kinds of a term, nearest first, without the term itself."""
        if key not in self._descendants:
            self._descendants[key] = self._closure(key, self.children)
        return self._descendants[key]

    @staticmethod
    def _closure(key: str, neighbours: Callable[[str], Iterable[str]]) -> list[str]:
        found: dict[str, None] = {}
        queue = list(neighbours(key))
        for near in queue:
            if near not in found:
                found[near] = None
                queue.extend(neighbours(near))
        return list(found)

    def is_a(self, key: str, ancestor: str) -> bool:
        """Tell whether a term is the other one, or a kind of it."""
        return key == ancestor or ancestor in self.ancestors(key)

    def is_effect(self, term: Term) -> bool:
        """Tell whether a term may be what is to be explained: a count, a low count, an end of a foreign graph."""
        return term.kind in {"condition", "level"} or self.language.kinds[term.kind].role == EITHER

    def effect_meant(self, term: Term) -> Term | None:
        """Return the effect that a question about a term alone asks to explain, or None for a cause.

        That is a condition itself, or the low state of a level or a cell. In a foreign
        graph what may be either is an effect when something leads to it.
        """
        if self.language.kinds[term.kind].role == EITHER:
            return term if any(self.claims_to(key) for key in (term.key, *self.descendants(term.key))) else None
        if term.kind == "condition":
            return term
        levels = [term.key] if term.kind == "level" else []
        if term.kind == "cell":
            levels = [c.subject.key for c in self.claims_to(term.key) if c.relation == "counts"]
        for level in levels:
            for claim in self.claims_from(level):
                if claim.relation == "has_low_state":
                    return claim.object
        return None

    @cached_property
    def _inferred_above(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for key, above in self.inferred:
            found[key].append(above)
        return dict(found)

    @cached_property
    def _defined_above(self) -> dict[str, list[str]]:
        return {}

    def defined_above(self, key: str) -> list[str]:
        """Return the defined classes that hold a term or a defined class, stated or inferred, in key order."""

        def up(one: str) -> list[str]:
            stated = self.entries[one].parents if one in self.entries else ()
            return [*stated, *self._inferred_above.get(one, ())]

        if key not in self._defined_above:
            self._defined_above[key] = sorted(above for above in self._closure(key, up) if above in self.defined)
        return self._defined_above[key]

    def members(self, key: str) -> list[str]:
        """Return the terms that a defined class holds, in key order."""
        return [term for term in self.entries if key in self.defined_above(term)]

    @cached_property
    def level_of(self) -> dict[str, str]:
        """Condition -> the level whose low state it is, its kinds included."""
        levels = {c.object.key: c.subject.key for c in self.claims.values() if c.relation == "has_low_state"}
        for condition, level in list(levels.items()):
            for kind in self.descendants(condition):
                levels.setdefault(kind, level)
        return levels

    def is_outcome(self, claim: Claim) -> bool:
        """Tell whether a claim says that an effect was seen, without the way.

        Only the backbone, a lever or a level acts on a level; any other claim that
        ends at a level or a condition is an outcome.
        """
        relation = self.language.relations[claim.relation]
        return (
            relation.family == "act"
            and not claim.definitional
            and claim.object.kind in {"level", "condition"}
            and claim.subject.kind not in {"lever", "level"}
        )
