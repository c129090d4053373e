"""Defences taken out one by one, and the tests that must fail then; and which row of reliability each belongs to."""
