"""Small graphs made in a test, without tables and without RDF."""

from __future__ import annotations

from leukograph.knowledge import Knowledge
from leukograph.model import Claim, Entry, Evidence, Grade, Kind, Language, Relation, Sign, Source, Term

RELATIONS: dict[str, tuple[str, Sign]] = {
    "increases": ("act", "+"),
    "decreases": ("act", "-"),
    "causes": ("act", "+"),
    "kills": ("act", "-"),
    "has_low_state": ("act", "-"),
    "yields": ("act", "+"),
    "feeds_back_on": ("feedback", "-"),
    "predisposes_to": ("consequence", "+"),
    "worsened_by": ("modifier", "+"),
    "eased_by": ("modifier", "-"),
    "shown_by": ("diagnosis", ""),
    "measures": ("diagnosis", ""),
}
ROLES = {
    **dict.fromkeys(("drug", "drug_class", "disease", "genotype", "infection"), "cause"),
    **dict.fromkeys(("molecule", "pool", "lever", "quantity"), "link"),
    **dict.fromkeys(("finding", "test"), "fact"),
}


def knowledge(terms: str, claims: str) -> Knowledge:
    """Make a graph from two texts.

    Args:
        terms: one a line: `key kind`, or `key kind < parent parent`.
        claims: one a line: `subject relation object`, then, when wanted, `grade`,
            `stage=early` or `definition`.
    """
    entries = {}
    for line in filter(None, map(str.strip, terms.splitlines())):
        head, _, parents = line.partition("<")
        key, kind = head.split()
        term = Term(key, key.replace("_", " "), kind)
        entries[key] = Entry(term, tuple(parents.split()), up=f"{term.label} rises", down=f"{term.label} falls")
    found = {}
    for line in filter(None, map(str.strip, claims.splitlines())):
        subject, relation, object_, *more = line.split()
        found[f"{subject}.{relation}.{object_}"] = claim(entries, subject, relation, object_, more)
    relations = {name: Relation(name, family, sign, name, name) for name, (family, sign) in RELATIONS.items()}
    kinds = {entry.term.kind for entry in entries.values()}
    return Knowledge(
        release="test",
        language=Language(
            relations, {kind: Kind(kind, kind, ROLES.get(kind, "end")) for kind in sorted(kinds)}, {}, {}
        ),
        entries=dict(sorted(entries.items())),
        claims=dict(sorted(found.items())),
        figures=(),
        sources={
            "page": Source("page", "A page", "PMID:1", "https://pubmed.ncbi.nlm.nih.gov/1/", 1990, "abstract"),
            "leukograph_model": Source("leukograph_model", "Our definitions", "", "https://example.org", None, "full"),
        },
    )


def claim(entries: dict[str, Entry], subject: str, relation: str, object_: str, more: list[str]) -> Claim:
    """Make one claim; its belief follows from its grade."""
    beliefs: dict[Grade, float] = {
        "established": 0.9,
        "probable": 0.7,
        "reported": 0.4,
        "contested": 0.3,
        "refuted": 0.0,
    }
    definition = "definition" in more
    grade: Grade = next((grade for grade in beliefs if grade in more), "established")
    row = (
        Evidence("supports", "definition", "", "", "leukograph_model")
        if definition
        else Evidence("refutes" if grade == "refuted" else "supports", "trial", "", "", "page")
    )
    return Claim(
        key=f"{subject}.{relation}.{object_}",
        subject=entries[subject].term,
        relation=relation,
        sign=RELATIONS[relation][1],
        object=entries[object_].term,
        grade=grade,
        belief=1.0 if definition else beliefs[grade],
        evidence=(row,),
        stage=next((word.removeprefix("stage=") for word in more if word.startswith("stage=")), ""),
    )


TERMS = """
    production lever
    destruction lever
    neutrophil_production lever < production
    neutrophil_destruction lever < destruction
    precursors pool
    neutrophil_count level
    leukocyte_count level
    neutropenia condition
    agranulocytosis condition < neutropenia
    leukopenia condition
    toxin molecule
    cytotoxic drug_class
    doxorubicin drug < cytotoxic
"""
BACKBONE = """
    precursors increases neutrophil_production definition
    neutrophil_production increases neutrophil_count definition
    neutrophil_destruction decreases neutrophil_count definition
    neutrophil_count increases leukocyte_count definition
    neutrophil_count has_low_state neutropenia definition
    leukocyte_count has_low_state leukopenia definition
"""
