"""The ontology as logic: axioms of OWL 2 EL, proofs, and two reasoners that check each other."""
