"""The answer to `causes` as JSON (`leukograph.causes/1`) and back."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from leukograph.model import CauseRow, Causes
from leukograph.render.answer_json import Decoder, Encoder, Json

SCHEMA = "leukograph.causes/1"


def encode(causes: Causes) -> Json:
    """Return the causes of a condition as a JSON object, grouped by route."""
    to = Encoder(causes.sources)
    return {
        "schema": SCHEMA,
        "release": causes.release,
        "condition": to.term(causes.condition),
        "routes": [
            {"route": route, "causes": [_row(row, to) for row in rows]}
            for route, rows in groupby(causes.rows, key=lambda row: row.route)
        ],
        "sources": to.source_list(),
    }


def _row(row: CauseRow, to: Encoder) -> Json:
    return {
        "cause": to.term(row.cause),
        "lever": to.term(row.lever) if row.lever else None,
        "sign": row.sign,
        "grade": row.grade,
        "belief": row.belief,
        "observed": row.observed,
        "stage": row.stage or None,
        "inherited_from": to.term(row.inherited_from) if row.inherited_from else None,
        "frequency": [to.figure(figure) for figure in row.frequency],
    }


def decode(value: Mapping[str, Any]) -> Causes:
    """Return the causes that `encode` made this JSON object from."""
    of = Decoder(value["sources"])
    rows = tuple(
        CauseRow(
            cause=of.term(row["cause"]),
            route=group["route"],
            lever=of.maybe_term(row["lever"]),
            sign=row["sign"],
            grade=row["grade"],
            belief=row["belief"],
            observed=row["observed"],
            stage=row["stage"] or "",
            inherited_from=of.maybe_term(row["inherited_from"]),
            frequency=tuple(of.figure(one) for one in row["frequency"]),
        )
        for group in value["routes"]
        for row in group["causes"]
    )
    return Causes(value["release"], of.term(value["condition"]), rows, of.sources)
