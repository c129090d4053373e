"""Arguments into one call, its result into a view, the view onto the terminal, and an exit code. No logic."""
