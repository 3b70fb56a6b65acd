"""`leukograph timeline`: text, JSON, CSV and charts; wrong questions; without the extra."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

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


def test_a_cell_is_not_called_a_count(run: Run) -> None:
    assert "neutrophil stands for neutropenia here" in run("timeline", "neutrophil").stderr
    assert "neutropenia is a low count" in run("timeline", "neutropenia").stderr


def test_what_is_countered_shows_its_early_fall_only_and_no_figures_of_what_it_is_given_against(run: Run) -> None:
    done = run("timeline", "filgrastim")

    assert done.returncode == 0
    assert "Left out, since it is countered" in done.stdout
    assert "(early)" in done.stdout
    assert "docetaxel" not in done.stdout


def test_a_cause_that_lowers_nothing(run: Run) -> None:
    done = run("timeline", "plerixafor")

    assert done.returncode == 1
    assert "no count is known to fall" in done.stdout


def test_the_count_that_was_asked_for_is_named_when_it_does_not_fall(run: Run) -> None:
    done = run("timeline", "clozapine", "--effect", "lymphopenia")

    assert "lymphopenia is not known to follow" in done.stdout
    assert "no count is known to fall" not in done.stdout


def test_it_is_said_for_which_count_the_parameters_are(run: Run) -> None:
    for cause, effect in (("docetaxel", "leukopenia"), ("docetaxel", "lymphopenia"), ("paclitaxel", "lymphopenia")):
        printed = " ".join(run("timeline", cause, "--effect", effect).stdout.split())
        assert "no published parameters" not in printed
        assert f"holds for {cause} are for the neutrophil count" in printed
    printed = " ".join(run("timeline", "chemotherapy", "--effect", "lymphopenia").stdout.split())
    assert "of this class are for the neutrophil count and the white-cell count" in printed


def test_an_unknown_extension_is_refused_and_nothing_is_written(run: Run, tmp_path: Path) -> None:
    wrong, plain = tmp_path / "chart.xyz", tmp_path / "told.txt"

    done = run("timeline", "docetaxel", "--output", str(wrong))
    assert done.returncode == 2
    assert "not written as .xyz" in done.stderr
    assert not wrong.exists()
    assert run("timeline", "docetaxel", "--output", str(wrong), "--format", "json").returncode == 0
    assert run("timeline", "docetaxel", "--output", str(plain)).returncode == 0
    assert plain.read_text(encoding="utf-8").startswith("Docetaxel")


def test_a_curve_as_text(run: Run) -> None:
    printed = run("timeline", "paclitaxel").stdout

    assert "Neutrophil count, by Friberg's model" in printed
    assert "Lowest on day 10.5 (8.8 to 12.6)" in printed
    assert "no figure says how much a G-CSF drug adds" in printed


def test_a_curve_as_json_has_units_and_the_figures_of_its_parameters(run: Run) -> None:
    (curve,) = json.loads(run("timeline", "eribulin", "--format", "json").stdout)["curves"]

    assert curve["nadir_day"]["unit"] == "d"
    assert curve["nadir_count"]["unit"] == curve["threshold"]["unit"] == curve["points"]["count"]["unit"] == "10*9/L"
    assert len({len(column["values"]) for column in curve["points"].values()}) == 1
    assert all(one["unit"] and one["population"] and one["source"] for one in curve["parameters"])
    assert {one["quantity"] for one in curve["parameters"]} >= {"mean_transit_time", "clearance", "drug_dose"}


def test_a_curve_as_csv(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run("timeline", "docetaxel", "--format", "csv").stdout)))

    points = [row for row in rows if row["quantity"] == "count"]
    assert len(points) > 100
    assert all(float(row["low"]) <= float(row["value"]) <= float(row["high"]) for row in points)
    assert all(row["unit"] and row["sources"] for row in rows if row["regimen"])


def test_svg_draws_the_thresholds_and_names_its_sources(run: Run, tmp_path: Path) -> None:
    first, second = tmp_path / "one.svg", tmp_path / "two.svg"
    for path, seed in ((first, "1"), (second, "2")):
        assert run("timeline", "docetaxel", "--output", str(path), environment={"PYTHONHASHSEED": seed}).returncode == 0
    text = first.read_text(encoding="utf-8")

    assert first.read_bytes() == second.read_bytes()
    assert "neutropenia: below 1.5" in text
    assert "severe neutropenia: below 0.5" in text
    assert "neutrophil count [× 10⁹/L]" in text
    assert "time since the first dose [days]" in text
    assert "DTAT" in text
    assert "<dc:date>" not in text


def test_windows_are_drawn_where_there_is_no_curve(run: Run, tmp_path: Path) -> None:
    for cause, words in (("carboplatin", "[days]"), ("glucocorticoid", "[hours]"), ("clozapine", "which counts fall")):
        path = tmp_path / f"{cause}.svg"
        assert run("timeline", cause, "-o", str(path)).returncode == 0
        assert words in path.read_text(encoding="utf-8")


def test_png(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "chart.png"
    assert run("timeline", "fluorouracil", "-o", str(path)).returncode == 0

    assert path.read_bytes().startswith(b"\x89PNG")


def test_a_chart_of_nothing_is_refused(run: Run, tmp_path: Path) -> None:
    for cause in ("plerixafor", "filgrastim"):
        path = tmp_path / f"{cause}.png"
        done = run("timeline", cause, "-o", str(path))
        assert done.returncode == 3
        assert f"no chart for {cause}" in done.stderr
        assert not path.exists()


def test_without_the_extra(run: Run, tmp_path: Path) -> None:
    for library in ("scipy", "matplotlib"):
        (tmp_path / library).mkdir()
        (tmp_path / library / "__init__.py").write_text("raise ImportError\n", encoding="utf-8")
    without = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}

    text = run("timeline", "docetaxel", environment=without)
    assert text.returncode == 0
    assert "No curve: the course of a count needs scipy, which is not installed" in text.stdout
    chart = run("timeline", "docetaxel", "--format", "svg", environment=without)
    assert chart.returncode == 3
    assert len(chart.stderr.strip().splitlines()) <= 2
    assert "LG601" in chart.stderr
    assert "leukograph[curves]" in chart.stderr
