"""What changed between two releases as JSON (`leukograph.diff/1`), all of it."""

from __future__ import annotations

from collections.abc import Iterable

from leukograph.diff.values import AnswerChange, Change, ClaimChange, Diff, Gains, TermChange, Told
from leukograph.model import Entry, Evidence, Kind, Relation, Source
from leukograph.render.answer_json import Encoder, Json

SCHEMA = "leukograph.diff/1"


def encode(found: Diff) -> Json:
    """Return every change with both of its sides; a side is null where the thing was not there."""
    to = Encoder(found.sources)
    return {
        "schema": SCHEMA,
        "old": found.old,
        "new": found.new,
        "answers": [_answer(one, to) for one in found.answers],
        "claims": [_claim(one, to) for one in found.claims],
        "terms": [_term(one, to) for one in found.terms],
        "names": [_gains(one, to, list(one.gained), list(one.lost)) for one in found.names],
        "mappings": [_gains(one, to, _pairs(one.gained), _pairs(one.lost)) for one in found.mappings],
        "inferred": [
            {"what": one.what, "term": to.term(one.term), "ancestor": to.term(one.ancestor)} for one in found.inferred
        ],
        "figures": [
            {
                "what": one.what,
                "before": to.figure(one.before) if one.before else None,
                "after": to.figure(one.after) if one.after else None,
            }
            for one in found.figures
        ],
        "source_changes": [
            {"what": one.what, "before": _source(one.before), "after": _source(one.after)}
            for one in found.source_changes
        ],
        "language": [
            {"part": one.part, "key": one.key, "what": one.what, "before": _word(one.before), "after": _word(one.after)}
            for one in found.language
        ],
        "sources": to.source_list(),
    }


def _answer(one: AnswerChange, to: Encoder) -> Json:
    def side(told: Told) -> Json:
        return {"verdict": to.verdict(told.verdict), "routes": list(told.routes)}

    return {
        "what": one.what,
        "cause": to.term(one.cause),
        "effect": to.term(one.effect),
        "before": side(one.before),
        "after": side(one.after),
    }


def _claim(one: ClaimChange, to: Encoder) -> Json:
    def change(row: Change[Evidence]) -> Json:
        return {
            "before": to.row(row.before) if row.before else None,
            "after": to.row(row.after) if row.after else None,
        }

    return {
        "what": one.what,
        "before": to.claim(one.before) if one.before else None,
        "after": to.claim(one.after) if one.after else None,
        "evidence": {
            "gained": [to.row(row) for row in one.gained],
            "lost": [to.row(row) for row in one.lost],
            "changed": [change(row) for row in one.reworded],
        },
    }


def _term(one: TermChange, to: Encoder) -> Json:
    def side(entry: Entry | None) -> Json | None:
        if entry is None:
            return None
        return {
            **to.term(entry.term),
            "parents": list(entry.parents),
            "synonyms": list(entry.synonyms),
            "definition": entry.definition,
            "up": entry.up,
            "down": entry.down,
            "identifiers": _pairs(entry.mappings),
        }

    return {
        "what": list(one.what),
        "before": side(one.before),
        "after": side(one.after),
        "replaced_by": to.term(one.replaced_by) if one.replaced_by else None,
    }


def _gains(
    one: Gains[str] | Gains[tuple[str, str]], to: Encoder, gained: list[Json] | list[str], lost: list[Json] | list[str]
) -> Json:
    return {"term": to.term(one.term), "gained": gained, "lost": lost}


def _pairs(mappings: Iterable[tuple[str, str]]) -> list[Json]:
    return [{"match": match, "id": identifier} for match, identifier in mappings]


def _source(source: Source | None) -> Json | None:
    if source is None:
        return None
    names = ("key", "title", "year", "id", "url", "read", "note")
    return {name: getattr(source, name) for name in names}


def _word(word: Relation | Kind | str | None) -> Json | str | None:
    return word._asdict() if isinstance(word, Relation | Kind) else word
