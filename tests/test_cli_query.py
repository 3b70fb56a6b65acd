"""`leukograph query` as a process: formats, errors, pipes, disks, terminals."""

from __future__ import annotations

import csv
import io
import json
import os
import socket
import subprocess
import sys
import threading
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from leukograph.queries import all_queries
from tests.conftest import Run

KINDS = "SELECT ?kind ?label { ?kind a lg:Kind ; rdfs:label ?label } ORDER BY ?kind"


def test_a_named_query_answers_with_a_table(run: Run) -> None:
    done = run("query", "causes-of-condition", "--param", "condition=neutropenia")

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0].split() == ["cause", "label", "kind", "observed"]
    assert "lg:mercaptopurine" in done.stdout


def test_a_table_keeps_the_order_of_the_variables(run: Run) -> None:
    done = run("query", "-e", "SELECT ?z ?a { VALUES (?z ?a) { (1 2) } }")

    assert [line.split() for line in done.stdout.splitlines()] == [["z", "a"], ["-", "-"], ["1", "2"]]


def test_formats_of_rows(run: Run) -> None:
    page = {form: run("query", "-e", KINDS, "-f", form).stdout for form in ("json", "csv", "tsv", "xml")}

    rows = json.loads(page["json"])["results"]["bindings"]
    assert len(rows) > 10
    assert len(list(csv.reader(io.StringIO(page["csv"])))) == len(rows) + 1
    assert page["tsv"].count("\n") == len(rows) + 1
    assert len(ElementTree.fromstring(page["xml"]).findall(".//{*}result")) == len(rows)


@pytest.mark.parametrize(
    ("form", "rdf"), [("turtle", RdfFormat.TURTLE), ("json", RdfFormat.JSON_LD), ("xml", RdfFormat.RDF_XML)]
)
def test_formats_of_triples(run: Run, form: str, rdf: RdfFormat) -> None:
    done = run("query", "neighbourhood", "--param", "term=clozapine", "-f", form)

    assert len(list(parse(done.stdout.encode(), format=rdf))) >= 20


def test_triples_are_turtle_by_default_and_stable(run: Run) -> None:
    pages = {
        run("query", "neighbourhood", "--param", "term=clozapine", environment={"PYTHONHASHSEED": seed}).stdout
        for seed in "123"
    }

    assert len(pages) == 1
    assert "\nlg:clozapine " in pages.pop()


def test_ask(run: Run) -> None:
    done = run("query", "-e", "ASK { lg:neutropenia a lg:nothing }")

    assert (done.returncode, done.stdout) == (0, "false\n")


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        (["-e", "SELECT * {\n  ?s ex:p ?o }"], "line 2, column 6"),
        (["-e", "SELECT * { ?s ?p }"], "line 1, column"),
        (["-e", "SELECT * FROM <file:///etc/passwd> {}"], "the store holds no graph <file:///etc/passwd>"),
        (["-e", "SELECT * FROM nowhere:x {}"], "line 1, column 15"),
        (["-e", "DROP ALL"], "line 1, column 1"),
    ],
)
def test_bad_queries_are_shown_with_their_place(run: Run, arguments: list[str], place: str) -> None:
    done = run("query", *arguments)

    assert done.returncode == 2
    assert place in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["no-such-query"],
        ["none.rq"],
        ["lifespans", "-e", "ASK {}"],
        ["lifespans", "--param", "about"],
        ["lifespans", "--param", "about=neutrophil", "--param", "about=monocyte"],
        ["lifespans", "--param", "shoe=42"],
        ["causes-of-condition"],
        ["causes-of-condition", "--param", "condition=nonesuch_at_all"],
        ["sources-by-year", "--param", "since=long ago"],
        ["lifespans", "-f", "turtle"],
        ["lifespans", "-f", "shoe"],
        ["neighbourhood", "--param", "term=clozapine", "-f", "csv"],
        ["-e", "ASK {}", "--timeout", "0"],
    ],
    ids=" ".join,
)
def test_wrong_questions_end_with_2(run: Run, arguments: list[str]) -> None:
    done = run("query", *arguments)

    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_no_request_goes_out(run: Run) -> None:
    """SERVICE, FROM and LOAD in many disguises: nobody calls, whatever comes out."""
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=lambda: _listen(server, calls), daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        for query in (
            f"SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
            f"SELECT * {{ SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}",
            f"PREFIX : <{url}> SELECT * {{ SERVICE:a {{ ?s ?p ?o }} }}",
            f"PREFIX e: <{url}> SELECT * {{ FILTER(1<2)SERVICEe:a#>\n{{ ?s ?p ?o }} }}",
            f"SELECT * FROM <{url}> {{ ?s ?p ?o }}",
            f"LOAD <{url}>",
        ):
            assert run("query", "-e", query).returncode == 2

    assert calls == []


def _listen(server: socket.socket, calls: list[object]) -> None:
    try:
        while True:
            calls.append(server.accept())
    except OSError:
        return


def test_a_cut_is_announced(run: Run) -> None:
    done = run("query", "-e", "SELECT * { ?s ?p ?o . ?a ?b ?c }", "--limit", "5")

    assert len(done.stdout.splitlines()) == 7
    assert "first 5 rows" in done.stderr


def test_a_timeout_ends_with_124(run: Run) -> None:
    done = run("query", "-e", "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "--timeout", "0.5")

    assert done.returncode == 124
    assert "0.5 s" in done.stderr


def test_nothing_found_ends_with_1(run: Run) -> None:
    for form in ("table", "json", "csv", "tsv", "xml"):
        done = run("query", "-e", "SELECT ?s { ?s lg:kills ?s }", "-f", form)

        assert done.returncode == 1, form
        assert "Nothing" in done.stderr


def test_a_check_that_finds_nothing_is_fine(run: Run) -> None:
    assert run("query", "influences-loop").returncode == 0


def test_a_file_and_standard_input(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.rq"
    path.write_text("#+ param: term term required neutropenia\nSELECT ?label { ?term rdfs:label ?label }")

    assert "neutropenia" in run("query", str(path), "--param", "term=low neutrophils").stdout
    assert "true" in run("query", "-", input="ASK { lg:neutropenia ?p ?o }").stdout


def test_output_goes_to_a_file_whose_extension_says_the_format(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "kinds.csv"

    assert run("query", "-e", KINDS, "-o", str(path)).returncode == 0
    assert path.read_bytes().startswith(b"kind,label\r\n")
    assert run("query", "-e", KINDS, "-o", str(path)).returncode == 2
    assert run("query", "-e", KINDS, "-o", str(path), "--force").returncode == 0


def test_the_list(run: Run) -> None:
    done = run("query", "--list")

    assert done.returncode == 0
    assert "causes-of-condition" in done.stdout
    assert "--param condition=neutropenia" in done.stdout


def test_the_list_as_data(run: Run) -> None:
    """Turtle in the convention of the SIB's examples, the same bytes on every run."""
    pages = {run("query", "--list", "-f", "turtle", environment={"PYTHONHASHSEED": seed}).stdout for seed in "12"}

    assert len(pages) == 1
    page = pages.pop()
    assert page.count("a sh:SPARQLExecutable") == len(all_queries())
    assert len(list(parse(page.encode(), format=RdfFormat.TURTLE))) > 300
    listed = json.loads(run("query", "--list", "-f", "json").stdout)
    assert [one["name"] for one in listed["queries"]] == [query.name for query in all_queries()]
    assert run("query", "--list", "-f", "csv").returncode == 2


HOSTILE = "SELECT ?x { VALUES ?x { '\x1b]0;owned\x07 \u202e \\r' } }"


@pytest.mark.parametrize("form", ["table", "json", "tsv", "xml"])
def test_hostile_text_is_shown_not_sent(run: Run, form: str) -> None:
    done = run("query", "-e", HOSTILE, "-f", form)

    assert done.returncode == 0, done.stderr
    assert not set("\x1b\x07\u202e\r") & set(done.stdout)


def test_hostile_text_in_an_error(run: Run) -> None:
    done = run("query", "-e", "SELECT \x1b[31m", "--param", "x=\x1b[31m")

    assert "\x1b" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [["-e", KINDS], ["-e", KINDS, "-f", "json"], ["--list"], ["lifespans"]])
def test_a_full_disk(arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "leukograph", "query", *arguments], stdout=full, stderr=subprocess.PIPE, text=True
        )

    assert done.returncode == 3
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
@pytest.mark.parametrize(
    "arguments", ["--list", "crosswalk --limit 0", "crosswalk -f json", "-e 'SELECT * { ?s ?p ?o }' -f tsv"]
)
def test_a_closed_pipe_ends_quietly(arguments: str) -> None:
    done = subprocess.run(
        f"{sys.executable} -m leukograph query {arguments} | head -1", shell=True, capture_output=True, text=True
    )

    assert done.stderr == ""
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize(
    "environment", [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}, {"NO_COLOR": "1"}, {"TERM": "dumb"}]
)
def test_poor_terminals(run: Run, environment: dict[str, str]) -> None:
    done = run("query", "text-search", "--param", "text=é", environment=environment)
    assert done.returncode in {0, 1}

    done = run("query", "competing-figures", environment=environment)
    assert done.returncode == 0
    assert "\x1b" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_from_names_graphs_of_a_store(run: Run, tmp_path: Path) -> None:
    path, store = tmp_path / "two.trig", str(tmp_path / "store")
    path.write_text("@prefix e: <http://e/> . e:s e:p 0 . e:g1 { e:s e:p 1 } e:g2 { e:s e:p 2 }", encoding="utf-8")
    assert run("load", str(path), "--store", store).returncode == 0

    def found(clauses: str, pattern: str = "{ ?s ?p ?o }") -> list[str]:
        done = run("query", "-e", f"SELECT ?o {clauses} {pattern} ORDER BY ?o", "--store", store, "-f", "csv")
        return str(done.stdout).split()[1:]

    assert found("") == ["0", "1", "2"]
    assert found("FROM <http://e/g1>") == found("FROM <http://e/g1> FROM <http://e/g1>") == ["1"]
    assert found("FROM <http://e/g1> FROM <http://e/g2>") == ["1", "2"]
    assert found("FROM NAMED <http://e/g2>") == []
    assert found("FROM NAMED <http://e/g2>", "{ GRAPH ?g { ?s ?p ?o } }") == ["2"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("g.ttl", "@prefix e: <http://e/> . e:s e:p 7 ."),
        ("g.nt", '<http://e/s> <http://e/p> "7"^^<http://www.w3.org/2001/XMLSchema#integer> .'),
        ("g.trig", "@prefix e: <http://e/> . e:g { e:s e:p 7 }"),
        ("g.jsonld", '{"@id": "http://e/s", "http://e/p": {"@value": 7}}'),
    ],
)
def test_a_file_of_any_form_is_asked(run: Run, tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")

    done = run("query", "-e", "SELECT ?o { ?s ?p ?o }", "--store", str(tmp_path / name), "-f", "csv")

    assert done.stdout.split() == ["o", "7"]
