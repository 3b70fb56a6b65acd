"""Where sources disagree: claims with both verdicts, opposite signs, figures that differ.

Four kinds are told apart:

- `context`: the two sides speak of different conditions (dose, species, early or
  late, treatment, people or cells in a dish), so both may be right;
- `refuted`: one claim, in one context, found by some and not by others;
- `sign`: two claims of opposite sign for one pair of terms, in one context;
- `number`: figures of one quantity of one thing that differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Literal, NamedTuple

from leukograph.knowledge import Knowledge
from leukograph.model import Claim, Evidence, Figure, Source, Term

Kind = Literal["refuted", "sign", "context", "number"]
#: The kinds, in the order in which they are told.
KINDS: tuple[Kind, ...] = ("refuted", "sign", "context", "number")
#: Keys of a context under which two findings do not speak against each other when they differ.
APART = ("dose", "species", "stage", "system", "treatment")
#: What a row means that states no such key: people, and not cells in a dish.
UNSTATED = {"species": {"human"}, "system": {"body"}}


class Side(NamedTuple):
    """One side of a contradiction: a claim with the rows that speak for this side."""

    claim: Claim
    rows: tuple[Evidence, ...]


class Contradiction(NamedTuple):
    """Two sides that cannot both hold as they stand, or figures that differ."""

    kind: Kind
    #: the terms it is about
    about: tuple[Term, ...]
    sides: tuple[Side, ...] = ()
    figures: tuple[Figure, ...] = ()
    #: keys of the context by which the sides differ
    apart_by: tuple[str, ...] = ()
    #: name of the disagreement, where the ontology gives it one
    name: str = ""


class Contradictions(NamedTuple):
    """The answer to `contradictions`."""

    release: str
    about: Term | None
    found: tuple[Contradiction, ...]
    sources: tuple[Source, ...] = ()


def contradictions(knowledge: Knowledge, key: str | None = None) -> Contradictions:
    """Return where sources disagree, in the whole graph or about one term.

    Args:
        knowledge: the graph.
        key: a term; only contradictions about it, its classes and its kinds are told.
    """
    found = [*_verdicts(knowledge), *_signs(knowledge), *_numbers(knowledge)]
    if key is not None:
        near = {key, *knowledge.ancestors(key), *knowledge.descendants(key)}
        found = [one for one in found if near & {term.key for term in one.about}]
    found.sort(key=lambda one: (KINDS.index(one.kind), [term.key for term in one.about], one.name))
    rows = [row.source for one in found for side in one.sides for row in side.rows]
    rows += [figure.source for one in found for figure in one.figures]
    sources = tuple(knowledge.sources[source] for source in dict.fromkeys(rows))
    about = knowledge.term(key) if key else None
    return Contradictions(knowledge.release, about, tuple(found), sources)


def _verdicts(knowledge: Knowledge) -> Iterator[Contradiction]:
    """Yield the claims that some rows support and others refute."""
    for claim in knowledge.claims.values():
        supports = tuple(row for row in claim.evidence if row.verdict == "supports")
        refutes = tuple(row for row in claim.evidence if row.verdict == "refutes")
        if supports and refutes:
            apart = _apart(supports, refutes)
            sides = Side(claim, supports), Side(claim, refutes)
            yield Contradiction("context" if apart else "refuted", (claim.subject, claim.object), sides, (), apart)


def _signs(knowledge: Knowledge) -> Iterator[Contradiction]:
    """Yield the pairs of holding claims with opposite signs between the same two terms."""
    pairs: dict[tuple[Term, Term], list[Claim]] = {}
    for claim in knowledge.claims.values():
        if claim.sign and claim.holds and knowledge.language.relations[claim.relation].family != "modifier":
            pairs.setdefault((claim.subject, claim.object), []).append(claim)
    for about, claims in pairs.items():
        for one, other in combinations(claims, 2):
            if one.sign != other.sign:
                rows = [tuple(row for row in claim.evidence if row.verdict == "supports") for claim in (one, other)]
                apart = _apart(*rows)
                sides = Side(one, rows[0]), Side(other, rows[1])
                yield Contradiction("context" if apart else "sign", about, sides, (), apart)


def _numbers(knowledge: Knowledge) -> Iterator[Contradiction]:
    """Yield the groups of figures that the ontology calls a disagreement, then those that differ unnamed."""
    named: dict[str, list[Figure]] = {}
    plain: dict[tuple[tuple[Term, ...], str, str, str], list[Figure]] = {}
    for figure in knowledge.figures:
        if figure.disagreement:
            named.setdefault(figure.disagreement, []).append(figure)
        else:
            slot = figure.about, figure.quantity, figure.population, figure.method
            plain.setdefault(slot, []).append(figure)
    for name, figures in sorted(named.items()):
        yield Contradiction("number", _about(figures), (), tuple(figures), (), name)
    for (about, *_), figures in plain.items():
        if any(_differ(one, other) for one, other in combinations(figures, 2)):
            yield Contradiction("number", about, (), tuple(figures))


def _about(figures: Iterable[Figure]) -> tuple[Term, ...]:
    return tuple(dict.fromkeys(term for figure in figures for term in figure.about))


def _differ(one: Figure, other: Figure) -> bool:
    """Tell whether two figures of different sources, in one unit, have no number in common."""
    if one.source == other.source or one.unit != other.unit:
        return False
    (low, high), (low2, high2) = _band(one), _band(other)
    return high < low2 or high2 < low


def _band(figure: Figure) -> tuple[float, float]:
    """Return the smallest and the largest number that a figure allows, in its own unit."""
    numbers = [number for number in (figure.value, figure.low, figure.high) if number is not None]
    low, high = min(numbers), max(numbers)
    if figure.value is None and figure.low is None:
        low = float("-inf")
    if figure.value is None and figure.high is None:
        high = float("inf")
    return low, high


def _apart(one: Sequence[Evidence], other: Sequence[Evidence]) -> tuple[str, ...]:
    """Return the keys of context by which every row of one side differs from every row of the other."""
    return tuple(key for key in APART if all(_differs_by(key, row, against) for row in one for against in other))


def _differs_by(key: str, row: Evidence, against: Evidence) -> bool:
    """Tell whether two rows were found under different conditions; what neither states is no difference."""
    here, there = _values(row, key), _values(against, key)
    return bool(here and there) and not here & there


def _values(row: Evidence, key: str) -> set[str]:
    """Return what a row states of one key of its context, or what it means when it states nothing."""
    return set(row.stated(key)) or UNSTATED.get(key, set())
