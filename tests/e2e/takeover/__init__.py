"""Replace Home Assistant's built-in integration, and go back."""
