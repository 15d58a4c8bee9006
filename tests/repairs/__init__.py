"""Tests of the repair issues, and of the background checks that open them."""
