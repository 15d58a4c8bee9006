"""Tests of speech-to-text and text-to-speech."""
