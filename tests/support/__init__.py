"""What the unit tests are written in: a house, its screens, OpenAI as a test wants it."""
