"""CURIEs of biomedical files as IRIs: the prefixes that come with leukograph, and those that are given."""

from __future__ import annotations

import re

from leukograph.namespaces import BASE, DCTERMS, FOREIGN_PREFIXES, OBOINOWL, OWL, RDF, RDFS, SKOS, XSD

_OBO = "http://purl.obolibrary.org/obo/"
BIOLINK = "https://w3id.org/biolink/vocab/"
INFORES = "https://w3id.org/biolink/infores/"

#: prefix -> what its CURIEs begin with
PREFIXES = {
    **{
        name: f"{_OBO}{name}_"
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
#: what begins an IRI and no CURIE
SCHEMES = frozenset({"http", "https", "urn", "ftp", "mailto", "file", "data", "tag", "info"})
_CURIE = re.compile(r"([A-Za-z_][\w.-]*):(?!//)(\S+)")


class UnknownPrefix(KeyError):
    """A CURIE whose prefix stands for nothing; its argument is the prefix."""


def expanded(text: str, prefixes: dict[str, str]) -> str | None:
    """Return a CURIE or an IRI as an IRI; None when it is neither.

    Args:
        text: what was written.
        prefixes: those that go before `PREFIXES`.

    Raises:
        UnknownPrefix: when it looks like a CURIE and nothing is known of its prefix.
    """
    match = _CURIE.fullmatch(text)
    if not match:
        return text if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://\S+$", text) else None
    prefix, local = match.groups()
    known = prefixes.get(prefix) or PREFIXES.get(prefix)
    if known:
        return known + local
    if prefix.lower() in SCHEMES:
        return text
    raise UnknownPrefix(prefix)
