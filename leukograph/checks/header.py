"""Rules on the header of an ontology: what it is, which version, under which licence, and what it imports."""

from __future__ import annotations

from collections.abc import Iterator

from leukograph.checks.report import Hit
from leukograph.checks.rules import Rule
from leukograph.checks.statements import COMMENT, LABEL, Statements, is_blank
from leukograph.namespaces import DCTERMS, OWL

_DC = "http://purl.org/dc/elements/1.1/"
_SCHEMA = ("http://schema.org/", "https://schema.org/")
_VERSIONS = (OWL + "versionIRI", OWL + "versionInfo", *(space + "version" for space in _SCHEMA), DCTERMS + "hasVersion")
_LICENCES = (
    *(DCTERMS + name for name in ("license", "rights", "accessRights")),
    *(_DC + name for name in ("rights", "license")),
    "http://creativecommons.org/ns#license",
    *(space + "license" for space in _SCHEMA),
)
_TITLES = (DCTERMS + "title", _DC + "title", LABEL, *(space + "name" for space in _SCHEMA))
_DESCRIPTIONS = (
    *(DCTERMS + name for name in ("description", "abstract")),
    _DC + "description",
    COMMENT,
    *(space + "description" for space in _SCHEMA),
)


def _missing_iri(found: Statements) -> Iterator[Hit]:
    if not found.ontologies:
        yield Hit("", "declares no owl:Ontology")
    for node in found.ontologies:
        if is_blank(node):
            yield Hit("", "the ontology has no IRI")


def _several(found: Statements) -> Iterator[Hit]:
    told = [node for node in found.ontologies if found.described(node)]
    if len(told) > 1:
        yield Hit(told[0], f"the file describes {len(told)} ontologies: {', '.join(told[:3])}")


def _lacks(found: Statements, what: str, *predicates: str) -> Iterator[Hit]:
    for node in found.ontologies:
        bare = not found.described(node) and len(found.ontologies) > 1  # merely named beside the real one
        if not found.has(node, *predicates) and not bare:
            yield Hit("" if is_blank(node) else node, f"the ontology has no {what}")


def _missing_version(found: Statements) -> Iterator[Hit]:
    yield from _lacks(found, "version (owl:versionIRI or owl:versionInfo)", *_VERSIONS)


def _missing_licence(found: Statements) -> Iterator[Hit]:
    yield from _lacks(found, "licence (dcterms:license)", *_LICENCES)


def _missing_title(found: Statements) -> Iterator[Hit]:
    yield from _lacks(found, "title (dcterms:title)", *_TITLES)


def _missing_description(found: Statements) -> Iterator[Hit]:
    yield from _lacks(found, "description (dcterms:description)", *_DESCRIPTIONS)


def _imports(found: Statements) -> Iterator[Hit]:
    for iri in found.imports:
        yield Hit(iri, "is imported, and was not read: imports are never followed")


RULES = (
    Rule(
        "missing-ontology-iri",
        "C501",
        "warning",
        "no owl:Ontology, or one without an IRI",
        "Declare an owl:Ontology with an IRI (in OBO: ontology).",
        "header",
        find=_missing_iri,
    ),
    Rule(
        "several-ontologies",
        "C502",
        "warning",
        "several ontologies in one file",
        "Keep one header; readers take an arbitrary one.",
        "header",
        find=_several,
    ),
    Rule(
        "missing-version",
        "C503",
        "warning",
        "an ontology without a version",
        "State owl:versionIRI, so that others can cite what they used (in OBO: data-version).",
        "header",
        find=_missing_version,
    ),
    Rule(
        "missing-licence",
        "C504",
        "warning",
        "an ontology without a licence",
        "State dcterms:license; without it nobody may use the file.",
        "header",
        robot=("missing_ontology_license",),
        find=_missing_licence,
    ),
    Rule(
        "missing-title",
        "C505",
        "warning",
        "an ontology without a title",
        "State dcterms:title.",
        "header",
        robot=("missing_ontology_title",),
        find=_missing_title,
    ),
    Rule(
        "missing-description",
        "C506",
        "info",
        "an ontology without a description",
        "State dcterms:description.",
        "header",
        robot=("missing_ontology_description",),
        find=_missing_description,
    ),
    Rule(
        "imports-not-followed",
        "C507",
        "info",
        "an import that was not read",
        "Check a file in which the imports are merged to see all of it.",
        "header",
        find=_imports,
    ),
)
