"""Text rewritten while it streams in."""
