"""Benchmarks: this integration, Home Assistant's built-in one, and an agent that does nothing."""
