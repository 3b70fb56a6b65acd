"""An answer as text to read aloud: a headline, one block a route, the sources.

Chains that differ only in the count they end at are told once, with the counts
at the right. What speaks against a chain is never left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from leukograph.effects import complications
from leukograph.model import (
    UNKNOWN_ROUTE,
    Answer,
    Chain,
    Claim,
    Effect,
    Evidence,
    Figure,
    Term,
    outcome_sign,
    place_of,
)
from leukograph.render.figures import amount, opened
from leukograph.render.layout import (
    DISCLAIMER,
    bracket,
    counted,
    headed,
    listed,
    page,
    source_lines,
    unique,
    wrap,
    wrap_all,
)
from leukograph.sentences import article, capitalized, citations, renumbered, spaced, within

#: What a block is called, for chains that lower and for chains that raise.
HEADLINES = {
    "production": ("The marrow delivers too few", "The marrow delivers more"),
    "maturation": ("The marrow delivers too few", "The marrow delivers more"),
    "release": ("The marrow holds cells back", "The marrow lets more cells go"),
    "destruction": ("Cells are destroyed", "Fewer cells are destroyed"),
    "consumption": ("Cells are used up or lost", "Fewer cells are used up or lost"),
    "distribution": ("Cells stay outside the blood", "More cells stay in the blood"),
    "dilution": ("The blood is diluted", "The blood is less diluted"),
    "measurement": ("The count reads wrong", "The count reads true"),
    "": ("By the links of the graph", "By the links of the graph"),
    UNKNOWN_ROUTE: ("Seen, but how is not known", "Seen, but how is not known"),
}
#: sign of the net effect -> how it is told when it was seen, and when it is only to be expected
_OF_CONDITIONS = {
    "+": ("can cause", "would be expected to cause"),
    "-": ("counters", "would be expected to counter"),
    "?": ("acts both ways on", "has chains of both signs, and nothing that decides, to"),
}
_OF_LEVELS = {
    "+": ("raises the", "would be expected to raise the"),
    "-": ("lowers the", "would be expected to lower the"),
    "?": ("acts both ways on the", "has chains of both signs, and nothing that decides, to the"),
}
#: How much of a kind a text answer shows; JSON has it all.
VARIANTS = 3
FIGURES = 4
PER_QUANTITY = 2
SHORT = 5
TESTS = 6
KINDS = 8


class _Told:
    """A chain with every effect to which it leads, seen or not."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.effects: list[Term] = []
        self.unseen: list[Term] = []


def render(answer: Answer, width: int = 88) -> str:
    """Return an answer as text, wrapped to a width in characters."""
    width = max(width, 20)
    answer, cited = _renumbered(answer)
    sources = answer.sources[:cited]
    lines = [*wrap(_headline(answer), width), *wrap(_summary(answer, cited), width), *_body(answer, width)]
    lines += [*source_lines(sources, width), "", *wrap(DISCLAIMER, width)]
    return page(lines)


def _renumbered(answer: Answer) -> tuple[Answer, int]:
    """Number sources in the order in which the text cites them; return how many it does.

    JSON also holds what a text leaves out, so its numbers would leave gaps here.
    """
    order = citations(_body(answer, width=1_000_000))
    cited = len(order)
    order += [n for n in range(1, len(answer.sources) + 1) if n not in set(order)]
    new = {old: n for n, old in enumerate(order, start=1)}
    effects = tuple(
        effect._replace(chains=tuple(c._replace(text=renumbered(c.text, new)) for c in effect.chains))
        for effect in answer.effects
    )
    return answer._replace(effects=effects, sources=tuple(answer.sources[n - 1] for n in order)), cited


def _body(answer: Answer, width: int) -> Iterator[str]:
    numbers = {source.key: n for n, source in enumerate(answer.sources, start=1)}
    if answer.through_kinds:
        kinds = ", ".join(term.label for term in answer.through_kinds[:KINDS])
        more = f" and {len(answer.through_kinds) - KINDS} more" if len(answer.through_kinds) > KINDS else ""
        yield from wrap(f"Answered through its kinds: {kinds}{more}.", width)
    yield from wrap_all(answer.notes, width)
    mixed = answer.question.cause is None or bool(answer.through_kinds)
    asked_for_all = mixed or any(name == "limit" for name, _ in answer.question.options)
    for headline, told in _blocks(answer.effects, mixed):
        yield ""
        yield from _block_head(headline, told, width)
        shown = told if asked_for_all else _foremost(told)
        for one in shown:
            yield from _chain_lines(one, width)
        if len(told) > len(shown):
            more = counted(len(told) - len(shown), "variant")
            yield from wrap(f"({more} of this way more with --limit or --format json)", width, indent=2)
    about = list(_about(answer, numbers))
    if about:
        yield ""
    for name, words in about:
        yield from wrap(f"{name}: {words}", width, hanging=2)


# --- headline ------------------------------------------------------------------


def _headline(answer: Answer) -> str:
    cause, asked = answer.question.cause, answer.question.effect
    if not answer.effects:
        if cause is None:
            found = "fits what was asked for" if answer.truncated else "is in the graph"
            return f"No cause of {asked.label if asked else 'this'} {found}."
        end = asked.label if asked else "any low white-cell count" if cause.is_ours else "any effect"
        fitting = " that fits what was asked for" if answer.truncated else ""
        return f"No chain{fitting} leads from {cause.label} to {end}."
    if cause is None:
        effect = answer.effects[0].effect
        return f"{capitalized(effect.label)} can be caused by:"
    clauses = []
    on_level = answer.effects[0].effect.kind == "level"
    for sign, (seen, expected) in (_OF_LEVELS if on_level else _OF_CONDITIONS).items():
        concerned = [one for one in answer.effects if sign in _signs(one)]
        observed = [one for one in concerned if one.observed]
        if observed or (concerned and (sign != "?" or len(concerned) == len(answer.effects))):
            # what a complication would bring about is no effect of the cause where others are
            told = observed or [one for one in concerned if not complications(one)] or concerned
            labels = [_with_stage(one, sign) for one in told]
            through = list(dict.fromkeys(term.label for one in told for term in complications(one)))
            if sign == "-" and observed and not on_level:
                told, raised = _apart(told)
                labels = [_with_stage(one, sign) for one in told]
                if raised:
                    clauses.append(f"raises the {listed(raised)}")
                if not told:
                    continue
            words = seen if observed else expected
            if through and cause.is_ours:
                by = f"would be expected, through {listed(through)},"
                words = words.replace("would be expected", by)
            clauses.append(f"{words} {listed(labels)}")
    clauses.sort(key=lambda clause: clause.endswith("(early)"))  # what passes is told last
    closed = [_not_seen(one) for one in answer.effects if one.verdict.sign == "0" and one.closed]
    if closed and not answer.through_kinds:  # what was refuted for one kind does not hold for its class
        clauses.append(f"was not found to cause {listed(closed, 'or')} where that was looked for")
    return f"{_asked(answer.question.text, cause)} {'; it '.join(clauses)}."


def _apart(countered: Sequence[Effect]) -> tuple[list[Effect], list[str]]:
    """Part what a cause counters from counts that it was merely seen to raise; return the rest, and these counts."""
    rest: list[Effect] = []
    raised: dict[str, None] = {}
    for one in countered:
        claims = [claim for claim in one.observed if outcome_sign(claim, one.effect) == "-"]
        if claims and all(claim.object.kind == "level" for claim in claims):
            stage = f" ({_signs(one)['-']})" if _signs(one).get("-") else ""
            raised[claims[0].object.label + stage] = None
        else:
            rest.append(one)
    return rest, list(raised)


def _asked(text: str, cause: Term) -> str:
    """Return the name that was typed, with the term that it stands for when that differs."""
    name = f"{article(cause.label)} {cause.label}" if cause.kind == "drug_class" else cause.label
    typed = " ".join(text.split())
    is_name = ":" not in typed and typed.casefold() not in {"", cause.label.casefold(), cause.key}
    if not is_name:
        return capitalized(name)
    # a short word may be an abbreviation or a gene, and is left as it was typed
    is_word = len(typed) > SHORT or (len(typed) > 3 and typed.islower() and not set(typed).isdisjoint("aeiou"))
    return f"{capitalized(typed) if is_word else typed} ({cause.label})"


def _signs(effect: Effect) -> dict[str, str]:
    """Return the net sign; where both were seen at different stages, each with its stage."""
    seen: dict[str, str] = {}
    for claim in effect.observed:
        seen.setdefault(outcome_sign(claim, effect.effect), claim.stage)
    if len(seen) == 2 and len(set(seen.values())) == 2:
        return seen
    return {effect.verdict.sign: ""}


def _with_stage(effect: Effect, sign: str) -> str:
    stage = _signs(effect)[sign]
    return f"{effect.effect.label} ({stage})" if stage else effect.effect.label


def _not_seen(effect: Effect) -> str:
    """Name an effect that was looked for in vain; where that was at one stage only, with the stage."""
    stages = {claim.stage for claim in effect.closed}
    stage = stages.pop() if len(stages) == 1 else ""
    return f"{effect.effect.label} ({stage})" if stage else effect.effect.label


#: How notes begin that say what an answer leaves out.
_CUTS = ("Only chains", "Only a part", "Left out: what")


def _summary(answer: Answer, cited: int) -> str:
    parts = []
    grades = [one.verdict.grade for one in answer.effects if one.verdict.grade]
    if grades:
        parts.append(str(grades[0]))
    routes = {chain.route for one in answer.effects for chain in one.chains} - {UNKNOWN_ROUTE, ""}
    if routes:
        parts.append(counted(len(routes), "route"))
    if cited:
        parts.append(counted(cited, "source"))
    if answer.truncated and not any(note.startswith(_CUTS) for note in answer.notes):
        parts.append("cut short: --limit shows more")
    return " · ".join(parts)


# --- blocks --------------------------------------------------------------------


def _blocks(effects: Sequence[Effect], mixed: bool) -> list[tuple[str, list[_Told]]]:
    """Group chains by route; within one, chains that share their own steps are one.

    Chains to ends that were never observed are told only where there is nothing else.
    Where the chains are those of several causes (`mixed`), routes keep their usual order.
    """
    told: dict[tuple[str, tuple[str, ...]], _Told] = {}
    for effect in effects:
        for chain in effect.chains:
            own = tuple(step.claim.key for step in chain.steps if not step.claim.definitional)
            rises = (chain.sign == "-") == (effect.effect.kind == "condition")
            headline = HEADLINES.get(chain.route, (chain.route, chain.route))[rises]
            one = told.setdefault((headline, own or (str(chain.n),)), _Told(chain))
            (one.effects if chain.observed else one.unseen).append(effect.effect)
    blocks: dict[str, list[_Told]] = {}
    some_seen = any(one.effects for one in told.values())
    for (headline, _), one in told.items():
        if one.effects or not some_seen:
            blocks.setdefault(headline, []).append(one)
    ordered = list(blocks.items())
    if mixed:
        ordered.sort(key=lambda block: place_of(block[1][0].chain.route))
    return ordered


def _foremost(told: Sequence[_Told]) -> list[_Told]:
    """Return the first chains of a block, and with them the first to each of its effects."""
    chosen = list(told[:VARIANTS])
    covered = {effect for one in chosen for effect in one.effects}
    for one in told[VARIANTS:]:
        if not covered.issuperset(one.effects):
            chosen.append(one)
            covered.update(one.effects)
    return chosen


def _block_head(headline: str, told: Sequence[_Told], width: int) -> Iterator[str]:
    effects = list(dict.fromkeys(term.label for one in told for term in one.effects))
    words = ", ".join(effects) or "expected, not reported here"
    yield from headed(headline, words, width)


def _chain_lines(one: _Told, width: int) -> Iterator[str]:
    chain = one.chain
    definitional = all(step.claim.definitional for step in chain.steps)
    tags: list[str] = ["by definition" if definitional else chain.grade]
    if chain.stage:
        tags.insert(0, chain.stage)
    if not chain.observed and not definitional:
        tags.append("to be expected, not reported")
    text = f"{chain.text} ({', '.join(tags)})"
    if chain.also_as:
        text += f" The same route also as {listed([f'{article(term.label)} {term.label}' for term in chain.also_as])}."
    yield from wrap(text, width, indent=2, hanging=2, bullet="- ")


# --- what stands beside the chains ------------------------------------------------


def _about(answer: Answer, numbers: dict[str, int]) -> Iterator[tuple[str, str]]:
    effects = answer.effects
    one_cause = answer.question.cause is not None
    on_level = bool(effects) and effects[0].effect.kind == "level"
    names = ("Seen to rise", "Seen to fall") if on_level else ("Seen in people", "Seen to be countered")
    if any(chain.route == "" for one in effects for chain in one.chains):
        names = "Stated outright", "Stated to be countered"
    for sign, name in zip("+-", names, strict=True):
        if one_cause and (words := _seen(effects, numbers, sign)):
            yield name, words
    if one_cause and (words := _seen(effects, numbers, "+", in_people=False)):
        yield "Seen in animals only", words
    if one_cause and any(one.observed for one in effects):
        for sign, name in (
            ("+", "To be expected too, but no report is in the graph"),
            ("?", "Open, since chains point both ways"),
        ):
            unseen = [one.effect.label for one in effects if not one.observed and one.verdict.sign == sign]
            if unseen:
                yield name, _shortened(unseen)
    asked = answer.question.cause
    seen = [one for one in effects if one.observed] or effects
    timing = [figure for one in seen for figure in one.timing]
    timing = [figure for figure in timing if asked in figure.about] or timing  # its own, else those of the stages
    if words := _figures(timing, numbers, answer):
        yield "When", words
    frequency = [figure for one in effects for figure in one.frequency]
    if words := _figures((f for f in frequency if f.quantity != "mortality"), numbers, answer):
        yield "How often", words
    if words := _figures((f for f in frequency if f.quantity == "mortality"), numbers, answer):
        yield "How dangerous", words
    modifiers = unique(claim for one in effects for claim in one.modifiers)
    for relation, name in (("worsened_by", "Made worse by"), ("eased_by", "Eased by")):
        found = [claim for claim in modifiers if claim.relation == relation]
        if found:
            yield name, "; ".join(_modifier(group, numbers) for group in _by_object(found)) + "."
    if against := list(_against(answer, numbers)):
        yield "Against", " ".join(against)
    if words := _tests(effects, numbers):
        yield "Seen by", words


def _shortened(names: Sequence[str]) -> str:
    """Return the first names of a long list, and how many more there are."""
    more = len(names) - SHORT
    return f"{', '.join(names[:SHORT])} and {more} more." if more > 1 else f"{listed(names)}."


def _in_people(claim: Claim) -> bool:
    return any(row.in_people for row in claim.evidence if row.verdict == "supports")


def _by_object(claims: Iterable[Claim]) -> list[list[Claim]]:
    """Group claims of a cause and of its classes that lead to one thing."""
    groups: dict[str, list[Claim]] = {}
    for claim in claims:
        groups.setdefault(claim.object.key, []).append(claim)
    return list(groups.values())


def _modifier(claims: Sequence[Claim], numbers: dict[str, int]) -> str:
    rows = [row for claim in claims for row in claim.evidence]
    return claims[0].object.label + bracket(claims[0]._replace(evidence=tuple(rows)), "supports", numbers)


def _seen(effects: Sequence[Effect], numbers: dict[str, int], sign: str, in_people: bool = True) -> str:
    """Tell the outcomes of one sign on which verdicts rest, beside chains that tell how.

    What was seen in people is told apart from what was seen in animals alone.
    """
    phrases = []
    for one in effects:
        if all(chain.route == UNKNOWN_ROUTE for chain in one.chains):
            continue
        claims = [claim for claim in one.observed if outcome_sign(claim, one.effect) == sign]
        if any(_in_people(claim) for claim in claims) != in_people:
            continue
        claims = [claim for claim in claims if _in_people(claim) == in_people]
        found = {numbers[row.source] for claim in claims for row in claim.evidence if row.verdict == "supports"}
        if found:
            stage = f", {claims[0].stage}" if claims[0].stage else ""
            listed = ", ".join(map(str, sorted(found)))
            phrases.append(f"{one.effect.label} [{listed}] ({claims[0].grade}{stage})")
    return "; ".join(phrases) + "." if phrases else ""


def _figures(figures: Iterable[Figure], numbers: dict[str, int], answer: Answer) -> str:
    """Tell figures, those of one quantity of one thing together."""
    asked = answer.question.cause.key if answer.question.cause else ""
    groups: dict[tuple[str, str], list[str]] = {}
    figures = list(dict.fromkeys(figures))
    alike = Counter((figure.quantity, figure.population, figure.source) for figure in figures)
    for figure in figures:
        others = [term.label for term in figure.about if term.key != asked]
        told = groups.setdefault((others[-1] if others else "", figure.quantity), [])
        words = opened(figure) if not told else amount(figure)
        twice = alike[figure.quantity, figure.population, figure.source] > 1 and figure.method
        told.append(f"{words}, {figure.population}{f', {figure.method}' if twice else ''} [{numbers[figure.source]}]")
    phrases = [(f"{name}: " if name else "") + "; or ".join(told[:PER_QUANTITY]) for (name, _), told in groups.items()]
    shown = sum(min(len(told), PER_QUANTITY) for told in list(groups.values())[:FIGURES])
    more = sum(map(len, groups.values())) - shown
    tail = f" ({more} more with --format json)" if more > 0 else ""
    return ". ".join(capitalized(phrase) for phrase in phrases[:FIGURES]) + tail + "." if phrases else ""


def _against(answer: Answer, numbers: dict[str, int]) -> Iterator[str]:
    claims = [step.claim for one in answer.effects for chain in one.chains for step in chain.steps]
    claims += [claim for one in answer.effects for claim in (*one.observed, *one.closed)]
    for claim in unique(claims):
        for row in claim.evidence:
            if row.verdict == "refutes":
                what = f"That {claim.subject.label} {spaced(claim.relation)} {claim.object.label}"
                found = f"{what}{_limits(row)}: {row.note or 'not found'} [{numbers[row.source]}]"
                yield f"{found}{_seen_elsewhere(claim, row)}."


def _limits(row: Evidence) -> str:
    where = within(row)
    return f" ({where})" if where else ""


def _seen_elsewhere(claim: Claim, row: Evidence) -> str:
    """Tell that a source which did not see something under some conditions saw it under others."""
    other = next((its for its in claim.evidence if its.source == row.source and its.verdict == "supports"), None)
    return f"; the same source saw it{_limits(other)}" if other else ""


def _tests(effects: Sequence[Effect], numbers: dict[str, int]) -> str:
    """Tell what shows the cause itself; where nothing does, what shows the first effect."""
    claims = unique(claim for one in effects for claim in one.tests)
    shown = effects[0].effect.key if effects else ""
    tests_of: dict[str, list[str]] = {}
    for claim in claims:
        if claim.subject.kind == "finding":
            tests_of.setdefault(claim.subject.key, []).append(claim.object.label)
    of_cause = [claim for claim in claims if claim.subject.kind not in {"condition", "level", "finding"}]
    of_effect = [claim for claim in claims if claim.subject.key == shown and claim.object.kind == "test"]
    of_effect.sort(key=lambda claim: (-claim.belief, claim.key))
    told: dict[str, str] = {}
    for claim in sorted(of_cause or of_effect, key=lambda claim: claim.object.kind != "finding"):
        tests = tests_of.get(claim.object.key, [])
        if claim.object.kind == "finding":
            by = f" ({listed(tests)})" if tests else ""
            told.setdefault(claim.object.key, f"{claim.object.label}{by}{bracket(claim, 'supports', numbers)}")
        elif not any(claim.object.label in words for words in told.values()):
            told.setdefault(claim.object.key, f"{claim.object.label}{bracket(claim, 'supports', numbers)}")
    more = len(told) - TESTS
    tail = f"; {more} more with --format json" if more > 0 else ""
    return "; ".join(list(told.values())[:TESTS]) + tail + "." if told else ""
