"""Names: what a person types leads to the term that is meant."""

from __future__ import annotations

import json
import random
import string
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, Store

from leukograph.cli.search import command
from leukograph.errors import AmbiguousName, DefinedName, UnknownName
from leukograph.knowledge import Knowledge
from leukograph.lookup import (
    IDENTIFIER,
    KEY,
    LABEL,
    NEAR_IDENTIFIER,
    RELATED_IDENTIFIER,
    SYNONYM,
    Match,
    NameIndex,
    NameRow,
    normalise,
    resolve_rows,
    rows_of,
)
from leukograph.model import Entry, Language, Term
from leukograph.store.reading import read_knowledge

RELEASE = Path(__file__).parent.parent / "ontology" / "leukograph.ttl"


@pytest.fixture(scope="module")
def shipped() -> NameIndex:
    store = Store()
    store.bulk_load(path=str(RELEASE), format=RdfFormat.TURTLE)
    return NameIndex.from_knowledge(read_knowledge(store))


def entry(key: str, label: str, *synonyms: str, kind: str = "drug", mappings: tuple[str, ...] = ()) -> Entry:
    return Entry(Term(key, label, kind), synonyms=synonyms, mappings=tuple(("exactMatch", curie) for curie in mappings))


def knowledge_of(*entries: Entry) -> Knowledge:
    return Knowledge("test", Language({}, {}, {}, {}), {one.key: one for one in entries}, {}, (), {})


SMALL = knowledge_of(
    entry("aids", "AIDS", "acquired immunodeficiency syndrome", kind="disease"),
    entry("azathioprine", "azathioprine", "Imuran", mappings=("CHEBI:2948",)),
    entry("chemotherapy", "chemotherapy", "cytotoxic chemotherapy", kind="drug_class"),
    entry("filgrastim", "filgrastim", "G-CSF", "granulocyte colony-stimulating factor"),
    entry("interferon_alpha", "interferon alpha", "IFN-α"),
    entry("interferon_beta", "interferon beta", "IFN-β"),
    entry("leukemia", "leukemia", kind="disease", mappings=("MONDO:0005059",)),
    entry("lupus", "systemic lupus erythematosus", "SLE", "lupus", kind="disease", mappings=("MONDO:0007915",)),
    entry("neutropenia", "neutropenia", "low neutrophils", kind="condition", mappings=("MONDO:0001475", "HP:0001875")),
    entry("neutrophil_count", "neutrophil count", "ANC", kind="level"),
    entry("sulfasalazine", "sulfasalazine", "Salazopyrin"),
)


@pytest.fixture(scope="module")
def small() -> NameIndex:
    return NameIndex.from_knowledge(SMALL)


# --- the normal form -------------------------------------------------------------


@settings(max_examples=1000, deadline=None)
@given(st.text(max_size=40) | st.text("abcdehiloprsuy's -", max_size=14) | st.text("αβμςʼ’éß ﬁⅣ²+/&", max_size=8))
def test_a_second_pass_changes_nothing(text: str) -> None:
    once = normalise(text)

    assert normalise(once) == once


@settings(max_examples=300, deadline=None)
@given(st.text(string.ascii_letters + " -", max_size=30))
def test_case_and_hyphens_make_no_difference(text: str) -> None:
    assert normalise(text) == normalise(text.upper()) == normalise(text.replace("-", " "))


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("anaemia", "anemia"),
        ("behaviour", "behavior"),
        ("ciclosporin", "cyclosporin"),
        ("coeliac", "celiac"),
        ("defence", "defense"),
        ("diarrhoea", "diarrhea"),
        ("dialysed", "dialyzed"),
        ("fibre", "fiber"),
        ("foetal", "fetal"),
        ("haematopoietic stem cells", "hematopoietic stem cell"),
        ("haemopoietic", "hematopoietic"),
        ("leucocytes", "leukocyte"),
        ("leukaemia", "leukemia"),
        ("neutrophil mobilisation", "neutrophil mobilization"),
        ("oedema", "edema"),
        ("oesophagus", "esophagus"),
        ("paediatric", "pediatric"),
        ("randomised", "randomized"),
        ("signalling", "signaling"),
        ("sulphasalazine", "sulfasalazine"),
        ("titre", "titer"),
        ("tumours", "tumor"),
    ],
)
def test_british_and_american_spelling_are_one(british: str, american: str) -> None:
    assert normalise(british) == normalise(american)


@pytest.mark.parametrize(
    ("many", "one"),
    [
        ("abscesses", "abscess"),
        ("antibodies", "antibody"),
        ("bacteria", "bacterium"),
        ("causes", "cause"),
        ("cells", "cell"),
        ("deficiencies", "deficiency"),
        ("diagnoses", "diagnosis"),
        ("diseases", "disease"),
        ("doses", "dose"),
        ("HSCs", "HSC"),
        ("metastases", "metastasis"),
        ("streptococci", "streptococcus"),
        ("thromboses", "thrombosis"),
        ("viruses", "virus"),
    ],
)
def test_plurals_are_one_with_their_singular(many: str, one: str) -> None:
    assert normalise(many) == normalise(one)


@pytest.mark.parametrize("word", ["virus", "lupus", "sepsis", "AIDS", "thrombosis", "thymus", "species", "illness"])
def test_what_only_ends_like_a_plural_is_kept(word: str) -> None:
    assert normalise(word) == word.lower()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("TNF-α", "TNF alpha"),
        ("β-lactam", "beta-lactam"),
        ("γδ T cells", "gamma delta T cell"),
        ("Sjögren's syndrome", "Sjogren syndrome"),
        ("Crohn’s disease", "Crohns disease"),
        ("CD4+ T‑cells", "CD4 T cell"),
        ("ﬁlgrastim", "filgrastim"),
    ],
)
def test_greek_letters_accents_and_marks_make_no_difference(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


# --- resolving -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Imuran", "azathioprine"),
        ("azathioprine", "azathioprine"),
        ("<https://w3id.org/leukograph/azathioprine>", "azathioprine"),
        ("https://w3id.org/leukograph/neutrophil_count", "neutrophil_count"),
        ("leukograph:neutrophil_count", "neutrophil_count"),
        ("neutrophil_count", "neutrophil_count"),
        ("anc", "neutrophil_count"),
        ("MONDO:0001475", "neutropenia"),
        ("mondo:0001475", "neutropenia"),
        ("http://purl.obolibrary.org/obo/HP_0001875", "neutropenia"),
        ("Leukaemia", "leukemia"),
        ("leukemias", "leukemia"),
        ("LUPUS", "lupus"),
        ("aids", "aids"),
        ("GCSF", "filgrastim"),
        ("ifn alpha", "interferon_alpha"),
        ("sulphasalazine", "sulfasalazine"),
        ("  low   neutrophil ", "neutropenia"),
    ],
)
def test_any_name_resolves(small: NameIndex, text: str, key: str) -> None:
    assert small.resolve(text) == key


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("chemoterapy", "chemotherapy"),
        ("neutropnia", "neutropenia"),
        ("nuetropenia", "neutropenia"),
        ("azathioprin", "azathioprine"),
        ("Imuram", "azathioprine"),
        ("systemic lupus erythematosis", "systemic lupus erythematosus"),
        ("leukemai", "leukemia"),
    ],
)
def test_a_misspelled_name_is_answered_with_the_closest_label(small: NameIndex, typed: str, label: str) -> None:
    with pytest.raises(UnknownName) as caught:
        small.resolve(typed)

    assert caught.value.close[0] == label
    assert len(caught.value.close) <= 5
    assert small.search(typed)[0].label == label


@pytest.mark.parametrize(
    "text", ["", " ", "+++", "xyzzyplugh", 'x") } UNION { ?s ?p ?o } #', "\0", "\ud800", "%s" * 99]
)
def test_what_is_no_name_is_unknown_and_finds_nothing(small: NameIndex, text: str) -> None:
    with pytest.raises(UnknownName):
        small.resolve(text)
    assert not small.search(text)


def test_a_very_long_text_is_unknown_at_once(small: NameIndex) -> None:
    with pytest.raises(UnknownName) as caught:
        small.resolve("neutropenia " * 20_000)

    assert len(str(caught.value)) < 300


def test_the_very_name_beats_an_equal_normal_form() -> None:
    index = NameIndex.from_knowledge(knowledge_of(entry("aid", "Aids"), entry("aids", "AIDS"), entry("aide", "aids")))

    assert [index.resolve(text) for text in ("Aids", "AIDS", "aids")] == ["aid", "aids", "aide"]


def test_a_label_beats_a_synonym_and_a_synonym_a_key() -> None:
    index = NameIndex.from_knowledge(
        knowledge_of(
            entry("steroid", "glucocorticoid", "cortisone"), entry("x", "y", "steroid"), entry("z", "cortisone")
        )
    )

    assert index.resolve("cortisones") == "z"
    assert index.resolve("steroids") == "x"


def test_an_exact_mapping_beats_a_close_one() -> None:
    rows = [
        NameRow("mondo 1", "MONDO:1", "near", "near", "disease", NEAR_IDENTIFIER),
        NameRow("mondo 1", "MONDO:1", "same", "same", "disease", IDENTIFIER),
    ]

    assert NameIndex(rows).resolve("MONDO:1") == "same"
    assert NameIndex(rows[:1]).resolve("MONDO:1") == "near"


def test_a_broad_mapping_is_suggested_but_names_nothing() -> None:
    index = NameIndex([NameRow("mondo 1", "MONDO:1", "part", "part", "disease", RELATED_IDENTIFIER)])

    with pytest.raises(UnknownName) as caught:
        index.resolve("MONDO:1")
    assert caught.value.close == ("part",)


def test_a_name_of_two_terms_is_ambiguous() -> None:
    index = NameIndex.from_knowledge(knowledge_of(entry("one", "leukaemia"), entry("two", "Leukemias")))

    with pytest.raises(AmbiguousName) as caught:
        index.resolve("leukemia")
    assert caught.value.keys == ("one", "two")
    assert index.resolve("leukaemia") == "one"


def test_an_exact_name_needs_only_the_rows_of_its_normal_form() -> None:
    rows = rows_of(SMALL)

    def all_rows() -> list[NameRow]:
        raise AssertionError("all rows were read")

    assert (
        resolve_rows("Imuran", lambda normal: [row for row in rows if row.normal == normal], all_rows) == "azathioprine"
    )


def test_rows_hold_every_name_with_its_rank() -> None:
    rows = [row for row in rows_of(SMALL) if row.key == "azathioprine"]

    assert [(row.name, row.rank) for row in rows] == [
        ("azathioprine", LABEL),
        ("Imuran", SYNONYM),
        ("azathioprine", KEY),
        ("CHEBI:2948", IDENTIFIER),
    ]
    assert NameIndex.from_rows([(*row,) for row in rows]).resolve("imuran") == "azathioprine"


# --- searching -------------------------------------------------------------------


def test_matches_are_ranked_by_how_they_fit(small: NameIndex) -> None:
    found = small.search("interferon")

    assert [match.key for match in found] == ["interferon_alpha", "interferon_beta"]
    assert [match.key for match in small.search("penia")] == ["neutropenia"]
    assert small.search("factor stimulating")[0].key == "filgrastim"
    assert small.search("cytotoxc chemoterapy")[0].key == "chemotherapy"


def test_scores_fall_and_the_limit_holds(small: NameIndex) -> None:
    found = small.search("neutro", limit=5)

    assert [match.score for match in found] == sorted((match.score for match in found), reverse=True)
    assert all(0 < match.score <= 1 for match in found)
    assert len(small.search("neutro", limit=1)) == 1
    assert small.search("neutropenia")[0].score == 1


def test_the_order_of_the_rows_makes_no_difference(shipped: NameIndex) -> None:
    shuffled = list(shipped.rows)
    random.Random(1).shuffle(shuffled)

    for text in ("count", "cell", "neutropnia", "low lymphocite count"):
        assert NameIndex(shuffled).search(text, 20) == shipped.search(text, 20)


# --- the shipped names -------------------------------------------------------------


def test_every_shipped_name_resolves_to_its_own_term(shipped: NameIndex) -> None:
    for row in shipped.rows:
        if row.rank < KEY:
            assert row.key in resolved(shipped, row.name), row


def resolved(index: NameIndex, text: str) -> tuple[str, ...]:
    """Return the term that a text names, or all of them when it is ambiguous."""
    try:
        return (index.resolve(text),)
    except DefinedName as error:
        return (error.key,)
    except AmbiguousName as error:
        return error.keys


def edited(name: str, place: int, letter: str, how: str) -> str:
    place %= len(name)
    before, at, after = name[:place], name[place], name[place + 1 :]
    return {
        "missing": before + after,
        "extra": before + letter + at + after,
        "wrong": before + letter + after,
        "turned": before + after[:1] + at + after[1:],
    }[how]


@settings(max_examples=200, deadline=None, derandomize=True)  # the names grow under it
@given(
    pick=st.integers(min_value=0),
    place=st.integers(min_value=0, max_value=200),
    letter=st.sampled_from(string.ascii_lowercase),
    how=st.sampled_from(["missing", "extra", "wrong", "turned"]),
)
def test_one_slip_still_finds_the_label(shipped: NameIndex, pick: int, place: int, letter: str, how: str) -> None:
    labels = [row for row in shipped.rows if row.rank == LABEL and len(row.name) >= 6]
    row = labels[pick % len(labels)]
    typed = edited(row.name, place, letter, how)
    found = shipped.search(typed)
    begun = found[0].label.casefold().startswith(typed.casefold())
    if found[0].key != row.key and (found[0].score >= 0.95 or begun):
        return  # the slip made another name, or the beginning of one: "splen" for "spleen"

    assert row.key in [match.key for match in found[:5]], typed


# --- the command -------------------------------------------------------------------


class StandIn:
    """Stands for the loaded graph."""

    def __init__(self, names: NameIndex) -> None:
        self.names = names

    def search(self, text: str, limit: int) -> list[Match]:
        return self.names.search(text, limit)

    def looked_for(self, name: str) -> str:
        return ""


@pytest.fixture
def search(small: NameIndex, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    odd = NameRow("odd", "=odd\x1b[31m", "odd", "=odd\x1b[31m", "drug", LABEL)
    names = NameIndex([*small.rows, odd])
    monkeypatch.setattr("leukograph.api.load", lambda: StandIn(names))
    return lambda *arguments: CliRunner().invoke(command, arguments, standalone_mode=False)


def test_text_gives_a_line_a_match_with_the_name_when_it_is_another(search: Callable[..., Result]) -> None:
    assert search("Imuran").stdout == "azathioprine  drug  azathioprine  (Imuran)\n"
    assert search("interferon", "--limit", "1").stdout == "interferon alpha  drug  interferon_alpha\n"


def test_what_a_label_hides_is_shown(search: Callable[..., Result]) -> None:
    assert search("odd").stdout == "=odd\\x1b[31m  drug  odd\n"


def test_json_gives_the_same(search: Callable[..., Result]) -> None:
    value = json.loads(search("ANC", "--format", "json").stdout)

    assert value["schema"] == "leukograph.search/1"
    assert value["question"] == {"text": "ANC"}
    assert value["matches"][0] == {
        "key": "neutrophil_count",
        "iri": "https://w3id.org/leukograph/neutrophil_count",
        "label": "neutrophil count",
        "kind": "level",
        "name": "ANC",
        "score": 1.0,
    }


def test_tables_have_a_header_and_csv_is_safe_to_open(search: Callable[..., Result], tmp_path: Path) -> None:
    path = tmp_path / "found.tsv"
    search("odd", "-o", str(path))

    assert path.read_text() == "label\tkind\tkey\tname\tscore\n=odd\x1b[31m\tdrug\todd\t=odd\x1b[31m\t0.9800\n"
    assert search("odd", "-f", "csv").stdout.splitlines()[1].lstrip('"').startswith("'=odd")


@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_nothing_found_is_said_in_one_line(search: Callable[..., Result], form: str) -> None:
    done = search("xyzzyplugh", "--format", form)

    assert done.return_value == 1
    if form == "text":
        assert done.stderr == "Nothing in the graph has a name like 'xyzzyplugh'.\n"
        assert done.stdout == ""
    if form == "json":
        assert json.loads(done.stdout)["matches"] == []
