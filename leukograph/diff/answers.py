"""Finds the answers to `why` that turned, appeared or vanished between two releases.

An answer rests on the terms that lie behind its cause and on their classes, and on
what they claim. So only causes before a term that claims something else, or has other
classes, are asked (`causes_to_ask`); a test holds this to asking all of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from leukograph.diff.values import AnswerChange, Told
from leukograph.explain import CAUSE_ROLES, Explainer
from leukograph.knowledge import Knowledge
from leukograph.model import NOTHING, Effect, place_of
from leukograph.network import ACTS

UNTOLD = Told(NOTHING)
#: Kinds of term at which answers end: a change there may touch any of them.
ENDS = frozenset({"level", "condition"})


def answer_changes(old: Explainer, new: Explainer, *, everything: bool = False) -> tuple[AnswerChange, ...]:
    """Return the causes and low counts for which the two say something else.

    Args:
        old: explainer of the earlier release.
        new: explainer of the later one.
        everything: whether causes are asked too whose answer cannot have changed.
    """
    asked = _causes(old.knowledge) | _causes(new.knowledge)
    if not everything:
        asked &= causes_to_ask(old, new)
    return tuple(change for key in sorted(asked) for change in _changes_of(key, old, new))


def _causes(knowledge: Knowledge) -> set[str]:
    return {key for key in knowledge.entries if _is_cause(key, knowledge)}


def _is_cause(key: str, knowledge: Knowledge) -> bool:
    entry = knowledge.entries.get(key)
    return entry is not None and knowledge.language.kinds[entry.term.kind].role in CAUSE_ROLES


def _changes_of(key: str, old: Explainer, new: Explainer) -> Iterator[AnswerChange]:
    before, after = _told(key, old), _told(key, new)
    for effect in sorted({*before, *after}):
        one, other = before.get(effect, UNTOLD), after.get(effect, UNTOLD)
        if (one.verdict.sign, one.verdict.grade) == (other.verdict.sign, other.verdict.grade):
            continue
        if "0" == one.verdict.sign == other.verdict.sign:
            continue
        if _is_covered(effect, before, old.knowledge) or _is_covered(effect, after, new.knowledge):
            continue
        newest = new.knowledge if key in new.knowledge.entries else old.knowledge
        low = new.knowledge if effect in new.knowledge.entries else old.knowledge
        yield AnswerChange(newest.term(key), low.term(effect), one, other)


def _told(key: str, explainer: Explainer) -> dict[str, Told]:
    """Return what the plain answer says of each low count."""
    if not _is_cause(key, explainer.knowledge):
        return {}
    effects, _ = explainer.effects_of(explainer.knowledge.term(key), None)
    return {one.effect.key: Told(one.verdict._replace(witnesses=()), _routes(one)) for one in effects}


def _routes(effect: Effect) -> tuple[str, ...]:
    routes = {chain.route for chain in effect.chains if effect.verdict.sign in {"?", chain.sign}}
    return tuple(sorted(routes, key=place_of))


def _is_covered(effect: str, told: dict[str, Told], knowledge: Knowledge) -> bool:
    """Tell whether an umbrella is not told only because a low count under it is."""
    return (
        effect in knowledge.entries
        and effect not in told
        and effect not in knowledge.level_of
        and any(effect in knowledge.ancestors(key) for key in told)
    )


# --- which causes to ask ---------------------------------------------------------


def causes_to_ask(old: Explainer, new: Explainer) -> set[str]:
    """Return the terms whose answer can have changed, among them every one whose answer did."""
    one, other = _signatures(old), _signatures(new)
    changed = {key for key in {*one, *other} if one.get(key) != other.get(key)}
    ends = {key for graph in (old.knowledge, new.knowledge) for key in changed & _ends(graph)}
    if ends or _grammar(old.knowledge) != _grammar(new.knowledge):
        return {*one, *other}
    return _before(changed, old.knowledge, new.knowledge)


def _ends(knowledge: Knowledge) -> set[str]:
    return {key for key, entry in knowledge.entries.items() if entry.term.kind in ENDS}


def _grammar(knowledge: Knowledge) -> tuple[object, ...]:
    """Return what of the language decides about answers."""
    language = knowledge.language
    relations = sorted((one.key, one.family, one.sign) for one in language.relations.values())
    return relations, sorted((one.key, one.role) for one in language.kinds.values())


def _signatures(explainer: Explainer) -> dict[str, tuple[object, ...]]:
    """Return, for each term, all that verdicts may read of it."""
    knowledge, hubs = explainer.knowledge, explainer.network.hubs
    return {
        key: (
            entry.term.kind,
            entry.parents,
            key in hubs,
            [
                (claim.key, claim.sign, claim.grade, claim.belief, claim.stage, claim.definitional)
                for claim in knowledge.claims_from(key)
                if knowledge.language.relations[claim.relation].family in ACTS
            ],
        )
        for key, entry in knowledge.entries.items()
    }


def _before(changed: set[str], *graphs: Knowledge) -> set[str]:
    """Return the terms from which a walk, in either graph, may meet one that changed."""
    leads: dict[str, set[str]] = {}
    for knowledge in graphs:
        for entry in knowledge.entries.values():
            for parent in entry.parents:
                leads.setdefault(parent, set()).add(entry.key)
        for claim in knowledge.claims.values():
            if knowledge.language.relations[claim.relation].family in ACTS:
                leads.setdefault(claim.object.key, set()).add(claim.subject.key)
    met = set(changed)
    queue = list(changed)
    for key in queue:
        fresh = leads.get(key, set()) - met
        met |= fresh
        queue += fresh
    # a class without an answer of its own is answered through its kinds
    classes = {
        above for knowledge in graphs for key in met & {*knowledge.entries} for above in knowledge.ancestors(key)
    }
    return met | classes
