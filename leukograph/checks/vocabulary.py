"""The terms of the languages that ontologies are written in, and the codes of languages that people speak."""

from __future__ import annotations

from leukograph.namespaces import OWL, RDF, RDFS, XSD

_RDF = """
    Alt Bag CompoundLiteral HTML JSON List PlainLiteral Property Seq Statement XMLLiteral direction dirLangString first
    langString language langRange nil object predicate reifies rest subject type value
"""
_RDFS = """
    Class Container ContainerMembershipProperty Datatype Literal Resource comment domain isDefinedBy label member
    range seeAlso subClassOf subPropertyOf
"""
_OWL = """
    AllDifferent AllDisjointClasses AllDisjointProperties Annotation AnnotationProperty AsymmetricProperty Axiom Class
    DataRange DatatypeProperty DeprecatedClass DeprecatedProperty FunctionalProperty InverseFunctionalProperty
    IrreflexiveProperty NamedIndividual NegativePropertyAssertion Nothing ObjectProperty Ontology OntologyProperty
    ReflexiveProperty Restriction SymmetricProperty Thing TransitiveProperty allValuesFrom annotatedProperty
    annotatedSource annotatedTarget assertionProperty backwardCompatibleWith bottomDataProperty bottomObjectProperty
    cardinality complementOf datatypeComplementOf deprecated differentFrom disjointUnionOf disjointWith distinctMembers
    equivalentClass equivalentProperty hasKey hasSelf hasValue imports incompatibleWith intersectionOf inverseOf
    maxCardinality maxQualifiedCardinality members minCardinality minQualifiedCardinality onClass onDataRange onDatatype
    onProperties onProperty oneOf priorVersion propertyChainAxiom propertyDisjointWith qualifiedCardinality rational
    real sameAs someValuesFrom sourceIndividual targetIndividual targetValue topDataProperty topObjectProperty unionOf
    versionIRI versionInfo withRestrictions
"""
_XSD = """
    ENTITIES ENTITY ID IDREF IDREFS NCName NMTOKEN NMTOKENS NOTATION Name QName anyAtomicType anySimpleType anyType
    anyURI base64Binary boolean byte date dateTime dateTimeStamp dayTimeDuration decimal double duration enumeration
    float fractionDigits gDay gMonth gMonthDay gYear gYearMonth hexBinary int integer language length long maxExclusive
    maxInclusive maxLength minExclusive minInclusive minLength negativeInteger nonNegativeInteger nonPositiveInteger
    normalizedString pattern positiveInteger short string time token totalDigits unsignedByte unsignedInt unsignedLong
    unsignedShort whiteSpace yearMonthDuration assertions explicitTimezone minScale maxScale
"""
#: namespace -> the IRIs of its terms
LANGUAGE_TERMS = {
    space: frozenset(space + name for name in names.split())
    for space, names in ((RDF, _RDF), (RDFS, _RDFS), (OWL, _OWL), (XSD, _XSD))
}

#: The codes of two letters of ISO 639-1.
TWO_LETTERS = frozenset(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
    es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka
    kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng
    nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st
    su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    """.split()  # noqa: SIM905 - a list of 184 codes reads badly with quotes
)
#: Codes of three letters for which BCP 47 has one of two.
THREE_LETTERS = {
    **{"eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "ita": "it", "por": "pt"},
    **{"nld": "nl", "dut": "nl", "rus": "ru", "jpn": "ja", "zho": "zh", "chi": "zh", "lat": "la", "pol": "pl"},
    **{"swe": "sv", "dan": "da", "nor": "no", "fin": "fi", "ces": "cs", "cze": "cs", "tur": "tr", "ara": "ar"},
    **{"kor": "ko", "ell": "el", "gre": "el", "heb": "he", "hun": "hu", "ukr": "uk", "hin": "hi"},
}
