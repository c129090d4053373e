"""Word to people that something waits for them: what a notice says, and the ways in which it is sent."""
