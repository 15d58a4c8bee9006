"""Tests of the stand-in OpenAI: it must not be kinder than the real one."""
