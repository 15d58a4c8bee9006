"""The Realtime API over a WebSocket: to speak, and to transcribe."""
