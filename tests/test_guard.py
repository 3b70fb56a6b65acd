"""The gate: what a query may contain, and what can hide in one."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leukograph.errors import BadQuery, RefusedQuery
from leukograph.store import guard

HARMLESS = [
    "SELECT * { ?s ?p ?o }",
    "ASK { ?service <http://x/service> 'SERVICE <x> {}' } # FROM <x>",
    'PREFIX ex: <http://x/> SELECT ?from { ex:service ex:load """FROM "x" \n LOAD""" . ?s ?p "it\'s"@en-GB }',
    "SELECT * { ?s ?p 1.5, -1e5, .5 ; ?q true . FILTER(?a<?b && ?c>?d || ?e<=3) }",
    "SELECT (COUNT(*) AS ?n) { ?s lg:influences+/^rdfs:label|!skos:x ?o } GROUP BY ?s HAVING (COUNT(?o)>1)",
    "CONSTRUCT { ?s ?p [] } WHERE { ?s ?p ?o . VALUES (?s ?p) { (<http://x/#a> UNDEF) ('b' <http://x/from)>) } }",
    r"SELECT * { ?s ?p 'caf\u00e9 \\ \n', <http://x/caf\u00e9> , lg:a\-b , lg:a%20b, lg:a.b }",
    "DESCRIBE lg:neutropenia",
    "SELECT * { VALUES ?x {" + " 1" * 50_000 + "} }",
    "SELECT * { FILTER(?x IN (" + ",".join("1" * 50_000) + ")) }",
    "SELECT * { ?s <http://x/#p> <http://x/#from)> }",
    "SELECT *\r\n{\r\n?s ?p ?o }\r\n",
    "SELECT * { ?s ?p '''a'b''c''', '', \"\" }",
]


@pytest.mark.parametrize("query", HARMLESS, ids=range(len(HARMLESS)))
def test_harmless_queries_pass(query: str) -> None:
    assert guard.check(query) in {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}


REFUSED = {
    "service": ("SELECT * {\n  SERVICE <http://x/> { ?s ?p ?o } }", 2, 3),
    "silent": ("SELECT * { service silent ?x { } }", 1, 12),
    "no blank": ("SELECT * {?s ?p 1SERVICE<http://x/>{}}", 1, 18),
    "from": ("SELECT * FROM <file:///etc/passwd> {}", 1, 10),
    "from named": ("SELECT *\nfRoM\tNAMED <file:///etc/passwd> {}", 2, 1),
    "load": ("LOAD <http://x/>", 1, 1),
    "insert": ("INSERT DATA { <a:a> <a:b> <a:c> }", 1, 1),
    "delete": ("PREFIX a: <a:a>\nDELETE WHERE { ?s ?p ?o }", 2, 1),
    "clear": ("SELECT * {} ; CLEAR ALL", 1, 15),
    "with": ("WITH <a:b> DELETE {} WHERE {}", 1, 1),
    "after comment": ("ASK { # }\nSERVICE <http://x/> {} }", 2, 1),
    "after carriage return": ("ASK { # }\rSERVICE <http://x/> {} }", 1, 11),
    "escaped keyword": ("ASK { \\u0053ERVICE <http://x/> {} }", 1, 7),
    "escaped quote": ("ASK { ?s ?p 'a\\u0027 . SERVICE <http://x/> {} #' }", 1, 15),
    "escaped bracket": ("ASK { ?s ?p <a:\\U0000003E> }", 1, 16),
    "escaped line end": ("ASK { } # \\u000A SERVICE", 1, 11),
    # the next four were sent to the network by pyoxigraph 0.5.13
    "prefix read as keyword": ("PREFIX : <http://x/> SELECT * { SERVICE:a { ?s ?p ?o } }", 1, 33),
    "prefix with keyword": ("PREFIX ex: <http://x/> SELECT * { SERVICEex:a { ?s ?p ?o } }", 1, 35),
    "prefix after form": ("PREFIX ex: <http://x/> ASKFROMex:a{}", 1, 24),
    "less than, comment": ("PREFIX e: <http://x/> ASK { FILTER(?a<?b)SERVICEe:a#>\n) { ?s ?p ?o } }", 1, 38),
    "less than, long string": (
        "SELECT * { FILTER(?a<?b#>'''\n) SERVICE <http://x/> { ?s ?p ?o } #'''\n) }",
        1,
        21,
    ),
    "less than, string": ("SELECT * { FILTER(1<'x>' ) SERVICE <a:b> {} FILTER(1<'>) }", 1, 20),
    "depth": ("SELECT * " + "{" * 70 + "}" * 70, 1, 74),
    "path": ("SELECT * { ?s <a:a>" + "/<a:a>" * 200 + " ?o }", 1, 620),
    "union": ("SELECT * { {}" + " UNION {}" * 2000 + " }", 1, 9006),
    "sum": ("SELECT (1" + "+1" * 2000 + " AS ?x) {}", 1, 2010),
    "list": ("SELECT * { ?s ?p (" + "1 " * 200 + ") }", 1, 219),
    "length": ("SELECT * {" + " " * 200_000 + "}", 1, 200_001),
}


@pytest.mark.parametrize(("query", "line", "column"), REFUSED.values(), ids=REFUSED)
def test_what_leaves_the_graph_is_refused(query: str, line: int, column: int) -> None:
    with pytest.raises(RefusedQuery) as refusal:
        guard.check(query)

    assert (refusal.value.line, refusal.value.column) == (line, column)


FAULTY = {
    "keyword": ("SELECT * { ?s ?p ?o }\nORDR BY ?s", 2, 1, "ORDER"),
    "prefix": ("SELECT * { ?s ex:p ?o }", 1, 15, "ex:"),
    "string": ("SELECT * { ?s ?p 'x }", 1, 18, "string"),
    "open": ("SELECT * {\n  ?s ?p ?o", 1, 10, "'{'"),
    "closed": ("SELECT * { ?s ?p ?o }}", 1, 22, "closes nothing"),
    "crossed": ("SELECT * { (?s }", 1, 16, "another kind"),
    "character": ("SELECT * { ?s \x00 }", 1, 15, "x00"),
    "surrogate": ("SELECT * { ?s ?p '\ud800' }", 1, 19, "surrogate"),
    "empty": ("", 1, 1, "SELECT"),
}


@pytest.mark.parametrize(("query", "line", "column", "word"), FAULTY.values(), ids=FAULTY)
def test_faults_are_shown_where_they_are(query: str, line: int, column: int, word: str) -> None:
    with pytest.raises(BadQuery) as fault:
        guard.check(query)

    assert (fault.value.line, fault.value.column) == (line, column)
    assert word in str(fault.value)


PIECES = (
    "SELECT ASK WHERE FILTER SERVICE FROM LOAD { } ( ) < > <a:b> ?x 'a' ''' \" \\u0053 \\ # ex: :a lg:a _:b @en 1 . ;"
    " \n VALUES UNION PREFIX / | ^ ! * + -"
)


@settings(max_examples=400)
@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES.split(" ")), max_size=25).map("".join)))
def test_only_our_errors_come_out(text: str) -> None:
    with contextlib.suppress(RefusedQuery, BadQuery):
        guard.check(text)


@settings(max_examples=200)
@given(
    before=st.lists(st.sampled_from(["?s ?p ?o .", "{ }", "# x\n", "FILTER(1<2)", "?s ?p 'a' .", "\t"]), max_size=5),
    word=st.sampled_from(["SERVICE", "service", "SerVice"]),
    between=st.sampled_from([" ", "\n", "# comment\n", "\t", "\r", " SILENT ", ""]),
    after=st.sampled_from(["", " ?s ?p ?o", "# }\n", "FILTER(1<2)"]),
)
def test_a_planted_service_is_always_found(before: list[str], word: str, between: str, after: str) -> None:
    query = "SELECT * { " + " ".join(before) + f" {word}{between}<http://x/> {{ }} {after} }}"

    with pytest.raises(RefusedQuery):
        guard.check(query)


@pytest.mark.parametrize(
    "piece", ["a.", "a-", "_:a.", "'''", "<", "ex:a.", "(", "1e", "?a", "\\u0041", "@a", "'\\", ":", "#\n", "'"]
)
def test_no_text_takes_long(piece: str) -> None:
    start = time.perf_counter()

    with pytest.raises((RefusedQuery, BadQuery)):
        guard.check(piece * (guard.MAX_LENGTH // len(piece)))

    assert time.perf_counter() - start < 5


def test_the_engine_survives_what_passes() -> None:
    """At the limits nothing overflows the stack of the engine."""
    from pyoxigraph import Store

    deep, long = guard.MAX_DEPTH - 4, guard.MAX_OPERATORS - 10
    for query in (
        "ASK { FILTER(" + "IF(1,1," * deep + "1" + ")" * deep + ") }",
        "ASK { ?s ?p ?o " + "FILTER EXISTS { ?s ?p ?o " * (deep // 1) + "}" * deep + "}",
        "ASK {" + "OPTIONAL {" * deep + "}" * deep + "}",
        "ASK { FILTER(1" + "+1" * long + ") }",
        "ASK { {} " + "UNION {}" * long + "}",
        "ASK { " + " ".join(f"BIND({n} AS ?x{n})" for n in range(long)) + "}",
        "ASK { ?s " + "/".join(["<a:a>"] * guard.MAX_PATH) + " ?o }",
        "ASK { ?s ?p (" + "1 " * (guard.MAX_LIST - 10) + ") }",
    ):
        guard.check(query)
        Store().query(query)
