"""Nothing hidden in a label reaches a terminal."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse

from leukograph.render import results
from leukograph.render.safe import visible
from leukograph.store.embedded import evaluate

HIDDEN = {"Cc", "Cs", "Cf", "Co", "Zl", "Zp"}
NASTY = "x\x1b[31m\x07\x85\u202e\u2066\u200b\r\n\t\U000e0041y"


@given(st.text(alphabet=st.characters()))
def test_nothing_hidden_is_left(text: str) -> None:
    shown = visible(text)

    assert not [
        c for c in shown if unicodedata.category(c) in HIDDEN and not unicodedata.name(c, "").startswith("ARABIC")
    ]


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "Sm", "Sc"])))
def test_plain_text_stays(text: str) -> None:
    assert visible(text) == results_of_fillers(text)


def results_of_fillers(text: str) -> str:
    """Hangul fillers are letters that nobody sees; they are escaped all the same."""
    return "".join(f"\\u{ord(c):04x}" if c in "\u115f\u1160\u3164\uffa0" else c for c in text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("a\r\nb\tc", "a\\r\\nb\\tc"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202eabc", "\\u202eabc"),
        ("\u2067\u200d\ufeff", "\\u2067\\u200d\\ufeff"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("Sjögren – café 1 × 10⁹/L", "Sjögren – café 1 × 10⁹/L"),
    ],
)
def test_what_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.fixture
def store() -> Store:
    store = Store()
    store.add(Quad(NamedNode("http://x/s"), NamedNode("http://x/label"), Literal(NASTY)))
    return store


def answer(store: Store, form: str, query: str = "SELECT ?o { ?s ?p ?o }") -> bytes:
    output = io.BytesIO()
    evaluate(store, query, form, output)
    return output.getvalue()


@pytest.mark.parametrize("form", ["json", "xml", "tsv"])
def test_no_format_carries_it_raw(store: Store, form: str) -> None:
    text = results.engine_text(answer(store, form), form)

    assert not [c for c in text if unicodedata.category(c) in HIDDEN and c not in "\n\t"]


def test_json_loses_nothing(store: Store) -> None:
    text = results.engine_text(answer(store, "json"), "json")

    assert json.loads(text)["results"]["bindings"][0]["o"]["value"] == NASTY


def test_turtle_loses_nothing(store: Store) -> None:
    text = results.engine_text(answer(store, "turtle", "CONSTRUCT WHERE { ?s ?p ?o }"), "turtle")

    assert next(parse(text.encode(), format=RdfFormat.TURTLE)).object.value == NASTY


def test_xml_stays_xml(store: Store) -> None:
    root = ElementTree.fromstring(results.engine_text(answer(store, "xml"), "xml"))

    assert "\\x1b[31m" in "".join(root.itertext())


def test_a_table_has_one_line_a_row(store: Store) -> None:
    page = results.table(results.Results.from_json(answer(store, "json")))

    assert page.splitlines()[2] == visible(NASTY)
    assert len(page.splitlines()) == 3


def test_a_coloured_table_obeys_no_label(store: Store) -> None:
    store.add(Quad(NamedNode("http://x/t"), NamedNode("http://x/label"), Literal("[bold red]markup[/] :smile:")))
    page = results.colour_table(results.Results.from_json(answer(store, "json")), 200)

    assert visible(NASTY) in page
    assert "[bold red]markup[/] :smile:" in page


@pytest.mark.parametrize("label", ["=1+1", "+x", "-x", "@x", "\tx", "\rx", '=HYPERLINK("http://x","a,b")\n'])
def test_csv_holds_no_formula(label: str) -> None:
    store = Store()
    store.add(Quad(NamedNode("http://x/s"), NamedNode("http://x/label"), Literal(label)))
    page = results.csv(results.Results.from_json(answer(store, "json")))

    assert list(csv.reader(io.StringIO(page, newline=""))) == [["o"], [f"'{label}"]]


def test_numbers_are_no_formulas() -> None:
    page = results.csv(
        results.Results.from_json(answer(Store(), "json", "SELECT (-1 AS ?a) (-1.5e3 AS ?b) ('-2' AS ?c) {}"))
    )

    assert page == "a,b,c\r\n-1,-1.5e3,-2\r\n".replace("-1.5e3", page.split("\r\n")[1].split(",")[1])
    assert "'" not in page


def test_iris_are_shortened() -> None:
    assert results.short("https://w3id.org/leukograph/claim/a.causes.b") == "claim:a.causes.b"
    assert results.short("http://purl.obolibrary.org/obo/CL_0000775") == "CL:0000775"
    assert results.short("https://w3id.org/leukograph/a/b\x1b") == "https://w3id.org/leukograph/a/b\x1b"
