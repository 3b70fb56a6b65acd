"""Counts that are parts of others: what cannot be true of one person, and what nobody counted.

Which count is part of which are the graph's own definitions: neutrophils, lymphocytes and
others of the white cells, T cells of the lymphocytes, CD4 T cells of the T cells.
"""

from __future__ import annotations

from collections.abc import Mapping

from leukograph.errors import WrongOption
from leukograph.knowledge import Knowledge
from leukograph.model import Term

_PART = frozenset({"part_of", "increases"})
#: Parts may come to so much more than the whole, as a share of it or in 10*9/L: counts are rounded.
TOLERANCE, ROUNDING = 0.05, 0.05
#: The kinds that make up nearly all white cells in health; when all are given, a large rest is of something else.
WHOLE, MAIN = "leukocyte_count", ("neutrophil_count", "lymphocyte_count", "monocyte_count")
#: Below this share of the whole, the kinds given leave much of it open.
ENOUGH = 0.7


def check_parts(knowledge: Knowledge, values: Mapping[Term, float]) -> None:
    """Refuse counts of which parts come to more than the whole.

    Args:
        knowledge: the graph.
        values: what was given, in 10*9/L.

    Raises:
        WrongOption: when they do.
    """
    for whole, value in values.items():
        parts = _parts_given(knowledge, whole, values)
        total = sum(values[part] for part in parts)
        if parts and total > value + max(TOLERANCE * value, ROUNDING):
            named = " and ".join(f"{part.label} {values[part]:g}" for part in parts)
            is_more = "is" if len(parts) == 1 else "together are"
            raise WrongOption(
                f"{named} {is_more} more than {whole.label} {value:g} × 10⁹/L, and a part cannot exceed the whole",
                "check the numbers and their units",
            )


def unaccounted(knowledge: Knowledge, values: Mapping[Term, float]) -> tuple[Term, str] | None:
    """Return the count of all white cells with words on the rest of it, when the main kinds leave much of it open."""
    by_key = {term.key: term for term in values}
    if not {WHOLE, *MAIN} <= set(by_key):
        return None
    whole = by_key[WHOLE]
    parts = _parts_given(knowledge, whole, values)
    rest = values[whole] - sum(values[part] for part in parts)
    if rest <= (1 - ENOUGH) * values[whole]:
        return None
    kinds = ", ".join(part.label for part in parts)
    return whole, (
        f"{rest:.2g} × 10⁹/L of it is not accounted for by the kinds given ({kinds}): "
        "other cells, such as blasts, were not given"
    )


def _parts_given(knowledge: Knowledge, whole: Term, values: Mapping[Term, float]) -> list[Term]:
    """Return the parts of a count that were given, none of them a part of another one."""
    of_whole = [term for term in values if whole.key in _wholes(knowledge, term)]
    inside = {term.key for term in of_whole}
    return sorted((term for term in of_whole if not inside & _wholes(knowledge, term)), key=lambda term: term.key)


def _wholes(knowledge: Knowledge, part: Term) -> set[str]:
    """Return the keys of the counts that a count is part of, at any distance."""
    found: set[str] = set()
    queue = [part.key]
    for key in queue:
        for claim in knowledge.claims_from(key):
            is_part = claim.relation in _PART and claim.definitional and claim.holds
            if is_part and claim.subject.kind == claim.object.kind == "level" and claim.object.key not in found:
                found.add(claim.object.key)
                queue.append(claim.object.key)
    return found
