"""Text into checked models, with positions: project, manifests, vendor files, mappings."""
