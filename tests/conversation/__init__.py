"""Tests of conversations, through the agent."""
