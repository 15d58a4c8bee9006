"""Tests of the parts of a turn."""
