"""Tests of text that is rewritten while it streams in."""
