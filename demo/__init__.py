"""The story of the demo, played on a real Home Assistant (`tests/harness`)."""
