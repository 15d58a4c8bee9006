"""Tries a server through the integration, and reports what works and what a user hears."""
