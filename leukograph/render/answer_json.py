"""Answers as JSON (`leukograph.why/1`) and back.

Only the standard library is used, since the plain answer of the command line is
read from stored JSON. Sources are numbered in JSON and keyed in Python.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from leukograph.model import Answer, Chain, Claim, Effect, Evidence, Figure, Question, Source, Step, Term, Verdict

SCHEMA = "leukograph.why/1"

#: A JSON object.
Json = dict[str, Any]


def dumps(value: Json | list[Json]) -> str:
    """Write JSON as every command of ours does: indented, in UTF-8, one newline at the end."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def compact(value: Json) -> str:
    """Write JSON without blanks, as it is stored; many times quicker than with them."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Encoder:
    """Turns values into JSON objects, with sources numbered from 1."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self.sources = sources
        self._numbers = {source.key: n for n, source in enumerate(sources, start=1)}

    def term(self, term: Term) -> Json:
        """Return a term as TERM."""
        return {"key": term.key, "iri": term.iri, "label": term.label, "kind": term.kind}

    def claim(self, claim: Claim) -> Json:
        """Return a claim as CLAIM."""
        return {
            "key": claim.key,
            "subject": self.term(claim.subject),
            "relation": claim.relation,
            "sign": claim.sign,
            "object": self.term(claim.object),
            "grade": claim.grade,
            "belief": claim.belief,
            "stage": claim.stage or None,
            "evidence": [self.row(row) for row in claim.evidence if row.source in self._numbers],
        }

    def row(self, row: Evidence) -> Json:
        """Return what one source says about a claim."""
        return {
            "verdict": row.verdict,
            "kind": row.kind,
            "context": row.context,
            "note": row.note,
            "source": self._numbers[row.source],
        }

    def question(self, question: Question) -> Json:
        """Return a question as it was asked, with its options."""
        return {
            "text": question.text,
            "cause": self.term(question.cause) if question.cause else None,
            "effect": self.term(question.effect) if question.effect else None,
            "options": {name: list(value) if isinstance(value, tuple) else value for name, value in question.options},
        }

    def verdict(self, verdict: Verdict) -> Json:
        """Return a verdict without its witnesses."""
        return {"sign": verdict.sign, "grade": verdict.grade, "belief": verdict.belief}

    def step(self, step: Step) -> Json:
        """Return a step as STEP: its claim, and how the chain uses it."""
        return {
            **self.claim(step.claim),
            "inherited_from": self.term(step.inherited_from) if step.inherited_from else None,
            "direction": step.direction,
        }

    def figure(self, figure: Figure) -> Json:
        """Return a figure as FIGURE; its unit is UCUM."""
        return {
            "key": figure.key,
            "about": [self.term(term) for term in figure.about],
            "quantity": figure.quantity,
            "value": figure.value,
            "low": figure.low,
            "high": figure.high,
            "spread": figure.spread,
            "unit": figure.unit,
            "population": figure.population,
            "method": figure.method,
            "source": self._numbers[figure.source],
            "disagreement": figure.disagreement or None,
            "note": figure.note,
        }

    def chain(self, chain: Chain) -> Json:
        """Return a chain as CHAIN, each step with the claim it uses."""
        return {
            "n": chain.n,
            "cause": self.term(chain.cause),
            "sign": chain.sign,
            "grade": chain.grade,
            "belief": chain.belief,
            "observed": chain.observed,
            "stage": chain.stage or None,
            "route": chain.route,
            "lever": self.term(chain.lever) if chain.lever else None,
            "also_as": [self.term(term) for term in chain.also_as],
            "steps": [self.step(step) for step in chain.steps],
            "text": chain.text,
        }

    def effect(self, effect: Effect) -> Json:
        """Return all that is known about one effect."""
        return {
            "effect": self.term(effect.effect),
            "verdict": {**self.verdict(effect.verdict), "witnesses": list(effect.verdict.witnesses)},
            "observed": [self.claim(claim) for claim in effect.observed],
            "chains": [self.chain(chain) for chain in effect.chains],
            "closed": [self.claim(claim) for claim in effect.closed],
            "modifiers": [self.claim(claim) for claim in effect.modifiers],
            "frequency": [self.figure(figure) for figure in effect.frequency],
            "timing": [self.figure(figure) for figure in effect.timing],
            "tests": [self.claim(claim) for claim in effect.tests],
        }

    def source_list(self) -> list[Json]:
        """Return the sources with their numbers."""
        return [
            {
                "n": n,
                "key": source.key,
                "title": source.title,
                "year": source.year,
                "id": source.id,
                "url": source.url,
                "read": source.read,
                "note": source.note,
            }
            for n, source in enumerate(self.sources, start=1)
        ]


def encode(answer: Answer) -> Json:
    """Return an answer as a JSON object."""
    to = Encoder(answer.sources)
    return {
        "schema": SCHEMA,
        "release": answer.release,
        "question": to.question(answer.question),
        "effects": [to.effect(effect) for effect in answer.effects],
        "through_kinds": [to.term(term) for term in answer.through_kinds],
        "sources": to.source_list(),
        "truncated": answer.truncated,
        "notes": list(answer.notes),
    }


def decode(value: Mapping[str, Any]) -> Answer:
    """Return the answer that `encode` made this JSON object from.

    Raises:
        KeyError: when it is not such an object.
    """
    of = Decoder(value["sources"])
    question = value["question"]
    return Answer(
        release=value["release"],
        question=Question(
            question["text"],
            of.maybe_term(question["cause"]),
            of.maybe_term(question["effect"]),
            tuple(
                (name, tuple(value) if isinstance(value, list) else value)
                for name, value in question["options"].items()
            ),
        ),
        effects=tuple(of.effect(effect) for effect in value["effects"]),
        through_kinds=tuple(of.term(term) for term in value["through_kinds"]),
        sources=of.sources,
        truncated=value["truncated"],
        notes=tuple(value["notes"]),
    )


class Decoder:
    """The reverse of `Encoder`; equal claims and terms become one value."""

    def __init__(self, sources: Sequence[Json]) -> None:
        self.sources = tuple(
            Source(one["key"], one["title"], one["id"], one["url"], one["year"], one["read"], one["note"])
            for one in sources
        )
        self._terms: dict[str, Term] = {}
        self._claims: dict[str, Claim] = {}

    def term(self, value: Json) -> Term:
        """Return the term in a TERM."""
        key = value["key"]
        if key not in self._terms:
            self._terms[key] = Term(key, value["label"], value["kind"])
        return self._terms[key]

    def maybe_term(self, value: Json | None) -> Term | None:
        """Return the term in a TERM, or None."""
        return None if value is None else self.term(value)

    def claim(self, value: Json) -> Claim:
        """Return the claim in a CLAIM."""
        key = value["key"]
        if key not in self._claims:
            self._claims[key] = Claim(
                key=key,
                subject=self.term(value["subject"]),
                relation=value["relation"],
                sign=value["sign"],
                object=self.term(value["object"]),
                grade=value["grade"],
                belief=value["belief"],
                evidence=tuple(
                    Evidence(
                        row["verdict"], row["kind"], row["context"], row["note"], self.sources[row["source"] - 1].key
                    )
                    for row in value["evidence"]
                ),
                stage=value["stage"] or "",
            )
        return self._claims[key]

    def figure(self, value: Json) -> Figure:
        """Return the figure in a FIGURE."""
        return Figure(
            key=value["key"],
            about=tuple(self.term(term) for term in value["about"]),
            quantity=value["quantity"],
            value=value["value"],
            low=value["low"],
            high=value["high"],
            spread=value["spread"],
            unit=value["unit"],
            population=value["population"],
            method=value["method"],
            source=self.sources[value["source"] - 1].key,
            disagreement=value["disagreement"] or "",
            note=value["note"],
        )

    def chain(self, value: Json) -> Chain:
        """Return the chain in a CHAIN."""
        return Chain(
            n=value["n"],
            cause=self.term(value["cause"]),
            sign=value["sign"],
            grade=value["grade"],
            belief=value["belief"],
            observed=value["observed"],
            stage=value["stage"] or "",
            route=value["route"],
            lever=self.maybe_term(value["lever"]),
            steps=tuple(
                Step(self.claim(step), self.maybe_term(step["inherited_from"]), step["direction"])
                for step in value["steps"]
            ),
            text=value["text"],
            also_as=tuple(self.term(term) for term in value["also_as"]),
        )

    def effect(self, value: Json) -> Effect:
        """Return one effect."""
        verdict = value["verdict"]
        return Effect(
            effect=self.term(value["effect"]),
            verdict=Verdict(verdict["sign"], verdict["grade"], verdict["belief"], tuple(verdict["witnesses"])),
            observed=tuple(self.claim(claim) for claim in value["observed"]),
            chains=tuple(self.chain(chain) for chain in value["chains"]),
            closed=tuple(self.claim(claim) for claim in value["closed"]),
            modifiers=tuple(self.claim(claim) for claim in value["modifiers"]),
            frequency=tuple(self.figure(figure) for figure in value["frequency"]),
            timing=tuple(self.figure(figure) for figure in value["timing"]),
            tests=tuple(self.claim(claim) for claim in value["tests"]),
        )
