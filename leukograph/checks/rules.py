"""A rule of the quality gate is a value; here is what rules are, the list of all, and how to pick some.

General rules look at any ontology in any format. Rules of ours look at a leukograph
folder, or at a release, and are silent elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from leukograph.checks.report import Hit, Severity
from leukograph.errors import WrongOption

if TYPE_CHECKING:
    from leukograph.checks.statements import Statements

#: What a rule looks at, in the order of the list, with the title of its part.
PARTS = {
    "names": "Labels, definitions, synonyms",
    "references": "Declarations and references",
    "structure": "Structure of the hierarchy",
    "literals": "Literals and text",
    "header": "Header of the ontology",
    "logic": "Logic (a reasoner)",
    "shapes": "Shapes (SHACL)",
    "tables": "Tables and graph of leukograph",
    "queries": "Queries over a leukograph release",
}
Scope = Literal["any", "ours"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Its name is what people type, its code never changes.
    """

    name: str
    code: str
    severity: Severity
    #: what is wrong, as a noun phrase
    summary: str
    #: what to do about it
    fix: str
    part: str
    #: "any" ontology, or "ours": leukograph folders and releases only
    scope: Scope = "any"
    #: names of the rules of ROBOT's report that look for the same
    robot: tuple[str, ...] = ()
    #: finds it in the statements of a file; None when it is found in another way
    find: Callable[[Statements], Iterator[Hit]] | None = field(default=None, compare=False, repr=False)


#: Found by a reasoner, by pySHACL, or while reading and building tables.
_ELSEWHERE = (
    Rule(
        "inconsistent-ontology",
        "C601",
        "error",
        "axioms that contradict each other, so that anything follows",
        "Look for an individual that belongs to disjoint classes, and drop one of the axioms.",
        "logic",
    ),
    Rule(
        "unsatisfiable-class",
        "C602",
        "error",
        "a class to which nothing can belong",
        "See why with: leukograph prove CLASS nothing --file FILE; drop or weaken one of the axioms.",
        "logic",
    ),
    Rule(
        "beyond-reasoner",
        "C603",
        "info",
        "axioms that the reasoner does not understand",
        "For all of OWL 2 DL: --engine hermit (needs Java).",
        "logic",
    ),
    Rule(
        "reasoner-gave-up",
        "C604",
        "warning",
        "an ontology that the reasoner could not take",
        "Try the other engine (--engine), or --skip the rules of logic.",
        "logic",
    ),
    Rule(
        "shapes",
        "C701",
        "error",
        "a node that breaks a SHACL shape",
        "Mend the node; the message names its property. The severity is that of the shape.",
        "shapes",
    ),
    Rule(
        "row",
        "C801",
        "error",
        "a cell of a table that breaks a rule of keys, kinds, signs, units, loops or citations",
        "Mend the cell; ontology/README.md tells what each holds.",
        "tables",
        "ours",
    ),
    Rule(
        "stale-release",
        "C802",
        "error",
        "a release file that is not what the tables make",
        "Build it with: leukograph build",
        "tables",
        "ours",
    ),
    Rule(
        "leads-nowhere",
        "C803",
        "error",
        "a cause from which no chain leads to a count",
        "Add the claims that are missing, or drop the term.",
        "tables",
        "ours",
    ),
    Rule(
        "nothing-leads-in",
        "C804",
        "error",
        "a link of chains on which nothing acts",
        "Add the claim that leads there, or drop the term.",
        "tables",
        "ours",
    ),
    Rule(
        "idle-lever",
        "C805",
        "error",
        "a lever that no cause moves",
        "Add a cause, or drop the lever.",
        "tables",
        "ours",
    ),
    Rule(
        "restated-step",
        "C806",
        "error",
        "a step that leads from a thing to itself",
        "Claim it of the thing that really acts, or drop the claim.",
        "tables",
        "ours",
    ),
    Rule(
        "mapping",
        "C807",
        "error",
        "a mapping that the term tables of its vocabulary do not bear out (--terms)",
        "Take identifier and label from the current release of the vocabulary.",
        "tables",
        "ours",
    ),
    Rule(
        "class-claim",
        "C808",
        "info",
        "what a claim about a class says of its members (--members)",
        "Move the claim to the lowest class of which it is true.",
        "tables",
        "ours",
    ),
)


def general_rules() -> tuple[Rule, ...]:
    """Return the rules that look at the statements of any file."""
    from leukograph.checks import header, literals, names, references, structure

    return (*names.RULES, *references.RULES, *structure.RULES, *literals.RULES, *header.RULES)


def query_rules() -> Iterator[Rule]:
    """Yield a rule for every query in `queries/checks/`."""
    from leukograph.queries import all_queries

    for query in all_queries():
        if query.is_check:
            severity: Severity = "warning" if query.header.get("severity") == "warning" else "error"
            yield Rule(
                query.name,
                query.header.get("code", ""),
                severity,
                query.summary[0].lower() + query.summary[1:],
                query.header.get("fix", ""),
                "queries",
                "ours",
            )


def all_rules() -> tuple[Rule, ...]:
    """Return every rule, by part and code."""
    parts = list(PARTS)
    rules = (*general_rules(), *_ELSEWHERE, *query_rules())
    return tuple(sorted(rules, key=lambda rule: (parts.index(rule.part), rule.code)))


def by_name(name: str) -> Rule:
    """Return a rule by its exact name."""
    return next(rule for rule in all_rules() if rule.name == name)


def chosen(only: Sequence[str] = (), skipped: Sequence[str] = ()) -> tuple[Rule, ...]:
    """Return the rules that a user picked.

    Args:
        only: names, codes or parts of the rules to run; none means all.
        skipped: names, codes or parts of rules to leave out.

    Raises:
        WrongOption: when there is no such rule, or none is left.
    """
    rules = all_rules()
    wanted = _named(only, rules) if only else {rule.name for rule in rules}
    unwanted = _named(skipped, rules)
    found = tuple(rule for rule in rules if rule.name in wanted - unwanted)
    if not found:
        raise WrongOption("no rule is left to run", "see all with: leukograph check --list")
    return found


def _named(names: Iterable[str], rules: Sequence[Rule]) -> set[str]:
    known: dict[str, set[str]] = {}
    for rule in rules:
        for name in (rule.name, rule.code.lower(), rule.part):
            known.setdefault(name, set()).add(rule.name)
    found: set[str] = set()
    for name in names:
        # a rule of ROBOT's report is typed with underscores
        if (plain := name.strip().lower().replace("_", "-")) not in known:
            from difflib import get_close_matches  # late: only for a fault

            close = get_close_matches(plain, known, n=3, cutoff=0.5)
            hint = f"closest: {', '.join(close)}" if close else "see all with: leukograph check --list"
            raise WrongOption(f"there is no rule called {name[:100]!r}", hint)
        found |= known[plain]
    return found
