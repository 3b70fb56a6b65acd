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
    complications,
    inherits_all,
    merge,
    numbered,
    source_keys,
    source_numbers,
    strength,
    without_umbrella,
)
from leukograph.errors import WrongOption
from leukograph.knowledge import EITHER, Knowledge
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
    place_of,
)
from leukograph.network import Network
from leukograph.options import Options, View
from leukograph.sentences import Narrator

#: Causes that an answer gives for one condition unless asked for more.
CAUSES = 20
#: What an answer says that rests on a part of a graph.
PARTIAL = "Only a part of the graph was fetched, since more lies around this than the limit lets through."
#: Effects that an answer tells of a cause in a foreign graph, which may have hundreds.
ENDS = 20
#: Roles of the kinds of term that are causes.
CAUSE_ROLES = frozenset({"cause", EITHER})


class Explainer:
    """Answers `why` over one graph; keeps what it worked out between questions."""

    def __init__(self, knowledge: Knowledge, view: View | None = None) -> None:
        self.knowledge = knowledge
        self.view = view or View()
        self.network = Network(knowledge, self.view.shown)
        self._beside = Beside(knowledge)
        self._narrator = Narrator(knowledge)
        self._others: dict[View, Explainer] = {self.view: self}
        self._finders: dict[str, ChainFinder] = {}
        self._effects: dict[str, tuple[Effect, ...]] = {}
        self._found: dict[tuple[str, str], Effect] = {}
        #: causes and effects of which some chains were not looked for
        self._cut: set[tuple[str, str]] = set()
        #: causes and effects of which some chains do not fit the view
        self._hidden: set[tuple[str, str]] = set()

    def under(self, view: View) -> Explainer:
        """Return the explainer that shows another view of the same graph."""
        if view not in self._others:
            self._others[view] = Explainer(self.knowledge, view)
            self._others[view]._others = self._others
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
        if not self.knowledge.has_levers and (options.route or options.feedback):
            what = "--route" if options.route else "--feedback"
            raise WrongOption(f"{what}: a foreign graph has no routes and no feedback", "leave it out")
        if key in options.avoid:
            raise WrongOption(f"{self.knowledge.term(key).label} is what the question is about", "avoid another term")
        return self.under(options.view())._why(self.knowledge.term(key), text, options)

    def _why(self, term: Term, text: str, options: Options) -> Answer:
        asks_for_way = options.effect is not None and self.knowledge.language.kinds[term.kind].role == EITHER
        if not asks_for_way and (condition := self.knowledge.effect_meant(term)):
            answer = self._of_condition(condition, text or term.label, options)
            if condition == term:
                return answer
            note = f"Answered for {condition.label}: {term.label} by itself is no cause."
            return answer._replace(notes=(note, *answer.notes))
        effect = self.knowledge.term(options.effect) if options.effect else None
        if effect and not self.knowledge.is_effect(effect):
            raise WrongOption(
                f"{effect.label} is a {effect.kind}, not a count or a low count",
                "ask for a condition such as neutropenia, or use: leukograph path FROM TO",
            )
        effects, kinds = self.effects_of(term, effect)
        limit = options.limit or (CAUSES if kinds else CHAINS)
        hidden = self._concerns(self._hidden, [term, *kinds], effect)
        cut = self._concerns(self._cut, [term, *kinds], effect)
        return self.answer(
            Question(text or term.label, term, effect, options.pairs()),
            tuple(one._replace(chains=one.chains[:limit]) for one in effects),
            kinds,
            truncated=any(len(one.chains) > limit for one in effects) or hidden or cut,
            notes=(
                *(self._notes_on(options, bool(effects)) if hidden else ()),
                *(self._within_normal(term, effects) if not effect else ()),
                *(
                    self._more_by_kinds(term, effects)
                    if options.is_plain and not effect and effects and not kinds
                    else ()
                ),
            ),
        )

    def _concerns(self, pairs: Iterable[tuple[str, str]], causes: Iterable[Term], effect: Term | None) -> bool:
        """Tell whether one of the pairs is of these causes and an effect, or any low count."""
        keys = {cause.key for cause in causes}
        ends = ((cause, self.knowledge.term(key)) for cause, key in pairs)
        return any(cause in keys and (end == effect if effect else end.kind != "level") for cause, end in ends)

    def _more_by_kinds(self, cause: Term, told: Iterable[Effect]) -> Iterator[str]:
        """Say which low counts were seen with kinds of a cause only."""
        known = {one.effect.key for one in told}
        kinds = [self.knowledge.term(key) for key in self.knowledge.descendants(cause.key)]
        seen = (one for kind in kinds for one in self._whole.own_or_through(kind, None, ()) if one.observed)
        more = {one.effect.label for one in seen if one.verdict.sign == "+" and one.effect.key not in known}
        if more:
            yield f"Seen with single kinds of it only (--effect tells which): {', '.join(sorted(more))}."

    def _within_normal(self, cause: Term, told: Iterable[Effect]) -> Iterator[str]:
        """Say which counts were seen to fall without becoming low."""
        lowered = {self.knowledge.level_of.get(one.effect.key) for one in told if one.verdict.sign == "+"}
        for claim, _ in self.knowledge.claims_of(cause.key):
            if claim.holds and claim.sign == "-" and claim.within_normal and claim.object.key not in lowered:
                yield (
                    f"The {claim.object.label} falls within its normal range ({claim.grade}); no low count was seen. "
                    f"Sources: --effect {claim.object.key}."
                )

    def _notes_on(self, options: Options, some_shown: bool) -> tuple[str, ...]:
        """Say what the options leave out."""
        typed = options.narrowing_by(lambda key: self.knowledge.term(key).label)
        if not typed:
            return ()
        if not some_shown:
            return (f"Left out: what does not fit {typed}.",)
        return (f"Only chains that fit {typed} are shown; the verdict rests on all.",)

    # --- one cause -------------------------------------------------------------

    def effects_of(
        self, cause: Term, effect: Term | None, through: tuple[Term, ...] | None = None
    ) -> tuple[tuple[Effect, ...], tuple[Term, ...]]:
        """Return what a cause does, and the kinds through which that is answered, if any.

        Args:
            cause: the cause.
            effect: the only effect to tell about.
            through: the kinds to answer through, where that is settled.
        """
        if through is None:
            through = self._whole.kinds_for(cause, effect)
        told = self._whole.own_or_through(cause, effect, through)
        if self.view.is_whole:
            return told, through
        shown = {one.effect.key: one for one in self.own_or_through(cause, effect, through)}
        fitting = [_seen_from(one, shown[one.effect.key].chains) for one in told if one.effect.key in shown]
        met = {chain.cause for one in fitting for chain in one.chains}
        return tuple(fitting), tuple(kind for kind in through if kind in met) or through

    @property
    def _whole(self) -> Explainer:
        """The explainer of the same world that shows all."""
        return self.under(View(self.view.world, self.view.world))

    def own_or_through(self, cause: Term, effect: Term | None, kinds: tuple[Term, ...]) -> tuple[Effect, ...]:
        """Return what a cause does by itself or, where there are kinds, what they do together."""
        own = self._own_effects(cause, effect)
        return self._through(own, [self._own_effects(kind, effect) for kind in kinds]) if kinds else own

    def kinds_for(self, cause: Term, effect: Term | None) -> tuple[Term, ...]:
        """Return the kinds through which a cause is to be answered: none where it has a known way itself."""
        own = self._own_effects(cause, effect)
        if any(chain.route != UNKNOWN_ROUTE for one in own for chain in one.chains):
            return ()
        is_cause = self.knowledge.language.kinds[cause.kind].role in CAUSE_ROLES
        return tuple(self._kinds_with_answer(cause.key, effect)) if is_cause else ()

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
            return (one,) if one.chains or (self.view.is_whole and (one.closed or one.observed)) else ()
        if cause.key not in self._effects:
            effects = (self._effect(cause, self.knowledge.term(key)) for key in self._reachable_conditions(cause))
            known = without_umbrella(
                self.knowledge, (one for one in effects if one.chains or (self.view.is_whole and one.closed))
            )
            self._effects[cause.key] = tuple(sorted(known, key=strength))
        return self._effects[cause.key]

    def _finder(self, cause: Term) -> ChainFinder:
        if cause.key not in self._finders:
            self._finders[cause.key] = ChainFinder(self.network, cause.key)
        return self._finders[cause.key]

    def _reachable_conditions(self, cause: Term) -> list[str]:
        """Return the conditions that a cause may concern: low states, and what was named outright."""
        if not self.knowledge.has_levers:
            return self._nearest_ends(cause)
        low_states = {c.object.key for c in self.knowledge.claims.values() if c.relation == "has_low_state"}
        named = {
            claim.object.key
            for claim, _ in self.knowledge.claims_of(cause.key)
            if self.knowledge.is_outcome(claim) and claim.object.kind == "condition"
        }
        return sorted(low_states | named)

    def _nearest_ends(self, cause: Term) -> list[str]:
        """Return the nearest terms behind a cause that may be effects, in a graph without levers."""
        graph = self._whole.network.reach(cause.key)
        behind = dict.fromkeys(key for key, _ in graph if key != cause.key)
        ends = [key for key in behind if self.knowledge.is_effect(self.knowledge.term(key))]
        if len(ends) > ENDS:
            self._cut.add((cause.key, ends[ENDS]))
        return ends[:ENDS]

    def _effect(self, cause: Term, effect: Term) -> Effect:
        slot = cause.key, effect.key
        if slot not in self._found:
            self._found[slot] = self._worked_out(cause, effect)
        return self._found[slot]

    def _worked_out(self, cause: Term, effect: Term) -> Effect:
        finder = self._finder(cause)
        outcomes = finder.outcomes(effect.key)
        chains = finder.chains(effect.key, outcomes)
        if finder.cut:
            self._cut.add((cause.key, effect.key))
        if not self.view.is_whole:
            return self._narrowed(cause, self._whole.effect(cause, effect), chains)
        chains = [chain._replace(n=n) for n, chain in enumerate(chains, start=1)]
        return Effect(
            effect=effect,
            verdict=finder.verdict(effect.key, outcomes, chains),
            observed=tuple(claim for claim, _ in outcomes.observed),
            chains=tuple(chains),
            closed=outcomes.closed,
            modifiers=self._beside.modifiers(cause),
            frequency=self._beside.pair_figures(cause, effect, FREQUENCY),
            timing=self._beside.timing(cause, effect, chains),
            tests=self._beside.tests(cause, effect),
        )

    def _narrowed(self, cause: Term, whole: Effect, fitting: list[Chain]) -> Effect:
        """Return an effect with the chains that fit the view; its verdict rests on all."""
        known = {chain.steps for chain in whole.chains}
        # an effect with a known way is not told as if it had none, because that way is not shown
        fitting = [chain for chain in fitting if chain.route != UNKNOWN_ROUTE or chain.steps in known]
        shown = tuple(chain._replace(n=n) for n, chain in enumerate(filter(self.view.shows, fitting), start=1))
        if (cause.key, whole.effect.key) in self._whole._cut:
            self._cut.add((cause.key, whole.effect.key))
        if known - {chain.steps for chain in shown}:
            self._hidden.add((cause.key, whole.effect.key))
        return _seen_from(whole, shown)._replace(timing=self._beside.timing(cause, whole.effect, shown))

    # --- several causes ----------------------------------------------------------

    def _of_condition(self, term: Term, text: str, options: Options) -> Answer:
        if options.effect is not None:
            raise WrongOption(
                f"{term.label} is itself an effect, so --effect does not fit",
                f"ask for its causes: leukograph causes {term.key}",
            )
        causes = [(cause, effect) for cause, effect in self.causes_of(term.key) if not inherits_all(effect)]
        effects = [effect for cause, effect in causes if cause.key not in options.avoid]
        hidden = len(effects) < len(causes) or any(effect == term.key for _, effect in self._hidden)
        if not effects:
            notes = self._notes_on(options, False) if hidden else ()
            question = Question(text or term.label, None, term, options.pairs())
            return self.answer(question, (), truncated=hidden, notes=notes)
        limit = options.limit or CAUSES
        merged = merge(by_turns(effects, self._breadth)[:limit], self._breadth)._replace(
            tests=self._beside.tests(term, term)
        )
        return self.answer(
            Question(text or term.label, None, term, options.pairs()),
            (merged,),
            truncated=len(effects) > limit or hidden or any(effect == term.key for _, effect in self._cut),
            notes=self._notes_on(options, True) if hidden else (),
        )

    def causes_of(self, condition: str) -> Iterator[tuple[Term, Effect]]:
        """Yield every cause that brings a condition about, with what it does."""
        effect = self.knowledge.term(condition)
        for entry in self.knowledge.entries.values():
            role = self.knowledge.language.kinds[entry.term.kind].role
            if role not in CAUSE_ROLES:
                continue
            one = bringing_about(self._effect(entry.term, effect))
            if one and not (self.knowledge.has_levers and complications(one)):  # a complication is told itself
                yield entry.term, one

    def causes(self, condition: str) -> Causes:
        """Return every cause of a condition, by route, the strongest first.

        Raises:
            WrongOption: when the term is neither a condition nor a level.
        """
        term = self.knowledge.term(condition)
        meant = self.knowledge.effect_meant(term)
        if meant is None and not self.knowledge.has_levers:
            raise WrongOption(
                f"{term.label} is a {term.kind}, which the profile takes for no effect, or nothing acts on it",
                "ask what it does: leukograph why, or name its kind among the ends of a profile of your own",
            )
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
        notes: tuple[str, ...] = (),
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
            truncated=truncated or not self.knowledge.whole,
            notes=(*notes, *self.knowledge.notes, *(() if self.knowledge.whole else (PARTIAL,))),
        )

    def _breadth(self, key: str) -> int:
        return len(self.knowledge.descendants(key))

    def _told(self, effect: Effect, sources: tuple[Source, ...], brief: bool) -> Effect:
        numbers = source_numbers(sources)
        told = (chain._replace(text=self._narrator.tell(chain, numbers, brief)) for chain in effect.chains)
        return effect._replace(chains=tuple(told))


def _seen_from(effect: Effect, chains: tuple[Chain, ...]) -> Effect:
    """Return an effect with the chains that are shown of it; the verdict stays, with the witnesses among them."""
    steps = {chain.n: chain.steps for chain in effect.chains}
    places = {chain.steps: chain.n for chain in chains}
    witnesses = (places.get(steps[n]) for n in effect.verdict.witnesses)
    verdict = effect.verdict._replace(witnesses=tuple(n for n in witnesses if n is not None))
    return effect._replace(chains=chains, verdict=verdict)


def _cause_order(row: CauseRow) -> tuple[int, bool, float, bool, str]:
    return place_of(row.route), not row.observed, -row.belief, row.inherited_from is not None, row.cause.key
