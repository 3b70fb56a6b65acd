"""Puts together the answer to `why`: effects, verdicts, chains, figures, tests, sources.

Asked for a cause, the answer holds one `Effect` for each condition that it can
bring about or protect from. Asked for a condition, it holds one effect, with the
best chain of each cause. A class without a chain of its own is answered through
its kinds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from leukograph.belief import grade_of_chain
from leukograph.chains import ChainFinder, own_steps, route_of
from leukograph.errors import WrongOption
from leukograph.knowledge import Knowledge
from leukograph.model import (
    GRADES,
    MODEL_SOURCE,
    ROUTES,
    UNKNOWN_ROUTE,
    Answer,
    CauseRow,
    Causes,
    Chain,
    Claim,
    Effect,
    Figure,
    NetSign,
    Paths,
    Question,
    Source,
    Step,
    Term,
    Verdict,
)
from leukograph.network import Network, shortest_paths, steps_of
from leukograph.sentences import Narrator

#: Chains that an answer gives for one effect unless asked for more.
CHAINS = 5
#: Causes that an answer gives for one condition unless asked for more.
CAUSES = 20
FREQUENCY = frozenset({"incidence", "prevalence", "odds_ratio", "mortality"})
TIMING = frozenset({"onset", "nadir", "recovery_time", "duration"})
STAGE_TIMING = frozenset({"transit_time", "half_life"})
#: The order of effects of one grade: the counts of everyday work first.
EFFECTS = ("agranulocytosis", "neutropenia", "lymphopenia", "leukopenia", "monocytopenia", "eosinopenia", "basopenia")
#: Kinds of term that can be asked for as a cause of a low count.
CAUSE_ROLES = frozenset({"cause"})


@dataclass(frozen=True)
class Options:
    """What narrows a question."""

    effect: str | None = None
    limit: int | None = None

    def pairs(self) -> tuple[tuple[str, str | int | bool], ...]:
        """Return the options that were given, as an answer repeats them."""
        given = {"effect": self.effect, "limit": self.limit}
        return tuple((name, value) for name, value in given.items() if value is not None)


class Explainer:
    """Answers `why` over one graph; keeps what it worked out between questions."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.network = Network(knowledge)
        self._narrator = Narrator(knowledge)
        self._finders: dict[str, ChainFinder] = {}
        self._effects: dict[str, tuple[Effect, ...]] = {}

    def why(self, key: str, text: str = "", options: Options | None = None) -> Answer:
        """Explain what a term does to white cells, or what brings a condition about.

        Args:
            key: the term; a condition or a level is answered with its causes.
            text: what was typed, for the answer to repeat.
            options: what narrows the question.

        Raises:
            WrongOption: when `effect` is neither a condition nor a level, the limit
                is below 1, or the question is about a condition and names an effect too.
        """
        options = options or Options()
        if options.limit is not None and options.limit < 1:
            raise WrongOption(f"a limit of {options.limit} chains", "ask for 1 or more")
        term = self.knowledge.term(key)
        if condition := self._condition_meant(term):
            answer = self._of_condition(condition, text or term.label, options)
            if condition == term:
                return answer
            return answer._replace(notes=(f"Answered for {condition.label}: {term.label} by itself is no cause.",))
        effect = self.knowledge.term(options.effect) if options.effect else None
        if effect and effect.kind not in {"condition", "level"}:
            raise WrongOption(
                f"{effect.label} is a {effect.kind}, not a count or a low count",
                "ask for a condition such as neutropenia, or use: leukograph path FROM TO",
            )
        effects, kinds = self._effects_of(term, effect)
        limit = options.limit or (CAUSES if kinds else CHAINS)
        return self._answer(
            Question(text or term.label, term, effect, options.pairs()),
            tuple(one._replace(chains=one.chains[:limit]) for one in effects),
            kinds,
            truncated=any(len(one.chains) > limit for one in effects),
        )

    def _condition_meant(self, term: Term) -> Term | None:
        """Return the low count that a question is about: a condition, or that of a level or a cell."""
        if term.kind == "condition":
            return term
        levels = [term.key] if term.kind == "level" else []
        if term.kind == "cell":
            levels = [c.subject.key for c in self.knowledge.claims_to(term.key) if c.relation == "counts"]
        for level in levels:
            for claim in self.knowledge.claims_from(level):
                if claim.relation == "has_low_state":
                    return claim.object
        return None

    # --- one cause -------------------------------------------------------------

    def _effects_of(self, cause: Term, effect: Term | None) -> tuple[tuple[Effect, ...], tuple[Term, ...]]:
        """Return what a cause does, and the kinds through which that is answered, if any."""
        own = self._own_effects(cause, effect)
        if any(chain.route != UNKNOWN_ROUTE for one in own for chain in one.chains):
            return own, ()
        is_cause = self.knowledge.language.kinds[cause.kind].role in CAUSE_ROLES
        kinds = self._kinds_with_answer(cause.key, effect) if is_cause else []
        if not kinds:
            return own, ()
        return self._through(own, [self._own_effects(kind, effect) for kind in kinds]), tuple(kinds)

    def _through(self, own: tuple[Effect, ...], of_kinds: Iterable[tuple[Effect, ...]]) -> tuple[Effect, ...]:
        """Merge what the kinds of a class do; what was seen for the class itself decides."""
        by_condition: dict[str, list[Effect]] = {}
        for effects in of_kinds:
            for one in effects:
                by_condition.setdefault(one.effect.key, []).append(one)
        merged = {key: _merge(group) for key, group in by_condition.items()}
        for one in own:
            if one.effect.key in merged:
                found = merged[one.effect.key]
                merged[one.effect.key] = one._replace(chains=found.chains)
            else:
                merged[one.effect.key] = one
        return tuple(sorted(_without_umbrella(self.knowledge, merged.values()), key=_strength))

    def _kinds_with_answer(self, key: str, effect: Term | None) -> list[Term]:
        """Return the nearest kinds of a term that have an answer of their own."""
        found: dict[str, Term] = {}
        queue = list(self.knowledge.children(key))
        for kind in queue:
            term = self.knowledge.term(kind)
            own = self._own_effects(term, effect)
            if any(chain.steps[0].inherited_from is None for one in own for chain in one.chains):
                found.setdefault(kind, term)
            else:
                queue.extend(self.knowledge.children(kind))
        return sorted(found.values(), key=lambda term: term.label.casefold())

    def _own_effects(self, cause: Term, effect: Term | None) -> tuple[Effect, ...]:
        if effect is not None:
            one = self._effect(cause, effect)
            return (one,) if one.chains or one.closed or one.observed else ()
        if cause.key not in self._effects:
            effects = (self._effect(cause, self.knowledge.term(key)) for key in self._reachable_conditions(cause))
            known = _without_umbrella(self.knowledge, (one for one in effects if one.chains or one.closed))
            self._effects[cause.key] = tuple(sorted(known, key=_strength))
        return self._effects[cause.key]

    def _finder(self, cause: Term) -> ChainFinder:
        if cause.key not in self._finders:
            self._finders[cause.key] = ChainFinder(self.network, cause.key)
        return self._finders[cause.key]

    def _reachable_conditions(self, cause: Term) -> list[str]:
        """Return the conditions that a cause may concern: low states, and what was named outright."""
        low_states = {c.object.key for c in self.knowledge.claims.values() if c.relation == "has_low_state"}
        named = {
            claim.object.key
            for claim, _ in self.knowledge.claims_of(cause.key)
            if self.knowledge.is_outcome(claim) and claim.object.kind == "condition"
        }
        return sorted(low_states | named)

    def _effect(self, cause: Term, effect: Term) -> Effect:
        finder = self._finder(cause)
        outcomes = finder.outcomes(effect.key)
        chains = [chain._replace(n=n) for n, chain in enumerate(finder.chains(effect.key, outcomes), start=1)]
        return Effect(
            effect=effect,
            verdict=finder.verdict(effect.key, outcomes, chains),
            observed=tuple(claim for claim, _ in outcomes.observed),
            chains=tuple(chains),
            closed=outcomes.closed,
            modifiers=self._modifiers(cause),
            frequency=self._pair_figures(cause, effect, FREQUENCY),
            timing=self._timing(cause, effect, chains),
            tests=self._tests(cause, effect),
        )

    # --- what stands beside the chains -------------------------------------------

    def _modifiers(self, cause: Term) -> tuple[Claim, ...]:
        relations = self.knowledge.language.relations
        found = {
            claim.key: claim
            for claim, _ in self.knowledge.claims_of(cause.key)
            if relations[claim.relation].family == "modifier" and claim.holds
        }
        return tuple(sorted(found.values(), key=lambda claim: (-claim.belief, claim.key)))

    def _pair_figures(self, cause: Term, effect: Term, quantities: frozenset[str]) -> tuple[Figure, ...]:
        """Return the figures about this very cause and the effect.

        A figure of its class may come from quite another member, so none is inherited.
        """
        ends = {effect.key, *self.knowledge.descendants(effect.key), self.knowledge.level_of.get(effect.key, "")}
        return tuple(
            figure
            for figure in self.knowledge.figures_about(cause.key)
            if figure.quantity in quantities and len(figure.about) == 2 and _other(figure, cause.key) in ends
        )

    def _timing(self, cause: Term, effect: Term, chains: list[Chain]) -> tuple[Figure, ...]:
        found = list(self._pair_figures(cause, effect, TIMING))
        found += [
            figure
            for figure in self.knowledge.figures_about(cause.key)
            if len(figure.about) == 1 and figure.quantity in TIMING
        ]
        stages = [step.claim.object.key for chain in chains[:1] for step in chain.steps]
        for stage in stages:
            found += [
                figure
                for figure in self.knowledge.figures_about(stage)
                if figure.quantity in STAGE_TIMING and len(figure.about) == 1
            ]
        return tuple(dict.fromkeys(found))

    def _tests(self, cause: Term, effect: Term) -> tuple[Claim, ...]:
        """Return what shows the cause, each down to the test; where nothing does, what screens for the effect."""
        own = self._shown_by(cause.key)
        return own or tuple(claim for claim in self._shown_by(effect.key) if cause == effect or _screens(claim))

    def _shown_by(self, key: str) -> tuple[Claim, ...]:
        found: dict[str, Claim] = {}
        for claim, _ in self.knowledge.claims_of(key):
            if claim.relation == "shown_by" and claim.holds:
                found.setdefault(claim.key, claim)
                for further in self.knowledge.claims_from(claim.object.key):
                    if further.relation == "shown_by" and further.holds:
                        found.setdefault(further.key, further)
        return tuple(found.values())

    # --- several causes ----------------------------------------------------------

    def _of_condition(self, term: Term, text: str, options: Options) -> Answer:
        if options.effect is not None:
            raise WrongOption(
                f"{term.label} is itself an effect, so --effect does not fit",
                f"ask for its causes: leukograph causes {term.key}",
            )
        effects = [effect for _, effect in self.causes_of(term.key) if not _inherits_all(effect)]
        if not effects:
            return self._answer(Question(text or term.label, None, term, options.pairs()), ())
        limit = options.limit or CAUSES
        merged = _merge(_by_turns(effects)[:limit])._replace(tests=self._tests(term, term))
        return self._answer(
            Question(text or term.label, None, term, options.pairs()), (merged,), truncated=len(effects) > limit
        )

    def causes_of(self, condition: str) -> Iterator[tuple[Term, Effect]]:
        """Yield every cause that brings a condition about, with what it does."""
        effect = self.knowledge.term(condition)
        for entry in self.knowledge.entries.values():
            role = self.knowledge.language.kinds[entry.term.kind].role
            if role not in CAUSE_ROLES:
                continue
            one = self._effect(entry.term, effect)
            if one.verdict.sign in {"+", "?"} and one.chains:
                yield entry.term, one

    def causes(self, condition: str) -> Causes:
        """Return every cause of a condition, by route, the strongest first.

        Raises:
            WrongOption: when the term is neither a condition nor a level.
        """
        term = self.knowledge.term(condition)
        meant = self._condition_meant(term)
        if meant is None:
            raise WrongOption(
                f"{term.label} is a {term.kind}, not a low count",
                "name a condition such as neutropenia, lymphopenia or leukopenia",
            )
        term, condition = meant, meant.key
        rows: dict[tuple[str, str], CauseRow] = {}
        for cause, effect in self.causes_of(condition):
            for chain in effect.chains:
                if chain.sign == "+" and (cause.key, chain.route) not in rows:
                    rows[cause.key, chain.route] = CauseRow(
                        cause,
                        chain.route,
                        chain.lever,
                        chain.sign,
                        chain.grade,
                        chain.belief,
                        chain.observed,
                        chain.steps[0].inherited_from,
                        effect.frequency,
                    )
        ordered = sorted(rows.values(), key=_cause_order)
        keys = dict.fromkeys(figure.source for row in ordered for figure in row.frequency)
        sources = tuple(self.knowledge.sources[key] for key in keys)
        return Causes(self.knowledge.release, term, tuple(ordered), sources)

    # --- paths ---------------------------------------------------------------------

    def paths(self, start: str, end: str, limit: int = 10, max_length: int = 12) -> Paths:
        """Return the shortest chains between any two terms, by networkx.

        A path to a kind of the end reaches the end. Outcomes stand only as a path
        of their own, never inside a longer one.

        Args:
            start: key of the first term, which is taken to rise or to be present.
            end: key of the last.
            limit: how many paths at the most.
            max_length: how many steps a path may have.
        """
        graph = self.network.reach(start, with_outcomes=True)
        ends = {end, *self.knowledge.descendants(end)}
        found = []
        for node in sorted(node for node in graph if node[0] in ends):
            found += shortest_paths(graph, (start, 1), node, limit + 1)
        found = sorted((path for path in found if len(path) > 1), key=lambda path: (len(path), path))
        short = [path for path in found if len(path) - 1 <= max_length]
        chains = tuple(
            self._path_chain(start, n, steps_of(graph, path)) for n, path in enumerate(short[:limit], start=1)
        )
        keys = dict.fromkeys(row.source for chain in chains for step in chain.steps for row in step.claim.evidence)
        sources = tuple(self.knowledge.sources[key] for key in sorted(keys, key=lambda key: key == MODEL_SOURCE))
        numbers = _numbers(sources)
        told = tuple(chain._replace(text=self._narrator.tell(chain, numbers)) for chain in chains)
        return Paths(
            self.knowledge.release,
            self.knowledge.term(start),
            self.knowledge.term(end),
            told,
            sources,
            truncated=len(found) > len(chains),
        )

    def _path_chain(self, start: str, n: int, steps: tuple[Step, ...]) -> Chain:
        own = own_steps(steps)
        lever = next((step.claim.object for step in steps if step.claim.object.kind == "lever"), None)
        return Chain(
            n=n,
            cause=self.knowledge.term(start),
            sign="+" if steps[-1].direction == "up" else "-",
            grade=grade_of_chain(step.claim.grade for step in own),
            belief=min((step.claim.belief for step in own), default=1.0),
            observed=False,
            stage="",
            route=route_of(self.knowledge, lever.key) if lever else "",
            lever=lever,
            steps=steps,
        )

    # --- the whole -----------------------------------------------------------------

    def _answer(
        self,
        question: Question,
        effects: tuple[Effect, ...],
        kinds: tuple[Term, ...] = (),
        truncated: bool = False,
    ) -> Answer:
        effects = tuple(_numbered(effects))
        sources = tuple(self.knowledge.sources[key] for key in dict.fromkeys(_source_keys(effects)))
        return Answer(
            release=self.knowledge.release,
            question=question,
            effects=tuple(self._told(effect, sources, bool(kinds) or question.cause is None) for effect in effects),
            through_kinds=kinds,
            sources=sources,
            truncated=truncated,
        )

    def _told(self, effect: Effect, sources: tuple[Source, ...], brief: bool) -> Effect:
        numbers = _numbers(sources)
        told = (chain._replace(text=self._narrator.tell(chain, numbers, brief)) for chain in effect.chains)
        return effect._replace(chains=tuple(told))


def _numbers(sources: Sequence[Source]) -> dict[str, int]:
    """Number sources as answers show them; our own definitions get no bracket."""
    return {source.key: n for n, source in enumerate(sources, start=1) if source.key != MODEL_SOURCE}


def _cause_order(row: CauseRow) -> tuple[int, bool, float, bool, str]:
    route = ROUTES.index(row.route) if row.route in ROUTES else len(ROUTES)
    return route, not row.observed, -row.belief, row.inherited_from is not None, row.cause.key


def _screens(claim: Claim) -> bool:
    return any("role=screen" in row.context.split("|") for row in claim.evidence)


def _other(figure: Figure, key: str) -> str:
    return next((term.key for term in figure.about if term.key != key), "")


def _strength(effect: Effect) -> tuple[bool, bool, int, int, int, float, str]:
    """Order effects: seen before composed, then by grade of effect and of way, then as a reader expects."""
    verdict, key = effect.verdict, effect.effect.key
    grade = GRADES.index(verdict.grade) if verdict.grade else len(GRADES)
    way = min((GRADES.index(c.grade) for c in effect.chains if c.route != UNKNOWN_ROUTE), default=len(GRADES))
    place = EFFECTS.index(key) if key in EFFECTS else len(EFFECTS)
    return not effect.observed, verdict.sign in {"?", "0"}, grade, way, place, -verdict.belief, key


def _without_umbrella(knowledge: Knowledge, effects: Iterable[Effect]) -> list[Effect]:
    """Leave out a condition without a level of its own where a condition below it is told."""
    effects = list(effects)
    above = {key for one in effects for key in knowledge.ancestors(one.effect.key)}
    return [one for one in effects if one.effect.key in knowledge.level_of or one.effect.key not in above]


def _merge(effects: list[Effect]) -> Effect:
    """Merge what several causes do to one effect: the best chain of each, best first."""
    signs = {one.verdict.sign for one in effects} - {"0"}
    best = [one.chains[0] for one in _by_turns(effects)]
    grades = [one.verdict for one in effects if one.verdict.grade]
    strongest = min(
        grades, key=lambda verdict: (-verdict.belief, GRADES.index(verdict.grade or "refuted")), default=None
    )
    sign: NetSign = signs.pop() if len(signs) == 1 else "?" if signs else "0"
    return Effect(
        effect=effects[0].effect,
        verdict=Verdict(
            sign, strongest.grade if strongest else "", strongest.belief if strongest else 0.0, (1,) if best else ()
        ),
        observed=_unique(claim for one in effects for claim in one.observed),
        chains=tuple(chain._replace(n=n) for n, chain in enumerate(best, start=1)),
        closed=_unique(claim for one in effects for claim in one.closed),
    )


def _inherits_all(effect: Effect) -> bool:
    """Tell whether a cause has its best chain from a class, which is told itself."""
    return effect.chains[0].steps[0].inherited_from is not None


def _by_turns(effects: Iterable[Effect]) -> list[Effect]:
    """Order what several causes do to one effect: each route is heard before any is heard twice."""
    turns: dict[str, int] = {}
    ordered: list[tuple[int, int, Effect]] = []
    for one in sorted((one for one in effects if one.chains), key=_weight):
        route = one.chains[0].route
        turns[route] = turns.get(route, 0) + 1
        ordered.append((turns[route], len(ordered), one))
    return [one for *_, one in sorted(ordered, key=lambda item: item[:2])]


def _weight(effect: Effect) -> tuple[bool, bool, float, int, str]:
    """Order by what was seen, then by how sure the way is, then by how many saw it."""
    chain = effect.chains[0]
    rows = sum(len(claim.evidence) for claim in effect.observed)
    return not chain.observed, chain.route == UNKNOWN_ROUTE, -chain.belief, -rows, chain.cause.key


def _unique(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    return tuple({claim.key: claim for claim in claims}.values())


def _numbered(effects: Iterable[Effect]) -> Iterator[Effect]:
    """Number the chains of an answer through, and let witnesses follow."""
    n = 0
    for effect in effects:
        numbers = {chain.n: n + place for place, chain in enumerate(effect.chains, start=1)}
        n += len(effect.chains)
        yield effect._replace(
            chains=tuple(chain._replace(n=numbers[chain.n]) for chain in effect.chains),
            verdict=effect.verdict._replace(
                witnesses=tuple(numbers[old] for old in effect.verdict.witnesses if old in numbers),
            ),
        )


def _source_keys(effects: Sequence[Effect]) -> Iterator[str]:
    """Yield the sources of an answer as they are met; our own definitions come last."""
    for effect in effects:
        claims: list[Claim] = []
        for chain in effect.chains:
            claims += [step.claim for step in own_steps(chain.steps)]
        claims += [*effect.observed, *effect.closed, *effect.modifiers, *effect.tests]
        for claim in claims:
            yield from (row.source for row in claim.evidence if row.kind != "definition")
        for figure in (*effect.frequency, *effect.timing):
            yield figure.source
    if any(step.claim.definitional for effect in effects for chain in effect.chains for step in chain.steps):
        yield MODEL_SOURCE


__all__ = ["CAUSES", "CHAINS", "Explainer", "Options"]
