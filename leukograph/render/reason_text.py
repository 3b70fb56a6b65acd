"""What a reasoner says of an ontology, as text and as JSON."""

from __future__ import annotations

from leukograph.reasoning.classify import Classification
from leukograph.reasoning.read import Ontology
from leukograph.render.answer_json import Json
from leukograph.render.layout import counted, listed, page, wrap

SCHEMA = "leukograph.reason/1"
#: Direct subclasses and other long lists that a text shows; JSON has all.
SHOWN = 20


def text(ontology: Ontology, found: Classification, width: int = 88) -> str:
    """Return a classification as text."""
    lines = wrap(_headline(ontology, found), width)
    if ontology.imports:
        lines += wrap(f"Imports that were not followed: {', '.join(ontology.imports)}.", width)
    if ontology.between_classes:
        triples = counted(ontology.between_classes, "triple")
        lines += wrap(f"{triples} between two classes left out: such a triple is no axiom.", width)
    if ontology.data:
        lines += wrap(
            f"{counted(ontology.data, 'statement')} of undeclared properties left out: data, no logic.", width
        )
    for role, classes in found.loops.items():
        lines += wrap(
            f"{ontology.name(role)} is transitive and runs in a circle through {counted(classes, 'class')}: "
            "reach classes took the place of its transitivity, which changes no conclusion.".replace(
                "classs", "classes"
            ),
            width,
        )
    if ontology.marked:
        lines += wrap(_marked(ontology, found), width)
    if ontology.beyond_el:
        lines += wrap(f"Beyond OWL 2 EL: {_numbers(ontology.beyond_el)}.", width)
    if found.incomplete:
        lines += wrap(
            f"Not taken into account by {found.engine}: {_numbers(found.incomplete)}; --engine hermit does.", width
        )
    for title, rows in (
        ("Unsatisfiable classes", [ontology.name(iri) for iri in found.unsatisfiable]),
        (
            "Classes that are one and the same",
            [" = ".join(ontology.name(iri) for iri in group) for group in found.equal],
        ),
        (
            "Marked as inferred, but does not follow",
            [f"{ontology.name(sub)} SubClassOf {ontology.name(sup)}" for sub, sup in found.unfounded],
        ),
        (
            "Direct subclasses that were not asserted",
            [f"{ontology.name(sub)} SubClassOf {ontology.name(sup)}" for sub, sup in found.inferred],
        ),
    ):
        if rows:
            lines += ["", title, *(f"  {row}" for row in rows[:SHOWN])]
        if len(rows) > SHOWN:
            lines.append(f"  and {len(rows) - SHOWN} more (--format json)")
    return page(lines)


def _headline(ontology: Ontology, found: Classification) -> str:
    if not found.consistent:
        return f"{ontology.path.name} by {found.engine}: inconsistent: everything follows from it"
    unsatisfiable = f"{counted(len(found.unsatisfiable), 'class')} unsatisfiable".replace("classs", "classes")
    new = f"{counted(len(found.inferred), 'direct subclass')} inferred".replace("classs", "classes")
    return f"{ontology.path.name} by {found.engine}: consistent; {unsatisfiable}; {new}"


def _numbers(found: dict[str, int]) -> str:
    return listed([f"{name} ({number})" for name, number in sorted(found.items())])


def _marked(ontology: Ontology, found: Classification) -> str:
    number, wrong = len(ontology.marked), len(found.unfounded)
    verdict = "all of them follow" if not wrong else f"{wrong} of them {'does' if wrong == 1 else 'do'} not follow"
    return f"{counted(number, 'subclass')} marked as inferred set aside and drawn anew: {verdict}.".replace(
        "classs", "classes"
    )


def encode(ontology: Ontology, found: Classification) -> Json:
    """Return a classification as a JSON object."""
    return {
        "schema": SCHEMA,
        "file": ontology.path.name,
        "engine": found.engine,
        "consistent": found.consistent,
        "unsatisfiable": [_term(ontology, iri) for iri in found.unsatisfiable],
        "inferred": [{"sub": _term(ontology, sub), "super": _term(ontology, sup)} for sub, sup in found.inferred],
        "equal": [[_term(ontology, iri) for iri in group] for group in found.equal],
        "beyond_el": ontology.beyond_el,
        "incomplete": found.incomplete,
        "loops": found.loops,
        "marked": len(ontology.marked),
        "unfounded": [{"sub": _term(ontology, sub), "super": _term(ontology, sup)} for sub, sup in found.unfounded],
        "imports": list(ontology.imports),
        "between_classes": ontology.between_classes,
        "data": ontology.data,
    }


def _term(ontology: Ontology, iri: str) -> Json:
    return {"iri": iri, "label": ontology.name(iri)}
