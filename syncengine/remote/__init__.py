"""Everything that speaks HTTP: calls, credentials, limits, listings, tasks and the writing of plans."""
