"""A real Home Assistant and a stand-in for OpenAI as processes, and a client that uses them as people do."""
