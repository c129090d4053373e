"""What we wrote and what came back: the truth for dialers that cannot be read, and the journal for all."""
