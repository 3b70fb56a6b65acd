"""`make gold`: how the shipped graph answers the pairs that were written from the literature.

A pair is right in its sign when the verdict has it; in its route when one of the
acceptable ones is among the routes of the answer (`unknown`: when it is told so, or a
way is told that the row accepts); in its step when a chain of an acceptable route
meets it. A negative is right when the effect is not explained, and its reason when
`why-not` gives it. Every miss is listed.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import leukograph
from leukograph.api import Leukograph
from leukograph.errors import AmbiguousName, UnknownName
from leukograph.model import Chain

FOLDER = Path(__file__).parent
#: Letters of a word that must agree, so that endings may differ.
STEM = 5


@dataclass(frozen=True)
class Pair:
    """A row of `pairs.tsv`."""

    cause: str
    effect: str
    sign: str
    routes: tuple[str, ...]
    steps: tuple[str, ...]
    family: str


@dataclass(frozen=True)
class Negative:
    """A row of `negatives.tsv`."""

    cause: str
    effect: str
    reason: str
    within: str


@dataclass(frozen=True)
class Result:
    """What was right of one row; None where nothing was asked."""

    row: Pair | Negative
    checks: dict[str, bool | None]
    found: str


def rows(name: str) -> list[dict[str, str]]:
    """Read a table of the gold set."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    header = lines[0].split("\t")
    return [dict(zip(header, line.split("\t"), strict=True)) for line in lines[1:]]


def pairs() -> list[Pair]:
    """Return what must be explained."""

    def several(cell: str) -> tuple[str, ...]:
        return tuple(part for part in cell.split("|") if part)

    return [
        Pair(row["cause"], row["effect"], row["sign"], several(row["route"]), several(row["step"]), row["family"])
        for row in rows("pairs.tsv")
    ]


def negatives() -> list[Negative]:
    """Return what must not be explained."""
    found = []
    for row in rows("negatives.tsv"):
        within = re.search(r"within=([^;]+)", row["note"])
        found.append(Negative(row["cause"], row["effect"], row["reason"], within[1].strip() if within else ""))
    return found


def score_pair(graph: Leukograph, pair: Pair) -> Result:
    """Ask one pair and compare."""
    try:
        effects = graph.why(pair.cause, effect=pair.effect, limit=50).effects
    except (UnknownName, AmbiguousName) as error:
        return Result(pair, {"name": False, "sign": False, "route": False, "step": False}, str(error))
    sign = effects[0].verdict.sign if effects else "0"
    chains = [chain for one in effects for chain in one.chains if chain.sign == pair.sign]
    routes = list(dict.fromkeys(chain.route for chain in chains))
    fitting = [chain for chain in chains if chain.route in pair.routes]
    checks: dict[str, bool | None] = {
        "name": True,
        "sign": sign == pair.sign,
        "route": bool(fitting) or (not routes and pair.routes[0] == "unknown" and sign == pair.sign),
        "step": any(meets(graph, chains, step) for step in pair.steps) if pair.steps else None,
    }
    return Result(pair, checks, f"sign {sign}, {', '.join(routes) or 'no route'}")


def meets(graph: Leukograph, chains: Iterable[Chain], step: str) -> bool:
    """Tell whether a chain meets something that the words of a step describe."""
    wanted = stems(step)
    for chain in chains:
        for one in chain.own_steps:
            entry = graph.knowledge.entries[one.claim.object.key]
            notes = " ".join(row.note for row in one.claim.evidence)
            words = " ".join([entry.term.label, *entry.synonyms, entry.definition, entry.up, entry.down, notes])
            if wanted and wanted <= stems(words):
                return True
    return False


def stems(words: str) -> set[str]:
    """Return the beginnings of the words that carry meaning."""
    empty = {"of", "in", "on", "the", "a", "an", "to", "and", "by", "for", "with", "from", "or", "its", "is", "cell"}
    parts = re.findall(r"[a-z0-9]+", words.casefold())
    return {part.removesuffix("s")[:STEM] for part in parts} - empty


def score_negative(graph: Leukograph, row: Negative) -> Result:
    """Ask one pair that must not be explained, and compare."""
    try:
        found = graph.why_not(row.cause, row.effect, within=row.within or None)
    except (UnknownName, AmbiguousName) as error:
        known = row.reason == "no_claim"
        return Result(row, {"name": known, "not explained": True, "reason": known}, str(error))
    kinds = [reason.kind for reason in found.reasons]
    explained = kinds[0] in {"explained", "open"}
    checks: dict[str, bool | None] = {"name": True, "not explained": not explained, "reason": row.reason in kinds}
    return Result(row, checks, ", ".join(kinds))


def told(title: str, results: list[Result], by: str = "") -> None:
    """Print the score of a table, and what it missed."""
    print(f"\n{title}: {len(results)} rows")
    for name in results[0].checks:
        asked = [one for one in results if one.checks[name] is not None]
        right = sum(bool(one.checks[name]) for one in asked)
        print(f"  {name:<14}{right:>4} of {len(asked):<4} {100 * right / len(asked):5.1f} %")
    if by:
        families = Counter(getattr(one.row, by) for one in results)
        whole = Counter(getattr(one.row, by) for one in results if False not in one.checks.values())
        print("  all right, by family: " + ", ".join(f"{name} {whole[name]}/{families[name]}" for name in families))
    for one in results:
        missed = [name for name, right in one.checks.items() if right is False]
        if missed:
            row = one.row
            wanted = f"{row.sign} {'|'.join(row.routes)}" if isinstance(row, Pair) else row.reason
            print(f"    missed {'+'.join(missed)}: {row.cause} / {row.effect} ({wanted}): {one.found}")


def main() -> int:
    """Print both scores."""
    graph = leukograph.load()
    told("Pairs that must be explained", [score_pair(graph, pair) for pair in pairs()], by="family")
    told("Pairs that must not be", [score_negative(graph, row) for row in negatives()])
    return 0


if __name__ == "__main__":
    sys.exit(main())
