"""Tests of what we know about OpenAI."""
