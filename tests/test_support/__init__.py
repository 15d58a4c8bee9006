"""Tests of what the tests are written in."""
