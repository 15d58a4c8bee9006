"""A real Home Assistant and a stand-in for OpenAI as processes, and a client that acts as a user does."""
