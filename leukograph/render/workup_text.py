"""The answer to `workup` as text: what was given, what remains with reasons, which test next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from leukograph.effects import source_numbers
from leukograph.model import Claim, Language, Term
from leukograph.render.figures import amount
from leukograph.render.layout import Paragraph, counted, document, listed
from leukograph.sentences import capitalized, cited
from leukograph.workup.counts import Limit, Reading
from leukograph.workup.next_tests import MANY
from leukograph.workup.values import Candidate, Given, NextTest, Outcome, Point, Unused, Workup

#: Results of one test that are told; JSON has all.
RESULTS = 4
#: Candidates for which it is told why they stand before the next.
REASONED = 3
#: Names in one list of a sentence.
NAMES = 4
_STATUS = {
    "low": "low",
    "disputed": "low by some limits and not by others, and taken as low",
    "borderline": "not low by definition, though below a reference interval; it counts neither way",
    "normal": "not low",
    "high": "high",
    "unknown": "the graph has no limit for it, so it counts neither way",
}
#: How the order is made, as it is told.
ORDER = (
    "How the order is made: who explains more of the low counts comes first; then who has more findings for less "
    "against it, its own before those of a step of its way; then who has less else against it; then what was named; "
    "then who was seen with more of these low counts, and with one as low; then the better grade; then the higher "
    "share of its people who have the low count. Findings are counted, not turned into probabilities; how common "
    "each cause is counts for nothing, since the graph does not know it. A finding that is not linked to a cause "
    "counts neither for nor against it."
)


def render(found: Workup, language: Language, width: int = 88) -> str:
    """Return the work-up, wrapped to a width in characters."""
    return document(_paragraphs(found, language), found.sources, width)


def _paragraphs(found: Workup, language: Language) -> Iterator[Paragraph]:
    numbers = source_numbers(found.sources)
    yield Paragraph("Given")
    for one in found.given:
        yield Paragraph(capitalized(_given(one, numbers)), indent=2, hanging=2, bullet="- ")
    counts = any(one.reading for one in found.given)
    if counts or found.age:
        age = f"Age: {found.age.words}." if found.age else "No age was given: limits for adults were used (--age)."
        yield Paragraph(age, indent=2, hanging=2, bullet="- ")
    yield Paragraph("")
    yield Paragraph(_headline(found))
    if found.candidates:
        yield from _candidates(found, language, numbers)
    yield from _asides(found, language, numbers)
    if found.tests:
        yield Paragraph("")
        yield Paragraph("Next tests, and what each result would change")
        for test in found.tests:
            yield Paragraph(_test(test, numbers), indent=2, hanging=2, bullet="- ")
        if len(found.first) > MANY:
            yield Paragraph(f"(Further tests are named when {MANY} causes or fewer tie.)", indent=2)
    if found.candidates:
        yield Paragraph("")
        yield Paragraph(ORDER)


# --- what was given --------------------------------------------------------------


def _given(one: Given, numbers: Mapping[str, int]) -> str:
    if one.reading:
        return _reading(one.reading, numbers)
    if one.kind == "low_count":
        return f"{one.term.label}{'' if one.present else ': looked for, and not low'}."
    said = f" (given as {one.named.label})" if one.named else ""
    if one.kind == "finding":
        return f"{one.term.label}{said}: {'there' if one.present else 'looked for, and not there'}."
    return f"{one.term.label}: {'named' if one.present else 'excluded'}."


def _reading(reading: Reading, numbers: Mapping[str, int]) -> str:
    words = f"{reading.level.label} {reading.value:g} × 10⁹/L: {_STATUS[reading.status]}"
    name = reading.condition.label if reading.condition else "low"
    limits = _limits(reading.limits, numbers)
    words += f". Limits: {limits}" if limits else ""
    if reading.status == "borderline":
        below = [limit for limit in reading.told if limit.below]
        words += f". Below: {_limits(below, numbers)}"
    if reading.is_low and reading.condition:
        degrees = [
            f"{term.label} (limits: {_limits(limits, numbers)})"
            for term, limits in zip(reading.degrees, reading.degree_limits, strict=True)
        ]
        words += f". So: {listed([name, *degrees])}"
    return f"{words}. {capitalized('; '.join(reading.notes))}".rstrip(". ") + "."


def _limits(limits: Sequence[Limit], numbers: Mapping[str, int]) -> str:
    """Tell limits, those of one number together: `1.5 (adults; adults and children) [1, 2]`."""
    groups: dict[float, list[Limit]] = {}
    for limit in limits:
        groups.setdefault(limit.bound, []).append(limit)
    return "; ".join(_bound(bound, groups[bound], numbers) for bound in sorted(groups, reverse=True))


def _bound(bound: float, limits: Sequence[Limit], numbers: Mapping[str, int]) -> str:
    people = dict.fromkeys(limit.figure.population for limit in limits)
    sources = sorted({numbers[limit.figure.source] for limit in limits if limit.figure.source in numbers})
    cites = f" [{', '.join(map(str, sources))}]" if sources else ""
    return f"{bound:g} ({'; '.join(people)}){cites}"


# --- what remains ----------------------------------------------------------------


def _headline(found: Workup) -> str:
    low = listed([term.label for term in found.low])
    if not found.sufficient:
        tied = f": {listed([term.label for term in found.first])}" if 1 < len(found.first) <= NAMES else ""
        reasons = capitalized("; ".join(found.insufficient)) + tied
        needed = ""
        if found.candidates:
            tests = [test.test.label for test in found.tests[:3]]
            history = ["a drug history"] if any(kind == "drug" for kind, _ in found.by_history) else []
            needed = f" What would be needed: {listed([*history, *tests], 'or')}." if tests or history else ""
        return f"Insufficient. {reasons}.{needed}"
    first = found.candidates[0]
    what = f"what was given ({low})" if low else "what was given"
    return f"{capitalized(first.cause.label)} fits {what} better than any other cause in the graph. That is no proof."


def _candidates(found: Workup, language: Language, numbers: Mapping[str, int]) -> Iterator[Paragraph]:
    yield Paragraph("")
    tied = set(found.first) if len(found.first) > 1 else set()
    yield Paragraph("What remains, in order")
    if tied:
        yield Paragraph(
            f"{len(tied)} causes tie; they have no number, since they stand in no order of likelihood, only by how "
            "well they are documented.",
            indent=2,
        )
    for place, one in enumerate(found.candidates):
        following = found.candidates[place + 1 : place + 2]
        kinds = f"; {counted(len(one.kinds), 'kind')} of it {_does(one.kinds)} no better" if one.kinds else ""
        bullet = "-  " if one.cause in tied else f"{one.place}. "
        yield Paragraph(f"{capitalized(one.cause.label)} ({_kind(one.cause, language)}{kinds})", 2, 3, bullet)
        for head, points in (("For", one.for_), ("Against", one.against), ("Not weighed", one.beside)):
            if points:
                told = "; ".join(_point(point, numbers) for point in points)
                yield Paragraph(f"{head}: {told}.", indent=5, hanging=2)
        if one.frequency:
            figure = one.frequency[0]
            words = f"How often: {figure.about[-1].label} in {amount(figure)}, {figure.population}"
            yield Paragraph(f"{words} [{numbers[figure.source]}].", indent=5, hanging=2)
        is_tie = one.cause in tied and bool(following) and following[0].cause in tied
        if place < REASONED and following and not is_tie:
            yield Paragraph(_before(one, following[0]), indent=5, hanging=2)
    if found.more:
        yield Paragraph(f"({found.more} more with --limit)", indent=2)


def _kind(term: Term, language: Language) -> str:
    return language.kinds[term.kind].label


def _point(point: Point, numbers: Mapping[str, int]) -> str:
    about = point.about.label
    cites = _cites(point.claims, numbers)
    grade = f" ({point.grade})" if point.grade else ""
    via = f", through {point.via.label}" if point.via else ""
    return {
        "seen": f"{about} was seen with it{cites}{grade}",
        "seen_at_other_ages": f"{about} was seen with it, in people of other ages only{cites}{grade}",
        "expected": f"{about} is to be expected by its way, but no report is in the graph{grade}",
        "misread": f"it makes the analyser read too low{cites}{grade}",
        "finding": f"{about}{via}{cites}{grade}",
        "link": f"{about}, which it brings about{cites}{grade}",
        "worsened": f"{about}, which makes its effect worse{cites}{grade}",
        "named": "it was named",
        "unexplained": f"nothing of it leads to {about}",
        "open": f"whether it leads to {about} is open, since chains point both ways",
        "raised": f"it counters {about}{cites}{grade}",
        "not_seen": f"{about} was looked for with it and not found{cites}",
        "normal": f"{about} is usual with it, and was not found{cites}{grade}",
        "absent": f"no {about}{cites}{grade}",
        "excluded": f"no {about}, which is looked for to set it aside{cites}{grade}",
        "eased": f"{about}, which eases its effect{cites}{grade}",
        "undercut": f"{about}{via}, of which another finding is not there{cites}{grade}",
        "doubtful": f"no {about}, which it need not show{via}{cites}{grade}",
    }[point.kind]


def _cites(claims: Sequence[Claim], numbers: Mapping[str, int]) -> str:
    """Return the sources of a point: of one claim both sides, of several those that support."""
    if len(claims) == 1:
        return cited(claims[0], numbers)
    known = {numbers[row.source] for claim in claims for row in claim.evidence if row.source in numbers}
    return f" [{', '.join(map(str, sorted(known)))}]" if known else ""


def _before(one: Candidate, other: Candidate) -> str:
    if not one.before_next:
        return f"Ties with the next, {other.cause.label}."
    mine, its, name = one.standing, other.standing, other.cause.label
    criterion = one.before_next
    reason = {
        "possible": f"nothing sets it aside, as {name} is",
        "explained": f"it explains {counted(mine.explained, 'low count')}, {name} {its.explained}",
        "findings": f"its findings for less against come to {mine.findings}, those of {name} to {its.findings}",
        "direct": f"{counted(mine.direct, 'finding')} for it {_are(mine.direct)} its own, of {name} {its.direct}",
        "contrary": f"less else speaks against it than against {name} ({-mine.contrary} and {-its.contrary})",
        "named": f"it was named, and {name} was not",
        "seen": f"{counted(mine.seen, 'low count')} {_were(mine.seen)} seen with it, with {name} {its.seen}",
        "depth": f"a count as low was seen with it, and not with {name}",
        "grade": f"what it explains is better supported than with {name}",
    }.get(criterion) or _oftener(one, other)
    return f"Before the next, because {reason}."


def _does(kinds: Sequence[Term]) -> str:
    return "does" if len(kinds) == 1 else "do"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _oftener(one: Candidate, other: Candidate) -> str:
    mine, its, name = one.standing.frequency, other.standing.frequency, other.cause.label
    low = one.frequency[0].about[-1].label
    if its < 0:
        return f"the graph knows how often it has {low} ({mine:g} %), and not so of {name}"
    return f"{mine:g} % of its people have {low}, with {name} {its:g} %"


def _asides(found: Workup, language: Language, numbers: Mapping[str, int]) -> Iterator[Paragraph]:
    if found.by_history:
        kinds = [counted(n, language.kinds[kind].label).replace("classs", "classes") for kind, n in found.by_history]
        low = listed([term.label for term in found.low]) or "a low count"
        yield Paragraph("")
        yield Paragraph(
            f"Only the history would show: {listed(kinds)} can bring about {low} too, and none of them was named. "
            "Name what applies to have it weighed."
        )
    if found.set_aside:
        yield Paragraph("")
        yield Paragraph("Set aside")
        for one in found.set_aside:
            points = "; ".join(_point(p, numbers) for p in one.against if p.kind == "excluded") or "excluded by name"
            yield Paragraph(f"{capitalized(one.cause.label)}: {points}.", indent=2, hanging=2, bullet="- ")
    if found.unused:
        names = "; ".join(_unused(one) for one in found.unused)
        yield Paragraph("")
        yield Paragraph(f"Not used, since the graph links it to no candidate: {names}. It counts neither way.")


def _unused(one: Unused) -> str:
    """Tell what was not used, and what it shows that explains nothing here."""
    if not one.shows:
        return one.term.label
    return f"{one.term.label} (shows {_names(one.shows)}, which the graph does not link to what is low)"


# --- which test next ---------------------------------------------------------------


def _test(test: NextTest, numbers: Mapping[str, int]) -> str:
    cites = sorted({n for claim in test.claims for n in _numbers(claim, numbers)})
    own = f", the graph's own test for {listed([t.label for t in test.of_condition])}" if test.of_condition else ""
    own += f" [{', '.join(map(str, cites))}]" if own and cites else ""
    role = {"screen": ", screens", "confirm": ", confirms", "rule_out": ", rules out", "monitor": ", follows up"}
    head = f"{capitalized(test.test.label)}{own}{'' if own else role.get(test.role, '')}"
    if not test.outcomes:
        return f"{head}: no finding of it that the graph knows tells these candidates apart."
    told = sorted(test.outcomes, key=lambda one: (-len(one.weakens), -len(one.supports), one.finding.key))
    words = " ".join(_outcome(one, test.test, numbers) for one in told[:RESULTS])
    more = f" ({counted(len(told) - RESULTS, 'result')} more with --format json)" if len(told) > RESULTS else ""
    return f"{head}. {words}{more}"


def _numbers(claim: Claim, numbers: Mapping[str, int]) -> list[int]:
    return [numbers[row.source] for row in claim.evidence if row.source in numbers and row.verdict == "supports"]


def _outcome(one: Outcome, test: Term, numbers: Mapping[str, int]) -> str:
    known = sorted({n for claim in one.claims for n in _numbers(claim, numbers)})
    cites = f" [{', '.join(map(str, known[:3]))}]" if known else ""
    what = "a positive result" if one.finding == test else one.finding.label
    words = f"{capitalized(what)} would support {_names(one.supports)}{cites}"
    if one.first_with:
        first = "put it first" if one.first_with == one.supports and len(one.supports) == 1 else ""
        first = first or ("put them first" if set(one.first_with) == set(one.supports) else "")
        words += f" and {first or f'put {_names(one.first_with)} first'}"
    absence = "A negative result" if one.finding == test else "Its absence"
    if one.sets_aside:
        return f"{words}. {absence} would set {_names(one.sets_aside)} aside."
    if one.weakens:
        return f"{words}. {absence} would count against {_names(one.weakens)}{_left(one)}."
    return f"{words}. {absence} would change nothing."


def _left(one: Outcome) -> str:
    """Return who would come first without a finding, when they are few."""
    if not 0 < len(one.first_without) <= NAMES:
        return ""
    if set(one.first_without) <= set(one.weakens):
        return f", though {_names(one.first_without)} would still come first"
    return f", and leave {_names(one.first_without)} first"


def _names(terms: Sequence[Term]) -> str:
    names = [term.label for term in terms]
    if len(names) > NAMES:
        return f"{', '.join(names[: NAMES - 1])} and {len(names) - NAMES + 1} more"
    return listed(names)
