"""What would change: a term held up from outside, or taken out of the body.

`do` holds a term up whatever the cause does to it: nothing acts on it any more, and
what it does joins what the cause does. `remove` takes a term out, with every chain
that meets it. The answer under these rules stands beside the plain one.

What was seen of a cause was seen with everything in place. It still counts when a
term is held up; when one is taken out, it counts as long as a way is left, or no way
was known to begin with.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from leukograph.effects import strength
from leukograph.errors import WrongOption
from leukograph.explain import Explainer
from leukograph.model import NOTHING, UNKNOWN_ROUTE, Answer, Chain, Claim, Effect, NetSign, Term, Verdict
from leukograph.options import Options


class Change(NamedTuple):
    """One effect before and after; chains that came or went, numbered as in their answers."""

    effect: Term
    before: Verdict
    after: Verdict
    lost: tuple[int, ...] = ()
    gained: tuple[int, ...] = ()

    @property
    def turned(self) -> bool:
        """Whether the verdict has another sign than before."""
        return self.before.sign != self.after.sign


class WhatIf(NamedTuple):
    """The plain answer, the changed one, and where they differ."""

    forced: tuple[Term, ...]
    removed: tuple[Term, ...]
    plain: Answer
    changed: Answer
    changes: tuple[Change, ...]
    #: what is known of a forced term easing or worsening the effect of the cause
    modifiers: tuple[Claim, ...] = ()


def what_if(
    explainer: Explainer, cause: str, text: str, do: Iterable[str], remove: Iterable[str], options: Options
) -> WhatIf:
    """Answer a question with terms forced up or taken out, beside the plain answer.

    Args:
        explainer: of the graph.
        cause: key of a cause.
        text: what was typed for it.
        do: keys of terms that are held up.
        remove: keys of terms that are taken out.
        options: what narrows the question; all chains are compared, whatever `limit` says.

    Raises:
        WrongOption: when the cause itself is named, a term is both held up and taken
            out, or the question is about a condition.
    """
    knowledge = explainer.knowledge
    forced, removed = tuple(map(knowledge.term, dict.fromkeys(do))), tuple(map(knowledge.term, dict.fromkeys(remove)))
    _check(knowledge.term(cause), forced, removed, explainer)
    everything = options._replace(limit=_NO_LIMIT)
    plain = explainer.why(cause, text, everything)
    view = options.view()
    keys = frozenset(term.key for term in forced), frozenset(term.key for term in removed)
    changed_view = view._replace(
        world=view.world._replace(forced=keys[0], without=keys[1]),
        shown=view.shown._replace(forced=keys[0], without=view.shown.without | keys[1]),
    )
    world = explainer.under(changed_view)
    effect = knowledge.term(options.effect) if options.effect else None
    before = {one.effect.key: one for one in plain.effects}
    after = {one.effect.key: one for one in world.effects_of(knowledge.term(cause), effect, plain.through_kinds)[0]}
    if removed:
        after = {key: _without_lost_way(one, before.get(key)) for key, one in after.items()}
    for term in forced:
        joined = world.effects_of(term, effect)[0]
        after |= {one.effect.key: _joined(after.get(one.effect.key), one) for one in joined}
    told = tuple(sorted((one for one in after.values() if one.chains or one.closed), key=strength))
    changed = world.answer(plain.question, told)
    return WhatIf(forced, removed, plain, changed, _changes(plain, changed), _modifiers(plain, forced, explainer))


_NO_LIMIT = 1_000


def _check(cause: Term, forced: tuple[Term, ...], removed: tuple[Term, ...], explainer: Explainer) -> None:
    if not forced and not removed:
        raise WrongOption("nothing is to be changed", "name a term to hold up (do) or to take out (remove)")
    if explainer.knowledge.language.kinds[cause.kind].role == "end":
        raise WrongOption(
            f"{cause.label} is itself an effect", "ask what one of its causes would do with the term forced or removed"
        )
    if cause in {*forced, *removed}:
        raise WrongOption(f"{cause.label} is what the question is about", "force or remove another term")
    if ends := [term for term in (*forced, *removed) if term.kind in {"condition", "level"}]:
        raise WrongOption(
            f"{ends[0].label} is an outcome, which the answer decides", "hold up or take out something that acts on it"
        )
    if both := set(forced) & set(removed):
        raise WrongOption(f"{min(both).label} cannot be held up and taken out at once", "choose one of the two")


def _without_lost_way(after: Effect, before: Effect | None) -> Effect:
    """Let an effect that was seen lapse when every known way to it is gone."""
    ways = {chain.sign for chain in before.chains if chain.route != UNKNOWN_ROUTE} if before else set()
    left = {chain.sign for chain in after.chains if chain.route != UNKNOWN_ROUTE}
    kept = tuple(chain for chain in after.chains if chain.route != UNKNOWN_ROUTE or chain.sign not in ways)
    sign = after.verdict.sign
    if sign in ways and sign not in left:
        net: NetSign = kept[0].sign if kept and kept[0].sign else "0"
        verdict = Verdict(net, kept[0].grade, kept[0].belief, (kept[0].n,)) if kept else NOTHING
        return after._replace(verdict=verdict, observed=(), chains=kept)
    return after._replace(chains=kept)


def _joined(one: Effect | None, other: Effect) -> Effect:
    """Join what the cause does with what a forced term does."""
    if one is None:
        return other
    shift = len(one.chains)
    chains = one.chains + tuple(chain._replace(n=chain.n + shift) for chain in other.chains)
    signs = {one.verdict.sign, other.verdict.sign} - {"0"}
    strongest, weakest = sorted((one.verdict, other.verdict), key=lambda verdict: -verdict.belief)
    witnesses = one.verdict.witnesses[:1] + tuple(n + shift for n in other.verdict.witnesses[:1])
    if len(signs) == 1:
        verdict = strongest._replace(sign=signs.pop(), witnesses=witnesses)
    elif signs:
        verdict = Verdict("?", weakest.grade, weakest.belief, witnesses)
    else:
        verdict = NOTHING
    return one._replace(verdict=verdict, chains=chains, observed=one.observed + other.observed)


def _changes(plain: Answer, changed: Answer) -> tuple[Change, ...]:
    before = {one.effect: one for one in plain.effects}
    after = {one.effect: one for one in changed.effects}
    changes = []
    for effect in dict.fromkeys([*before, *after]):
        old, new = before.get(effect), after.get(effect)
        changes.append(
            Change(
                effect,
                old.verdict if old else NOTHING,
                new.verdict if new else NOTHING,
                lost=_only(old, new),
                gained=_only(new, old),
            )
        )
    return tuple(changes)


def _only(one: Effect | None, other: Effect | None) -> tuple[int, ...]:
    """Return the numbers of the chains that the one has and the other has not."""
    known = {_way(chain) for chain in other.chains} if other else set()
    return tuple(chain.n for chain in one.chains if _way(chain) not in known) if one else ()


def _way(chain: Chain) -> tuple[str, tuple[str, ...]]:
    return chain.cause.key, tuple(step.claim.key for step in chain.steps)


def _modifiers(plain: Answer, forced: tuple[Term, ...], explainer: Explainer) -> tuple[Claim, ...]:
    """Return what is known of the forced terms, or of their classes or kinds, as modifiers of the cause."""
    knowledge = explainer.knowledge
    kin = {
        key for term in forced for key in (term.key, *knowledge.ancestors(term.key), *knowledge.descendants(term.key))
    }
    found = {claim.key: claim for one in plain.effects for claim in one.modifiers if claim.object.key in kin}
    return tuple(found.values())
