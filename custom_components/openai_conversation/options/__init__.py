"""What the user chose: typed, with defaults, and reduced to what the model supports."""
