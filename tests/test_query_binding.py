"""Parameters are terms: whatever is typed, no query changes its shape."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store

from leukograph.errors import BadQuery, WrongOption
from leukograph.queries import NamedQuery, bound
from leukograph.store.binding import bind, number_term, text_term

HOSTILE = [
    'x") } UNION { ?s ?p ?o } #',
    '"',
    "\\",
    '\\"',
    "a\nb\r\tc",
    "} } SERVICE <http://127.0.0.1/> { ?s ?p ?o",
    "?name",
    "<http://x/>",
    '"^^<http://x/>',
    '"@en',
    "'''",
    '"""',
    "# comment",
    "%s{0}",
    "\u202e\u200b",
    "\x1b]0;x\x07",
    "\\u0022",
    "UNDEF",
    "\x00",
    "=cmd|' /C calc'!A0",
    "🩸",
]


@pytest.fixture(scope="module")
def store() -> Store:
    store = Store()
    for name in ("one", "two", "three"):
        store.add(Quad(NamedNode(f"http://x/{name}"), NamedNode("http://x/name"), Literal(name)))
    return store


def rows(store: Store, query: str) -> list[str]:
    found = store.query(query)
    assert isinstance(found, QuerySolutions)
    return [str(row["name"].value) for row in found]


QUERY = "SELECT ?s ?name WHERE { ?s <http://x/name> ?name }"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_finds_nothing(store: Store, text: str) -> None:
    assert rows(store, bind(QUERY, {"name": text_term(text)})) == []


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_bound_text_comes_back_unchanged(text: str) -> None:
    bound_query = bind("SELECT ?name WHERE { }", {"name": text_term(text)})

    assert rows(Store(), bound_query) == [text]


def test_a_bound_value_restricts(store: Store) -> None:
    assert rows(store, bind(QUERY, {"name": text_term("two")})) == ["two"]
    assert len(rows(store, QUERY)) == 3


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (EXISTS { ?a ?b ?c } AS ?e) ?name { ?s <http://x/name> ?name }",
        "# { } \nSELECT ?name { # {\n ?s <http://x/name> ?name . FILTER(?name != '{') }",
        "PREFIX x: <http://x/> SELECT ?name WHERE { { SELECT * { ?s x:name ?name } } }",
        "SELECT ?name { { ?s <http://x/name> ?name } UNION { ?s <http://x/name> ?name } }",
    ],
)
def test_the_group_of_where_is_found(store: Store, query: str) -> None:
    assert set(rows(store, bind(query, {"name": text_term("two")}))) == {"two"}


def test_construct_is_bound_in_its_pattern(store: Store) -> None:
    query = bind("CONSTRUCT { ?s ?p ?name } WHERE { ?s ?p ?name }", {"name": text_term("two")})

    assert len(list(store.query(query))) == 1  # type: ignore[arg-type]


def test_a_short_construct_takes_no_parameters() -> None:
    with pytest.raises(BadQuery):
        bind("CONSTRUCT WHERE { ?s ?p ?o }", {"o": text_term("x")})


@pytest.mark.parametrize("text", ["-1", "0.5", "12", "+3.25"])
def test_numbers(text: str) -> None:
    assert float(number_term(text).value) == float(text)


@pytest.mark.parametrize("text", ["", "1e5", "NaN", "0x1", "1 }", "９", "--1", "1" * 40])
def test_no_numbers(text: str) -> None:
    with pytest.raises(WrongOption):
        number_term(text)


def test_undecodable_text_is_refused() -> None:
    with pytest.raises(WrongOption):
        text_term("\udcff")


HEADED = NamedQuery.from_text(
    "#+ param: term term required neutropenia\n#+ param: least number optional 3\nSELECT * { ?term ?p ?least }"
)


def test_terms_are_resolved() -> None:
    text = bound(HEADED, {"term": "low neutrophils", "least": "2"}, lambda name: "neutropenia")

    assert "VALUES ?term { <https://w3id.org/leukograph/neutropenia> }" in text
    assert 'VALUES ?least { "2"^^<http://www.w3.org/2001/XMLSchema#integer> }' in text


@pytest.mark.parametrize("given_", [{}, {"least": "1"}, {"term": "x", "other": "y"}, {"term": "x", "least": "many"}])
def test_parameters_must_fit(given_: dict[str, str]) -> None:
    with pytest.raises(WrongOption):
        bound(HEADED, given_, lambda name: name)


@pytest.mark.parametrize("header", ["#+ nonsense", "#+ param: x", "#+ param: x shoe required 42"])
def test_a_faulty_header_is_shown(header: str) -> None:
    with pytest.raises(BadQuery) as fault:
        NamedQuery.from_text(f"# a query\n{header}\nASK {{}}")

    assert fault.value.line == 2
