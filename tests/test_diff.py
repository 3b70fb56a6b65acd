"""What changed between two releases: every kind found, named rightly, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from leukograph.diff import Diff, diff
from leukograph.diff.answers import answer_changes, causes_to_ask
from leukograph.explain import Explainer
from leukograph.knowledge import Knowledge
from leukograph.model import Claim, Entry, Evidence, Figure
from leukograph.render import answer_json, diff_json, diff_text
from leukograph.resources import PACKAGE
from tests.small_graphs import BACKBONE, TERMS, claim, knowledge

VALIDATOR = Draft202012Validator(json.loads((PACKAGE / "schemas" / "answers.schema.json").read_text(encoding="utf-8")))
CLAIMS = """
    doxorubicin kills precursors probable
    clozapine causes neutropenia probable
    clozapine eased_by filgrastim
"""
MORE_TERMS = """
    clozapine drug
    filgrastim drug
    spare drug_class
    spare_kind drug_class < spare
"""


def base() -> Knowledge:
    graph = knowledge(TERMS + MORE_TERMS, BACKBONE + CLAIMS)
    kinds = {k: one._replace(up="{label} rises", down="{label} falls") for k, one in graph.language.kinds.items()}
    graph = replace(graph, language=graph.language._replace(kinds=kinds))
    sources = {key: graph.sources["page"]._replace(key=key) for key in ("page", "other", "third")}
    graph = replace(graph, sources={**graph.sources, **sources}, figures=(figure(graph, 7), figure(graph, 9, "third")))
    return with_claim(graph, "clozapine.causes.neutropenia", evidence=(row("page"), row("other", "seen twice")))


def figure(graph: Knowledge, value: float, source: str = "page", key: str = "") -> Figure:
    term = graph.term("neutrophil_count")
    return Figure(key or source, (term,), "half_life", value, None, None, "", "h", "adults", "label", source)


def row(source: str, note: str = "", verdict: str = "supports", kind: str = "trial") -> Evidence:
    return Evidence(verdict, kind, "", note, source)  # type: ignore[arg-type]


# --- one planted change ------------------------------------------------------------


def with_entry(graph: Knowledge, key: str, **changes: object) -> Knowledge:
    """Change a term; the claims and figures about it name the changed one."""
    entry: Entry = graph.entries[key]._replace(**changes)  # type: ignore[arg-type]

    def now(claim: Claim) -> Claim:
        subject, object_ = (entry.term if one.key == key else one for one in (claim.subject, claim.object))
        return claim._replace(subject=subject, object=object_)

    claims = {name: now(one) for name, one in graph.claims.items()}
    figures = tuple(
        one._replace(about=tuple(entry.term if term.key == key else term for term in one.about))
        for one in graph.figures
    )
    return replace(graph, entries={**graph.entries, key: entry}, claims=claims, figures=figures)


def with_claim(graph: Knowledge, key: str, **changes: object) -> Knowledge:
    changed: Claim = graph.claims[key]._replace(**changes)  # type: ignore[arg-type]
    return replace(graph, claims={**graph.claims, key: changed})


def without_term(graph: Knowledge, key: str) -> Knowledge:
    return replace(graph, entries={name: entry for name, entry in graph.entries.items() if name != key})


def plus_claim(graph: Knowledge, line: str) -> Knowledge:
    subject, relation, object_, *more = line.split()
    one = claim(dict(graph.entries), subject, relation, object_, more)
    return replace(graph, claims=dict(sorted({**graph.claims, one.key: one}.items())))


def renamed(graph: Knowledge) -> Knowledge:
    term = graph.term("clozapine")._replace(label="Clozaril")
    return with_entry(graph, "clozapine", term=term, up="Clozaril rises", down="Clozaril falls")


def regraded(graph: Knowledge) -> Knowledge:
    """A claim without a level or condition at its end, so that no answer hangs on it."""
    return with_claim(graph, "clozapine.eased_by.filgrastim", grade="probable", belief=0.7)


def language(graph: Knowledge) -> Knowledge:
    relation = graph.language.relations["kills"]._replace(reads="destroys")
    words = graph.language._replace(relations={**graph.language.relations, "kills": relation}, quantities={"x": "X"})
    return replace(graph, language=words)


def refuted(graph: Knowledge) -> Knowledge:
    return with_claim(graph, "clozapine.eased_by.filgrastim", grade="refuted", belief=0.0)


SEEN = "clozapine.causes.neutropenia"
LOW = ("leukopenia", "neutropenia")
#: what is planted, and all that is then to be said
PLANTED: dict[str, tuple[Callable[[Knowledge], Knowledge], set[str]]] = {
    "nothing": (lambda graph: graph, set()),
    "term added": (
        lambda graph: knowledge_with(graph, "newine drug"),
        {"term newine added"},
    ),
    "term dropped": (
        lambda graph: replace(without_term(graph, "spare_kind"), retired={"spare_kind": "spare"}),
        {"term spare_kind dropped for spare"},
    ),
    "renamed": (renamed, {"term clozapine renamed"}),
    "another kind": (
        lambda graph: with_entry(graph, "spare", term=graph.term("spare")._replace(kind="drug")),
        {"term spare kind"},
    ),
    "defined anew": (lambda graph: with_entry(graph, "spare", definition="A spare."), {"term spare definition"}),
    "phrased anew": (lambda graph: with_entry(graph, "spare", up="more of it"), {"term spare phrases"}),
    "under a class": (
        lambda graph: with_entry(graph, "filgrastim", parents=("spare_kind",)),
        {"term filgrastim parents", "inferred filgrastim spare came"},
    ),
    "no longer under a class": (
        lambda graph: with_entry(graph, "spare_kind", parents=()),
        {"term spare_kind parents"},
    ),
    "name": (lambda graph: with_entry(graph, "spare", synonyms=("extra",)), {"name spare +extra"}),
    "mapping": (
        lambda graph: with_entry(graph, "spare", mappings=(("exactMatch", "CHEBI:1"),)),
        {"mapping spare +exactMatch:CHEBI:1"},
    ),
    "claim added": (
        lambda graph: plus_claim(graph, "spare increases toxin probable"),
        {"claim spare.increases.toxin added"},
    ),
    "claim refuted": (refuted, {"claim clozapine.eased_by.filgrastim refuted"}),
    "claim regraded": (regraded, {"claim clozapine.eased_by.filgrastim grade"}),
    "belief": (lambda graph: with_claim(graph, SEEN, belief=0.71), {f"claim {SEEN} belief"}),
    "stage": (lambda graph: with_claim(graph, SEEN, stage="late"), {f"claim {SEEN} evidence"}),
    "evidence came": (
        lambda graph: with_claim(graph, SEEN, evidence=(*graph.claims[SEEN].evidence, row("third"))),
        {f"claim {SEEN} evidence", f"row {SEEN} +third"},
    ),
    "evidence went": (
        lambda graph: with_claim(graph, SEEN, evidence=graph.claims[SEEN].evidence[1:]),
        {f"claim {SEEN} evidence", f"row {SEEN} -page"},
    ),
    "evidence told otherwise": (
        lambda graph: with_claim(graph, SEEN, evidence=(row("page"), row("other", "seen thrice"))),
        {f"claim {SEEN} evidence", f"row {SEEN} ~other"},
    ),
    "evidence turned": (
        lambda graph: with_claim(graph, SEEN, evidence=(row("page"), row("other", "seen twice", "refutes"))),
        {f"claim {SEEN} evidence", f"row {SEEN} +other", f"row {SEEN} -other"},
    ),
    "evidence in another order": (
        lambda graph: with_claim(graph, SEEN, evidence=graph.claims[SEEN].evidence[::-1]),
        set(),
    ),
    "figure added": (
        lambda graph: replace(graph, figures=(*graph.figures, figure(graph, 8, "other"))),
        {"figure other added"},
    ),
    "figure gone": (lambda graph: replace(graph, figures=graph.figures[1:]), {"figure page gone"}),
    "figure changed": (
        lambda graph: replace(graph, figures=(figure(graph, 8), *graph.figures[1:])),
        {"figure page changed"},
    ),
    "figure under another number": (
        lambda graph: replace(graph, figures=(figure(graph, 7, key="page.2"), *graph.figures[1:])),
        set(),
    ),
    "source": (
        lambda graph: replace(graph, sources={**graph.sources, "third": graph.sources["third"]._replace(year=2001)}),
        {"source third changed"},
    ),
    "language": (language, {"language relation kills changed", "language quantity x added"}),
    "answer appeared": (
        lambda graph: plus_claim(graph, "filgrastim causes neutropenia reported"),
        {
            "claim filgrastim.causes.neutropenia added",
            "answer filgrastim neutropenia appeared",
        },
    ),
    "answer vanished": (
        lambda graph: with_claim(graph, SEEN, grade="refuted", belief=0.0),
        {f"claim {SEEN} refuted", "answer clozapine neutropenia vanished"},
    ),
    "answer turned": (
        lambda graph: plus_claim(
            replace(graph, claims={k: v for k, v in graph.claims.items() if k != SEEN}),
            "clozapine decreases neutropenia",
        ),
        {
            f"claim {SEEN} gone",
            "claim clozapine.decreases.neutropenia added",
            "answer clozapine neutropenia sign",
        },
    ),
    "answer surer": (
        lambda graph: with_claim(graph, SEEN, grade="established", belief=0.9),
        {f"claim {SEEN} grade", "answer clozapine neutropenia grade"},
    ),
    "answer of a class": (
        lambda graph: with_claim(graph, "doxorubicin.kills.precursors", grade="established", belief=0.9),
        {
            "claim doxorubicin.kills.precursors grade",
            *(f"answer {cause} {low} grade" for cause in ("cytotoxic", "doxorubicin") for low in LOW),
        },
    ),
}


def knowledge_with(graph: Knowledge, line: str) -> Knowledge:
    """Return a graph with one term more."""
    more = knowledge(TERMS + line, BACKBONE).entries
    (key,) = set(more) - set(knowledge(TERMS, BACKBONE).entries)
    return replace(graph, entries=dict(sorted({**graph.entries, key: more[key]}.items())))


def compared(old: Knowledge, new: Knowledge) -> Diff:
    return diff(Explainer(old), Explainer(new))


def told(found: Diff) -> set[str]:
    """Return everything that a comparison says, a line each."""
    lines = set()
    for term in found.terms:
        instead = f" for {term.replaced_by.key}" if term.replaced_by else ""
        lines |= {f"term {term.entry.key} {what}{instead}" for what in term.what}
    for part, gains in (("name", found.names), ("mapping", found.mappings)):
        for one in gains:
            for sign, items in (("+", one.gained), ("-", one.lost)):
                lines |= {f"{part} {one.term.key} {sign}{i if isinstance(i, str) else ':'.join(i)}" for i in items}
    for claim_ in found.claims:
        lines.add(f"claim {claim_.claim.key} {claim_.what}")
        lines |= {f"row {claim_.claim.key} +{one.source}" for one in claim_.gained}
        lines |= {f"row {claim_.claim.key} -{one.source}" for one in claim_.lost}
        lines |= {f"row {claim_.claim.key} ~{one.either.source}" for one in claim_.reworded}
    lines |= {f"figure {one.either.key} {one.what}" for one in found.figures}
    lines |= {f"source {one.either.key} {one.what}" for one in found.source_changes}
    lines |= {f"inferred {one.term.key} {one.ancestor.key} {one.what}" for one in found.inferred}
    lines |= {f"language {one.part} {one.key} {one.what}" for one in found.language}
    return lines | {f"answer {one.cause.key} {one.effect.key} {one.what}" for one in found.answers}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_change_is_found_named_and_nothing_else(name: str) -> None:
    plant, expected = PLANTED[name]

    found = compared(base(), plant(base()))

    assert told(found) == expected
    assert found.is_empty == (not expected)


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_change_fits_the_schema_and_is_told(name: str) -> None:
    old, new = base(), PLANTED[name][0](base())
    found = compared(old, new)

    faults = [error.message for error in VALIDATOR.iter_errors(diff_json.encode(found))]
    text, markdown = diff_text.render(found, old, new), diff_text.markdown(found, old, new)

    assert faults == []
    assert len(re.findall(r"(?m)^  - ", text)) == len(re.findall("(?m)^- ", markdown)) > 0 or found.is_empty
    assert ("Nothing changed" in text) == ("Nothing changed" in markdown) == found.is_empty


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("answer appeared", "filgrastim now explains neutropenia (reported; the way is not known)"),
        ("answer vanished", "no longer: clozapine explains neutropenia (probable; the way is not known)"),
        (
            "answer turned",
            "clozapine now counters neutropenia (established; the way is not known; before: explained, probable)",
        ),
        (
            "answer of a class",
            "cytotoxic (with doxorubicin) explains leukopenia and neutropenia: from probable to established",
        ),
        (
            "claim regraded",
            "clozapine eased_by filgrastim: belief 0.90 -> 0.70, from established to probable, by other weights",
        ),
        ("evidence came", "clozapine causes neutropenia, for it: trial [1]"),
        ("term dropped", "spare kind (drug_class); in its place: spare"),
        ("renamed", "clozapine is now called Clozaril"),
        ("under a class", "filgrastim: now under spare kind"),
        ("name", "spare: also called extra"),
        ("mapping", "spare: now exact match CHEBI:1"),
        ("figure changed", "neutrophil count: half_life 8 hours, adults, label [1] (was 7 hours, adults, label)"),
    ],
)
def test_the_sentences(name: str, sentence: str) -> None:
    old, new = base(), PLANTED[name][0](base())

    text = diff_text.render(compared(old, new), old, new, width=400)

    assert f"  - {sentence}\n" in text


def test_why_a_belief_changed_is_told_with_the_new_sources() -> None:
    old, more = base(), (*base().claims[SEEN].evidence, row("third"))
    new = with_claim(old, SEEN, evidence=more, grade="established", belief=0.88)

    text = diff_text.render(compared(old, new), old, new, width=400)

    assert (
        "clozapine causes neutropenia: belief 0.70 -> 0.88, from probable to established, by 1 more source [1]" in text
    )


def test_what_a_label_hides_is_shown_and_nothing_is_taken_for_markup() -> None:
    label = "a*b_[1] <i>\x1b[31m\x1fpage\x1f\x1f99\x1f"
    old = base()
    term = old.term("spare")._replace(label=label)
    new = with_entry(old, "spare", term=term, up=label, synonyms=("[2] x",))

    text, markdown = (
        diff_text.render(compared(old, new), old, new, width=400),
        diff_text.markdown(compared(old, new), old, new),
    )

    assert "\x1b" not in text + markdown
    assert "also called [2] x" in text
    assert r"a\*b\_\[1\] \<i>\\x1b" in markdown


def test_long_blocks_end_with_how_many_are_left() -> None:
    old = base()
    new = old
    for n in range(7):
        new = plus_claim(knowledge_with(new, f"drug{n} drug"), f"drug{n} increases toxin")
    found = compared(old, new)

    assert "    and 5 more (--format json)" in diff_text.render(found, old, new, limit=2)
    assert "- and 5 more\n" in diff_text.markdown(found, old, new, limit=2)
    assert "drug0, drug1 and 5 more" in diff_text.render(found, old, new, limit=2)
    assert "more" not in diff_text.markdown(found, old, new, limit=7)


# --- random pairs --------------------------------------------------------------------

RANDOM_TERMS = tuple(f"d{n}" for n in range(5))
CLASSES = ("c0", "c1", "c2")
LINKS = ("m0", "m1", "m2", "m3")
ENDS = ("neutrophil_production", "neutrophil_destruction", "precursors")
GRADE = st.sampled_from(["established", "probable", "reported", "contested", "refuted"])
#: (subject, relation, object) -> grade and stage
Claims = dict[tuple[str, str, str], str]
HOW = st.builds("{} {}".format, GRADE, st.sampled_from(["", "stage=early"]))
SUBJECTS = (*RANDOM_TERMS, *CLASSES, *LINKS)


@st.composite
def random_claims(draw: st.DrawFn) -> Claims:
    """Draw claims that run forward only, as `influences` has no loop."""
    objects = st.sampled_from((*LINKS, *ENDS, "neutropenia", "leukopenia", "neutrophil_count", "agranulocytosis"))
    found: Claims = {}
    for _ in range(draw(st.integers(0, 14))):
        subject, object_ = draw(st.sampled_from(SUBJECTS)), draw(objects)
        if subject in LINKS and object_ in LINKS and subject >= object_:
            continue
        is_end = object_ in {"neutropenia", "leukopenia", "agranulocytosis"}
        relation = "causes" if is_end and draw(st.booleans()) else draw(st.sampled_from(["increases", "decreases"]))
        found[subject, relation, object_] = draw(HOW)
    return found


@st.composite
def random_parents(draw: st.DrawFn) -> dict[str, str]:
    """Draw the classes of the drugs and of the classes themselves, without a loop."""
    parents = {key: draw(st.sampled_from(["", *CLASSES])) for key in RANDOM_TERMS}
    parents |= {"c1": draw(st.sampled_from(["", "c0"])), "c2": draw(st.sampled_from(["", "c0", "c1"])), "c0": ""}
    return parents


#: A link through which so much may run that a chain through it is padding.
HUB = "".join(f"\n hub increases b{n}" for n in range(4)) + "".join(f"\n a{n} increases hub" for n in range(3))
HUB_TERMS = "\n hub molecule" + "".join(f"\n a{n} molecule\n b{n} molecule" for n in range(4))


def graph_of(claims: Claims, parents: dict[str, str], names: set[str]) -> Knowledge:
    lines = [f"{key} drug{'_class' if key in CLASSES else ''}{' < ' + up if up else ''}" for key, up in parents.items()]
    terms = TERMS + HUB_TERMS + "\n" + "\n".join([*lines, *(f"{key} molecule" for key in LINKS)])
    text = BACKBONE + HUB + "".join(f"\n {' '.join(key)} {how}" for key, how in claims.items())
    graph = knowledge(terms, text + "\n b0 increases m0\n b1 increases neutrophil_destruction")
    entries = {key: e._replace(synonyms=("n",)) if key in names else e for key, e in graph.entries.items()}
    return replace(graph, entries=entries)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Knowledge, Knowledge]:
    """Draw two graphs that have most in common."""
    claims, parents = draw(random_claims()), draw(random_parents())
    names = draw(st.sets(st.sampled_from(SUBJECTS), max_size=2))
    now, up = dict(claims), dict(parents)
    for gone in draw(st.sets(st.sampled_from(sorted(claims)), max_size=3)) if claims else ():
        now.pop(gone)
    for again in draw(st.sets(st.sampled_from(sorted(now)), max_size=2)) if now else ():
        now[again] = draw(HOW)
    now |= dict(list(draw(random_claims()).items())[:2])
    if draw(st.booleans()):
        now["d0", "increases", "hub"] = "established"
    for key in draw(st.sets(st.sampled_from(RANDOM_TERMS), max_size=1)):
        up[key] = draw(st.sampled_from(["", *CLASSES]))
    return graph_of(claims, parents, names), graph_of(now, up, draw(st.sampled_from([names, set()])))


@given(pairs())
@settings(max_examples=150, deadline=None)
def test_asking_only_the_causes_that_can_differ_finds_what_asking_all_finds(pair: tuple[Knowledge, Knowledge]) -> None:
    old, new = map(Explainer, pair)

    assert answer_changes(old, new) == answer_changes(old, new, everything=True)


@given(pairs())
@settings(max_examples=60, deadline=None)
def test_there_and_back_are_mirror_images(pair: tuple[Knowledge, Knowledge]) -> None:
    there, back = compared(*pair), compared(*reversed(pair))

    assert told(there) == {mirrored(line) for line in told(back)}
    assert {(one.cause.key, one.effect.key, one.before, one.after) for one in there.answers} == {
        (one.cause.key, one.effect.key, one.after, one.before) for one in back.answers
    }


def mirrored(line: str) -> str:
    swaps = {"added": "gone", "came": "went", "appeared": "vanished", "refuted": "revived"}
    swaps |= {other: one for one, other in swaps.items()} | {"dropped": "added"}
    *start, last = line.split()
    if line.startswith("term"):
        last = {"added": "dropped", "dropped": "added"}.get(last, last)
    elif last[0] in "+-":
        last = {"+": "-", "-": "+"}[last[0]] + last[1:]
    else:
        last = swaps.get(last, last)
    return " ".join([*start, last])


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_change_is_undone_by_going_back(name: str) -> None:
    new = PLANTED[name][0](base())

    there, back = compared(base(), new), compared(new, base())

    assert {mirrored(line).split(" for ")[0] for line in told(back)} == {line.split(" for ")[0] for line in told(there)}


@given(pairs())
@settings(max_examples=40, deadline=None)
def test_a_release_does_not_differ_from_itself(pair: tuple[Knowledge, Knowledge]) -> None:
    assert compared(pair[0], pair[0]).is_empty


@given(pairs())
@settings(max_examples=40, deadline=None)
def test_every_random_comparison_fits_the_schema_and_can_be_told(pair: tuple[Knowledge, Knowledge]) -> None:
    found = compared(*pair)
    encoded = json.loads(answer_json.dumps(diff_json.encode(found)))

    assert [error.message for error in VALIDATOR.iter_errors(encoded)] == []
    assert diff_text.render(found, *pair)
    assert diff_text.markdown(found, *pair).startswith("## ")


def test_a_stage_alone_can_turn_an_answer() -> None:
    old = plus_claim(base(), "doxorubicin decreases neutrophil_destruction")
    new = plus_claim(base(), "doxorubicin decreases neutrophil_destruction stage=early")

    signs = {(one.cause.key, one.before.verdict.sign, one.after.verdict.sign) for one in compared(old, new).answers}

    assert signs == {("doxorubicin", "?", "+"), ("cytotoxic", "?", "+")}


def test_a_change_far_from_a_cause_does_not_make_it_be_asked() -> None:
    old, new = Explainer(base()), Explainer(with_claim(base(), SEEN, belief=0.71))

    assert causes_to_ask(old, new) == {"clozapine"}
    assert causes_to_ask(old, old) == set()
