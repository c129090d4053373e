"""The watcher's face: what it does, for people and for monitors. Read-only, and without personal data."""
