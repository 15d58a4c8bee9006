"""Tests of the Realtime API, against the stand-in."""
