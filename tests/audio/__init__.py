"""Tests of what is heard and spoken."""
