"""Pairs up rows that have no key which outlasts a change: evidence and figures."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from leukograph.diff.values import Change

T = TypeVar("T")


def matched(
    before: Iterable[T], after: Iterable[T], slots: Sequence[Callable[[T], Hashable]]
) -> tuple[list[Change[T]], list[T], list[T]]:
    """Return what changed, what came and what went; what is the same on both sides is left out.

    Args:
        before: things of one side.
        after: things of the other.
        slots: ways to say what makes two things one, the strictest first. Two that agree
            in the first are the same; in a later one, they are one thing that changed.
    """
    changed: list[Change[T]] = []
    gone, came = list(before), list(after)
    for n, slot in enumerate(slots):
        waiting: dict[Hashable, list[T]] = {}
        for one in gone:
            waiting.setdefault(slot(one), []).append(one)
        left = []
        for one in came:
            if found := waiting.get(slot(one)):
                old = found.pop(0)
                changed += [Change(old, one)] if n else []
            else:
                left.append(one)
        gone, came = [one for found in waiting.values() for one in found], left
    return changed, came, gone
