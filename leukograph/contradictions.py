"""Where sources disagree: claims with both verdicts, opposite signs, figures that differ.

Four kinds are told apart:

- `context`: the two sides speak of different conditions (dose, species, early or
  late, treatment, people or cells in a dish), so both may be right;
- `refuted`: one claim, in one context, found by some and not by others;
- `sign`: two claims of opposite sign for one pair of terms, in one context;
- `number`: figures of one quantity of the same things, in units that can be turned into
  each other, from different sources, that differ. What one source gives for two groups
  or two endpoints is no conflict, nor are figures whose words state different
  endpoints (`_endpoint`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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
#: unit -> the unit that its figures are compared in, and how many of that it is
_COMPARED_IN = {
    **{unit: ("d", days) for unit, days in (("min", 1 / 1440), ("h", 1 / 24), ("wk", 7.0), ("mo", 30.4375))},
    "a": ("d", 365.25),
    "{cells}/min": ("{cells}/d", 1440.0),
    **dict.fromkeys(("/uL", "10*6/L"), ("10*9/L", 1e-3)),
}
#: Words of a figure that make it another endpoint than one without them.
_ONE_SIDED = tuple(
    re.compile(words)
    for words in (
        r"\bper (?:patient-)?year\b|\bpatient-years\b",
        r"\bmarrow\b.*\bblood together\b",
        r"\bfirst labelled\b",
        r"\bin vitro\b|\bin culture\b",
        r"\bof any kind\b|\bcounted too\b",
        r"\bnot counting\b",
    )
)
#: What two figures must both state alike, or both leave out: a cut-off, degrees.
_CUT_OFF = re.compile(r"\b(?:below|under|less than|of) (\d+(?:\.\d+)?) x 10\*9/L|\b(lower limit of normal)")
_DEGREES = re.compile(r"\bgrades? (\d(?: (?:or|and|to) \d)*)")
#: What two figures must share only where both name it.
_CELLS = re.compile(
    r"\b(?:white cells|neutrophils|granulocytes|lymphocytes|monocytes|eosinophils|basophils|T cells|B cells)\b"
)
#: A number that a source passes on is that of whom it names.
_PASSED_ON = re.compile(r"\b[A-Z]\w+ (?:19|20)\d\d, as tabulated")


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
    """Yield the figures that differ from others of the same: where the ontology names a disagreement, or unnamed.

    Unnamed ones are compared only where people and method are the same too.
    """
    groups: dict[tuple[str, ...], list[Figure]] = {}
    for figure in knowledge.figures:
        about = "|".join(sorted(term.key for term in figure.about))
        within = ("",) if figure.disagreement else (figure.population, figure.method)
        slot = figure.disagreement, about, figure.quantity, _compared_in(figure.unit)[0], *_endpoint(figure), *within
        groups.setdefault(slot, []).append(figure)
    for (name, *_), figures in groups.items():
        differing = {figure.key for pair in combinations(figures, 2) if _differ(*pair) for figure in pair}
        if told := tuple(figure for figure in figures if figure.key in differing):
            yield Contradiction("number", told[0].about, (), told, (), name)


def _compared_in(unit: str) -> tuple[str, float]:
    return _COMPARED_IN.get(unit, (unit, 1.0))


def _words(figure: Figure) -> str:
    return " ".join((figure.population, figure.method, figure.note))


def _endpoint(figure: Figure) -> tuple[str, ...]:
    """Return what the words of a figure make of its quantity; only figures of one endpoint are compared."""
    words = _words(figure)
    # a threshold is a cut-off itself
    stated = (_DEGREES,) if figure.quantity == "threshold" else (_CUT_OFF, _DEGREES)
    alike = ("|".join(sorted({match[match.lastindex or 0] for match in one.finditer(words)})) for one in stated)
    return (*("yes" if one.search(words) else "" for one in _ONE_SIDED), *alike)


def _differ(one: Figure, other: Figure) -> bool:
    """Tell whether two figures of one endpoint and of different sources have no number in common."""
    if _origin(one) == _origin(other) or any("not comparable" in figure.note for figure in (one, other)):
        return False
    cells, others = set(_CELLS.findall(_words(one))), set(_CELLS.findall(_words(other)))
    if cells and others and not cells & others:
        return False
    (low, high), (low2, high2) = _band(one), _band(other)
    if one.quantity == "reference_interval":  # its ends are what it says
        return (low, high) != (low2, high2)
    return high < low2 or high2 < low


def _origin(figure: Figure) -> str:
    """Return whose number a figure is: two groups or two estimates of one source are no conflict."""
    match = _PASSED_ON.search(figure.method)
    return match[0] if match else figure.source


def _band(figure: Figure) -> tuple[float, float]:
    """Return the smallest and the largest number that a figure allows, in the unit that it is compared in."""
    factor = _compared_in(figure.unit)[1]
    # rounded, so that 7 h is 420 min
    numbers = [
        float(f"{number * factor:.9g}") for number in (figure.value, figure.low, figure.high) if number is not None
    ]
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
