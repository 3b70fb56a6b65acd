"""Reads what was typed about a person: counts, low counts, findings, causes, there or not there."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from leukograph.errors import UnknownName, WrongOption
from leukograph.knowledge import Knowledge
from leukograph.model import Term
from leukograph.workup.ages import Age
from leukograph.workup.counts import Reading, judge, parse_count
from leukograph.workup.parts import check_parts, unaccounted
from leukograph.workup.values import Given, GivenKind

#: More than this is no picture of one person.
MOST = 60
_ABSENT = re.compile(r"(?:no|not|without)\s*:\s*|(?:no|without)\s+", re.IGNORECASE)
_RESULTS = {"positive": True, "present": True, "pos": True, "negative": False, "absent": False, "neg": False}


def _noted(one: Given, note: str) -> Given:
    reading = one.reading
    return one._replace(reading=reading._replace(notes=(*reading.notes, note))) if reading else one


class Reader:
    """Turns names into what they give, over one graph."""

    def __init__(self, knowledge: Knowledge, resolve: Callable[[str], str]) -> None:
        self.knowledge = knowledge
        self._resolve = resolve

    def read(self, names: Sequence[str], age: Age | None, duffy_null: str | None) -> tuple[Given, ...]:
        """Return what was given, each once, in an order that does not depend on that of the names.

        Args:
            names: what was typed.
            age: of the person.
            duffy_null: the key of the genotype, when it was given as an option.

        Raises:
            UnknownName, AmbiguousName: when a name is not clear.
            WrongOption: when a number is no count, or two things contradict each other.
        """
        if not names:
            raise WrongOption("nothing was given", "name a low count, a finding or a cause, or a count: ANC=0.4")
        if len(names) > MOST:
            raise WrongOption(f"{len(names)} names are no picture of one person", f"give {MOST} at the most")
        found: dict[tuple[Term, bool], Given] = {}
        values: dict[Term, tuple[str, float]] = {}
        for name in names:
            self._one(name, found, values)
        if duffy_null:
            term = self.knowledge.term(duffy_null)
            found.setdefault((term, True), Given("--duffy-null", "cause", term))
        keys = frozenset(term.key for term, present in found if present)
        counts = [
            Given(text, "count", level, reading=judge(self.knowledge, level, value, age, keys))
            for level, (text, value) in values.items()
        ]
        numbers = {level: value for level, (_, value) in values.items()}
        check_parts(self.knowledge, numbers)
        if rest := unaccounted(self.knowledge, numbers):
            counts = [_noted(one, rest[1]) if one.term == rest[0] else one for one in counts]
        self._check(found, [one.reading for one in counts if one.reading])
        order: tuple[GivenKind, ...] = ("count", "low_count", "finding", "cause")
        given = [*counts, *found.values()]
        return tuple(sorted(given, key=lambda one: (order.index(one.kind), not one.present, one.term.key)))

    def _one(self, name: str, found: dict[tuple[Term, bool], Given], values: dict[Term, tuple[str, float]]) -> None:
        left, is_value, right = name.partition("=")
        if is_value and not name.startswith(("http:", "https:")):
            if not left.strip():
                raise WrongOption(f"{name[:40]!r} names no count", "write the name before the number: ANC=0.4")
            if right.strip().lower() in {"low", "normal"}:
                given = self._worded(left.strip(), name, right.strip().lower() == "low")
                found.setdefault((given.term, given.present), given)
                return
            if (result := _RESULTS.get(right.strip().lower())) is not None:
                given = self._plain(left.strip(), name, result)
                found.setdefault((given.term, given.present), given)
                return
            level = self._level(left.strip())
            value = parse_count(right, left.strip(), level, self.knowledge)
            if level in values and values[level][1] != value:
                raise WrongOption(f"two numbers for the {level.label}", "give one; a trend cannot be weighed yet")
            values.setdefault(level, (name.strip(), value))
            return
        given = self._signed(name)
        found.setdefault((given.term, given.present), given)

    def _signed(self, name: str) -> Given:
        """Return what a name gives; `no:` before it says that it was looked for and is not there."""
        match = _ABSENT.match(name)
        if match is None:
            return self._plain(name, name, True)
        return self._plain(name[match.end() :], name, False)

    def _plain(self, name: str, text: str, present: bool) -> Given:
        term = self.knowledge.term(self._resolve(name))
        role = self.knowledge.language.kinds[term.kind].role
        if term.kind == "condition":
            return Given(text, "low_count", term, present)
        if term.kind == "finding":
            return Given(text, "finding", term, present)
        if term.kind == "test":
            return Given(text, "finding", self._result(term), present)
        if role == "cause":
            finding = self._said_by(term)
            return Given(text, "finding", finding, present, term) if finding else Given(text, "cause", term, present)
        raise WrongOption(f"{term.label} is a {term.kind}, not a finding, a cause or a low count", self._instead(term))

    def _worded(self, name: str, text: str, low: bool) -> Given:
        """Return a count that is told as low or normal, without its number."""
        level = self._level(name)
        for claim in self.knowledge.claims_from(level.key):
            if claim.relation == "has_low_state":
                return Given(text, "low_count", claim.object, low)
        raise WrongOption(f"the graph has no name for a low {level.label}", "give another count")

    def _result(self, test: Term) -> Term:
        """Return what a test finds, when it is one thing; a test without a finding stands for its own result."""
        found = self.results_of(test)
        if len(found) > 1:
            raise WrongOption(
                f"{test.label} may show several things", "name the finding: " + ", ".join(t.label for t in found[:6])
            )
        return found[0]

    def results_of(self, test: Term) -> list[Term]:
        """Return the findings of a test, or the test itself where it has none."""
        shown = [c.subject for c in self.knowledge.claims_to(test.key) if c.relation == "shown_by" and c.holds]
        return [term for term in shown if term.kind == "finding"] or [test]

    def _said_by(self, cause: Term) -> Term | None:
        """Return the finding that says the same as a cause that is no more than a raised quantity.

        A large spleen is a cause of its own, and what is seen with every other cause that
        makes the spleen large. So naming it gives a finding.
        """
        for claim in self.knowledge.claims_from(cause.key):
            if claim.relation == "shown_by" and claim.holds and claim.object.kind == "finding":
                for other in self.knowledge.claims_to(claim.object.key):
                    if other.relation == "shown_by" and other.holds and other.subject.kind == "quantity":
                        return claim.object
        return None

    def _level(self, name: str) -> Term:
        """Return the level that a name stands for: its own, its cell's or its low count's."""
        failed: UnknownName | None = None
        meant: Term | None = None
        for wanted in (name, f"{name} count"):
            try:
                term = self.knowledge.term(self._resolve(wanted))
            except UnknownName as error:
                failed = failed or error
                continue
            if level := self._level_meant(term):
                return level
            meant = meant or term
        if failed and not meant:
            raise failed
        if meant and meant.kind == "test":
            raise WrongOption(
                f"{meant.label} is a test, and its result is neither positive nor negative here",
                f"write {name[:40]}=positive or {name[:40]}=negative",
            )
        raise WrongOption(f"{name[:40]} is no count", "write a number behind a count: ANC=0.4, CD4=350/uL")

    def _level_meant(self, term: Term) -> Term | None:
        if term.kind == "level":
            return term
        if term.kind == "condition" and term.key in self.knowledge.level_of:
            return self.knowledge.term(self.knowledge.level_of[term.key])
        if term.kind == "cell":
            counted = (c.subject for c in self.knowledge.claims_to(term.key) if c.relation == "counts")
            return next((level for level in counted if level.kind == "level"), None)
        return None

    def _instead(self, term: Term) -> str:
        """Return what to give instead of a term that is none of these."""
        if term.kind == "level":
            return "give its number, or name the low count: ANC=0.4, neutropenia"
        shown = [c.object.label for c in self.knowledge.claims_from(term.key) if c.relation == "shown_by" and c.holds]
        if shown:
            return "name what shows it: " + ", ".join(shown[:6])
        return "look for a name with: leukograph search TEXT"

    def _check(self, found: dict[tuple[Term, bool], Given], readings: Sequence[Reading]) -> None:
        """Refuse what cannot be true of one person."""
        for term, present in found:
            if present and (term, False) in found:
                raise WrongOption(f"{term.label} is given as there and as not there", "give it once")
        for reading in readings:
            named = [t for t, present in found if present and t == reading.condition]
            denied = [t for t, present in found if not present and t == reading.condition]
            if (named and reading.status in {"normal", "high"}) or (denied and reading.status == "low"):
                number = f"a {reading.level.label} of {reading.value:g} × 10⁹/L"
                raise WrongOption(
                    f"{number} and {'' if named else 'no '}{(named or denied)[0].label} contradict each other",
                    "give the count or the name",
                )
