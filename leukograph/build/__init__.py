"""From `core.ttl` and the tables to the two release files. The home of rdflib."""
