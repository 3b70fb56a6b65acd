"""Two causes side by side: what they share, where their ways part, what each touches."""

from __future__ import annotations

from typing import NamedTuple

from leukograph.errors import WrongOption
from leukograph.explain import Explainer
from leukograph.model import (
    NOTHING,
    Answer,
    Chain,
    Claim,
    Direction,
    Effect,
    Grade,
    Sign,
    Source,
    Step,
    Term,
    Verdict,
    outcome_sign,
)
from leukograph.options import Options

#: Chains that are compared for one effect of one cause.
CHAINS = 1_000


class Passing(NamedTuple):
    """What was seen of an effect at one stage only, against its verdict."""

    stage: str
    sign: Sign
    grade: Grade
    #: the stage at which the verdict holds; empty where that was seen without a stage
    settled: str


class Row(NamedTuple):
    """One effect, as each of the two causes has it."""

    effect: Term
    one: Verdict
    other: Verdict
    #: the routes by which each brings the effect about or counters it, in the order of its chains
    routes_of_one: tuple[str, ...]
    routes_of_other: tuple[str, ...]
    passing_of_one: Passing | None = None
    passing_of_other: Passing | None = None


class Meeting(NamedTuple):
    """Where a way of the one and a way of the other come together, and go on as one."""

    term: Term
    direction: Direction
    route: str
    #: the best grade that each has up to there
    grade_of_one: Grade
    grade_of_other: Grade
    #: a chain of each through the meeting, by its number in its own answer
    chain_of_one: int
    chain_of_other: int
    #: steps of their own before they meet
    apart_of_one: tuple[Step, ...]
    apart_of_other: tuple[Step, ...]


class Comparison(NamedTuple):
    """The answer to `compare`."""

    release: str
    causes: tuple[Term, Term]
    one: Answer
    other: Answer
    rows: tuple[Row, ...]
    #: steps, the backbone apart, that chains of both use
    shared: tuple[Step, ...]
    #: where the ways meet; nothing when they never do
    meetings: tuple[Meeting, ...]
    #: classes to which both belong, the nearest first
    classes: tuple[Term, ...]
    #: the options that leave chains out, as they are typed
    narrowing: str = ""
    sources: tuple[Source, ...] = ()


def compare(explainer: Explainer, one: str, other: str, options: Options | None = None) -> Comparison:
    """Compare two causes by all of their chains.

    Args:
        explainer: of the graph.
        one: key of the first cause.
        other: key of the second.
        options: what narrows both answers.

    Raises:
        WrongOption: when a name is that of an effect or of something that never acts, or
            both are the same.
    """
    knowledge = explainer.knowledge
    if one == other:
        raise WrongOption(f"both are {knowledge.term(one).label}", "name two different causes")
    for key in (one, other):
        term = knowledge.term(key)
        role = knowledge.language.kinds[term.kind].role
        if role == "end":
            raise WrongOption(f"{term.label} is an effect, not a cause", "name two causes")
        # `why` answers these too, with nothing; a table against nothing would look like a finding
        if role == "fact" and not explainer.effects_of(term, None)[0]:
            raise WrongOption(
                f"{term.label} is a {term.kind}, not a cause: no chain leads from it to any white-cell count",
                "name two causes, such as drugs, diseases or infections",
            )
    options = (options or Options())._replace(limit=CHAINS)
    answers = explainer.why(one, options=options), explainer.why(other, options=options)
    above = set(knowledge.ancestors(other)) | {other}
    return Comparison(
        release=knowledge.release,
        causes=(knowledge.term(one), knowledge.term(other)),
        one=answers[0],
        other=answers[1],
        rows=_rows(*answers),
        shared=_shared(*answers),
        meetings=_meetings(*answers),
        classes=tuple(knowledge.term(key) for key in (one, *knowledge.ancestors(one)) if key in above),
        narrowing=options.narrowing,
        sources=tuple(dict.fromkeys((*answers[0].sources, *answers[1].sources))),
    )


def _rows(one: Answer, other: Answer) -> tuple[Row, ...]:
    mine = {effect.effect: effect for effect in one.effects}
    theirs = {effect.effect: effect for effect in other.effects}
    return tuple(
        Row(
            effect,
            mine[effect].verdict if effect in mine else NOTHING,
            theirs[effect].verdict if effect in theirs else NOTHING,
            _routes(mine.get(effect)),
            _routes(theirs.get(effect)),
            _passing(mine.get(effect)),
            _passing(theirs.get(effect)),
        )
        for effect in dict.fromkeys([*mine, *theirs])
    )


def _routes(effect: Effect | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain.route for chain in effect.chains)) if effect else ()


def _passing(effect: Effect | None) -> Passing | None:
    """Return what was seen at one stage only against the verdict, the surest first."""
    if effect is None or effect.verdict.sign not in {"+", "-"}:
        return None
    against = [claim for claim in effect.observed if claim.stage and _meaning(claim, effect) != effect.verdict.sign]
    if not against:
        return None
    stages = {claim.stage for claim in effect.observed if _meaning(claim, effect) == effect.verdict.sign}
    first = against[0]
    return Passing(first.stage, _meaning(first, effect), first.grade, stages.pop() if len(stages) == 1 else "")


def _meaning(claim: Claim, effect: Effect) -> Sign:
    return outcome_sign(claim, effect.effect)


def _chains(answer: Answer) -> list[Chain]:
    return [chain for effect in answer.effects for chain in effect.chains]


def _shared(one: Answer, other: Answer) -> tuple[Step, ...]:
    mine = {step.claim.key: step for chain in _chains(one) for step in chain.own_steps}
    theirs = {step.claim.key for chain in _chains(other) for step in chain.own_steps}
    return tuple(step for key, step in mine.items() if key in theirs)


def _meetings(one: Answer, other: Answer) -> tuple[Meeting, ...]:
    """Return the first thing that two chains of one effect share, each once, the surest ways first.

    All chains meet at last in the count; that alone is no meeting.
    """
    theirs: dict[tuple[Term, Term, Direction], list[tuple[Chain, int]]] = {}
    for effect in other.effects:
        for chain in effect.chains:
            for place, step in enumerate(chain.steps):
                theirs.setdefault((effect.effect, step.claim.object, step.direction), []).append((chain, place))
    found: dict[tuple[Term, Direction], Meeting] = {}
    for effect in one.effects:
        for chain in effect.chains:
            for place, step in enumerate(chain.steps):
                partners = theirs.get((effect.effect, step.claim.object, step.direction), [])
                partners = [(partner, at) for partner, at in partners if partner.sign == chain.sign]
                if partners and step.claim.object.kind not in {"condition", "level"}:
                    partner, at = partners[0]
                    meeting = Meeting(
                        step.claim.object,
                        step.direction,
                        chain.route,
                        chain.grade,
                        partner.grade,
                        chain.n,
                        partner.n,
                        chain.steps[: place + 1],
                        partner.steps[: at + 1],
                    )
                    found.setdefault((step.claim.object, step.direction), meeting)
                    break
    return tuple(found.values())
