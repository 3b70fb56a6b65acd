"""Rules on what things are called: labels, definitions, synonyms, cross references."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from leukograph.checks.report import Hit
from leukograph.checks.rules import Rule
from leukograph.checks.statements import (
    COMMENT,
    DEFINITION,
    EXACT,
    LABEL,
    OBO,
    PREFERRED,
    SCOPED,
    SKOS_DEFINITION,
    SYNONYMS,
    XREF,
    Node,
    Statements,
    is_blank,
)
from leukograph.namespaces import DCTERMS

_EDGES = re.compile(r"^\s|\s$|[\t\r\n\v\f]|  ")
_OBSOLETE = re.compile(r"obsolete[ _]", re.IGNORECASE)
_XREF = re.compile(r"[A-Za-z][\w.+-]*:\S+|https?://\S+|doi:\S+")


def _missing_label(found: Statements) -> Iterator[Hit]:
    for node in (*found.own_classes, *found.own_properties):
        if found.has(node, LABEL, PREFERRED) or (found.imports and not found.described(node)):
            continue  # a bare declaration may be told more about in what is imported
        yield Hit(node, "has no label")


def _multiple_labels(found: Statements) -> Iterator[Hit]:
    yield from _several(found, LABEL, "labels")


def _multiple_definitions(found: Statements) -> Iterator[Hit]:
    yield from _several(found, DEFINITION, "definitions")


def _several(found: Statements, predicate: str, what: str) -> Iterator[Hit]:
    by_language: dict[tuple[Node, str], set[str]] = defaultdict(set)
    for node, _, text in found.texts(predicate):
        if not is_blank(node) and node not in found.markers:
            by_language[node, (text.language or "").lower()].add(text.value)
    for (node, language), texts in sorted(by_language.items()):
        if len(texts) > 1:
            tagged = f" in {language}" if language else ""
            yield Hit(node, f"has {len(texts)} {what}{tagged}: {_listed(sorted(texts))}")


def _duplicate_label(found: Statements) -> Iterator[Hit]:
    for kind, nodes in (("class", found.classes), ("property", found.properties - found.markers)):
        shared: dict[tuple[str, str], set[Node]] = defaultdict(set)
        for node in nodes - found.deprecated:
            for text in found.values(node, LABEL):
                if not isinstance(text, str) and text.value.strip():
                    shared[text.value.strip().casefold(), (text.language or "").lower()].add(node)
        for (label, _), owners in sorted(shared.items()):
            yield from _doubles(found, owners, f"another {kind} has the label {label!r} too")


def _duplicate_definition(found: Statements) -> Iterator[Hit]:
    shared: dict[str, set[Node]] = defaultdict(set)
    for node, _, text in found.texts(DEFINITION, SKOS_DEFINITION):
        if node in found.living and text.value.strip():
            shared[" ".join(text.value.split()).casefold()].add(node)
    for _, owners in sorted(shared.items()):
        yield from _doubles(found, owners, "another class has the very same definition")


def _doubles(found: Statements, owners: Iterable[Node], message: str) -> Iterator[Hit]:
    """Yield one hit for each of several owners, when one of them is the file's own."""
    ordered = sorted(owners)
    if len(ordered) < 2 or not any(map(found.is_own, ordered)):
        return
    for owner in ordered:
        others = [other for other in ordered if other != owner]
        yield Hit(owner, f"{message}: {_listed(others)}")


def _missing_definition(found: Statements) -> Iterator[Hit]:
    accepted: tuple[str, ...] = (DEFINITION, SKOS_DEFINITION)
    if not any(any(True for _ in found.subjects(predicate)) for predicate in accepted):
        accepted = (COMMENT, DCTERMS + "description")  # where nothing is defined, comments do the work
    for node in found.own_classes:
        if not found.has(node, *accepted) and (found.described(node) or not found.imports):
            yield Hit(node, "has no definition")


def _label_whitespace(found: Statements) -> Iterator[Hit]:
    yield from _whitespace(found, (LABEL, PREFERRED))


def _annotation_whitespace(found: Statements) -> Iterator[Hit]:
    for node, predicate, text in found.texts(DEFINITION, SKOS_DEFINITION, *SYNONYMS):
        if text.value.strip() and text.value != text.value.strip() and not is_blank(node):
            yield Hit(node, f"{_short(predicate)} begins or ends with white space: {_cut(text.value)!r}")


def _whitespace(found: Statements, predicates: Iterable[str]) -> Iterator[Hit]:
    for node, _, text in found.texts(*predicates):
        if text.value.strip() and _EDGES.search(text.value) and node not in found.markers:
            yield Hit(node, f"the label has white space at an end, twice in a row, or a line break: {text.value!r}")


def _empty_annotation(found: Statements) -> Iterator[Hit]:
    for node, predicate, text in found.texts(LABEL, PREFERRED, DEFINITION, SKOS_DEFINITION, *SYNONYMS):
        if not text.value.strip() and not is_blank(node) and node not in found.markers:
            yield Hit(node, f"{_short(predicate)} is empty")


def _shared_synonym(found: Statements) -> Iterator[Hit]:
    names: dict[str, set[Node]] = defaultdict(set)
    exact: dict[str, set[Node]] = defaultdict(set)
    for predicate, into in ((LABEL, names), (EXACT, exact)):
        for node, _, text in found.texts(predicate):
            if node in found.living and text.value.strip():
                into[text.value.strip().casefold()].add(node)
    for name, owners in sorted(exact.items()):
        everybody = owners | names.get(name, set())
        for node in sorted(owners):
            others = sorted(everybody - {node})
            if others and any(map(found.is_own, (node, *others))):
                yield Hit(node, f"its exact synonym {name!r} names another class too: {_listed(others)}")


def _synonym_is_label(found: Statements) -> Iterator[Hit]:
    for node, _, text in found.texts(EXACT):
        labels = {one.value for one in found.values(node, LABEL) if not isinstance(one, str)}
        if text.value in labels and found.is_own(node):
            yield Hit(node, f"its exact synonym repeats its label: {text.value!r}")


def _obsolete_label(found: Statements) -> Iterator[Hit]:
    for node, _, text in found.texts(LABEL):
        if _OBSOLETE.match(text.value) and node not in found.deprecated and not is_blank(node):
            yield Hit(node, f"is called {text.value!r} and is not marked as deprecated")


def _missing_obsolete_label(found: Statements) -> Iterator[Hit]:
    for node in sorted(found.deprecated):
        labels = [text.value for text in found.values(node, LABEL) if not isinstance(text, str)]
        if node.startswith(OBO) and found.is_own(node) and labels and not any(map(_OBSOLETE.match, labels)):
            yield Hit(node, f"is deprecated, and its label does not say so: {labels[0]!r}")


def _malformed_xref(found: Statements) -> Iterator[Hit]:
    for node, _, text in found.texts(XREF):
        owner = found.holder(node) or node
        if not _XREF.fullmatch(text.value) and found.is_own(owner):
            yield Hit(owner, f"the cross reference {_cut(text.value)!r} is neither a CURIE nor an address")


def _two_scopes(found: Statements) -> Iterator[Hit]:
    scopes: dict[tuple[Node, str], list[str]] = defaultdict(list)
    for node, predicate, text in found.texts(*SCOPED):
        if found.is_own(node):
            scopes[node, text.value].append(predicate.rpartition("#has")[2].removesuffix("Synonym").lower())
    for (node, synonym), names in sorted(scopes.items()):
        if len(set(names)) > 1:
            yield Hit(node, f"the synonym {_cut(synonym)!r} is {' and '.join(sorted(set(names)))} at once")


def _lowercase_definition(found: Statements) -> Iterator[Hit]:
    told = [(node, text.value) for node, _, text in found.texts(DEFINITION) if found.is_own(node)]
    small = [(node, text) for node, text in told if text[:1].islower() and text[1:2].islower()]
    if len(small) * 9 <= len(told):  # where most begin so, it is the habit of the ontology
        for node, text in sorted(small):
            yield Hit(node, f"its definition begins with a small letter, unlike most: {_cut(text, 40)!r}")


def _listed(things: list[str], most: int = 3) -> str:
    told = ", ".join(_cut(thing) for thing in things[:most])
    return told + (f" and {len(things) - most} more" if len(things) > most else "")


def _cut(text: str, most: int = 80) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


def _short(predicate: str) -> str:
    """Return how a predicate is called in a message."""
    special = {DEFINITION: "the definition", SKOS_DEFINITION: "the definition", LABEL: "the label"}
    return special.get(predicate, "a synonym" if predicate in SYNONYMS else "the label")


RULES = (
    Rule(
        "missing-label",
        "C101",
        "error",
        "a class or property of its own without a label",
        "Give it an rdfs:label (in OBO: name).",
        "names",
        robot=("missing_label",),
        find=_missing_label,
    ),
    Rule(
        "multiple-labels",
        "C102",
        "error",
        "several labels in one language",
        "Keep one label; make synonyms of the others.",
        "names",
        robot=("multiple_labels",),
        find=_multiple_labels,
    ),
    Rule(
        "duplicate-label",
        "C103",
        "error",
        "a label that several classes, or several properties, share",
        "Merge them, or name the difference in the labels.",
        "names",
        robot=("duplicate_label",),
        find=_duplicate_label,
    ),
    Rule(
        "label-whitespace",
        "C104",
        "error",
        "a label with white space at an end, twice in a row, or a line break",
        "Remove it; names that look alike must be alike.",
        "names",
        robot=("label_whitespace", "label_formatting"),
        find=_label_whitespace,
    ),
    Rule(
        "empty-annotation",
        "C105",
        "error",
        "an empty label, definition or synonym",
        "Fill it in or remove it.",
        "names",
        find=_empty_annotation,
    ),
    Rule(
        "missing-definition",
        "C106",
        "warning",
        "a class of its own without a definition",
        "Define it in IAO:0000115 or skos:definition (in OBO: def).",
        "names",
        robot=("missing_definition",),
        find=_missing_definition,
    ),
    Rule(
        "multiple-definitions",
        "C107",
        "error",
        "several definitions in one language",
        "Keep one definition; move the rest to a comment.",
        "names",
        robot=("multiple_definitions",),
        find=_multiple_definitions,
    ),
    Rule(
        "duplicate-definition",
        "C108",
        "warning",
        "a definition that several classes share word for word",
        "Say what makes each of them different.",
        "names",
        robot=("duplicate_definition",),
        find=_duplicate_definition,
    ),
    Rule(
        "annotation-whitespace",
        "C109",
        "warning",
        "a definition or synonym that begins or ends with white space",
        "Remove it.",
        "names",
        robot=("annotation_whitespace",),
        find=_annotation_whitespace,
    ),
    Rule(
        "shared-synonym",
        "C110",
        "warning",
        "an exact synonym that names another class too",
        "Keep it with the class it fits best, or make it related.",
        "names",
        robot=("duplicate_exact_synonym",),
        find=_shared_synonym,
    ),
    Rule(
        "synonym-is-label",
        "C111",
        "info",
        "an exact synonym that repeats the label",
        "Remove the synonym.",
        "names",
        robot=("duplicate_label_synonym",),
        find=_synonym_is_label,
    ),
    Rule(
        "misused-obsolete-label",
        "C112",
        "error",
        "a label that says obsolete, on something that is not deprecated",
        "Mark it with owl:deprecated true (in OBO: is_obsolete), or rename it.",
        "names",
        robot=("misused_obsolete_label",),
        find=_obsolete_label,
    ),
    Rule(
        "missing-obsolete-label",
        "C113",
        "warning",
        "a deprecated term of an OBO ontology whose label does not begin with obsolete",
        "Put obsolete before the label.",
        "names",
        robot=("missing_obsolete_label",),
        find=_missing_obsolete_label,
    ),
    Rule(
        "malformed-xref",
        "C114",
        "warning",
        "a cross reference that is neither a CURIE nor an address",
        "Write it as PREFIX:LOCAL without spaces.",
        "names",
        robot=("invalid_xref",),
        find=_malformed_xref,
    ),
    Rule(
        "synonym-in-two-scopes",
        "C115",
        "warning",
        "a synonym that is exact and broad, or of any two scopes, at once",
        "Keep the scope that is true.",
        "names",
        robot=("duplicate_scoped_synonym",),
        find=_two_scopes,
    ),
    Rule(
        "lowercase-definition",
        "C116",
        "info",
        "a definition that begins with a small letter, where others do not",
        "Begin it with a capital.",
        "names",
        robot=("lowercase_definition",),
        find=_lowercase_definition,
    ),
)
