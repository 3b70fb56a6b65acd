"""Why a cause does not explain an effect: the true reason, and what would be missing.

The reasons, in the order in which they are looked for:

- `filtered`: it does, but the options that were given leave every chain out.
- `timing`: it does, but a figure bounds when, and the time that was asked lies outside.
- `explained`, `open`: it does after all, or chains of both signs leave it open.
- `opposite_sign`: it raises what the effect is low in; a fall at another stage stands
  beside it as `explained`.
- `refuted`: the effect, or a step on the way to it, was looked for and not found.
- `other_cell`: its chains end at other counts.
- `chain_stops`: a way begins and ends short of any count, or the term only makes the
  effect of another cause stronger or weaker.
- `no_claim`: nothing is claimed of it that acts on anything.

Asked about a count, the question is why the cause does not lower it.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import networkx as nx

from leukograph.asked_times import Asked as Asked
from leukograph.asked_times import Timed, beside_the_point, judged
from leukograph.chains import route_of
from leukograph.effects import source_numbers
from leukograph.errors import WrongOption
from leukograph.explain import Explainer
from leukograph.knowledge import Knowledge
from leukograph.model import (
    NOTHING,
    Chain,
    Claim,
    Effect,
    Figure,
    Grade,
    Sign,
    Source,
    Step,
    Term,
    Verdict,
    outcome_sign,
    place_of,
    times,
)
from leukograph.network import shortest_paths, steps_of
from leukograph.options import Options, View
from leukograph.sentences import Narrator
from leukograph.timing.timeline import Clock

#: Ways that are timed.
CHAINS = 1_000

ReasonKind = Literal[
    "filtered",
    "timing",
    "explained",
    "open",
    "opposite_sign",
    "refuted",
    "other_cell",
    "chain_stops",
    "no_claim",
]


class Reason(NamedTuple):
    """One reason, with what it rests on."""

    kind: ReasonKind
    #: chains that show it: the witnesses, or the way as far as it goes
    chains: tuple[Chain, ...] = ()
    #: claims that show it: what was refuted, or the outcomes that decide
    claims: tuple[Claim, ...] = ()
    #: the other effects that the cause has, or the term at which the way stops
    terms: tuple[Term, ...] = ()
    #: figures that show it: when the effect comes or goes
    figures: tuple[Figure, ...] = ()
    #: a claim between these two terms would make the effect explained
    missing: tuple[Term, Term] | None = None
    #: the options that leave the chains out, or the time that was asked
    given: str = ""
    #: early or late, where the reason holds at one stage only
    stage: str = ""
    #: the grade of what the reason says the cause does, where it is said at all
    grade: Grade | Literal[""] = ""


class WhyNot(NamedTuple):
    """The answer to `why-not`: the reason that decides first."""

    release: str
    cause: Term
    effect: Term
    verdict: Verdict
    reasons: tuple[Reason, ...]
    #: what can be said about the times that were asked
    times: tuple[Timed, ...] = ()
    sources: tuple[Source, ...] = ()


def why_not(
    explainer: Explainer,
    cause: str,
    effect: str,
    options: Options | None = None,
    asked: Asked = Asked(),  # noqa: B008
) -> WhyNot:
    """Say why a cause does not explain an effect.

    Args:
        explainer: of the whole graph.
        cause: key of a cause, or of anything that may start a chain.
        effect: key of a condition or a level.
        options: what narrows the question; a reason may be that they leave all out.
        asked: when the effect was there; a reason may be that it comes later, or is over.

    Raises:
        WrongOption: when the effect is no count and no low count, is the cause itself,
            or an option fits nothing.
    """
    options = options or Options()
    options.check()
    knowledge = explainer.knowledge
    start, end = knowledge.term(cause), knowledge.term(effect)
    if end.kind not in {"condition", "level"}:
        raise WrongOption(
            f"{end.label} is a {end.kind}, not a count or a low count", "ask for a condition such as neutropenia"
        )
    if start.kind in {"condition", "level"}:
        raise WrongOption(f"{start.label} is itself an effect", "name a cause first, then the low count")
    effects, _ = explainer.effects_of(start, end)
    found = effects[0] if effects else Effect(end, NOTHING)
    reasons = tuple(_reasons(explainer, start, found, options))
    times = beside_the_point(asked)
    if reasons[0].kind == "explained" and not reasons[0].stage:
        times = judged(found, asked, _begins(explainer, start, end) if asked.within is not None else ())
        if missed := [time for time in times if time.verdict in {"too_soon", "too_late"}]:
            first = missed[0]
            reasons = (reasons[0]._replace(kind="timing", claims=(), figures=first.figures, given=first.words),)
    elif any(reason.kind in {"explained", "filtered", "open"} for reason in reasons):
        times = judged(found, asked, ())
    return _finished(knowledge, WhyNot(knowledge.release, start, end, found.verdict, reasons, times))


def lowering(effect: Term) -> Sign:
    """Return the sign that means what is asked: to bring a low count about, or to lower a count."""
    return "-" if effect.kind == "level" else "+"


def _reasons(explainer: Explainer, cause: Term, found: Effect, options: Options) -> list[Reason]:
    sign, wanted, grade = found.verdict.sign, lowering(found.effect), found.verdict.grade
    witnesses = tuple(chain for chain in found.chains if chain.n in found.verdict.witnesses) or found.chains[:1]
    passing = None if sign == wanted else _passing(found, wanted)
    if (sign == wanted or passing) and options.narrowing and not _shown(explainer, cause, found.effect, options):
        if passing is None:
            return [Reason("filtered", chains=witnesses[:1], given=options.narrowing)]
        passing = passing._replace(kind="filtered", claims=(), given=options.narrowing)
    if sign == wanted:
        seen = _seen(found, wanted)
        return [Reason("explained", chains=witnesses[:1], claims=seen, grade=grade)]
    if sign == "?":
        return [Reason("open", chains=witnesses)]
    if sign != "0":
        claims = _seen(found, times(wanted, "-"))
        settled = Reason("opposite_sign", chains=witnesses[:1], claims=claims, grade=grade)
        if passing is None:
            return [settled]
        if claims and all(claim.stage for claim in claims):
            # each sign was seen at a stage of its own, so the reason that comes first in time is told first
            return [passing, settled._replace(stage=claims[0].stage)]
        return [settled, passing]
    reasons = []
    if refuted := found.closed or _refuted_steps(explainer, cause, found.effect):
        reasons.append(Reason("refuted", claims=refuted))
    others = tuple(one.effect for one in explainer.effects_of(cause, None)[0] if one.verdict.sign != "0")
    if others:
        reasons.append(Reason("other_cell", terms=others, missing=(cause, _entrance(explainer, found.effect))))
    elif not reasons:
        reasons.append(_missing_way(explainer, cause, found.effect))
    return reasons


def _seen(found: Effect, sign: Sign) -> tuple[Claim, ...]:
    return tuple(claim for claim in found.observed if outcome_sign(claim, found.effect) == sign)


def _passing(found: Effect, wanted: Sign) -> Reason | None:
    """Return that a count is low at one stage, though the verdict is the reverse."""
    if found.verdict.sign not in {"+", "-"}:
        return None
    seen = tuple(claim for claim in _seen(found, wanted) if claim.stage)
    ways = [chain for chain in found.chains if chain.sign == wanted and chain.observed]
    staged = [chain for chain in ways if chain.stage]
    if seen:
        return Reason("explained", tuple((staged or ways)[:1]), seen, stage=seen[0].stage, grade=seen[0].grade)
    if staged:
        return Reason("explained", (staged[0],), stage=staged[0].stage, grade=staged[0].grade)
    return None


def _begins(explainer: Explainer, cause: Term, effect: Term) -> list[float]:
    """Return when a count begins to fall on each way, by the usual stay of cells [d].

    Where one way has no such time there is nothing to return, since it may be the first.
    """
    knowledge = explainer.knowledge
    level = knowledge.level_of.get(effect.key, effect.key)
    low_states = [claim.object.key for claim in knowledge.claims_from(level) if claim.relation == "has_low_state"]
    condition = effect.key if effect.kind == "condition" else next(iter(low_states), None)
    if condition is None:
        return []
    answer = explainer.why(cause.key, options=Options(effect=condition, limit=CHAINS))
    courses = Clock(knowledge).timeline(answer).courses
    # where a part of the count falls first, nothing says when the whole is low
    begins = [course.begins.low for course in courses if course.begins and course.level.key == level]
    return begins if len(begins) == len(courses) else []


def _shown(explainer: Explainer, cause: Term, effect: Term, options: Options) -> bool:
    effects, _ = explainer.under(options.view()).effects_of(cause, effect)
    return any(chain.sign == lowering(effect) for one in effects for chain in one.chains)


def _refuted_steps(explainer: Explainer, cause: Term, effect: Term) -> tuple[Claim, ...]:
    """Return the refuted claims of the best chain that there would be if they held."""
    world = explainer.view.world._replace(refuted=True)
    effects, _ = explainer.under(View(world, world)).effects_of(cause, effect)
    chains = [chain for one in effects for chain in one.chains if chain.sign == lowering(effect)]
    return tuple(step.claim for step in chains[0].steps if not step.claim.holds) if chains else ()


def _missing_way(explainer: Explainer, cause: Term, effect: Term) -> Reason:
    """Return how far the way goes towards an effect, and which claim would complete it."""
    knowledge = explainer.knowledge
    graph = explainer.network.reach(cause.key)
    wanted = _entrance(explainer, effect)
    ends = [node for node in graph if not any(True for _ in graph.successors(node)) and node[0] != cause.key]
    if not ends and (modified := _modified(knowledge, cause)):
        return Reason(
            "chain_stops", claims=modified, terms=tuple(claim.subject for claim in modified), missing=(cause, wanted)
        )
    if not ends:
        return Reason("no_claim", missing=(cause, wanted))
    distance = nx.single_source_shortest_path_length(_surroundings(knowledge), effect.key)
    last = min(ends, key=lambda node: (distance.get(node[0], len(distance)), node))
    (path,) = shortest_paths(graph, (cause.key, 1), last, 1)
    term = knowledge.term(last[0])
    chain = _way(cause, steps_of(graph, path))
    return Reason("chain_stops", chains=(chain,), terms=(term,), missing=(term, wanted))


def _modified(knowledge: Knowledge, cause: Term) -> tuple[Claim, ...]:
    """Return the claims by which a term only makes the effect of something else stronger or weaker."""
    relations = knowledge.language.relations
    keys = (cause.key, *knowledge.ancestors(cause.key))
    claims = (claim for key in keys for claim in knowledge.claims_to(key) if claim.holds)
    return tuple(claim for claim in claims if relations[claim.relation].family == "modifier")


def _way(cause: Term, steps: tuple[Step, ...]) -> Chain:
    weakest = min(steps, key=lambda step: step.claim.belief).claim
    sign: Sign = "+" if steps[-1].direction == "up" else "-"
    return Chain(1, cause, sign, weakest.grade, weakest.belief, False, "", "", None, steps)


def _entrance(explainer: Explainer, effect: Term) -> Term:
    """Return the lever that acts on the count of an effect, the nearest to it."""
    knowledge = explainer.knowledge
    level = knowledge.level_of.get(effect.key, effect.key)
    levers = [c.subject for c in knowledge.claims_to(level) if c.holds and c.subject.kind == "lever"]
    parts = [c.subject for c in knowledge.claims_to(level) if c.holds and c.subject.kind in {"level", "pool"}]
    if levers:
        routes = {term: route_of(knowledge, term.key) for term in levers}
        return min(levers, key=lambda term: (place_of(routes[term]), term.key))
    return _entrance(explainer, min(parts, key=lambda term: term.key)) if parts else knowledge.term(level)


def _surroundings(knowledge: Knowledge) -> nx.Graph[str]:
    """Return all terms with what they act on and what they are kinds of, without direction."""
    relations = knowledge.language.relations
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(knowledge.entries)
    graph.add_edges_from(
        (claim.subject.key, claim.object.key)
        for claim in knowledge.claims.values()
        if claim.holds and relations[claim.relation].family == "act"
    )
    graph.add_edges_from((entry.key, parent) for entry in knowledge.entries.values() for parent in entry.parents)
    return graph


def _finished(knowledge: Knowledge, found: WhyNot) -> WhyNot:
    """Collect the sources, and tell the chains with their numbers."""
    claims = [step.claim for reason in found.reasons for chain in reason.chains for step in chain.own_steps]
    claims += [claim for reason in found.reasons for claim in reason.claims]
    keys = [row.source for claim in claims for row in claim.evidence]
    keys += [figure.source for reason in found.reasons for figure in reason.figures]
    keys += [figure.source for time in found.times for figure in time.figures]
    sources = tuple(knowledge.sources[key] for key in dict.fromkeys(keys))
    numbers, narrator = source_numbers(sources), Narrator(knowledge)
    reasons = tuple(
        reason._replace(chains=tuple(c._replace(text=narrator.tell(c, numbers)) for c in reason.chains))
        for reason in found.reasons
    )
    return found._replace(reasons=reasons, sources=sources)
