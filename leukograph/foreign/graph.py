"""A graph that is not ours, ready to be asked through a profile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pyoxigraph import Literal, NamedNode

from leukograph.errors import AmbiguousName, UnknownName, WrongOption
from leukograph.foreign.neighbourhood import Bounds, described, fetch
from leukograph.foreign.profile import Profile
from leukograph.knowledge import Knowledge
from leukograph.lookup import LABEL, SYNONYM, Match, NameRow, normalise, search_rows
from leukograph.model import Gap
from leukograph.namespaces import lengthened, shortened
from leukograph.store.backend import Backend, values

#: Names that hold a text and are ranked; a larger graph may have better ones further on.
_CANDIDATES = 500
_SUGGESTIONS = 5


class ForeignGraph:
    """A graph read through a profile; an `Origin`."""

    def __init__(self, backend: Backend, profile: Profile, bounds: Bounds | None = None) -> None:
        self.backend, self.profile = backend, profile
        self._bounds = bounds
        self._parts: dict[tuple[frozenset[str], frozenset[str], str | None], Knowledge] = {}

    def knowledge(self) -> Knowledge:
        """Refuse: of a graph that is not ours only the part around a question is read.

        Raises:
            WrongOption: always.
        """
        raise WrongOption(
            "this needs a whole graph with levels and figures; a foreign graph is read around a question only",
            "ask a foreign graph with: why, causes, path, compare, describe, search, query",
        )

    def around(
        self, keys: Iterable[str], *, effect: str | None = None, beside: Iterable[str] = (), feedback: bool = False
    ) -> Knowledge:
        """Return the part in which chains between the terms lie; see `Origin`.

        With an effect the search goes to it. A term alone is searched from both ways
        where it may be an effect, else forward.
        """
        asked = frozenset(keys), frozenset(beside), effect
        if asked not in self._parts:
            self._parts[asked] = self._fetched(*asked)
        return self._parts[asked]

    def _fetched(self, keys: frozenset[str], beside: frozenset[str], effect: str | None) -> Knowledge:
        causes, named = ([lengthened(key) for key in sorted(those)] for those in (keys, beside))
        ends = [lengthened(effect)] if effect else []
        found = fetch(self.backend, self.profile, [*causes, *named], ends, bounds=self._bounds)
        knowledge = found.knowledge
        terms = [knowledge.term(key) for key in keys]
        if not ends and any(knowledge.language.kinds[term.kind].role == "either" for term in terms):
            leading = fetch(self.backend, self.profile, (), causes, named, bounds=self._bounds)
            if leading.knowledge.claims:
                found, knowledge = leading, _joined(leading.knowledge, knowledge)
        notes = tuple(
            f"Left out: {count} {'link' if count == 1 else 'links'} by {predicate}; the graph does not say which way."
            for predicate, count in found.unsigned.items()
        )
        return replace(knowledge, notes=notes)

    # --- names -------------------------------------------------------------------------

    def resolve(self, name: str) -> str:
        """Return the key of the term that a name stands for: an IRI, a CURIE, a label or a synonym.

        Raises:
            UnknownName, AmbiguousName: when it is not clear.
        """
        text = name.strip()
        if (iri := self._as_iri(text)) and self._exists(iri):
            return shortened(iri)
        rows = self._named(text) or self._named_in_any_case(text)
        for rank in (LABEL, SYNONYM):
            keys = sorted({row.key for row in rows if row.rank == rank})
            if len(keys) > 1:
                raise AmbiguousName(name, keys)
            if keys:
                return keys[0]
        raise UnknownName(name, [match.label for match in self.search(text, _SUGGESTIONS)])

    def gaps(self) -> tuple[Gap, ...]:
        """Return none: what was looked for in vain is a matter of our own graph."""
        return ()

    def search(self, text: str, limit: int) -> list[Match]:
        """Return the terms whose names hold the words of a text, best first."""
        words = normalise(text).split() or [text]
        parts = " && ".join(f"CONTAINS(LCASE(STR(?l)), {Literal(word.casefold())})" for word in words[:8])
        found = search_rows(text, self._rows(f"FILTER({parts})", _CANDIDATES), limit)
        entries = described(self.backend, self.profile, [lengthened(match.key) for match in found])
        terms = {match.key: entries[match.key].term for match in found}
        return [match._replace(label=terms[match.key].label, kind=terms[match.key].kind) for match in found]

    def _named(self, text: str) -> list[NameRow]:
        """Return the names that are this very text, in the usual cases."""
        forms = dict.fromkeys((text, text.lower(), text.capitalize(), text.title(), text.upper()))
        literals = [literal for form in forms for literal in (Literal(form), Literal(form, language="en"))]
        return self._rows(f"VALUES ?l {{ {' '.join(map(str, literals))} }}", _CANDIDATES)

    def _named_in_any_case(self, text: str) -> list[NameRow]:
        return self._rows(f"FILTER(LCASE(STR(?l)) = {Literal(text.casefold())})", _CANDIDATES)

    def _rows(self, condition: str, limit: int) -> list[NameRow]:
        names = {**dict.fromkeys(self.profile.synonym, SYNONYM), **dict.fromkeys(self.profile.label, LABEL)}
        if not names:
            return []
        naming = values("p", map(NamedNode, names))
        query = f"SELECT ?s ?p ?l WHERE {{ {naming} {condition} ?s ?p ?l . FILTER(isIRI(?s)) }} LIMIT {limit}"
        if condition.startswith("FILTER"):
            query = f"SELECT ?s ?p ?l WHERE {{ {naming} ?s ?p ?l . {condition} FILTER(isIRI(?s)) }} LIMIT {limit}"
        found = []
        for s, p, name in self.backend.rows(query):
            if isinstance(s, NamedNode) and isinstance(p, NamedNode) and isinstance(name, Literal):
                key, text = shortened(s.value), name.value
                found.append(NameRow(normalise(text), text, key, text, "", names[p.value]))
        return found

    def _exists(self, iri: str) -> bool:
        node = NamedNode(iri)
        pattern = f"{{ {node} ?p ?o }} UNION {{ ?o ?p {node} }}"
        return bool(self.backend.rows(f"SELECT ?o WHERE {{ {pattern} }} LIMIT 1"))

    def _as_iri(self, text: str) -> str | None:
        """Return the IRI that a text is, or None when it is a name."""
        iri = text[1:-1] if text.startswith("<") and text.endswith(">") else text
        if "://" not in iri:
            prefix, _, local = iri.partition(":")
            base = self.profile.prefixes.get(prefix)
            iri = base + local if base and local else lengthened(iri)
        if "://" not in iri:
            return None
        try:
            return NamedNode(iri).value
        except ValueError:
            return None


def _joined(one: Knowledge, other: Knowledge) -> Knowledge:
    """Return two parts of a graph as one."""
    language = one.language._replace(
        relations={**other.language.relations, **one.language.relations},
        kinds={**other.language.kinds, **one.language.kinds},
    )
    return replace(
        one,
        language=language,
        entries=dict(sorted({**other.entries, **one.entries}.items())),
        claims=dict(sorted({**other.claims, **one.claims}.items())),
        sources=dict(sorted({**other.sources, **one.sources}.items())),
        whole=one.whole and other.whole,
    )
