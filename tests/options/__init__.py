"""Tests of what the user chose."""
