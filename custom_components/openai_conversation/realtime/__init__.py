"""The Realtime API over a WebSocket: speech, word for word, and transcription while the user speaks."""
