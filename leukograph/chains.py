"""Finds the cause chains from one term to one effect, and says what they amount to.

1. Behind the cause lies a part of the network (`Network.reach`).
2. For each lever in it, the ways from the cause to that lever that meet no other
   lever are the chain's own part; the lever is its route. So each route is heard.
3. From the lever the shortest way along the backbone leads to the effect.
4. Chains are ranked by whether the effect was seen, by belief (that of the
   weakest step of their own), by the number of their own steps, by keys; then the
   best of each route comes before the second of any.
5. What is inherited from a class beside an own chain of the same route and sign
   is folded into that chain. A chain that only tells more of the same way by a step
   through a hub, or through a kind of a step, is left out; so is one that tells less.

Outcomes (the effect was seen, without the way) decide the sign of the verdict;
chains tell how. A refuted outcome closes every chain to that end; one that was looked
for at one stage only closes the chains of that stage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from leukograph.belief import grade_of_chain
from leukograph.knowledge import Knowledge
from leukograph.model import (
    GRADES,
    NOTHING,
    UNKNOWN_ROUTE,
    Chain,
    Claim,
    NetSign,
    Sign,
    Step,
    Verdict,
    own_steps,
    times,
)
from leukograph.network import Network, Node, meets_each_once, net_signs, shortest_paths, steps_of

#: Ways from the cause to one lever that are looked at; the best of them are kept.
CANDIDATES = 40
#: Ways from a lever to the effect that are looked at where a loop may spoil the shortest.
TAILS = 4


@dataclass(frozen=True)
class Outcomes:
    """What was seen, for one cause and one effect."""

    #: claims that hold, with the sign they mean for the effect, surest first
    observed: tuple[tuple[Claim, Sign], ...]
    #: claims that were refuted, with the sign they would have had
    refuted: tuple[tuple[Claim, Sign], ...]

    @property
    def signs(self) -> set[Sign]:
        """The signs for which an effect was seen."""
        return {sign for _, sign in self.observed}

    @property
    def closed(self) -> tuple[Claim, ...]:
        """The refuted outcomes that nothing observed contradicts."""
        return tuple(claim for claim, sign in self.refuted if sign not in self.signs)

    @property
    def closed_signs(self) -> set[Sign]:
        """The signs of chains that a refuted outcome closes, whatever their stage."""
        return {sign for claim, sign in self._closing if not claim.stage} - self.signs

    @property
    def _closing(self) -> list[tuple[Claim, Sign]]:
        """The refuted outcomes that close chains: not those that could have been missed."""
        return [(claim, sign) for claim, sign in self.refuted if not claim.weakly_refuted]

    def closes(self, chain: Chain) -> bool:
        """Tell whether a refuted outcome closes a chain; one refuted at a stage closes chains of that stage alone."""
        refuted = any(sign == chain.sign and claim.stage in {"", chain.stage} for claim, sign in self._closing)
        return refuted and chain.sign not in self.signs


class ChainFinder:
    """Finds chains from one cause; what lies behind it is worked out once."""

    def __init__(self, network: Network, cause: str) -> None:
        self.network = network
        self.knowledge: Knowledge = network.knowledge
        self.cause = self.knowledge.term(cause)
        self._start: Node = (cause, 1)
        self._graph = network.reach(cause)
        #: whether some ways were not looked at
        self.cut = False
        self._own_paths = self._paths_to_levers()
        self._found: dict[str, list[Chain]] = {}

    def _paths_to_levers(self) -> dict[Node, list[list[Node]]]:
        """Return, for each lever, the ways from the cause that meet no lever before it."""
        ends = {"lever", "level", "condition"}
        kinds = {node: self.knowledge.term(node[0]).kind for node in self._graph}
        before_levers: nx.DiGraph[Node] = nx.DiGraph()
        before_levers.add_edges_from((a, b) for a, b in self._graph.edges if a == self._start or kinds[a] not in ends)
        found: dict[Node, list[list[Node]]] = {}
        for lever in sorted(node for node, kind in kinds.items() if kind == "lever"):
            ways = [[lever]] if lever == self._start else []
            ways = ways or shortest_paths(before_levers, self._start, lever, CANDIDATES + 1)
            self.cut |= len(ways) > CANDIDATES
            found[lever] = ways[:CANDIDATES]
        return found

    # --- what was seen ---------------------------------------------------------

    def outcomes(self, effect: str) -> Outcomes:
        """Return the outcome claims of the cause and its classes about one effect."""
        knowledge = self.knowledge
        level = knowledge.level_of.get(effect, effect)
        at_or_below = {effect, *knowledge.descendants(effect)}
        at_or_above = {effect, *knowledge.ancestors(effect)}
        observed, refuted = [], []
        for claim, _ in knowledge.claims_of(self.cause.key):
            # without levers every claim may be both a step and what was seen
            if knowledge.has_levers and not knowledge.is_outcome(claim):
                continue
            if claim.subject.key in self.network.rules.without:
                continue
            end = claim.object.key
            if effect == level and knowledge.level_of.get(end) == level and claim.holds:
                observed.append((claim, times(claim.sign, "-")))  # a low state that was seen is a fall of its level
            # a low level is the condition: the sign turns over
            sign = times(claim.sign, "-") if end == level != effect else claim.sign
            # a low count need not be as low as a condition by degree asks for, nor low at all
            is_state = end == level and effect == self._state_of(effect) and not claim.within_normal
            if claim.holds and (end in at_or_below or is_state):
                observed.append((claim, sign))
            elif not claim.holds and (end in at_or_above or end == level):
                refuted.append((claim, sign))
        observed.sort(key=lambda pair: (-pair[0].belief, pair[0].key))
        return Outcomes(tuple(observed), tuple(refuted))

    # --- chains ----------------------------------------------------------------

    def chains(self, effect: str, outcomes: Outcomes) -> list[Chain]:
        """Return all chains to an effect that no refuted outcome closes, best first."""
        nearness = {key: n for n, key in enumerate(self.knowledge.ancestors(self.cause.key), start=1)}
        found = self._ways(effect, outcomes)
        if self.knowledge.has_levers:
            found = _fold(found, nearness)
        told = {chain.sign for chain in found}
        untold = [(claim, sign) for claim, sign in outcomes.observed[:1] if sign not in told]
        found += [self._outcome_chain(claim, sign, effect) for claim, sign in untold if self._admits_outcome(claim)]
        return _diverse(sorted(found, key=_rank))

    def _admits_outcome(self, claim: Claim) -> bool:
        """Tell whether the rules let an effect be told without a way."""
        met = [(self.cause.key, 1), (claim.object.key, 1)]
        return claim.object.key not in self.network.rules.without and self._keeps_the_rules(met)

    def _ways(self, effect: str, outcomes: Outcomes) -> list[Chain]:
        """Return the chains to an effect before what is inherited is folded away."""
        if effect not in self._found:
            end = self._state_of(effect) if outcomes.observed else effect
            found = [
                chain
                for lever, paths in self._own_paths.items()
                for chain in self._chains_through(lever, paths, end, outcomes)
                if not outcomes.closes(chain)
            ]
            self._found[effect] = _without_shortcuts(self._without_padding(_without_variants(found)))
            if not self.knowledge.has_levers:
                self._found[effect] = _without_variants(self._chains_straight(effect, outcomes))
        return self._found[effect]

    def _chains_through(self, lever: Node, paths: list[list[Node]], effect: str, outcomes: Outcomes) -> Iterable[Chain]:
        if not paths:
            return
        for sign, tails in self._tails(lever, effect):
            for path in paths:
                way = next((path + tail[1:] for tail in tails if meets_each_once(path + tail[1:])), None)
                if way and self._keeps_the_rules(way):
                    yield self._chain(steps_of(self._graph, way), sign, lever[0], sign in outcomes.signs)

    def _chains_straight(self, effect: str, outcomes: Outcomes) -> Iterable[Chain]:
        """Yield the shortest chains to an effect that no refuted claim closes, in a graph without levers."""
        signs: tuple[tuple[int, Sign], ...] = ((1, "+"), (-1, "-"))
        for direction, sign in signs:
            if sign in outcomes.closed_signs:
                continue
            for end in sorted({effect, *self.knowledge.descendants(effect)} - {self.cause.key}):
                found = shortest_paths(self._graph, self._start, (end, direction), CANDIDATES + 1)
                self.cut |= len(found) > CANDIDATES
                for way in filter(self._keeps_the_rules, found[:CANDIDATES]):
                    yield self._chain(steps_of(self._graph, way), sign, None, sign in outcomes.signs)

    def _keeps_the_rules(self, way: list[Node]) -> bool:
        """Tell whether a way meets every term, or a kind of it, that the rules ask for."""
        return all(any(self.knowledge.is_a(key, via) for key, _ in way) for via in self.network.rules.via)

    def _tails(self, lever: Node, effect: str) -> Iterable[tuple[Sign, list[list[Node]]]]:
        """Yield the shortest ways from a lever to the effect, for each sign they may have."""
        ends = sorted({effect, *self.knowledge.descendants(effect)})
        wanted = TAILS if self.network.rules.feedback else 1
        signs: tuple[tuple[int, Sign], ...] = ((1, "+"), (-1, "-"))
        for direction, sign in signs:
            tails = [way for end in ends for way in self._ways_on(lever, (end, direction), wanted)]
            if tails:
                yield sign, sorted(tails, key=lambda way: (len(way), way))[:wanted]

    def _ways_on(self, lever: Node, end: Node, wanted: int) -> list[list[Node]]:
        if self.network.rules.feedback and not self.network.rules.via:
            return self.network.ways_on(lever, end, wanted)
        return shortest_paths(self._graph, lever, end, wanted)

    def _without_padding(self, chains: list[Chain]) -> list[Chain]:
        """Leave out a chain that is another one, as sure, with steps put in that tell nothing.

        Such steps lead through a hub, or through a kind or class of something that the
        chain meets anyway.
        """

        def pads(chain: Chain, other: Chain) -> bool:
            if (chain.sign, chain.lever, chain.stage) != (other.sign, other.lever, other.stage):
                return False
            met, needed = _met(chain), _met(other)
            longer = len(met) > len(needed) or (len(met) == len(needed) and _rank(other) < _rank(chain))
            return (
                longer
                and chain.belief <= other.belief
                and all(key in self.network.hubs or akin(key, needed) for key in met - needed)
                and all(akin(key, met) for key in needed - met)
            )

        def akin(key: str, others: set[str]) -> bool:
            return not others.isdisjoint((*self.knowledge.ancestors(key), *self.knowledge.descendants(key)))

        return [chain for chain in chains if not any(pads(chain, other) for other in chains)]

    def _chain(self, steps: tuple[Step, ...], sign: Sign, lever: str | None, observed: bool) -> Chain:
        own = own_steps(steps)
        return Chain(
            n=0,
            cause=self.cause,
            sign=sign,
            grade=grade_of_chain(step.claim.grade for step in own),
            belief=min((step.claim.belief for step in own), default=1.0),
            observed=observed,
            stage=_stage(step.claim for step in own),
            route=route_of(self.knowledge, lever) if lever else "",
            lever=self.knowledge.term(lever) if lever else None,
            steps=steps,
        )

    def _outcome_chain(self, claim: Claim, sign: Sign, effect: str) -> Chain:
        """Return the chain of an effect that was seen, without a known way."""
        owner = None if claim.subject == self.cause else claim.subject
        steps = [Step(claim, owner, "up" if claim.sign == "+" else "down")]
        if claim.object.kind == "level" and claim.object.key != effect:
            low = self.knowledge.claims[f"{claim.object.key}.has_low_state.{self._state_of(effect)}"]
            steps.append(Step(low, None, "up" if sign == "+" else "down"))
        return Chain(
            0, self.cause, sign, claim.grade, claim.belief, True, claim.stage, UNKNOWN_ROUTE, None, tuple(steps)
        )

    def _state_of(self, effect: str) -> str:
        """Return the low state of which a condition is a kind by degree, else the effect itself.

        What lowers neutrophils is also the way to agranulocytosis, once that was seen.
        """
        level = self.knowledge.level_of.get(effect)
        near = [effect, *self.knowledge.ancestors(effect)]
        return next((key for key in near if f"{level}.has_low_state.{key}" in self.knowledge.claims), effect)

    # --- verdict ---------------------------------------------------------------

    def verdict(self, effect: str, outcomes: Outcomes, chains: Sequence[Chain]) -> Verdict:
        """Say what outcomes and chains amount to; see the module's text.

        What happens only early is told as a stage and does not decide, unless
        there is nothing else. The witnesses are the best chain of each sign that
        was found, that of the verdict first.
        """
        signs = self._settled_signs(effect, outcomes, chains)
        if not signs:
            return NOTHING
        best: dict[Sign, Chain] = {}
        for chain in chains:
            best.setdefault(chain.sign, chain)
        numbers = tuple(best[sign].n for sign in sorted(best, key=lambda sign: (sign not in signs, sign)))
        if len(signs) > 1:
            weakest = min(best.values(), key=lambda chain: chain.belief)
            return Verdict("?", weakest.grade, weakest.belief, numbers)
        (sign,) = signs
        net: NetSign = "+" if sign == "+" else "-"
        seen = [claim for claim, its in outcomes.observed if its == sign]
        ways = [chain for chain in self._ways(effect, outcomes) if chain.sign == sign]
        surest = seen[0] if seen else max(ways, key=lambda chain: chain.belief, default=best.get(sign))
        return Verdict(net, surest.grade, surest.belief, numbers) if surest else NOTHING

    def _settled_signs(self, effect: str, outcomes: Outcomes, chains: Sequence[Chain]) -> set[Sign]:
        if seen := _settled((claim.stage, sign) for claim, sign in outcomes.observed):
            return seen
        everything = self._signs(self._graph, effect) - outcomes.closed_signs
        if len(everything) < 2:
            return everything
        settled: nx.DiGraph[Node] = nx.DiGraph()
        settled.add_node(self._start)
        settled.add_edges_from((a, b) for a, b, data in self._graph.edges(data=True) if data["claim"].stage != "early")
        return self._signs(settled, effect) - outcomes.closed_signs or everything

    def _signs(self, graph: nx.DiGraph[Node], effect: str) -> set[Sign]:
        """Return the signs of all chains to an effect."""
        ends = {effect, *self.knowledge.descendants(effect)} - {self.cause.key}
        reached, whole = net_signs(graph, self._start, ends)
        self.cut |= not whole
        return {"+" if direction > 0 else "-" for direction in reached}


def route_of(knowledge: Knowledge, lever: str) -> str:
    """Return the route of a lever: the key of the topmost lever above it."""
    above = [key for key in knowledge.ancestors(lever) if knowledge.term(key).kind == "lever"]
    return above[-1] if above else lever


def _settled(staged_signs: Iterable[tuple[str, Sign]]) -> set[Sign]:
    pairs = list(staged_signs)
    return {sign for stage, sign in pairs if stage != "early"} or {sign for _, sign in pairs}


def _stage(claims: Iterable[Claim]) -> str:
    """Return the stage of a chain: that of its staged steps, when they agree."""
    stages = {claim.stage for claim in claims} - {""}
    return stages.pop() if len(stages) == 1 else ""


def _signature(chain: Chain) -> tuple[str, ...]:
    return tuple(step.claim.key for step in chain.own_steps)


def _rank(chain: Chain) -> tuple[bool, float, int, int, tuple[str, ...]]:
    keys = tuple(step.claim.key for step in chain.steps)
    return not chain.observed, -chain.belief, len(_signature(chain)), len(keys), keys


def _without_variants(chains: Iterable[Chain]) -> list[Chain]:
    """Keep the shortest of the chains whose own steps are the same."""
    kept: dict[tuple[Sign, tuple[str, ...]], Chain] = {}
    for chain in sorted(chains, key=lambda chain: (len(chain.steps), _rank(chain))):
        kept.setdefault((chain.sign, _signature(chain)), chain)
    return list(kept.values())


def _without_shortcuts(chains: list[Chain]) -> list[Chain]:
    """Leave out a chain that tells less of the way of another one and is graded no better."""

    def shortens(chain: Chain, other: Chain) -> bool:
        return (
            chain.sign == other.sign
            and chain.lever == other.lever
            and chain.stage == other.stage
            and GRADES.index(chain.grade) >= GRADES.index(other.grade)
            and _met(chain) < _met(other)
        )

    return [chain for chain in chains if not any(shortens(chain, other) for other in chains)]


def _met(chain: Chain) -> set[str]:
    return {step.claim.object.key for step in chain.steps}


def _fold(chains: list[Chain], nearness: Mapping[str, int]) -> list[Chain]:
    """Fold what a cause inherits into what is nearer to it, of the same route and sign.

    Args:
        chains: all chains to one effect.
        nearness: class of the cause -> how far up it is, 1 for the nearest.
    """
    groups: dict[tuple[str, Sign], list[Chain]] = {}
    for chain in sorted(chains, key=_rank):
        groups.setdefault((chain.route, chain.sign), []).append(chain)
    folded = []
    for group in groups.values():
        distance = [_distance(chain, nearness) for chain in group]
        near = [chain for chain, far in zip(group, distance, strict=True) if far == min(distance)]
        owners = [
            chain.steps[0].inherited_from for chain, far in zip(group, distance, strict=True) if far > min(distance)
        ]
        classes = {owner.key: owner for owner in owners if owner is not None}
        folded += [near[0]._replace(also_as=tuple(classes.values())), *near[1:]]
    return folded


def _distance(chain: Chain, nearness: Mapping[str, int]) -> int:
    owner = chain.steps[0].inherited_from if chain.steps else None
    return 0 if owner is None else nearness.get(owner.key, 0)


def _diverse(chains: Sequence[Chain]) -> list[Chain]:
    """Order ranked chains so that each route and sign comes once before any comes twice."""
    turns: dict[tuple[str, Sign, bool], int] = {}
    ordered = []
    for place, chain in enumerate(chains):
        slot = chain.route, chain.sign, chain.observed
        turns[slot] = turns.get(slot, -1) + 1
        ordered.append((not chain.observed, turns[slot], place, chain))
    return [chain for *_, chain in sorted(ordered, key=lambda item: item[:3])]
