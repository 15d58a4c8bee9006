"""The language of the unit tests: a house, its forms, and OpenAI."""
