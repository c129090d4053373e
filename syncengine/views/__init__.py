"""Model into text, JSON and Markdown. Views return text; only ``cli/`` prints."""
