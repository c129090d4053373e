"""Values: what the other packages hand to each other. Standard library only."""
