"""The IRIs that leukograph uses, and how keys become IRIs and back."""

from __future__ import annotations

import re

#: Terms, relations and kinds live here; nodes of the other forms in folders below.
BASE = "https://w3id.org/leukograph/"
CLAIM = BASE + "claim/"
EVIDENCE = BASE + "evidence/"
FIGURE = BASE + "figure/"
GAP = BASE + "gap/"
SOURCE = BASE + "source/"
QUERY = BASE + "query/"

#: Local name of the property by which a release names itself, wherever its triples lie.
DIGEST = "digest"

DCTERMS = "http://purl.org/dc/terms/"
IAO = "http://purl.obolibrary.org/obo/IAO_"
OBOINOWL = "http://www.geneontology.org/formats/oboInOwl#"
OWL = "http://www.w3.org/2002/07/owl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SCHEMA = "https://schema.org/"
SH = "http://www.w3.org/ns/shacl#"
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
    "gap": GAP,
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

OBO = "http://purl.obolibrary.org/obo/"
BIOLINK = "https://w3id.org/biolink/vocab/"
INFORES = "https://w3id.org/biolink/infores/"

#: Prefixes of biomedical files: prefix -> what its CURIEs begin with.
CURIE_PREFIXES = {
    **{
        name: f"{OBO}{name}_"
        for name in (
            *("APO", "BFO", "BTO", "CARO", "CHMO", "CLO", "COB", "DDPHENO", "DRON", "ECO", "ECTO", "ENVO", "FBbt"),
            *("FOODON", "FYPO", "GENO", "GO", "HANCESTRO", "HsapDv", "IAO", "IDO", "INO", "MA", "MI", "MMO", "MOD"),
            *("MP", "MPATH", "MS", "NBO", "NCBITaxon", "OAE", "OGMS", "OMO", "OPL", "PCO", "PO", "PR", "PSDO"),
            *("RBO", "SEPIO", "STATO", "SYMP", "TO", "TRANS", "UO", "UPHENO", "VO", "VT", "WBbt", "WBPhenotype"),
            *("XAO", "XCO", "XPO", "ZFA", "ZP"),
        )
    },
    **FOREIGN_PREFIXES,
    "biolink": BIOLINK,
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": DCTERMS,
    "dct": DCTERMS,
    "doi": "https://doi.org/",
    "DOI": "https://doi.org/",
    "EFO": "http://www.ebi.ac.uk/efo/EFO_",
    "ENSEMBL": "http://identifiers.org/ensembl/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "HGNC": "http://identifiers.org/hgnc/",
    "infores": INFORES,
    "KEGG": "http://www.kegg.jp/entry/",
    "lg": BASE,
    "medgen": "https://www.ncbi.nlm.nih.gov/medgen/",
    "MEDDRA": "http://identifiers.org/meddra/",
    "NCBIGene": "https://www.ncbi.nlm.nih.gov/gene/",
    "oboInOwl": OBOINOWL,
    "oio": OBOINOWL,
    "orcid": "https://orcid.org/",
    "ORCID": "https://orcid.org/",
    "Orphanet": "http://www.orpha.net/ORDO/Orphanet_",
    "orphanet": "http://www.orpha.net/ORDO/Orphanet_",
    "owl": OWL,
    "pav": "http://purl.org/pav/",
    "PMC": "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC",
    "PMID": "https://pubmed.ncbi.nlm.nih.gov/",
    "prov": "http://www.w3.org/ns/prov#",
    "PUBCHEM.COMPOUND": "https://pubchem.ncbi.nlm.nih.gov/compound/",
    "rdf": RDF,
    "rdfs": RDFS,
    "REACT": "http://www.reactome.org/PathwayBrowser/#/",
    "RXCUI": "https://mor.nlm.nih.gov/RxNav/search?searchBy=RXCUI&searchTerm=",
    "schema": "http://schema.org/",
    "skos": SKOS,
    "SNOMEDCT": "http://snomed.info/id/",
    "UMLS": "https://uts.nlm.nih.gov/uts/umls/concept/",
    "UniProtKB": "http://purl.uniprot.org/uniprot/",
    "xsd": XSD,
}
#: What IRIs are shortened by; of two prefixes for one base the first is written.
_BASES = {**PREFIXES, "biolink": BIOLINK, **FOREIGN_PREFIXES, **CURIE_PREFIXES}
#: Vocabularies of the OBO library that are not named above.
_OBO_IRI = re.compile(re.escape(OBO) + r"([A-Za-z]+)_([0-9A-Za-z]+)")
_OBO_CURIE = re.compile(r"([A-Za-z]+):([0-9A-Za-z]+)")
KEY = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def iri(key: str) -> str:
    """Return the IRI of the term, relation or kind with this key.

    Keys of graphs that are not ours are CURIEs or IRIs themselves.
    """
    return lengthened(key) if ":" in key else BASE + key


def key(iri: str) -> str:
    """Return the key in an IRI of ours, without its folder.

    Raises:
        ValueError: when the IRI is not one of ours.
    """
    if not iri.startswith(BASE):
        raise ValueError(f"{iri} does not lie under {BASE}")
    return iri.removeprefix(BASE).rpartition("/")[2]


def shortened(iri: str) -> str:
    """Return an IRI as prefix and local name where a prefix that we know fits, else as it is.

    Example:
        >>> shortened("http://purl.obolibrary.org/obo/GO_0006915"), shortened("https://example.org/x")
        ('GO:0006915', 'https://example.org/x')
    """
    fitting = [(base, prefix) for prefix, base in _BASES.items() if iri.startswith(base) and iri != base]
    if fitting:
        base, prefix = max(fitting, key=lambda pair: len(pair[0]))  # the first of the longest
        return f"{prefix}:{iri.removeprefix(base)}"
    found = _OBO_IRI.fullmatch(iri)
    return f"{found[1]}:{found[2]}" if found else iri


def lengthened(name: str) -> str:
    """Return the IRI that `shortened` made a name from; an IRI stays as it is."""
    prefix, _, local = name.partition(":")
    if prefix in _BASES:
        return _BASES[prefix] + local
    found = _OBO_CURIE.fullmatch(name)
    return f"{OBO}{found[1]}_{found[2]}" if found else name


def expand(curie: str) -> str:
    """Return the IRI of a CURIE of another vocabulary (`CL:0000738`).

    Raises:
        KeyError: when its prefix is not in `FOREIGN_PREFIXES`.
    """
    prefix, _, local = curie.partition(":")
    return FOREIGN_PREFIXES[prefix] + local
