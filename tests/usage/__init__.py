"""Tests of what an account uses, what that costs, and the limit."""
