"""Orders, merges and numbers effects: what one cause does, or several do to one count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from leukograph.model import (
    GRADES,
    MODEL_SOURCE,
    UNKNOWN_ROUTE,
    Claim,
    Effect,
    NetSign,
    Source,
    Term,
    Verdict,
)

if TYPE_CHECKING:
    from leukograph.knowledge import Knowledge

#: Chains that an answer gives for one effect unless asked for more.
CHAINS = 5
#: The order of effects of one grade: the counts of everyday work first.
EFFECTS = ("agranulocytosis", "neutropenia", "lymphopenia", "leukopenia", "monocytopenia", "eosinopenia", "basopenia")


def strength(effect: Effect) -> tuple[bool, bool, int, bool, int, int, float, str]:
    """Order effects: seen before composed, then by grade, brought about before countered, then as readers expect."""
    verdict, key = effect.verdict, effect.effect.key
    grade = GRADES.index(verdict.grade) if verdict.grade else len(GRADES)
    way = min((GRADES.index(c.grade) for c in effect.chains if c.route != UNKNOWN_ROUTE), default=len(GRADES))
    place = EFFECTS.index(key) if key in EFFECTS else len(EFFECTS)
    countered = verdict.sign == "-"
    return not effect.observed, verdict.sign in {"?", "0"}, grade, countered, way, place, -verdict.belief, key


def without_umbrella(knowledge: Knowledge, effects: Iterable[Effect]) -> list[Effect]:
    """Leave out a condition without a level of its own where a condition below it is told."""
    effects = list(effects)
    above = {key for one in effects for key in knowledge.ancestors(one.effect.key)}
    return [one for one in effects if one.effect.key in knowledge.level_of or one.effect.key not in above]


def bringing_about(effect: Effect) -> Effect | None:
    """Return what of an effect brings its condition about, None where nothing does.

    A count that falls early and is raised later was low for a while.
    """
    if effect.verdict.sign in {"+", "?"}:
        return effect if effect.chains else None
    seen = tuple(chain for chain in effect.chains if chain.sign == "+" and chain.observed and chain.stage)
    if not seen:
        return None
    return effect._replace(chains=seen, verdict=Verdict("+", seen[0].grade, seen[0].belief, (seen[0].n,)))


def merge(effects: list[Effect], breadth: Callable[[str], int]) -> Effect:
    """Merge what several causes do to one effect: the best chain of each, best first.

    Where signs differ, the best chain of the other sign comes second, as a witness.
    """
    signs = {one.verdict.sign for one in effects} - {"0"}
    sign: NetSign = signs.pop() if len(signs) == 1 else "?" if signs else "0"
    ranked = by_turns(effects, breadth)
    best = [one.chains[0] for one in ranked]
    witnesses: tuple[int, ...] = (1,) if best else ()
    if sign == "?":
        every = [*best, *(chain for one in ranked for chain in one.chains)]
        if opposed := next((chain for chain in every if chain.sign != best[0].sign), None):
            best = [best[0], opposed, *(chain for chain in best[1:] if chain != opposed)]
            witnesses = (1, 2)
    grades = [one.verdict for one in effects if one.verdict.grade]
    strongest = min(
        grades, key=lambda verdict: (-verdict.belief, GRADES.index(verdict.grade or "refuted")), default=None
    )
    return Effect(
        effect=effects[0].effect,
        verdict=Verdict(sign, strongest.grade if strongest else "", strongest.belief if strongest else 0.0, witnesses),
        observed=_unique(claim for one in effects for claim in one.observed),
        chains=tuple(chain._replace(n=n) for n, chain in enumerate(best, start=1)),
        closed=_unique(claim for one in effects for claim in one.closed),
    )


def complications(effect: Effect) -> tuple[Term, ...]:
    """Return the complications of a cause by which alone an effect is to be expected, none where it is otherwise.

    What a cause may bring about through another disease was not seen of the cause itself,
    however sure each step is.
    """
    found = [chain.complication for chain in effect.chains]
    if effect.observed or not all(found):
        return ()
    return tuple(dict.fromkeys(one for one in found if one))


def inherits_all(effect: Effect) -> bool:
    """Tell whether a cause has its best chain from a class, which is told itself."""
    return effect.chains[0].steps[0].inherited_from is not None


def by_turns(effects: Iterable[Effect], breadth: Callable[[str], int]) -> list[Effect]:
    """Rank what several causes do to one effect; each route is heard before any is heard twice.

    Args:
        effects: what each cause does.
        breadth: how many kinds a cause has; of two that are as sure, the broader comes first.
    """
    turns: dict[str, int] = {}
    ordered: list[tuple[int, int, Effect]] = []
    for one in sorted((one for one in effects if one.chains), key=lambda one: _weight(one, breadth)):
        route = one.chains[0].route
        turns[route] = turns.get(route, 0) + 1
        ordered.append((turns[route], len(ordered), one))
    return [one for *_, one in sorted(ordered, key=lambda item: item[:2])]


def _weight(effect: Effect, breadth: Callable[[str], int]) -> tuple[bool, bool, int, int, float, int, str]:
    """Order by what was seen, how sure the way is, how broad the cause, how many saw it."""
    chain = effect.chains[0]
    grade, kinds = GRADES.index(chain.grade), breadth(chain.cause.key)
    rows = sum(len(claim.evidence) for claim in effect.observed)
    return not chain.observed, chain.route == UNKNOWN_ROUTE, grade, -kinds, -chain.belief, -rows, chain.cause.key


def _unique(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    return tuple({claim.key: claim for claim in claims}.values())


def numbered(effects: Iterable[Effect]) -> Iterator[Effect]:
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


def source_keys(effects: Sequence[Effect]) -> Iterator[str]:
    """Yield the sources of an answer as they are met; our own definitions come last."""
    for effect in effects:
        claims: list[Claim] = []
        for chain in effect.chains:
            claims += [step.claim for step in chain.own_steps]
        claims += [*effect.observed, *effect.closed, *effect.modifiers, *effect.tests]
        for claim in claims:
            yield from (row.source for row in claim.evidence if row.kind != "definition")
        for figure in (*effect.frequency, *effect.timing):
            yield figure.source
    if any(step.claim.definitional for effect in effects for chain in effect.chains for step in chain.steps):
        yield MODEL_SOURCE


def source_numbers(sources: Sequence[Source]) -> dict[str, int]:
    """Number sources as answers show them; our own definitions get no bracket."""
    return {source.key: n for n, source in enumerate(sources, start=1) if source.key != MODEL_SOURCE}
