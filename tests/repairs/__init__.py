"""Tests of what is looked after without anybody asking."""
