"""The form of the whole graph, where a rule needs the effective claims of a term."""

from __future__ import annotations

from collections.abc import Iterator

from leukograph.checks.report import Finding
from leukograph.knowledge import Knowledge
from leukograph.network import Network


def dead_ends(knowledge: Knowledge) -> Iterator[Finding]:
    """Find causes and links that lead to no count, and links to which nothing leads."""
    network = Network(knowledge)
    relations = knowledge.language.relations
    for key, entry in knowledge.entries.items():
        kind = entry.term.kind
        role = knowledge.language.kinds[kind].role
        if role not in {"cause", "link"} or knowledge.children(key):
            continue
        claims = [claim for claim, _ in knowledge.claims_of(key)]
        graph = network.reach(key, with_outcomes=True)
        reaches = any(knowledge.term(node).kind in {"level", "condition"} for node, _ in graph)
        around = (*claims, *knowledge.claims_to(key))
        # modifiers, tests and structure need no chain; a refuted claim is an answer too
        beside = any(relations[claim.relation].family != "act" or not claim.holds for claim in around)
        if not reaches and not beside:
            yield Finding("leads-nowhere", "error", f"no chain leads from this {kind} to a count", subject=key)
        if role == "link" and kind != "lever" and not knowledge.claims_to(key):
            backbone = any(claim.definitional for claim in claims)
            if not beside and not backbone:
                yield Finding("nothing-leads-in", "error", f"nothing acts on this {kind}", subject=key)


def idle_levers(knowledge: Knowledge) -> Iterator[Finding]:
    """Find levers that nothing moves, neither themselves nor a kind of them."""
    moved = {
        owner
        for claim in knowledge.claims.values()
        if claim.holds and knowledge.language.relations[claim.relation].family == "act"
        for owner in (claim.object.key, *knowledge.ancestors(claim.object.key))
    }
    for key, entry in knowledge.entries.items():
        if entry.term.kind == "lever" and key not in moved:
            yield Finding("idle-lever", "error", "no cause moves this lever", subject=key)


def restatements(knowledge: Knowledge) -> Iterator[Finding]:
    """Find steps that say nothing new: both ends have the same name, or one is a kind of the other."""
    for claim in knowledge.claims.values():
        if knowledge.language.relations[claim.relation].family != "act" or not claim.holds:
            continue
        ends = claim.subject, claim.object
        same_name = ends[0].label.casefold() == ends[1].label.casefold()
        if same_name or knowledge.is_a(ends[0].key, ends[1].key) or knowledge.is_a(ends[1].key, ends[0].key):
            yield Finding("restated-step", "error", "the step leads from a thing to itself", subject=claim.key)


def members(knowledge: Knowledge) -> Iterator[Finding]:
    """Tell, for each claim about a class, how many members gain which verdict by it."""
    network = Network(knowledge)
    low_states = {claim.object.key for claim in knowledge.claims.values() if claim.relation == "has_low_state"}
    for claim in knowledge.claims.values():
        kinds = knowledge.descendants(claim.subject.key)
        role = knowledge.language.kinds[claim.subject.kind].role
        acts = knowledge.language.relations[claim.relation].family == "act"
        if not kinds or role != "cause" or not acts or not claim.holds:
            continue
        start = 1 if claim.sign == "+" else -1
        if knowledge.is_outcome(claim) and claim.object.kind == "condition":
            gained = {f"{claim.object.label} {claim.sign}"}
        else:
            gained = {
                f"{knowledge.term(end).label} {'+' if start * direction > 0 else '-'}"
                for end, direction in network.reach(claim.object.key)
                if end in low_states
            }
        words = ", ".join(sorted(gained)) or "nothing"
        yield Finding("class-claim", "info", f"{len(kinds)} members gain: {words}", subject=claim.key)
