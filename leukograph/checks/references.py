"""Rules on what is declared, and on what axioms refer to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from leukograph.checks.report import Hit
from leukograph.checks.rules import Rule
from leukograph.checks.statements import (
    CLASS_REFERENCES,
    CLASS_TYPES,
    COMMON,
    DEPRECATED,
    EQUIVALENT,
    FIRST,
    INDIVIDUAL,
    LABEL,
    OBO,
    PROPERTY_REFERENCES,
    REPLACED_BY,
    SUBCLASS,
    SUBSET,
    SYNONYM_TYPE,
    TYPE,
    Node,
    Statements,
    is_blank,
    namespace,
)
from leukograph.checks.vocabulary import LANGUAGE_TERMS
from leukograph.namespaces import OWL, RDF, RDFS, XSD

#: Kinds of property that OWL 2 DL keeps apart.
_APART = (OWL + "ObjectProperty", OWL + "DatatypeProperty", OWL + "AnnotationProperty")
_ODD = re.compile(r"[\s<>\"{}|^`\\]|%20|^[a-z]+:/?/?[a-z]+://|^https?:/[^/]|^https?:[^/]", re.IGNORECASE)
_CURIE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*:[A-Za-z]*\d+")
_OBO_COLON = re.compile(re.escape(OBO) + r"[A-Za-z_]+:\d+$")


def _dangling(found: Statements) -> Iterator[Hit]:
    if not found.imports:
        yield from _unknown(found, "is named here, and declared and described nowhere in the file")


def _unresolved(found: Statements) -> Iterator[Hit]:
    if found.imports:
        yield from _unknown(found, "is declared neither here nor in what was read; imports were not followed")


def _unknown(found: Statements, message: str) -> Iterator[Hit]:
    users: dict[Node, set[Node]] = {}
    for user, node in found.references(*CLASS_REFERENCES, *PROPERTY_REFERENCES, FIRST):
        if found.is_own(node) and not found.described(node) and not found.types(node):
            users.setdefault(node, set()).add(user)
    for node, by in sorted(users.items()):
        named = sorted(filter(None, by))
        yield Hit(node, message + (f" (in axioms of {found.name(named[0])}{_more(len(named))})" if named else ""))


def _more(number: int) -> str:
    return f" and {number - 1} more" if number > 1 else ""


def _undeclared_class(found: Statements) -> Iterator[Hit]:
    used = {node for _, node in found.references(*CLASS_REFERENCES)}
    used |= {node for node in (*found.subjects(SUBCLASS), *found.subjects(EQUIVALENT)) if not is_blank(node)}
    declared = found.declared(*CLASS_TYPES, RDFS + "Datatype")
    for node in sorted(used - declared):
        # a class that is told about here and declared in an import is declared well enough
        if found.is_own(node) and found.described(node) and not found.imports:
            yield Hit(node, "is used as a class and not declared as one")


def _undeclared_property(found: Statements) -> Iterator[Hit]:
    used = {node for node in found.predicates if not node.startswith((OWL, RDF, RDFS))}
    used |= {node for _, node in found.references(*PROPERTY_REFERENCES)}
    for node in sorted(used - found.properties):
        if found.is_own(node) and not found.imports:
            yield Hit(node, "is used as a property and not declared as one")


def _deprecated_in_use(found: Statements) -> Iterator[Hit]:
    told = set()
    for user, node in found.references(*CLASS_REFERENCES, *PROPERTY_REFERENCES, FIRST):
        if node in found.deprecated and user and user not in found.deprecated and (user, node) not in told:
            told.add((user, node))
            instead = found.values(node, REPLACED_BY)
            hint = f"; it is replaced by {instead[0]}" if instead and isinstance(instead[0], str) else ""
            yield Hit(user, f"uses {found.told(node)}, which is deprecated{hint}")


def _deprecated_with_axioms(found: Statements) -> Iterator[Hit]:
    for node in sorted(found.deprecated & found.classes):
        if found.has(node, SUBCLASS, EQUIVALENT):
            yield Hit(node, "is deprecated and still has a place in the hierarchy")


def _replaced_alive(found: Statements) -> Iterator[Hit]:
    for node in sorted(found.subjects(REPLACED_BY)):
        if node not in found.deprecated and not is_blank(node):
            yield Hit(node, "says what it is replaced by, and is not deprecated")


def _deprecated_not_boolean(found: Statements) -> Iterator[Hit]:
    for node, value in found.pairs(DEPRECATED):
        boolean = not isinstance(value, str) and value.datatype.value == XSD + "boolean"
        if not boolean:
            shown = value if isinstance(value, str) else value.value
            yield Hit(node, f"owl:deprecated is {shown!r}, which is no xsd:boolean")


def _class_and_individual(found: Statements) -> Iterator[Hit]:
    individuals = found.declared(INDIVIDUAL)
    for node, kind in found.links(TYPE):
        if kind in found.classes and kind not in CLASS_TYPES and not is_blank(node):
            individuals.add(node)
    for node in sorted(individuals & found.classes):
        if found.is_own(node):
            yield Hit(node, "is a class and an individual at once")


def _illegal_punning(found: Statements) -> Iterator[Hit]:
    kinds = {kind: found.declared(kind) for kind in (*_APART, OWL + "Class", RDFS + "Datatype")}
    pairs = [(one, other) for place, one in enumerate(_APART) for other in _APART[place + 1 :]]
    for one, other in (*pairs, (OWL + "Class", RDFS + "Datatype")):
        for node in sorted(kinds[one] & kinds[other]):
            yield Hit(node, f"is declared as {_local(one)} and as {_local(other)}, which OWL 2 DL forbids")


def _unknown_vocabulary(found: Statements) -> Iterator[Hit]:
    used: dict[str, Node] = {}
    for predicate in found.predicates:
        used.setdefault(predicate, "")
    for node, value in found.links(TYPE):
        used.setdefault(value, node)
    for user, node in found.references(*CLASS_REFERENCES, *PROPERTY_REFERENCES):
        used.setdefault(node, user)
    for name, user in sorted(used.items()):
        space = next((space for space in LANGUAGE_TERMS if name.startswith(space)), None)
        member = space == RDF and name.removeprefix(RDF).startswith("_")
        if space and name not in LANGUAGE_TERMS[space] and not member:
            where = f" (of {user})" if user and not is_blank(user) else ""
            yield Hit(name, f"is no term of the vocabulary <{space}>{where}{_meant(name, space)}")


def _meant(name: str, space: str) -> str:
    from difflib import get_close_matches  # late: only for a fault

    local = {term.removeprefix(space).lower(): term.removeprefix(space) for term in LANGUAGE_TERMS[space]}
    close = get_close_matches(name.removeprefix(space).lower(), local, n=1, cutoff=0.7)
    return f"; did you mean {local[close[0]]}?" if close else ""


def _malformed_iri(found: Statements) -> Iterator[Hit]:
    told = set()
    for node in (*found.classes, *found.properties, *found.declared(INDIVIDUAL)):
        told.add(node)
    for user, node in found.references(*CLASS_REFERENCES, *PROPERTY_REFERENCES):
        told.update((user, node))
    for node in sorted(told):
        if not node or is_blank(node):
            continue
        if _CURIE.fullmatch(node):
            yield Hit(node, "is a CURIE where an IRI belongs; its prefix was not expanded")
        elif _OBO_COLON.match(node):
            yield Hit(node, "an OBO address has an underscore, not a colon, between prefix and number")
        elif _ODD.search(node):
            yield Hit(
                node, "is no address that could work: white space, brackets, or a scheme that is broken or doubled"
            )


def _undeclared_subset(found: Statements) -> Iterator[Hit]:
    for subset, number in _unmarked(found, SUBSET):
        yield Hit(subset, f"{number} {'term is' if number == 1 else 'terms are'} in this subset, which is not declared")


def _undeclared_synonym_type(found: Statements) -> Iterator[Hit]:
    for kind, number in _unmarked(found, SYNONYM_TYPE):
        yield Hit(
            kind, f"{number} {'synonym is' if number == 1 else 'synonyms are'} of this type, which is not declared"
        )


def _unmarked(found: Statements, predicate: str) -> Iterator[tuple[Node, int]]:
    declared = found.markers | found.properties
    users = Counter(mark for _, mark in found.links(predicate) if mark not in declared)
    yield from sorted((mark, number) for mark, number in users.items() if not found.has(mark, LABEL))


def _local(iri: str) -> str:
    return iri.removeprefix(namespace(iri))


assert set(LANGUAGE_TERMS) <= set(COMMON)  # both know the same IRIs

RULES = (
    Rule(
        "dangling-reference",
        "C201",
        "error",
        "an axiom that names a class or property of its own which does not exist",
        "Declare and label it, or name the one that was meant. Terms of other ontologies need no declaration.",
        "references",
        find=_dangling,
    ),
    Rule(
        "unresolved-reference",
        "C202",
        "info",
        "a name of its own that may come with an import",
        "Check a file in which the imports are merged.",
        "references",
        find=_unresolved,
    ),
    Rule(
        "undeclared-class",
        "C203",
        "error",
        "a class of its own that is described and not declared",
        "Declare it: a owl:Class.",
        "references",
        find=_undeclared_class,
    ),
    Rule(
        "undeclared-property",
        "C204",
        "warning",
        "a property of its own that is used and not declared",
        "Declare it as object, datatype or annotation property.",
        "references",
        find=_undeclared_property,
    ),
    Rule(
        "deprecated-in-use",
        "C205",
        "error",
        "an axiom that uses a deprecated class or property",
        "Use what replaces it.",
        "references",
        robot=("deprecated_class_reference", "deprecated_property_reference"),
        find=_deprecated_in_use,
    ),
    Rule(
        "deprecated-with-axioms",
        "C206",
        "error",
        "a deprecated class that still has superclasses or equivalents",
        "Remove its axioms; leave label, deprecation and replacement.",
        "references",
        robot=("deprecated_class_reference",),
        find=_deprecated_with_axioms,
    ),
    Rule(
        "misused-replaced-by",
        "C207",
        "error",
        "a replacement (IAO:0100001) on something that is not deprecated",
        "Deprecate it, or remove the replacement.",
        "references",
        robot=("misused_replaced_by",),
        find=_replaced_alive,
    ),
    Rule(
        "deprecated-not-boolean",
        "C208",
        "error",
        "a deprecation whose value is no xsd:boolean",
        'Write "true"^^xsd:boolean; readers pass over anything else.',
        "references",
        robot=("deprecated_boolean_datatype",),
        find=_deprecated_not_boolean,
    ),
    Rule(
        "class-and-individual",
        "C209",
        "warning",
        "one name for a class and an individual",
        "OWL 2 allows it and reasons about two things; give the individual a name of its own unless you mean that.",
        "references",
        find=_class_and_individual,
    ),
    Rule(
        "illegal-punning",
        "C210",
        "error",
        "one name for two kinds of property, or for a class and a datatype",
        "Declare it as one of the two.",
        "references",
        find=_illegal_punning,
    ),
    Rule(
        "unknown-vocabulary",
        "C211",
        "error",
        "a term that RDF, RDFS, OWL or XML Schema does not have",
        "Mend the spelling; a reasoner passes over what it does not know.",
        "references",
        find=_unknown_vocabulary,
    ),
    Rule(
        "malformed-iri",
        "C212",
        "error",
        "a name that is no working IRI",
        "Write the full IRI, or declare the prefix.",
        "references",
        robot=("invalid_entity_uri",),
        find=_malformed_iri,
    ),
    Rule(
        "undeclared-subset",
        "C213",
        "warning",
        "a subset that terms are in and nothing declares",
        "Declare it (in OBO: subsetdef).",
        "references",
        robot=("missing_subset_declaration",),
        find=_undeclared_subset,
    ),
    Rule(
        "undeclared-synonym-type",
        "C214",
        "warning",
        "a type of synonym that is used and nothing declares",
        "Declare it (in OBO: synonymtypedef).",
        "references",
        robot=("missing_synonymtype_declaration",),
        find=_undeclared_synonym_type,
    ),
)
