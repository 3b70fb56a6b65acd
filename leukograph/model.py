"""The values that leukograph works with: frozen, plain, without RDF.

`Entry`, `Claim`, `Figure` and `Source` are what the graph holds; `Step`, `Chain`,
`Effect` and `Answer` are what a question gets. Answers refer to sources by key;
numbers in brackets are made when an answer is shown. `Relation` and `Kind` are
the language itself, as `ontology/core.ttl` declares it.

They are named tuples, not dataclasses: making these classes is part of every start,
and twenty frozen dataclasses cost seven times as much to make.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from leukograph import namespaces

#: "+" the subject raises the object or brings it about; "-" the reverse; "" says neither.
Sign = Literal["+", "-", ""]
#: Sign of a whole effect; "?" chains of both signs and nothing that decides; "0" no chain.
NetSign = Literal["+", "-", "?", "0"]
Grade = Literal["established", "probable", "reported", "contested", "refuted"]
#: The grades, best first.
GRADES: tuple[Grade, ...] = ("established", "probable", "reported", "contested", "refuted")
#: Which way a term runs at one step of a chain.
Direction = Literal["up", "down"]
#: The route of a chain that consists of an outcome alone.
UNKNOWN_ROUTE = "unknown"
#: The routes, in the order in which answers tell them.
ROUTES = (
    "production",
    "maturation",
    "release",
    "destruction",
    "consumption",
    "distribution",
    "dilution",
    "measurement",
    UNKNOWN_ROUTE,
)
#: The one source that needs no page: our own definitions.
MODEL_SOURCE = "leukograph_model"


def place_of(route: str) -> int:
    """Return the place of a route in the order in which answers tell routes."""
    return ROUTES.index(route) if route in ROUTES else len(ROUTES)


def times(one: Sign, other: Sign) -> Sign:
    """Multiply two signs.

    Example:
        >>> times("-", "-")
        '+'
    """
    return "+" if one == other else "-"


class Kind(NamedTuple):
    """A kind of term: what it may do in a chain, and what its terms say of themselves."""

    key: str
    label: str
    #: "cause", "link", "end" or "fact"
    role: str
    up: str = ""
    down: str = ""


class Relation(NamedTuple):
    """A relation of the closed vocabulary."""

    key: str
    #: "act", "consequence", "feedback", "modifier", "structure" or "diagnosis"
    family: str
    sign: Sign
    reads: str
    reads_backwards: str


class Term(NamedTuple):
    """Anything that can be named: key, label, kind."""

    key: str
    label: str
    kind: str

    @property
    def iri(self) -> str:
        """The IRI of the term."""
        return namespaces.iri(self.key)

    @property
    def is_ours(self) -> bool:
        """Whether the term is one of leukograph; the keys of others are CURIEs or IRIs."""
        return ":" not in self.key


class Entry(NamedTuple):
    """A term with all that its row says."""

    term: Term
    parents: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    definition: str = ""
    #: a clause for "it rises" and one for "it falls"
    up: str = ""
    down: str = ""
    replaced_by: str = ""
    #: (SKOS match, CURIE) pairs
    mappings: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """The key of the term."""
        return self.term.key

    def phrase(self, direction: Direction) -> str:
        """Return the clause that says that the term rises or falls."""
        return self.up if direction == "up" else self.down


class Source(NamedTuple):
    """A page that was read."""

    key: str
    title: str
    #: PMID:, PMCID: or DOI: with its number, or empty
    id: str
    url: str
    year: int | None
    #: what was read of it: full, abstract or excerpt
    read: str
    note: str = ""


class Evidence(NamedTuple):
    """What one source says about one claim."""

    verdict: Literal["supports", "refutes"]
    kind: str
    #: `key=value` pairs, parted by "|"
    context: str
    note: str
    #: key of the source
    source: str

    def stated(self, key: str) -> tuple[str, ...]:
        """Return what the context states under a key; nothing when it states nothing."""
        pairs = (pair.partition("=") for pair in self.context.split("|"))
        return tuple(value for name, _, value in pairs if name == key)

    @property
    def in_people(self) -> bool:
        """Whether people, or their cells, were studied: no other species is named alone."""
        return all("human" in species for species in self.stated("species"))


class Claim(NamedTuple):
    """Subject, relation, object, and the evidence for it."""

    key: str
    subject: Term
    relation: str
    sign: Sign
    object: Term
    grade: Grade
    #: 0 to 1, four places
    belief: float
    evidence: tuple[Evidence, ...] = ()
    #: "early" or "late" when every supporting row says so, else empty
    stage: str = ""

    @property
    def holds(self) -> bool:
        """Whether the claim may be used: it is not refuted."""
        return self.grade != "refuted"

    @property
    def definitional(self) -> bool:
        """Whether the claim is true by definition (a step of the backbone)."""
        return bool(self.evidence) and all(row.kind == "definition" for row in self.evidence)

    @property
    def within_normal(self) -> bool:
        """Whether all who saw a count move saw it stay within its normal range: no low count."""
        seen = [row for row in self.evidence if row.verdict == "supports"]
        return bool(seen) and all(row.stated("range") == ("normal",) for row in seen)

    @property
    def weakly_refuted(self) -> bool:
        """Whether all that speaks against it is null results that could have missed it."""
        against = [row for row in self.evidence if row.verdict == "refutes"]
        return bool(against) and all(row.kind == "weak_null" for row in against)


def outcome_sign(claim: Claim, effect: Term) -> Sign:
    """Return what an outcome means for an effect: a low count is the reverse of its level."""
    return claim.sign if claim.object.kind == effect.kind else times(claim.sign, "-")


class Gap(NamedTuple):
    """A name that was looked for: no page that could be read ties it to a white-cell count."""

    name: str
    synonyms: tuple[str, ...]
    #: when, as YYYY-MM
    month: str


class Figure(NamedTuple):
    """A measured number about a term, or about a pair of terms."""

    key: str
    about: tuple[Term, ...]
    quantity: str
    value: float | None
    low: float | None
    high: float | None
    #: what low and high are: range, sd, iqr, interval, reference or limits
    spread: str
    #: UCUM
    unit: str
    population: str
    method: str
    #: key of the source
    source: str
    #: name of a disagreement between sources, or empty
    disagreement: str = ""
    note: str = ""


class Step(NamedTuple):
    """A claim as it is used in a chain."""

    claim: Claim
    #: the class whose claim this is, when the step's own subject inherits it
    inherited_from: Term | None
    #: which way the object runs after this step
    direction: Direction


def own_steps(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Return the steps that are more than the backbone."""
    return tuple(step for step in steps if not step.claim.definitional)


class Chain(NamedTuple):
    """A way from a cause to an effect."""

    n: int
    cause: Term
    #: "+" the cause brings the effect about or raises it, "-" the reverse
    sign: Sign
    grade: Grade
    belief: float
    #: whether the effect itself was seen for this cause
    observed: bool
    stage: str
    route: str
    lever: Term | None
    steps: tuple[Step, ...]
    text: str = ""
    #: classes through which the cause inherits a chain of this route, folded into it
    also_as: tuple[Term, ...] = ()

    @property
    def own_steps(self) -> tuple[Step, ...]:
        """The steps that are more than the backbone."""
        return own_steps(self.steps)

    @property
    def complication(self) -> Term | None:
        """The disease or infection that the cause brings about first, if the way leads through one."""
        first = self.steps[0].claim if self.steps else None
        if first is None or first.relation != "causes" or first.object.kind not in {"disease", "infection"}:
            return None
        return first.object


class Verdict(NamedTuple):
    """What all chains and outcomes say together about one effect."""

    sign: NetSign
    grade: Grade | Literal[""]
    belief: float
    #: numbers of the best chain of each sign that was found, that of the verdict first
    witnesses: tuple[int, ...] = ()


#: The verdict where nothing leads there.
NOTHING = Verdict("0", "", 0.0)


class Effect(NamedTuple):
    """All that is known about one effect of a cause."""

    effect: Term
    verdict: Verdict
    observed: tuple[Claim, ...] = ()
    chains: tuple[Chain, ...] = ()
    #: refuted outcomes, which close the chains to this effect
    closed: tuple[Claim, ...] = ()
    modifiers: tuple[Claim, ...] = ()
    frequency: tuple[Figure, ...] = ()
    timing: tuple[Figure, ...] = ()
    tests: tuple[Claim, ...] = ()


class Question(NamedTuple):
    """What was asked."""

    text: str
    cause: Term | None
    effect: Term | None
    options: tuple[tuple[str, str | int | bool | tuple[str, ...]], ...] = ()


class Answer(NamedTuple):
    """The answer to `why`."""

    release: str
    question: Question
    effects: tuple[Effect, ...]
    through_kinds: tuple[Term, ...] = ()
    sources: tuple[Source, ...] = ()
    truncated: bool = False
    notes: tuple[str, ...] = ()


class CauseRow(NamedTuple):
    """One cause of a condition, by one route."""

    cause: Term
    route: str
    lever: Term | None
    sign: Sign
    grade: Grade
    belief: float
    observed: bool
    #: early or late, where the count falls at one stage only
    stage: str = ""
    #: the class whose chain this is, when the cause has none of its own
    inherited_from: Term | None = None
    frequency: tuple[Figure, ...] = ()


class Causes(NamedTuple):
    """The answer to `causes`: rows grouped by route, the strongest first in each."""

    release: str
    condition: Term
    rows: tuple[CauseRow, ...]
    sources: tuple[Source, ...] = ()


class Paths(NamedTuple):
    """The answer to `path`: chains between two terms, shortest first."""

    release: str
    start: Term
    end: Term
    paths: tuple[Chain, ...]
    sources: tuple[Source, ...] = ()
    truncated: bool = False


#: The kind of the classes that logic fills.
DEFINED_KIND = "defined_class"


class Defined(NamedTuple):
    """A class that says by logic what belongs to it."""

    term: Term
    #: what it is equivalent to, in Manchester syntax, with keys for names
    expression: str
    definition: str
    #: why it is there, and what it does not say
    note: str
    synonyms: tuple[str, ...] = ()


class Membership(NamedTuple):
    """The answer to `describe` for a defined class: what the reasoner puts in it."""

    release: str
    defined: Defined
    #: its expression, with labels for keys
    words: str
    #: defined classes right above it and right below it, by inference
    above: tuple[Term, ...]
    below: tuple[Term, ...]
    #: all terms in it; None where the graph was made without what is inferred
    members: tuple[Term, ...] | None


class Description(NamedTuple):
    """The answer to `describe`: an entry with everything that stands around it."""

    release: str
    entry: Entry
    parents: tuple[Term, ...]
    kinds: tuple[Term, ...]
    figures: tuple[Figure, ...]
    claims_out: tuple[Claim, ...]
    claims_in: tuple[Claim, ...]
    sources: tuple[Source, ...] = ()
    #: defined classes that the reasoner puts it in
    defined: tuple[Term, ...] = ()


class Limits(NamedTuple):
    """Limits of the grades, as `ontology/core.ttl` states them."""

    established: float
    probable: float
    contested: float


class Language(NamedTuple):
    """The relations, kinds, kinds of evidence and quantities in use."""

    relations: dict[str, Relation]
    kinds: dict[str, Kind]
    #: kind of evidence -> what it is called
    evidence_kinds: dict[str, str]
    #: quantity -> what it is called
    quantities: dict[str, str]
