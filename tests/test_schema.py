"""The published schema fits what the commands really print, and forbids what they do not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator

from leukograph.api import Leukograph
from leukograph.cache import release_file
from leukograph.compiled import Compiled
from leukograph.resources import PACKAGE
from tests.conftest import Run

FOREIGN = Path(__file__).parent / "data" / "foreign"
PATH = PACKAGE / "schemas" / "answers.schema.json"
SCHEMA = json.loads(PATH.read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
COMMANDS = [
    ("why", "chemotherapy"),
    ("why", "neutropenia", "--route", "release"),
    ("why", "vincristine", "--effect", "neutropenia"),
    ("why", "busulfan", "--feedback", "--via", "blood stem cells", "--avoid", "prednisone"),
    ("why", "chemotherapy", "--do", "filgrastim"),
    ("why", "fingolimod", "--remove", "fingolimod phosphate"),
    ("why-not", "filgrastim", "neutropenia"),
    ("why-not", "leucovorin", "neutropenia"),
    ("why-not", "mercaptopurine", "neutropenia", "--route", "destruction"),
    ("why-not", "rituximab", "neutropenia", "--after", "2y"),
    ("why-not", "dexamethasone", "monocytopenia", "--within", "12h"),
    ("compare", "clozapine", "methimazole"),
    ("compare", "dexamethasone", "sepsis", "--effect", "monocytopenia"),
    ("workup", "ANC=0.9", "hypersegmented neutrophils", "no:low serum folate", "--age", "60"),
    ("workup", "ANC=1.1", "leukopenia", "clozapine", "no:positive antinuclear antibody", "--duffy-null"),
    ("workup", "pancytopenia", "large spleen", "low immunoglobulins"),
    ("workup", "ANC=5", "--age", "3mo"),
    ("contradictions",),
    ("contradictions", "glucocorticoid"),
    ("reason",),
    ("prove", "fingolimod", "influences", "lymphocyte count"),
    ("prove", "agranulocytosis", "low white-cell count"),
    ("prove", "agranulocytosis", "agranulocytosis"),
    ("timeline", "docetaxel"),
    ("timeline", "HIV"),
    ("timeline", "whole-body irradiation"),
    ("causes", "lymphopenia"),
    ("path", "mercaptopurine", "neutrophil count"),
    ("describe", "neutrophil count"),
    ("describe", "acts through margination"),
    ("search", "azathioprin"),
    ("stats",),
    ("query", "--list"),
    ("diff", str(release_file())),
    ("check", "--list"),
    ("query", "--list"),
    ("check", str(FOREIGN / "kidney_upper_slim-excerpt.obo"), "--fail-on", "never"),
    ("check", str(FOREIGN / "ro_bfo_1_2_bridge-excerpt.owl")),
]


def faults(value: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in VALIDATOR.iter_errors(value)]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_real_output_fits(run: Run, command: tuple[str, ...]) -> None:
    done = run(*command, "--format", "json")

    assert done.returncode == 0, done.stderr
    assert faults(json.loads(done.stdout)) == []


def test_every_stored_answer_fits(graph: Leukograph) -> None:
    """By a second validator, which is quick enough for all of them."""
    compiled = graph._compiled
    assert isinstance(compiled, Compiled)
    quick = jsonschema_rs.validator_for(SCHEMA)
    answers = list(compiled.answers())

    assert [(verb, key) for verb, key, text in answers if not quick.is_valid(json.loads(text))] == []
    assert [found for _, _, text in answers[::50] if (found := faults(json.loads(text)))] == []
    assert not quick.is_valid({**json.loads(answers[0][2]), "extra": 1})


def test_every_shape_that_a_command_prints_is_published() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py")))
    printed = set(re.findall(r'"(leukograph\.[a-z-]+/\d+)"', code))

    assert printed == {name for name in SCHEMA["$defs"] if "/" in name}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda answer: answer.pop("release"),
        lambda answer: answer.update(extra=1),
        lambda answer: answer["effects"][0]["timing"][0].update(unit=""),
        lambda answer: answer["effects"][0]["chains"][0].update(sign="?"),
        lambda answer: answer["effects"][0]["verdict"].update(belief=1.5),
        lambda answer: answer.update(schema="leukograph.why/2"),
    ],
)
def test_what_no_command_prints_does_not_fit(run: Run, spoil: Any) -> None:
    answer = json.loads(run("why", "chemotherapy", "--format", "json").stdout)
    spoil(answer)

    assert faults(answer)
