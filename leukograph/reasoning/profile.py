"""What an ontology says beyond OWL 2 EL, by the grammar of the W3C's profiles recommendation (section 2).

The axioms are those of pyowl-core. What is allowed is listed; whatever is not, counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from leukograph.namespaces import OWL, RDF, RDFS, XSD

#: Kinds of axiom that EL has, beside annotations.
AXIOMS = frozenset(
    [
        "ClassAssertion",
        "DataPropertyAssertion",
        "DataPropertyDomain",
        "DataPropertyRange",
        "DatatypeDefinition",
        "Declaration",
        "DifferentIndividuals",
        "DisjointClasses",
        "EquivalentClasses",
        "EquivalentDataProperties",
        "EquivalentObjectProperties",
        "FunctionalDataProperty",
        "HasKey",
        "NegativeDataPropertyAssertion",
        "NegativeObjectPropertyAssertion",
        "ObjectPropertyAssertion",
        "ObjectPropertyDomain",
        "ObjectPropertyRange",
        "ReflexiveObjectProperty",
        "SameIndividual",
        "SubClassOf",
        "SubDataPropertyOf",
        "SubObjectPropertyOf",
        "TransitiveObjectProperty",
    ]
)
#: Kinds of expression and entity that may stand in them.
EXPRESSIONS = frozenset(
    [
        "AnnotationProperty",
        "Class",
        "DataHasValue",
        "DataIntersectionOf",
        "DataOneOf",
        "DataProperty",
        "DataSomeValuesFrom",
        "Datatype",
        "IRI",
        "Literal",
        "NamedIndividual",
        "ObjectHasSelf",
        "ObjectHasValue",
        "ObjectIntersectionOf",
        "ObjectOneOf",
        "ObjectProperty",
        "ObjectPropertyChain",
        "ObjectSomeValuesFrom",
    ]
)
#: Datatypes that EL has.
DATATYPES = frozenset(
    [RDF + name for name in ("PlainLiteral", "XMLLiteral", "langString")]
    + [RDFS + "Literal", OWL + "rational", OWL + "real"]
    + [
        XSD + name
        for name in [
            "NCName",
            "NMTOKEN",
            "Name",
            "anyURI",
            "base64Binary",
            "dateTime",
            "dateTimeStamp",
            "decimal",
            "hexBinary",
            "integer",
            "nonNegativeInteger",
            "normalizedString",
            "string",
            "token",
        ]
    ]
)


def beyond_el(axioms: Iterable[Any]) -> dict[str, int]:
    """Return what is beyond OWL 2 EL -> how often, in order; empty when nothing is.

    A range beside a chain of properties is counted too: whether the two get on is a
    matter of the whole, and is left to who reads it.

    Args:
        axioms: of pyowl-core, annotations and all; datatypes count in annotations too.
    """
    import pyowl_core as owl

    found: Counter[str] = Counter()
    ranges, chains = 0, 0
    for axiom in axioms:
        name = type(axiom).__name__
        annotation = isinstance(axiom, owl.AnnotationAxiom)
        if name not in AXIOMS and not annotation:
            found[name] += 1
        ranges += name == "ObjectPropertyRange"
        for node in owl.walk(axiom):
            part = type(node).__name__
            if node is axiom or part == "Annotation":
                continue
            chains += part == "ObjectPropertyChain"
            if part in {"ObjectOneOf", "DataOneOf"} and len(_members(node)) > 1:
                found[f"{part} of more than one"] += 1
            elif isinstance(node, owl.Datatype) and node.iri.value not in DATATYPES:
                found[f"datatype {node.iri.value.rpartition('#')[2]}{' in an annotation' if annotation else ''}"] += 1
            elif part not in EXPRESSIONS:
                found[part] += 1
    if ranges and chains:
        found["ObjectPropertyRange beside a chain"] += ranges
    return dict(sorted(found.items()))


def _members(node: Any) -> Any:
    return getattr(node, "individuals", None) or getattr(node, "values", ())
