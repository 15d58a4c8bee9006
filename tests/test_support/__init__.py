"""Tests of the language of the tests."""
