"""The answers that changed between two releases, in sentences; one a cause.

A class and those of its kinds of which just the same is to be said share a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leukograph.diff.values import AnswerChange, AnswerWhat, Told
from leukograph.knowledge import Knowledge
from leukograph.model import GRADES, UNKNOWN_ROUTE, NetSign, Term
from leukograph.render.layout import counted, listed

TITLES: dict[AnswerWhat, str] = {
    "sign": "Answers that turned",
    "appeared": "New answers",
    "vanished": "Answers that are no longer given",
    "grade": "Answers that are more or less sure",
}
_VERBS: dict[NetSign, str] = {"+": "explains", "-": "counters", "?": "acts both ways on"}
_STATES: dict[NetSign, str] = {"+": "explained", "-": "countered", "?": "open"}


def answer_blocks(
    answers: Iterable[AnswerChange], old: Knowledge, new: Knowledge
) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """Yield (title, number of answers, sentences), what turned first."""
    answers = list(answers)
    for what, title in TITLES.items():
        found = [one for one in answers if one.what == what]
        yield title, len(found), tuple(_sentences(what, found, old, new))


def _sentences(what: AnswerWhat, found: Iterable[AnswerChange], old: Knowledge, new: Knowledge) -> list[str]:
    by_cause: dict[Term, list[AnswerChange]] = {}
    for one in found:
        by_cause.setdefault(one.cause, []).append(one)
    said = {cause: _said(what, changes) for cause, changes in by_cause.items()}
    kinds = _folded(said, old, new)
    order = sorted(kinds, key=lambda cause: (_place(by_cause[cause]), -len(kinds[cause]), cause.label.casefold()))
    opening = "no longer: " if what == "vanished" else ""
    return [f"{opening}{_named(cause, kinds[cause])} {said[cause]}" for cause in order]


def _folded(said: dict[Term, str], old: Knowledge, new: Knowledge) -> dict[Term, list[Term]]:
    """Return the causes to tell, each with its kinds of which the same is said."""
    kinds: dict[Term, list[Term]] = {}
    for cause, words in said.items():
        knowledge = new if cause.key in new.entries else old
        alike = [cause, *map(knowledge.term, knowledge.ancestors(cause.key))]
        home = min(
            (one for one in alike if said.get(one) == words),
            key=lambda one: (len(knowledge.ancestors(one.key)), one.key),
        )
        kinds.setdefault(home, [])
        if cause != home:
            kinds[home].append(cause)
    return kinds


def _named(cause: Term, kinds: list[Term]) -> str:
    """Return a cause with how many kinds of it share what is said."""
    if not kinds:
        return cause.label
    many = kinds[0].label if len(kinds) == 1 else counted(len(kinds), "kind") + " of it"
    return f"{cause.label} (with {many})"


def _place(changes: Iterable[AnswerChange]) -> int:
    """Return the place of the best grade among the answers of a cause."""
    grades = [side.verdict.grade for one in changes for side in (one.after, one.before)]
    return min((GRADES.index(grade) for grade in grades if grade), default=len(GRADES))


def _said(what: AnswerWhat, changes: Iterable[AnswerChange]) -> str:
    """Return what is said of a cause; effects of which the same is said are told together."""
    groups: dict[tuple[str, str], list[str]] = {}
    for one in changes:
        groups.setdefault(_frame(what, one), []).append(one.effect.label)
    now = "now " if what in {"appeared", "sign"} else ""
    told, last = [], ""
    for (verb, rest), effects in groups.items():
        told.append(f"{f'{now}{verb} ' if verb != last else ''}{listed(effects)}{rest}")
        last = verb
    return "; ".join(told)


def _frame(what: AnswerWhat, one: AnswerChange) -> tuple[str, str]:
    """Return the verb before the effects, and what is said behind them."""
    before, after = one.before, one.after
    if what == "vanished":
        return _VERBS[before.verdict.sign], _how(before)
    verb = _VERBS[after.verdict.sign]
    if what == "appeared":
        return verb, _how(after)
    if what == "grade":
        return verb, f": from {before.verdict.grade} to {after.verdict.grade}"
    return verb, _how(after, f"; before: {_STATES[before.verdict.sign]}, {before.verdict.grade}")


def _how(told: Told, more: str = "") -> str:
    ways = [route for route in told.routes if route != UNKNOWN_ROUTE]
    if not ways:
        return f" ({told.verdict.grade}; the way is not known{more})"
    return f" by {listed(ways)} ({told.verdict.grade}{more})"
