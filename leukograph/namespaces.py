"""The IRIs that leukograph uses, and how keys become IRIs and back."""

from __future__ import annotations

import re

#: Terms, relations and kinds live here; nodes of the other forms in folders below.
BASE = "https://w3id.org/leukograph/"
CLAIM = BASE + "claim/"
EVIDENCE = BASE + "evidence/"
FIGURE = BASE + "figure/"
SOURCE = BASE + "source/"

DCTERMS = "http://purl.org/dc/terms/"
IAO = "http://purl.obolibrary.org/obo/IAO_"
OBOINOWL = "http://www.geneontology.org/formats/oboInOwl#"
OWL = "http://www.w3.org/2002/07/owl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
XSD = "http://www.w3.org/2001/XMLSchema#"

#: In Turtle: that the reasoner puts one class under another, where nothing states it.
INFERRED_SUBCLASS = BASE + "inferredSubClassOf"
#: In OWL: the annotation of such an axiom, as OBO ontologies write it ("true").
IS_INFERRED = OBOINOWL + "is_inferred"

#: The prefixes of everything that leukograph writes.
PREFIXES = {
    "lg": BASE,
    "claim": CLAIM,
    "evidence": EVIDENCE,
    "figure": FIGURE,
    "source": SOURCE,
    "dcterms": DCTERMS,
    "IAO": IAO,
    "oboInOwl": OBOINOWL,
    "owl": OWL,
    "rdf": RDF,
    "rdfs": RDFS,
    "skos": SKOS,
    "xsd": XSD,
}

#: Prefixes of other vocabularies, as their CURIEs are written in mappings.
FOREIGN_PREFIXES = {
    "BFO": "http://purl.obolibrary.org/obo/BFO_",
    "BIOLINK": "https://w3id.org/biolink/vocab/",
    "CHEBI": "http://purl.obolibrary.org/obo/CHEBI_",
    "CL": "http://purl.obolibrary.org/obo/CL_",
    "DOID": "http://purl.obolibrary.org/obo/DOID_",
    "DRUGBANK": "https://go.drugbank.com/drugs/",
    "DRUGCENTRAL": "https://drugcentral.org/drugcard/",
    "GO": "http://purl.obolibrary.org/obo/GO_",
    "HP": "http://purl.obolibrary.org/obo/HP_",
    "LOINC": "https://loinc.org/",
    "MAXO": "http://purl.obolibrary.org/obo/MAXO_",
    "MESH": "https://id.nlm.nih.gov/mesh/",
    "MONDO": "http://purl.obolibrary.org/obo/MONDO_",
    "NCIT": "http://purl.obolibrary.org/obo/NCIT_",
    "OBI": "http://purl.obolibrary.org/obo/OBI_",
    "OMIM": "https://omim.org/entry/",
    "ORPHA": "http://www.orpha.net/ORDO/Orphanet_",
    "PATO": "http://purl.obolibrary.org/obo/PATO_",
    "RO": "http://purl.obolibrary.org/obo/RO_",
    "SO": "http://purl.obolibrary.org/obo/SO_",
    "UBERON": "http://purl.obolibrary.org/obo/UBERON_",
}

KEY = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def iri(key: str) -> str:
    """Return the IRI of the term, relation or kind with this key."""
    return BASE + key


def key(iri: str) -> str:
    """Return the key in an IRI of ours, without its folder.

    Raises:
        ValueError: when the IRI is not one of ours.
    """
    if not iri.startswith(BASE):
        raise ValueError(f"{iri} does not lie under {BASE}")
    return iri.removeprefix(BASE).rpartition("/")[2]


def expand(curie: str) -> str:
    """Return the IRI of a CURIE of another vocabulary (`CL:0000738`).

    Raises:
        KeyError: when its prefix is not in `FOREIGN_PREFIXES`.
    """
    prefix, _, local = curie.partition(":")
    return FOREIGN_PREFIXES[prefix] + local
