"""Collections at scale: sources, normalisation, set difference, content hashes. Unchanged rows stay in columns."""
