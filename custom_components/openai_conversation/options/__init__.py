"""What the user chose: typed, with defaults, fitted to what the model supports."""
