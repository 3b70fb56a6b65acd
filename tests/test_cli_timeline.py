"""`leukograph timeline`: text, JSON and CSV; wrong questions."""

from __future__ import annotations

import csv
import io
import json

from tests.conftest import Run


def test_text(run: Run) -> None:
    done = run("timeline", "docetaxel")

    assert done.returncode == 0
    assert "Neutrophil count: begins to fall after 4.5 to 6.6 days" in done.stdout
    assert "not advice about treating a patient" in done.stdout


def test_json_is_versioned(run: Run) -> None:
    value = json.loads(run("timeline", "clozapine", "--effect", "agranulocytosis", "--format", "json").stdout)

    assert value["schema"] == "leukograph.timeline/1"
    assert {course["effect"]["key"] for course in value["courses"]} == {"agranulocytosis"}


def test_csv_has_a_unit_beside_each_number(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run("timeline", "epirubicin", "--format", "csv").stdout)))

    assert {"begins", "below_threshold", "lowest", "seen_nadir"} <= {row["quantity"] for row in rows}
    assert all(row["unit"] for row in rows if row["low"] or row["value"] or row["high"])


def test_two_runs_give_the_same_bytes(run: Run) -> None:
    first, second = (
        run("timeline", "HIV infection", "-f", "json", environment={"PYTHONHASHSEED": seed}) for seed in ("1", "2")
    )

    assert first.stdout == second.stdout


def test_a_condition_is_a_wrong_question(run: Run) -> None:
    done = run("timeline", "neutropenia")

    assert done.returncode == 2
    assert "leukograph causes" in done.stderr


def test_a_cause_that_lowers_nothing(run: Run) -> None:
    done = run("timeline", "filgrastim")

    assert done.returncode in {0, 1}
    assert "Traceback" not in done.stderr
