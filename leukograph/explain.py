"""Puts together the answer to `why`: effects, verdicts, chains, figures, tests, sources.

Asked for a cause, the answer holds one `Effect` for each condition that it can
bring about or protect from. Asked for a condition, it holds one effect, with the
best chain of each cause. A class without a chain of its own is answered through
its kinds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leukograph.beside import FREQUENCY, Beside
from leukograph.chains import ChainFinder
from leukograph.effects import (
    CHAINS,
    bringing_about,
    by_turns,
    inherits_all,
    merge,
    numbered,
    source_keys,
    source_numbers,
    strength,
    without_umbrella,
)
from leukograph.errors import WrongOption
from leukograph.knowledge import Knowledge
from leukograph.model import (
    UNKNOWN_ROUTE,
    Answer,
    CauseRow,
    Causes,
    Chain,
    Effect,
    Question,
    Source,
    Term,
    Verdict,
    place_of,
)
from leukograph.network import Network
from leukograph.options import Options, Rules, View
from leukograph.sentences import Narrator

#: Causes that an answer gives for one condition unless asked for more.
CAUSES = 20
#: Roles of the kinds of term that are causes.
CAUSE_ROLES = frozenset({"cause"})


class Explainer:
    """Answers `why` over one graph; keeps what it worked out between questions."""

    def __init__(self, knowledge: Knowledge, view: View | None = None) -> None:
        self.knowledge = knowledge
        self.view = view or View()
        self.network = Network(knowledge, self.view.world)
        self._shown = self.network if self.view.is_whole else Network(knowledge, self.view.shown)
        self._beside = Beside(knowledge)
        self._narrator = Narrator(knowledge)
        self._others: dict[View, Explainer] = {}
        self._finders: dict[tuple[str, Rules], ChainFinder] = {}
        self._effects: dict[str, tuple[Effect, ...]] = {}
        self._found: dict[tuple[str, str], Effect] = {}
        #: causes and effects of which some chains are not shown, or were not looked for
        self._cut: set[tuple[str, str]] = set()

    def under(self, view: View) -> Explainer:
        """Return the explainer that shows another view of the same graph."""
        if view == self.view:
            return self
        if view not in self._others:
            self._others[view] = Explainer(self.knowledge, view)
        return self._others[view]

    def why(self, key: str, text: str = "", options: Options | None = None) -> Answer:
        """Explain what a term does to white cells, or what brings a condition about.

        Args:
            key: the term; a condition or a level is answered with its causes.
            text: what was typed, for the answer to repeat.
            options: what narrows the question.

        Raises:
            WrongOption: when `effect` is neither a condition nor a level, the question
                is about a condition and names an effect too, or an option fits nothing.
        """
        options = options or Options()
        options.check()
        answer = self.under(options.view())._why(self.knowledge.term(key), text, options)
        if options.narrowing and answer.truncated:
            note = f"Only chains that fit {options.narrowing} are shown; the verdict rests on all."
            return answer._replace(notes=(*answer.notes, note))
        return answer

    def _why(self, term: Term, text: str, options: Options) -> Answer:
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
        effects, kinds = self.effects_of(term, effect)
        limit = options.limit or (CAUSES if kinds else CHAINS)
        return self.answer(
            Question(text or term.label, term, effect, options.pairs()),
            tuple(one._replace(chains=one.chains[:limit]) for one in effects),
            kinds,
            truncated=any(len(one.chains) > limit for one in effects) or self._is_cut([term, *kinds], effect),
        )

    def _is_cut(self, causes: Iterable[Term], effect: Term | None) -> bool:
        """Tell whether chains of these causes to an effect, or to any, are not shown."""
        keys = {cause.key for cause in causes}
        return any(cause in keys and effect in {None, self.knowledge.term(key)} for cause, key in self._cut)

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

    def effects_of(self, cause: Term, effect: Term | None) -> tuple[tuple[Effect, ...], tuple[Term, ...]]:
        """Return what a cause does, and the kinds through which that is answered, if any."""
        own = self._own_effects(cause, effect)
        if any(chain.route != UNKNOWN_ROUTE for one in own for chain in one.chains):
            return own, ()
        is_cause = self.knowledge.language.kinds[cause.kind].role in CAUSE_ROLES
        kinds = self._kinds_with_answer(cause.key, effect) if is_cause else []
        if not kinds:
            return own, ()
        return self._through(own, [self._own_effects(kind, effect) for kind in kinds]), tuple(kinds)

    def effect(self, cause: Term, effect: Term) -> Effect:
        """Return what a cause itself does to one effect, not what its kinds do."""
        return self._effect(cause, effect)

    def _through(self, own: tuple[Effect, ...], of_kinds: Iterable[tuple[Effect, ...]]) -> tuple[Effect, ...]:
        """Merge what the kinds of a class do; what was seen for the class itself decides."""
        by_condition: dict[str, list[Effect]] = {}
        for effects in of_kinds:
            for one in effects:
                by_condition.setdefault(one.effect.key, []).append(one)
        merged = {key: merge(group, self._breadth) for key, group in by_condition.items()}
        for one in own:
            if one.effect.key in merged:
                found = merged[one.effect.key]
                merged[one.effect.key] = one._replace(chains=found.chains)
            else:
                merged[one.effect.key] = one
        return tuple(sorted(without_umbrella(self.knowledge, merged.values()), key=strength))

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
            known = without_umbrella(self.knowledge, (one for one in effects if one.chains or one.closed))
            self._effects[cause.key] = tuple(sorted(known, key=strength))
        return self._effects[cause.key]

    def _finder(self, cause: Term, network: Network) -> ChainFinder:
        slot = cause.key, network.rules
        if slot not in self._finders:
            self._finders[slot] = ChainFinder(network, cause.key)
        return self._finders[slot]

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
        slot = cause.key, effect.key
        if slot not in self._found:
            self._found[slot] = self._worked_out(cause, effect)
        return self._found[slot]

    def _worked_out(self, cause: Term, effect: Term) -> Effect:
        finder = self._finder(cause, self.network)
        outcomes = finder.outcomes(effect.key)
        chains = [chain._replace(n=n) for n, chain in enumerate(finder.chains(effect.key, outcomes), start=1)]
        verdict = finder.verdict(effect.key, outcomes, chains)
        whole = {chain.steps for chain in chains}
        if not self.view.is_whole:
            fitting = self._finder(cause, self._shown).chains(effect.key, outcomes)
            chains, verdict = self._narrowed(chains, verdict, fitting)
        if finder.cut or whole - {chain.steps for chain in chains}:
            self._cut.add((cause.key, effect.key))
        return Effect(
            effect=effect,
            verdict=verdict,
            observed=tuple(claim for claim, _ in outcomes.observed),
            chains=tuple(chains),
            closed=outcomes.closed,
            modifiers=self._beside.modifiers(cause),
            frequency=self._beside.pair_figures(cause, effect, FREQUENCY),
            timing=self._beside.timing(cause, effect, chains),
            tests=self._beside.tests(cause, effect),
        )

    def _narrowed(self, chains: list[Chain], verdict: Verdict, fitting: list[Chain]) -> tuple[list[Chain], Verdict]:
        """Return the chains that fit the view, and the verdict of all with its witnesses among them."""
        steps = {chain.n: chain.steps for chain in chains}
        # an effect with a known way is not told as if it had none, because that way is not shown
        fitting = [chain for chain in fitting if chain.route != UNKNOWN_ROUTE or chain.steps in steps.values()]
        shown = [chain._replace(n=n) for n, chain in enumerate(filter(self.view.shows, fitting), start=1)]
        places = {chain.steps: chain.n for chain in shown}
        witnesses = (places.get(steps[n]) for n in verdict.witnesses)
        return shown, verdict._replace(witnesses=tuple(n for n in witnesses if n is not None))

    # --- several causes ----------------------------------------------------------

    def _of_condition(self, term: Term, text: str, options: Options) -> Answer:
        if options.effect is not None:
            raise WrongOption(
                f"{term.label} is itself an effect, so --effect does not fit",
                f"ask for its causes: leukograph causes {term.key}",
            )
        effects = [effect for _, effect in self.causes_of(term.key) if not inherits_all(effect)]
        if not effects:
            return self.answer(Question(text or term.label, None, term, options.pairs()), ())
        limit = options.limit or CAUSES
        merged = merge(by_turns(effects, self._breadth)[:limit], self._breadth)._replace(
            tests=self._beside.tests(term, term)
        )
        return self.answer(
            Question(text or term.label, None, term, options.pairs()),
            (merged,),
            truncated=len(effects) > limit or any(effect == term.key for _, effect in self._cut),
        )

    def causes_of(self, condition: str) -> Iterator[tuple[Term, Effect]]:
        """Yield every cause that brings a condition about, with what it does."""
        effect = self.knowledge.term(condition)
        for entry in self.knowledge.entries.values():
            role = self.knowledge.language.kinds[entry.term.kind].role
            if role not in CAUSE_ROLES:
                continue
            if one := bringing_about(self._effect(entry.term, effect)):
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
                        chain.stage,
                        chain.steps[0].inherited_from,
                        effect.frequency,
                    )
        ordered = sorted(rows.values(), key=_cause_order)
        keys = dict.fromkeys(figure.source for row in ordered for figure in row.frequency)
        sources = tuple(self.knowledge.sources[key] for key in keys)
        return Causes(self.knowledge.release, term, tuple(ordered), sources)

    # --- the whole -----------------------------------------------------------------

    def answer(
        self,
        question: Question,
        effects: tuple[Effect, ...],
        kinds: tuple[Term, ...] = (),
        truncated: bool = False,
    ) -> Answer:
        """Return effects as a finished answer: chains numbered and told, sources collected."""
        effects = tuple(numbered(effects))
        sources = tuple(self.knowledge.sources[key] for key in dict.fromkeys(source_keys(effects)))
        return Answer(
            release=self.knowledge.release,
            question=question,
            effects=tuple(self._told(effect, sources, bool(kinds) or question.cause is None) for effect in effects),
            through_kinds=kinds,
            sources=sources,
            truncated=truncated,
        )

    def _breadth(self, key: str) -> int:
        return len(self.knowledge.descendants(key))

    def _told(self, effect: Effect, sources: tuple[Source, ...], brief: bool) -> Effect:
        numbers = source_numbers(sources)
        told = (chain._replace(text=self._narrator.tell(chain, numbers, brief)) for chain in effect.chains)
        return effect._replace(chains=tuple(told))


def _cause_order(row: CauseRow) -> tuple[int, bool, float, bool, str]:
    return place_of(row.route), not row.observed, -row.belief, row.inherited_from is not None, row.cause.key
