"""Kills, faults and signals against the real engine; the judge is what the sandbox dialers have seen."""
